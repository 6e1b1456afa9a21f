import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Options, Host, Labels } from "../src/bridge";
import { Images } from "../src/images";

test("pictures of other documents and of the library are fetched, no others", () => {
  const images = new Images({} as Host, 1, { documentId: "d1" } as Options, {} as Labels, () => false);
  const here = location.origin;
  for (const [src, path] of [
    ["/api/documents/d1/images/a.png", "here"],
    ["/api/documents/d2/images/a.png", "/api/documents/d2/images/a.png"],
    ["/api/items/i1/versions/2/files/1", "/api/items/i1/versions/2/files/1"],
    [`${here}/api/items/i1/images/a`, "/api/items/i1/images/a"],
    ["/api/items/i1/versions/2/files/1/text", null],
    ["/api/items/i1/../../people", null],
    ["/api/people", null],
    ["https://elsewhere.test/api/items/i1/images/a", null],
  ])
    assert.equal(images.ownPath(src!), path, src!);
});
