//! What of tutoring sessions belongs to one person: for themselves alone, when they take it along.

use async_trait::async_trait;
use serde::Serialize;
use shared::api::CheckAnswer;
use shared::words::{BlobId, CheckId, MediaId, QuestionId, TutoringId, UnixMillis, UserId};

use super::Result;

#[async_trait]
pub trait OwnTutoring: Send + Sync {
    /// Everything, the oldest first; also of sessions that they may not see any more.
    async fn tutoring_of(&self, person: &UserId) -> Result<TutoringRecord>;
}

#[derive(Debug, Default, PartialEq)]
pub struct TutoringRecord {
    pub sessions: Vec<OwnSession>,
    pub questions: Vec<OwnQuestion>,
    pub answers: Vec<OwnAnswer>,
    pub checks: Vec<OwnCheckAnswer>,
    pub stays: Vec<OwnStay>,
    pub media: Vec<OwnMedia>,
}

/// One they planned, host or help in.
#[derive(Debug, PartialEq, Serialize)]
pub struct OwnSession {
    pub session: TutoringId,
    pub host: bool,
    pub planned: bool,
    pub helper: bool,
    pub begins: UnixMillis,
    pub minutes: u32,
    pub state: String,
    pub opened: Option<UnixMillis>,
    pub ended: Option<UnixMillis>,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct OwnQuestion {
    pub question: QuestionId,
    pub session: TutoringId,
    /// Empty if it was withdrawn.
    pub text: String,
    pub quote: String,
    pub anonymous: bool,
    pub at: UnixMillis,
    pub state: String,
    pub answer: String,
}

/// To a question of somebody.
#[derive(Debug, PartialEq, Serialize)]
pub struct OwnAnswer {
    pub question: QuestionId,
    pub session: TutoringId,
    pub answer: String,
    /// Milliseconds since the session opened.
    pub moment: Option<i64>,
    pub at: Option<UnixMillis>,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct OwnCheckAnswer {
    pub check: CheckId,
    pub session: TutoringId,
    pub asked: String,
    pub answer: CheckAnswer,
    pub at: UnixMillis,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct OwnStay {
    pub session: TutoringId,
    pub since: UnixMillis,
    pub until: Option<UnixMillis>,
    /// By hand.
    pub corrected: Option<UnixMillis>,
}

/// A photo or voice clip.
#[derive(Debug, PartialEq, Serialize)]
pub struct OwnMedia {
    pub media: MediaId,
    pub session: TutoringId,
    pub question: Option<QuestionId>,
    /// Said to all, so many milliseconds after the session opened.
    pub moment: Option<i64>,
    pub media_type: String,
    pub at: UnixMillis,
    #[serde(skip)]
    pub blob: BlobId,
}
