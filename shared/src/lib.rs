//! What client and server share: documents, sync, rights, and the bodies of the HTTP API.
//!
//! This crate is pure. It has no clock, no chance, no sockets and no disk: time, random numbers and
//! new ids come in as arguments, so that every behaviour in it can be replayed in a test.

pub mod access;
pub mod api;
pub mod board;
pub mod document;
pub mod library;
pub mod organisation;
pub mod pages;
pub mod replay;
pub mod sizes;
pub mod sync;
pub mod tutoring;
pub mod unseen;
pub mod wire;
pub mod words;
