import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { changeTree, replaceDoc } from "../src/apply";
import type { Host } from "../src/bridge";
import { type Change, nodeJson } from "../src/change";
import { diff } from "../src/diff";
import { positionAt } from "../src/position";
import { schema } from "../src/schema";
import { isRemote, Session } from "../src/session";
import { Dice, document, edited, text } from "./random";

const { nodes } = schema;

/** A view without a DOM, and the document model on the other side of the border. */
class Both {
  model: Node;
  state: EditorState;
  composing = false;
  readonly told: string[] = [];
  readonly session: Session;
  /** Comes out of the DOM at the next flush. */
  pending: ((state: EditorState) => Transaction) | null = null;

  constructor(
    doc: Node,
    private catchUp: () => Change[] = () => [],
  ) {
    this.model = doc;
    this.state = EditorState.create({ doc });
    const take = (changes: Change[]) => {
      this.model = changes.reduce(changeTree, this.model);
    };
    const host: Partial<Host> = {
      change: (_generation, changes) => {
        this.told.push("change");
        assert.ok(!this.composing, "nothing goes out while composing");
        take(JSON.parse(changes) as Change[]);
      },
      compositionStart: (_generation, path) => void this.told.push(`start ${path}`),
      compositionEnd: (_generation, changes) => {
        this.told.push("end");
        this.composing = false;
        take(JSON.parse(changes) as Change[]);
        const held = this.catchUp();
        take(held);
        return JSON.stringify(held);
      },
      notice: (_generation, code) => {
        this.told.push(code);
        this.session.reset(this.view, nodeJson(this.model));
      },
    };
    this.session = new Session(host as Host, 1, doc);
  }

  get view(): EditorView {
    return this as unknown as EditorView;
  }

  readonly domObserver = {
    forceFlush: () => {},
    flush: () => {
      const { pending } = this;
      this.pending = null;
      if (pending) this.dispatch(pending(this.state));
    },
  };

  dispatch(tr: Transaction) {
    const { state, transactions } = this.state.applyTransaction(tr);
    this.state = state;
    if (tr.docChanged && !isRemote(tr)) this.session.committed(this.view, transactions);
  }

  /** A colleague's changes: already in the model when the view hears of them. */
  remote(changes: Change[]) {
    this.model = changes.reduce(changeTree, this.model);
    this.session.apply(this.view, JSON.parse(JSON.stringify(changes)) as Change[]);
  }

  check(hint: string) {
    assert.ok(this.model.eq(this.state.doc), `${hint}\nview  ${this.state.doc}\nmodel ${this.model}`);
  }
}

function textBlocks(doc: Node): number[] {
  const starts: number[] = [];
  doc.descendants((node, pos) => void (node.type === nodes.paragraph && starts.push(pos + 1)));
  return starts;
}

test("view and model stay equal through edits from both sides", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const dice = new Dice(seed);
    const both = new Both(document(dice));
    for (let round = 0; round < 6; round++) {
      if (dice.below(2)) {
        both.dispatch(replaceDoc(both.state.tr, edited(dice, both.state).doc));
      } else both.remote(diff(both.model, edited(dice, EditorState.create({ doc: both.model })).doc));
      both.check(`seed ${seed} round ${round}`);
    }
    assert.ok(!both.told.includes("resync"), `seed ${seed}`);
  }
});

test("a composition holds back and is told once, while colleagues edit all around it", () => {
  let composed = 0;
  for (let seed = 1; seed <= 600; seed++) {
    const dice = new Dice(seed);
    const both = new Both(document(dice));
    const starts = textBlocks(both.state.doc);
    if (!starts.length) continue;
    const start = dice.one(starts);
    const block = both.state.doc.resolve(start).parent;
    both.state = both.state.apply(
      both.state.tr.setSelection(TextSelection.create(both.state.doc, start + block.content.size)),
    );
    both.session.compositionStarted(both.view);
    both.composing = true;
    const expected = positionAt(both.state.doc, start).path;
    assert.deepEqual(both.told, [`start ${JSON.stringify(expected)}`]);

    let letters = "";
    for (let round = 0; round < 8; round++) {
      if (dice.below(2)) {
        // The input method shows other letters each time.
        const { head } = both.state.selection;
        const next = text(dice, 5);
        both.dispatch(both.state.tr.insertText(next, head - letters.length, head));
        letters = next;
      } else {
        const after = edited(dice, EditorState.create({ doc: both.model })).doc;
        let kept = 0;
        after.descendants((node) => void (node === block && kept++));
        let was = 0;
        both.model.descendants((node) => void (node === block && was++));
        const changes = diff(both.model, after);
        // The model holds back whatever touches the composed block or replaces what it stands in.
        if (kept !== 1 || was !== 1 || !survives(both.model, changes, block)) continue;
        both.remote(changes);
      }
    }
    both.session.compositionEnded(both.view);
    both.check(`seed ${seed}`);
    assert.deepEqual(both.told.slice(1), ["end"], `seed ${seed}`);
    if (letters) {
      composed++;
      assert.ok(both.state.doc.textContent.includes(letters), `seed ${seed}: ${letters}`);
      assert.equal(
        both.state.doc.textBetween(both.state.selection.head - letters.length, both.state.selection.head),
        letters,
        `the caret is where it was, seed ${seed}`,
      );
    }
  }
  assert.ok(composed > 300);
});

/** Whether `block` is the same object at every step of `changes`. */
function survives(doc: Node, changes: Change[], block: Node): boolean {
  return changes.every((change) => {
    doc = changeTree(doc, change);
    let found = false;
    doc.descendants((node) => void (found ||= node === block));
    return found;
  });
}

const p = (text: string) => nodes.paragraph.create(null, text ? schema.text(text) : null);
const insert = (path: number[], at: number, text: string): Change => ({
  kind: "inline",
  path,
  delta: [{ retain: { len: at } }, { insert: { nodes: [{ type: "text", text }] } }],
});

test("what was held back arrives when the composition ends", () => {
  const both = new Both(schema.node("doc", null, [p("甲乙")]), () => [insert([0], 0, "【")]);
  both.state = both.state.apply(both.state.tr.setSelection(TextSelection.create(both.state.doc, 2)));
  both.session.compositionStarted(both.view);
  both.composing = true;
  both.dispatch(both.state.tr.insertText("ni"));
  both.session.compositionEnded(both.view);
  assert.equal(both.state.doc.textContent, "【甲ni乙");
  both.check("after");
  assert.equal(both.state.selection.head, 5);
});

test("letters the browser had not reported yet survive a change that crosses them", () => {
  const both = new Both(schema.node("doc", null, [p("甲"), p("乙")]));
  both.pending = (state) => state.tr.insertText("x", 5);
  both.remote([{ kind: "children", path: [], from: 0, to: 0, nodes: [{ type: "heading", attrs: { level: 1 } }] }]);
  assert.equal(both.state.doc.toString(), 'doc(heading, paragraph("甲"), paragraph("乙x"))');
  both.check("after");
  assert.deepEqual(both.told, ["change"]);
});

test("sides that have parted meet again, and what was composed is not lost", () => {
  const both = new Both(schema.node("doc", null, [p("甲乙")]));
  both.state = both.state.apply(both.state.tr.setSelection(TextSelection.create(both.state.doc, 3)));
  both.session.compositionStarted(both.view);
  both.dispatch(both.state.tr.insertText("你"));
  // A model that does not hold back what stands around the composed text, and speaks of places that are not there.
  both.model = schema.node("doc", null, [p("丙")]);
  both.session.apply(both.view, [insert([7], 0, "?")]);
  assert.ok(both.told.includes("resync"));
  assert.equal(both.state.doc.textContent, "丙你");
  both.check("after");
});

test("a caret stays behind its letter where a colleague writes at the same place, and in a block that becomes a heading", () => {
  const both = new Both(schema.node("doc", null, [p("甲乙")]));
  const head = () => both.state.selection.head;
  both.state = both.state.apply(both.state.tr.setSelection(TextSelection.create(both.state.doc, 2)));
  both.remote([insert([0], 1, "丙")]);
  assert.equal(head(), 2);
  both.remote([
    {
      kind: "children",
      path: [],
      from: 0,
      to: 1,
      nodes: [{ type: "heading", attrs: { level: 2 }, content: [{ type: "text", text: "甲丙乙" }] }],
    },
  ]);
  assert.equal(head(), 2);
  both.remote([
    {
      kind: "children",
      path: [],
      from: 0,
      to: 1,
      nodes: [
        {
          type: "bulletList",
          content: [
            { type: "listItem", content: [{ type: "paragraph", content: [{ type: "text", text: "甲丙乙" }] }] },
          ],
        },
      ],
    },
  ]);
  assert.equal(both.state.doc.resolve(head()).parentOffset, 1);
  assert.equal(both.state.doc.resolve(head()).parent.textContent, "甲丙乙");
});

test("a closed session says nothing and does nothing", () => {
  const both = new Both(schema.node("doc", null, [p("甲")]));
  both.session.close();
  both.dispatch(both.state.tr.insertText("x", 1));
  both.session.apply(both.view, [insert([0], 0, "y")]);
  both.session.compositionStarted(both.view);
  both.session.compositionEnded(both.view);
  assert.deepEqual(both.told, []);
  assert.equal(both.state.doc.textContent, "x甲");
});
