import type { Node } from "prosemirror-model";
import { type Selection, TextSelection } from "prosemirror-state";

/** A selection between two places, moved to the nearest text where they have none. */
export function selectionBetween(doc: Node, anchor: number, head: number): Selection {
  const clamp = (pos: number) => Math.max(0, Math.min(pos, doc.content.size));
  return TextSelection.between(doc.resolve(clamp(anchor)), doc.resolve(clamp(head)));
}
