//! The document model: what a document holds and how edits get in and out of its CRDT.

pub mod change;
pub mod delta;

mod binding;
mod replica;

pub use binding::{Binding, ChangeError, Committed, DocumentError, Interrupted, Undone};
pub use replica::{Replica, new_doc};

/// Name of the root XmlFragment that holds a document's rich text.
pub const CONTENT: &str = "content";
