import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Host, Labels, Options } from "../src/bridge";
import { Images } from "../src/images";
import { schema } from "../src/schema";

test("another picture keeps a chosen size and leaves the old description behind", async () => {
  const old = { src: "/api/documents/d1/images/a", alt: "周长的图", title: "旧", width: 336, height: 252 };
  const image = schema.nodes.image.create(old);
  const doc = schema.node("doc", null, [schema.nodes.paragraph.create(null, image)]);
  const pos = 1;
  const stored = { src: "/api/documents/d1/images/b", width: 800, height: 400 };
  const host = { upload: () => Promise.resolve(JSON.stringify(stored)) } as unknown as Host;
  const images = new Images(host, 1, { documentId: "d1" } as Options, {} as Labels, () => false);
  const plugin = images.plugin();
  const view = {
    state: EditorState.create({ doc, plugins: [plugin] }),
    editable: true,
    isDestroyed: false,
    nodeDOM: () => null,
    dispatch(tr: Transaction) {
      this.state = this.state.apply(tr);
    },
  };
  plugin.spec.view!(view as unknown as EditorView);
  const file = new Blob(["png"], { type: "image/png" });
  const upload = { pos, file: () => Promise.resolve(file), name: "b.png", alt: null, instead: true };
  view.dispatch(images.startIn(view.state.tr, [upload]));
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(
    { ...view.state.doc.nodeAt(pos)!.attrs },
    { src: stored.src, alt: null, title: null, width: 336, height: 168, extra: null },
  );
});
