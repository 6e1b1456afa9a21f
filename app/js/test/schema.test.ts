import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DOMSerializer } from "prosemirror-model";
import spec from "../../../shared/src/document/schema.json";
import { cases } from "../../../shared/tests/word_count.json";
import { schema } from "../src/schema";
import { outline } from "../src/state";
import { readColour, safeColour, safeHref, safeImage } from "../src/values";
import { words } from "../src/words";

test("names, attributes and defaults are those of schema.json", () => {
  assert.deepEqual(Object.keys(schema.nodes), Object.keys(spec.nodes));
  assert.deepEqual(Object.keys(schema.marks), Object.keys(spec.marks));
  for (const [name, { attrs }] of Object.entries(spec.nodes as Record<string, { attrs?: object }>)) {
    const type = schema.nodes[name];
    if (type.isText) continue;
    const { extra, ...known } = type.create().attrs;
    assert.deepEqual(known, attrs ?? {}, name);
    assert.equal(extra, name.startsWith("unknown") ? undefined : null, name);
  }
  for (const [name, { attrs }] of Object.entries(spec.marks as Record<string, { attrs?: object }>)) {
    assert.deepEqual({ ...schema.marks[name].create().attrs }, attrs ?? {}, name);
  }
});

test("every node and mark can be shown", () => {
  const show = DOMSerializer.fromSchema(schema);
  for (const type of Object.values(schema.nodes))
    if (!type.isText && type !== schema.topNodeType)
      assert.ok(show.serializeNode(type.createAndFill()!, { document }), type.name);
  for (const type of Object.values(schema.marks))
    assert.ok(
      show.serializeFragment(schema.nodes.paragraph.create(null, schema.text("x", [type.create()])).content, {
        document,
      }),
      type.name,
    );
});

test("values from elsewhere are let in only if they are harmless", () => {
  const cases: [(value: unknown) => string | null, unknown, string | null][] = [
    [safeHref, "https://a.test/?q=1", "https://a.test/?q=1"],
    [safeHref, "mailto:a@b.test", "mailto:a@b.test"],
    [safeHref, "/documents/1", "/documents/1"],
    [safeHref, "javascript:alert(1)", null],
    [safeHref, " java\nscript:alert(1)", null],
    [safeHref, "data:text/html,x", null],
    [safeHref, "//evil.test", null],
    [safeHref, "/\\evil.test", null],
    [safeHref, "/\t/evil.test", null],
    [safeImage, "/\\evil.test/a.png", null],
    [safeImage, "/\t/evil.test/a.png", null],
    [safeHref, 7, null],
    [safeImage, "/api/documents/d/images/a", "/api/documents/d/images/a"],
    [safeImage, "javascript:x", null],
    [safeImage, "blob:x", null],
    [safeColour, "#A63A17", "#a63a17"],
    [safeColour, "rgb(1, 2, 3)", "rgb(1, 2, 3)"],
    [safeColour, "red;background:url(x)", null],
    [safeColour, "url(https://x.test)", null],
    [(value) => readColour(value as string), "rgb(166, 58, 23)", "#a63a17"],
    [(value) => readColour(value as string), "#abc", "#aabbcc"],
  ];
  for (const [read, value, expected] of cases) assert.equal(read(value), expected, String(value));
});

test("the length is counted as on the other side of the border", () => {
  const { hardBreak, paragraph, codeBlock } = schema.nodes;
  const bold = schema.marks.bold.create();
  for (const { runs, count } of cases) {
    const inline = runs.flatMap((run, i) =>
      run === null ? hardBreak.create() : run ? schema.text(run, i % 2 ? [bold] : []) : [],
    );
    assert.equal(words(paragraph.create(null, inline)), count, JSON.stringify(runs));
    const p = paragraph.create(null, inline);
    assert.equal(words(schema.node("doc", null, [p, p])), 2 * count, `a block ends a word: ${JSON.stringify(runs)}`);
  }
  assert.equal(words(codeBlock.create(null, schema.text("let a\n= 1"))), 4);
});

test("the outline has the headings with text", () => {
  const h = (level: number, text: string) => schema.nodes.heading.create({ level }, text ? schema.text(text) : null);
  const doc = schema.node("doc", null, [h(1, "一"), schema.nodes.paragraph.create(), h(2, ""), h(2, "二")]);
  assert.deepEqual(
    outline(doc).map(({ level, text }) => [level, text]),
    [
      [1, "一"],
      [2, "二"],
    ],
  );
});
