// Mounts the editor view: `mount(place, doc, options, host)`.
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { type Handle, type Host, LABELS, type Options } from "./bridge";
import { type Change, nodeFrom, type NodeJson, type Position } from "./change";
import { Composition, flushDom } from "./composition";
import { Cursors, type Person } from "./cursors";
import { exec } from "./exec";
import { Images } from "./images";
import { plugins } from "./plugins";
import { posOf } from "./position";
import { schema } from "./schema";
import { isRemote, Session } from "./session";
import { headingAbove, Reports, scrollToHeading } from "./state";
import { framesForKeyboard } from "./tables";
import { HIGHLIGHTS, PALETTE } from "./values";
import { nodeViews } from "./views";
import { selectionBetween } from "./selection";
import { withoutImages } from "./clipboard";

export type { Handle, Host, Options } from "./bridge";

/** The named colours of the toolbar: `{color: {name, hex}[], highlight: {name, hex}[]}`. */
export const palette = (): string => JSON.stringify({ color: PALETTE, highlight: HIGHLIGHTS });

/** Shows the document `doc` (`NodeJson`) inside `place`, which it must have for itself. */
export function mount(place: HTMLElement, doc: string, options: string, host: Host): Handle {
  const settings = JSON.parse(options) as Options;
  const { generation } = settings;
  const labels = { ...LABELS, ...settings.labels };
  const document = nodeFrom(schema, JSON.parse(doc) as NodeJson);
  document.check();

  const session = new Session(host, generation, document);
  const composition = new Composition({
    started: (view) => {
      session.compositionStarted(view);
      cursors.freeze(view);
    },
    ended: (view) => {
      session.compositionEnded(view);
      images.release();
      cursors.thaw(view);
      reports.soon(view);
    },
  });
  const images = new Images(host, generation, settings, labels, () => composition.active);
  const cursors = new Cursors(session);
  const reports = new Reports(
    host,
    generation,
    () => composition.active,
    () => images.count,
  );
  let editable = settings.editable;

  const root = place.ownerDocument.createElement("div");
  root.className = "editor";
  place.append(root);

  const view: EditorView = new EditorView(root, {
    state: EditorState.create({
      doc: document,
      plugins: [composition.plugin(), images.plugin(), cursors.plugin(), ...plugins(host, generation, labels, images)],
    }),
    editable: () => editable,
    nodeViews: nodeViews(labels),
    attributes: () => ({
      class: "text",
      role: "textbox",
      // Read-only too it takes the keyboard, which scrolls it.
      tabindex: "0",
      "aria-multiline": "true",
      "aria-label": labels.editor,
      "aria-readonly": String(!editable),
      "data-placeholder": labels.placeholder,
      spellcheck: "false",
      translate: "no",
    }),
    // Room around the caret when it is scrolled to.
    scrollThreshold: 24,
    scrollMargin: 48,
    handleDOMEvents: {
      focus: (view) => (reports.soon(view), false),
      blur: (view) => (reports.soon(view), false),
    },
    dispatchTransaction(tr) {
      const wanted = isRemote(tr) ? tr : withoutImages(tr, images);
      const { state, transactions } = view.state.applyTransaction(wanted);
      const changed = transactions.some((each) => each.docChanged);
      cursors.follow(transactions);
      view.updateState(state);
      if (changed && !isRemote(tr)) session.committed(view, transactions);
      cursors.layoutSoon(view);
      reports.soon(view);
    },
  });
  cursors.attach(root, view);
  reports.soon(view);
  if (settings.autofocus && editable) view.focus();

  const alive =
    <A extends unknown[], R>(otherwise: R, deed: (...args: A) => R) =>
    (...args: A): R =>
      view.isDestroyed ? otherwise : deed(...args);
  return {
    apply: alive(undefined, (changes) => session.apply(view, JSON.parse(changes) as Change[])),
    reset: alive(undefined, (json) => {
      composition.finish(view);
      session.reset(view, JSON.parse(json) as NodeJson);
    }),
    flush: alive(undefined, () => flushDom(view)),
    cursors: alive(undefined, (people) => cursors.show(view, JSON.parse(people) as Person[])),
    whereIs: alive(null, (id) => {
      const at = cursors.whereIs(id);
      return at === null ? null : headingAbove(view.state.doc, at);
    }),
    goTo: alive(false, (id) => cursors.reveal(view, id)),
    // A command in the middle of a word would end its composition.
    exec: alive(
      false,
      (command, args) => composition.settled(view) && exec(view, command, args ? JSON.parse(args) : {}, images),
    ),
    setEditable: alive(undefined, (now) => {
      if (now === editable) return;
      if (!now) {
        // Losing focus makes the browser end its composition in its own way before the view stops listening.
        if (view.composing) view.dom.blur();
        composition.finish(view);
      }
      editable = now;
      view.setProps({});
      framesForKeyboard(view, labels.table);
      reports.soon(view);
    }),
    select: alive(undefined, (json) => {
      const { anchor, head } = JSON.parse(json) as { anchor: Position; head: Position };
      const from = posOf(session.model, anchor);
      const to = posOf(session.model, head);
      if (from === null || to === null) return;
      view.dispatch(
        view.state.tr
          .setSelection(selectionBetween(view.state.doc, session.toView(from), session.toView(to)))
          .scrollIntoView(),
      );
    }),
    focus: alive(undefined, () => view.focus()),
    scrollTo: alive(undefined, (heading) => scrollToHeading(view, heading)),
    destroy: alive(undefined, () => {
      composition.finish(view);
      session.close();
      reports.stop();
      cursors.detach();
      view.destroy();
      root.remove();
    }),
  };
}
