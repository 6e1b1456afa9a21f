// ProseMirror's fitting of a pasted or moved slice can leave a cell or an item empty, which the schema forbids and
// the other side could not store. Who did it fills it at once.
import { Fragment, type Node } from "prosemirror-model";
import { type EditorState, Plugin, type Transaction } from "prosemirror-state";
import { isRemote } from "./session";

export function repairs(): Plugin {
  return new Plugin({
    appendTransaction(transactions, before, after) {
      return transactions.some((tr) => tr.docChanged && !isRemote(tr)) ? repair(before, after) : null;
    },
  });
}

/** A transaction that fills what lacks content among the nodes that `before` did not have; null if nothing does. */
export function repair(before: EditorState, after: EditorState): Transaction | null {
  const lacks: { pos: number; content: Fragment }[] = [];
  const walk = (old: Node | null, node: Node, start: number) => {
    if (old === node || node.isLeaf || node.inlineContent) return;
    const missing = lacking(node);
    if (missing) lacks.push({ pos: start + (missing.atStart ? 0 : node.content.size), content: missing.content });
    const known = new Set(old?.content.content);
    node.forEach((child, offset, index) => {
      if (!known.has(child)) walk(old?.maybeChild(index) ?? null, child, start + offset + 1);
    });
  };
  walk(before.doc, after.doc, 0);
  if (!lacks.length) return null;
  const tr = after.tr;
  for (const { pos, content } of lacks.sort((a, b) => b.pos - a.pos)) tr.insert(pos, content);
  return tr;
}

function lacking(node: Node): { content: Fragment; atStart: boolean } | null {
  if (node.type.validContent(node.content)) return null;
  const after = node.type.contentMatch.matchFragment(node.content)?.fillBefore(Fragment.empty, true);
  if (after?.size) return { content: after, atStart: false };
  const before = node.type.contentMatch.fillBefore(node.content, true);
  return before?.size ? { content: before, atStart: true } : null;
}
