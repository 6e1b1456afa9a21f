// Pasted HTML of office programs and web pages, brought to what the schema knows. Looks that carry meaning (bold,
// colour, alignment, lists) become tags and data attributes; all other styling goes. Works on style *attributes* as
// text, so it is the same under a policy that forbids inline styles.
import { nearest } from "./colours";
import { listLevel, markerOf, withoutMarker } from "./office";
import { isInline, paragraphKind, type Styles, stylesOf, tidyText, without } from "./styles";
import { HIGHLIGHTS, PALETTE, readColour, safeImage, span } from "./values";

/** Stands for an image whose file can't be reached. */
export const NOT_HERE = "upload:0";

/** `html` with nothing in it that the schema would not take. */
export function cleanHtml(html: string): string {
  const doc = new DOMParser().parseFromString(disarm(html), "text/html");
  const out = doc.implementation.createHTMLDocument("").createElement("div");
  new Cleaner(out.ownerDocument, html.includes("data-pm-slice")).children(doc.body, out);
  return out.innerHTML;
}

/** Renames inline styles and handlers before the browser sees them: the policy would report each as an attack. */
function disarm(html: string): string {
  return html
    .replace(/<(style|script|xml)\b[^]*?<\/\1\s*>/gi, "")
    .replace(/<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>/gi, (tag) =>
      tag.replace(/(\s)(style|on[a-z]+)(\s*=)/gi, "$1data-$2$3"),
    );
}

const DROPPED = new Set([
  "SCRIPT",
  "STYLE",
  "META",
  "LINK",
  "TITLE",
  "HEAD",
  "XML",
  "TEMPLATE",
  "IFRAME",
  "OBJECT",
  "EMBED",
  "SVG",
  "MATH",
  "FORM",
  "BUTTON",
  "SELECT",
  "TEXTAREA",
  "NOSCRIPT",
  "COLGROUP",
  "COL",
]);
const BLOCKS = new Set([
  "P",
  "DIV",
  "SECTION",
  "ARTICLE",
  "HEADER",
  "FOOTER",
  "MAIN",
  "ASIDE",
  "FIGURE",
  "FIGCAPTION",
  "ADDRESS",
  "CENTER",
  "DL",
  "DT",
  "DD",
]);
const KEPT: Record<string, string> = {
  BLOCKQUOTE: "blockquote",
  PRE: "pre",
  HR: "hr",
  UL: "ul",
  OL: "ol",
  LI: "li",
  BR: "br",
  CODE: "code",
  KBD: "code",
  SAMP: "code",
  H1: "h1",
  H2: "h2",
  H3: "h3",
  H4: "h4",
  H5: "h5",
  H6: "h6",
  TABLE: "table",
  THEAD: "tbody",
  TBODY: "tbody",
  TFOOT: "tbody",
  TR: "tr",
  TD: "td",
  TH: "th",
};
const MARKS: Record<string, string> = {
  B: "strong",
  STRONG: "strong",
  I: "em",
  EM: "em",
  CITE: "em",
  U: "u",
  INS: "u",
  S: "s",
  STRIKE: "s",
  DEL: "s",
};
const BLOCK_INSIDE = "p,div,h1,h2,h3,h4,h5,h6,ul,ol,table,blockquote,pre,hr,section,article";

class Cleaner {
  constructor(
    private doc: Document,
    /** Whether it was copied from an editor of this kind, where bold is always meant. */
    private kin: boolean,
  ) {}

  children(from: Node, to: Element) {
    let run: Element[] = [];
    const endRun = () => {
      if (run.length) this.officeList(run, to);
      run = [];
    };
    for (const child of from.childNodes) {
      if (child instanceof Element && listLevel(child) !== null) {
        run.push(child);
        continue;
      }
      // Blank text and comments between the paragraphs of an office list do not end it.
      if (run.length && !(child instanceof Element) && !(child instanceof Text && child.data.trim())) continue;
      endRun();
      if (child instanceof Text) to.append(tidyText(child.data));
      else if (child instanceof Element) this.element(child, to);
    }
    endRun();
  }

  private element(from: Element, to: Element) {
    const name = from.tagName.toUpperCase();
    if (DROPPED.has(name)) return;
    const styles = stylesOf(from);
    if (styles.get("display") === "none" || /ignore/i.test(styles.get("mso-list") ?? "")) return;
    if (from.hasAttribute("data-unknown"))
      return void to.append(
        this.copy(from, from.tagName === "DIV" ? "div" : "span", ["data-unknown", "data-json", "data-pm-slice"]),
      );
    if (name === "IMG") return this.image(from, to);
    if (name === "INPUT") return;
    if (name === "LI" || name === "UL" || name === "OL") return this.list(from, name, to);
    if (name === "A") return this.link(from, to);
    if (name === "SPAN" || name === "FONT" || name === "MARK" || MARKS[name])
      return this.inline(from, name, styles, to);
    const kept = KEPT[name];
    if (kept) return this.block(from, kept, styles, to);
    if (BLOCKS.has(name)) {
      // A block of blocks is only a frame; a block of text is a paragraph.
      if (from.querySelector(BLOCK_INSIDE)) return this.children(from, to);
      return this.block(from, paragraphKind(from), styles, to);
    }
    this.children(from, to);
  }

  private copy(from: Element, tag: string, attrs: string[]): Element {
    const made = this.doc.createElement(tag);
    for (const name of attrs) {
      const value = from.getAttribute(name);
      if (value !== null) made.setAttribute(name, value);
    }
    return made;
  }

  private block(from: Element, tag: string, styles: Styles, to: Element) {
    const made = this.copy(from, tag, ["data-pm-slice"]);
    if (tag === "td" || tag === "th") {
      for (const name of ["colspan", "rowspan"])
        if (span(from.getAttribute(name)) > 1) made.setAttribute(name, String(span(from.getAttribute(name))));
      if (from.hasAttribute("data-colwidth")) made.setAttribute("data-colwidth", from.getAttribute("data-colwidth")!);
    } else if (tag === "pre") {
      // Line breaks are the text here.
      const code = this.doc.createElement("code");
      const language = /language-([\w+#-]+)/.exec(from.firstElementChild?.className ?? "")?.[1];
      if (language) code.className = `language-${language}`;
      code.textContent = from.textContent;
      made.append(code);
      to.append(made);
      return;
    } else if (/^(?:p|h[1-6])$/.test(tag)) {
      const align = from.getAttribute("data-align") ?? styles.get("text-align") ?? from.getAttribute("align");
      if (align && /^(?:center|right|justify|end)$/.test(align))
        made.setAttribute("data-align", align === "end" ? "right" : align);
    }
    if (tag === "ol" && from.getAttribute("start")) made.setAttribute("start", from.getAttribute("start")!);
    if (tag !== "br" && tag !== "hr") this.styled(from, styles, made);
    to.append(made);
  }

  private inline(from: Element, name: string, styles: Styles, to: Element) {
    const mark = name === "MARK" ? "mark" : MARKS[name];
    // Google's documents come wrapped in <b style="font-weight: normal">.
    const undone = mark === "strong" && /^(?:normal|400)$/.test(styles.get("font-weight") ?? "");
    if (from.querySelector(BLOCK_INSIDE)) return this.children(from, to);
    const frag = this.doc.createElement("span");
    this.styled(from, styles, frag);
    if (name === "FONT" && from.getAttribute("color")) this.wrap(frag, "span", nearest(from.getAttribute("color"), PALETTE));
    if (name === "SPAN" && from.hasAttribute("data-color"))
      this.wrap(frag, "span", readColour(from.getAttribute("data-color")));
    if (mark === "mark") {
      const ours = readColour(from.getAttribute("data-color"));
      this.wrap(frag, "mark", ours ?? nearest(styles.get("background-color"), HIGHLIGHTS));
    } else if (mark === "strong" && this.boldAnyway(from)) {
      // A heading is bold by itself.
    } else if (mark && !undone) this.wrap(frag, mark, null);
    to.append(...frag.childNodes);
  }

  /** The children of `from` in `to`, inside tags for what its styles mean. */
  private styled(from: Element, styles: Styles, to: Element) {
    this.children(from, to);
    if (!to.childNodes.length) return;
    const holdsBlocks = to.querySelector(BLOCK_INSIDE) !== null;
    if (holdsBlocks) return;
    const weight = styles.get("font-weight");
    if (weight && /^(?:bold|bolder|[6-9]00)$/.test(weight) && !this.boldAnyway(from)) this.wrap(to, "strong", null);
    if (/italic|oblique/.test(styles.get("font-style") ?? "")) this.wrap(to, "em", null);
    const line = `${styles.get("text-decoration") ?? ""} ${styles.get("text-decoration-line") ?? ""} ${styles.get("text-underline") ?? ""}`;
    if (/underline|single|double/.test(line) && !from.closest("a")) this.wrap(to, "u", null);
    if (/line-through/.test(line)) this.wrap(to, "s", null);
    // A colour of this editor is said twice, for others as a style.
    const ours = from.hasAttribute("data-color");
    const colour = ours && from.tagName === "SPAN" ? null : nearest(styles.get("color"), PALETTE);
    if (colour && !from.closest("a")) this.wrap(to, "span", colour);
    const ground = nearest(
      styles.get("mso-highlight") ??
        (isInline(from) ? (styles.get("background-color") ?? styles.get("background")) : null),
      HIGHLIGHTS,
    );
    if (ground && from.tagName !== "MARK") this.wrap(to, "mark", ground);
  }

  private boldAnyway(element: Element): boolean {
    return !this.kin && element.closest("h1,h2,h3,h4,h5,h6,th") !== null;
  }

  private wrap(element: Element, tag: string, colour: string | null) {
    if (tag === "span" && !colour) return;
    const made = this.doc.createElement(tag);
    if (colour) made.setAttribute("data-color", colour);
    made.append(...element.childNodes);
    element.append(made);
  }

  private link(from: Element, to: Element) {
    const href = from.getAttribute("href");
    // Word's bookmarks and footnote anchors have no address, or one inside its own file.
    if (!href || /^#_|^file:/i.test(href) || from.querySelector(BLOCK_INSIDE)) return this.children(from, to);
    const made = this.copy(from, "a", ["href", "title"]);
    this.styled(from, stylesOf(from), made);
    to.append(made);
  }

  private image(from: Element, to: Element) {
    const made = this.copy(from, "img", ["src", "alt", "title"]);
    for (const side of ["width", "height"]) {
      const pixels = /^\s*(\d+)(?:px)?\s*$/.exec(from.getAttribute(side) ?? "")?.[1];
      if (pixels) made.setAttribute(side, pixels);
    }
    const src = made.getAttribute("src");
    if (!src) return;
    // Office programs point at files of their own machine: a mark that no upload has, so that the person is told.
    if (!safeImage(src)) made.setAttribute("src", NOT_HERE);
    to.append(made);
  }

  private list(from: Element, name: string, to: Element) {
    if (name === "LI") {
      const box = from.querySelector(
        ":scope > input[type=checkbox], :scope > label input[type=checkbox], :scope > p > input[type=checkbox]",
      );
      const made = this.copy(from, "li", ["data-type", "data-checked", "data-pm-slice"]);
      if (box && made.getAttribute("data-type") !== "taskItem") {
        made.setAttribute("data-type", "taskItem");
        made.setAttribute("data-checked", String(box.hasAttribute("checked")));
      }
      this.styled(from, new Map(), made);
      // Word processors leave bare text in items.
      to.append(made);
      return;
    }
    const made = this.copy(from, name.toLowerCase(), ["start", "data-type", "data-pm-slice"]);
    this.children(from, made);
    // Some programs nest a list beside its item instead of inside.
    for (const stray of [...made.children]) {
      if (/^[UO]L$/.test(stray.tagName) && stray.previousElementSibling?.tagName === "LI")
        stray.previousElementSibling.append(stray);
    }
    const items = [...made.children];
    if (name === "UL" && items.length && items.every((item) => item.getAttribute("data-type") === "taskItem"))
      made.setAttribute("data-type", "taskList");
    else if (
      name === "UL" &&
      made.getAttribute("data-type") === "taskList" &&
      !items.every((item) => item.getAttribute("data-type") === "taskItem")
    )
      made.removeAttribute("data-type");
    if (made.getAttribute("data-type") !== "taskList") for (const item of items) item.removeAttribute("data-type");
    to.append(made);
  }

  /** Paragraphs that Word and WPS number by `mso-list` are list items. */
  private officeList(paragraphs: Element[], to: Element) {
    const open: { level: number; list: Element }[] = [];
    for (const paragraph of paragraphs) {
      const level = listLevel(paragraph)!;
      const marker = markerOf(paragraph);
      const tag = marker.ordered ? "ol" : "ul";
      while (open.length && open[open.length - 1].level > level) open.pop();
      let top = open[open.length - 1];
      if (top && top.level === level && top.list.tagName.toLowerCase() !== tag) {
        open.pop();
        top = open[open.length - 1];
      }
      if (!top || top.level < level) {
        const list = this.doc.createElement(tag);
        if (marker.start > 1) list.setAttribute("start", String(marker.start));
        (top?.list.lastElementChild ?? to).append(list);
        top = { level, list };
        open.push(top);
      }
      const item = this.doc.createElement("li");
      const text = this.doc.createElement("p");
      this.styled(withoutMarker(paragraph), without(stylesOf(paragraph), "mso-list"), text);
      item.append(text);
      top.list.append(item);
    }
  }
}
