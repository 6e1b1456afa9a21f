// Inline styles as text: what of them means something, and what is only how a program writes.

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

/** Source lines of office HTML are broken anywhere: between 汉字 a break is nothing, elsewhere it is a space. */
export function tidyText(text: string): string {
  return text
    .replace(
      /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef])[ \t]*\r?\n\s*(?=[\p{Script=Han}\u3000-\u303f\uff00-\uffef])/gu,
      "$1",
    )
    .replace(/\r?\n/g, " ");
}
