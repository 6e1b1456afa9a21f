// A passage of the text by its words, as a correction names it.
import type { Node } from "prosemirror-model";
import { type Command, TextSelection } from "prosemirror-state";

/** Where a passage stands, between two positions of the document. */
export interface Passage {
  from: number;
  to: number;
}

/**
 * The first place in one block where these words stand, white space aside: what is copied from elsewhere seldom has it as
 * it was. Null if they stand nowhere, or run over the end of a block or over a picture.
 */
export function find(doc: Node, words: string): Passage | null {
  const wanted = words.replace(/\s/gu, "");
  let found: Passage | null = null;
  if (!wanted) return found;
  doc.descendants((block, start) => {
    if (found || !block.isTextblock) return !found;
    let text = "";
    const places: number[] = [];
    block.forEach((child, offset) => {
      // A line break is white space, and no passage runs over anything else that is not text.
      const letters = child.isText ? child.text! : child.type.name === "hardBreak" ? "" : "\ufffc";
      for (let at = 0; at < letters.length; at++) {
        if (/\s/u.test(letters[at]!)) continue;
        text += letters[at];
        places.push(start + 1 + offset + at);
      }
    });
    const at = text.indexOf(wanted);
    if (at >= 0) found = { from: places[at]!, to: places[at + wanted.length - 1]! + 1 };
    return false;
  });
  return found;
}

/** {quote}: selects the passage and scrolls to it. */
export const show =
  (quote: string): Command =>
  (state, dispatch) => {
    const passage = find(state.doc, quote);
    if (passage) dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, passage.from, passage.to)).scrollIntoView());
    return passage !== null;
  };

/** {quote, instead}: puts other words in the place of the passage, in its marks; without words the passage goes. */
export const replace =
  (quote: string, instead: string): Command =>
  (state, dispatch) => {
    const passage = find(state.doc, quote);
    if (!passage) return false;
    const words = instead.replace(/\s*\n\s*/gu, " ");
    const tr = words ? state.tr.insertText(words, passage.from, passage.to) : state.tr.delete(passage.from, passage.to);
    const end = passage.from + words.length;
    dispatch?.(tr.setSelection(TextSelection.create(tr.doc, passage.from, end)).scrollIntoView());
    return true;
  };
