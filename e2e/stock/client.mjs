// node client.mjs WS-ADDRESS DOCUMENT TOKEN: a stock Yjs client, told what to do by JSON lines on standard input,
// answering one JSON line each. Only packages from npm: nothing of Gongbei's own code is in it.
import { createInterface } from "node:readline";
import { Schema } from "prosemirror-model";
import { updateYFragment, yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import { WebsocketProvider } from "y-websocket";
import WebSocket from "ws";
import * as Y from "yjs";

const [address, room, token] = process.argv.slice(2);
const doc = new Y.Doc();
const content = doc.getXmlFragment("content");
const provider = new WebsocketProvider(address, room, doc, { params: { token }, WebSocketPolyfill: WebSocket, disableBc: true });
provider.awareness.setLocalStateField("user", { name: "a stock client", color: "#30bced" });

// A TipTap-like schema, as another product would have it.
const inline = { content: "inline*", group: "block" };
const leaf = (attrs) => ({ inline: true, group: "inline", attrs });
const aligned = { textAlign: { default: null } };
const cell = { content: "block+", attrs: { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } } };
const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { ...inline, attrs: aligned },
    heading: { ...inline, attrs: { level: { default: 1 }, ...aligned } },
    blockquote: { content: "block+", group: "block" },
    codeBlock: { content: "text*", group: "block", code: true, marks: "", attrs: { language: { default: null } } },
    horizontalRule: { group: "block" },
    bulletList: { content: "listItem+", group: "block" },
    orderedList: { content: "listItem+", group: "block", attrs: { start: { default: 1 } } },
    listItem: { content: "paragraph block*" },
    taskList: { content: "taskItem+", group: "block" },
    taskItem: { content: "paragraph block*", attrs: { checked: { default: false } } },
    table: { content: "tableRow+", group: "block" },
    tableRow: { content: "(tableCell | tableHeader)*" },
    tableCell: cell,
    tableHeader: cell,
    image: leaf({ src: {}, alt: { default: null }, title: { default: null }, width: { default: null }, height: { default: null } }),
    hardBreak: leaf({}),
    text: { group: "inline" },
  },
  marks: {
    link: { attrs: { href: {}, target: { default: null }, rel: { default: null }, class: { default: null }, title: { default: null } } },
    bold: {}, italic: {}, underline: {}, strike: {}, code: {},
    textStyle: { attrs: { color: { default: null } } },
    highlight: { attrs: { color: { default: null } } },
  },
});

const heard = () => new Promise((done) => (provider.synced ? done() : provider.once("sync", done)));

/** The first run of text in the top-level block `at`. */
const run = (at) => {
  const block = content.get(at);
  if (block.length === 0) block.insert(0, [new Y.XmlText()]);
  return block.get(0);
};

const deeds = {
  /** Waits for the server's state. */
  synced: () => heard(),
  /** The document as y-prosemirror reads it. */
  read: () => yXmlFragmentToProseMirrorRootNode(content, schema).toJSON(),
  xml: () => content.toString(),
  blocks: () => content.length,
  /** Types into a block's first run. */
  type: ({ block, at, text }) => doc.transact(() => run(block).insert(at, text)),
  /** Makes the document what this JSON says, as y-prosemirror's own binding does after an edit. */
  write: ({ json }) => {
    const node = schema.nodeFromJSON(json);
    doc.transact(() => updateYFragment(doc, content, node, { mapping: new Map(), isOMark: new Map() }));
  },
  /** A node that no schema of ours knows, before block `at`. */
  insertUnknown: ({ at, name, attrs, text }) => {
    const element = new Y.XmlElement(name);
    for (const [key, value] of Object.entries(attrs)) element.setAttribute(key, value);
    element.insert(0, [new Y.XmlText(text)]);
    content.insert(at, [element]);
  },
  setAttribute: ({ block, key, value }) => content.get(block).setAttribute(key, value),
  /** Marks `length` units of a block's first run with a mark of any name. */
  format: ({ block, at, length, marks }) => run(block).format(at, length, marks),
  attributes: ({ block }) => content.get(block).getAttributes(),
  delta: ({ block }) => run(block).toDelta(),
  /** Names of those whose presence we have. */
  here: () => [...provider.awareness.getStates().values()].map((state) => state.user?.name).filter(Boolean),
  /** Says this of itself to everybody, whatever it is. */
  presence: ({ state }) => provider.awareness.setLocalState(state),
  user: () => [...provider.awareness.getStates().values()].map((state) => state.user).filter(Boolean),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { deed, ...rest } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: (await deeds[deed](rest)) ?? null }));
  } catch (problem) {
    console.log(JSON.stringify({ problem: String(problem?.stack ?? problem) }));
  }
}
provider.destroy();
process.exit(0);
