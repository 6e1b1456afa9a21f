//! By password, and the second step of those who have one.

use std::time::{Duration, Instant};

use shared::words::{UnixMillis, UserId};

use super::names::as_any;
use super::password::verify;
use super::{Accounts, MAX_PASSWORD, Source};
use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::store::{Machine, StoreError, StoredSession, UsedBy};
use crate::throttle::{self, Counter, Whom};

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong login or wrong password: which of them is not told.
    #[error("wrong login or password")]
    Wrong,
    #[error("wrong one-time password")]
    WrongCode,
    /// It took too long, or too many tries.
    #[error("the second step has ended")]
    TicketEnded,
    #[error("too many wrong passwords, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far somebody has come.
pub enum Entered {
    Whole(SignedIn),
    /// A one-time password is asked for, with this ticket.
    HalfWay(Secret),
}

/// A session that has just been opened.
pub struct SignedIn {
    pub id: Secret,
    pub person: UserId,
    pub computer: UsedBy,
}

impl Accounts {
    /// Checks the password and opens a session under a fresh id; an older session of the same browser ends.
    pub async fn sign_in(
        &self,
        login: &str,
        password: Secret,
        source: &Source,
        computer: UsedBy,
        older: Option<SecretHash>,
    ) -> Result<Entered, SignInError> {
        let [name, phone] = as_any(login).ok_or(SignInError::Wrong)?;
        if password.reveal().len() > MAX_PASSWORD {
            return Err(SignInError::Wrong);
        }
        let known = match self.store.credentials(&name).await? {
            Some(known) => Some(known),
            None => self.store.credentials(&phone).await?,
        };
        let familiar = match &known {
            Some(known) => self.store.familiar(&known.person).await?,
            None => Vec::new(),
        };
        let marks = source.marks();
        let mark = marks.into_iter().find(|mark| familiar.contains(mark));
        let whom = match &known {
            Some(known) => Whom::Person(&known.person),
            None => Whom::Nobody(&name),
        };
        let [_, address] = marks;
        let (one, over_all) = match mark {
            Some(mark) if mark == address => {
                (Counter::familiar_at(whom, mark), Some(Counter::familiar_from(source.address)))
            }
            Some(mark) => (Counter::familiar_at(whom, mark), None),
            None => (Counter::strangers_at(whom), Some(Counter::strangers_from(source.address))),
        };
        let counters: Vec<Counter> = [one].into_iter().chain(over_all).collect();
        let taken = Instant::now();
        self.throttle.take(&counters, taken).map_err(SignInError::TooMany)?;
        // Who has no password yet is turned away after the same time as who has a wrong one.
        let hash = known.as_ref().and_then(|known| known.password_hash.clone());
        let has_one = hash.is_some();
        let right = verify(&self.hashing, password, hash.unwrap_or_else(|| self.nobody.clone())).await;
        let known = known.filter(|known| right && has_one && known.active).ok_or(SignInError::Wrong)?;
        // What others have guessed stays counted: they shall not wait for the owner to make room for them.
        self.throttle.give_back(&counters, taken);
        if let Some(over_all) = over_all {
            self.throttle.forgive(over_all, one);
        }
        Ok(self.enter(known.person, source, computer, older).await?)
    }

    /// Lets somebody in who has shown who they are, as far as that goes without their one-time password.
    pub(super) async fn enter(
        &self,
        person: UserId,
        source: &Source,
        computer: UsedBy,
        older: Option<SecretHash>,
    ) -> Result<Entered, StoreError> {
        if self.has_one_time(&person).await? {
            return Ok(Entered::HalfWay(self.tickets.issue(person, computer, Instant::now())));
        }
        Ok(Entered::Whole(self.open(person, source, computer, older).await?))
    }

    /// The second step: the ticket of the first with a one-time password or a recovery code.
    pub async fn second_step(
        &self,
        ticket: &Secret,
        code: Secret,
        source: &Source,
        older: Option<SecretHash>,
    ) -> Result<SignedIn, SignInError> {
        let now = Instant::now();
        let (person, computer) = self.tickets.holder(ticket, now).ok_or(SignInError::TicketEnded)?;
        let counters = [Counter::second_step_of(&person)];
        self.throttle.take(&counters, now).map_err(SignInError::TooMany)?;
        if !self.is_one_time(&person, &code).await? {
            return Err(SignInError::WrongCode);
        }
        self.throttle.give_back(&counters, now);
        if !self.tickets.use_up(ticket) {
            return Err(SignInError::TicketEnded);
        }
        let active = self.store.directory().person(&person).is_some_and(|person| person.is_active());
        if !active {
            return Err(SignInError::TicketEnded);
        }
        Ok(self.open(person, source, computer, older).await?)
    }

    /// Opens a session under a fresh id in the place of an older one of the same browser.
    pub(super) async fn open(
        &self,
        person: UserId,
        source: &Source,
        computer: UsedBy,
        older: Option<SecretHash>,
    ) -> Result<SignedIn, StoreError> {
        let now = clock::now();
        if let Some(older) = older {
            self.sessions.end(older).await?;
        }
        let id = Secret::random();
        self.sessions.open(id.hash(), &session(&person, source, computer, now)).await?;
        let [device, address] = source.marks();
        let marks = match computer {
            UsedBy::One => vec![device, address],
            // Its browser is told nothing that it could be known by.
            UsedBy::Several => vec![address],
        };
        // With a full disk the place stays strange.
        if let Err(error) = self.store.make_familiar(&person, &marks, now).await {
            tracing::warn!("{error}");
        }
        Ok(SignedIn { id, person, computer })
    }
}

fn session(person: &UserId, source: &Source, used_by: UsedBy, now: UnixMillis) -> StoredSession {
    let on = Machine {
        used_by,
        browser: source.agent.browser.clone(),
        system: source.agent.system.map(str::to_owned),
        network: Some(throttle::network(source.address).to_string()),
    };
    StoredSession { person: person.clone(), created: now, seen: now, on }
}
