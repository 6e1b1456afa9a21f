// How long a text is (字数), as WPS counts and as `shared::document::text::count` does: each 汉字 and each full-width
// mark is one, and so is each stretch of other characters without a space.
import type { Node } from "prosemirror-model";

// Characters that fill a square of their own: quotes, dashes and dots, ①, radicals and 。、《》, kana, bopomofo, 汉字,
// Hangul, compatibility forms, （，！, rare 汉字.
const FULL_WIDTH =
  "·—‘’“”…\\u2460-\\u24ff\\u2e80-\\u303f\\u3040-\\u9fff\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\ufe10-\\ufe1f" +
  "\\ufe30-\\ufe6f\\uff01-\\uff65\\uffe0-\\uffe6\\u{20000}-\\u{3ffff}";
const SPACE = "\\p{White_Space}\\p{Cc}";
const OTHER = `[^${FULL_WIDTH}${SPACE}]`;
const WORD = new RegExp(`${OTHER}(?:${OTHER}|’(?=[0-9A-Za-z]))*|(?![${SPACE}])[${FULL_WIDTH}]`, "gu");

const counted = new WeakMap<Node, number>();

/** Unchanged nodes are the same objects as before, so a keystroke counts its own text block again and nothing else. */
export function words(node: Node): number {
  const known = counted.get(node);
  if (known !== undefined) return known;
  let sum = 0;
  if (node.isTextblock) sum = node.textBetween(0, node.content.size, "", "\n").match(WORD)?.length ?? 0;
  else
    node.forEach((child) => {
      sum += words(child);
    });
  counted.set(node, sum);
  return sum;
}
