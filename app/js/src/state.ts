// What the program around the view is told about it: selection, toolbar, outline, number of words. Once a frame at most.
import type { Node } from "prosemirror-model";
import { type EditorState, NodeSelection, Selection, TextSelection } from "prosemirror-state";
import { CellSelection, isInTable, mergeCells, splitCell } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import type { Host } from "./bridge";
import { inTable, indent, linkRange, listAround, outdent, selectedImage } from "./commands";
import { naturalWidth } from "./images";
import { positionAt } from "./position";
import { schema } from "./schema";
import { safeImage } from "./values";
import { words } from "./words";

const { nodes, marks } = schema;

export interface ToolbarState {
  editable: boolean;
  focused: boolean;
  empty: boolean;
  marks: { bold: boolean; italic: boolean; underline: boolean; strike: boolean; code: boolean };
  color: string | null;
  highlight: string | null;
  link: string | null;
  block: "paragraph" | "heading" | "codeBlock" | "other";
  level: number | null;
  align: string;
  list: "bulletList" | "orderedList" | "taskList" | null;
  quote: boolean;
  inTable: boolean;
  canMerge: boolean;
  canSplit: boolean;
  canIndent: boolean;
  canOutdent: boolean;
  /** The selected image, to describe and size it; `natural` is the file's own width, once that is known. */
  image: { src: string; alt: string | null; width: number | null; natural: number | null } | null;
  /** Images on their way to the server. */
  uploads: number;
  /** See words.ts. */
  words: number;
  outline: { level: number; text: string }[];
  /** The heading of the outline that the caret stands under; -1 above the first. */
  section: number;
}

/** How often the number of words is told at most while somebody writes. */
const WORDS_MS = 500;

export class Reports {
  private frame = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private lastState = "";
  private counted: { doc: Node; words: number; at: number } | null = null;
  private lastSelection = "null";

  constructor(
    private host: Host,
    private generation: number,
    private composing: () => boolean,
    private uploads: () => number,
  ) {}

  /** Once the next frame is painted: what stands around the text must not keep a letter from the screen. */
  soon(view: EditorView) {
    this.frame ||= requestAnimationFrame(() => {
      view.dom.toggleAttribute("data-empty", isEmpty(view.state.doc));
      clearTimeout(this.rest);
      this.rest = setTimeout(() => {
        this.frame = 0;
        if (!view.isDestroyed) this.report(view);
      });
    });
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.frame = -1;
  }

  private report(view: EditorView) {
    if (this.composing()) return;
    const selection = view.hasFocus() ? selectionJson(view.state) : "null";
    if (selection !== this.lastSelection) {
      this.lastSelection = selection;
      this.host.selection(this.generation, selection);
    }
    const state = JSON.stringify(toolbarState(view, this.uploads(), this.count(view)));
    if (state !== this.lastState) {
      this.lastState = state;
      this.host.state(this.generation, state);
    }
  }

  private count(view: EditorView): number {
    const { doc } = view.state;
    if (this.counted?.doc === doc) return this.counted.words;
    const early = this.counted ? this.counted.at + WORDS_MS - performance.now() : 0;
    if (early > 0) {
      this.rest = setTimeout(() => this.soon(view), early);
      return this.counted!.words;
    }
    this.counted = { doc, words: words(doc), at: performance.now() };
    return this.counted.words;
  }
}

function selectionJson({ doc, selection }: EditorState): string {
  return JSON.stringify({ anchor: positionAt(doc, selection.anchor), head: positionAt(doc, selection.head) });
}

function isEmpty(doc: Node): boolean {
  const first = doc.firstChild;
  return doc.childCount === 1 && first!.type === nodes.paragraph && first!.content.size === 0;
}

function toolbarState(view: EditorView, uploads: number, words: number): ToolbarState {
  const { state } = view;
  const { selection, doc } = state;
  const { $from } = selection;
  const active = (name: string) => activeMark(state, name) !== null;
  const parent = selection instanceof NodeSelection && selection.node.isTextblock ? selection.node : $from.parent;
  const table = isInTable(state);
  const headings = outline(doc);
  let quote = false;
  for (let depth = $from.depth; depth > 0; depth--) quote ||= $from.node(depth).type === nodes.blockquote;
  return {
    editable: view.editable,
    focused: view.hasFocus(),
    empty: isEmpty(doc),
    marks: {
      bold: active("bold"),
      italic: active("italic"),
      underline: active("underline"),
      strike: active("strike"),
      code: active("code"),
    },
    color: activeMark(state, "textStyle")?.color ?? null,
    highlight: activeMark(state, "highlight")?.color ?? null,
    link: linkAt(state),
    block:
      parent.type === nodes.paragraph
        ? "paragraph"
        : parent.type === nodes.heading
          ? "heading"
          : parent.type === nodes.codeBlock
            ? "codeBlock"
            : "other",
    level: parent.type === nodes.heading ? Number(parent.attrs.level) : null,
    align: typeof parent.attrs.textAlign === "string" ? parent.attrs.textAlign : "left",
    list: (listAround(selection)?.node.type.name as ToolbarState["list"]) ?? null,
    quote,
    inTable: inTable(selection),
    canMerge: table && mergeCells(state),
    canSplit: table && splitCell(state),
    canIndent: indent(state),
    canOutdent: outdent(state),
    image: imageState(view),
    uploads,
    words,
    outline: headings.map(({ level, text }) => ({ level, text })),
    section: headings.findLastIndex(({ pos }) => pos <= $from.pos),
  };
}

function imageState(view: EditorView): ToolbarState["image"] {
  const { selection } = view.state;
  const image = selectedImage(selection);
  if (!image) return null;
  const { src, alt, width } = image.attrs;
  return { src: safeImage(src) ?? "", alt, width, natural: naturalWidth(view, selection.from) };
}

/** The attributes of a mark that the next letter, or all of the selected text, has. */
function activeMark(state: EditorState, name: string): Record<string, string | null> | null {
  const type = marks[name];
  const { selection, doc, storedMarks } = state;
  if (selection instanceof TextSelection && selection.empty) {
    return (type.isInSet(storedMarks ?? selection.$from.marks())?.attrs as Record<string, string | null>) ?? null;
  }
  let attrs: Record<string, string | null> | null = null;
  let seen = 0;
  for (const { $from, $to } of selection.ranges) {
    doc.nodesBetween($from.pos, $to.pos, (node) => {
      // Looking at the first few hundred runs says enough about a selection of a whole book.
      if (seen > 500 || (seen > 0 && !attrs)) return false;
      if (!node.isText) return true;
      attrs = (type.isInSet(node.marks)?.attrs as Record<string, string | null>) ?? null;
      seen++;
      return false;
    });
  }
  return attrs;
}

function linkAt(state: EditorState): string | null {
  const { from, to, empty } = linkRange(state.selection);
  if (empty || state.selection instanceof CellSelection) return null;
  const node = state.doc.resolve(Math.min(from, to)).nodeAfter;
  return (node && (marks.link.isInSet(node.marks)?.attrs.href as string)) || null;
}

// ── outline ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Heading {
  level: number;
  text: string;
  pos: number;
}

let lastOutline: { doc: Node; headings: Heading[] } | null = null;

/** The headings of the first level of the document that have text. */
export function outline(doc: Node): Heading[] {
  if (lastOutline?.doc === doc) return lastOutline.headings;
  const headings: Heading[] = [];
  doc.forEach((child, pos) => {
    if (child.type !== nodes.heading) return;
    const text = child.textBetween(0, child.content.size, " ", " ").trim();
    if (text) headings.push({ level: Number(child.attrs.level), text: text.slice(0, 80), pos });
  });
  lastOutline = { doc, headings };
  return headings;
}

/** The text of the heading above a position; "" above the first. */
export function headingAbove(doc: Node, at: number): string {
  return outline(doc).findLast(({ pos }) => pos <= at)?.text ?? "";
}

export function scrollToHeading(view: EditorView, index: number) {
  const heading = outline(view.state.doc)[index];
  if (!heading) return;
  const dom = view.nodeDOM(heading.pos);
  if (dom instanceof HTMLElement) dom.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(heading.pos + 1))));
  // On a phone, focus would call up the keyboard over the heading.
  if (!matchMedia("(pointer: coarse)").matches) view.dom.focus({ preventScroll: true });
}

/** Whether this person wants nothing to move by itself. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
