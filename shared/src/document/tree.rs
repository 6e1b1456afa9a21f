//! From the CRDT to the view's tree.
//!
//! What is unknown to the schema becomes an atom that carries it as JSON; what cannot stand where it is,
//! is repaired in `repair.rs`, for the view alone.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use yrs::any::Any;
use yrs::types::Attrs;
use yrs::types::ToJson;
use yrs::types::text::YChange;
use yrs::{Array, ArrayRef, BranchID, ID, Out, ReadTxn, Text, Xml, XmlElementRef, XmlFragmentRef, XmlOut, XmlTextRef};

use super::change::{Mark, Node};
use super::inline::{self, Run};
use super::mirror::{Body, Entry, Key, Mirror, Piece, PieceBody, Source};
use super::schema::{NodeType, Progress, UNKNOWN_BLOCK, UNKNOWN_INLINE, UNKNOWN_MARKS, schema};
use super::value::{canonical, json_of};

/// Elements nested deeper than this are shown as atoms.
const MAX_DEPTH: usize = 64;

/// Reads elements into nodes that are not yet part of the tree; `Mirror::adopt` makes them so.
pub(super) struct Reader<'a, T> {
    pub txn: &'a T,
    pub mirror: &'a mut Mirror,
    /// Nodes that must be read anew although the mirror has them.
    pub stale: &'a BTreeSet<Key>,
    pub fresh: Vec<Key>,
}

/// A child as it is found in the CRDT.
pub(super) enum Seen {
    Block(Key),
    Inline(Piece),
}

/// The mirror of all that is in `root`.
pub(super) fn read<T: ReadTxn>(txn: &T, root: &XmlFragmentRef) -> Mirror {
    let mut mirror = Mirror::new();
    let mut reader = Reader { txn, mirror: &mut mirror, stale: &BTreeSet::new(), fresh: Vec::new() };
    let children = reader.blocks(schema().known("doc"), root, 0);
    mirror.entry_mut(Mirror::ROOT).body = Body::Blocks(children);
    mirror.adopt(Mirror::ROOT, None);
    mirror
}

impl<T: ReadTxn> Reader<'_, T> {
    /// The children of a block container, made to fit.
    pub fn blocks(&mut self, kind: &'static NodeType, element: &XmlFragmentRef, depth: usize) -> Vec<Key> {
        let seen = children(self.txn, element).map(|child| self.child(child, depth)).collect();
        self.fit(kind, seen)
    }

    fn child(&mut self, child: XmlOut, depth: usize) -> Seen {
        match child {
            XmlOut::Text(text) => Seen::Inline(text_piece(self.txn, &text, true)),
            XmlOut::Element(element) => {
                let id = id_of(&element);
                match self.mirror.showing(&id) {
                    Some(key) if self.mirror.entry(key).source == Source::Element(id) && !self.stale.contains(&key) => {
                        return Seen::Block(key);
                    }
                    _ => {}
                }
                match schema().element(element.tag()) {
                    Some(kind) if kind.inline => Seen::Inline(leaf_piece(self.txn, kind, &element)),
                    kind => Seen::Block(self.element(kind, &element, depth)),
                }
            }
            XmlOut::Fragment(fragment) => Seen::Block(self.atom(&XmlOut::Fragment(fragment))),
        }
    }

    fn element(&mut self, kind: Option<&'static NodeType>, element: &XmlElementRef, depth: usize) -> Key {
        let as_atom = || XmlOut::Element(element.clone());
        let Some(kind) = kind.filter(|_| depth < MAX_DEPTH) else { return self.atom(&as_atom()) };
        let body = if kind.is_leaf() {
            children(self.txn, element.as_ref()).next().is_none().then_some(Body::Leaf)
        } else if kind.is_text_block() {
            pieces(self.txn, kind, element).map(Body::Inline)
        } else {
            Some(Body::Blocks(self.blocks(kind, element.as_ref(), depth + 1)))
        };
        let Some(body) = body else { return self.atom(&as_atom()) };
        let attrs = attrs(self.txn, kind, element);
        self.add(kind, attrs, Source::Element(id_of(element)), body)
    }

    fn atom(&mut self, child: &XmlOut) -> Key {
        let node = unknown(UNKNOWN_BLOCK, tag_of(child), &json_of_xml(self.txn, child, MAX_DEPTH));
        self.add(schema().known(UNKNOWN_BLOCK), node.attrs, Source::Element(id_of(child)), Body::Leaf)
    }

    pub fn add(&mut self, kind: &'static NodeType, attrs: Map<String, Value>, source: Source, body: Body) -> Key {
        let key = self.mirror.add(Entry { parent: None, kind, attrs, source, body });
        self.fresh.push(key);
        key
    }
}

pub(super) fn attrs<T: ReadTxn>(txn: &T, kind: &NodeType, element: &XmlElementRef) -> Map<String, Value> {
    kind.attrs_from(raw_attrs(txn, element))
}

/// The inline content of a text block. `None`: it holds something that this type cannot show.
pub(super) fn pieces<T: ReadTxn>(txn: &T, kind: &NodeType, element: &XmlElementRef) -> Option<Vec<Piece>> {
    let takes = |name: &str| kind.accept(Progress::default(), schema().known(name)).is_some();
    children(txn, element.as_ref())
        .map(|child| {
            let piece = match &child {
                XmlOut::Text(text) => text_piece(txn, text, kind.takes_marks),
                XmlOut::Element(element) => match schema().element(element.tag()) {
                    Some(leaf) if leaf.inline && takes(&leaf.name) => leaf_piece(txn, leaf, element),
                    _ => unknown_inline(txn, &child),
                },
                XmlOut::Fragment(_) => unknown_inline(txn, &child),
            };
            let unknown = piece
                .runs()
                .iter()
                .any(|run| matches!(&run.body, inline::RunBody::Leaf(node) if node.kind == UNKNOWN_INLINE));
            (!unknown || takes(UNKNOWN_INLINE)).then_some(piece)
        })
        .collect()
}

fn text_piece<T: ReadTxn>(txn: &T, text: &XmlTextRef, takes_marks: bool) -> Piece {
    let mut runs = Vec::new();
    for chunk in text.diff(txn, YChange::identity) {
        let marks = match &chunk.attributes {
            Some(attrs) if takes_marks => marks_of(attrs),
            _ => Vec::new(),
        };
        runs.push(match chunk.insert {
            Out::Any(Any::String(text)) => Run::text(&*text, marks),
            embed => {
                let json = match &embed {
                    Out::Any(any) => json_of(any),
                    shared => json_of(&shared.to_json(txn)),
                };
                Run { marks, ..Run::leaf(unknown(UNKNOWN_INLINE, "embed", &json!({ "embed": json }))) }
            }
        });
    }
    let runs = inline::merged(runs);
    // An embedded string looks like text but counts one: what cannot be addressed is shown as one atom.
    if inline::len(&runs) != text.len(txn) as usize {
        return unknown_inline(txn, &XmlOut::Text(text.clone()));
    }
    Piece { id: id_of(text), body: PieceBody::Text(runs) }
}

fn leaf_piece<T: ReadTxn>(txn: &T, kind: &NodeType, element: &XmlElementRef) -> Piece {
    if children(txn, element.as_ref()).next().is_some() {
        return unknown_inline(txn, &XmlOut::Element(element.clone()));
    }
    let mut marks = Vec::new();
    let raw = raw_attrs(txn, element).into_iter().filter(|(name, value)| {
        let is_marks = name == LEAF_MARKS && value.is_object();
        if is_marks {
            marks = marks_of_json(value);
        }
        !is_marks
    });
    let attrs = kind.attrs_from(raw.collect::<Vec<_>>());
    let node = Node { kind: kind.name.clone(), attrs, content: Vec::new(), text: None, marks };
    Piece { id: id_of(element), body: PieceBody::Leaf(Run::leaf(node)) }
}

fn unknown_inline<T: ReadTxn>(txn: &T, child: &XmlOut) -> Piece {
    let node = unknown(UNKNOWN_INLINE, tag_of(child), &json_of_xml(txn, child, MAX_DEPTH));
    Piece { id: id_of(child), body: PieceBody::Leaf(Run::leaf(node)) }
}

/// Attribute of an inline leaf in the CRDT that keeps its marks, in the form in which texts keep theirs.
pub(super) const LEAF_MARKS: &str = "marks";

/// The XML children of an element. Other content, which only broken clients write, is passed over.
pub(super) fn children<T: ReadTxn>(txn: &T, element: &XmlFragmentRef) -> impl Iterator<Item = XmlOut> {
    let array: &ArrayRef = element.as_ref();
    array.iter(txn).filter_map(|child| XmlOut::try_from(child).ok()).collect::<Vec<_>>().into_iter()
}

pub(super) fn id_of(node: &impl AsRef<yrs::branch::Branch>) -> ID {
    match node.as_ref().id() {
        BranchID::Nested(id) => id,
        BranchID::Root(_) => unreachable!("children are never roots"),
    }
}

fn tag_of(child: &XmlOut) -> &str {
    match child {
        XmlOut::Element(element) => element.tag(),
        XmlOut::Fragment(_) => "#fragment",
        XmlOut::Text(_) => "#text",
    }
}

/// Attributes of an element, null ones left out, in the order of their names.
fn raw_attrs<T: ReadTxn>(txn: &T, element: &XmlElementRef) -> Vec<(String, Value)> {
    let mut attrs: Vec<_> = element
        .attributes(txn)
        .filter_map(|(name, value)| match value {
            Out::Any(value) => Some((name.to_owned(), json_of(&value))),
            _ => None,
        })
        .filter(|(_, value)| !value.is_null())
        .collect();
    attrs.sort_by(|a, b| a.0.cmp(&b.0));
    attrs
}

fn marks_of(attrs: &Attrs) -> Vec<Mark> {
    marks_of_json(&attrs.iter().map(|(name, value)| (name.to_string(), json_of(value))).collect())
}

pub(super) fn marks_of_json(attrs: &Value) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut unknown = Map::new();
    for (name, value) in attrs.as_object().into_iter().flatten() {
        match schema().mark(name).filter(|_| name != UNKNOWN_MARKS) {
            Some(kind) => {
                let given = value.as_object().cloned().unwrap_or_default();
                marks.push(Mark { kind: name.clone(), attrs: kind.complete(&given) });
                let more: Map<_, _> = given.into_iter().filter(|(attr, _)| !kind.attrs.contains_key(attr)).collect();
                if !more.is_empty() {
                    unknown.insert(name.clone(), Value::Object(more));
                }
            }
            None => {
                unknown.insert(name.clone(), value.clone());
            }
        }
    }
    if !unknown.is_empty() {
        let json = Value::String(canonical(&unknown));
        marks.push(Mark { kind: UNKNOWN_MARKS.into(), attrs: Map::from_iter([("json".into(), json)]) });
    }
    marks.sort_by_key(|mark| schema().rank(&mark.kind));
    marks
}

/// A node that stands for something the schema does not know, and can be turned into it again.
fn unknown(kind: &str, key: &str, json: &Value) -> Node {
    let attrs = Map::from_iter([
        ("key".to_owned(), Value::String(key.to_owned())),
        ("json".to_owned(), Value::String(json.to_string())),
    ]);
    Node { kind: kind.into(), attrs, content: Vec::new(), text: None, marks: Vec::new() }
}

/// An element or text of the CRDT, with all below it, as JSON.
fn json_of_xml<T: ReadTxn>(txn: &T, node: &XmlOut, depth: usize) -> Value {
    let below = |element: &XmlFragmentRef| -> Vec<Value> {
        if depth == 0 {
            return Vec::new();
        }
        children(txn, element).map(|child| json_of_xml(txn, &child, depth - 1)).collect()
    };
    match node {
        XmlOut::Element(element) => json!({
            "tag": element.tag().to_string(),
            "attrs": raw_attrs(txn, element).into_iter().collect::<Map<_, _>>(),
            "children": below(element.as_ref()),
        }),
        XmlOut::Fragment(fragment) => json!({ "children": below(fragment) }),
        XmlOut::Text(text) => {
            let chunks: Vec<Value> = text
                .diff(txn, YChange::identity)
                .into_iter()
                .map(|chunk| {
                    let insert = match &chunk.insert {
                        Out::Any(Any::String(text)) => Value::String(text.to_string()),
                        Out::Any(any) => json!({ "embed": json_of(any) }),
                        shared => json!({ "embed": json_of(&shared.to_json(txn)) }),
                    };
                    let attrs = chunk.attributes.as_deref().into_iter().flatten();
                    let mut attrs: Vec<_> = attrs.map(|(name, value)| (name.to_string(), json_of(value))).collect();
                    attrs.sort_by(|a, b| a.0.cmp(&b.0));
                    json!({ "insert": insert, "attributes": attrs.into_iter().collect::<Map<_, _>>() })
                })
                .collect();
            json!({ "text": chunks })
        }
    }
}
