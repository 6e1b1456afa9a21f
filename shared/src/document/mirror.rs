//! The mirror: the tree the view shows, each node knowing where in the CRDT it comes from.
//!
//! A node is real (it stands for an element of the CRDT) or virtual (the schema asks for it where
//! the CRDT has nothing of the kind). The children of an element are found in its view node in the same order,
//! either directly or within virtual nodes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use yrs::ID;

use super::change::Node;
use super::inline::{self, Run};
use super::schema::{NodeType, schema};

pub(super) type Key = usize;

#[derive(Debug, Clone)]
pub(super) struct Mirror {
    entries: Vec<Option<Entry>>,
    free: Vec<Key>,
    /// Elements of the CRDT → their nodes; texts and inline elements → the text block that shows them.
    index: BTreeMap<ID, Key>,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub parent: Option<Key>,
    pub kind: &'static NodeType,
    /// All attributes of the type, as the view has them.
    pub attrs: Map<String, Value>,
    pub source: Source,
    pub body: Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Root,
    Element(ID),
    Virtual,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    Leaf,
    Blocks(Vec<Key>),
    Inline(Vec<Piece>),
}

/// A text or an inline element of the CRDT.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub id: ID,
    pub body: PieceBody,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum PieceBody {
    Text(Vec<Run>),
    Leaf(Run),
}

impl Piece {
    pub fn runs(&self) -> &[Run] {
        match &self.body {
            PieceBody::Text(runs) => runs,
            PieceBody::Leaf(run) => std::slice::from_ref(run),
        }
    }

    pub fn len(&self) -> usize {
        inline::len(self.runs())
    }
}

impl Mirror {
    pub const ROOT: Key = 0;

    pub fn new() -> Self {
        let root = Entry {
            parent: None,
            kind: schema().known("doc"),
            attrs: Map::new(),
            source: Source::Root,
            body: Body::Blocks(Vec::new()),
        };
        Self { entries: vec![Some(root)], free: Vec::new(), index: BTreeMap::new() }
    }

    pub fn get(&self, key: Key) -> Option<&Entry> {
        self.entries.get(key)?.as_ref()
    }

    /// The entry of a key that is known to be alive.
    pub fn entry(&self, key: Key) -> &Entry {
        self.get(key).expect("keys are held only of nodes in the tree")
    }

    pub fn entry_mut(&mut self, key: Key) -> &mut Entry {
        self.entries[key].as_mut().expect("keys are held only of nodes in the tree")
    }

    pub fn add(&mut self, entry: Entry) -> Key {
        match self.free.pop() {
            Some(key) => {
                self.entries[key] = Some(entry);
                key
            }
            None => {
                self.entries.push(Some(entry));
                self.entries.len() - 1
            }
        }
    }

    /// Takes `key` and what is below it away, except what has found another parent.
    pub fn remove(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key).and_then(Option::take) else { return };
        self.free.push(key);
        if let Source::Element(id) = entry.source {
            self.forget(id, key);
        }
        match entry.body {
            Body::Leaf => {}
            Body::Inline(pieces) => pieces.iter().for_each(|piece| self.forget(piece.id, key)),
            Body::Blocks(children) => {
                for child in children {
                    if self.get(child).is_some_and(|child| child.parent == Some(key)) {
                        self.remove(child);
                    }
                }
            }
        }
    }

    fn forget(&mut self, id: ID, key: Key) {
        if self.index.get(&id) == Some(&key) {
            self.index.remove(&id);
        }
    }

    /// Forgets nodes that never became part of the tree.
    pub fn discard(&mut self, fresh: &[Key]) {
        for &key in fresh {
            self.entries[key] = None;
            self.free.push(key);
        }
    }

    /// Gives `key` other children. `kept`: (a virtual node of the tree that lives on, the new one it takes over).
    pub fn replace_children(&mut self, key: Key, mut children: Vec<Key>, kept: &[(Key, Key)]) {
        let lasting: BTreeMap<Key, Key> = kept.iter().map(|&(old, new)| (new, old)).collect();
        let settle = |children: &mut Vec<Key>| {
            children.iter_mut().for_each(|child| *child = lasting.get(child).copied().unwrap_or(*child));
        };
        for &(old, new) in kept {
            if let Some(mut made) = self.entries[new].take() {
                if let Body::Blocks(children) = &mut made.body {
                    settle(children);
                }
                self.free.push(new);
                let before = std::mem::replace(&mut self.entry_mut(old).body, made.body);
                if let Body::Inline(pieces) = before {
                    pieces.iter().for_each(|piece| self.forget(piece.id, old));
                }
            }
        }
        settle(&mut children);
        for &child in &children {
            self.adopt(child, Some(key));
        }
        self.entry_mut(key).body = Body::Blocks(children);
    }

    /// Puts `key` under `parent`, with all that is virtual below it.
    pub fn adopt(&mut self, key: Key, parent: Option<Key>) {
        let entry = self.entry_mut(key);
        entry.parent = parent;
        let source = entry.source;
        if let Source::Element(id) = source {
            self.index.insert(id, key);
        }
        let body = std::mem::replace(&mut self.entry_mut(key).body, Body::Leaf);
        match &body {
            Body::Leaf => {}
            Body::Inline(pieces) => {
                for piece in pieces {
                    self.index.insert(piece.id, key);
                }
            }
            Body::Blocks(children) => {
                for &child in children {
                    if self.entry(child).parent != Some(key) || self.entry(child).source == Source::Virtual {
                        self.adopt(child, Some(key));
                    }
                }
            }
        }
        self.entry_mut(key).body = body;
    }

    /// The node that shows this element, or the text block that shows this text or inline element.
    pub fn showing(&self, id: &ID) -> Option<Key> {
        self.index.get(id).copied()
    }

    pub fn index(&mut self, id: ID, key: Key) {
        self.index.insert(id, key);
    }

    pub fn unindex(&mut self, id: &ID) {
        self.index.remove(id);
    }

    pub fn children(&self, key: Key) -> &[Key] {
        match &self.entry(key).body {
            Body::Blocks(children) => children,
            Body::Inline(_) | Body::Leaf => &[],
        }
    }

    pub fn pieces(&self, key: Key) -> Option<&[Piece]> {
        match &self.entry(key).body {
            Body::Inline(pieces) => Some(pieces),
            Body::Blocks(_) | Body::Leaf => None,
        }
    }

    pub fn pieces_mut(&mut self, key: Key) -> &mut Vec<Piece> {
        match &mut self.entry_mut(key).body {
            Body::Inline(pieces) => pieces,
            Body::Blocks(_) | Body::Leaf => panic!("asked for the text of a node that is not a text block"),
        }
    }

    /// The inline content of a text block. Runs of neighbouring texts are not merged.
    pub fn runs(&self, key: Key) -> Vec<Run> {
        self.pieces(key).unwrap_or_default().iter().flat_map(|piece| piece.runs().iter().cloned()).collect()
    }

    pub fn at(&self, path: &[usize]) -> Option<Key> {
        path.iter().try_fold(Self::ROOT, |key, &index| self.children(key).get(index).copied())
    }

    pub fn path(&self, key: Key) -> Vec<usize> {
        let mut path = Vec::new();
        let mut key = key;
        while let Some(parent) = self.entry(key).parent {
            path.push(self.place(key, parent));
            key = parent;
        }
        path.reverse();
        path
    }

    pub fn place(&self, key: Key, parent: Key) -> usize {
        self.children(parent).iter().position(|&child| child == key).expect("a node is among its parent's children")
    }

    /// Is this node among the children of its parent?
    pub fn is_placed(&self, key: Key) -> bool {
        self.get(key).and_then(|entry| entry.parent).is_some_and(|parent| {
            matches!(self.get(parent), Some(Entry { body: Body::Blocks(children), .. }) if children.contains(&key))
        })
    }

    pub fn depth(&self, key: Key) -> usize {
        std::iter::successors(Some(key), |&key| self.entry(key).parent).count()
    }

    /// How many elements of the CRDT are around the children of this real node, the root not counted.
    pub fn level(&self, key: Key) -> usize {
        let real = std::iter::successors(Some(key), |&key| self.entry(key).parent)
            .filter(|&key| matches!(self.entry(key).source, Source::Element(_)));
        real.count()
    }

    pub fn is_within(&self, key: Key, ancestor: Key) -> bool {
        std::iter::successors(Some(key), |&key| self.entry(key).parent).any(|key| key == ancestor)
    }

    /// The nearest node above `key`, or `key` itself, that is an element of the CRDT.
    pub fn real(&self, key: Key) -> Key {
        std::iter::successors(Some(key), |&key| self.entry(key).parent)
            .find(|&key| self.entry(key).source != Source::Virtual)
            .expect("the root is real")
    }

    /// The nodes of the CRDT that `key` stands for: itself, or the topmost real ones in it.
    pub fn frontier(&self, key: Key) -> Vec<ID> {
        let entry = self.entry(key);
        match (entry.source, &entry.body) {
            (Source::Element(id), _) => vec![id],
            (Source::Root, _) => Vec::new(),
            (Source::Virtual, Body::Leaf) => Vec::new(),
            (Source::Virtual, Body::Inline(pieces)) => pieces.iter().map(|piece| piece.id).collect(),
            (Source::Virtual, Body::Blocks(children)) => {
                children.iter().flat_map(|&child| self.frontier(child)).collect()
            }
        }
    }

    /// What stands before a virtual node in the element that it is shown in; before a real one, nothing does.
    pub fn before(&self, key: Key) -> Vec<ID> {
        let entry = self.entry(key);
        let Some(parent) = entry.parent.filter(|_| entry.source == Source::Virtual) else { return Vec::new() };
        let siblings = &self.children(parent)[..self.place(key, parent)];
        let earlier = siblings.iter().flat_map(|&sibling| self.frontier(sibling));
        self.before(parent).into_iter().chain(earlier).collect()
    }

    pub fn node(&self, key: Key) -> Node {
        let entry = self.entry(key);
        let content = match &entry.body {
            Body::Leaf => Vec::new(),
            Body::Blocks(children) => children.iter().map(|&child| self.node(child)).collect(),
            Body::Inline(_) => inline::nodes(&self.runs(key)),
        };
        Node { kind: entry.kind.name.clone(), attrs: entry.attrs.clone(), content, text: None, marks: Vec::new() }
    }

    /// Does `key` show just this node? The node must be in normal form.
    pub fn shows(&self, key: Key, node: &Node) -> bool {
        let entry = self.entry(key);
        if entry.kind.name != node.kind || entry.attrs != node.attrs {
            return false;
        }
        match &entry.body {
            Body::Leaf => true,
            Body::Blocks(children) => {
                children.len() == node.content.len()
                    && children.iter().zip(&node.content).all(|(&child, node)| self.shows(child, node))
            }
            Body::Inline(_) => inline::merged(self.runs(key)) == inline::runs(&node.content),
        }
    }
}
