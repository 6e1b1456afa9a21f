//! Bodies of what is said of items: remarks, corrections, how they were in use, and what waits for whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PersonCard, TitledItem};
use crate::library::{CorrectionState, RemarkKind, Verdict};
use crate::words::{LoanId, RemarkId, UnixMillis};

/// `POST /api/items/{item}/remarks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// Chosen at random by who says it. The same again is the same remark: it is said once.
    pub id: RemarkId,
    #[serde(flatten)]
    pub what: Saying,
}

/// What is said; texts have at most 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Saying {
    Remark {
        text: String,
    },
    /// Once for each person and item.
    Thanks {
        #[serde(default)]
        text: String,
    },
    /// To the author, open until they or who manages the item reply, or the asker closes it.
    Question {
        text: String,
    },
    Reply {
        /// The remark that began the thread.
        to: RemarkId,
        text: String,
    },
    Correction {
        version: u32,
        /// A passage that stands in that version: at most 500 characters, counted only if it is found there.
        quote: String,
        /// What should stand there, at most 500 characters; nothing leaves the passage out.
        #[serde(default)]
        instead: String,
        /// Why.
        #[serde(default)]
        text: String,
    },
}

/// `PUT /api/items/{item}/remarks/{remark}`: other words, by whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRemark {
    pub text: String,
}

/// `PUT /api/items/{item}/remarks/{remark}/hidden`, by who manages the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HideRemark {
    /// 1 to 300 characters; whoever wrote it reads them.
    pub why: String,
}

/// `PUT /api/items/{item}/remarks/{remark}/correction`: taken or declined by who speaks for the item, withdrawn by who offered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideCorrection {
    pub state: CorrectionState,
    /// At most 300 characters.
    #[serde(default)]
    pub words: String,
}

/// One remark or reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemarkCard {
    pub id: RemarkId,
    /// Nobody is named with what was taken back, or hidden from the asking person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonCard>,
    pub at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<UnixMillis>,
    /// Plain text, to be shown as it is. Empty if it was taken back or hidden from the asking person.
    pub text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
    /// Why who manages the item has hidden it; to others than the writer and those who manage it this is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// The asking person wrote it.
    pub mine: bool,
    /// By somebody who speaks for the item: an author of it, or who manages it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_author: bool,
}

/// What a correction wants, and what became of it. Why it is wanted is the remark's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionCard {
    pub version: u32,
    pub quote: String,
    pub instead: String,
    pub state: CorrectionState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonCard>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// A remark with its replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    #[serde(flatten)]
    pub root: RemarkCard,
    pub kind: RemarkKind,
    /// The asking person speaks for the item: their reply answers, and they decide on corrections.
    pub decides: bool,
    /// Of questions: somebody who speaks for the item has replied, or who asked has closed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<CorrectionCard>,
    /// The oldest first, at most 20 at a time.
    pub replies: Vec<RemarkCard>,
    /// What to ask for as `after` for the replies behind these, if there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// `GET /api/items/{item}/remarks?before=&kind=`: what is said of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Newest first, at most 20. Thanks without words are only counted.
    pub threads: Vec<Thread>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Threads that the asking person sees, without thanks that have no words.
    pub total: u32,
    pub thanks: u32,
    /// Who thanked last, at most 12.
    #[serde(default)]
    pub thanked_by: Vec<PersonCard>,
    /// The asking person's own thanks, to take them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub my_thanks: Option<RemarkId>,
    /// Questions that nobody has answered.
    pub open_questions: u32,
    /// Whose corrections were taken, at most 20.
    #[serde(default)]
    pub corrected_by: Vec<PersonCard>,
}

/// `PUT /api/items/{item}/rating`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub verdict: Verdict,
    /// At most 300 characters.
    #[serde(default)]
    pub words: String,
}

/// How an item was in use, by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingCard {
    pub by: PersonCard,
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    pub at: UnixMillis,
    /// They took it into their own work: the reuse chain has it.
    pub used: bool,
}

/// `GET /api/items/{item}/ratings?before=&verdict=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// People by what they said of it; an author of it is not counted.
    pub counts: BTreeMap<Verdict, u32>,
    /// Those with a sentence, the last first, at most 20.
    pub ratings: Vec<RatingCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<RatingCard>,
    /// Whether the asking person may say how it was: its authors may not.
    pub may_rate: bool,
}

/// `GET /api/library/waiting?before=`: what waits for the asking person, and what others answered them of late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingList {
    /// Newest first, at most 30.
    pub lines: Vec<WaitingLine>,
    /// What to ask for as `before` for older ones, if there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What is to be decided or answered, and answers that were not read yet.
    pub count: u32,
}

/// Something that waits, or was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingLine {
    pub at: UnixMillis,
    pub item: TitledItem,
    /// Whoever asked or answered.
    pub by: PersonCard,
    /// Something to be decided, or an answer that was not read yet.
    pub new: bool,
    #[serde(flatten)]
    pub what: Waiting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Waiting {
    /// An open question.
    Question { remark: RemarkId, text: String },
    /// A correction that was offered.
    Correction { remark: RemarkId, quote: String, instead: String },
    /// A request to borrow.
    Loan { loan: LoanId, since: UnixMillis, until: UnixMillis, purpose: String },
    /// A reply to something that the asking person said, the beginning of whose thread is `remark`.
    Reply { remark: RemarkId, text: String },
    /// A decision on a correction that the asking person offered.
    Decided { remark: RemarkId, state: CorrectionState, words: String },
    /// Something that the asking person said was hidden, and why.
    Hidden { remark: RemarkId, why: String },
    /// A decision on a request of the asking person.
    LoanDecided { loan: LoanId, since: UnixMillis, until: UnixMillis, state: crate::library::LoanState, words: String },
}

/// `PUT /api/library/waiting/read`: answers up to then are not new any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAnswers {
    pub at: UnixMillis,
}
