// Writes y_prosemirror.json: documents as y-prosemirror and Yjs write them, and the relative positions they have
// for every place in them. Run it in this folder after `npm ci` in e2e/stock, when schema.json has changed:
//   node make.mjs
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../e2e/stock/package.json", import.meta.url));
const Y = require("yjs");
const { Node, Schema } = require("prosemirror-model");
const { absolutePositionToRelativePosition, initProseMirrorDoc, prosemirrorToYXmlFragment, updateYFragment } =
  require("y-prosemirror");

const spec = JSON.parse(fs.readFileSync(new URL("../../src/document/schema.json", import.meta.url), "utf8"));
const withAttrs = (words, hidden) => {
  const attrs = Object.entries({ ...words.attrs, ...hidden }).map(([name, value]) => [name, { default: value }]);
  return { ...words, attrs: Object.fromEntries(attrs) };
};
const hides = (name) => name !== "text" && name !== "doc" && !name.startsWith("unknown");
const nodes = Object.entries(spec.nodes).map(([name, words]) => [name, withAttrs(words, hides(name) ? { extra: null } : {})]);
const marks = Object.entries(spec.marks).map(([name, words]) => [name, withAttrs(words, {})]);
const schema = new Schema({ nodes: Object.fromEntries(nodes), marks: Object.fromEntries(marks) });

const text = (text, ...marks) => ({ type: "text", text, marks: marks.map((mark) => (mark.type ? mark : { type: mark })) });
const node = (type, ...content) => ({ type, content });
const having = (node, attrs) => ({ ...node, attrs });
const p = (...content) => node("paragraph", ...content.map((part) => (typeof part === "string" ? text(part) : part)));
const cell = (words) => node("tableCell", p(words));
const image = having(node("image"), { src: "/i/1", alt: "图", width: 40 });
const link = { type: "link", attrs: { href: "https://example.cn" } };

const documents = {
  text: [p("三年级数学"), p("a😀𠮷e\u0301👩‍🏫z"), p()],
  marks: [p("平", text("粗", "bold"), text("粗斜", "bold", "italic"), text("码", "code"), text("网", link, "underline"),
    text("彩", { type: "textStyle", attrs: { color: "#a33" } }, { type: "highlight", attrs: { color: "#ffe" } }))],
  blocks: [having(node("heading", text("题")), { level: 2, textAlign: "center" }), node("blockquote", p("引"), p()),
    node("codeBlock", text("let x = 1;\n")), node("horizontalRule"), p("末")],
  lists: [node("bulletList", node("listItem", p("一"), node("orderedList", node("listItem", p("甲")))), node("listItem", p())),
    node("taskList", having(node("taskItem", p("做")), { checked: true }), node("taskItem", p("未")))],
  table: [node("table", node("tableRow", node("tableHeader", p("环节")), having(cell("活动"), { colspan: 2, colwidth: [80, 120] })),
    node("tableRow", cell("导入"), cell("x"), node("tableCell", p("一"), p("二"))))],
  leaves: [p("前", image, "中", node("hardBreak"), image), p(image), p(node("hardBreak"), "后")],
};

const golden = Object.entries(documents).map(([name, content]) => {
  const doc = Node.fromJSON(schema, { type: "doc", content });
  doc.check();
  const ydoc = new Y.Doc();
  ydoc.clientID = 42;
  const fragment = ydoc.getXmlFragment("content");
  // First something else, so that the document has a past.
  prosemirrorToYXmlFragment(Node.fromJSON(schema, node("doc", p("旧的"), p("也是"))), fragment);
  const { mapping, meta } = initProseMirrorDoc(fragment, schema);
  updateYFragment(ydoc, fragment, doc, { mapping: meta?.mapping ?? mapping, isOMark: meta?.isOMark ?? new Map() });
  const shown = initProseMirrorDoc(fragment, schema);
  if (!shown.doc.eq(doc)) throw new Error(`y-prosemirror does not keep ${name}`);
  const anchors = [];
  doc.descendants((block, start) => {
    if (!block.inlineContent) return true;
    const path = [];
    const at = doc.resolve(start + 1);
    for (let depth = 0; depth < at.depth; depth++) path.push(at.index(depth));
    for (let offset = 0; offset <= block.content.size; offset++) {
      const anchor = absolutePositionToRelativePosition(start + 1 + offset, fragment, shown.mapping ?? shown.meta.mapping);
      anchors.push({ path, offset, anchor: JSON.parse(JSON.stringify(anchor)) });
    }
    return false;
  });
  const update = Buffer.from(Y.encodeStateAsUpdate(ydoc)).toString("hex");
  return { name, view: doc.toJSON(), update, anchors };
});

const lines = golden.map((entry) => JSON.stringify(entry));
fs.writeFileSync(new URL("y_prosemirror.json", import.meta.url), `[\n${lines.join(",\n")}\n]\n`);
