// Inline styles as text: what of them means something, and what is only how a program writes.
import { PALETTE } from "./values";

export type Styles = Map<string, string>;

export function stylesOf(element: Element): Styles {
  const styles: Styles = new Map();
  for (const part of (element.getAttribute("data-style") ?? "").split(";")) {
    const colon = part.indexOf(":");
    if (colon > 0)
      styles.set(
        part.slice(0, colon).trim().toLowerCase(),
        part
          .slice(colon + 1)
          .trim()
          .toLowerCase()
          .replace(/\s*!important$/, ""),
      );
  }
  return styles;
}

export function without(styles: Styles, name: string): Styles {
  const left = new Map(styles);
  left.delete(name);
  return left;
}

export const isInline = (element: Element) => /^(?:SPAN|FONT|B|STRONG|I|EM|U|S|A|MARK)$/i.test(element.tagName);

export function paragraphKind(element: Element): string {
  const kind = element.className;
  if (/\bMsoTitle\b/.test(kind)) return "h1";
  if (/\bMso(?:Quote|IntenseQuote)\b/.test(kind)) return "blockquote";
  return "p";
}

/** Black, white and what programs write for "as usual" say nothing; near colours become those of our palette. */
export function meaningful(colour: string | null): string | null {
  if (
    !colour ||
    /^(?:windowtext|black|white|inherit|initial|transparent|none|auto|currentcolor|unset|revert|text|canvastext)$/.test(
      colour,
    ) ||
    colour.startsWith("var(")
  )
    return null;
  if (PALETTE.some(({ hex }) => hex === colour)) return colour;
  const rgb = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/
    .exec(colour)
    ?.slice(1, 4)
    .map((part) => Number.parseInt(part, 16));
  if (rgb) {
    const [high, low] = [Math.max(...rgb), Math.min(...rgb)];
    if (high - low < 24 && (high < 96 || low > 232)) return null;
  }
  return /^#[0-9a-f]{6}$/.test(colour) || /^[a-z]+$/.test(colour) ? colour : null;
}

/** Source lines of office HTML are broken anywhere: between 汉字 a break is nothing, elsewhere it is a space. */
export function tidyText(text: string): string {
  return text
    .replace(
      /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef])[ \t]*\r?\n\s*(?=[\p{Script=Han}\u3000-\u303f\uff00-\uffef])/gu,
      "$1",
    )
    .replace(/\r?\n/g, " ");
}
