//! What is lent to whom, as stored.

use async_trait::async_trait;
use shared::library::LoanState;
use shared::words::{ItemId, LoanId, UnixMillis, UserId};

use super::{ItemHandle, Keeping, Result, Speaking};

/// Requests to borrow things and places, and when they are out.
#[async_trait]
pub trait Loans: Send + Sync {
    /// Asks once: whoever sends the same request again is told that it came before.
    async fn ask_loan(&self, item: Speaking<'_>, loan: &NewLoan) -> Result<Entered>;
    /// Agreed at once, or blocked, by who manages the item.
    async fn enter_loan(&self, item: Keeping<'_>, loan: &NewLoan, state: LoanState) -> Result<Entered>;
    /// Puts many in at once, each in its state, and leaves out what is taken; they leave no lines in the audit log.
    async fn put_loans(&self, loans: &[DepositedLoan]) -> Result<()>;
    /// Those that touch a stretch of time, in their order, without what came to nothing unless it is the person's own.
    async fn loans_between(
        &self,
        item: &ItemHandle,
        since: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredLoan>>;
    async fn loan(&self, item: &ItemHandle, id: &LoanId) -> Result<Option<StoredLoan>>;
    /// This person's own, newest first.
    async fn loans_of(&self, person: &UserId, before: Option<u64>, limit: u32) -> Result<Vec<StoredLoan>>;
    /// Agreed or declined, returned, or a block lifted, by who manages the item.
    async fn decide_loan(&self, item: Keeping<'_>, id: &LoanId, decision: &LoanDecision) -> Result<Settled>;
    /// By whoever asked, as long as it has not begun.
    async fn withdraw_loan(&self, item: Speaking<'_>, id: &LoanId, at: UnixMillis) -> Result<Settled>;
    /// Whoever still waits for this item or is to have it.
    async fn borrowers(&self, item: &ItemId) -> Result<Vec<UserId>>;
    /// Ends what these people have asked for or are still to get of it.
    async fn lapse_loans(&self, item: Keeping<'_>, people: &[UserId], at: UnixMillis) -> Result<()>;
}

pub struct NewLoan {
    pub id: LoanId,
    pub since: UnixMillis,
    pub until: UnixMillis,
    pub purpose: String,
    pub at: UnixMillis,
}

impl NewLoan {
    /// The half hours that it takes, since 1970.
    pub fn slots(&self) -> std::ops::Range<i64> {
        slots(self.since, self.until)
    }
}

/// The half hours between two moments that are on the half hour.
pub fn slots(since: UnixMillis, until: UnixMillis) -> std::ops::Range<i64> {
    since.0.div_euclid(shared::library::HALF_HOUR)..until.0.div_euclid(shared::library::HALF_HOUR)
}

/// What became of a request on its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    Now,
    Before,
    /// Something else has the id.
    Foreign,
    /// Somebody else has it then.
    Taken,
    TooMany,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Now,
    /// It was so already.
    Before,
    /// From where it stands it can't be.
    No,
    /// Somebody else has it then.
    Taken,
}

pub struct LoanDecision {
    pub state: LoanState,
    pub words: String,
    pub at: UnixMillis,
}

pub struct DepositedLoan {
    pub item: ItemId,
    pub person: UserId,
    pub loan: NewLoan,
    pub state: LoanState,
    /// Whoever decided, and when.
    pub decided: Option<(UserId, UnixMillis)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredLoan {
    pub number: u64,
    pub id: LoanId,
    pub item: ItemId,
    pub person: UserId,
    pub since: UnixMillis,
    pub until: UnixMillis,
    pub purpose: String,
    pub state: LoanState,
    pub at: UnixMillis,
    pub decided: Option<UnixMillis>,
    pub decided_by: Option<UserId>,
    pub words: String,
}
