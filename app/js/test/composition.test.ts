import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { GapCursor } from "prosemirror-gapcursor";
import type { Node } from "prosemirror-model";
import { EditorState, type Selection, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { Composition } from "../src/composition";
import { schema } from "../src/schema";

const { nodes } = schema;
const doc = (...content: Node[]) => schema.node("doc", null, content);
const p = (text: string) => nodes.paragraph.create(null, schema.text(text));

type Event = "start" | "update" | "end" | "blur" | "redraw" | "wait" | "finish";

/** A view as far as a composition sees it, and what its host hears. */
class Stage {
  state: EditorState;
  editable = true;
  isDestroyed = false;
  readonly heard: string[] = [];
  readonly input = { composing: false, compositionNodes: [] };
  readonly docView = { dirty: 0 };
  readonly domObserver = { forceFlush: () => {}, flush: () => {} };
  private composition = new Composition({
    started: () => void this.heard.push(`started in ${this.state.selection.$from.parent.type.name}`),
    ended: () => void this.heard.push("ended"),
  });
  private plugin = this.composition.plugin();

  constructor(start: Node, selection?: (doc: Node) => Selection) {
    this.state = EditorState.create({ doc: start, selection: selection?.(start) });
  }

  get composing(): boolean {
    return this.input.composing;
  }

  dispatch(tr: Transaction) {
    this.state = this.state.apply(tr);
    this.heard.push(this.composition.active ? "changed while composing" : `told ${this.state.doc}`);
  }

  /** Our handler hears an event first, then ProseMirror does. */
  play(...events: Event[]) {
    const view = this as unknown as EditorView;
    const handlers = this.plugin.props.handleDOMEvents as Record<string, (view: EditorView, event: unknown) => boolean>;
    for (const event of events) {
      if (event === "wait") mock.timers.tick(50);
      else if (event === "finish") this.composition.finish(view);
      else if (event === "redraw") this.plugin.spec.view!(view).update!(view, this.state);
      else handlers[event === "blur" ? event : `composition${event}`].call(this.plugin, view, {});
      if (this.editable && (event === "start" || event === "update")) this.input.composing = true;
      if (this.editable && event === "end") this.input.composing = false;
    }
    return this;
  }
}

test("when a composition begins and when it is over", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const begun = "started in paragraph";
  const cases: [events: Event[], heard: string[]][] = [
    [["start", "update", "update", "wait"], [begun]],
    [["start", "update", "end"], [begun]],
    [["start", "update", "end", "wait"], [begun, "ended"]],
    [["start", "end", "start", "update"], [begun, "ended", begun]],
    [["start", "end", "start", "end", "wait", "wait"], [begun, "ended", begun, "ended"]],
    [["start", "end", "update", "wait"], [begun]],
    [["start", "end", "update", "wait", "end", "wait"], [begun, "ended"]],
    // Some browsers never say that it is over when the focus goes.
    [["start", "update", "blur", "wait"], [begun, "ended"]],
    [["start", "update", "finish", "wait", "end", "wait"], [begun, "ended"]],
    [["update", "wait"], [begun]],
    [["end", "blur", "redraw", "finish", "wait"], []],
    [["start", "redraw", "wait"], [begun]],
  ];
  for (const [events, heard] of cases) assert.deepEqual(new Stage(doc(p("一"))).play(...events).heard, heard, events.join(" "));
  mock.timers.reset();
});

test("a click elsewhere lets ProseMirror end it without an event", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const stage = new Stage(doc(p("一"))).play("start", "update");
  stage.input.composing = false;
  assert.deepEqual(stage.play("redraw", "wait").heard, ["started in paragraph", "ended"]);
  mock.timers.reset();
});

test("read-only text is not composed in", () => {
  const stage = new Stage(doc(p("一")));
  stage.editable = false;
  assert.deepEqual(stage.play("start", "update", "end").heard, []);
});

test("what a composition replaces beyond its block goes out before it begins", () => {
  const across = new Stage(doc(p("一二"), p("三四")), (doc) => TextSelection.create(doc, 2, 6)).play("start");
  assert.deepEqual(across.heard, ['told doc(paragraph("一四"))', "started in paragraph"]);
  const within = new Stage(doc(p("一二")), (doc) => TextSelection.create(doc, 1, 3)).play("start");
  assert.deepEqual(within.heard, ["started in paragraph"], "inside one block the browser replaces it");
});

test("in a gap a paragraph is made to compose in", () => {
  const rule = nodes.horizontalRule.create();
  const gap = new Stage(doc(rule, rule), (doc) => new GapCursor(doc.resolve(1))).play("start");
  assert.deepEqual(gap.heard, ["told doc(horizontalRule, paragraph, horizontalRule)", "started in paragraph"]);
});
