// Changes from the document model as the smallest steps, so that selection, decorations and untouched DOM stay.
import { Fragment, type Node, type Schema, Slice } from "prosemirror-model";
import { AddMarkStep, RemoveMarkStep, ReplaceStep, Transform } from "prosemirror-transform";
import { type Attrs, type Change, type InlineOp, type Path, fragmentFrom, marksFrom, nodeFrom } from "./change";
import { childStart, nodeAtPath } from "./position";

/** A change that doesn't fit the tree: both sides know different documents, and the whole view must be sent again. */
export class Misfit extends Error {}

/**
 * The steps of `changes`, all or none, on the transform that `begin` makes. Where the way there passes through a
 * tree the schema forbids, the whole list becomes one replacement of what differs.
 */
export function transformBy<T extends Transform>(begin: () => T, changes: Change[]): T {
  const tr = begin();
  const before = tr.doc;
  try {
    for (const change of changes) applyChange(tr, change);
    return tr;
  } catch {
    return replaceDoc(begin(), treeAfter(before, changes));
  }
}

function treeAfter(doc: Node, changes: Change[]): Node {
  try {
    return changes.reduce(changeTree, doc);
  } catch (error) {
    throw error instanceof Misfit ? error : new Misfit(String(error));
  }
}

/** Makes `tr.doc` equal to `target` by replacing only the smallest stretch that differs. */
export function replaceDoc<T extends Transform>(tr: T, target: Node): T {
  try {
    target.check();
  } catch (error) {
    throw new Misfit(String(error));
  }
  const start = tr.doc.content.findDiffStart(target.content);
  if (start !== null) {
    let { a: endA, b: endB } = tr.doc.content.findDiffEnd(target.content)!;
    const overlap = start - Math.min(endA, endB);
    if (overlap > 0) {
      endA += overlap;
      endB += overlap;
    }
    tr.replace(start, endA, target.slice(start, endB));
    if (!tr.doc.content.eq(target.content)) tr.replace(0, tr.doc.content.size, new Slice(target.content, 0, 0));
  }
  for (const name in target.attrs)
    if (tr.doc.attrs[name] !== target.attrs[name]) tr.setDocAttribute(name, target.attrs[name]);
  if (!tr.doc.eq(target)) throw new Misfit("the document could not be brought to the view sent");
  return tr;
}

function applyChange(tr: Transform, change: Change) {
  const found = nodeAtPath(tr.doc, change.path);
  if (!found) throw new Misfit(`no node at [${change.path}]`);
  const { node, start } = found;
  switch (change.kind) {
    case "children":
      return applyChildren(tr, node, start, change.from, change.to, fragmentFrom(tr.doc.type.schema, change.nodes));
    case "inline":
      return applyInline(tr, node, start, change.delta);
    case "attrs":
      return applyAttrs(tr, node, start, change.path, change.attrs);
  }
}

function applyChildren(tr: Transform, node: Node, start: number, from: number, to: number, nodes: Fragment) {
  if (node.inlineContent || from > to || to > node.childCount) throw new Misfit(`no children ${from}..${to}`);
  const pos = childStart(node, start, from);
  let end = pos;
  for (let i = from; i < to; i++) end += node.child(i).nodeSize;
  tr.step(new ReplaceStep(pos, end, new Slice(nodes, 0, 0)));
}

function applyAttrs(tr: Transform, node: Node, start: number, path: Path, attrs: Attrs) {
  const full = nodeFrom(node.type.schema, { type: node.type.name, attrs }).attrs;
  for (const name in full) {
    if (same(node.attrs[name], full[name])) continue;
    if (path.length) tr.setNodeAttribute(start - 1, name, full[name]);
    else tr.setDocAttribute(name, full[name]);
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}

function applyInline(tr: Transform, block: Node, start: number, delta: InlineOp[]) {
  if (!block.inlineContent) throw new Misfit("an inline change for a container");
  const schema = tr.doc.type.schema;
  let pos = start;
  let left = block.content.size;
  const take = (len: number) => {
    left -= len;
    if (left < 0) throw new Misfit("an inline change past the end of its text");
  };
  for (let i = 0; i < delta.length; i++) {
    const op = delta[i];
    if ("retain" in op) {
      take(op.retain.len);
      if (op.retain.marks) setMarks(tr, pos, pos + op.retain.len, op.retain.marks);
      pos += op.retain.len;
    } else if ("delete" in op) {
      take(op.delete.len);
      // A deletion followed by an insertion is one replacement: the caret after it stays after it.
      const next = delta[i + 1];
      const nodes = next && "insert" in next ? fragmentFrom(schema, next.insert.nodes) : Fragment.empty;
      if (nodes.size) i++;
      tr.step(new ReplaceStep(pos, pos + op.delete.len, new Slice(nodes, 0, 0)));
      pos += nodes.size;
    } else {
      const nodes = fragmentFrom(schema, op.insert.nodes);
      tr.step(new ReplaceStep(pos, pos, new Slice(nodes, 0, 0)));
      pos += nodes.size;
    }
  }
}

function setMarks(
  tr: Transform,
  from: number,
  to: number,
  json: Extract<InlineOp, { retain: unknown }>["retain"]["marks"] & object,
) {
  const wanted = marksFrom(tr.doc.type.schema, json);
  const steps: (AddMarkStep | RemoveMarkStep)[] = [];
  tr.doc.nodesBetween(from, to, (node, pos) => {
    if (!node.isInline) return;
    const start = Math.max(from, pos);
    const end = Math.min(to, pos + node.nodeSize);
    for (const mark of node.marks) if (!mark.isInSet(wanted)) steps.push(new RemoveMarkStep(start, end, mark));
    for (const mark of wanted) if (!mark.isInSet(node.marks)) steps.push(new AddMarkStep(start, end, mark));
  });
  // Mark steps leave positions as they are, so the order among them does not matter.
  for (const step of steps) tr.step(step);
}

// ── the same on the tree alone, without asking the schema until the end ─────────────────────────────────────────

/** `doc` after `change`. The result may break the schema when more changes are to follow. */
export function changeTree(doc: Node, change: Change): Node {
  return edit(doc, change.path, (node) => {
    const schema = node.type.schema;
    switch (change.kind) {
      case "attrs":
        return node.type.create(
          nodeFrom(schema, { type: node.type.name, attrs: change.attrs }).attrs,
          node.content,
          node.marks,
        );
      case "children": {
        if (node.inlineContent || change.from > change.to || change.to > node.childCount)
          throw new Misfit("no such children");
        const children = node.content.content.slice();
        children.splice(change.from, change.to - change.from, ...fragmentFrom(schema, change.nodes).content);
        return node.copy(Fragment.fromArray(children));
      }
      case "inline":
        return node.copy(changeInline(schema, node, change.delta));
    }
  });
}

function edit(node: Node, path: Path, change: (node: Node) => Node): Node {
  if (!path.length) return change(node);
  const [index, ...rest] = path;
  if (index < 0 || index >= node.childCount) throw new Misfit("no such node");
  return node.copy(node.content.replaceChild(index, edit(node.child(index), rest, change)));
}

function changeInline(schema: Schema, block: Node, delta: InlineOp[]): Fragment {
  if (!block.inlineContent) throw new Misfit("an inline change for a container");
  let out = Fragment.empty;
  let at = 0;
  const take = (len: number) => {
    if (at + len > block.content.size) throw new Misfit("an inline change past the end of its text");
    const taken = block.content.cut(at, at + len);
    at += len;
    return taken;
  };
  for (const op of delta) {
    if ("insert" in op) out = out.append(fragmentFrom(schema, op.insert.nodes));
    else if ("delete" in op) take(op.delete.len);
    else {
      const kept = take(op.retain.len);
      const marks = op.retain.marks && marksFrom(schema, op.retain.marks);
      out = out.append(marks ? Fragment.fromArray(kept.content.map((node) => node.mark(marks))) : kept);
    }
  }
  return Fragment.from(joinEqual(out.append(block.content.cut(at)).content));
}

function joinEqual(nodes: readonly Node[]): Node[] {
  const out: Node[] = [];
  for (const node of nodes) {
    const last = out[out.length - 1];
    if (last?.isText && node.isText && last.sameMarkup(node))
      out[out.length - 1] = last.type.schema.text(last.text! + node.text!, last.marks);
    else out.push(node);
  }
  return out;
}
