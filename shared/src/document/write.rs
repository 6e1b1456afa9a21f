//! From nodes of the view to new elements of the CRDT.

use serde_json::{Map, Value};
use yrs::any::Any;
use yrs::types::{Attrs, Delta};
use yrs::{
    Array, ArrayRef, ID, In, Nested, Out, ReadTxn, Text, TransactionMut, Xml, XmlElementPrelim, XmlElementRef,
    XmlFragment, XmlFragmentPrelim, XmlFragmentRef, XmlOut, XmlTextPrelim, XmlTextRef,
};

use super::change::{Mark, Node};
use super::inline::{self, Run, RunBody};
use super::schema::{EXTRA, UNKNOWN_BLOCK, UNKNOWN_INLINE, UNKNOWN_MARKS};
use super::tree::{LEAF_MARKS, id_of};
use super::value::{any_of, object_of};

/// Depth to which JSON of unknown nodes is turned back into elements.
const MAX_DEPTH: usize = 64;

/// The living element with this id.
pub(super) fn element<T: ReadTxn>(txn: &T, id: ID) -> Option<XmlElementRef> {
    Nested::new(id).get(txn)
}

pub(super) fn text<T: ReadTxn>(txn: &T, id: ID) -> Option<XmlTextRef> {
    Nested::new(id).get(txn)
}

/// Where among its parent's content the child with this id stands now.
pub(super) fn index_of<T: ReadTxn>(txn: &T, parent: &XmlFragmentRef, id: ID) -> Option<u32> {
    let array: &ArrayRef = parent.as_ref();
    let place = array.iter(txn).position(|child| match child {
        Out::YXmlElement(child) => id_of(&child) == id,
        Out::YXmlText(child) => id_of(&child) == id,
        Out::YXmlFragment(child) => id_of(&child) == id,
        _ => false,
    })?;
    u32::try_from(place).ok()
}

pub(super) fn remove(txn: &mut TransactionMut, parent: &XmlFragmentRef, id: ID) -> bool {
    let place = index_of(txn, parent, id);
    if let Some(place) = place {
        parent.remove_range(txn, place, 1);
    }
    place.is_some()
}

/// Inserts a block with all that is in it.
pub(super) fn insert_block(txn: &mut TransactionMut, parent: &XmlFragmentRef, index: u32, node: &Node) {
    if node.kind == UNKNOWN_BLOCK {
        insert_json(txn, parent, index, &unknown_json(node), MAX_DEPTH);
        return;
    }
    let element = parent.insert(txn, index, XmlElementPrelim::empty(node.kind.as_str()));
    write_attrs(txn, &element, &node.attrs);
    let inside: &XmlFragmentRef = element.as_ref();
    if node.content.iter().any(is_inline) {
        insert_runs(txn, inside, 0, &inline::runs(&node.content));
    } else {
        for (index, child) in (0..).zip(&node.content) {
            insert_block(txn, inside, index, child);
        }
    }
}

fn is_inline(node: &Node) -> bool {
    super::schema::schema().node(&node.kind).is_some_and(|kind| kind.inline || kind.name == "text")
}

/// Inserts inline content: one text for each stretch of text, one element for each leaf. Returns their ids.
pub(super) fn insert_runs(txn: &mut TransactionMut, parent: &XmlFragmentRef, index: u32, runs: &[Run]) -> Vec<ID> {
    let stretches = runs.chunk_by(|a, b| is_text(a) && is_text(b));
    (index..)
        .zip(stretches)
        .map(|(at, stretch)| match stretch {
            [leaf] if !is_text(leaf) => insert_leaf(txn, parent, at, leaf),
            texts => {
                let text = parent.insert(txn, at, XmlTextPrelim::new(""));
                text.apply_delta(txn, texts.iter().map(inserted));
                id_of(&text)
            }
        })
        .collect()
}

/// Stands in a text: text itself, and what was embedded in one.
pub(super) fn is_text(run: &Run) -> bool {
    match &run.body {
        RunBody::Text { .. } => true,
        RunBody::Leaf(node) => node.kind == UNKNOWN_INLINE && unknown_json(node).get("embed").is_some(),
    }
}

/// The step that inserts this run into a text.
pub(super) fn inserted(run: &Run) -> Delta<In> {
    let value = match &run.body {
        RunBody::Text { text, .. } => Any::String(text.as_str().into()),
        RunBody::Leaf(node) => any_of(unknown_json(node).get("embed").unwrap_or(&Value::Null)),
    };
    let attrs = formats(&formats_of(&run.marks));
    Delta::Inserted(In::Any(value), (!attrs.is_empty()).then(|| Box::new(attrs)))
}

pub(super) fn insert_leaf(txn: &mut TransactionMut, parent: &XmlFragmentRef, index: u32, run: &Run) -> ID {
    let RunBody::Leaf(node) = &run.body else { unreachable!("the caller has told leaves from texts") };
    if node.kind == UNKNOWN_INLINE {
        return insert_json(txn, parent, index, &unknown_json(node), MAX_DEPTH);
    }
    let element = parent.insert(txn, index, XmlElementPrelim::empty(node.kind.as_str()));
    write_attrs(txn, &element, &node.attrs);
    write_leaf_marks(txn, &element, &run.marks);
    id_of(&element)
}

pub(super) fn write_leaf_marks(txn: &mut TransactionMut, element: &XmlElementRef, marks: &[Mark]) {
    if marks.is_empty() {
        element.remove_attribute(txn, &LEAF_MARKS);
    } else {
        element.insert_attribute(txn, LEAF_MARKS, any_of(&Value::Object(formats_of(marks))));
    }
}

fn write_attrs(txn: &mut TransactionMut, element: &XmlElementRef, attrs: &Map<String, Value>) {
    for (name, value) in attrs.iter().filter(|(name, value)| *name != EXTRA && !value.is_null()) {
        element.insert_attribute(txn, name.as_str(), any_of(value));
    }
    for (name, value) in object_of(attrs.get(EXTRA)) {
        element.insert_attribute(txn, name, any_of(&value));
    }
}

/// Writes what differs between two full sets of attributes.
pub(super) fn change_attrs(
    txn: &mut TransactionMut,
    element: &XmlElementRef,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) {
    let flat = |attrs: &Map<String, Value>| -> Map<String, Value> {
        let known = attrs.iter().filter(|(name, value)| *name != EXTRA && !value.is_null());
        known.map(|(name, value)| (name.clone(), value.clone())).chain(object_of(attrs.get(EXTRA))).collect()
    };
    let (before, after) = (flat(before), flat(after));
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
        element.insert_attribute(txn, name.as_str(), any_of(value));
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        element.remove_attribute(txn, name);
    }
}

/// Marks as the CRDT keeps them on text: name → attributes; unknown ones as they were.
pub(super) fn formats_of(marks: &[Mark]) -> Map<String, Value> {
    let mut formats = Map::new();
    for mark in marks.iter().filter(|mark| mark.kind != UNKNOWN_MARKS) {
        formats.insert(mark.kind.clone(), Value::Object(mark.attrs.clone()));
    }
    for (name, value) in unknown_formats(marks) {
        match (super::schema::schema().mark(&name).is_some(), formats.get_mut(&name), value) {
            (true, Some(Value::Object(attrs)), Value::Object(more)) => attrs.extend(more),
            (true, _, _) => {}
            (false, _, value) => {
                formats.insert(name, value);
            }
        }
    }
    formats
}

/// What stands in the mark that carries unknown marks, and unknown attributes of known ones.
pub(super) fn unknown_formats(marks: &[Mark]) -> Map<String, Value> {
    object_of(marks.iter().find(|mark| mark.kind == UNKNOWN_MARKS).and_then(|mark| mark.attrs.get("json")))
}

pub(super) fn formats(formats: &Map<String, Value>) -> Attrs {
    formats.iter().map(|(name, value)| (name.as_str().into(), any_of(value))).collect()
}

fn unknown_json(node: &Node) -> Value {
    let json = node.attrs.get("json").and_then(Value::as_str).unwrap_or_default();
    // Text that is no JSON cannot have come from us; it is kept as an element of its own rather than lost.
    serde_json::from_str(json).unwrap_or_else(|_| {
        let attrs = node.attrs.clone();
        serde_json::json!({ "tag": node.kind, "attrs": attrs, "children": [] })
    })
}

/// Turns the JSON of an unknown node into what it was.
fn insert_json(txn: &mut TransactionMut, parent: &XmlFragmentRef, index: u32, json: &Value, depth: usize) -> ID {
    let children: Vec<&Value> = json.get("children").and_then(Value::as_array).into_iter().flatten().collect();
    let below = |txn: &mut TransactionMut, inside: &XmlFragmentRef| {
        if depth > 0 {
            for (index, child) in (0..).zip(children) {
                insert_json(txn, inside, index, child, depth - 1);
            }
        }
    };
    if let Some(tag) = json.get("tag").and_then(Value::as_str) {
        let element = parent.insert(txn, index, XmlElementPrelim::empty(tag));
        for (name, value) in json.get("attrs").and_then(Value::as_object).into_iter().flatten() {
            element.insert_attribute(txn, name.as_str(), any_of(value));
        }
        below(txn, element.as_ref());
        return id_of(&element);
    }
    if let Some(chunks) = json.get("text").and_then(Value::as_array) {
        let text = parent.insert(txn, index, XmlTextPrelim::new(""));
        let delta = chunks.iter().map(|chunk| {
            let value = match chunk.get("insert") {
                Some(Value::String(text)) => Any::String(text.as_str().into()),
                Some(other) => any_of(other.get("embed").unwrap_or(&Value::Null)),
                None => Any::String("".into()),
            };
            let attrs = chunk.get("attributes").and_then(Value::as_object).map(formats).unwrap_or_default();
            Delta::Inserted(In::Any(value), (!attrs.is_empty()).then(|| Box::new(attrs)))
        });
        text.apply_delta(txn, delta.collect::<Vec<_>>());
        return id_of(&text);
    }
    let fragment = parent.insert(txn, index, yrs::types::xml::XmlIn::Fragment(XmlFragmentPrelim::default()));
    match fragment {
        XmlOut::Fragment(fragment) => {
            below(txn, &fragment);
            id_of(&fragment)
        }
        other => id_of(&other),
    }
}
