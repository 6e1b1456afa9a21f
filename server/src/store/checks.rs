//! What the store keeps of quick checks in tutoring sessions.

use async_trait::async_trait;
use shared::api::{CheckAnswer, CheckWords};
use shared::tutoring::CheckState;
use shared::words::{CheckId, SchoolId, UnixMillis, UserId};

use super::{Leading, Result, Said, TutoringHandle};

#[async_trait]
pub trait Checks: Send + Sync {
    /// Keeps it under its id, once.
    async fn write_check(&self, session: Leading<'_>, id: &CheckId, words: &CheckWords, at: UnixMillis)
    -> Result<Said>;
    /// `None` also for one that was never opened, unless host or helper asks.
    async fn check(&self, session: &TutoringHandle, id: &CheckId) -> Result<Option<StoredCheck>>;
    /// In the order in which they were written.
    async fn checks(&self, session: &TutoringHandle) -> Result<Vec<StoredCheck>>;
    /// `false`, and nothing is stored, if it was opened since, or discarded.
    async fn change_check(&self, session: Leading<'_>, id: &CheckId, words: &CheckWords) -> Result<bool>;
    async fn discard_check(&self, session: Leading<'_>, id: &CheckId) -> Result<bool>;
    /// `false`, and nothing is stored, if it does not stand as in `from` any more, or is to open while the session is not.
    async fn move_check(
        &self,
        session: Leading<'_>,
        id: &CheckId,
        from: CheckState,
        to: CheckState,
        at: UnixMillis,
    ) -> Result<bool>;
    /// `false` for one that was never opened.
    async fn show_check(&self, session: Leading<'_>, id: &CheckId, shown: bool) -> Result<bool>;
    /// Takes the place of what they answered before.
    async fn answer_check(
        &self,
        session: &TutoringHandle,
        id: &CheckId,
        school: Option<&SchoolId>,
        answer: &CheckAnswer,
        at: UnixMillis,
    ) -> Result<Answered>;
    /// All answers, by the ids of whoever gave them.
    async fn check_answers(&self, session: &TutoringHandle, id: &CheckId) -> Result<Vec<StoredAnswer>>;
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Kept,
    /// The check is not open, or the session is not.
    Closed,
    /// [`shared::tutoring::MAX_CHECK_ANSWERS`] have answered.
    Full,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredCheck {
    pub number: u64,
    pub id: CheckId,
    pub author: UserId,
    pub words: CheckWords,
    pub state: CheckState,
    pub shown: bool,
    pub at: UnixMillis,
    pub opened: Option<UnixMillis>,
    pub closed: Option<UnixMillis>,
    pub answered: u32,
    /// Of the asking person or guest.
    pub mine: Option<CheckAnswer>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// A person or guest; told to nobody else unless the check is one with names.
    pub who: UserId,
    /// In which they worked when they answered.
    pub school: Option<SchoolId>,
    pub answer: CheckAnswer,
    pub at: UnixMillis,
}
