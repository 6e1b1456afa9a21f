//! The binding, case by case.

mod document_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use document_support::{doc, h, letters, list, mark, marked, node, p, table, text};
use serde_json::{Value, json};
use shared::document::change::{Change, InlineOp, Node, Position};
use shared::document::plain::{apply, difference};
use shared::document::schema::schema;
use shared::document::seed::seed;
use shared::document::{Binding, CONTENT, ChangeError, Replica};
use yrs::any::Any;
use yrs::types::Attrs;
use yrs::types::text::YChange;
use yrs::{
    GetString, Text, Transact, TransactionMut, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef,
    XmlTextPrelim,
};

fn empty(client_id: u64) -> Binding {
    Binding::open(client_id, || 1)
}

fn opened(content: Vec<Node>) -> Binding {
    let mut binding = empty(1);
    binding.apply_remote(&seed(&doc(content), 7)).expect("a seed is well formed");
    binding
}

/// A document written directly, as another client would.
fn strange(write: impl FnOnce(&mut TransactionMut, &XmlFragmentRef)) -> Binding {
    let mut binding = empty(1);
    binding.apply_remote(&strange_update(write)).expect("an own update is well formed");
    binding
}

fn strange_update(write: impl FnOnce(&mut TransactionMut, &XmlFragmentRef)) -> Vec<u8> {
    let replica = Replica::new(9);
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    write(&mut replica.doc().transact_mut(), &root);
    replica.snapshot()
}

fn element(txn: &mut TransactionMut, parent: &XmlFragmentRef, tag: &str) -> XmlFragmentRef {
    let place = parent.len(txn);
    let element: XmlElementRef = parent.insert(txn, place, XmlElementPrelim::empty(tag));
    let fragment: &XmlFragmentRef = element.as_ref();
    fragment.clone()
}

fn string(txn: &mut TransactionMut, parent: &XmlFragmentRef, text: &str) {
    let place = parent.len(txn);
    parent.insert(txn, place, XmlTextPrelim::new(text));
}

/// The document as the CRDT holds it.
fn raw(binding: &Binding) -> String {
    let mut replica = Replica::new(10);
    replica.apply(&binding.snapshot()).expect("an own snapshot is well formed");
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    let txn = replica.doc().transact();
    root.get_string(&txn)
}

fn keep(len: usize) -> InlineOp {
    InlineOp::Retain { len, marks: None }
}

fn insert(word: &str) -> InlineOp {
    InlineOp::Insert { nodes: vec![text(word)] }
}

fn inline(path: &[usize], delta: Vec<InlineOp>) -> Change {
    Change::Inline { path: path.to_vec(), delta }
}

/// Makes the binding's view `after`, as an editor would; the view needs no correction.
fn edit(binding: &mut Binding, after: &Node) -> Option<Vec<u8>> {
    let changes = difference(&binding.view(), after);
    let committed = binding.commit(&changes).expect("the changes were made for this document");
    assert_eq!(committed.catch_up, vec![]);
    assert_eq!(binding.view(), *after);
    assert_eq!(binding.read_anew(), *after);
    committed.update
}

#[test]
fn opening_an_empty_document_shows_a_paragraph_and_writes_nothing() {
    let binding = empty(1);
    assert_eq!(binding.view(), doc(vec![p("")]));
    assert_eq!(raw(&binding), "");
    assert_eq!(binding.state_vector(), Replica::new(2).state_vector());
}

#[test]
fn typing_into_an_empty_document_writes_the_paragraph() {
    let mut binding = empty(1);
    let committed = binding.commit(&[inline(&[0], vec![insert("备课")])]).expect("the paragraph is shown");
    assert!(committed.update.is_some());
    assert_eq!(raw(&binding), "<paragraph>备课</paragraph>");
}

#[test]
fn enter_in_an_empty_document_writes_both_paragraphs() {
    for (from, to, nodes) in [(0, 1, vec![p(""), p("")]), (1, 1, vec![p("")]), (0, 0, vec![p("")])] {
        let mut binding = empty(1);
        let committed = binding.commit(&[Change::Children { path: vec![], from, to, nodes }]).expect("fits");
        assert_eq!(committed.catch_up, vec![]);
        assert_eq!(binding.view(), doc(vec![p(""), p("")]));
        assert_eq!(raw(&binding), "<paragraph></paragraph><paragraph></paragraph>");
    }
}

#[test]
fn the_layout_is_that_of_y_prosemirror() {
    let mut binding = empty(1);
    let image = node("image", json!({ "src": "/i/1", "alt": null, "width": 40 }), vec![]);
    let mut linked = text("网");
    linked.marks = vec![mark("link", json!({ "href": "https://a.cn" })), mark("bold", json!({}))];
    let paragraph = node("paragraph", json!({ "textAlign": "center" }), vec![text("一"), image, linked]);
    edit(&mut binding, &doc(vec![h(2, "题"), paragraph]));

    let replica = Replica::new(2);
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    let update = yrs::updates::decoder::Decode::decode_v1(&binding.snapshot()).expect("well formed");
    replica.doc().transact_mut().apply_update(update).expect("complete");
    let txn = replica.doc().transact();
    let child = |parent: &XmlFragmentRef, index| parent.get(&txn, index).expect("was written");
    let heading = child(&root, 0).into_xml_element().expect("an element");
    assert_eq!(heading.attributes(&txn).count(), 1, "null attributes are not written");
    assert_eq!(heading.get_attribute(&txn, "level").map(|level| level.to_string(&txn)), Some("2".into()));
    let paragraph = child(&root, 1).into_xml_element().expect("an element");
    let tags: Vec<String> = paragraph
        .children(&txn)
        .map(|child| child.into_xml_element().map_or("#text".into(), |element| element.tag().to_string()))
        .collect();
    assert_eq!(tags, ["#text", "image", "#text"]);
    let tail = child(paragraph.as_ref(), 2).into_xml_text().expect("a text");
    let formats = tail.diff(&txn, YChange::identity).remove(0).attributes.expect("two marks");
    let format = |name: &str| serde_json::to_value(&formats[name]).expect("an Any is JSON");
    assert_eq!(format("bold"), json!({}));
    assert_eq!(
        format("link"),
        json!({ "href": "https://a.cn", "target": null, "rel": null, "class": null, "title": null })
    );
}

/// What cannot stand where it is, is shown repaired; the document keeps it as it was.
#[test]
fn misplaced_content_is_wrapped_for_the_view_and_left_in_the_document() {
    type Write = fn(&mut TransactionMut, &XmlFragmentRef);
    let item = |content: Vec<Node>| node("listItem", json!({}), content);
    let cases: Vec<(&str, Write, Node)> = vec![
        ("loose text", |txn, root| string(txn, root, "散"), doc(vec![p("散")])),
        ("an empty loose text", |txn, root| string(txn, root, ""), doc(vec![p("")])),
        (
            "list items without a list",
            |txn, root| {
                for word in ["一", "二"] {
                    let item = element(txn, root, "listItem");
                    let paragraph = element(txn, &item, "paragraph");
                    string(txn, &paragraph, word);
                }
            },
            doc(vec![list(&["一", "二"])]),
        ),
        (
            "an empty list",
            |txn, root| {
                element(txn, root, "bulletList");
            },
            doc(vec![list(&[""])]),
        ),
        (
            "a paragraph in a list",
            |txn, root| {
                let list = element(txn, root, "bulletList");
                let paragraph = element(txn, &list, "paragraph");
                string(txn, &paragraph, "项");
            },
            doc(vec![list(&["项"])]),
        ),
        (
            "an item that begins with a quote",
            |txn, root| {
                let list = element(txn, root, "bulletList");
                let item = element(txn, &list, "listItem");
                let quote = element(txn, &item, "blockquote");
                string(txn, &quote, "引");
            },
            doc(vec![node(
                "bulletList",
                json!({}),
                vec![item(vec![p(""), node("blockquote", json!({}), vec![p("引")])])],
            )]),
        ),
        (
            "text in a table",
            |txn, root| {
                let table = element(txn, root, "table");
                string(txn, &table, "格");
            },
            doc(vec![table(&[&["格"]])]),
        ),
        (
            "a table without rows",
            |txn, root| {
                element(txn, root, "table");
            },
            doc(vec![table(&[&[""]])]),
        ),
        (
            "cells without a row",
            |txn, root| {
                for word in ["甲", "乙"] {
                    let cell = element(txn, root, "tableCell");
                    string(txn, &cell, word);
                }
            },
            doc(vec![table(&[&["甲", "乙"]])]),
        ),
    ];
    for (name, write, shown) in cases {
        let binding = strange(write);
        assert_eq!(binding.view(), shown, "{name}");
        assert!(schema().fits(&shown), "{name}");
        let mut untouched = Replica::new(10);
        untouched.apply(&strange_update(write)).expect("well formed");
        assert_eq!(binding.state_vector(), untouched.state_vector(), "{name}: showing it has written something");
    }
}

#[test]
fn typing_beside_and_into_repaired_content_keeps_what_is_shown() {
    let mut binding = strange(|txn, root| {
        string(txn, root, "散");
        element(txn, root, "bulletList");
        let table = element(txn, root, "table");
        string(txn, &table, "格");
    });
    let mut after = binding.view();
    let places: [&[usize]; 3] = [&[0], &[1, 0, 0], &[2, 0, 0, 0]];
    for path in places {
        let change = inline(path, vec![insert("新")]);
        apply(&mut after, &change).expect("shown");
        let committed = binding.commit(&[change]).expect("shown");
        assert_eq!(committed.catch_up, vec![], "{path:?}");
        assert_eq!(binding.view(), after, "{path:?}");
        assert_eq!(binding.read_anew(), after, "{path:?}");
    }
}

#[test]
fn unknown_nodes_marks_and_attributes_pass_through_untouched() {
    let mut binding = strange(|txn, root| {
        let video = element(txn, root, "videoPlayer");
        string(txn, &video, "字幕");
        let paragraph: XmlElementRef = root.insert(txn, 1, XmlElementPrelim::empty("paragraph"));
        paragraph.insert_attribute(txn, "aiHint", Any::from("x"));
        let words = paragraph.insert(txn, 0, XmlTextPrelim::new("一二三"));
        let comment = Any::Map(Arc::new([("id".to_owned(), Any::from(7))].into()));
        words.format(txn, 0, 2, Attrs::from([("comment".into(), comment)]));
        paragraph.insert(txn, 1, XmlElementPrelim::empty("mention"));
    });
    let before = raw(&binding);
    let view = binding.view();
    let kinds: Vec<&str> = view.content.iter().map(|block| block.kind.as_str()).collect();
    assert_eq!(kinds, ["unknownBlock", "paragraph"]);
    assert_eq!(view.content[0].attrs["key"], json!("videoPlayer"));
    assert_eq!(view.content[1].attrs["extra"], json!(r#"{"aiHint":"x"}"#));
    assert_eq!(view.content[1].content[0].marks[0].kind, "unknownMarks");
    assert_eq!(view.content[1].content[2].kind, "unknownInline");

    // Bold over all of it, then plain again: the unknown mark is still there.
    for marks in [vec![mark("bold", json!({}))], vec![]] {
        let delta = vec![InlineOp::Retain { len: 3, marks: Some(marks) }];
        let committed = binding.commit(&[inline(&[1], delta)]).expect("three letters");
        assert_eq!(committed.catch_up.len(), 1, "the view is told that the unknown mark stays");
    }
    assert_eq!(raw(&binding), before);

    // Moved into a quote, that is, written anew: everything comes along.
    let quote = node("blockquote", json!({}), view.content.clone());
    edit(&mut binding, &doc(vec![quote]));
    assert_eq!(raw(&binding), format!("<blockquote>{before}</blockquote>"));
}

#[test]
fn useless_attribute_values_are_shown_as_defaults_and_left_alone() {
    let mut binding = strange(|txn, root| {
        let heading: XmlElementRef = root.insert(txn, 0, XmlElementPrelim::empty("heading"));
        heading.insert_attribute(txn, "level", Any::from("huge"));
        heading.insert(txn, 0, XmlTextPrelim::new("题"));
    });
    assert_eq!(binding.view(), doc(vec![h(1, "题")]));
    edit(&mut binding, &doc(vec![h(1, "题目")]));
    assert_eq!(raw(&binding), "<heading level=\"huge\">题目</heading>");
    edit(&mut binding, &doc(vec![h(2, "题目")]));
    assert_eq!(raw(&binding), "<heading level=\"2\">题目</heading>");
}

#[test]
fn structure_edits_keep_the_elements_that_others_may_be_writing_in() {
    // (before, mine, another's, both)
    let cases = [
        (
            vec![p("Hello my world")],
            vec![p("Hello my"), p(" world")],
            vec![p("Oh, Hello my world")],
            vec![p("Oh, Hello my"), p(" world")],
        ),
        (vec![p("a"), p("c")], vec![p("a"), p("b"), p("c")], vec![p("a"), p("c!")], vec![p("a"), p("b"), p("c!")]),
        (
            vec![p("一"), p("二"), p("三")],
            vec![p("一"), p("三")],
            vec![p("一!"), p("二"), p("三!")],
            vec![p("一!"), p("三!")],
        ),
        (
            vec![list(&["一", "二"])],
            vec![list(&["一", "新", "二"])],
            vec![list(&["一", "二二"])],
            vec![list(&["一", "新", "二二"])],
        ),
        (
            vec![table(&[&["甲", "乙"]])],
            vec![table(&[&["甲", "中", "乙"], &["", "", ""]])],
            vec![table(&[&["甲甲", "乙"]])],
            vec![table(&[&["甲甲", "中", "乙"], &["", "", ""]])],
        ),
    ];
    for (before, mine, theirs, both) in cases {
        let start = seed(&doc(before), 7);
        let (mut me, mut other) = (empty(1), empty(2));
        for binding in [&mut me, &mut other] {
            binding.apply_remote(&start).expect("a seed is well formed");
        }
        let from_me = edit(&mut me, &doc(mine)).expect("something changed");
        let from_other = edit(&mut other, &doc(theirs)).expect("something changed");
        me.apply_remote(&from_other).expect("well formed");
        other.apply_remote(&from_me).expect("well formed");
        assert_eq!(me.view(), doc(both));
        assert_eq!(other.view(), me.view());
    }
}

#[test]
fn anothers_letters_arrive_as_the_smallest_change() {
    let start = seed(&doc(vec![p("aaaa"), p("x")]), 7);
    let (mut me, mut other) = (empty(1), empty(2));
    me.apply_remote(&start).expect("a seed is well formed");
    other.apply_remote(&start).expect("a seed is well formed");
    let typed = other.commit(&[inline(&[0], vec![keep(2), insert("a")])]).expect("in the text").update;
    let changes = me.apply_remote(&typed.expect("a letter")).expect("well formed");
    // A comparison could not tell which a is new; the event can.
    assert_eq!(changes, vec![inline(&[0], vec![keep(2), insert("a")])]);
}

#[test]
fn surrogate_pairs_are_never_split() {
    let mut binding = opened(vec![p("a😀b")]);
    let committed = binding.commit(&[inline(&[0], vec![keep(2), insert("x")])]).expect("within the text");
    assert_eq!(binding.view(), doc(vec![p("ax😀b")]));
    assert_eq!(committed.catch_up.len(), 1, "the view is put right");
    let committed = binding.commit(&[inline(&[0], vec![keep(3), InlineOp::Delete { len: 2 }])]).expect("within");
    assert_eq!(binding.view(), doc(vec![p("ax")]));
    assert_eq!(binding.read_anew(), binding.view());
    let replacement = Change::Children { path: vec![], from: 0, to: 1, nodes: vec![p("ax")] };
    assert_eq!(committed.catch_up, vec![replacement]);
}

#[test]
fn changes_for_another_document_are_refused_and_harm_nothing() {
    let mut binding = opened(vec![p("ab"), list(&["一"])]);
    let view = binding.view();
    let path = |path: &[usize]| path.to_vec();
    let stray = Node { kind: "hologram".into(), ..p("") };
    let cases = [
        (inline(&[7], vec![]), ChangeError::NoNode { path: path(&[7]) }),
        (inline(&[1], vec![]), ChangeError::NotText { path: path(&[1]) }),
        (inline(&[0], vec![keep(9), insert("x")]), ChangeError::TooShort { path: path(&[0]), len: 2, needed: 9 }),
        (
            Change::Children { path: path(&[1]), from: 0, to: 4, nodes: vec![] },
            ChangeError::NoChildren { path: path(&[1]), from: 0, to: 4 },
        ),
        (
            Change::Children { path: path(&[0]), from: 0, to: 0, nodes: vec![] },
            ChangeError::NoChildren { path: path(&[0]), from: 0, to: 0 },
        ),
        (
            Change::Children { path: path(&[]), from: 0, to: 1, nodes: vec![stray] },
            ChangeError::UnknownKind { kind: "hologram".into() },
        ),
    ];
    for (change, problem) in cases {
        let interrupted = binding.commit(std::slice::from_ref(&change)).expect_err("does not fit");
        assert_eq!((interrupted.at, interrupted.problem), (0, problem));
        assert_eq!(interrupted.written, None);
        assert_eq!(binding.view(), view);
    }
    let interrupted =
        binding.commit(&[inline(&[0], vec![insert("x")]), inline(&[7], vec![])]).expect_err("the second does not fit");
    assert_eq!(interrupted.at, 1);
    assert!(interrupted.written.is_some(), "what was written is not lost");
    assert_eq!(binding.view(), doc(vec![p("xab"), list(&["一"])]));
    assert!(binding.apply_remote(&[1, 2, 3]).is_err());
    assert!(binding.composition_start(&[9]).is_err());
}

#[test]
fn unknown_nodes_made_up_by_a_paste_are_shown_as_they_are_written() {
    let unknown = |kind: &str, json: &str| node(kind, json!({ "key": "x", "json": json }), vec![]);
    let jsons = [
        r#"{"tag":"paragraph","attrs":{},"children":[{"text":[{"insert":"known"}]}]}"#,
        r#"{ "children": [], "tag": "spaced", "attrs": {} }"#,
        r#"{"tag":"video","attrs":{"n":1.0,"deep":{"b":[1,{"a":null}]}},"children":[]}"#,
        r#"{"text":[{"insert":"loose"}]}"#,
        r#"{"embed":{"a":1}}"#,
        r#"{"children":[{"tag":"b"}]}"#,
        "not JSON",
        "[]",
        "",
    ];
    for json in jsons {
        for pasted in [
            unknown("unknownBlock", json),
            node("paragraph", json!({}), vec![text("a"), unknown("unknownInline", json), text("b")]),
        ] {
            let mut binding = opened(vec![p("一"), p("二")]);
            let mut shown = binding.view();
            let change = Change::Children { path: vec![], from: 1, to: 1, nodes: vec![pasted] };
            apply(&mut shown, &change).expect("a place in the document");
            let committed = binding.commit(&[change]).expect("can be written");
            for change in &committed.catch_up {
                apply(&mut shown, change).expect("a place in the view");
            }
            assert_eq!(shown, binding.view(), "{json}");
            assert_eq!(shown, binding.read_anew(), "{json}");
            assert!(schema().fits(&shown), "{json}: {shown:?}");
        }
    }
}

#[test]
fn a_view_that_does_not_fit_is_put_right() {
    let mut binding = opened(vec![p("a")]);
    let bad = node("bulletList", json!({}), vec![p("loose")]);
    let mut shown = binding.view();
    let change = Change::Children { path: vec![], from: 1, to: 1, nodes: vec![bad] };
    apply(&mut shown, &change).expect("a place in the document");
    let committed = binding.commit(&[change]).expect("can be written");
    for change in &committed.catch_up {
        apply(&mut shown, change).expect("a place in the view");
    }
    assert_eq!(shown, binding.view());
    assert_eq!(shown, doc(vec![p("a"), list(&["loose"])]));
}

#[test]
fn positions_are_those_of_y_prosemirror_and_survive_edits() {
    let image = node("image", json!({ "src": "/i/1" }), vec![]);
    let mut binding =
        opened(vec![p("ab😀c"), p(""), node("paragraph", json!({}), vec![text("一"), image.clone(), image])]);
    let at = |path: &[usize], offset| Position { path: path.to_vec(), offset };
    for (path, len) in [(0, 5), (1, 0), (2, 3)] {
        for offset in (0..=len).filter(|offset| (path, *offset) != (0, 3)) {
            let place = at(&[path], offset);
            let anchor = binding.anchor(&place).expect("a place in the view");
            assert_eq!(binding.position(&anchor), Some(place), "{anchor}");
            let keys: Vec<&String> = anchor.as_object().expect("an object").keys().collect();
            assert_eq!(keys.len(), 4, "type, tname, item, assoc: {anchor}");
        }
    }
    let inside = binding.anchor(&at(&[0], 1)).expect("before b");
    assert_eq!(inside["assoc"], json!(0));
    assert_eq!(inside["tname"], Value::Null);
    assert!(inside["type"]["client"].is_u64() && inside["item"]["clock"].is_u64(), "{inside}");
    let end = binding.anchor(&at(&[0], 5)).expect("the end");
    assert_eq!(end["item"], Value::Null, "the end of a text names the text alone");

    let after = doc(vec![h(1, "新"), p("zab😀c"), p("")]);
    edit(&mut binding, &after);
    assert_eq!(binding.position(&inside), Some(at(&[1], 2)));
    assert_eq!(binding.position(&end), Some(at(&[1], 6)));
    for foreign in [
        json!({ "type": null, "tname": null, "item": { "client": 4, "clock": 4 }, "assoc": 0 }),
        json!({ "type": { "client": u64::MAX, "clock": 0 }, "tname": null, "item": null, "assoc": 0 }),
        json!({ "tname": "elsewhere" }),
        json!({ "item": "x" }),
        json!(null),
        json!([1]),
    ] {
        assert_eq!(binding.position(&foreign), None, "{foreign}");
    }
    assert_eq!(binding.anchor(&at(&[0, 4], 0)), None);
    assert_eq!(binding.anchor(&at(&[0], 99)), None);
}

#[test]
fn the_caret_of_an_empty_document_stays_at_its_beginning() {
    let mut binding = empty(1);
    let start = Position { path: vec![0], offset: 0 };
    let anchor = binding.anchor(&start).expect("a place in the view");
    assert_eq!(anchor, json!({ "type": null, "tname": CONTENT, "item": null, "assoc": -1 }));
    assert_eq!(binding.position(&anchor), Some(start));
    edit(&mut binding, &doc(vec![p("一"), p("二")]));
    assert_eq!(binding.position(&anchor), Some(Position { path: vec![], offset: 0 }));
}

#[test]
fn undo_takes_back_only_ones_own_and_puts_the_caret_back() {
    let clock = Arc::new(AtomicU64::new(1_000));
    let time = clock.clone();
    let mut me = Binding::open(1, move || time.load(Ordering::Relaxed));
    let mut other = empty(2);
    let start = seed(&doc(vec![p("甲乙")]), 7);
    me.apply_remote(&start).expect("a seed is well formed");
    other.apply_remote(&start).expect("a seed is well formed");
    assert!(!me.can_undo() && me.undo().is_none(), "what was loaded is nobody's edit");

    me.note_selection(Some(&Position { path: vec![0], offset: 1 }));
    me.commit(&[inline(&[0], vec![keep(1), insert("我")])]).expect("in the text");
    me.note_selection(Some(&Position { path: vec![0], offset: 2 }));
    me.commit(&[inline(&[0], vec![keep(2), insert("们")])]).expect("in the text");
    clock.fetch_add(1_000, Ordering::Relaxed);
    me.note_selection(Some(&Position { path: vec![0], offset: 4 }));
    me.commit(&[inline(&[0], vec![keep(4), insert("!")])]).expect("in the text");
    let theirs = other.commit(&[inline(&[0], vec![insert("他")])]).expect("in the text").update;
    me.apply_remote(&theirs.expect("a letter")).expect("well formed");
    assert_eq!(letters(&me.view()), "他甲我们乙!");

    let undone = me.undo().expect("one's own step");
    assert_eq!(letters(&me.view()), "他甲我们乙");
    assert_eq!(undone.selection, Some(Position { path: vec![0], offset: 5 }));
    assert_eq!(undone.changes.len(), 1);
    let undone = me.undo().expect("typed within half a second: one step");
    assert_eq!(letters(&me.view()), "他甲乙");
    assert_eq!(undone.selection, Some(Position { path: vec![0], offset: 2 }));
    assert!(me.undo().is_none(), "the other's letter is not mine to take back");
    me.redo().expect("a step was taken back");
    assert_eq!(letters(&me.view()), "他甲我们乙");
    assert!(me.can_redo());
    me.commit(&[inline(&[0], vec![insert("新")])]).expect("in the text");
    assert!(!me.can_redo(), "a new edit ends what could be done again");
}

#[test]
fn a_clock_that_is_set_back_does_no_harm() {
    let clock = Arc::new(AtomicU64::new(1_000_000));
    let time = clock.clone();
    let mut binding = Binding::open(1, move || time.load(Ordering::Relaxed));
    binding.commit(&[inline(&[0], vec![insert("a")])]).expect("in the text");
    clock.store(0, Ordering::Relaxed);
    binding.commit(&[inline(&[0], vec![insert("b")])]).expect("in the text");
    assert!(binding.undo().is_some());
}

/// Two people open the same document; the first composes in a block.
fn composing(content: Vec<Node>, path: &[usize]) -> (Binding, Binding) {
    let start = seed(&doc(content), 7);
    let (mut me, mut other) = (empty(1), empty(2));
    me.apply_remote(&start).expect("a seed is well formed");
    other.apply_remote(&start).expect("a seed is well formed");
    me.composition_start(path).expect("a text block");
    (me, other)
}

#[test]
fn while_composing_other_blocks_change_and_the_composed_one_catches_up() {
    let (mut me, mut other) = composing(vec![p("一二"), p("三")], &[1]);
    let mut view = me.view();
    for theirs in [
        Change::Children { path: vec![], from: 0, to: 0, nodes: vec![h(1, "题")] },
        inline(&[1], vec![keep(2), insert("!")]),
        inline(&[2], vec![insert("前")]),
        inline(&[2], vec![keep(2), insert("后")]),
    ] {
        let update = other.commit(&[theirs]).expect("a place in the view").update.expect("something changed");
        for change in me.apply_remote(&update).expect("well formed") {
            apply(&mut view, &change).expect("a place in the view");
        }
    }
    assert_eq!(view, doc(vec![h(1, "题"), p("一二!"), p("三")]), "the composed block is left alone");
    assert_eq!(me.view(), view);
    // The composition went on in what is now the third block.
    let composed = inline(&[2], vec![keep(1), insert("拼音")]);
    apply(&mut view, &composed).expect("a place in the view");
    let committed = me.composition_end(&[composed]).expect("a place in the view");
    assert!(committed.update.is_some());
    assert_eq!(committed.catch_up.len(), 1, "{:?}", committed.catch_up);
    for change in &committed.catch_up {
        apply(&mut view, change).expect("a place in the view");
    }
    assert_eq!(view, doc(vec![h(1, "题"), p("一二!"), p("前三拼音后")]));
    assert_eq!(me.view(), view);
    other.apply_remote(&committed.update.expect("letters")).expect("well formed");
    assert_eq!(other.view(), view);
}

#[test]
fn what_was_composed_in_a_block_that_is_gone_becomes_a_paragraph_there() {
    let cases = [
        (vec![p("一"), p("二"), p("三")], vec![1], doc(vec![p("一"), p("三")]), doc(vec![p("一"), p("拼音"), p("三")])),
        (vec![list(&["一", "二"]), p("三")], vec![0, 1, 0], doc(vec![p("三")]), doc(vec![p("拼音"), p("三")])),
        (vec![p("一")], vec![0], doc(vec![h(1, "别的")]), doc(vec![p("拼音"), h(1, "别的")])),
        (
            vec![table(&[&["甲", "乙"], &["丙", "丁"]])],
            vec![0, 1, 0, 0],
            doc(vec![table(&[&["甲", "乙"]])]),
            doc(vec![table(&[&["甲", "乙"]]), p("拼音")]),
        ),
    ];
    for (content, path, without, with) in cases {
        let (mut me, mut other) = composing(content, &path);
        let mut view = me.view();
        let update = edit(&mut other, &without).expect("something changed");
        assert_eq!(me.apply_remote(&update).expect("well formed"), vec![], "nothing may end the composition");
        let composed = inline(&path, vec![keep(1), insert("拼音")]);
        apply(&mut view, &composed).expect("a place in the view");
        let committed = me.composition_end(&[composed]).expect("a place in the view");
        for change in &committed.catch_up {
            apply(&mut view, change).expect("a place in the view");
        }
        assert_eq!(view, me.view());
        assert_eq!(me.read_anew(), view);
        assert_eq!(sorted_blocks(&view), sorted_blocks(&with));
        let caret = committed.selection.expect("the caret's block went away");
        assert_eq!(caret.offset, 2);
        other.apply_remote(&committed.update.expect("letters")).expect("well formed");
        assert_eq!(other.view(), view);
    }
}

/// Where a block goes whose neighbours went with it is not promised.
fn sorted_blocks(doc: &Node) -> Vec<String> {
    let mut blocks: Vec<String> =
        doc.content.iter().map(|block| format!("{} {}", block.kind, letters(block))).collect();
    blocks.sort();
    blocks
}

#[test]
fn a_composition_that_was_given_up_only_catches_up() {
    let (mut me, mut other) = composing(vec![p("一")], &[0]);
    let update = edit(&mut other, &doc(vec![p("一!"), p("新")])).expect("something changed");
    let mut view = me.view();
    for change in me.apply_remote(&update).expect("well formed") {
        apply(&mut view, &change).expect("a place in the view");
    }
    let committed = me.composition_end(&[]).expect("nothing to write");
    assert_eq!(committed.update, None);
    for change in &committed.catch_up {
        apply(&mut view, change).expect("a place in the view");
    }
    assert_eq!(view, doc(vec![p("一!"), p("新")]));
    assert!(!me.is_composing());
}

#[test]
fn a_composition_that_ends_in_a_new_paragraph_loses_nothing() {
    let (mut me, mut other) = composing(vec![p("一二"), p("三")], &[0]);
    let update = edit(&mut other, &doc(vec![p("一二他"), p("三")])).expect("something changed");
    me.apply_remote(&update).expect("well formed");
    let mut view = me.view();
    let split = Change::Children { path: vec![], from: 0, to: 1, nodes: vec![p("一拼"), p("二")] };
    apply(&mut view, &split).expect("a place in the view");
    let committed = me.composition_end(&[split]).expect("a place in the view");
    for change in &committed.catch_up {
        apply(&mut view, change).expect("a place in the view");
    }
    assert_eq!(view, me.view());
    for letter in ["一", "拼", "二", "他", "三"] {
        assert!(letters(&view).contains(letter), "{letter} is lost");
    }
}

#[test]
fn replicas_exchange_what_the_other_lacks() {
    let mut binding = opened(vec![p("一")]);
    let mut replica = Replica::new(3);
    replica.apply(&binding.diff(&replica.state_vector()).expect("well formed")).expect("complete");
    assert_eq!(replica.state_vector(), binding.state_vector());
    let update = edit(&mut binding, &doc(vec![marked_paragraph()])).expect("something changed");
    replica.apply(&update).expect("complete");
    let mut fresh = empty(4);
    fresh.apply_remote(&replica.snapshot()).expect("well formed");
    assert_eq!(fresh.view(), binding.view());
    assert!(binding.diff(&[255]).is_err());
}

fn marked_paragraph() -> Node {
    node("paragraph", json!({}), vec![text("一"), marked("粗", &["bold"]), marked("斜", &["bold", "italic"])])
}
