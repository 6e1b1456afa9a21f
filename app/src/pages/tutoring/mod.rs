//! Tutoring sessions (走网课堂): the room of one, and what stands around it.

mod ask;
mod at_door;
mod code;
mod decide;
mod follow;
pub mod guest;
mod head;
mod holding;
pub mod join;
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
mod times;
mod words;
