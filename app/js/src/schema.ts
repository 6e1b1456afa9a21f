// The document schema: names, content and attributes from the shared schema.json, looks from here.
import { type AttributeSpec, type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model";
import spec from "../../../shared/src/document/schema.json";
import { colourAttrs, readColour, safeColour, safeHref, safeImage, span } from "./values";

interface NodeWords {
  content?: string;
  group?: string;
  inline?: boolean;
  atom?: boolean;
  code?: boolean;
  marks?: string;
  attrs?: Record<string, unknown>;
}

type Look = Partial<NodeSpec>;

const ALIGNS = ["left", "center", "right", "justify"];

const align = (value: unknown): Record<string, string> =>
  typeof value === "string" && ALIGNS.includes(value) ? { "data-align": value } : {};

const readAlign = (dom: HTMLElement) => {
  const value = dom.getAttribute("data-align");
  return value && value !== "left" && ALIGNS.includes(value) ? value : null;
};

const level = (value: unknown) => Math.min(6, Math.max(1, Math.trunc(Number(value)) || 1));

const cellAttrs = (attrs: Record<string, unknown>) => {
  const out: Record<string, string> = {};
  if (span(attrs.colspan) > 1) out.colspan = String(span(attrs.colspan));
  if (span(attrs.rowspan) > 1) out.rowspan = String(span(attrs.rowspan));
  if (Array.isArray(attrs.colwidth)) out["data-colwidth"] = attrs.colwidth.join(",");
  return out;
};

const readCell = (dom: HTMLElement) => {
  const colspan = span(dom.getAttribute("colspan"));
  const widths = (dom.getAttribute("data-colwidth") ?? "").split(",").map(Number);
  const fits = widths.length === colspan && widths.every((width) => Number.isInteger(width) && width > 0);
  return { colspan, rowspan: span(dom.getAttribute("rowspan")), colwidth: fits ? widths : null };
};

const looks: Record<string, Look> = {
  paragraph: {
    parseDOM: [{ tag: "p", getAttrs: (dom) => ({ textAlign: readAlign(dom) }) }],
    toDOM: (node) => ["p", align(node.attrs.textAlign), 0],
  },
  heading: {
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((n) => ({
      tag: `h${n}`,
      getAttrs: (dom: HTMLElement) => ({ level: n, textAlign: readAlign(dom) }),
    })),
    toDOM: (node) => [`h${level(node.attrs.level)}`, align(node.attrs.textAlign), 0],
  },
  blockquote: { defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
  codeBlock: {
    defining: true,
    parseDOM: [
      {
        tag: "pre",
        preserveWhitespace: "full",
        getAttrs: (dom) => ({
          language: /language-([\w+#-]+)/.exec(dom.firstElementChild?.className ?? "")?.[1] ?? null,
        }),
      },
    ],
    toDOM: (node) => {
      const language = node.attrs.language;
      const attrs =
        typeof language === "string" && /^[\w+#-]+$/.test(language) ? { class: `language-${language}` } : {};
      return ["pre", { spellcheck: "false" }, ["code", attrs, 0]];
    },
  },
  horizontalRule: { parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  bulletList: { parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
  orderedList: {
    parseDOM: [
      { tag: "ol", getAttrs: (dom) => ({ start: Number.parseInt(dom.getAttribute("start") ?? "1", 10) || 1 }) },
    ],
    toDOM: (node) => (node.attrs.start === 1 ? ["ol", 0] : ["ol", { start: String(Number(node.attrs.start) || 1) }, 0]),
  },
  listItem: { defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  taskList: {
    parseDOM: [{ tag: 'ul[data-type="taskList"]', priority: 60 }],
    toDOM: () => ["ul", { "data-type": "taskList" }, 0],
  },
  taskItem: {
    defining: true,
    parseDOM: [
      {
        tag: 'li[data-type="taskItem"]',
        priority: 60,
        getAttrs: (dom) => ({ checked: ["", "true"].includes(dom.getAttribute("data-checked") ?? "false") }),
      },
    ],
    toDOM: (node) => ["li", { "data-type": "taskItem", "data-checked": String(node.attrs.checked === true) }, 0],
  },
  table: {
    tableRole: "table",
    isolating: true,
    parseDOM: [{ tag: "table" }],
    toDOM: () => ["table", ["tbody", 0]],
  },
  tableRow: { tableRole: "row", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
  tableCell: {
    tableRole: "cell",
    isolating: true,
    parseDOM: [{ tag: "td", getAttrs: readCell }],
    toDOM: (node) => ["td", cellAttrs(node.attrs), 0],
  },
  tableHeader: {
    tableRole: "header_cell",
    isolating: true,
    parseDOM: [{ tag: "th", getAttrs: readCell }],
    toDOM: (node) => ["th", cellAttrs(node.attrs), 0],
  },
  image: {
    draggable: true,
    parseDOM: [
      {
        tag: "img[src]",
        getAttrs: (dom) => {
          const src = safeImage(dom.getAttribute("src"));
          if (!src) return false;
          const size = (name: string) => Number.parseInt(dom.getAttribute(name) ?? "", 10) || null;
          return {
            src,
            // Other programs write an empty one where nobody has said anything; ours means "decorative".
            alt: dom.getAttribute("alt") || (dom.hasAttribute("data-decorative") ? "" : null),
            title: dom.getAttribute("title") || null,
            width: size("width"),
            height: size("height"),
          };
        },
      },
    ],
    toDOM: (node) => {
      const { src, alt, title, width, height } = node.attrs;
      const attrs: Record<string, string> = { src: safeImage(src) ?? "", alt: String(alt ?? "") };
      if (alt === "") attrs["data-decorative"] = "";
      if (title) attrs.title = String(title);
      if (Number(width) > 0) attrs.width = String(Number(width));
      if (Number(height) > 0) attrs.height = String(Number(height));
      return ["img", attrs];
    },
  },
  hardBreak: { selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"], leafText: () => "\n" },
  unknownBlock: { selectable: true, parseDOM: [unknownRule("div")], toDOM: (node) => unknownDOM("div", node.attrs) },
  unknownInline: { selectable: true, parseDOM: [unknownRule("span")], toDOM: (node) => unknownDOM("span", node.attrs) },
};

// What can't be shown travels through the clipboard whole, so cutting and pasting it elsewhere keeps it.
function unknownRule(tag: string) {
  return {
    tag: `${tag}[data-unknown]`,
    priority: 70,
    getAttrs: (dom: HTMLElement) => ({
      key: dom.getAttribute("data-unknown") || null,
      json: dom.getAttribute("data-json"),
    }),
  };
}

function unknownDOM(tag: string, attrs: Record<string, unknown>): DOMOutputSpec {
  return [tag, { "data-unknown": String(attrs.key ?? ""), "data-json": String(attrs.json ?? "") }];
}

const markLooks: Record<string, MarkSpec> = {
  link: {
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom) => {
          const href = safeHref((dom as HTMLElement).getAttribute("href"));
          return href ? { href, title: (dom as HTMLElement).getAttribute("title") || null } : false;
        },
      },
    ],
    toDOM: (mark) => {
      const href = safeHref(mark.attrs.href);
      const attrs: Record<string, string> = { rel: "noopener noreferrer nofollow", target: "_blank" };
      if (href) attrs.href = href;
      if (mark.attrs.title) attrs.title = String(mark.attrs.title);
      return ["a", attrs, 0];
    },
  },
  bold: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  italic: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
  underline: { parseDOM: [{ tag: "u" }], toDOM: () => ["u", 0] },
  strike: { parseDOM: [{ tag: "s" }, { tag: "del" }, { tag: "strike" }], toDOM: () => ["s", 0] },
  code: {
    code: true,
    parseDOM: [{ tag: "code" }, { tag: "kbd" }, { tag: "samp" }],
    toDOM: () => ["code", { spellcheck: "false" }, 0],
  },
  textStyle: {
    parseDOM: [
      {
        tag: "span[data-color]",
        getAttrs: (dom) => {
          const color = readColour((dom as HTMLElement).getAttribute("data-color"));
          return color ? { color } : false;
        },
      },
    ],
    toDOM: (mark) => ["span", colourAttrs("color", safeColour(mark.attrs.color)), 0],
  },
  highlight: {
    parseDOM: [
      { tag: "mark", getAttrs: (dom) => ({ color: readColour((dom as HTMLElement).getAttribute("data-color")) }) },
    ],
    toDOM: (mark) => ["mark", colourAttrs("highlight", safeColour(mark.attrs.color)), 0],
  },
  unknownMarks: { toDOM: () => ["span", { "data-unknown-marks": "" }, 0] },
};

function attributes(
  defaults: Record<string, unknown> | undefined,
  hidden: Record<string, null>,
): Record<string, AttributeSpec> {
  const out: Record<string, AttributeSpec> = {};
  for (const [name, value] of Object.entries({ ...defaults, ...hidden })) out[name] = { default: value };
  return out;
}

function nodes(): Record<string, NodeSpec> {
  const out: Record<string, NodeSpec> = {};
  for (const [name, words] of Object.entries(spec.nodes as Record<string, NodeWords>)) {
    // `extra` holds the attributes of a known node that this version doesn't know.
    const hidden = name === "text" || name.startsWith("unknown") ? {} : { extra: null };
    out[name] = { ...words, ...looks[name], attrs: attributes(words.attrs, hidden as Record<string, null>) };
  }
  return out;
}

function marks(): Record<string, MarkSpec> {
  const out: Record<string, MarkSpec> = {};
  for (const [name, words] of Object.entries(spec.marks as Record<string, { attrs?: Record<string, unknown> }>)) {
    out[name] = { ...markLooks[name], attrs: attributes(words.attrs, {}) };
  }
  return out;
}

export const schema = new Schema({ nodes: nodes(), marks: marks(), topNode: "doc" });
