//! The binding between a document and the editor view that shows it.

use serde_json::Value;
use yrs::Doc;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, Transact};

use super::change::{Change, Node, Position};
use super::replica;

/// A document with a view: edits of the view go in, what the view has to change comes out.
///
/// It never calls out. Every method leaves document and view model in step, also when it returns an error.
pub struct Binding {
    doc: Doc,
}

/// A local edit, written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Committed {
    /// What to send to the others (v1 encoding). `None`: nothing changed.
    pub update: Option<Vec<u8>>,
    /// What the view has to change to show the document as it is; usually nothing.
    pub catch_up: Vec<Change>,
}

/// An undo or redo that was carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// What to send to the others (v1 encoding).
    pub update: Vec<u8>,
    /// What the view has to change.
    pub changes: Vec<Change>,
    /// Where the caret was before the edit that has been taken back.
    pub selection: Option<Position>,
}

/// A change that does not fit the document, and so must come from a view that shows something else.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChangeError {
    #[error("no node at {path:?}")]
    NoNode { path: Vec<usize> },
    #[error("no children {from}..{to} in the node at {path:?}")]
    NoChildren { path: Vec<usize>, from: usize, to: usize },
    #[error("the node at {path:?} is not a text block")]
    NotText { path: Vec<usize> },
    #[error("the text block at {path:?} has {len} units, the change speaks of {needed}")]
    TooShort { path: Vec<usize>, len: usize, needed: usize },
    #[error("the schema has no node {kind:?} there")]
    UnknownKind { kind: String },
}

/// A commit that could not be carried through: send `written` if there is any, then show `view()` again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("cannot write change {at}: {problem}")]
pub struct Interrupted {
    /// Index of the change that does not fit. The ones before it are in the document.
    pub at: usize,
    pub problem: ChangeError,
    /// The update made by the changes before it.
    pub written: Option<Vec<u8>>,
}

/// Bytes that are not what they should be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DocumentError {
    #[error("cannot read {what}: {reason}")]
    Malformed { what: &'static str, reason: String },
    #[error("cannot apply update: {0}")]
    Apply(String),
}

impl Binding {
    /// An empty document. `client_id` (53 bits) must be this replica's alone;
    /// `clock` gives milliseconds and groups edits into undo steps.
    pub fn open(client_id: u64, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let _ = clock;
        Self { doc: replica::new_doc(client_id) }
    }

    /// The whole document as the view should show it, in ProseMirror's JSON form.
    pub fn view(&self) -> Node {
        Node { kind: "doc".into(), attrs: Default::default(), content: Vec::new(), text: None, marks: Vec::new() }
    }

    /// Writes what was changed in the view. An `Err` means that view and binding have parted.
    pub fn commit(&mut self, _changes: &[Change]) -> Result<Committed, Interrupted> {
        Ok(Committed::default())
    }

    /// Takes an update of others (v1 encoding) in; returns what the view has to change.
    /// Also the way to load a document after `open`: then ignore the changes and show `view()`.
    pub fn apply_remote(&mut self, update: &[u8]) -> Result<Vec<Change>, DocumentError> {
        replica::apply(&self.doc, update)?;
        Ok(Vec::new())
    }

    /// An input method composes in the text block at `path`: from now on no change
    /// touches this block in the view until `composition_end`.
    pub fn composition_start(&mut self, _path: &[usize]) -> Result<(), ChangeError> {
        Ok(())
    }

    /// The composition is over; `changes` are the view's changes since its start.
    /// The `catch_up` of the result brings what was withheld.
    pub fn composition_end(&mut self, changes: &[Change]) -> Result<Committed, Interrupted> {
        self.commit(changes)
    }

    pub fn is_composing(&self) -> bool {
        false
    }

    /// Takes back the last of one's own edits. `None`: there is none.
    pub fn undo(&mut self) -> Option<Undone> {
        None
    }

    pub fn redo(&mut self) -> Option<Undone> {
        None
    }

    pub fn can_undo(&self) -> bool {
        false
    }

    pub fn can_redo(&self) -> bool {
        false
    }

    /// The next edit starts a new undo step.
    pub fn stop_capturing(&mut self) {}

    /// Tells where the caret is, so that an undo can put it back. Call it when the selection moves.
    pub fn note_selection(&mut self, _caret: Option<&Position>) {}

    /// A place that survives edits: a Yjs relative position in JSON, as y-prosemirror has it in awareness.
    /// `None`: the view has no such place.
    pub fn anchor(&self, _position: &Position) -> Option<Value> {
        None
    }

    /// Where such a place is now. `None`: not in this document (yet, or any more).
    pub fn position(&self, _anchor: &Value) -> Option<Position> {
        None
    }

    /// What this replica has seen (v1 encoding).
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// What a replica with this state vector (v1 encoding) lacks, as one update.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        replica::diff(&self.doc, state_vector)
    }

    /// All of it, as one update.
    pub fn snapshot(&self) -> Vec<u8> {
        replica::snapshot(&self.doc)
    }
}
