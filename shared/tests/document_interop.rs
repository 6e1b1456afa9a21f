//! Documents as y-prosemirror writes them, and its relative positions: `golden/make.mjs` makes them with
//! y-prosemirror 1.3 and Yjs 13.

use serde::Deserialize;
use serde_json::Value;
use shared::document::change::{Node, Position};
use shared::document::{Binding, Replica, seed::seed};

#[derive(Deserialize)]
struct Golden {
    name: String,
    view: Node,
    update: String,
    anchors: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    path: Vec<usize>,
    offset: usize,
    anchor: Value,
}

fn goldens() -> Vec<Golden> {
    serde_json::from_str(include_str!("golden/y_prosemirror.json")).expect("made by make.mjs")
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("hexadecimal digits"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}

fn opened(update: &[u8]) -> Binding {
    let mut binding = Binding::open(1, || 1);
    binding.apply_remote(update).expect("Yjs wrote it");
    binding
}

#[test]
fn what_y_prosemirror_wrote_is_shown_as_there() {
    for golden in goldens() {
        assert_eq!(opened(&bytes(&golden.update)).view(), golden.view, "{}", golden.name);
    }
}

#[test]
fn relative_positions_are_the_same_both_ways() {
    for golden in goldens() {
        let binding = opened(&bytes(&golden.update));
        assert!(!golden.anchors.is_empty(), "{}", golden.name);
        for Place { path, offset, anchor } in golden.anchors {
            let place = Position { path, offset };
            assert_eq!(binding.anchor(&place).as_ref(), Some(&anchor), "{} {place:?}", golden.name);
            assert_eq!(binding.position(&anchor), Some(place), "{} {anchor}", golden.name);
        }
    }
}

/// The same nodes, attributes, texts and marks, only by another client.
#[test]
fn the_same_document_is_laid_out_the_same() {
    for golden in goldens() {
        let theirs = laid_out(&bytes(&golden.update));
        assert_eq!(laid_out(&seed(&golden.view, 7)), theirs, "{}", golden.name);
    }
}

/// A map of yrs has no order of its own.
fn sorted(value: &yrs::Any) -> String {
    match value {
        yrs::Any::Map(map) => {
            let fields: std::collections::BTreeMap<_, _> =
                map.iter().map(|(name, value)| (name.as_str(), sorted(value))).collect();
            format!("{fields:?}")
        }
        other => format!("{other:?}"),
    }
}

/// All that is in the document, as text.
fn laid_out(update: &[u8]) -> String {
    use yrs::types::text::YChange;
    use yrs::{Text, Transact, Xml, XmlFragment, XmlFragmentRef, XmlOut};

    fn write<T: yrs::ReadTxn>(txn: &T, parent: &XmlFragmentRef, depth: usize, out: &mut String) {
        for child in parent.children(txn) {
            let line = match &child {
                XmlOut::Element(element) => {
                    let mut attrs: Vec<String> =
                        element.attributes(txn).map(|(name, value)| format!("{name}={value:?}")).collect();
                    attrs.sort();
                    format!("{} {attrs:?}", element.tag())
                }
                XmlOut::Text(text) => {
                    let chunks = text.diff(txn, YChange::identity).into_iter().map(|chunk| {
                        let formats = chunk.attributes.as_deref().into_iter().flatten();
                        let mut formats: Vec<String> =
                            formats.map(|(name, value)| format!("{name}={}", sorted(value))).collect();
                        formats.sort();
                        format!("{:?} {formats:?}", chunk.insert)
                    });
                    format!("#text {}", chunks.collect::<Vec<_>>().join(", "))
                }
                XmlOut::Fragment(_) => "#fragment".to_owned(),
            };
            out.push_str(&format!("{}{line}\n", " ".repeat(depth)));
            if let XmlOut::Element(element) = &child {
                write(txn, element.as_ref(), depth + 1, out);
            }
        }
    }

    let mut replica = Replica::new(10);
    replica.apply(update).expect("well formed");
    let root = replica.doc().get_or_insert_xml_fragment(shared::document::CONTENT);
    let txn = replica.doc().transact();
    let mut out = String::new();
    write(&txn, &root, 0, &mut out);
    out
}
