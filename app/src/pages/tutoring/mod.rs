//! Tutoring sessions (走网课堂): the room of one, and what stands around it.

mod ask;
mod code;
mod decide;
mod follow;
mod head;
mod holding;
mod notes;
mod outside;
mod people;
mod person;
mod pins;
mod question;
mod queue;
pub mod session;
mod side;
mod timer;
mod words;
