// What has changed between two documents, as few and as small changes as can be told. Unchanged nodes are shared
// objects in ProseMirror, so the comparison walks only down to what differs.
import { Fragment, type Node } from "prosemirror-model";
import {
  type Attrs,
  type Change,
  type InlineOp,
  type MarkJson,
  type Path,
  attrsJson,
  fragmentJson,
  markJson,
  nodeJson,
} from "./change";
import { childStart } from "./position";

/**
 * The changes that turn `before` into `after`, from the last place to the first, so that every path speaks of `before`.
 * `caret` is a position in `after`; which of several equal letters was typed or deleted is told by it.
 */
export function diff(before: Node, after: Node, caret = -1): Change[] {
  const changes: Change[] = [];
  compareNodes(before, after, [], 0, caret, changes);
  return changes;
}

/** Two nodes of the same type at the same place; `start` is where `after`'s content starts. */
function compareNodes(before: Node, after: Node, path: Path, start: number, caret: number, changes: Change[]) {
  if (before === after) return;
  if (before.inlineContent) {
    const delta = inlineDelta(before.content, after.content, caret - start);
    if (delta.length) changes.push({ kind: "inline", path, delta });
  } else if (!before.isLeaf) {
    compareChildren(before, after, path, start, caret, changes);
  }
  if (!sameAttrs(before, after)) changes.push({ kind: "attrs", path, attrs: attrsJson(after.attrs as Attrs) });
}

function sameAttrs(before: Node, after: Node): boolean {
  return before.attrs === after.attrs || before.hasMarkup(after.type, after.attrs, before.marks);
}

function compareChildren(before: Node, after: Node, path: Path, start: number, caret: number, changes: Change[]) {
  const a = before.content.content;
  const b = after.content.content;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  let tail = 0;
  while (tail < a.length - from && tail < b.length - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;

  const pairs = align(a.slice(from, a.length - tail), b.slice(from, b.length - tail));
  const starts = [childStart(after, start, from)];
  for (let i = from; i < b.length - tail; i++) starts.push(starts[i - from] + b[i].nodeSize);
  // From the last to the first: what is still to come keeps its index.
  let endBefore = a.length - tail;
  let endAfter = b.length - tail;
  for (let i = pairs.length - 1; i >= -1; i--) {
    const [indexBefore, indexAfter] = i < 0 ? [from - 1, from - 1] : [from + pairs[i][0], from + pairs[i][1]];
    if (indexBefore + 1 < endBefore || indexAfter + 1 < endAfter) {
      changes.push({
        kind: "children",
        path,
        from: indexBefore + 1,
        to: endBefore,
        nodes: b.slice(indexAfter + 1, endAfter).map(nodeJson),
      });
    }
    if (i < 0) break;
    compareNodes(a[indexBefore], b[indexAfter], [...path, indexBefore], starts[indexAfter - from] + 1, caret, changes);
    endBefore = indexBefore;
    endAfter = indexAfter;
  }
}

type Pair = [before: number, after: number];

/** Which node became which, in order. Those without a partner were removed or are new. */
function align(a: readonly Node[], b: readonly Node[]): Pair[] {
  const pairs: Pair[] = [];
  let [nextA, nextB] = [0, 0];
  const fill = (endA: number, endB: number) => {
    for (const [i, j] of pairGap(a.slice(nextA, endA), b.slice(nextB, endB))) pairs.push([nextA + i, nextB + j]);
  };
  for (const pair of sharedObjects(a, b)) {
    fill(...pair);
    pairs.push(pair);
    [nextA, nextB] = [pair[0] + 1, pair[1] + 1];
  }
  fill(a.length, b.length);
  return pairs;
}

/** The longest run of nodes that are the very same objects in both, in the same order. */
function sharedObjects(a: readonly Node[], b: readonly Node[]): Pair[] {
  const places = new Map<Node, number>();
  for (let j = b.length - 1; j >= 0; j--) places.set(b[j], j);
  const chains: { pair: Pair; before: number }[] = [];
  const tops: number[] = []; // tops[n]: the chain of length n + 1 that ends earliest in b
  for (let i = 0; i < a.length; i++) {
    const j = places.get(a[i]);
    if (j === undefined) continue;
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chains[tops[middle]].pair[1] < j) low = middle + 1;
      else high = middle;
    }
    chains.push({ pair: [i, j], before: low > 0 ? tops[low - 1] : -1 });
    tops[low] = chains.length - 1;
  }
  const longest: Pair[] = [];
  for (let at = tops.length ? tops[tops.length - 1] : -1; at >= 0; at = chains[at].before)
    longest.push(chains[at].pair);
  return longest.reverse();
}

const TABLE_LIMIT = 4096;

/** Pairs what is between two unchanged neighbours: one by one if the kinds match, else by likeness. */
function pairGap(a: readonly Node[], b: readonly Node[]): Pair[] {
  if (a.length === b.length) {
    const all = oneByOne(a, b, a.length === 1 ? 0 : 0.3);
    if (all.length === a.length) return all;
  }
  return a.length * b.length > TABLE_LIMIT ? oneByOne(a, b, 0) : bestPairs(a, b);
}

/** The first with the first, the second with the second, and so on: those that are liker than `least`. */
function oneByOne(a: readonly Node[], b: readonly Node[], least: number): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < a.length && i < b.length; i++) if (likeness(a[i], b[i]) > least) pairs.push([i, i]);
  return pairs;
}

function bestPairs(a: readonly Node[], b: readonly Node[]): Pair[] {
  const like: number[][] = [];
  const best: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    like[i] = [];
    for (let j = b.length - 1; j >= 0; j--) {
      like[i][j] = likeness(a[i], b[j]);
      const paired = like[i][j] > 0 ? like[i][j] + best[i + 1][j + 1] : 0;
      best[i][j] = Math.max(paired, best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (like[i][j] > 0 && best[i][j] === like[i][j] + best[i + 1][j + 1]) pairs.push([i++, j++]);
    else if (best[i][j] === best[i + 1][j]) i++;
    else j++;
  }
  return pairs;
}

/** 0: can't become the other; up to 1: equal. */
function likeness(before: Node, after: Node): number {
  if (before === after) return 1;
  if (before.type !== after.type) return 0;
  // An unknown node is one sealed thing: it is replaced, never altered.
  if (before.isAtom) return before.eq(after) ? 1 : before.type.name.startsWith("unknown") ? 0 : 0.5;
  const start = before.content.findDiffStart(after.content);
  if (start === null) return 1;
  const end = before.content.findDiffEnd(after.content)!;
  const shorter = Math.min(before.content.size, after.content.size);
  const common = Math.min(shorter, start + (before.content.size - end.a));
  return 0.05 + (0.9 * common) / Math.max(1, before.content.size, after.content.size);
}

// ── inside a text block ─────────────────────────────────────────────────────────────────────────────────────────

const LEAF = "\ufffc";

/** Inline content as one string, a leaf being one LEAF character, so that common text is found at the speed of strings. */
function flatten(content: Fragment): { text: string; leaves: Map<number, Node> } {
  let text = "";
  const leaves = new Map<number, Node>();
  content.forEach((node) => {
    if (node.isText) text += node.text;
    else {
      leaves.set(text.length, node);
      text += LEAF;
    }
  });
  return { text, leaves };
}

type Flat = ReturnType<typeof flatten>;

function sameUnit(a: Flat, i: number, b: Flat, j: number): boolean {
  if (a.text.charCodeAt(i) !== b.text.charCodeAt(j)) return false;
  const leafA = a.leaves.get(i);
  const leafB = b.leaves.get(j);
  return (
    leafA === leafB ||
    (leafA !== undefined && leafB !== undefined && leafA.hasMarkup(leafB.type, leafB.attrs, leafA.marks))
  );
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;

/** How many units at the start are the same, at most `limit`, never half a character. */
function commonStart(a: Flat, b: Flat, limit: number): number {
  let n = 0;
  while (n < limit && sameUnit(a, n, b, n)) n++;
  if (n > 0 && isHigh(a.text.charCodeAt(n - 1)) && (isLow(a.text.charCodeAt(n)) || isLow(b.text.charCodeAt(n)))) n--;
  return n;
}

function commonEnd(a: Flat, b: Flat, limit: number): number {
  const endA = a.text.length;
  const endB = b.text.length;
  let n = 0;
  while (n < limit && sameUnit(a, endA - 1 - n, b, endB - 1 - n)) n++;
  if (
    n > 0 &&
    isLow(a.text.charCodeAt(endA - n)) &&
    (isHigh(a.text.charCodeAt(endA - n - 1)) || isHigh(b.text.charCodeAt(endB - n - 1)))
  )
    n--;
  return n;
}

/** The part of the text that was replaced: `start` units are common before it, `end` after it. */
function replacedPart(a: Flat, b: Flat, caret: number): { start: number; end: number } {
  const shorter = Math.min(a.text.length, b.text.length);
  const start = commonStart(a, b, shorter);
  const end = commonEnd(a, b, shorter - start);
  if (caret < 0 || caret > b.text.length) return { start, end };
  // In "很很很" any of the three may be the new one: what stands after the caret was there before.
  const endAtCaret = commonEnd(a, b, Math.min(shorter, b.text.length - caret));
  const startAtCaret = commonStart(a, b, shorter - endAtCaret);
  return startAtCaret + endAtCaret >= start + end ? { start: startAtCaret, end: endAtCaret } : { start, end };
}

export function inlineDelta(before: Fragment, after: Fragment, caret = -1): InlineOp[] {
  if (before === after) return [];
  const a = flatten(before);
  const b = flatten(after);
  const { start, end } = replacedPart(a, b, caret);
  const removed = a.text.length - start - end;
  const added = b.text.length - start - end;

  const delta: InlineOp[] = [];
  retainWithMarks(before, 0, after, 0, start, delta);
  if (removed) delta.push({ delete: { len: removed } });
  if (added) delta.push({ insert: { nodes: fragmentJson(after.cut(start, start + added)) } });
  retainWithMarks(before, start + removed, after, start + added, end, delta);
  while (delta.length) {
    const last = delta[delta.length - 1];
    if ("retain" in last && !last.retain.marks) delta.pop();
    else break;
  }
  return delta;
}

/** Keeps `len` units that are the same but for their marks. */
function retainWithMarks(
  before: Fragment,
  fromA: number,
  after: Fragment,
  fromB: number,
  len: number,
  delta: InlineOp[],
) {
  const a = new Runs(before, fromA);
  const b = new Runs(after, fromB);
  for (let left = len; left > 0;) {
    const step = Math.min(left, a.left, b.left);
    const marks = a.node === b.node || sameMarks(a.node, b.node) ? undefined : b.node.marks.map(markJson);
    retain(delta, step, marks);
    a.skip(step);
    b.skip(step);
    left -= step;
  }
}

function sameMarks(a: Node, b: Node): boolean {
  return a.marks === b.marks || (a.marks.length === b.marks.length && a.marks.every((mark, i) => mark.eq(b.marks[i])));
}

function retain(delta: InlineOp[], len: number, marks: MarkJson[] | undefined) {
  const last = delta[delta.length - 1];
  if (last && "retain" in last && JSON.stringify(last.retain.marks) === JSON.stringify(marks)) last.retain.len += len;
  else delta.push({ retain: marks ? { len, marks } : { len } });
}

/** Walks over inline nodes by units. */
class Runs {
  private index = 0;
  private offset: number;

  constructor(
    private content: Fragment,
    from: number,
  ) {
    this.offset = from;
    this.settle();
  }

  get node(): Node {
    return this.content.child(this.index);
  }

  get left(): number {
    return this.node.nodeSize - this.offset;
  }

  skip(units: number) {
    this.offset += units;
    this.settle();
  }

  private settle() {
    while (this.index < this.content.childCount && this.offset >= this.node.nodeSize)
      this.offset -= this.content.child(this.index++).nodeSize;
  }
}
