//! Wishes for tutoring sessions, as stored.

use async_trait::async_trait;
use shared::access::may_plan;
use shared::api::WishedTime;
use shared::library::Placing;
use shared::organisation::{Directory, Shelf};
use shared::tutoring::{TutoringKind, WishState};
use shared::words::{SchoolId, Title, TutoringId, UnixMillis, UserId, WishId};

use super::{Entered, NewSession, Result};
use crate::clock;

/// What schools ask for, until somebody who plans there decides.
#[async_trait]
pub trait Wishes: Send + Sync {
    /// Asks once: whoever sends the same wish again is told that it came before.
    async fn ask_for_session(&self, wish: &NewWish) -> Result<Entered>;
    async fn session_wish(&self, id: &WishId) -> Result<Option<StoredWish>>;
    /// The newest first; with numbers below `before`.
    async fn wishes_of(&self, person: &UserId, before: Option<u64>, limit: u32) -> Result<Vec<StoredWish>>;
    /// The same of all that these shelves are to plan, without what was withdrawn.
    async fn wishes_on(&self, shelves: &[Shelf], before: Option<u64>, limit: u32) -> Result<Vec<StoredWish>>;
    /// How many of these wait for a decision.
    async fn wishes_waiting(&self, shelves: &[Shelf]) -> Result<u32>;
    /// By whoever asked; `false`, and nothing is stored, if it is not open any more.
    async fn withdraw_wish(&self, wish: OwnWish<'_>, at: UnixMillis) -> Result<bool>;
    /// As [`Wishes::withdraw_wish`], by whoever plans there.
    async fn decline_wish(&self, wish: Deciding<'_>, said: &str, at: UnixMillis) -> Result<bool>;
    /// Plans the session and notes it with the wish, or does neither; [`super::Cause::Taken`] if something has the id.
    async fn accept_wish(&self, wish: Deciding<'_>, session: NewSession, said: &str, at: UnixMillis) -> Result<bool>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct NewWish {
    pub id: WishId,
    pub person: UserId,
    pub school: SchoolId,
    pub shelf: Shelf,
    pub kind: TutoringKind,
    pub title: Title,
    pub words: String,
    pub placing: Placing,
    pub times: Vec<WishedTime>,
    pub at: UnixMillis,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredWish {
    pub number: u64,
    pub wish: NewWish,
    pub state: WishState,
    pub decided: Option<UnixMillis>,
    pub decided_by: Option<UserId>,
    pub said: String,
    pub session: Option<TutoringId>,
}

/// A wish with what it is to one person. Only the judge gives one out.
#[derive(Debug, Clone)]
pub struct WishHandle {
    who: UserId,
    plans: bool,
    stored: StoredWish,
}

impl WishHandle {
    /// Asks the judge. `None` for whoever neither asked nor plans there; these don't see what was withdrawn.
    pub fn judge(directory: &Directory, who: &UserId, stored: StoredWish) -> Option<Self> {
        let plans = may_plan(directory, who, &stored.wish.shelf, clock::now()) && stored.state != WishState::Withdrawn;
        (plans || stored.wish.person == *who).then(|| Self { who: who.clone(), plans, stored })
    }

    pub fn who(&self) -> &UserId {
        &self.who
    }

    pub fn stored(&self) -> &StoredWish {
        &self.stored
    }

    pub fn is_own(&self) -> bool {
        self.stored.wish.person == self.who
    }

    /// Proof that they asked for it.
    pub fn own(&self) -> Option<OwnWish<'_>> {
        self.is_own().then_some(OwnWish(self))
    }

    /// Proof that they plan there.
    pub fn deciding(&self) -> Option<Deciding<'_>> {
        self.plans.then_some(Deciding(self))
    }
}

/// Proof that somebody asked for it.
#[derive(Clone, Copy)]
pub struct OwnWish<'a>(&'a WishHandle);

/// Proof that somebody plans where it was asked for.
#[derive(Clone, Copy)]
pub struct Deciding<'a>(&'a WishHandle);

impl<'a> OwnWish<'a> {
    pub fn handle(&self) -> &'a WishHandle {
        self.0
    }
}

impl<'a> Deciding<'a> {
    pub fn handle(&self) -> &'a WishHandle {
        self.0
    }
}
