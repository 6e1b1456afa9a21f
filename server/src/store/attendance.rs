//! What the store keeps of who was in a tutoring session from when until when.

use async_trait::async_trait;
use shared::words::{DocumentId, UnixMillis, UserId};

use super::{Leading, Result, Running, TutoringHandle};

#[async_trait]
pub trait Attendance: Send + Sync {
    /// Somebody came into the room of this board; `None` if its session is not open, which is no stay.
    async fn note_arrival(&self, board: &DocumentId, who: &UserId, at: UnixMillis) -> Result<Option<u64>>;
    /// They have gone: ends this stay, or without one whatever stay of theirs began with the session.
    async fn note_departure(&self, board: &DocumentId, who: &UserId, stay: Option<u64>, at: UnixMillis) -> Result<()>;
    /// The session begins with these in the room of its board.
    async fn begin_stays(&self, session: Leading<'_>, there: &[UserId], at: UnixMillis) -> Result<()>;
    /// In the order in which they came; those whom a crash has left open end with the session.
    async fn stays(&self, session: &TutoringHandle, limit: u32) -> Result<Vec<StoredStay>>;
    /// By hand; `false` if there is no such stay.
    async fn correct_stay(
        &self,
        session: Running<'_>,
        stay: u64,
        since: UnixMillis,
        until: UnixMillis,
        at: UnixMillis,
    ) -> Result<bool>;
}

/// One socket's time in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStay {
    pub number: u64,
    pub who: UserId,
    pub since: UnixMillis,
    pub until: Option<UnixMillis>,
    pub corrected: Option<(UnixMillis, UserId)>,
}
