import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { Transform } from "prosemirror-transform";
import { changeTree, transformBy } from "../src/apply";
import { type Change, nodeJson } from "../src/change";
import { diff } from "../src/diff";
import { schema } from "../src/schema";
import { Dice, document, edited } from "./random";

const { nodes, marks } = schema;

/** Checks that `changes` take `before` to `after`: as steps, as tree edits, and over the border as JSON. */
function check(before: Node, after: Node, changes: Change[], hint: string) {
  const sent = JSON.parse(JSON.stringify(changes)) as Change[];
  after.check();
  const stepped = transformBy(() => new Transform(before), sent).doc;
  assert.ok(stepped.eq(after), `${hint}: steps\n${before}\n→ ${after}\n≠ ${stepped}\n${JSON.stringify(changes)}`);
  const edited = sent.reduce(changeTree, before);
  assert.deepEqual(nodeJson(edited), nodeJson(after), `${hint}: tree`);
}

test("apply(diff(a, b), a) is b for edits", () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const dice = new Dice(seed);
    let state = EditorState.create({ doc: document(dice) });
    const before = state.doc;
    for (let edits = 1 + dice.below(3); edits > 0; edits--) state = edited(dice, state);
    const caret = dice.below(3) ? dice.below(state.doc.content.size + 1) : -1;
    check(before, state.doc, diff(before, state.doc, caret), `seed ${seed}`);
  }
});

test("apply(diff(a, b), a) is b for documents that have nothing in common", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const dice = new Dice(seed);
    const [before, after] = [document(dice), document(dice)];
    check(before, after, diff(before, after), `seed ${seed}`);
  }
});

test("the diff of equal documents is empty, whether or not they share objects", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const doc = document(new Dice(seed));
    assert.deepEqual(diff(doc, doc), []);
    assert.deepEqual(diff(doc, schema.nodeFromJSON(doc.toJSON())), [], `seed ${seed}`);
  }
});

test("no delta cuts a surrogate pair", () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const dice = new Dice(seed);
    const state = EditorState.create({ doc: document(dice) });
    const after = edited(dice, state).doc;
    let doc = state.doc;
    for (const change of diff(state.doc, after, dice.below(after.content.size + 1))) {
      if (change.kind === "inline") {
        let block = doc;
        for (const index of change.path) block = block.child(index);
        const units = block.textBetween(0, block.content.size, "", "\ufffc");
        let at = 0;
        for (const op of change.delta) {
          const len = "insert" in op ? 0 : "retain" in op ? op.retain.len : op.delete.len;
          at += len;
          const cut = units.codePointAt(at - 1);
          assert.ok(
            at === 0 || at >= units.length || !(cut !== undefined && cut > 0xffff),
            `seed ${seed}: ${JSON.stringify(change)} in ${units}`,
          );
        }
      }
      doc = changeTree(doc, change);
    }
  }
});

const doc = (...content: Node[]) => schema.node("doc", null, content);
const p = (...content: (string | Node)[]) =>
  nodes.paragraph.create(
    null,
    content.map((each) => (typeof each === "string" ? schema.text(each) : each)),
  );
const b = (text: string) => schema.text(text, [marks.bold.create()]);

test("among equal letters the one at the caret was typed or deleted", () => {
  const cases: [before: string, after: string, caret: number, delta: object[]][] = [
    ["很很", "很很很", 2, [{ retain: { len: 1 } }, { insert: { nodes: [{ type: "text", text: "很" }] } }]],
    ["很很", "很很很", 1, [{ insert: { nodes: [{ type: "text", text: "很" }] } }]],
    ["很很", "很很很", 3, [{ retain: { len: 2 } }, { insert: { nodes: [{ type: "text", text: "很" }] } }]],
    ["aaa", "aa", 0, [{ delete: { len: 1 } }]],
    ["aaa", "aa", 1, [{ retain: { len: 1 } }, { delete: { len: 1 } }]],
    ["abab", "ababab", 4, [{ retain: { len: 2 } }, { insert: { nodes: [{ type: "text", text: "ab" }] } }]],
    ["😀😀", "😀😀😀", 4, [{ retain: { len: 2 } }, { insert: { nodes: [{ type: "text", text: "😀" }] } }]],
    // A change away from the caret stays where it is.
    ["abc", "xabc", 4, [{ insert: { nodes: [{ type: "text", text: "x" }] } }]],
    ["😀", "😁", 2, [{ delete: { len: 2 } }, { insert: { nodes: [{ type: "text", text: "😁" }] } }]],
  ];
  for (const [before, after, caret, delta] of cases) {
    assert.deepEqual(
      diff(doc(p(before)), doc(p(after)), caret + 1),
      [{ kind: "inline", path: [0], delta }],
      `${before} → ${after} at ${caret}`,
    );
  }
});

test("separate changes stay separate and name only what changed", () => {
  const keep = p("keep");
  const cases: [string, Node, Node, object[]][] = [
    [
      "a mark over two blocks",
      doc(p("one"), keep, p("two")),
      doc(p(b("one")), keep, p(b("tw"), "o")),
      [
        { kind: "inline", path: [2], delta: [{ retain: { len: 2, marks: [{ type: "bold" }] } }] },
        { kind: "inline", path: [0], delta: [{ retain: { len: 3, marks: [{ type: "bold" }] } }] },
      ],
    ],
    [
      "a mark taken away",
      doc(p(b("one"), " two")),
      doc(p("one two")),
      [{ kind: "inline", path: [0], delta: [{ retain: { len: 3, marks: [] } }] }],
    ],
    [
      "an attribute",
      doc(keep, p("one")),
      doc(keep, nodes.paragraph.create({ textAlign: "center" }, schema.text("one"))),
      [{ kind: "attrs", path: [1], attrs: { textAlign: "center" } }],
    ],
    [
      "a split",
      doc(keep, p("onetwo"), keep),
      doc(keep, p("one"), p("two"), keep),
      [
        {
          kind: "children",
          path: [],
          from: 2,
          to: 2,
          nodes: [{ type: "paragraph", content: [{ type: "text", text: "two" }] }],
        },
        { kind: "inline", path: [1], delta: [{ retain: { len: 3 } }, { delete: { len: 3 } }] },
      ],
    ],
    [
      "a new line above",
      doc(keep, p("onetwo")),
      doc(keep, p(), p("onetwo")),
      [{ kind: "children", path: [], from: 1, to: 1, nodes: [{ type: "paragraph" }] }],
    ],
    [
      "a moved block",
      doc(keep, p("1"), p("2")),
      doc(p("1"), p("2"), keep),
      [
        {
          kind: "children",
          path: [],
          from: 3,
          to: 3,
          nodes: [{ type: "paragraph", content: [{ type: "text", text: "keep" }] }],
        },
        { kind: "children", path: [], from: 0, to: 1, nodes: [] },
      ],
    ],
    [
      "another kind of block",
      doc(p("1"), keep),
      doc(nodes.heading.create({ level: 2 }, schema.text("1")), keep),
      [
        {
          kind: "children",
          path: [],
          from: 0,
          to: 1,
          nodes: [{ type: "heading", attrs: { level: 2 }, content: [{ type: "text", text: "1" }] }],
        },
      ],
    ],
  ];
  for (const [name, before, after, changes] of cases) {
    const found = diff(before, after);
    if (name !== "a moved block") assert.deepEqual(found, changes, name);
    check(before, after, found, name);
    assert.ok(found.length <= changes.length, name);
  }
});

test("a table column is one change a row", () => {
  const cell = (text: string) => nodes.tableCell.create(null, p(text));
  const row = (...cells: Node[]) => nodes.tableRow.create(null, cells);
  const [c1, c2, c3, c4] = ["1", "2", "3", "4"].map(cell);
  const before = doc(nodes.table.create(null, [row(c1, c2), row(c3, c4)]));
  const after = doc(nodes.table.create(null, [row(c1, cell("x"), c2), row(c3, cell("x"), c4)]));
  assert.deepEqual(
    diff(before, after).map((change) => [
      change.kind,
      change.path,
      change.kind === "children" && [change.from, change.to, change.nodes.length],
    ]),
    [
      ["children", [0, 1], [1, 1, 1]],
      ["children", [0, 0], [1, 1, 1]],
    ],
  );
});

test("an unknown node is replaced whole, never altered", () => {
  const unknown = (json: string) => nodes.unknownBlock.create({ key: "1", json });
  const changes = diff(doc(p(), unknown("{}")), doc(p(), unknown('{"a":1}')));
  assert.deepEqual(
    changes.map((change) => change.kind),
    ["children"],
  );
});
