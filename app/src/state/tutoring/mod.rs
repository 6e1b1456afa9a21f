//! Tutoring sessions, as their pages know them.

use shared::words::{MediaId, TutoringId};

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

/// Where a photo or clip of a session is had.
pub fn media_address(session: &TutoringId, media: &MediaId) -> String {
    format!("/api/tutoring/{session}/media/{media}")
}
