// Colleagues' carets and selections. Carets are drawn on a layer over the text, so that nothing of theirs stands
// inside what I am typing; selections tint the text and hold still in the block being composed.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Position } from "./change";
import { posOf } from "./position";
import type { Session } from "./session";
import { calm } from "./state";

/** How long the name stays after its owner's last move. */
const NAME_MS = 2000;

export interface Person {
  id: string;
  name: string;
  school: string | null;
  seal: string | null;
  lead: boolean;
  tone: number;
  anchor: Position;
  head: Position;
}

interface Caret {
  person: Person;
  anchor: number;
  head: number;
  dom: HTMLElement;
  still: ReturnType<typeof setTimeout> | undefined;
}

const key = new PluginKey<DecorationSet>("gongbei-cursors");

export class Cursors {
  private carets = new Map<string, Caret>();
  private layer: HTMLElement | undefined;
  private frame = 0;
  private frozen: { from: number; to: number } | null = null;
  private onMove: (() => void) | undefined;
  private resized: ResizeObserver | undefined;

  constructor(private session: Session) {}

  plugin(): Plugin {
    return new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply: (tr, set) => (tr.getMeta(key) as DecorationSet | undefined) ?? set.map(tr.mapping, tr.doc),
      },
      props: { decorations: (state) => key.getState(state) },
    });
  }

  attach(root: HTMLElement, view: EditorView) {
    this.layer = document.createElement("div");
    this.layer.className = "carets";
    this.layer.setAttribute("aria-hidden", "true");
    root.append(this.layer);
    this.onMove = () => this.layoutSoon(view);
    // Tables scroll sideways inside the text; pictures arrive late; windows change their size.
    view.dom.addEventListener("scroll", this.onMove, { capture: true, passive: true });
    this.resized = new ResizeObserver(this.onMove);
    this.resized.observe(view.dom);
  }

  detach() {
    cancelAnimationFrame(this.frame);
    this.resized?.disconnect();
    for (const { still } of this.carets.values()) clearTimeout(still);
    this.carets.clear();
    this.layer?.remove();
  }

  /** Moves everyone along with the text: like the Yjs positions they come from, a caret keeps to the letter after it. */
  follow(transactions: readonly Transaction[]) {
    for (const { mapping, docChanged } of transactions) {
      if (!docChanged) continue;
      for (const caret of this.carets.values()) {
        caret.anchor = mapping.map(caret.anchor);
        caret.head = mapping.map(caret.head);
      }
      if (this.frozen) this.frozen = { from: mapping.map(this.frozen.from, -1), to: mapping.map(this.frozen.to, 1) };
    }
  }

  /** Everyone who is to be seen; who is not in the list goes. */
  show(view: EditorView, people: Person[]) {
    const here = new Set<string>();
    for (const person of people) {
      const anchor = posOf(this.session.model, person.anchor);
      const head = posOf(this.session.model, person.head);
      if (anchor === null || head === null) continue;
      here.add(person.id);
      this.place(view, person, this.session.toView(anchor), this.session.toView(head));
    }
    for (const [id, caret] of this.carets) {
      if (here.has(id)) continue;
      clearTimeout(caret.still);
      caret.dom.remove();
      this.carets.delete(id);
    }
    this.tint(view);
    this.layoutSoon(view);
  }

  /** Where a colleague's caret stands; null if they have none. */
  whereIs(id: string): number | null {
    return this.carets.get(id)?.head ?? null;
  }

  /** Scrolls to a colleague's caret and shows their name. */
  reveal(view: EditorView, id: string): boolean {
    const caret = this.carets.get(id);
    if (!caret) return false;
    const { node } = view.domAtPos(caret.head);
    const block = node instanceof Element ? node : node.parentElement;
    block?.scrollIntoView({ block: "center", inline: "nearest", behavior: calm() ? "auto" : "smooth" });
    this.stir(view, caret);
    return true;
  }

  /** While I compose, nothing changes in my own block, and no name covers it. */
  freeze(view: EditorView) {
    const { $from } = view.state.selection;
    const depth = $from.sharedDepth($from.end());
    this.frozen = { from: $from.before(Math.max(1, depth)), to: $from.after(Math.max(1, depth)) };
    this.layoutSoon(view);
  }

  thaw(view: EditorView) {
    this.frozen = null;
    this.tint(view);
    this.layoutSoon(view);
  }

  layoutSoon(view: EditorView) {
    if (!this.carets.size) return;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!view.isDestroyed) this.layout(view);
    });
  }

  private place(view: EditorView, person: Person, anchor: number, head: number) {
    let caret = this.carets.get(person.id);
    if (!caret || !looksAlike(caret.person, person)) {
      clearTimeout(caret?.still);
      caret?.dom.remove();
      caret = { person, anchor, head: -1, dom: caretDom(person), still: undefined };
      this.layer?.append(caret.dom);
      this.carets.set(person.id, caret);
    }
    const moved = caret.head !== head;
    Object.assign(caret, { person, anchor, head });
    if (moved) this.stir(view, caret);
  }

  /** Shows the name for a while. */
  private stir(view: EditorView, caret: Caret) {
    caret.dom.removeAttribute("data-still");
    clearTimeout(caret.still);
    caret.still = setTimeout(() => {
      caret.dom.setAttribute("data-still", "");
      this.layoutSoon(view);
    }, NAME_MS);
  }

  private tint(view: EditorView) {
    const { doc } = view.state;
    const before = key.getState(view.state)!;
    const wanted: Decoration[] = [];
    for (const { person, anchor, head } of this.carets.values()) {
      const from = Math.min(anchor, head);
      const to = Math.max(anchor, head);
      if (from === to || to > doc.content.size) continue;
      for (const [start, end] of this.outsideFrozen(from, to)) {
        wanted.push(
          Decoration.inline(
            start,
            end,
            { class: "remote-selection", "data-tone": String(person.tone) },
            { id: person.id },
          ),
        );
      }
    }
    if (this.frozen) wanted.push(...before.find(this.frozen.from, this.frozen.to));
    const old = before.find();
    const same =
      old.length === wanted.length &&
      old.every(
        (deco, i) => deco.from === wanted[i].from && deco.to === wanted[i].to && deco.spec.id === wanted[i].spec.id,
      );
    if (!same)
      view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(doc, wanted)).setMeta("addToHistory", false));
  }

  private outsideFrozen(from: number, to: number): [number, number][] {
    if (!this.frozen || to <= this.frozen.from || from >= this.frozen.to) return [[from, to]];
    const parts: [number, number][] = [];
    if (from < this.frozen.from) parts.push([from, this.frozen.from]);
    if (to > this.frozen.to) parts.push([this.frozen.to, to]);
    return parts;
  }

  /** Reads all places, then writes all styles: one layout for twenty people. */
  private layout(view: EditorView) {
    const root = this.layer!.getBoundingClientRect();
    const doc = view.state.doc;
    const places = [...this.carets.values()].map((caret) => ({ caret, box: caretBox(view, doc, caret.head) }));
    for (const { caret, box } of places) {
      const { dom } = caret;
      const covers = this.frozen && caret.head >= this.frozen.from && caret.head <= this.frozen.to;
      dom.hidden = !box || box.left < root.left - 1 || box.left > root.right + 1;
      if (dom.hidden || !box) continue;
      dom.style.transform = `translate(${Math.round(box.left - root.left)}px, ${Math.round(box.top - root.top)}px)`;
      dom.style.height = `${Math.round(box.bottom - box.top)}px`;
      // About as wide as the flag is: a seal, the name and the room around them.
      const flag = 32 + 14 * [...caret.person.name].length;
      dom.toggleAttribute("data-flip", box.left + flag > root.right);
      dom.toggleAttribute("data-composing", !!covers);
    }
  }
}

function caretBox(view: EditorView, doc: Node, pos: number): { left: number; top: number; bottom: number } | null {
  if (pos < 0 || pos > doc.content.size) return null;
  try {
    const box = view.coordsAtPos(pos, -1);
    const frame = frameOf(view, pos);
    if (frame) {
      const { left, right } = frame.getBoundingClientRect();
      if (box.left < left || box.left > right) return null;
    }
    return box;
  } catch {
    // The DOM of a position may be missing for a moment while a node view is drawn.
    return null;
  }
}

function frameOf(view: EditorView, pos: number): Element | null {
  const { node } = view.domAtPos(pos);
  return (node instanceof Element ? node : node.parentElement)?.closest(".table-scroll") ?? null;
}

function looksAlike(a: Person, b: Person): boolean {
  return a.name === b.name && a.tone === b.tone && a.seal === b.seal && a.lead === b.lead;
}

function caretDom(person: Person): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  caret.dataset.tone = String(person.tone);
  caret.dataset.person = person.id;
  const flag = document.createElement("span");
  flag.className = "flag";
  if (person.seal) {
    const seal = document.createElement("span");
    seal.className = "seal";
    seal.textContent = person.seal;
    if (person.lead) seal.dataset.lead = "";
    flag.append(seal);
  }
  flag.append(person.name);
  caret.append(flag);
  return caret;
}
