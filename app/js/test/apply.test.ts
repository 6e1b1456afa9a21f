import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection } from "prosemirror-state";
import { AddMarkStep, AttrStep, RemoveMarkStep, Transform } from "prosemirror-transform";
import { Misfit, replaceDoc, transformBy } from "../src/apply";
import { type Change, nodeFrom } from "../src/change";
import { diff } from "../src/diff";
import { posOf, positionAt } from "../src/position";
import { schema } from "../src/schema";
import { Dice, document, edited } from "./random";

const { nodes, marks } = schema;
const doc = (...content: Node[]) => schema.node("doc", null, content);
const p = (text: string) => nodes.paragraph.create(null, text ? schema.text(text) : null);
const apply = (before: Node, changes: Change[]) => transformBy(() => new Transform(before), changes);

test("marks and attributes are steps that move nothing", () => {
  const before = doc(p("教学目标"));
  const marked = apply(before, [
    { kind: "inline", path: [0], delta: [{ retain: { len: 2, marks: [{ type: "bold" }] } }] },
  ]);
  assert.deepEqual(
    marked.steps.map((step) => step.constructor),
    [AddMarkStep],
  );
  const plain = apply(marked.doc, [{ kind: "inline", path: [0], delta: [{ retain: { len: 4, marks: [] } }] }]);
  assert.deepEqual(
    plain.steps.map((step) => step.constructor),
    [RemoveMarkStep],
  );
  assert.ok(plain.doc.eq(before));
  const centred = apply(before, [{ kind: "attrs", path: [0], attrs: { textAlign: "center" } }]);
  assert.deepEqual(
    centred.steps.map((step) => step.constructor),
    [AttrStep],
  );
  // Absent means back to the default.
  assert.ok(apply(centred.doc, [{ kind: "attrs", path: [0], attrs: {} }]).doc.eq(before));
});

test("a way through a forbidden tree still arrives", () => {
  const list = (...texts: string[]) =>
    nodes.bulletList.create(
      null,
      texts.map((text) => nodes.listItem.create(null, p(text))),
    );
  const before = doc(list("a"), p("b"));
  const changes: Change[] = [
    { kind: "children", path: [0], from: 0, to: 1, nodes: [] },
    {
      kind: "children",
      path: [0],
      from: 0,
      to: 0,
      nodes: [{ type: "listItem", content: [{ type: "paragraph", content: [{ type: "text", text: "new" }] }] }],
    },
  ];
  assert.ok(apply(before, changes).doc.eq(doc(list("new"), p("b"))));
});

test("what does not fit is refused whole", () => {
  const before = doc(p("ab"));
  const cases: Change[][] = [
    [{ kind: "inline", path: [3], delta: [{ delete: { len: 1 } }] }],
    [{ kind: "inline", path: [0], delta: [{ retain: { len: 1 } }, { delete: { len: 2 } }] }],
    [{ kind: "inline", path: [], delta: [{ delete: { len: 1 } }] }],
    [{ kind: "children", path: [], from: 0, to: 2, nodes: [] }],
    [{ kind: "children", path: [], from: 0, to: 1, nodes: [] }],
    [{ kind: "children", path: [], from: 0, to: 1, nodes: [{ type: "nobody-knows" }] }],
    [
      { kind: "inline", path: [0], delta: [{ delete: { len: 2 } }] },
      { kind: "attrs", path: [0, 1], attrs: {} },
    ],
  ];
  for (const changes of cases) assert.throws(() => apply(before, changes), Misfit, JSON.stringify(changes));
});

test("replaceDoc touches only what differs, for any two documents", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const dice = new Dice(seed);
    const before = document(dice);
    const after = dice.below(2) ? document(dice) : edited(dice, EditorState.create({ doc: before })).doc;
    assert.ok(replaceDoc(new Transform(before), schema.nodeFromJSON(after.toJSON())).doc.eq(after), `seed ${seed}`);
  }
  const kept = apply(doc(p("a"), p("b"), p("c")), []);
  const tr = replaceDoc(kept, doc(p("a"), p("bb"), p("c")));
  assert.equal(tr.steps.length, 1);
  assert.deepEqual(tr.mapping.map(2), 2);
});

test("changes that cross each other meet: remote steps mapped over held local ones", () => {
  // The way `Session.applyOver` goes, checked here against doing both in the other order.
  const before = doc(p("一"), p("二"), p("三"));
  const local = new Transform(before).insert(5, schema.text("pinyin"));
  const remote = apply(before, [
    { kind: "inline", path: [2], delta: [{ insert: { nodes: [{ type: "text", text: "R" }] } }] },
    { kind: "children", path: [], from: 0, to: 0, nodes: [{ type: "heading", attrs: { level: 1 } }] },
  ]);
  const over = new Transform(local.doc);
  for (const step of remote.steps) over.step(step.map(local.mapping)!);
  const other = new Transform(remote.doc).insert(remote.mapping.map(5), schema.text("pinyin"));
  assert.ok(over.doc.eq(other.doc));
});

test("positions keep their place over the border", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const made = document(new Dice(seed));
    for (let pos = 0; pos <= made.content.size; pos++) {
      const $pos = made.resolve(pos);
      if (!$pos.parent.inlineContent && $pos.textOffset) continue;
      assert.equal(posOf(made, positionAt(made, pos)), pos, `seed ${seed} at ${pos}`);
    }
  }
  assert.equal(posOf(doc(p("ab")), { path: [0], offset: 99 }), 3, "an offset past the end is the end");
  assert.equal(posOf(doc(p("ab")), { path: [4], offset: 0 }), null);
  assert.deepEqual(positionAt(doc(p("a"), p("bc")), TextSelection.atEnd(doc(p("a"), p("bc"))).head), {
    path: [1],
    offset: 2,
  });
});

test("spans that would stand the browser still are shown within bounds", () => {
  const cell = (colspan: unknown, rowspan: unknown, colwidth: unknown) =>
    nodeFrom(schema, {
      type: "tableCell",
      attrs: { colspan, rowspan, colwidth } as never,
      content: [{ type: "paragraph" }],
    }).attrs;
  assert.deepEqual({ ...cell(1e9, -3, [1]) }, { colspan: 100, rowspan: 1, colwidth: null, extra: null });
  assert.deepEqual({ ...cell("2", null, [100, 50]) }, { colspan: 2, rowspan: 1, colwidth: [100, 50], extra: null });
});

test("deep documents compare and apply in both directions", () => {
  const deep = (text: string): Node => {
    let node = p(text);
    for (let i = 0; i < 60; i++) node = nodes.blockquote.create(null, node);
    return doc(node);
  };
  const [before, after] = [deep("a"), deep("b")];
  const changes = diff(before, after);
  assert.equal(changes[0].path.length, 61);
  assert.ok(apply(before, changes).doc.eq(after));
  assert.ok(marks.bold);
});
