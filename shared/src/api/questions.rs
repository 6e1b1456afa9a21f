//! Bodies of questions in tutoring sessions.

use serde::{Deserialize, Serialize};

use super::{AttendeeCard, MediaCard, PersonCard, SchoolCard};
use crate::library::Placing;
use crate::tutoring::QuestionState;
use crate::words::{MediaId, QuestionId, TutoringId, UnixMillis};

/// A place on the board: a page, and where on it, in the board's own measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardPlace {
    pub page: u32,
    pub x: i64,
    pub y: i64,
}

/// `POST /api/tutoring/{session}/questions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskQuestion {
    /// Random, drawn once: what comes again under it is one question.
    pub id: QuestionId,
    /// At most [`crate::tutoring::MAX_QUESTION_CHARS`] characters.
    pub text: String,
    /// Nobody is told who asks, host and helpers neither; their school is.
    #[serde(default)]
    pub anonymous: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<BoardPlace>,
    /// A passage of the plan; at most [`crate::tutoring::MAX_QUOTE_CHARS`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
    /// A question of the same session that it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<QuestionId>,
    /// A photo and a clip of one's own that were sent before; with one of them the text may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<MediaId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<MediaId>,
}

/// `PUT /api/tutoring/{session}/questions/{question}`: what is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum DecideQuestion {
    /// It is being answered now.
    Take,
    /// It was answered live: at this moment, or so many milliseconds after the session began.
    AnsweredLive {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moment: Option<i64>,
    },
    /// In writing, at most [`crate::tutoring::MAX_ANSWER_CHARS`] characters.
    AnswerInWriting {
        answer: String,
    },
    PutAside,
    /// As if nobody had decided anything.
    Reopen,
    /// It asks the same as another one, which gets its votes.
    Merge {
        into: QuestionId,
    },
    /// By whoever asked it, as long as it was not answered.
    Withdraw,
}

/// A question as everybody in the session sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionCard {
    pub id: QuestionId,
    pub number: u64,
    pub text: String,
    /// Absent if it was asked without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AttendeeCard>,
    /// Of whoever asked without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<BoardPlace>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<QuestionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<MediaCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<MediaCard>,
    pub at: UnixMillis,
    pub state: QuestionState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<QuestionId>,
    /// Answered live, so many milliseconds after the session began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<i64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// With whoever asked it or one that was merged into it.
    pub votes: u32,
    /// The asking person asked it. Not in what is told to all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
    /// … or voted for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voted: bool,
}

/// `GET /api/tutoring/{session}/questions`: those that wait first, by votes and then by age; then the others, by age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionList {
    pub questions: Vec<QuestionCard>,
}

/// One of `GET /api/tutoring/questions/waiting`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingQuestion {
    pub session: TutoringId,
    /// Of the session.
    pub title: String,
    pub question: QuestionCard,
}

/// What the caller hosts and has not answered, the oldest first; 100 at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingQuestions {
    pub questions: Vec<WaitingQuestion>,
    /// Of all.
    pub total: u32,
}

/// An answered question that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundQuestion {
    pub id: QuestionId,
    pub session: TutoringId,
    pub text: String,
    /// Of the session in which it was answered.
    pub asked_in: String,
    pub host: PersonCard,
    #[serde(default)]
    pub placing: Placing,
    pub answered: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<i64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}
