//! What the binding gives back, and what can go wrong.

use super::change::{Change, Position};

/// A local edit, written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Committed {
    /// What to send to the others (v1 encoding). `None`: nothing changed.
    pub update: Option<Vec<u8>>,
    /// What the view has to change to show the document as it is; usually nothing.
    pub catch_up: Vec<Change>,
    /// Where the caret belongs after that, if its block went away under it.
    pub selection: Option<Position>,
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
