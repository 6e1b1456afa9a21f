//! What people do with their own accounts.

use std::time::{Duration, Instant};

use shared::api::{SessionLine, SetProfile};
use shared::organisation::{Change, Directory, Person, Record};
use shared::words::UserId;

use super::names::{as_name, as_phone};
use super::one_time::OneTimeError;
use super::{Accounts, Caller, May, SignedIn, Source, is_fit, names_of};
use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::store::{By, ChangeError, NewChanges, StoreError, UsedBy};
use crate::throttle::Counter;

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the old password is wrong")]
    Wrong,
    #[error("the new password is too short or too long")]
    Unfit,
    #[error("too many wrong passwords, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("there is no such account any more")]
    Gone,
    #[error("telephone and e-mail change on the password alone")]
    PasswordAsked,
    /// They come by the single sign-on alone.
    #[error("there is no password that could be asked for")]
    NoPassword,
    #[error("too many names that are somebody else's, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error(transparent)]
    Password(#[from] OneTimeError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Sets a new password on the old one. Everything that came in with the old one ends; this browser goes on under a
    /// fresh id.
    pub async fn change_password(
        &self,
        caller: &Caller,
        old: Secret,
        new: Secret,
        source: &Source,
    ) -> Result<SignedIn, PasswordError> {
        self.check_own_password(&caller.person, old).await.map_err(|error| match error {
            OneTimeError::TooMany(wait) => PasswordError::TooMany(wait),
            OneTimeError::Store(error) => PasswordError::Store(error),
            OneTimeError::WrongPassword | OneTimeError::WrongCode | OneTimeError::InUse | OneTimeError::NotBegun => {
                PasswordError::Wrong
            }
        })?;
        let directory = self.store.directory();
        if !is_fit(&new, directory.person(&caller.person).into_iter().flat_map(names_of)) {
            return Err(PasswordError::Unfit);
        }
        let hash = self.hash(new).await;
        for (session, _) in self.sessions.of(&caller.person).await? {
            self.sessions.end(session).await?;
        }
        self.store.set_password(&caller.person, &hash, clock::now()).await?;
        let computer = match caller.may {
            May::Everything { computer } => computer,
            May::Only(_) => UsedBy::One,
        };
        Ok(self.open(caller.person.clone(), source, computer, None).await?)
    }

    /// What people say of themselves. Telephone and e-mail are ways in, so they are changed on the password: a browser left
    /// open for a moment is not enough.
    pub async fn set_profile(&self, person: &UserId, profile: SetProfile) -> Result<(), ProfileError> {
        let SetProfile { phone, email, teaches, password } = profile;
        let said = |typed: Option<String>| typed.filter(|typed| !typed.trim().is_empty());
        let (phone, email) = (said(phone).map(|typed| as_phone(&typed)), said(email).map(|typed| as_name(&typed)));
        let same = |known: &Person| known.phone == phone && known.email == email;
        let shown = !self.store.directory().person(person).is_some_and(same);
        let (counters, taken) = ([Counter::names_tried_by(person)], Instant::now());
        if shown {
            self.ask_for_password(person, password).await?;
            self.throttle.take(&counters, taken).map_err(ProfileError::TooMany)?;
        }
        let saying = |directory: &Directory| {
            let known = directory.person(person).filter(|known| known.is_active() && (shown || same(known)))?;
            let (phone, email, teaches) = (phone.clone(), email.clone(), teaches.trim().to_owned());
            Some(vec![Change::Put(Record::Person(Person { phone, email, teaches, ..known.clone() }))])
        };
        let changed = self.store.change(NewChanges::made(By::Judged(person.clone()), &saying, clock::now())).await;
        if !changed.as_ref().is_err_and(ChangeError::tells_of_a_name) {
            self.throttle.give_back(&counters, taken);
        }
        match changed {
            Ok(_) => Ok(()),
            Err(ChangeError::Forbidden { .. }) if shown => Err(ProfileError::Gone),
            Err(ChangeError::Forbidden { .. }) => Err(ProfileError::PasswordAsked),
            Err(error @ (ChangeError::Misfit(_) | ChangeError::Store(_))) => Err(error.into()),
        }
    }

    async fn ask_for_password(&self, person: &UserId, password: Option<String>) -> Result<(), ProfileError> {
        if self.store.password(person).await?.is_none() {
            return Err(ProfileError::NoPassword);
        }
        let password = password.filter(|password| !password.is_empty()).ok_or(ProfileError::PasswordAsked)?;
        Ok(self.check_own_password(person, Secret::new(password)).await?)
    }

    /// Where the person is signed in.
    pub async fn session_lines(&self, caller: &Caller) -> Result<Vec<SessionLine>, StoreError> {
        let now = clock::now();
        let sessions = self.sessions.of(&caller.person).await?;
        let lasting = sessions.into_iter().filter(|(_, session)| self.end_of(session) > now);
        let line = |(hash, session): (SecretHash, crate::store::StoredSession)| SessionLine {
            id: short(hash),
            browser: session.on.browser,
            system: session.on.system,
            network: session.on.network,
            created: session.created,
            seen: session.seen,
            this: hash == caller.ground.hash,
            shared_computer: session.on.used_by == UsedBy::Several,
        };
        Ok(lasting.map(line).collect())
    }

    /// Ends the session with this [`SessionLine::id`]; gives its hash if this person had one.
    pub async fn end_session_of(&self, person: &UserId, id: &str) -> Result<Option<SecretHash>, StoreError> {
        let sessions = self.sessions.of(person).await?;
        let Some((hash, _)) = sessions.into_iter().find(|(hash, _)| short(*hash) == id) else { return Ok(None) };
        self.sessions.end(hash).await?;
        Ok(Some(hash))
    }

    /// Signs the person out everywhere; gives what has ended.
    pub async fn end_sessions_of(&self, person: &UserId) -> Result<Vec<SecretHash>, StoreError> {
        let sessions: Vec<_> = self.sessions.of(person).await?.into_iter().map(|(hash, _)| hash).collect();
        for hash in &sessions {
            self.sessions.end(*hash).await?;
        }
        Ok(sessions)
    }
}

/// Enough to name a session by, useless for signing in.
fn short(hash: SecretHash) -> String {
    hash.0[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
