//! What happened in the CRDT, turned into changes of the view: only what changed is read again.

use std::collections::{BTreeMap, BTreeSet};

use yrs::types::{Delta, Event, Events};
use yrs::{BranchID, ID, Out, ReadTxn, TransactionMut, Xml, XmlElementRef, XmlFragmentRef, XmlOut};

use super::change::{Change, InlineOp, Node};
use super::edit;
use super::inline::{self, Align};
use super::mirror::{Body, Key, Mirror, Piece, PieceBody, Source};
use super::schema::UNKNOWN_BLOCK;
use super::tree::{self, Reader, id_of};
use super::write;

/// One element or text of the CRDT that a transaction has changed.
#[derive(Debug, Clone)]
pub(super) struct Happened {
    /// `None`: the root.
    target: Option<ID>,
    children: bool,
    attrs: bool,
    /// How a text's units moved.
    shift: Option<Vec<Align>>,
}

/// Taken down while the transaction commits, when the CRDT still knows what was before.
pub(super) fn take_down(txn: &TransactionMut, events: &Events) -> Vec<Happened> {
    let mut happened = Vec::new();
    for event in events.iter() {
        match event {
            Event::XmlFragment(event) => happened.push(Happened {
                target: nested(event.target().id()),
                children: event.children_changed(),
                attrs: !event.keys(txn).is_empty(),
                shift: None,
            }),
            Event::XmlText(event) => happened.push(Happened {
                target: Some(id_of(event.target())),
                children: false,
                attrs: false,
                shift: Some(event.delta(txn).iter().map(aligned).collect()),
            }),
            Event::Text(_) | Event::Array(_) | Event::Map(_) => {}
            #[allow(unreachable_patterns, reason = "a feature of yrs adds weak links, which documents never hold")]
            _ => {}
        }
    }
    happened
}

fn nested(id: BranchID) -> Option<ID> {
    match id {
        BranchID::Nested(id) => Some(id),
        BranchID::Root(_) => None,
    }
}

fn aligned(step: &Delta) -> Align {
    match step {
        Delta::Inserted(Out::Any(yrs::any::Any::String(text)), _) => Align::New(inline::units(text)),
        Delta::Inserted(_, _) => Align::New(1),
        Delta::Deleted(len) => Align::Gone(*len as usize),
        Delta::Retain(len, _) => Align::Keep(*len as usize),
    }
}

/// Parts of the mirror that no longer show the CRDT as it is.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub children: BTreeSet<Key>,
    pub attrs: BTreeSet<Key>,
    pub text: BTreeSet<Key>,
    /// Nodes to be read anew with their parent's children.
    pub stale: BTreeSet<Key>,
    /// How the units of texts have moved since the mirror last showed them.
    pub shifts: BTreeMap<ID, Vec<Align>>,
}

impl Dirty {
    pub fn is_empty(&self) -> bool {
        self.children.is_empty() && self.attrs.is_empty() && self.text.is_empty()
    }

    /// Finds the nodes of the mirror that show what has happened.
    pub fn note<T: ReadTxn>(&mut self, txn: &T, mirror: &Mirror, happened: Vec<Happened>) {
        for event in happened {
            let Some(id) = event.target else {
                self.children.insert(Mirror::ROOT);
                continue;
            };
            if let Some(shift) = event.shift {
                let sum = match self.shifts.get(&id) {
                    Some(before) => inline::then(before, &shift),
                    None => shift,
                };
                self.shifts.insert(id, sum);
            }
            match mirror.showing(&id) {
                Some(key) if mirror.entry(key).source == Source::Element(id) => {
                    self.note_node(mirror, key, event.children, event.attrs);
                }
                Some(block) => self.note_text(mirror, block),
                None => self.note_hidden(txn, mirror, id),
            }
        }
    }

    fn note_node(&mut self, mirror: &Mirror, key: Key, children: bool, attrs: bool) {
        let entry = mirror.entry(key);
        let turns = matches!(entry.body, Body::Leaf) && (children || entry.kind.name == UNKNOWN_BLOCK);
        if turns {
            self.stale.insert(key);
            self.children.extend(entry.parent.map(|parent| mirror.real(parent)));
            return;
        }
        if children && matches!(entry.body, Body::Inline(_)) {
            self.text.insert(key);
        } else if children {
            self.children.insert(key);
        }
        if attrs {
            self.attrs.insert(key);
        }
    }

    fn note_text(&mut self, mirror: &Mirror, block: Key) {
        match mirror.entry(block).source {
            // Loose text: whether it is shown at all depends on it.
            Source::Virtual => self.children.insert(mirror.real(block)),
            Source::Root | Source::Element(_) => self.text.insert(block),
        };
    }

    /// Something within an unknown node, or an empty loose text: look for what shows the nearest node above it.
    fn note_hidden<T: ReadTxn>(&mut self, txn: &T, mirror: &Mirror, id: ID) {
        let mut above = write::element(txn, id).and_then(|element| element.parent());
        while let Some(node) = above {
            let id = match &node {
                XmlOut::Element(element) => Some(id_of(element)),
                XmlOut::Text(text) => Some(id_of(text)),
                XmlOut::Fragment(fragment) => nested(AsRef::<yrs::branch::Branch>::as_ref(fragment).id()),
            };
            let Some(id) = id else {
                self.children.insert(Mirror::ROOT);
                return;
            };
            match mirror.showing(&id) {
                Some(key) if mirror.entry(key).source == Source::Element(id) => {
                    return self.note_node(mirror, key, true, false);
                }
                Some(block) => return self.note_text(mirror, block),
                None => above = write::element(txn, id).and_then(|element| element.parent()),
            }
        }
    }
}

/// Brings the mirror up to date.
pub(super) struct Catching<'a, T> {
    pub txn: &'a T,
    pub root: &'a XmlFragmentRef,
    pub mirror: &'a mut Mirror,
    pub dirty: &'a mut Dirty,
    /// The text block that must stay as it is in the view, and in whose way nothing may come.
    pub held: Option<Key>,
}

/// Children as they are shown and as they are to be shown.
struct Plan {
    changes: Vec<Change>,
    /// Virtual nodes that live on: (node in the tree, newly made one with its content).
    kept: Vec<(Key, Key)>,
    gone: Vec<Key>,
    harms_held: bool,
}

impl<T: ReadTxn> Catching<'_, T> {
    /// All changes that can be made now; what would touch the held block stays dirty.
    pub fn all(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut waiting = Dirty::default();
        for key in std::mem::take(&mut self.dirty.text) {
            if self.held == Some(key) {
                waiting.text.insert(key);
            } else {
                changes.extend(self.text(key));
            }
        }
        for key in std::mem::take(&mut self.dirty.attrs) {
            if self.held.is_some_and(|held| self.mirror.get(key).is_some() && self.mirror.is_within(held, key)) {
                waiting.attrs.insert(key);
            } else {
                changes.extend(self.attrs(key));
            }
        }
        while let Some(key) = self.shallowest() {
            self.dirty.children.remove(&key);
            match self.children(key) {
                Some(made) => changes.extend(made),
                None => {
                    waiting.children.insert(key);
                }
            }
        }
        self.dirty.children.extend(waiting.children);
        self.dirty.attrs.extend(waiting.attrs);
        self.dirty.text.extend(waiting.text);
        if self.dirty.is_empty() {
            self.dirty.shifts.clear();
            self.dirty.stale.clear();
        } else {
            let held = self.held.and_then(|held| self.mirror.pieces(held)).unwrap_or_default();
            let ids: BTreeSet<ID> = held.iter().map(|piece| piece.id).collect();
            self.dirty.shifts.retain(|id, _| ids.contains(id));
        }
        changes
    }

    fn shallowest(&mut self) -> Option<Key> {
        let mirror = &self.mirror;
        self.dirty.children.retain(|&key| mirror.get(key).is_some());
        self.dirty.children.iter().copied().min_by_key(|&key| mirror.depth(key))
    }

    fn attrs(&mut self, key: Key) -> Option<Change> {
        let entry = self.mirror.get(key)?;
        let Source::Element(id) = entry.source else { return None };
        let element = write::element(self.txn, id)?;
        let kind = entry.kind;
        let attrs = tree::attrs(self.txn, kind, &element);
        if self.mirror.entry(key).attrs == attrs {
            return None;
        }
        self.mirror.entry_mut(key).attrs = attrs.clone();
        Some(Change::Attrs { path: self.mirror.path(key), attrs })
    }

    fn text(&mut self, block: Key) -> Option<Change> {
        let delta = self.text_delta(block)?;
        (!delta.is_empty()).then(|| Change::Inline { path: self.mirror.path(block), delta })
    }

    /// Reads a text block again. `None`: it is gone, or no longer one.
    pub fn text_delta(&mut self, block: Key) -> Option<Vec<InlineOp>> {
        let entry = self.mirror.get(block)?;
        let (Source::Element(id), Body::Inline(old)) = (entry.source, &entry.body) else { return None };
        let element: XmlElementRef = write::element(self.txn, id)?;
        let (kind, old) = (entry.kind, old.clone());
        let Some(new) = tree::pieces(self.txn, kind, &element) else {
            self.dirty.stale.insert(block);
            self.dirty.children.extend(entry_parent(self.mirror, block));
            return None;
        };
        let delta = pieces_delta(&old, &new, &self.dirty.shifts);
        for piece in old.iter().filter(|piece| !new.iter().any(|kept| kept.id == piece.id)) {
            self.mirror.unindex(&piece.id);
        }
        for piece in &new {
            self.mirror.index(piece.id, block);
            self.dirty.shifts.remove(&piece.id);
        }
        self.mirror.entry_mut(block).body = Body::Inline(new);
        self.dirty.text.remove(&block);
        Some(delta)
    }

    /// Reads the children of an element again. `None`: the view cannot take them now.
    fn children(&mut self, key: Key) -> Option<Vec<Change>> {
        let entry = self.mirror.entry(key);
        let kind = entry.kind;
        // Gone elements vanish with their parent's children.
        let Some(element) = edit::fragment(self.txn, self.root, self.mirror, key) else { return Some(Vec::new()) };
        if !matches!(entry.body, Body::Blocks(_)) {
            return Some(Vec::new());
        }
        let depth = self.mirror.level(key);
        let mut reader = Reader { txn: self.txn, mirror: self.mirror, stale: &self.dirty.stale, fresh: Vec::new() };
        let new = reader.blocks(kind, &element, depth);
        let fresh = reader.fresh;
        let old = self.mirror.children(key).to_vec();
        let mut plan = Plan { changes: Vec::new(), kept: Vec::new(), gone: Vec::new(), harms_held: false };
        self.plan(&self.mirror.path(key), &old, &new, &mut plan);
        if plan.harms_held {
            self.mirror.discard(&fresh);
            return None;
        }
        self.mirror.replace_children(key, new, &plan.kept);
        for gone in plan.gone {
            // A node may be gone from where it was only to be wrapped.
            if !self.mirror.is_placed(gone) {
                self.mirror.remove(gone);
            }
        }
        Some(plan.changes)
    }

    /// Compares two lists of children by identity.
    fn plan(&self, path: &[usize], old: &[Key], new: &[Key], plan: &mut Plan) {
        let mut at = 0;
        let (mut next_old, mut next_new) = (0, 0);
        while next_old < old.len() || next_new < new.len() {
            let (gone, come) = self.until_same(&old[next_old..], &new[next_new..]);
            if gone > 0 || come > 0 {
                let leaving = &old[next_old..next_old + gone];
                let nodes: Vec<Node> =
                    new[next_new..next_new + come].iter().map(|&key| self.mirror.node(key)).collect();
                plan.changes.push(Change::Children { path: path.to_vec(), from: at, to: at + gone, nodes });
                plan.gone.extend(leaving);
                plan.harms_held |=
                    self.held.is_some_and(|held| leaving.iter().any(|&key| self.mirror.is_within(held, key)));
                (next_old, next_new, at) = (next_old + gone, next_new + come, at + come);
            }
            if let (Some(&before), Some(&after)) = (old.get(next_old), new.get(next_new)) {
                if before != after {
                    plan.kept.push((before, after));
                    let path = [path, &[at]].concat();
                    self.plan_within(&path, before, after, plan);
                }
                (next_old, next_new, at) = (next_old + 1, next_new + 1, at + 1);
            }
        }
    }

    /// Compares two virtual nodes that stand for the same.
    fn plan_within(&self, path: &[usize], before: Key, after: Key, plan: &mut Plan) {
        match (&self.mirror.entry(before).body, &self.mirror.entry(after).body) {
            (Body::Blocks(old), Body::Blocks(new)) => self.plan(path, old, new, plan),
            (Body::Inline(old), Body::Inline(new)) => {
                let delta = pieces_delta(old, new, &self.dirty.shifts);
                if !delta.is_empty() {
                    plan.harms_held |= self.held == Some(before);
                    plan.changes.push(Change::Inline { path: path.to_vec(), delta });
                }
            }
            (Body::Leaf | Body::Blocks(_) | Body::Inline(_), _) => {}
        }
    }

    /// How many old ones go and new ones come before the next that is in both lists.
    fn until_same(&self, old: &[Key], new: &[Key]) -> (usize, usize) {
        let same = old.iter().enumerate().find_map(|(gone, &before)| {
            new.iter().position(|&after| self.is_same(before, after)).map(|come| (gone, come))
        });
        same.unwrap_or((old.len(), new.len()))
    }

    fn is_same(&self, before: Key, after: Key) -> bool {
        if before == after {
            return true;
        }
        let (old, new) = (self.mirror.entry(before), self.mirror.entry(after));
        old.source == Source::Virtual
            && new.source == Source::Virtual
            && old.kind.name == new.kind.name
            && std::mem::discriminant(&old.body) == std::mem::discriminant(&new.body)
            && self.mirror.frontier(before).first() == self.mirror.frontier(after).first()
    }
}

fn entry_parent(mirror: &Mirror, key: Key) -> Option<Key> {
    mirror.entry(key).parent.map(|parent| mirror.real(parent))
}

/// The delta between two states of a text block, told by the identity of its pieces.
fn pieces_delta(old: &[Piece], new: &[Piece], shifts: &BTreeMap<ID, Vec<Align>>) -> Vec<InlineOp> {
    let mut aligned = Vec::new();
    let mut rest = new;
    for before in old {
        match rest.iter().position(|after| after.id == before.id) {
            None => aligned.push(Align::Gone(before.len())),
            Some(place) => {
                aligned.extend(rest[..place].iter().map(|come| Align::New(come.len())));
                aligned.extend(piece_alignment(before, &rest[place], shifts.get(&before.id)));
                rest = &rest[place + 1..];
            }
        }
    }
    aligned.extend(rest.iter().map(|come| Align::New(come.len())));
    let runs = |pieces: &[Piece]| pieces.iter().flat_map(|piece| piece.runs().iter().cloned()).collect::<Vec<_>>();
    let (old, new) = (runs(old), runs(new));
    inline::delta_along(&old, &new, &aligned).unwrap_or_else(|| inline::delta_between(&old, &new))
}

fn piece_alignment(old: &Piece, new: &Piece, shift: Option<&Vec<Align>>) -> Vec<Align> {
    match (&old.body, &new.body) {
        (PieceBody::Text(before), PieceBody::Text(after)) => {
            let told = shift.map(|shift| inline::padded(shift, inline::len(before)));
            let told = told.filter(|told| inline::delta_along(before, after, told).is_some());
            told.unwrap_or_else(|| inline::align(before, after))
        }
        (PieceBody::Leaf(before), PieceBody::Leaf(after)) if before.body == after.body => vec![Align::Keep(1)],
        (PieceBody::Leaf(_) | PieceBody::Text(_), _) => vec![Align::Gone(old.len()), Align::New(new.len())],
    }
}
