//! Bodies of quick checks in tutoring sessions.

use serde::{Deserialize, Serialize};

use super::{AttendeeCard, PersonCard, SchoolCard};
use crate::tutoring::{CheckKind, CheckState, Counted};
use crate::words::{CheckId, UnixMillis};

/// What is asked, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckWords {
    pub kind: CheckKind,
    /// At most [`crate::tutoring::MAX_CHECK_CHARS`] characters.
    pub text: String,
    /// Of a poll: [`crate::tutoring::MIN_CHOICES`] to [`crate::tutoring::MAX_CHOICES`], no two alike; none otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Host and helpers see who answered what. It is said to everybody before they answer, and stays as it was when the
    /// check was opened.
    #[serde(default)]
    pub named: bool,
}

/// `POST /api/tutoring/{session}/checks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteCheck {
    /// Random, drawn once: what comes again under it is one check.
    pub id: CheckId,
    #[serde(flatten)]
    pub words: CheckWords,
}

/// `PUT /api/tutoring/{session}/checks/{check}`: what is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum DecideCheck {
    /// As long as it was never opened.
    Change(CheckWords),
    /// It can be answered from now on, also again.
    Open,
    Close,
    /// Everybody sees the results, without names.
    Show,
    Hide,
    /// It is gone; as long as it was never opened.
    Discard,
}

/// `PUT /api/tutoring/{session}/checks/{check}/answer`: one's own, which takes the place of the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Places in the list of choices, from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<u8>,
    /// At most [`crate::tutoring::MAX_SHORT_CHARS`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A check as it stands, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCard {
    pub id: CheckId,
    pub number: u64,
    #[serde(flatten)]
    pub words: CheckWords,
    pub state: CheckState,
    /// Everybody sees the results.
    pub shown: bool,
    pub by: PersonCard,
    pub at: UnixMillis,
    /// For the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<UnixMillis>,
    pub answered: u32,
    /// The asking person's own answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<CheckAnswer>,
}

/// `GET /api/tutoring/{session}/checks`: in the order in which they were written; those that were never opened for host and
/// helpers alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckList {
    pub checks: Vec<CheckCard>,
}

/// `GET /api/tutoring/{session}/checks/{check}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    #[serde(flatten)]
    pub card: CheckCard,
    /// Absent for those to whom they are not shown, and without names as long as there are fewer than
    /// [`crate::tutoring::MIN_TOGETHER`] answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<CheckResults>,
}

/// The numbers of a check. Counts are of its choices, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResults {
    #[serde(flatten)]
    pub total: Counted,
    pub schools: Vec<SchoolCounted>,
    /// Of nobody's school, and of schools with so few answers that they are not told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<Counted>,
    /// Answers in words, in an order that says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Who answered what, for host and helpers of a check with names; at most [`crate::tutoring::MAX_CHECK_ANSWERS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<NamedAnswer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolCounted {
    /// A guest's school in their words, if it is none that is known here.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
    #[serde(flatten)]
    pub counted: Counted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAnswer {
    pub who: AttendeeCard,
    #[serde(flatten)]
    pub answer: CheckAnswer,
    pub at: UnixMillis,
}
