//! The document model: what a document holds and how edits get in and out of its CRDT.

pub mod build;
pub mod change;
pub mod export;
pub mod plain;
pub mod schema;
pub mod seed;
pub mod template;
pub mod text;

mod binding;
mod composition;
mod edit;
mod edit_text;
mod error;
mod heirs;
mod inhabited;
mod inline;
mod mirror;
mod pairing;
mod positions;
mod remote;
mod repair;
pub(crate) mod replica;
mod tree;
mod undo;
mod value;
mod waiting;
mod walk;
mod write;

use yrs::{Doc, ReadTxn, Transact};

use change::Node;
use mirror::Mirror;

pub use binding::Binding;
pub use error::{ChangeError, Committed, DocumentError, Interrupted, Undone};
pub use replica::{Replica, new_doc};
pub(crate) use waiting::Waiting;

/// Name of the root XmlFragment that holds a document's rich text.
pub const CONTENT: &str = "content";

/// What is shown of a document: the same for all replicas that have the same.
pub fn shown(doc: &Doc) -> Node {
    let txn = doc.transact();
    let mirror = txn.get_xml_fragment(CONTENT).map_or_else(Mirror::new, |root| tree::read(&txn, &root));
    mirror.node(Mirror::ROOT)
}
