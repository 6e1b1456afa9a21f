//! What the store keeps of questions in tutoring sessions.

use async_trait::async_trait;
use shared::access::DocumentAccess;
use shared::api::BoardPlace;
use shared::library::Placing;
use shared::tutoring::QuestionState;
use shared::words::{MediaId, QuestionId, TutoringId, UnixMillis, UserId};

use super::{Leading, Result, Said, TutoringHandle};

#[async_trait]
pub trait Questions: Send + Sync {
    /// Keeps it under its id, once; whoever asks counts as its first vote.
    async fn ask_question(&self, session: &TutoringHandle, question: &NewQuestion) -> Result<Said>;
    async fn question(&self, session: &TutoringHandle, id: &QuestionId) -> Result<Option<StoredQuestion>>;
    /// All of the session but those that were withdrawn, in the order in which they were asked.
    async fn questions(&self, session: &TutoringHandle) -> Result<Vec<StoredQuestion>>;
    /// `false`, and nothing is stored, if it does not stand as in `decision.from` any more.
    async fn decide_question(&self, session: Leading<'_>, id: &QuestionId, decision: &QuestionDecision)
    -> Result<bool>;
    /// Its votes are those of `into` from here on, that of whoever asked it counted for itself: a count that does not grow
    /// would tell who asked the other one without a name. `false` if one of the two can't be merged any more.
    async fn merge_question(
        &self,
        session: Leading<'_>,
        id: &QuestionId,
        into: &QuestionId,
        at: UnixMillis,
    ) -> Result<bool>;
    /// By whoever asked it; `false` if it was answered. What was merged into it waits again for itself.
    async fn withdraw_question(&self, session: &TutoringHandle, id: &QuestionId, at: UnixMillis) -> Result<bool>;
    /// `false` if they had voted before.
    async fn vote(&self, session: &TutoringHandle, id: &QuestionId) -> Result<bool>;
    /// `false` if they had not.
    async fn unvote(&self, session: &TutoringHandle, id: &QuestionId) -> Result<bool>;
    /// What waits in sessions that the person hosts and that were not cancelled, the oldest first; and how many in all.
    async fn questions_waiting_for(&self, host: &UserId, limit: u32) -> Result<(Vec<StoredQuestion>, u32)>;
    /// The answered ones among these, for the search and for whoever found them.
    async fn answered_questions(&self, ids: &[QuestionId]) -> Result<Vec<AnsweredQuestion>>;
}

pub struct NewQuestion {
    pub id: QuestionId,
    pub text: String,
    pub anonymous: bool,
    pub place: Option<BoardPlace>,
    pub quote: String,
    pub follows: Option<QuestionId>,
    /// Loose photos and clips of whoever asks.
    pub media: Vec<MediaId>,
    pub at: UnixMillis,
}

pub struct QuestionDecision {
    pub from: QuestionState,
    /// When it was decided on before, as whoever decides now has seen it.
    pub since: Option<UnixMillis>,
    pub to: QuestionState,
    /// Milliseconds since the session began.
    pub moment: Option<i64>,
    pub answer: String,
    pub at: UnixMillis,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredQuestion {
    pub number: u64,
    pub id: QuestionId,
    pub session: TutoringId,
    /// A person or guest; told to nobody else if `anonymous`.
    pub author: UserId,
    pub anonymous: bool,
    pub text: String,
    pub place: Option<BoardPlace>,
    pub quote: String,
    pub follows: Option<QuestionId>,
    pub at: UnixMillis,
    pub state: QuestionState,
    pub decided: Option<UnixMillis>,
    pub decided_by: Option<UserId>,
    pub merged_into: Option<QuestionId>,
    pub moment: Option<i64>,
    pub answer: String,
    pub votes: u32,
    /// Whether the asking person or guest is among them.
    pub voted: bool,
}

/// An answered question with its session, without who asked it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredQuestion {
    pub id: QuestionId,
    pub session: TutoringId,
    pub text: String,
    pub answer: String,
    pub moment: Option<i64>,
    pub answered: UnixMillis,
    /// Of the session.
    pub title: String,
    pub host: UserId,
    pub placing: Placing,
    /// Of its board: who sees that sees this.
    pub access: DocumentAccess,
}
