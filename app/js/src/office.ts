// Lists of Word and WPS: paragraphs numbered by `mso-list`, with their marker written out as text.
import { stylesOf } from "./styles";

/** 1 to 9 for a paragraph that is a list item; null for anything else. */
export function listLevel(element: Element): number | null {
  if (!/^(?:P|DIV|H[1-6])$/i.test(element.tagName)) return null;
  const found = /\blevel(\d+)\b/i.exec(stylesOf(element).get("mso-list") ?? "");
  return found ? Math.min(9, Math.max(1, Number(found[1]))) : null;
}

/** Office programs write the marker out, in a span they themselves ignore. */
export function markerOf(paragraph: Element): { ordered: boolean; start: number } {
  const text = markerSpan(paragraph)?.textContent?.trim() ?? "";
  const number = /^[(（]?(\d+)[.．、)）]?/.exec(text);
  if (number) return { ordered: true, start: Number(number[1]) };
  const ordered =
    /^[(（]?(?:[a-zA-Z]{1,4}|[一二三四五六七八九十百]+|[①-⑳])[.．、)）]/.test(text) || /^[①-⑳㈠-㈩]/.test(text);
  return { ordered, start: 1 };
}

function markerSpan(paragraph: Element): Element | null {
  for (const each of paragraph.querySelectorAll("span"))
    if (/ignore/i.test(stylesOf(each).get("mso-list") ?? "")) return each;
  return null;
}

export function withoutMarker(paragraph: Element): Element {
  const copy = paragraph.cloneNode(true) as Element;
  markerSpan(copy)?.remove();
  return copy;
}
