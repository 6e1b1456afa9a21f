//! Signing in: passwords, sessions, access tokens, and the other ways in.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use shared::access::administers_anything;
use shared::api::{PersonCard, Scope};
use shared::organisation::Person;
use shared::words::{UnixMillis, UserId};
use tokio::sync::Semaphore;

use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::sessions::Sessions;
use crate::store::{NewToken, SharedStore, StoreError, StoredSession, StoredToken, UsedBy};
use crate::throttle::{self, Throttle};

mod agent;
mod closing;
mod codes;
mod invitations;
mod me;
mod names;
mod one_time;
mod own;
mod password;
mod people;
mod setup;
mod sign_in;
mod sign_on;
mod tickets;

pub use agent::Agent;
pub use closing::{CloseError, Will};
pub use codes::{random_session_code, session_code};
pub use invitations::{CodeError, InviteError, JoinError, NewcomerAt};
pub use me::{me, teams_of};
pub use one_time::{Enrolment, OneTimeError};
pub use own::{PasswordError, ProfileError};
pub use password::{MAX_PASSWORD, MIN_PASSWORD_CHARS, is_fit, names_of};
pub use people::{AddPersonError, ChangeAccountError, add_person, close, set_password};
pub use setup::{SetUpError, SetupCode};
pub use sign_in::{Entered, SignInError, SignedIn};
pub use sign_on::{Begun, Claim, SignOn, SignOnError, SignOnSettings};

use password::{HASHED_AT_ONCE, hash_password};
use tickets::Tickets;

/// Use of a session is written down at most this often.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// An expired token stays in its owner's list for so long: they shall see why their program stopped.
const EXPIRED_TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// On a computer that others use, too, a session without any use ends after so long.
const SHARED_COMPUTER_IDLE: Duration = Duration::from_secs(30 * 60);

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Without any use.
    pub idle: Duration,
    /// With or without use.
    pub absolute: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: Duration::from_secs(3 * 24 * 3600), absolute: Duration::from_secs(30 * 24 * 3600) }
    }
}

/// Of whom one-time passwords are demanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OneTimeFor {
    /// Of nobody: they are for whoever likes.
    #[default]
    WhoeverLikes,
    /// Of those who look after others, and of the operator.
    Administrators,
}

pub struct Accounts {
    store: SharedStore,
    sessions: Sessions,
    throttle: Throttle,
    limits: SessionLimits,
    one_time_for: OneTimeFor,
    tickets: Tickets,
    hashing: Arc<Semaphore>,
    /// Checked when there is no such login, so that the answer takes as long as for a wrong password.
    nobody: String,
    setup: SetupCode,
    sign_on: Option<SignOn>,
}

/// Where somebody signs in.
pub struct Source {
    pub address: IpAddr,
    /// The browser's own id, new if it had none.
    pub device: Secret,
    pub agent: Agent,
}

impl Source {
    /// What makes this place familiar, the more telling first: whole schools share an address.
    fn marks(&self) -> [SecretHash; 2] {
        [self.device.hash(), Secret::new(format!("address {}", throttle::network(self.address))).hash()]
    }
}

/// Who asks, and on what ground.
#[derive(Clone)]
pub struct Caller {
    pub person: UserId,
    pub card: PersonCard,
    pub ground: Ground,
    pub may: May,
}

impl Caller {
    /// Whose account it is; nobody's, of a guest.
    pub fn account(&self) -> Option<&UserId> {
        match self.ground.kind {
            GroundKind::Session | GroundKind::Token => Some(&self.person),
            GroundKind::Guest => None,
        }
    }
}

/// What the ground is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// A session: whatever the person may.
    Everything { computer: UsedBy },
    /// An access token.
    Only(Vec<Scope>),
}

/// The session or access token that somebody came with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    pub kind: GroundKind,
    pub hash: SecretHash,
    /// When it ends; a session may be prolonged by use before.
    pub until: UnixMillis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroundKind {
    Session,
    Token,
    /// A guest of a tutoring session, in its rooms alone: the judge says when that ends.
    Guest,
}

impl Accounts {
    pub async fn new(
        store: SharedStore,
        limits: SessionLimits,
        one_time_for: OneTimeFor,
        sign_on: Option<SignOn>,
    ) -> Self {
        let hashing = Arc::new(Semaphore::new(HASHED_AT_ONCE));
        let nobody = hash_password(&hashing, Secret::random()).await;
        Self {
            sessions: Sessions::new(store.clone()),
            throttle: Throttle::default(),
            tickets: Tickets::default(),
            setup: SetupCode::for_store(&*store),
            store,
            limits,
            one_time_for,
            sign_on,
            hashing,
            nobody,
        }
    }

    /// Who holds this session id, if it still lasts.
    pub async fn caller_by_session(&self, id: &Secret) -> Result<Option<Caller>, StoreError> {
        let hash = id.hash();
        let now = clock::now();
        let Some(session) = self.sessions.get(hash).await? else { return Ok(None) };
        let until = self.end_of(&session);
        if until <= now {
            return Ok(None);
        }
        if clock::after(session.seen, TOUCH_EVERY.min(self.limits.idle / 4)) <= now {
            // A full disk must not sign anybody out.
            if let Err(error) = self.sessions.touch(hash, now).await {
                tracing::warn!("{error}");
            }
        }
        let (person, computer) = (session.person.clone(), session.on.used_by);
        let until = self.end_of(&StoredSession { seen: now, ..session });
        let ground = Ground { kind: GroundKind::Session, hash, until };
        Ok(self.caller(person, ground, May::Everything { computer }))
    }

    /// Who holds this access token.
    pub async fn caller_by_token(&self, token: &Secret) -> Result<Option<Caller>, StoreError> {
        let hash = token.hash();
        let now = clock::now();
        let Some(token) = self.lasting_token(hash, now).await? else { return Ok(None) };
        let StoredToken { person, scopes, expires, used } = token;
        if used.is_none_or(|used| clock::after(used, TOUCH_EVERY) <= now) {
            // A full disk must not stop anybody's program.
            if let Err(error) = self.store.touch_token(hash, now).await {
                tracing::warn!("{error}");
            }
        }
        Ok(self.caller(person, Ground { kind: GroundKind::Token, hash, until: expires }, May::Only(scopes)))
    }

    /// Nobody, if the account is suspended or closed.
    fn caller(&self, person: UserId, ground: Ground, may: May) -> Option<Caller> {
        let directory = self.store.directory();
        directory.person(&person).filter(|person| person.is_active())?;
        let card = PersonCard::of(&directory, &person, clock::now())?;
        Some(Caller { person, card, ground, may })
    }

    /// When the ground ends as things stand; `None` if it has ended. Writing in an open document counts as use.
    pub async fn ground_until(&self, ground: Ground, used: bool) -> Result<Option<UnixMillis>, StoreError> {
        match ground.kind {
            GroundKind::Session => self.session_until(ground.hash, used).await,
            GroundKind::Token => Ok(self.lasting_token(ground.hash, clock::now()).await?.map(|token| token.expires)),
            GroundKind::Guest => Ok(Some(clock::after(clock::now(), self.limits.idle))),
        }
    }

    /// Whether this session or token is still this person's to come with.
    pub async fn holds(&self, person: &UserId, ground: SecretHash) -> Result<bool, StoreError> {
        let active = self.store.directory().person(person).is_some_and(Person::is_active);
        Ok(active && (self.sessions.get(ground).await?.is_some() || self.store.token(ground).await?.is_some()))
    }

    async fn lasting_token(&self, hash: SecretHash, now: UnixMillis) -> Result<Option<StoredToken>, StoreError> {
        Ok(self.store.token(hash).await?.filter(|token| token.expires > now))
    }

    async fn session_until(&self, hash: SecretHash, used: bool) -> Result<Option<UnixMillis>, StoreError> {
        let now = clock::now();
        let Some(mut session) = self.sessions.get(hash).await? else { return Ok(None) };
        if self.end_of(&session) <= now {
            return Ok(None);
        }
        if used {
            self.sessions.touch(hash, now).await?;
            session.seen = now;
        }
        Ok(Some(self.end_of(&session)))
    }

    pub async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError> {
        self.sessions.end(hash).await
    }

    /// Writes sessions that a failing disk did not take; see [`Sessions::write`].
    pub async fn write_sessions(&self) {
        self.sessions.write().await;
    }

    pub fn limits(&self) -> SessionLimits {
        self.limits
    }

    /// Whether one-time passwords are demanded of this person.
    pub fn demands_one_time(&self, person: &UserId) -> bool {
        match self.one_time_for {
            OneTimeFor::WhoeverLikes => false,
            OneTimeFor::Administrators => administers_anything(&self.store.directory(), person, clock::now()),
        }
    }

    /// Whether this person has to set up one-time passwords before anything else.
    pub async fn must_set_up_one_time(&self, person: &UserId) -> Result<bool, StoreError> {
        Ok(self.demands_one_time(person) && !self.has_one_time(person).await?)
    }

    /// A new access token for this person; only its hash is kept.
    pub async fn new_token(
        &self,
        person: &UserId,
        name: &str,
        scopes: &[Scope],
        lasts: Duration,
    ) -> Result<Secret, StoreError> {
        let token = Secret::random();
        let now = clock::now();
        let expires = clock::after(now, lasts);
        self.store.add_token(NewToken { hash: token.hash(), person, name, scopes, at: now, expires }).await?;
        Ok(token)
    }

    /// The hash to store for a password.
    pub async fn hash(&self, password: Secret) -> String {
        hash_password(&self.hashing, password).await
    }

    fn end_of(&self, session: &StoredSession) -> UnixMillis {
        let idle = match session.on.used_by {
            UsedBy::One => self.limits.idle,
            UsedBy::Several => self.limits.idle.min(SHARED_COMPUTER_IDLE),
        };
        clock::after(session.seen, idle).min(clock::after(session.created, self.limits.absolute))
    }

    /// Forgets what has ended long ago.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = clock::now();
        let (opened, seen) = (clock::before(now, self.limits.absolute), clock::before(now, self.limits.idle));
        self.store.sweep_sessions(opened, seen).await?;
        self.store.sweep_tokens(clock::before(now, EXPIRED_TOKENS_KEPT)).await
    }
}
