import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "prosemirror-state";
import { find, replace, show } from "../src/passages";
import { schema } from "../src/schema";

const { doc, paragraph, heading, hardBreak } = schema.nodes;
const bold = schema.marks.bold!.create();
const p = (...parts: (string | ReturnType<typeof schema.text>)[]) =>
  paragraph!.create(null, parts.map((part) => (typeof part === "string" ? schema.text(part) : part)));
const state = () =>
  EditorState.create({
    schema,
    doc: doc!.create(null, [
      heading!.create({ level: 2 }, schema.text("教学目标")),
      p("四分之一 ", schema.text("大于", [bold]), "二分之一。"),
      paragraph!.create(null, [schema.text("先折，"), hardBreak!.create(), schema.text("再放。")]),
      p("四分之一大于二分之一。"),
    ]),
  });
const said = (from: EditorState) => from.doc.textBetween(0, from.doc.content.size, "|", "/");

test("a passage is found whatever its marks and white space, and the first place counts", () => {
  const { doc } = state();
  for (const [words, text] of [
    ["四分之一大于\n二分之一", "四分之一 大于二分之一"],
    ["先折，再放", "先折，\n再放"],
    ["目 标", "目标"],
  ] as const) {
    const passage = find(doc, words)!;
    assert.equal(doc.textBetween(passage.from, passage.to), text);
  }
  for (const words of ["", " ", "二分之一。先折", "没有的话"]) assert.equal(find(doc, words), null, words);
});

test("other words stand in its place, in one step that can be taken back", () => {
  let now = state();
  const before = now.doc;
  assert.ok(replace("大于二分之一", "小于\n二分之一")(now, (tr) => (now = now.apply(tr))));
  assert.equal(said(now), "教学目标|四分之一 小于 二分之一。|先折，/再放。|四分之一大于二分之一。");
  assert.equal(now.doc.textBetween(now.selection.from, now.selection.to), "小于 二分之一");
  now = state();
  assert.ok(replace("先折，再放。", "")(now, (tr) => (now = now.apply(tr))));
  assert.equal(now.doc.child(2).content.size, 0);
  assert.ok(!replace("没有的话", "x")(now, () => assert.fail("nothing is changed")));
  assert.ok(before.eq(state().doc));
});

test("it is shown by being selected", () => {
  let now = state();
  assert.ok(show("目标")(now, (tr) => (now = now.apply(tr))));
  assert.equal(now.doc.textBetween(now.selection.from, now.selection.to), "目标");
});
