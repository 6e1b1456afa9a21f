import "./dom";
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { toggleMark } from "prosemirror-commands";
import { EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Host } from "../src/bridge";
import { schema } from "../src/schema";
import { Reports, type ToolbarState } from "../src/state";

/** A view that has the focus, a clock, and what the program around it is told. */
class Desk {
  state = EditorState.create({ doc: schema.node("doc", null, [schema.nodes.paragraph.create()]) });
  readonly dom = document.createElement("div");
  readonly editable = true;
  readonly isDestroyed = false;
  readonly told: string[] = [];
  composing = false;
  private now = 0;
  private frames: (() => void)[] = [];
  private reports: Reports;

  constructor() {
    mock.timers.enable({ apis: ["setTimeout"] });
    mock.method(performance, "now", () => this.now);
    globalThis.requestAnimationFrame = (call) => this.frames.push(() => call(this.now));
    globalThis.cancelAnimationFrame = () => void (this.frames = []);
    const host: Partial<Host> = {
      selection: (_generation, json) => void this.told.push(`caret ${JSON.parse(json).head.offset}`),
      state: (_generation, json) => {
        const { words, marks } = JSON.parse(json) as ToolbarState;
        this.told.push(`${words} words${marks.bold ? ", bold" : ""}`);
      },
    };
    this.reports = new Reports(
      host as Host,
      1,
      () => this.composing,
      () => 0,
    );
  }

  get view(): EditorView {
    return this as unknown as EditorView;
  }

  hasFocus = () => true;

  type(text: string) {
    this.state = this.state.apply(this.state.tr.insertText(text));
    this.reports.soon(this.view);
  }

  bold() {
    toggleMark(schema.marks.bold)(this.state, (tr) => (this.state = this.state.apply(tr)));
    this.reports.soon(this.view);
  }

  frame() {
    for (const call of this.frames.splice(0)) call();
  }

  pass(millis: number) {
    this.now += millis;
    mock.timers.tick(millis);
  }

  /** What was told since the last time. */
  heard() {
    return this.told.splice(0);
  }

  close() {
    this.reports.stop();
    mock.timers.reset();
    mock.restoreAll();
  }
}

test("a letter is painted before anything is told of it; the placeholder goes with it", () => {
  const desk = new Desk();
  desk.dom.toggleAttribute("data-empty", true);
  desk.type("教");
  desk.frame();
  assert.equal(desk.dom.hasAttribute("data-empty"), false);
  assert.deepEqual(desk.heard(), []);
  desk.pass(1);
  assert.deepEqual(desk.heard(), ["caret 1", "1 words"]);
  desk.close();
});

test("words are told twice a second at most, and the last number always; the toolbar never waits for them", () => {
  const desk = new Desk();
  const frame = () => {
    desk.frame();
    desk.pass(10);
  };
  desk.type("教");
  frame();
  desk.heard();
  desk.type("学");
  frame();
  desk.type("目");
  frame();
  assert.deepEqual(desk.heard(), ["caret 2", "caret 3"]);
  desk.bold();
  frame();
  assert.deepEqual(desk.heard(), ["1 words, bold"]);
  desk.pass(600);
  frame();
  assert.deepEqual(desk.heard(), ["3 words, bold"]);
  desk.pass(600);
  frame();
  assert.deepEqual(desk.heard(), []);
  desk.close();
});

test("while composing and after the end nothing is told", () => {
  const desk = new Desk();
  desk.composing = true;
  desk.type("j");
  desk.frame();
  desk.pass(600);
  assert.deepEqual(desk.heard(), []);
  desk.composing = false;
  desk.type("i");
  desk.close();
  desk.frame();
  assert.deepEqual(desk.heard(), []);
});
