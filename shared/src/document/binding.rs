//! The binding between a document and the editor view that shows it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use yrs::updates::encoder::Encode;
use yrs::{DeepObservable, Doc, ReadTxn, Transact, TransactionMut, XmlFragmentRef};

use super::change::{Change, InlineOp, Node, Position};
use super::edit::{self, Writer};
use super::heirs::{CARRIED, Heirs};
use super::inline;
use super::mirror::{Key, Mirror, Source};
use super::remote::{self, Catching, Dirty, Happened};
use super::schema::{UNKNOWN_BLOCK, UNKNOWN_INLINE, schema};
use super::undo::History;
use super::waiting::Waiting;
use super::{CONTENT, ChangeError, Committed, DocumentError, Interrupted, Undone, composition, plain, positions};
use super::{replica, tree};

/// Origin of the transactions that write what was done in the view.
pub(super) const OWN: &str = "view";

/// A document with a view: edits of the view go in, what the view has to change comes out.
///
/// It never calls out. Every method leaves document and view model in step, also when it returns an error.
pub struct Binding {
    pub(super) history: History,
    pub(super) doc: Doc,
    waiting: Waiting,
    pub(super) root: XmlFragmentRef,
    pub(super) mirror: Mirror,
    pub(super) dirty: Dirty,
    heirs: Heirs,
    /// What was written for others since it was last asked for.
    carried: Vec<Vec<u8>>,
    /// The text block in which an input method composes.
    pub(super) composing: Option<Key>,
    /// Where the caret was last seen.
    pub(super) caret: Option<Value>,
    heard: Arc<Mutex<Heard>>,
}

/// Typing is gathered into undo steps by time; any other edit is a step of its own.
///
/// It has to be: an attribute that is overwritten in the step that makes or removes its element comes back from
/// undo with its neighbour in the old element for its origin, and so in another place for everyone else
/// (as in Yjs, the wire names a parent only where there is no origin).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Typing,
    Other,
}

/// What the CRDT told while a transaction was committed.
#[derive(Default)]
struct Heard {
    happened: Vec<Happened>,
    update: Option<Vec<u8>>,
}

impl Binding {
    /// An empty document. `client_id` (53 bits) must be this replica's alone;
    /// `clock` gives milliseconds and groups edits into undo steps.
    pub fn open(client_id: u64, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let doc = replica::new_doc(client_id);
        let root = doc.get_or_insert_xml_fragment(CONTENT);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let listener = heard.clone();
        root.observe_deep("binding", move |txn, events| {
            if !is_own(txn) {
                lock(&listener).happened.extend(remote::take_down(txn, events));
            }
        });
        let listener = heard.clone();
        doc.observe_update_v1("binding", move |_, event| lock(&listener).update = Some(event.update.clone()))
            .expect("no transaction is open on a document that was just made");
        // A clock that is set back must not make the undo history count below zero.
        let latest = AtomicU64::new(1);
        let steady = move || latest.fetch_max(clock(), Ordering::Relaxed).max(latest.load(Ordering::Relaxed));
        let history = History::new(&doc, &root, steady);
        let mirror = tree::read(&doc.transact(), &root);
        Self {
            history,
            doc,
            waiting: Waiting::default(),
            root,
            mirror,
            dirty: Dirty::default(),
            heirs: Heirs::default(),
            carried: Vec::new(),
            composing: None,
            caret: None,
            heard,
        }
    }

    /// The whole document as the view should show it, in ProseMirror's JSON form.
    pub fn view(&self) -> Node {
        self.mirror.node(Mirror::ROOT)
    }

    /// Writes what was changed in the view. An `Err` means that view and binding have parted.
    ///
    /// While an input method composes, this also ends the composition.
    pub fn commit(&mut self, changes: &[Change]) -> Result<Committed, Interrupted> {
        match self.composing {
            Some(_) => self.composition_end(changes),
            None => self.write(changes),
        }
    }

    /// Makes the document show `view`, comparing all of it: slower than `commit`, and the measure for it.
    pub fn reconcile(&mut self, view: &Node) -> Result<Committed, Interrupted> {
        let children = Change::Children {
            path: Vec::new(),
            from: 0,
            to: self.mirror.children(Mirror::ROOT).len(),
            nodes: view.content.clone(),
        };
        self.commit(&[children])
    }

    /// Takes an update of others (v1 encoding) in; returns what the view has to change.
    /// Also the way to load a document after `open`: then ignore the changes and show `view()`.
    pub fn apply_remote(&mut self, update: &[u8]) -> Result<Vec<Change>, DocumentError> {
        let before = (!self.heirs.is_empty()).then(|| self.doc.transact().state_vector());
        let applied = self.waiting.enter(&mut self.doc.transact_mut(), update);
        if let (Ok(()), Some(before)) = (&applied, before) {
            self.take_update();
            self.heirs.carry_over(&mut self.doc.transact_mut_with(CARRIED), update, &before);
            let carried = self.take_update();
            self.carried.extend(carried);
        }
        let changes = self.catch_up();
        applied.map(|()| changes)
    }

    /// Updates that this replica has made of what others wrote in blocks it had replaced; to be sent like its own.
    pub fn take_carried(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.carried)
    }

    /// From now on nothing is carried over into what has replaced other blocks so far: who may not edit any more writes
    /// nothing for others either.
    pub fn forget_replaced(&mut self) {
        self.heirs = Heirs::default();
    }

    /// An input method composes in the text block at `path`: from now on no change
    /// touches this block in the view until `composition_end`.
    pub fn composition_start(&mut self, path: &[usize]) -> Result<(), ChangeError> {
        let block = self.mirror.at(path).ok_or_else(|| ChangeError::NoNode { path: path.to_vec() })?;
        if self.mirror.pieces(block).is_none() {
            return Err(ChangeError::NotText { path: path.to_vec() });
        }
        self.composing = Some(block);
        Ok(())
    }

    /// The composition is over; `changes` are the view's changes since its start.
    /// The `catch_up` of the result brings what was withheld.
    pub fn composition_end(&mut self, changes: &[Change]) -> Result<Committed, Interrupted> {
        let Some(block) = self.composing.take() else { return self.write(changes) };
        if self.dirty.is_empty() {
            return self.write(changes);
        }
        composition::end(self, block, changes)
    }

    pub fn is_composing(&self) -> bool {
        self.composing.is_some()
    }

    /// Takes back the last of one's own edits. `None`: there is none.
    pub fn undo(&mut self) -> Option<Undone> {
        self.step_back(History::undo)
    }

    /// Does again what was last taken back. `None`: there is nothing.
    pub fn redo(&mut self) -> Option<Undone> {
        self.step_back(History::redo)
    }

    fn step_back(&mut self, step: impl FnOnce(&mut History, Option<Value>) -> Option<Option<Value>>) -> Option<Undone> {
        self.composing = None;
        let mut changes = self.catch_up();
        self.take_update();
        let caret = step(&mut self.history, self.caret.clone());
        let update = self.take_update();
        changes.extend(self.catch_up());
        let caret = caret?;
        let selection = caret.as_ref().and_then(|anchor| self.position(anchor));
        self.caret = caret;
        Some(Undone { update: update?, changes, selection })
    }

    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// The next edit starts a new undo step.
    pub fn stop_capturing(&mut self) {
        self.history.stop_capturing();
    }

    /// Tells where the caret is, so that an undo can put it back. Call it when the selection moves.
    pub fn note_selection(&mut self, caret: Option<&Position>) {
        self.caret = caret.and_then(|caret| self.anchor(caret));
    }

    /// A place that survives edits: a Yjs relative position in JSON, as y-prosemirror has it in awareness.
    /// `None`: the view has no such place.
    pub fn anchor(&self, position: &Position) -> Option<Value> {
        positions::anchor(&self.doc.transact(), &self.mirror, &self.root, position)
    }

    /// Where such a place is now. `None`: not in this document (yet, or any more).
    pub fn position(&self, anchor: &Value) -> Option<Position> {
        positions::position(&self.doc.transact(), &self.mirror, anchor)
    }

    /// What this replica has seen (v1 encoding).
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// What a replica with this state vector (v1 encoding) lacks, as one update.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        Ok(self.waiting.with(replica::diff(&self.doc, state_vector)?))
    }

    /// Nothing it was given waits for something it lacks.
    pub fn is_whole(&self) -> bool {
        self.waiting.is_empty()
    }

    /// All of it, as one update.
    pub fn snapshot(&self) -> Vec<u8> {
        self.waiting.with(replica::snapshot(&self.doc))
    }

    /// The view as it reads when all of the document is read anew: equal to `view()` but while composing.
    pub fn read_anew(&self) -> Node {
        tree::read(&self.doc.transact(), &self.root).node(Mirror::ROOT)
    }

    /// Brings the mirror up to date with what the CRDT told, as far as a composition allows.
    pub(super) fn catch_up(&mut self) -> Vec<Change> {
        let happened = std::mem::take(&mut lock(&self.heard).happened);
        let txn = self.doc.transact();
        self.dirty.note(&txn, &self.mirror, happened);
        let held = self.composing;
        Catching { txn: &txn, root: &self.root, mirror: &mut self.mirror, dirty: &mut self.dirty, held }.all()
    }

    pub(super) fn take_update(&mut self) -> Option<Vec<u8>> {
        lock(&self.heard).update.take()
    }

    /// Writes changes in one transaction of our own.
    pub(super) fn write(&mut self, changes: &[Change]) -> Result<Committed, Interrupted> {
        let mut shown = None;
        let mut problem = None;
        let kind = if changes.iter().all(is_typing) { Edit::Typing } else { Edit::Other };
        let (update, astray) = self.transact(kind, |writer| {
            for (at, change) in changes.iter().enumerate() {
                let plain = is_plain(writer.mirror, change);
                let written =
                    if plain { writer.write(change) } else { write_whole(writer, &changes[at..], &mut shown) };
                writer.settle();
                problem = written.err().map(|problem| (at, problem));
                if problem.is_some() || !plain {
                    break;
                }
            }
        });
        if let Some((at, problem)) = problem {
            return Err(Interrupted { at, problem, written: update });
        }
        let catch_up = match shown {
            Some(shown) => plain::difference(&shown, &self.view()),
            None => astray.into_iter().filter_map(|block| self.as_it_is(block)).collect(),
        };
        Ok(Committed { update, catch_up, selection: None })
    }

    /// Writes into one text block; `true`: otherwise than asked for.
    pub(super) fn write_text(&mut self, block: Key, deltas: &[Vec<InlineOp>]) -> (Option<Vec<u8>>, bool) {
        let mut written = true;
        let (update, astray) = self.transact(Edit::Other, |writer| {
            written = deltas.iter().all(|delta| writer.change_text(block, delta).is_ok());
        });
        (update, !written || !astray.is_empty())
    }

    /// Makes all of the document like these blocks, as far as the mirror shows it otherwise.
    pub(super) fn write_all(&mut self, blocks: Vec<Node>) -> Result<Option<Vec<u8>>, ChangeError> {
        let mut written = Ok(());
        let (update, _) = self.transact(Edit::Other, |writer| {
            let count = writer.mirror.children(Mirror::ROOT).len();
            written = writer.change_children(Mirror::ROOT, 0, count, blocks);
            writer.settle();
        });
        written.map(|()| update)
    }

    fn transact(&mut self, kind: Edit, write: impl FnOnce(&mut Writer)) -> (Option<Vec<u8>>, BTreeSet<Key>) {
        self.take_update();
        if kind == Edit::Other {
            self.history.stop_capturing();
        }
        let mut astray = BTreeSet::new();
        {
            let mut txn = self.doc.transact_mut_with(OWN);
            write(&mut Writer {
                txn: &mut txn,
                root: &self.root,
                mirror: &mut self.mirror,
                dirty: &mut self.dirty,
                heirs: &mut self.heirs,
                astray: &mut astray,
            });
        }
        self.history.remember(self.caret.clone());
        if kind == Edit::Other {
            self.history.stop_capturing();
        }
        (self.take_update(), astray)
    }

    /// The living element that `key` stands for.
    pub(super) fn fragment(&self, key: Key) -> Option<XmlFragmentRef> {
        edit::fragment(&self.doc.transact(), &self.root, &self.mirror, key)
    }

    /// Puts a text block right that the view shows otherwise.
    pub(super) fn as_it_is(&self, block: Key) -> Option<Change> {
        let mut path = self.mirror.get(block).map(|_| self.mirror.path(block))?;
        let place = path.pop()?;
        Some(Change::Children { path, from: place, to: place + 1, nodes: vec![self.mirror.node(block)] })
    }

    /// Tells a change of inline content that was written elsewhere.
    pub(super) fn inline_change(&self, block: Key, delta: Vec<InlineOp>) -> Option<Change> {
        (!delta.is_empty()).then(|| Change::Inline { path: self.mirror.path(block), delta })
    }
}

/// Applies the changes to the whole view, and compares that with the document.
fn write_whole(writer: &mut Writer, changes: &[Change], shown: &mut Option<Node>) -> Result<(), ChangeError> {
    let mut view = writer.mirror.node(Mirror::ROOT);
    for change in changes {
        plain::apply(&mut view, change)?;
    }
    let nodes = view.content.iter().map(edit::normal_block).collect::<Result<Vec<_>, _>>()?;
    *shown = Some(view);
    let count = writer.mirror.children(Mirror::ROOT).len();
    writer.change_children(Mirror::ROOT, 0, count, nodes)
}

/// Will the document, after this change has been written, show just what the view shows?
/// Not if nodes are concerned that are only shown, or if the view has made something that does not fit the schema.
fn is_plain(mirror: &Mirror, change: &Change) -> bool {
    let fits = |nodes: &[Node]| nodes.iter().all(|node| schema().fits(node) && !carries_unknown(node));
    match change {
        Change::Inline { path, delta } => mirror.at(path).is_none_or(|block| {
            let kind = mirror.entry(block).kind;
            let takes = |node: &Node| {
                schema().node(&node.kind).is_some_and(|child| kind.accept(Default::default(), child).is_some())
            };
            // Loose text that becomes empty would no longer be shown.
            let vanishes = mirror.entry(block).source == Source::Virtual
                && mirror.pieces(block).is_some_and(|pieces| !pieces.is_empty())
                && inline::reach(delta) <= inline::len(&mirror.runs(block))
                && inline::apply(&mirror.runs(block), delta).is_empty();
            !vanishes
                && delta.iter().all(|op| match op {
                    InlineOp::Insert { nodes } => fits(nodes) && nodes.iter().all(takes),
                    InlineOp::Retain { .. } | InlineOp::Delete { .. } => true,
                })
        }),
        Change::Attrs { path, attrs } => mirror.at(path).is_none_or(|key| {
            let entry = mirror.entry(key);
            entry.source != Source::Virtual && entry.kind.complete(attrs) == *attrs
        }),
        Change::Children { path, from, to, nodes } => mirror.at(path).is_none_or(|key| {
            let children = mirror.children(key);
            if from > to || *to > children.len() {
                return true;
            }
            let before = children[..*from].iter().map(|&key| mirror.entry(key).kind);
            let after = children[*to..].iter().map(|&key| mirror.entry(key).kind);
            let Some(between) = nodes.iter().map(|node| schema().node(&node.kind)).collect::<Option<Vec<_>>>() else {
                return true;
            };
            let kind = mirror.entry(key).kind;
            let progress =
                before.chain(between).chain(after).try_fold(Default::default(), |at, child| kind.accept(at, child));
            let wrapped = |&key: &Key| mirror.entry(key).source == Source::Virtual && !mirror.frontier(key).is_empty();
            fits(nodes)
                && progress.is_some_and(|progress| kind.is_complete(progress))
                && mirror.entry(key).source != Source::Virtual
                && !children.iter().any(wrapped)
        }),
    }
}

/// Is there something in it that is written from JSON, and may read otherwise afterwards?
fn carries_unknown(node: &Node) -> bool {
    matches!(node.kind.as_str(), UNKNOWN_BLOCK | UNKNOWN_INLINE) || node.content.iter().any(carries_unknown)
}

fn is_typing(change: &Change) -> bool {
    match change {
        Change::Inline { delta, .. } => !delta.iter().any(|op| matches!(op, InlineOp::Retain { marks: Some(_), .. })),
        Change::Attrs { .. } | Change::Children { .. } => false,
    }
}

fn is_own(txn: &TransactionMut) -> bool {
    txn.origin().is_some_and(|origin| *origin == yrs::Origin::from(OWN))
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
