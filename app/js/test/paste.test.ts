import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DOMSerializer, Fragment, type Node, DOMParser as Reader, Slice } from "prosemirror-model";
import { EditorState, TextSelection } from "prosemirror-state";
import { Transform } from "prosemirror-transform";
import { plainText, withItsAlignment } from "../src/clipboard";
import { cleanHtml } from "../src/paste";
import { picturesIn } from "../src/rtf";
import { schema } from "../src/schema";
import { HIGHLIGHTS, PALETTE } from "../src/values";
import { Dice, document as randomDocument } from "./random";

function read(html: string): string {
  const holder = document.createElement("div");
  holder.innerHTML = cleanHtml(html);
  return Reader.fromSchema(schema).parse(holder).toString();
}

test("office programs, web pages and other editors become what the schema knows", () => {
  const cases: [name: string, html: string, doc: string][] = [
    [
      "a title and a heading that is bold anyway",
      "<p class=MsoTitle>标题</p><h2><b>一、目标</b></h2>",
      'heading("标题"), heading("一、目标")',
    ],
    [
      "source lines broken between 汉字",
      "<p class=MsoNormal>教学\n目标 and\nmore</p>",
      'paragraph("教学目标 and more")',
    ],
    [
      "looks that mean something",
      "<p><span style='color:red;font-weight:700'>红</span><i>斜</i><u>线</u><s>去</s></p>",
      'paragraph(bold(textStyle("红")), italic("斜"), underline("线"), strike("去"))',
    ],
    [
      "looks that mean nothing",
      "<p style='font-family:宋体;line-height:150%'><span style='color:black;font-size:12pt'>文</span><span style='color:#333'>字</span></p>",
      'paragraph("文字")',
    ],
    ["alignment", '<p style="text-align:center">中</p><p align=right>右</p>', 'paragraph("中"), paragraph("右")'],
    [
      "a list of Word, two deep",
      "<p style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span> </span></span><![endif]>一</p>\n<!--x--><p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>·</span>里</p><p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.</span>二</p>",
      'orderedList(listItem(paragraph("一"), bulletList(listItem(paragraph("里")))), listItem(paragraph("二")))',
    ],
    [
      "a list of WPS, numbered in 汉字",
      "<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>一、</span>头</p>",
      'orderedList(listItem(paragraph("头")))',
    ],
    [
      "Google's wrapper is not bold",
      '<b style="font-weight:normal" id="docs-internal-guid"><p><span style="font-weight:700">粗</span>细</p></b>',
      'paragraph(bold("粗"), "细")',
    ],
    [
      "a list beside its item",
      "<ul><li>a</li><ul><li>b</li></ul></ul>",
      'bulletList(listItem(paragraph("a"), bulletList(listItem(paragraph("b")))))',
    ],
    [
      "merged cells",
      "<table><colgroup><col></colgroup><thead><tr><th colspan=2>头</th></tr></thead><tbody><tr><td rowspan=2>左</td><td></td></tr><tr><td>下</td></tr></tbody></table>",
      'table(tableRow(tableHeader(paragraph("头"))), tableRow(tableCell(paragraph("左")), tableCell(paragraph)), tableRow(tableCell(paragraph("下"))))',
    ],
    [
      "tasks of TipTap",
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><label><input type="checkbox" checked><span></span></label><div><p>做</p></div></li></ul>',
      'taskList(taskItem(paragraph("做")))',
    ],
    [
      "tasks of GitHub",
      "<ul><li><input type=checkbox checked>做</li><li><input type=checkbox>没做</li></ul>",
      'taskList(taskItem(paragraph("做")), taskItem(paragraph("没做")))',
    ],
    ["code with its lines", '<pre><code class="language-js">a\n  b</code></pre>', 'codeBlock("a\\n  b")'],
    [
      "frames of blocks",
      "<div><div>一</div><section><div>二<br>三</div></section></div>",
      'paragraph("一"), paragraph("二", hardBreak, "三")',
    ],
    [
      "what can do harm",
      '<p onclick="x()">文<script>alert(1)</script><a href="javascript:alert(1)">坏</a><a href="https://good.test/">好</a><iframe src="https://x.test"></iframe></p>',
      'paragraph("文坏", link("好"))',
    ],
    [
      "what is not shown",
      '<p>看<span style="display:none">藏</span></p><title>题</title><style>p{}</style>',
      'paragraph("看")',
    ],
  ];
  for (const [name, html, doc] of cases) assert.equal(read(html), `doc(${doc})`, name);
});

test("attributes that matter come along", () => {
  const holder = document.createElement("div");
  holder.innerHTML = cleanHtml(
    '<p style="text-align:center">中</p><ol start=3><li>三</li></ol><table><tr><td colspan=2 rowspan=3>大</td></tr></table><p><span style="color:rgb(166, 58, 23)">红</span><img src="/api/documents/d1/images/a" width=40 alt="图"></p>',
  );
  const doc = Reader.fromSchema(schema).parse(holder);
  assert.equal(doc.child(0).attrs.textAlign, "center");
  assert.equal(doc.child(1).attrs.start, 3);
  const cell = doc.child(2).child(0).child(0);
  assert.deepEqual([cell.attrs.colspan, cell.attrs.rowspan], [2, 3]);
  assert.equal(doc.child(3).child(0).marks[0].attrs.color, "#a63a17");
  assert.deepEqual(
    { ...doc.child(3).child(1).attrs },
    { src: "/api/documents/d1/images/a", alt: "图", title: null, width: 40, height: null, extra: null },
  );
});

test("pasted colours become the nearest of ours; our own and those copied here stay", () => {
  const cases: [colour: string, text: string | undefined, ground: string | undefined][] = [
    ["red", "red", "red"],
    ["#FF0000", "red", "red"],
    ["rgb(0, 0, 255)", "blue", "blue"],
    ["yellow", "amber", "amber"],
    ["#00b050", "green", "green"],
    ["#7030a0", "purple", "purple"],
    ["#ff00ff", "rose", "rose"],
    ["gray", "grey", undefined],
    ["black", undefined, undefined],
    ["#fff", undefined, undefined],
    ["nonsense", undefined, undefined],
  ];
  const marks = (html: string) => {
    const holder = document.createElement("div");
    holder.innerHTML = cleanHtml(html);
    return Reader.fromSchema(schema)
      .parse(holder)
      .child(0)
      .child(0)
      .marks.map((mark) => mark.attrs.color);
  };
  const hexOf = (palette: readonly { name: string; hex: string }[], wanted: string | undefined) =>
    palette.filter(({ name }) => name === wanted).map(({ hex }) => hex);
  for (const [colour, text, ground] of cases) {
    assert.deepEqual(marks(`<p><span style="color:${colour}">字</span></p>`), hexOf(PALETTE, text), colour);
    assert.deepEqual(marks(`<p><font color="${colour}">字</font></p>`), hexOf(PALETTE, text), colour);
    assert.deepEqual(marks(`<p><span style="background:${colour}">字</span></p>`), hexOf(HIGHLIGHTS, ground), colour);
  }
  assert.deepEqual(marks('<p><span data-color="#123456" style="color: #123456">字</span></p>'), ["#123456"]);
  assert.deepEqual(marks('<p><mark data-color="#fedcba" style="background-color: #fedcba">字</mark></p>'), ["#fedcba"]);
});

test("the first pasted paragraph keeps its alignment in an empty line", () => {
  const { paragraph } = schema.nodes;
  const one = (text: string, textAlign: string | null = null) =>
    paragraph.create({ textAlign }, text ? schema.text(text) : null);
  const pasted = (content: Node[], line: string) => {
    const doc = schema.node("doc", null, [one("前"), one(line), one("后")]);
    const state = EditorState.create({ doc, selection: TextSelection.create(doc, 4 + line.length) });
    const slice = withItsAlignment(Slice.maxOpen(Fragment.from(content)), state.selection);
    const after = state.apply(state.tr.replaceSelection(slice));
    after.doc.check();
    const shown = after.doc.content.content.map((node) => `${node.attrs.textAlign ?? ""}:${node.textContent}`);
    return [shown.join(" "), after.selection.$from.parent.textContent];
  };
  assert.deepEqual(pasted([one("中", "center")], ""), [":前 center:中 :后", "中"]);
  assert.deepEqual(pasted([one("中", "center"), one("右", "right")], ""), [":前 center:中 right:右 :后", "右"]);
  assert.deepEqual(pasted([one("左")], ""), [":前 :左 :后", "左"]);
  assert.deepEqual(pasted([one("中", "center")], "写"), [":前 :写中 :后", "写中"], "words go on in their line");
});

test("no style, handler or script is left in what is cleaned", () => {
  const nasty = `<p style="color:red" onmouseover="x()" title="a > b" style='x'>文<svg onload=alert(1)></svg><b STYLE="color:blue">字</b></p><style>p{}</style><script>1</script>`;
  assert.equal(/style=|on\w+=|<script|<style|<svg/i.test(cleanHtml(nasty)), false, cleanHtml(nasty));
});

test("what the editor copies it reads back the same", () => {
  for (let seed = 1; seed <= 200; seed++) {
    // Hidden marks stay behind: they belong to the place they were at.
    const made = randomDocument(new Dice(seed));
    const doc = new Transform(made).removeMark(0, made.content.size, schema.marks.unknownMarks).doc;
    const holder = document.createElement("div");
    holder.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document }));
    holder.firstElementChild!.setAttribute("data-pm-slice", "0 0 []");
    const again = document.createElement("div");
    again.innerHTML = cleanHtml(holder.innerHTML);
    const plain = (text: string) => text.replace(/", "/g, "");
    const back = Reader.fromSchema(schema).parse(again, { preserveWhitespace: true });
    assert.equal(plain(back.toString()), plain(doc.toString()), `seed ${seed}`);
  }
});

test("plain text has a line a block and tabs between cells", () => {
  const cell = (text: string) =>
    schema.nodes.tableCell.create(null, schema.nodes.paragraph.create(null, schema.text(text)));
  const doc = schema.node("doc", null, [
    schema.nodes.paragraph.create(null, [schema.text("一"), schema.nodes.hardBreak.create(), schema.text("二")]),
    schema.nodes.table.create(null, schema.nodes.tableRow.create(null, [cell("甲"), cell("乙")])),
  ]);
  assert.equal(plainText(doc.content), "一\n二\n甲\t乙");
});

test("pictures of an office program are found in its RTF", async () => {
  const rtf = String.raw`{\rtf1 text {\*\shppict{\pict{\*\picprop{\sp{\sn a}{\sv b}}}\picw10\pngblip\bliptag-12{\*\blipuid 00ff}
8950
4E47}}{\nonshppict {\pict\wmetafile8 0102}}more{\pict\jpegblip\picw5 ffd8}{\pict\emfblip 01}\picture9}`;
  const found = picturesIn(rtf);
  const shown = await Promise.all(
    found.map(async (blob) => blob && [blob.type, Buffer.from(await blob.arrayBuffer()).toString("hex")]),
  );
  assert.deepEqual(shown, [["image/png", "89504e47"], ["image/jpeg", "ffd8"], null]);
  assert.equal(picturesIn(String.raw`{\pict\pngblip 89`).length, 1, "a text that was cut short ends too");
});
