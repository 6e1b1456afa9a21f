import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Host } from "../src/bridge";
import { image } from "../src/commands";
import { keymaps } from "../src/keymap";
import { schema } from "../src/schema";
import shortcuts from "../src/shortcuts.json";

const { nodes } = schema;
const { page, ...ours } = shortcuts;
const keysOf = (group: Record<string, string[]>) => Object.values(group).flat();

/** A paragraph with a word selected, or its picture. */
function standing(onImage: boolean): EditorState {
  const picture = nodes.image.create({ src: "/api/documents/d/images/p.png", width: 400, height: 300 });
  const doc = nodes.doc.create(null, nodes.paragraph.create({ textAlign: "center" }, [schema.text("备课"), picture]));
  const selection = onImage ? NodeSelection.create(doc, 3) : TextSelection.create(doc, 1, 3);
  return EditorState.create({ doc, selection });
}

/** The caret in an empty line of the text, in an empty cell, or behind a word. */
function caret(place: "line" | "cell" | "word"): EditorState {
  const empty = nodes.paragraph.create();
  const cell = nodes.table.create(null, nodes.tableRow.create(null, nodes.tableCell.create(null, empty)));
  const block = { line: empty, cell, word: nodes.paragraph.create(null, schema.text("备")) }[place];
  const doc = nodes.doc.create(null, block);
  return EditorState.create({ doc, selection: TextSelection.create(doc, { line: 1, cell: 4, word: 2 }[place]) });
}

/** Presses a key of shortcuts.json; says what was asked of the host, or whether the text changed. */
function press(chord: string, state: EditorState): string | undefined {
  const parts = chord.split("-");
  const key = parts.pop()!;
  const event = new window.KeyboardEvent("keydown", {
    key: parts.includes("Shift") && key.length === 1 ? key.toUpperCase() : key,
    keyCode: key.length === 1 ? key.toUpperCase().charCodeAt(0) : 0,
    ctrlKey: parts.includes("Mod"),
    altKey: parts.includes("Alt"),
    shiftKey: parts.includes("Shift"),
  });
  let did: string | undefined;
  const host = { command: (_generation: number, name: string) => void (did = name) } as unknown as Host;
  const view = { state, dom: document.createElement("div"), dispatch: () => void (did ??= "changed") };
  keymaps(host, 1)[0].props.handleKeyDown!.call(undefined as never, view as unknown as EditorView, event);
  return did;
}

test("no key is promised for two deeds", () => {
  const keys = Object.values(shortcuts).flatMap(keysOf);
  assert.deepEqual(
    keys.filter((key, at) => keys.indexOf(key) !== at),
    [],
  );
});

test("every key of the text that is shown to people does something", () => {
  const asked: Record<string, string> = {
    undo: "undo",
    redo: "redo",
    save: "save",
    leave: "leave",
    link: "link",
    image: "image",
  };
  // They need a list or a table around the caret; typing.test.ts and the browser tests go there.
  const elsewhere = ["indent", "outdent", "next", "previous", "library"];
  for (const group of Object.values(ours) as Record<string, string[]>[])
    for (const [name, keys] of Object.entries(group))
      for (const key of keys) {
        const did = press(key, standing(name === "image"));
        if (!elsewhere.includes(name)) assert.equal(did, asked[name] ?? "changed", `${name}: ${key}`);
      }
  assert.equal(press("Enter", standing(false)), undefined, "Enter is for a new line where no image is selected");
});

test("a stroke opens the library in an empty line only: in a cell it is an answer", () => {
  assert.deepEqual(
    (["line", "cell", "word"] as const).map((place) => press("/", caret(place))),
    ["library", undefined, undefined],
  );
});

test("the page's own keys are left to it", () => {
  for (const key of keysOf(page)) assert.equal(press(key, standing(false)), undefined, key);
});

test("an image is described and sized in its own shape; an empty description stays one", () => {
  const cases: [object, object][] = [
    [{ alt: "两位数乘两位数的竖式" }, { alt: "两位数乘两位数的竖式", width: 400, height: 300 }],
    [{ alt: "" }, { alt: "", width: 400, height: 300 }],
    [{ width: 336 }, { alt: null, width: 336, height: 252 }],
    [{ width: null }, { alt: null, width: null, height: null }],
  ];
  for (const [args, expected] of cases) {
    const state = standing(true);
    let after = state;
    assert.ok(image({ ...args })(state, (tr) => (after = state.apply(tr))));
    const { alt, width, height } = after.doc.nodeAt(3)!.attrs;
    assert.deepEqual({ alt, width, height }, expected);
    assert.ok(after.selection instanceof NodeSelection, "it stays selected");
  }
  assert.equal(image({ alt: "x" })(standing(false)), false);
});
