//! What a document looks like when it is opened, and how it lies in the CRDT.

use serde_json::json;
use shared::document::change::{Change, Node};
use shared::document::{CONTENT, Replica};
use yrs::types::text::YChange;
use yrs::{Text, Transact, Xml, XmlFragment, XmlFragmentRef};

use crate::document_support::{doc, h, mark, marked, node, p, text};
use crate::{edit, empty, inline, insert, opened, raw};

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
