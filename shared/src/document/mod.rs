//! The document model: what a document holds and how edits get in and out of its CRDT.

pub mod change;
