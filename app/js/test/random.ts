// Random documents and random edits of them, the same for the same seed.
import { Fragment, type Mark, type Node } from "prosemirror-model";
import { EditorState, type Transaction } from "prosemirror-state";
import { canJoin, canSplit, findWrapping } from "prosemirror-transform";
import { repair } from "../src/repair";
import { schema } from "../src/schema";

const { nodes, marks } = schema;

export class Dice {
  constructor(private seed: number) {}

  /** 0 ≤ n < below (mulberry32). */
  below(below: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)];
  }
}

const LETTERS = ["a", "a", "b", "很", "很", "教", "学", "😀", "😁", "𠮷", " "];

export function text(dice: Dice, most = 8): string {
  return Array.from({ length: 1 + dice.below(most) }, () => dice.one(LETTERS)).join("");
}

function someMarks(dice: Dice): Mark[] {
  const chosen: Mark[] = [];
  if (dice.below(4) === 0) chosen.push(marks.bold.create());
  if (dice.below(5) === 0) chosen.push(marks.textStyle.create({ color: dice.one(["#a63a17", "#123456"]) }));
  if (dice.below(8) === 0) chosen.push(marks.link.create({ href: dice.one(["https://a.test/", "https://b.test/"]) }));
  if (dice.below(12) === 0) chosen.push(marks.unknownMarks.create({ json: '{"comment":{"id":"1"}}' }));
  return chosen;
}

export function inline(dice: Dice): Fragment {
  const made: Node[] = [];
  for (let n = dice.below(4); n > 0; n--) {
    const kind = dice.below(10);
    if (kind === 0) made.push(nodes.hardBreak.create());
    else if (kind === 1) made.push(nodes.image.create({ src: dice.one(["/a.png", "/b.png"]) }));
    else if (kind === 2) made.push(nodes.unknownInline.create({ key: String(dice.below(3)), json: "{}" }));
    else made.push(schema.text(text(dice), someMarks(dice)));
  }
  return Fragment.from(made);
}

export function block(dice: Dice, depth = 0): Node {
  switch (dice.below(depth > 1 ? 4 : 12)) {
    case 4:
      return nodes.bulletList.create(
        null,
        some(dice, () => item(dice, depth)),
      );
    case 5:
      return nodes.orderedList.create(
        { start: 1 + dice.below(2) },
        some(dice, () => item(dice, depth)),
      );
    case 6:
      return nodes.taskList.create(
        null,
        some(dice, () => nodes.taskItem.create({ checked: dice.below(2) === 0 }, [paragraph(dice)])),
      );
    case 7:
      return nodes.blockquote.create(
        null,
        some(dice, () => block(dice, depth + 1)),
      );
    case 8:
    case 9:
      return table(dice, depth);
    case 10:
      return nodes.unknownBlock.create({ key: String(dice.below(3)), json: '{"type":"x"}' });
    case 3:
      return dice.below(2) ? nodes.horizontalRule.create() : nodes.codeBlock.create(null, schema.text(text(dice)));
    case 2:
      return nodes.heading.create({ level: 1 + dice.below(3) }, inline(dice));
    default:
      return paragraph(dice);
  }
}

const some = (dice: Dice, make: () => Node): Node[] => Array.from({ length: 1 + dice.below(3) }, make);
const paragraph = (dice: Dice) =>
  nodes.paragraph.create(
    { textAlign: dice.below(6) === 0 ? "center" : null, extra: dice.below(9) === 0 ? '{"dir":"rtl"}' : null },
    inline(dice),
  );
const item = (dice: Dice, depth: number) =>
  nodes.listItem.create(null, [paragraph(dice), ...(dice.below(3) ? [] : [block(dice, depth + 1)])]);

function table(dice: Dice, depth: number): Node {
  const columns = 1 + dice.below(3);
  const row = (first: boolean) => {
    const kind = first ? nodes.tableHeader : nodes.tableCell;
    return nodes.tableRow.create(
      null,
      Array.from({ length: columns }, () => kind.create(null, [depth ? paragraph(dice) : block(dice, 2)])),
    );
  };
  return nodes.table.create(
    null,
    Array.from({ length: 1 + dice.below(3) }, (_, i) => row(i === 0)),
  );
}

export function document(dice: Dice): Node {
  return schema.node(
    "doc",
    null,
    Array.from({ length: 1 + dice.below(6) }, () => block(dice)),
  );
}

/** A position that is not inside a surrogate pair; no browser puts a caret there. */
function whole(doc: Node, pos: number) {
  const $pos = doc.resolve(pos);
  const [before, after] = [$pos.nodeBefore?.text?.at(-1), $pos.nodeAfter?.text?.[0]];
  const halves =
    before !== undefined &&
    after !== undefined &&
    $pos.textOffset > 0 &&
    /[\ud800-\udbff]/.test(before) &&
    /[\udc00-\udfff]/.test(after);
  return halves ? doc.resolve(pos + 1) : $pos;
}

function attempt(deed: () => void) {
  try {
    deed();
  } catch (error) {
    if ((error as Error).name !== "TransformError") throw error;
  }
}

/** The state after one edit, as the view would have it. */
export function edited(dice: Dice, state: EditorState): EditorState {
  const after = state.apply(edit(dice, state));
  const mended = repair(state, after);
  return mended ? after.apply(mended) : after;
}

/** One edit of the kinds that people make: typing, splitting, joining, marking, wrapping, moving, altering. */
function edit(dice: Dice, state: EditorState): Transaction {
  const tr = state.tr;
  const { doc } = state;
  const at = () => whole(doc, dice.below(doc.content.size + 1));
  const blockAt = () => {
    const found: { node: Node; pos: number }[] = [];
    doc.descendants((node, pos) => void (node.isInline || found.push({ node, pos })));
    return dice.one(found);
  };
  const $pos = at();
  switch (dice.below(12)) {
    case 0:
    case 1:
    case 2: {
      if ($pos.parent.inlineContent) tr.insertText(text(dice, 3), $pos.pos);
      break;
    }
    case 3: {
      const $to = whole(doc, Math.min($pos.end(), $pos.pos + 1 + dice.below(4)));
      if ($pos.parent.inlineContent && $to.pos > $pos.pos) tr.delete($pos.pos, $to.pos);
      break;
    }
    case 4:
      if (canSplit(doc, $pos.pos)) tr.split($pos.pos);
      break;
    case 5:
      // Where joining would have to rewrap what it joins, nothing is joined.
      if (canJoin(doc, $pos.pos) && !doc.resolve($pos.pos).nodeAfter!.type.spec.isolating)
        attempt(() => tr.join($pos.pos));
      break;
    case 6: {
      const other = at().pos;
      const [from, to] = [Math.min($pos.pos, other), Math.max($pos.pos, other)];
      if (dice.below(2))
        tr.addMark(from, to, dice.one([marks.bold.create(), marks.highlight.create({ color: "#efe8db" })]));
      else tr.removeMark(from, to, marks.bold);
      break;
    }
    case 7: {
      const { node, pos } = blockAt();
      if ("textAlign" in node.attrs) tr.setNodeAttribute(pos, "textAlign", dice.one(["center", "right", null]));
      else if (node.type === nodes.taskItem) tr.setNodeAttribute(pos, "checked", !node.attrs.checked);
      break;
    }
    case 8: {
      const other = at().pos;
      tr.deleteRange(Math.min($pos.pos, other), Math.max($pos.pos, other));
      break;
    }
    case 9: {
      const range = $pos.blockRange();
      const wrapping = range && findWrapping(range, dice.one([nodes.blockquote, nodes.bulletList]));
      if (range && wrapping) tr.wrap(range, wrapping);
      break;
    }
    case 10: {
      const slice = doc.slice(...([$pos.pos, at().pos].sort((a, b) => a - b) as [number, number]));
      const [from, to] = [at().pos, at().pos].sort((a, b) => a - b);
      tr.replaceRange(from, to, slice);
      break;
    }
    default: {
      const index = dice.below(doc.childCount + 1);
      let pos = 0;
      for (let i = 0; i < index; i++) pos += doc.child(i).nodeSize;
      tr.insert(pos, block(dice));
    }
  }
  return tr;
}
