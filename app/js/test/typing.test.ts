import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { undoInputRule } from "prosemirror-inputrules";
import type { Node } from "prosemirror-model";
import { type Command, EditorState, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as commands from "../src/commands";
import { shorthands } from "../src/inputrules";
import { schema } from "../src/schema";
import { tableRules } from "../src/tables";

const { nodes } = schema;
const doc = (...content: Node[]) => schema.node("doc", null, content);
const p = (text = "") => nodes.paragraph.create(null, text ? schema.text(text) : null);

/** Types as the view would: each letter asks the shorthands first. */
class Hand {
  readonly rules = shorthands();
  state: EditorState;
  composing = false;

  constructor(start: Node, at = 1) {
    this.state = EditorState.create({
      doc: start,
      plugins: [this.rules, tableRules()],
      selection: TextSelection.create(start, at),
    });
  }

  dispatch = (tr: Transaction) => {
    this.state = this.state.apply(tr);
  };

  type(text: string) {
    for (const letter of text) {
      const { from, to } = this.state.selection;
      const done = this.rules.props.handleTextInput!.call(
        this.rules,
        this as unknown as EditorView,
        from,
        to,
        letter,
        () => this.state.tr,
      );
      if (!done) this.dispatch(this.state.tr.insertText(letter, from, to));
    }
    return this;
  }

  do(command: Command) {
    return command(this.state, this.dispatch);
  }

  shows(content: string, hint = content) {
    assert.equal(this.state.doc.toString(), `doc(${content})`, hint);
    this.state.doc.check();
  }
}

test("shorthands", () => {
  const cases: [typed: string, shown: string][] = [
    ["# 一", 'heading("一")'],
    ["### 三", 'heading("三")'],
    ["#### 四", 'paragraph("#### 四")'],
    ["- 点", 'bulletList(listItem(paragraph("点")))'],
    ["1. 数", 'orderedList(listItem(paragraph("数")))'],
    ["3. 数", 'orderedList(listItem(paragraph("数")))'],
    ["[ ] 事", 'taskList(taskItem(paragraph("事")))'],
    ["[x] 事", 'taskList(taskItem(paragraph("事")))'],
    ["> 引", 'blockquote(paragraph("引"))'],
    ["``` x", 'codeBlock("x")'],
    ["---后", 'horizontalRule, paragraph("后")'],
    ["前**粗**后", 'paragraph("前", bold("粗"), "后")'],
    ["前`码`后", 'paragraph("前", code("码"), "后")'],
    ["--- 后", 'horizontalRule, paragraph("后")'],
    ["前*斜*后", 'paragraph("前", italic("斜"), "后")'],
    ["前_x y_后", 'paragraph("前", italic("x y"), "后")'],
    ["前~~去~~后", 'paragraph("前", strike("去"), "后")'],
    ["**粗** *斜*", 'paragraph(bold("粗"), " ", italic("斜"))'],
    ["2*3*4 和 (a+b)*c*d", 'paragraph("2*3*4 和 (a+b)*c*d")'],
    ["my_file_name 姓名：__ 班级：__", 'paragraph("my_file_name 姓名：__ 班级：__")'],
    ["2 * 3 * 4 _ 5 _ ~~ 6 ~~", 'paragraph("2 * 3 * 4 _ 5 _ ~~ 6 ~~")'],
    ["`*a*", 'paragraph("`", italic("a"))'],
    ["``` *a* ~~b~~", 'codeBlock("*a* ~~b~~")'],
    ["2 ** 3 ** 4", 'paragraph("2 ** 3 ** 4")'],
    ["a#b - c 1. d", 'paragraph("a#b - c 1. d")'],
  ];
  for (const [typed, shown] of cases) new Hand(doc(p())).type(typed).shows(shown, typed);
});

test("Backspace takes a shorthand back", () => {
  const cases: [typed: string, shown: string][] = [
    ["- ", 'paragraph("- ")'],
    ["**粗**", 'paragraph("**粗**")'],
    ["*斜*", 'paragraph("*斜*")'],
    ["~~去~~", 'paragraph("~~去~~")'],
    ["--- ", 'paragraph("---")'],
    ["---", 'paragraph("---")'],
    ["[ ] ", 'paragraph("[ ] ")'],
  ];
  for (const [typed, shown] of cases) {
    const hand = new Hand(doc(p())).type(typed);
    assert.ok(hand.do(undoInputRule), typed);
    hand.shows(shown, typed);
  }
});

test("an input method's text is never taken for a shorthand", () => {
  const hand = new Hand(doc(p()));
  hand.composing = true;
  hand.type("- # 1. *a* _b_ ~~c~~").shows('paragraph("- # 1. *a* _b_ ~~c~~")');
  assert.equal(hand.rules.props.handleDOMEvents, undefined, "nor looked at when the composition ends");
});

test("lists", () => {
  const hand = new Hand(doc(nodes.heading.create({ level: 2 }, schema.text("一"))));
  assert.ok(hand.do(commands.list("bulletList")), "a heading becomes an item's paragraph");
  hand.shows('bulletList(listItem(paragraph("一")))');
  assert.ok(hand.do(commands.list("taskList")));
  hand.shows('taskList(taskItem(paragraph("一")))');
  assert.ok(hand.do(commands.list("orderedList")));
  hand.shows('orderedList(listItem(paragraph("一")))');
  assert.ok(hand.do(commands.list("orderedList")), "the same again lifts out");
  hand.shows('paragraph("一")');
  assert.equal(hand.do(commands.list("nobody")), false);
});

test("blocks keep their alignment", () => {
  const hand = new Hand(doc(p("一")));
  hand.do(commands.align("center"));
  hand.do(commands.block("heading", 2));
  assert.deepEqual({ ...hand.state.doc.child(0).attrs }, { level: 2, textAlign: "center", extra: null });
  hand.do(commands.align("left"));
  assert.equal(hand.state.doc.child(0).attrs.textAlign, null, "left is the default and is not written");
});

test("links: the selection, the whole link around the caret, an address without a scheme, none that does harm", () => {
  const hand = new Hand(doc(p("看这里吧")));
  hand.dispatch(hand.state.tr.setSelection(TextSelection.create(hand.state.doc, 2, 4)));
  assert.ok(hand.do(commands.link("example.com/a")));
  hand.shows('paragraph("看", link("这里"), "吧")');
  hand.dispatch(hand.state.tr.setSelection(TextSelection.create(hand.state.doc, 3)));
  assert.ok(hand.do(commands.link("https://b.test/")));
  assert.equal(hand.state.doc.child(0).child(1).marks[0].attrs.href, "https://b.test/");
  assert.equal(hand.do(commands.link("javascript:alert(1)")), false);
  assert.ok(hand.do(commands.unlink));
  hand.shows('paragraph("看这里吧")');
  hand.dispatch(hand.state.tr.setSelection(TextSelection.create(hand.state.doc, 5)));
  assert.ok(hand.do(commands.link("https://c.test/", "名字")));
  hand.shows('paragraph("看这里吧", link("名字"))');
});

test("a table is inserted with a line after it and the caret in its first cell", () => {
  const hand = new Hand(doc(p("前")), 2);
  assert.ok(hand.do(commands.table(2, 2, true)));
  hand.shows(
    'paragraph("前"), table(tableRow(tableHeader(paragraph), tableHeader(paragraph)), tableRow(tableCell(paragraph), tableCell(paragraph))), paragraph',
  );
  hand.type("头");
  assert.equal(hand.state.doc.child(1).child(0).child(0).textContent, "头");
  assert.ok(hand.do(commands.addRowAndEnter));
  assert.equal(hand.state.doc.child(1).childCount, 3);
});

test("a ragged table from elsewhere is left alone; one's own deed is put right", () => {
  const cell = (text: string) => nodes.tableCell.create(null, p(text));
  const ragged = doc(
    nodes.table.create(null, [
      nodes.tableRow.create(null, [cell("a"), cell("b")]),
      nodes.tableRow.create(null, [cell("c")]),
    ]),
  );
  const hand = new Hand(ragged, 4);
  hand.type("x");
  hand.shows(
    'table(tableRow(tableCell(paragraph("xa")), tableCell(paragraph("b"))), tableRow(tableCell(paragraph("c"))))',
    "typing mends nothing",
  );
  const remote = new Hand(doc(p("前"), ragged.child(0)));
  remote.dispatch(remote.state.tr.delete(3, 3 + ragged.child(0).nodeSize).setMeta("gongbei-remote", true));
  remote.shows('paragraph("前")');
  const own = new Hand(
    doc(
      nodes.table.create(null, [
        nodes.tableRow.create(null, [cell("a"), cell("b")]),
        nodes.tableRow.create(null, [cell("c"), cell("d")]),
      ]),
    ),
    4,
  );
  own.dispatch(own.state.tr.delete(2, 2 + 5));
  assert.equal(own.state.doc.child(0).child(0).childCount, 2, "the row that lost a cell gets one");
});
