// Between ProseMirror's flat positions and the border's paths.
import { Node } from "prosemirror-model";
import type { Path, Position } from "./change";

/** Where the content of the node at `path` starts, and the node; null if the tree has no such path. */
export function nodeAtPath(doc: Node, path: Path): { node: Node; start: number } | null {
  let node = doc;
  let start = 0;
  for (const index of path) {
    if (index < 0 || index >= node.childCount || node.inlineContent) return null;
    start = childStart(node, start, index) + 1;
    node = node.child(index);
  }
  return { node, start };
}

/** The position before child `index` of a node whose content starts at `start`. */
export function childStart(parent: Node, start: number, index: number): number {
  let pos = start;
  for (let i = 0; i < index; i++) pos += parent.child(i).nodeSize;
  return pos;
}

/** The border's name of a position. */
export function positionAt(doc: Node, pos: number): Position {
  const $pos = doc.resolve(pos);
  const path: Path = [];
  for (let depth = 0; depth < $pos.depth; depth++) path.push($pos.index(depth));
  return { path, offset: $pos.parent.inlineContent ? $pos.parentOffset : $pos.index() };
}

/** The nearest position there is for a place named over the border, if its node still exists. */
export function posOf(doc: Node, position: Position): number | null {
  const found = nodeAtPath(doc, position.path);
  if (!found) return null;
  const { node, start } = found;
  if (node.inlineContent) return start + Math.max(0, Math.min(position.offset, node.content.size));
  return childStart(node, start, Math.max(0, Math.min(position.offset, node.childCount)));
}
