//! Places in the view and places in the CRDT.
//!
//! The JSON form is that of Yjs relative positions as y-prosemirror puts them into awareness:
//! `{type, tname, item, assoc}`, with ids as `{client, clock}`.

use serde_json::{Value, json};
use yrs::{Assoc, ClientID, ID, IndexScope, IndexedSequence, ReadTxn, StickyIndex, XmlFragmentRef, XmlOut};

use super::CONTENT;
use super::change::Position;
use super::mirror::{Key, Mirror, PieceBody, Source};
use super::tree::{children, id_of};
use super::write;

/// Client ids are numbers that JavaScript can count with.
const MAX_CLIENT: u64 = (1 << 53) - 1;

pub(super) fn anchor<T: ReadTxn>(
    txn: &T,
    mirror: &Mirror,
    root: &XmlFragmentRef,
    position: &Position,
) -> Option<Value> {
    let key = mirror.at(&position.path)?;
    let Some(pieces) = mirror.pieces(key) else {
        let siblings = mirror.children(key).get(position.offset..)?;
        let next = siblings.iter().find_map(|&child| mirror.frontier(child).first().copied());
        return Some(in_element(txn, mirror, root, mirror.real(key), next));
    };
    let mut start = 0;
    for piece in pieces {
        let end = start + piece.len();
        if matches!(piece.body, PieceBody::Text(_)) && position.offset <= end {
            let offset = u32::try_from(position.offset - start).ok()?;
            let text = write::text(txn, piece.id)?;
            let item = text.sticky_index(txn, offset, Assoc::After).and_then(|index| index.id().copied());
            return Some(relative(Some(piece.id), None, item, 0));
        }
        if position.offset < end {
            return Some(in_element(txn, mirror, root, mirror.real(key), Some(piece.id)));
        }
        start = end;
    }
    let ended = position.offset == start;
    let after = || match mirror.entry(key).source {
        Source::Virtual => following(mirror, key),
        Source::Element(_) | Source::Root => None,
    };
    ended.then(|| in_element(txn, mirror, root, mirror.real(key), after()))
}

/// The first node of the CRDT after a virtual one, within the same element.
fn following(mirror: &Mirror, key: Key) -> Option<ID> {
    let parent = mirror.entry(key).parent?;
    let later = &mirror.children(parent)[mirror.place(key, parent) + 1..];
    let next = later.iter().find_map(|&sibling| mirror.frontier(sibling).first().copied());
    match mirror.entry(parent).source {
        Source::Virtual => next.or_else(|| following(mirror, parent)),
        Source::Element(_) | Source::Root => next,
    }
}

fn in_element<T: ReadTxn>(txn: &T, mirror: &Mirror, root: &XmlFragmentRef, key: Key, item: Option<ID>) -> Value {
    match mirror.entry(key).source {
        Source::Element(id) => relative(Some(id), None, item, 0),
        Source::Root | Source::Virtual => {
            let empty = children(txn, root).next().is_none();
            // If the document is filled later, its beginning stays the beginning.
            relative(None, Some(CONTENT), item, if empty { -1 } else { 0 })
        }
    }
}

fn relative(scope: Option<ID>, root: Option<&str>, item: Option<ID>, assoc: i8) -> Value {
    let id = |id: ID| json!({ "client": id.client.get(), "clock": id.clock });
    json!({ "type": scope.map(id), "tname": root, "item": item.map(id), "assoc": assoc })
}

pub(super) fn position<T: ReadTxn>(txn: &T, mirror: &Mirror, anchor: &Value) -> Option<Position> {
    let id = |name: &str| {
        let id = anchor.get(name)?;
        let client = id.get("client")?.as_u64().filter(|client| *client <= MAX_CLIENT)?;
        let clock = u32::try_from(id.get("clock")?.as_u64()?).ok()?;
        Some(ID::new(ClientID::new(client), clock))
    };
    let assoc = if anchor.get("assoc").and_then(Value::as_i64).unwrap_or(0) < 0 { Assoc::Before } else { Assoc::After };
    let scope = match (id("item"), id("type"), anchor.get("tname").and_then(Value::as_str)) {
        (Some(item), _, _) => IndexScope::Relative(item),
        (None, Some(scope), _) => IndexScope::Nested(scope),
        (None, None, Some(CONTENT)) => IndexScope::Root(CONTENT.into()),
        (None, None, _) => return None,
    };
    let offset = StickyIndex::new(scope, assoc).get_offset(txn)?;
    let branch = offset.branch;
    let index = offset.index as usize;
    match XmlOut::try_from(branch).ok()? {
        XmlOut::Text(text) => {
            let id = id_of(&text);
            let block = mirror.showing(&id)?;
            let pieces = mirror.pieces(block)?;
            let place = pieces.iter().position(|piece| piece.id == id)?;
            let before: usize = pieces[..place].iter().map(|piece| piece.len()).sum();
            Some(Position { path: mirror.path(block), offset: before + index.min(pieces[place].len()) })
        }
        XmlOut::Element(element) => {
            let id = id_of(&element);
            let key = mirror.showing(&id).filter(|&key| mirror.entry(key).source == Source::Element(id))?;
            let fragment: &XmlFragmentRef = element.as_ref();
            in_node(txn, mirror, key, fragment, index)
        }
        XmlOut::Fragment(fragment) => {
            let is_root = AsRef::<yrs::branch::Branch>::as_ref(&fragment).id() == yrs::BranchID::Root(CONTENT.into());
            if is_root { in_node(txn, mirror, Mirror::ROOT, &fragment, index) } else { None }
        }
    }
}

/// The place before the child of an element that has this index.
fn in_node<T: ReadTxn>(txn: &T, mirror: &Mirror, key: Key, element: &XmlFragmentRef, index: usize) -> Option<Position> {
    if let Some(pieces) = mirror.pieces(key) {
        let offset = pieces.iter().take(index).map(|piece| piece.len()).sum();
        return Some(Position { path: mirror.path(key), offset });
    }
    let next = children(txn, element).nth(index).and_then(|child| {
        let mut shown = mirror.showing(&id_of(&child))?;
        while mirror.entry(shown).parent != Some(key) {
            shown = mirror.entry(shown).parent?;
        }
        Some(mirror.place(shown, key))
    });
    let children = mirror.children(key);
    let offset = next.unwrap_or(children.len());
    // A caret stands in text where it can: an empty document shows a paragraph that is not there yet.
    match children {
        &[only] if mirror.entry(only).source == Source::Virtual && mirror.pieces(only).is_some() => {
            Some(Position { path: mirror.path(only), offset: 0 })
        }
        _ => Some(Position { path: mirror.path(key), offset }),
    }
}
