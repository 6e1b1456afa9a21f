//! What people say of items, as stored: remarks with replies, corrections, ratings, and what waits for whom.

use std::collections::BTreeMap;

use async_trait::async_trait;
use shared::api::Waiting;
use shared::library::{CorrectionState, RemarkKind, Verdict};
use shared::organisation::Shelf;
use shared::words::{ItemId, RemarkId, UnixMillis, UserId};

use super::{ItemHandle, Keeping, Result, Speaking};

/// What people say of items.
#[async_trait]
pub trait Talk: Send + Sync {
    /// Says something once: whoever sends the same remark again is told that it was said before.
    async fn say(&self, item: Speaking<'_>, remark: NewRemark) -> Result<Said>;
    /// Says many things at once, in their order, all or none; they leave no lines in the audit log.
    async fn put_talk(&self, talk: &[DepositedTalk]) -> Result<()>;
    /// What began threads, newest first, as far as the handle's person sees it.
    async fn threads(&self, item: &ItemHandle, page: ThreadPage) -> Result<Vec<StoredRemark>>;
    /// Of each root so many visible replies after this number, the oldest first.
    async fn replies(&self, item: &ItemHandle, roots: &[RemarkId], after: u64, limit: u32)
    -> Result<Vec<StoredRemark>>;
    /// What was said of this item, whoever sees it.
    async fn remark(&self, item: &ItemHandle, id: &RemarkId) -> Result<Option<StoredRemark>>;
    async fn talk_counts(&self, item: &ItemHandle) -> Result<TalkCounts>;
    /// `false` if it is not theirs, or not to be changed any more.
    async fn change_remark(&self, item: Speaking<'_>, id: &RemarkId, text: &str, at: UnixMillis) -> Result<bool>;
    /// `false` if it is not theirs. A correction that is still open is withdrawn with it.
    async fn take_back(&self, item: Speaking<'_>, id: &RemarkId, at: UnixMillis) -> Result<bool>;
    /// Hides it, or with `None` shows it again; `false` if there is nothing to hide.
    async fn set_hidden(&self, item: Keeping<'_>, id: &RemarkId, why: Option<&str>, at: UnixMillis) -> Result<bool>;
    /// `false` if it is no question of theirs.
    async fn close_question(&self, item: Speaking<'_>, id: &RemarkId, at: UnixMillis) -> Result<bool>;
    /// `false` if it can't be decided so any more. What was declined can still be taken.
    async fn decide_correction(&self, item: Speaking<'_>, id: &RemarkId, decision: Decision) -> Result<bool>;

    /// In the place of what they said before.
    async fn rate(&self, item: Speaking<'_>, verdict: Verdict, words: &str, at: UnixMillis) -> Result<()>;
    async fn unrate(&self, item: Speaking<'_>) -> Result<()>;
    /// Those with a sentence, the last first.
    async fn ratings(&self, item: &ItemHandle, page: RatingPage) -> Result<Vec<StoredRating>>;
    async fn rating_of(&self, item: &ItemHandle, person: &UserId) -> Result<Option<StoredRating>>;
    /// By what they said, without authors of the item.
    async fn rating_counts(&self, item: &ItemHandle) -> Result<BTreeMap<Verdict, u32>>;

    /// What is open on items that this person made or that lie on one of these shelves, and what they were answered since;
    /// of each sort the newest so many, judged by nobody yet.
    async fn waiting(
        &self,
        person: &UserId,
        shelves: &[Shelf],
        since: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredWaiting>>;
    /// Until when this person has read what they were answered.
    async fn answers_read(&self, person: &UserId) -> Result<UnixMillis>;
    async fn read_answers(&self, person: &UserId, at: UnixMillis) -> Result<()>;
}

pub struct NewRemark {
    pub id: RemarkId,
    /// What it replies to.
    pub root: Option<RemarkId>,
    pub kind: RemarkKind,
    pub text: String,
    pub at: UnixMillis,
    /// By somebody who speaks for the item.
    pub for_item: bool,
    pub correction: Option<NewCorrection>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    pub version: u32,
    pub quote: String,
    pub instead: String,
}

/// What became of a remark on its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Now,
    /// It had come already.
    Before,
    /// Something else has the id.
    Foreign,
    /// There is nothing to reply to.
    NoThread,
    TooManyReplies,
    /// They have thanked already.
    ThankedBefore,
}

/// Remarks and a rating that come as a whole.
pub struct DepositedTalk {
    pub item: ItemId,
    pub by: UserId,
    pub what: Deposited,
}

pub enum Deposited {
    Remark(NewRemark),
    Decided(RemarkId, Decision),
    Rating { verdict: Verdict, words: String, at: UnixMillis },
}

pub struct Decision {
    pub state: CorrectionState,
    pub words: String,
    pub at: UnixMillis,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct ThreadPage {
    /// Only those with smaller numbers.
    pub before: Option<u64>,
    pub kind: Option<RemarkKind>,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct RatingPage {
    pub before: Option<u64>,
    pub verdict: Option<Verdict>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredRemark {
    pub number: u64,
    pub id: RemarkId,
    pub root: Option<RemarkId>,
    pub kind: RemarkKind,
    pub author: UserId,
    pub text: String,
    pub at: UnixMillis,
    pub changed: Option<UnixMillis>,
    pub taken_back: bool,
    /// Why it is hidden.
    pub hidden: Option<String>,
    pub answered: bool,
    pub correction: Option<StoredCorrection>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredCorrection {
    pub version: u32,
    pub quote: String,
    pub instead: String,
    pub state: CorrectionState,
    pub decided: Option<UnixMillis>,
    pub decided_by: Option<UserId>,
    pub words: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct TalkCounts {
    /// Threads that the person sees, without thanks that have no words.
    pub threads: u32,
    pub thanks: u32,
    /// The last of them first, at most 12.
    pub thanked_by: Vec<UserId>,
    pub my_thanks: Option<RemarkId>,
    pub open_questions: u32,
    /// Whose corrections were taken, at most 20.
    pub corrected_by: Vec<UserId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredRating {
    pub number: u64,
    pub person: UserId,
    pub verdict: Verdict,
    pub words: String,
    pub at: UnixMillis,
    /// They took the item into their own work.
    pub used: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredWaiting {
    pub at: UnixMillis,
    pub item: ItemId,
    pub by: UserId,
    pub what: Waiting,
}
