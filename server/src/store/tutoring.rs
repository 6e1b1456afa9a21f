//! What the store keeps of tutoring sessions.

use async_trait::async_trait;
use shared::access::{may_see, role, runs};
use shared::library::Placing;
use shared::organisation::{Directory, Shelf};
use shared::tutoring::{Invitation, Role, SessionAccess, Sign, TutoringKind, TutoringState};
use shared::words::{DocumentId, ItemId, Title, TutoringId, UnixMillis, UserId};

use super::{NewDocument, NewUse, Organisation, Result};
use crate::clock;

/// Sessions, who is asked to them, and what those who are there hold.
#[async_trait]
pub trait Tutoring: Send + Sync {
    /// Makes the session, its board and its notes at once; [`super::Cause::Taken`] if something has the id.
    async fn plan_session(&self, session: NewSession) -> Result<()>;
    async fn tutoring_session(&self, id: &TutoringId) -> Result<Option<StoredSessionPlan>>;
    /// Sessions that may concern the person; whether they do is for the judge to say.
    async fn sessions_near(&self, near: &SessionsNear) -> Result<Vec<StoredSessionPlan>>;

    /// Changes the plan, and notes what is shown by it; `false`, and nothing is stored, if it is not at `revision` any more.
    async fn change_plan(
        &self,
        session: Running<'_>,
        plan: &Plan,
        revision: u64,
        shown: Option<NewUse>,
        at: UnixMillis,
    ) -> Result<bool>;
    /// Notes what is shown by it, too. `false`, and nothing is stored, if it does not stand so any more. With the end all
    /// signs are taken away.
    async fn move_session(
        &self,
        session: Leading<'_>,
        from: TutoringState,
        to: TutoringState,
        shown: Option<NewUse>,
        at: UnixMillis,
    ) -> Result<bool>;
    /// Replaces the list of who is asked to come.
    async fn invite(&self, session: Running<'_>, invited: &[Invitation], at: UnixMillis) -> Result<()>;
    /// Whom no invitation brings back; what they hold is taken from them. `false` if too many were sent away already.
    async fn send_from_session(&self, session: Leading<'_>, person: &UserId, at: UnixMillis) -> Result<bool>;
    /// From here on their invitation counts again.
    async fn let_return(&self, session: Leading<'_>, person: &UserId, at: UnixMillis) -> Result<()>;
    async fn removed_from(&self, session: &TutoringHandle) -> Result<Vec<UserId>>;

    /// Somebody shows or is given a sign, in a session that is open, and if they were not sent away.
    async fn set_sign(
        &self,
        session: &TutoringHandle,
        sign: Sign,
        who: &UserId,
        most: usize,
        at: UnixMillis,
    ) -> Result<Given>;
    /// `false` if they had none.
    async fn end_sign(&self, session: &TutoringHandle, sign: Sign, who: &UserId, at: UnixMillis) -> Result<bool>;
    /// In the order in which they were given.
    async fn signs(&self, session: &TutoringHandle) -> Result<Vec<StoredSign>>;
}

/// What became of a sign that was to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Now,
    /// They had it already.
    Before,
    /// So many have it already.
    TooMany,
    /// The session has ended, or they were sent away meanwhile.
    Gone,
}

/// What is said of a session before it takes place.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub kind: TutoringKind,
    pub title: Title,
    /// What it is about, at most [`shared::tutoring::MAX_ABOUT_CHARS`].
    pub about: String,
    pub host: UserId,
    pub placing: Placing,
    pub begins: UnixMillis,
    pub minutes: u32,
    /// The document or item that it is about.
    pub plan: Option<DocumentId>,
    pub item: Option<ItemId>,
    /// Guests wait until somebody lets them in.
    pub lobby: bool,
}

pub struct NewSession {
    pub id: TutoringId,
    pub plan: Plan,
    pub shelf: Shelf,
    pub invited: Vec<Invitation>,
    /// Both on that shelf, by its author.
    pub board: NewDocument,
    pub notes: NewDocument,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredSessionPlan {
    pub number: u64,
    pub id: TutoringId,
    pub plan: Plan,
    pub opened: Option<UnixMillis>,
    pub ended: Option<UnixMillis>,
    pub board: DocumentId,
    pub notes: DocumentId,
    /// What guests come in by.
    pub code: Option<String>,
    pub created: UnixMillis,
    pub revision: u64,
    pub access: SessionAccess,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSign {
    pub sign: Sign,
    pub who: UserId,
    pub at: UnixMillis,
}

/// Which sessions to look through for somebody.
#[derive(Debug, Clone)]
pub struct SessionsNear {
    pub person: UserId,
    pub shelves: Vec<Shelf>,
    /// As `type:id`.
    pub bodies: Vec<String>,
    pub when: When,
    /// Where the page before ended: beginning and number.
    pub after: Option<(UnixMillis, u64)>,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Planned or open, the soonest first.
    Coming,
    /// Ended or cancelled, the last first.
    Past,
}

/// A session with what it is to one person or guest. Only the judge gives one out.
#[derive(Debug, Clone)]
pub struct TutoringHandle {
    who: UserId,
    role: Option<Role>,
    runs: bool,
    stored: StoredSessionPlan,
}

impl TutoringHandle {
    /// Asks the judge. `None` says the same for a session that is absent and for one that is forbidden.
    pub async fn open(
        store: &(impl Tutoring + Organisation + ?Sized),
        who: &UserId,
        id: &TutoringId,
    ) -> Result<Option<Self>> {
        let Some(stored) = store.tutoring_session(id).await? else { return Ok(None) };
        Ok(Self::judge(&store.directory(), who, stored))
    }

    /// The same for a session already at hand.
    pub fn judge(directory: &Directory, who: &UserId, stored: StoredSessionPlan) -> Option<Self> {
        let now = clock::now();
        if !may_see(directory, who, &stored.access, now) {
            return None;
        }
        let (role, runs) = (role(directory, who, &stored.access, now), runs(directory, who, &stored.access, now));
        Some(Self { who: who.clone(), role, runs, stored })
    }

    pub fn id(&self) -> &TutoringId {
        &self.stored.id
    }

    pub fn who(&self) -> &UserId {
        &self.who
    }

    /// `None` for whoever sees it by its shelf alone.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    pub fn runs(&self) -> bool {
        self.runs
    }

    pub fn stored(&self) -> &StoredSessionPlan {
        &self.stored
    }

    pub fn state(&self) -> TutoringState {
        self.stored.access.state
    }

    /// Proof that they plan, invite, end and cancel.
    pub fn running(&self) -> Option<Running<'_>> {
        self.runs.then_some(Running(self))
    }

    /// Proof that they let in, send away, give and take.
    pub fn leading(&self) -> Option<Leading<'_>> {
        (self.runs || self.role.is_some_and(Role::leads)).then_some(Leading(self))
    }
}

/// Proof that somebody runs the session.
#[derive(Clone, Copy)]
pub struct Running<'a>(&'a TutoringHandle);

/// Proof that somebody leads through the session: who runs it and the helpers.
#[derive(Clone, Copy)]
pub struct Leading<'a>(&'a TutoringHandle);

impl<'a> Running<'a> {
    pub fn handle(&self) -> &'a TutoringHandle {
        self.0
    }
}

impl<'a> Leading<'a> {
    pub fn handle(&self) -> &'a TutoringHandle {
        self.0
    }
}
