//! What cannot stand where it is, is shown repaired; the document keeps it as it was.

use serde_json::json;
use shared::document::Replica;
use shared::document::change::{Change, Node};
use shared::document::plain::apply;
use shared::document::schema::schema;
use yrs::any::Any;
use yrs::{TransactionMut, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlTextPrelim};

use crate::document_support::{doc, h, list, node, p, table};
use crate::{edit, element, follow, inline, insert, opened, raw, strange, strange_update, string};

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
fn a_view_that_does_not_fit_is_put_right() {
    let mut binding = opened(vec![p("a")]);
    let bad = node("bulletList", json!({}), vec![p("loose")]);
    let mut shown = binding.view();
    let change = Change::Children { path: vec![], from: 1, to: 1, nodes: vec![bad] };
    apply(&mut shown, &change).expect("a place in the document");
    let committed = binding.commit(&[change]).expect("can be written");
    follow(&mut shown, &committed.catch_up);
    assert_eq!(shown, binding.view());
    assert_eq!(shown, doc(vec![p("a"), list(&["loose"])]));
}
