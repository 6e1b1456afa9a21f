//! Tutoring sessions, as their pages know them.

pub mod again;
pub mod asking;
pub mod checks;
pub mod errands;
pub mod planning;
pub mod queue;
pub mod room;
pub mod said;
pub mod sessions;
pub mod voice;
pub mod wishes;
