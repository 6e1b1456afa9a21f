//! What people do with their own accounts.

use std::time::Duration;

use shared::api::{SessionLine, SetProfile};
use shared::organisation::{Change, Directory, Person, Record};
use shared::words::UserId;

use super::one_time::OneTimeError;
use super::{Accounts, Caller, May, SignedIn, Source, is_fit};
use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::store::{By, ChangeError, NewChanges, StoreError, UsedBy};

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
    #[error(transparent)]
    Change(#[from] ChangeError),
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
        if !is_fit(&new) {
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

    /// What people say of themselves.
    pub async fn set_profile(&self, person: &UserId, profile: SetProfile) -> Result<(), ProfileError> {
        let SetProfile { phone, email, teaches } = profile;
        let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let phone = said(phone).map(|phone| phone.replace([' ', '-'], ""));
        let email = said(email).map(|email| email.to_lowercase());
        let saying = |directory: &Directory| {
            let known = directory.person(person).filter(|person| person.is_active())?;
            let (phone, email, teaches) = (phone.clone(), email.clone(), teaches.trim().to_owned());
            Some(vec![Change::Put(Record::Person(Person { phone, email, teaches, ..known.clone() }))])
        };
        match self.store.change(NewChanges::made(By::Judged(person.clone()), &saying, clock::now())).await {
            Ok(_) => Ok(()),
            Err(ChangeError::Forbidden { .. }) => Err(ProfileError::Gone),
            Err(error @ (ChangeError::Misfit(_) | ChangeError::Store(_))) => Err(error.into()),
        }
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
