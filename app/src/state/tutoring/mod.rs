//! Tutoring sessions, as their pages know them.

pub mod again;
pub mod asking;
pub mod queue;
pub mod room;
