// One mounted view and the document model beyond the border: what the model knows, what it is told, what it tells.
import { type Node } from "prosemirror-model";
import { type EditorState, type Selection, TextSelection, type Transaction } from "prosemirror-state";
import { Mapping, type Step, Transform } from "prosemirror-transform";
import type { EditorView } from "prosemirror-view";
import { Misfit, replaceDoc, transformBy } from "./apply";
import { type Change, nodeFrom, type NodeJson } from "./change";
import type { Host } from "./bridge";
import { diff } from "./diff";
import { positionAt } from "./position";
import { schema } from "./schema";
import { flushDom } from "./composition";

/** Marks transactions that came over the border: they are not sent back. */
export const REMOTE = "gongbei-remote";

export const isRemote = (tr: Transaction): boolean => tr.getMeta(REMOTE) === true;

export class Session {
  /** The document as the model knows it. */
  private synced: Node;
  /** From `synced` to the view, while a composition holds local changes back. */
  private held: Mapping | null = null;
  /** The two sides have parted: until the whole view is sent again, changes would speak of the wrong places. */
  private parted = false;
  private closed = false;

  constructor(
    private host: Host,
    private generation: number,
    doc: Node,
  ) {
    this.synced = doc;
  }

  get composing(): boolean {
    return this.held !== null;
  }

  close() {
    this.closed = true;
  }

  /** A place in the document the model knows, as a place in the view. */
  toView(pos: number): number {
    return this.held ? this.held.map(pos, -1) : pos;
  }

  get model(): Node {
    return this.synced;
  }

  /** After every committed local dispatch. */
  committed(view: EditorView, transactions: readonly Transaction[]) {
    if (this.closed) return;
    if (this.held) {
      for (const tr of transactions) for (const map of tr.mapping.maps) this.held.appendMap(map);
      return;
    }
    this.tell(view);
  }

  compositionStarted(view: EditorView) {
    if (this.closed) return;
    this.held = new Mapping();
    const { doc, selection } = view.state;
    this.host.compositionStart(this.generation, JSON.stringify(positionAt(doc, selection.from).path));
  }

  compositionEnded(view: EditorView) {
    if (this.closed || !this.held) return;
    this.held = null;
    const changes = this.parted ? [] : this.takeChanges(view.state);
    const catchUp = this.host.compositionEnd(this.generation, JSON.stringify(changes));
    if (catchUp) this.apply(view, JSON.parse(catchUp) as Change[]);
  }

  /** Changes from the model: colleagues, undo, or what was held back. */
  apply(view: EditorView, changes: Change[]) {
    if (this.closed || !changes.length) return;
    const composing = this.held !== null;
    // What the browser typed and has not reported yet is newer than these changes: it is held like composed text.
    this.held ??= new Mapping();
    try {
      flushDom(view);
      if (composing || this.held.maps.length) this.applyOneByOne(view, changes);
      else {
        const tr = transformBy(() => view.state.tr, changes);
        this.synced = tr.doc;
        this.show(view, tr);
      }
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      this.parted = true;
      this.host.notice(this.generation, "resync", JSON.stringify({ reason: error.message }));
    } finally {
      if (!composing) {
        this.held = null;
        this.tell(view);
      }
    }
  }

  /** The whole view again, after a misfit: what is equal stays as it is. */
  reset(view: EditorView, json: NodeJson) {
    if (this.closed) return;
    flushDom(view);
    // What was typed meanwhile has no place any more but at the caret.
    const typed = this.parted ? typedText(diff(this.synced, view.state.doc)) : "";
    const tr = replaceDoc(view.state.tr, nodeFrom(schema, json));
    this.synced = tr.doc;
    this.parted = false;
    this.held = null;
    if (tr.docChanged) this.show(view, tr);
    if (typed) view.dispatch(view.state.tr.insertText(typed));
  }

  /**
   * While composing, each change is shown by itself: ProseMirror keeps the DOM being composed in when all but one
   * place of the tree are the same objects as before.
   */
  private applyOneByOne(view: EditorView, changes: Change[]) {
    for (let i = 0; i < changes.length; i++) {
      let remote: Transform;
      let last = i;
      try {
        remote = transformBy(() => new Transform(this.synced), [changes[i]]);
      } catch {
        // This one alone breaks the schema; what follows mends it.
        remote = transformBy(() => new Transform(this.synced), changes.slice(i));
        last = changes.length;
      }
      this.applyOver(view, remote);
      i = last;
    }
  }

  /** The steps speak of `synced`; the view is ahead of it by the composed text. */
  private applyOver(view: EditorView, remote: Transform) {
    const tr = view.state.tr;
    let ahead = this.held!;
    for (const step of remote.steps) {
      const mapped: Step | null = step.map(ahead);
      if (!mapped || tr.maybeStep(mapped).failed) {
        throw new Misfit("a colleague's change overlaps the text being composed");
      }
      // Back over this step, forth over what is held, and over the step again as it is there; what the first
      // deletes the last brings back.
      const around = new Mapping([step.getMap().invert()]);
      around.appendMapping(ahead);
      around.appendMap(mapped.getMap(), 0);
      ahead = around;
    }
    this.synced = remote.doc;
    this.held = ahead;
    this.show(view, tr);
  }

  private show(view: EditorView, tr: Transaction) {
    keepSelection(view.state, tr);
    // Stored marks would end a composition; without one a colleague's typing must not switch off my "bold".
    if (view.state.storedMarks && !view.composing) tr.setStoredMarks(view.state.storedMarks);
    view.dispatch(tr.setMeta(REMOTE, true));
  }

  private tell(view: EditorView) {
    if (this.parted) return;
    const changes = this.takeChanges(view.state);
    if (changes.length) this.host.change(this.generation, JSON.stringify(changes));
  }

  private takeChanges(state: EditorState): Change[] {
    if (state.doc === this.synced) return [];
    const changes = diff(this.synced, state.doc, state.selection.empty ? state.selection.head : -1);
    this.synced = state.doc;
    return changes;
  }
}

function typedText(changes: Change[]): string {
  let text = "";
  for (const change of changes) {
    if (change.kind !== "inline") continue;
    for (const op of change.delta) if ("insert" in op) for (const node of op.insert.nodes) text += node.text ?? "";
  }
  return text;
}

/** Keeps the caret behind the letter it was behind, also where a colleague writes at the very same place. */
function keepSelection(state: EditorState, tr: Transaction) {
  const { selection } = state;
  if (!(selection instanceof TextSelection)) return;
  const { anchor, head } = selection;
  const place = (pos: number, assoc: number) => {
    const result = tr.mapping.mapResult(pos, assoc);
    return result.deletedAcross ? (sameText(state.doc, pos, tr.doc, result.pos) ?? result.pos) : result.pos;
  };
  const [newAnchor, newHead] =
    anchor === head
      ? [place(anchor, -1), place(head, -1)]
      : [place(anchor, anchor < head ? 1 : -1), place(head, anchor < head ? -1 : 1)];
  const kept: Selection = TextSelection.between(tr.doc.resolve(newAnchor), tr.doc.resolve(newHead), -1);
  if (!kept.eq(tr.selection)) tr.setSelection(kept);
}

/** Where a block was replaced by another with the same text (made a heading, put into a list): the same letter there. */
function sameText(before: Node, pos: number, after: Node, near: number): number | null {
  const $pos = before.resolve(pos);
  if (!$pos.parent.isTextblock) return null;
  const { textContent, content } = $pos.parent;
  const reach = content.size + 16;
  let found: number | null = null;
  after.nodesBetween(Math.max(0, near - reach), Math.min(after.content.size, near + reach), (node, at) => {
    if (found === null && node.isTextblock && node.content.size === content.size && node.textContent === textContent)
      found = at + 1 + $pos.parentOffset;
    return found === null && !node.isTextblock;
  });
  return found;
}
