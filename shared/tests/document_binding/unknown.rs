//! What our schema does not know passes through the editor untouched.

use std::sync::Arc;

use serde_json::json;
use shared::document::change::{Change, InlineOp};
use shared::document::plain::apply;
use shared::document::schema::schema;
use yrs::any::Any;
use yrs::types::Attrs;
use yrs::{Text, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlTextPrelim};

use crate::document_support::{doc, mark, node, p, text};
use crate::{edit, element, follow, inline, opened, raw, strange, string};

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
            follow(&mut shown, &committed.catch_up);
            assert_eq!(shown, binding.view(), "{json}");
            assert_eq!(shown, binding.read_anew(), "{json}");
            assert!(schema().fits(&shown), "{json}: {shown:?}");
        }
    }
}
