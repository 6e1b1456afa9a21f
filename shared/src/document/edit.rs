//! Changes of the view, written into the CRDT.
//!
//! What is equal stays untouched, a node that only changed is changed in place, and only the rest is removed
//! and inserted: so that what others do to the same nodes meanwhile is kept.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use yrs::{ID, ReadTxn, TransactionMut, XmlFragment, XmlFragmentRef};

use super::ChangeError;
use super::change::{Change, InlineOp, Node};
use super::heirs::{self, Heirs};
use super::inline;
use super::mirror::{Body, Key, Mirror, Source};
use super::pairing;
use super::remote::{Catching, Dirty};
use super::schema::{UNKNOWN_BLOCK, schema};
use super::write;

/// One transaction in which the view's changes are written.
pub(super) struct Writer<'a, 'doc> {
    pub txn: &'a mut TransactionMut<'doc>,
    pub root: &'a XmlFragmentRef,
    pub mirror: &'a mut Mirror,
    pub dirty: &'a mut Dirty,
    pub heirs: &'a mut Heirs,
    /// Text blocks that the view shows otherwise than they were written.
    pub astray: &'a mut BTreeSet<Key>,
}

impl Writer<'_, '_> {
    pub fn write(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::Inline { path, delta } => {
                let block = self.find(path)?;
                let pieces = self.mirror.pieces(block).ok_or_else(|| ChangeError::NotText { path: path.clone() })?;
                let (len, needed) = (pieces.iter().map(|piece| piece.len()).sum(), inline::reach(delta));
                if needed > len {
                    return Err(ChangeError::TooShort { path: path.clone(), len, needed });
                }
                self.change_text(block, delta)
            }
            Change::Attrs { path, attrs } => {
                let key = self.find(path)?;
                let attrs = self.mirror.entry(key).kind.complete(attrs);
                self.change_attrs(key, attrs)
            }
            Change::Children { path, from, to, nodes } => {
                let key = self.find(path)?;
                let count = self.mirror.children(key).len();
                if !matches!(self.mirror.entry(key).body, Body::Blocks(_)) || from > to || *to > count {
                    return Err(ChangeError::NoChildren { path: path.clone(), from: *from, to: *to });
                }
                let nodes = nodes.iter().map(normal_block).collect::<Result<Vec<_>, _>>()?;
                self.change_children(key, *from, *to, nodes)
            }
        }
    }

    fn find(&self, path: &[usize]) -> Result<Key, ChangeError> {
        self.mirror.at(path).ok_or_else(|| ChangeError::NoNode { path: path.to_vec() })
    }

    pub(super) fn fragment(&self, key: Key) -> Option<XmlFragmentRef> {
        fragment(self.txn, self.root, self.mirror, key)
    }

    /// Lets the mirror show what has been written.
    pub(super) fn settle(&mut self) {
        self.catching().all();
    }

    /// What others did to the text of this block while it was held; the mirror then shows it.
    pub(super) fn catch_up_text(&mut self, block: Key) -> Option<Vec<InlineOp>> {
        self.catching().text_delta(block)
    }

    fn catching(&mut self) -> Catching<'_, TransactionMut<'_>> {
        Catching { txn: self.txn, root: self.root, mirror: self.mirror, dirty: self.dirty, held: None }
    }

    fn change_attrs(&mut self, key: Key, attrs: Map<String, Value>) -> Result<(), ChangeError> {
        let entry = self.mirror.entry(key);
        if entry.attrs == attrs {
            return Ok(());
        }
        let element = match entry.source {
            Source::Element(id) if entry.kind.name != UNKNOWN_BLOCK => write::element(self.txn, id),
            Source::Root => return Ok(()),
            _ => None,
        };
        match element {
            Some(element) => {
                write::change_attrs(self.txn, &element, &entry.attrs, &attrs);
                self.mirror.entry_mut(key).attrs = attrs;
                Ok(())
            }
            None => {
                let node = Node { attrs, ..self.mirror.node(key) };
                self.replace_self(key, node)
            }
        }
    }

    /// Writes `node` in the place of a node that is virtual, unknown, or gone from the CRDT.
    pub(super) fn replace_self(&mut self, key: Key, node: Node) -> Result<(), ChangeError> {
        let parent = self.mirror.entry(key).parent.expect("the root is real and never gone");
        let place = self.mirror.place(key, parent);
        self.change_children(parent, place, place + 1, vec![node])
    }

    /// Children `from..to` of `key` become `nodes`, which are in normal form.
    pub(super) fn change_children(
        &mut self,
        key: Key,
        from: usize,
        to: usize,
        nodes: Vec<Node>,
    ) -> Result<(), ChangeError> {
        let Some(parent) = self.fragment(key) else {
            let mut node = self.mirror.node(key);
            node.content.splice(from..to, nodes);
            return self.replace_self(key, node);
        };
        let children = self.mirror.children(key);
        let outside = children[..from].iter().chain(&children[to..]);
        if outside.into_iter().any(|&child| self.is_only_shown(child)) {
            let nodes_of = |keys: &[Key]| keys.iter().map(|&key| self.mirror.node(key)).collect::<Vec<_>>();
            let all = [nodes_of(&children[..from]), nodes, nodes_of(&children[to..])].concat();
            let count = children.len();
            return self.change_children(key, 0, count, all);
        }
        let old = children[from..to].to_vec();
        let before: Vec<ID> = children[..from].iter().flat_map(|&child| self.mirror.frontier(child)).collect();
        let mut at = self.index_after(&parent, &before).unwrap_or(0);
        let pairs = pairing::pairs(self.mirror, &old, &nodes, |key| self.can_change(key));
        let replaces = pairs.len() != nodes.len();
        let moves = pairs.len() != old.len() || pairs.len() != nodes.len();
        let (mut next_old, mut next_new) = (0, 0);
        let (mut gone_words, mut new_words) = (Vec::new(), Vec::new());
        for (paired_old, paired_new) in pairs.into_iter().chain([(old.len(), nodes.len())]) {
            for &gone in &old[next_old..paired_old] {
                for id in self.mirror.frontier(gone) {
                    self.dirty.children.insert(key);
                    if let Some(place) = write::index_of(self.txn, &parent, id) {
                        if replaces {
                            gone_words.extend(heirs::words(self.txn, &parent, place, place + 1));
                        }
                        parent.remove_range(self.txn, place, 1);
                    }
                }
            }
            for node in &nodes[next_new..paired_new] {
                self.dirty.children.insert(key);
                write::insert_block(self.txn, &parent, at, node);
                if !gone_words.is_empty() {
                    new_words.extend(heirs::words(self.txn, &parent, at, at + 1));
                }
                at += 1;
            }
            if let (Some(&kept), Some(node)) = (old.get(paired_old), nodes.get(paired_new)) {
                if !self.mirror.shows(kept, node) {
                    self.change_in_place(kept, node)?;
                } else if moves && self.is_only_shown(kept) {
                    self.dirty.children.insert(key);
                    write::insert_block(self.txn, &parent, at, node);
                    at += 1;
                }
                at = self.index_after(&parent, &self.mirror.frontier(kept)).unwrap_or(at);
            }
            (next_old, next_new) = (paired_old + 1, paired_new + 1);
        }
        if !new_words.is_empty() {
            self.heirs.succeed(&gone_words, &new_words);
        }
        Ok(())
    }

    /// Is there nothing in the CRDT that this node stands for? The schema asked for it among the siblings
    /// that were there; when these change, it would vanish if it were not written.
    fn is_only_shown(&self, key: Key) -> bool {
        self.mirror.entry(key).source == Source::Virtual && self.mirror.frontier(key).is_empty()
    }

    /// The place after the last of these that is still there.
    pub(super) fn index_after(&self, parent: &XmlFragmentRef, ids: &[ID]) -> Option<u32> {
        ids.iter().rev().find_map(|&id| write::index_of(self.txn, parent, id)).map(|index| index + 1)
    }

    /// Is there an element that can take on other attributes and content?
    fn can_change(&self, key: Key) -> bool {
        let entry = self.mirror.entry(key);
        entry.kind.name != UNKNOWN_BLOCK && entry.source != Source::Root && self.fragment(key).is_some()
    }

    fn change_in_place(&mut self, key: Key, node: &Node) -> Result<(), ChangeError> {
        self.change_attrs(key, node.attrs.clone())?;
        match &self.mirror.entry(key).body {
            Body::Leaf => Ok(()),
            Body::Blocks(children) => {
                let count = children.len();
                self.change_children(key, 0, count, node.content.clone())
            }
            Body::Inline(_) => {
                let delta = inline::delta_between(&self.mirror.runs(key), &inline::runs(&node.content));
                self.change_text(key, &delta)
            }
        }
    }
}

/// The living element that `key` stands for.
pub(super) fn fragment<T: ReadTxn>(
    txn: &T,
    root: &XmlFragmentRef,
    mirror: &Mirror,
    key: Key,
) -> Option<XmlFragmentRef> {
    match mirror.entry(key).source {
        Source::Root => Some(root.clone()),
        Source::Element(id) => write::element(txn, id).map(|element| {
            let fragment: &XmlFragmentRef = element.as_ref();
            fragment.clone()
        }),
        Source::Virtual => None,
    }
}

/// A block from the view with complete attributes and merged text.
pub(super) fn normal_block(node: &Node) -> Result<Node, ChangeError> {
    let unknown = || ChangeError::UnknownKind { kind: node.kind.clone() };
    let kind = schema().node(&node.kind).ok_or_else(unknown)?;
    if kind.inline || kind.name == "text" || kind.name == "doc" {
        return Err(unknown());
    }
    let content = if kind.is_text_block() {
        let stray = node.content.iter().find(|child| {
            let known = schema().node(&child.kind).is_some_and(|kind| kind.inline);
            !known && child.text.is_none()
        });
        if let Some(stray) = stray {
            return Err(ChangeError::UnknownKind { kind: stray.kind.clone() });
        }
        inline::nodes(&inline::runs(&node.content))
    } else if kind.is_leaf() {
        Vec::new()
    } else {
        node.content.iter().map(normal_block).collect::<Result<_, _>>()?
    };
    Ok(Node { kind: node.kind.clone(), attrs: kind.complete(&node.attrs), content, text: None, marks: Vec::new() })
}
