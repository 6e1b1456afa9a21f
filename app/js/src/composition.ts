// Composition is sacred (design decision 4): from its start until the browser and ProseMirror have both put their
// DOM in order after its end, nothing of it goes out and nothing comes into the block being composed.
import { Plugin, TextSelection } from "prosemirror-state";
import { GapCursor } from "prosemirror-gapcursor";
import { Fragment, Slice } from "prosemirror-model";
import * as prosemirror from "prosemirror-view";

type EditorView = prosemirror.EditorView;

// Exported for input-method work like this, though left out of the type declarations.
const { __endComposition: endComposition } = prosemirror as unknown as { __endComposition(view: EditorView): boolean };

/** ProseMirror settles 20 ms after `compositionend`; Safari's last input event may come after that event too. */
const SETTLE_MS = 30;

export interface CompositionHost {
  /** The composed text starts to differ from what others see. */
  started(view: EditorView): void;
  /** The composed text is final and in the state. */
  ended(view: EditorView): void;
}

export class Composition {
  private phase: "none" | "composing" | "settling" = "none";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private host: CompositionHost) {}

  /** Whether local changes are to be held back. */
  get active(): boolean {
    return this.phase !== "none";
  }

  /** Makes the state final if only settling is left; false in the middle of a composition. */
  settled(view: EditorView): boolean {
    if (this.phase === "composing") return false;
    this.finish(view);
    return true;
  }

  plugin(): Plugin {
    const hold = () => this.active;
    return new Plugin({
      props: {
        handleDOMEvents: {
          compositionstart: (view) => {
            this.start(view);
            return false;
          },
          compositionupdate: (view) => {
            this.resume(view);
            return false;
          },
          compositionend: (view) => {
            this.settle(view, "ended");
            return false;
          },
          blur: (view) => {
            this.settle(view, "left");
            return false;
          },
          // Hovering shows the handles of table columns, which would redraw the cell being composed in.
          mousemove: hold,
          mouseleave: hold,
        },
      },
      view: () => ({
        // ProseMirror also ends a composition by itself, as at a click elsewhere.
        update: (view) => {
          if (this.phase === "composing" && !view.composing) this.settle(view, "ended");
        },
      }),
    });
  }

  /** Ends it now, for good: the view becomes read-only, is replaced, or goes away. */
  finish(view: EditorView) {
    if (this.phase === "none") return;
    clearTimeout(this.timer);
    flushDom(view);
    endComposition(view);
    this.phase = "none";
    this.host.ended(view);
  }

  private start(view: EditorView) {
    if (!view.editable) return;
    // Input methods commit one word and begin the next in one breath.
    if (this.phase === "settling") this.finish(view);
    if (this.phase === "composing") return;
    flushDom(view);
    makeRoom(view);
    this.phase = "composing";
    this.host.started(view);
  }

  private resume(view: EditorView) {
    if (this.phase === "none") this.start(view);
    clearTimeout(this.timer);
    this.phase = view.editable ? "composing" : this.phase;
  }

  private settle(view: EditorView, why: "ended" | "left") {
    if (this.phase === "none") return;
    this.phase = "settling";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (view.isDestroyed) return;
      // It only looked so: ProseMirror redraws once at the start of a composition too.
      if (view.composing && why === "ended") this.phase = "composing";
      else this.finish(view);
    }, SETTLE_MS);
  }
}

/** Reads what the browser has written into the DOM but not yet reported. */
export function flushDom(view: EditorView) {
  const observer = (view as unknown as { domObserver: { forceFlush(): void; flush(): void } }).domObserver;
  // What ProseMirror itself puts off during a composition (Safari's tables, Android) stays put off.
  if (!view.composing) observer.forceFlush();
  observer.flush();
}

/** Before a composition: what it replaces beyond its own block goes first, and a gap gets a block to compose in. */
function makeRoom(view: EditorView) {
  const { selection, schema } = view.state;
  if (selection instanceof GapCursor) {
    const { $from } = selection;
    const wrapping = $from.parent.contentMatchAt($from.index()).findWrapping(schema.nodes.text);
    if (!wrapping) return;
    let content = Fragment.empty;
    for (const type of [...wrapping].reverse()) content = Fragment.from(type.createAndFill(null, content));
    const tr = view.state.tr.replace($from.pos, $from.pos, new Slice(content, 0, 0));
    view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve($from.pos + 1))));
  } else if (!selection.empty && !selection.$from.node(selection.$from.sharedDepth(selection.to)).inlineContent) {
    view.dispatch(view.state.tr.deleteSelection());
  }
}
