//! Accounts from the command line.

use shared::organisation::{Change, Directory, Misfit, MisfitAt, Person, Record};
use shared::words::UserId;
use tokio::sync::Semaphore;

use super::password::{MAX_PASSWORD, MIN_PASSWORD_CHARS, hash_password, is_fit, names_of};
use crate::clock;
use crate::secret::{Secret, random_id};
use crate::store::{By, ChangeError, NewChanges, Organisation, OtherProofs, StoreError};

/// Why an account can't be added.
#[derive(Debug, thiserror::Error)]
pub enum AddPersonError {
    #[error("a login has 1 to 64 letters, digits, '.', '-' or '_'")]
    Login,
    #[error("a name has 1 to 100 characters")]
    Name,
    #[error(
        "a password has {MIN_PASSWORD_CHARS} characters or more and {MAX_PASSWORD} bytes at most, is not made of the login, \
             and none of those that everybody tries first"
    )]
    Password,
    #[error("the login {0} is taken")]
    Taken(String),
    #[error(transparent)]
    Store(StoreError),
}

/// Adds an account.
pub async fn add_person(
    store: &dyn Organisation,
    login: &str,
    name: &str,
    password: Secret,
    operator: bool,
) -> Result<UserId, AddPersonError> {
    if !is_fit(&password, [login]) {
        return Err(AddPersonError::Password);
    }
    let id: UserId = random_id().parse().expect("random ids have the form of ids");
    let at = clock::now();
    let person = Person { operator, ..Person::new(id.clone(), name, login, at) };
    let changes = [Change::Put(Record::Person(person))];
    let passwords = [(id.clone(), hash_password(&Semaphore::new(1), password).await)];
    let asked = NewChanges { passwords: &passwords, ..NewChanges::new(By::Server, &changes, at) };
    match store.change(asked).await {
        Ok(_) => Ok(id),
        Err(ChangeError::Store(error)) => Err(AddPersonError::Store(error)),
        Err(ChangeError::Misfit(MisfitAt { at: _, misfit: Misfit::Taken(login) })) => Err(AddPersonError::Taken(login)),
        Err(ChangeError::Misfit(MisfitAt { at: _, misfit: Misfit::Name })) => Err(AddPersonError::Name),
        Err(ChangeError::Misfit(_) | ChangeError::Forbidden { .. }) => Err(AddPersonError::Login),
    }
}

/// Why an account can't be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeAccountError {
    #[error("nobody has the login {0}")]
    Unknown(String),
    #[error(
        "a password has {MIN_PASSWORD_CHARS} characters or more and {MAX_PASSWORD} bytes at most, is not made of the login, \
             and none of those that everybody tries first"
    )]
    Password,
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Closes an account. A running server sends its connections away within a second.
pub async fn close<S>(store: &S, login: &str) -> Result<(), ChangeAccountError>
where
    S: crate::store::Accounts + Organisation + ?Sized,
{
    let id = person_of(store, login)?;
    let at = clock::now();
    let closing = |directory: &Directory| {
        let open = directory.person(&id).filter(|person| person.closed.is_none());
        let closed = open.map(|person| Person { closed: Some(at), ..person.clone() });
        Some(closed.into_iter().map(|person| Change::Put(Record::Person(person))).collect())
    };
    store.change(NewChanges::made(By::Server, &closing, at)).await?;
    Ok(store.send_away(&id).await?)
}

/// Sets a new password. What came in with the old one ends, and so does what came by the single sign-on; a running server
/// sends it away within a second.
pub async fn set_password<S>(store: &S, login: &str, password: Secret) -> Result<(), ChangeAccountError>
where
    S: crate::store::Accounts + OtherProofs + Organisation + ?Sized,
{
    let person = person_of(store, login)?;
    let directory = store.directory();
    if !is_fit(&password, directory.person(&person).into_iter().flat_map(names_of)) {
        return Err(ChangeAccountError::Password);
    }
    let hash = hash_password(&Semaphore::new(1), password).await;
    let at = clock::now();
    store.unlink_sign_ons(&person, &By::Server, at).await?;
    Ok(store.set_password(&person, &hash, at).await?)
}

fn person_of(store: &(impl Organisation + ?Sized), login: &str) -> Result<UserId, ChangeAccountError> {
    let directory = store.directory();
    let person = directory.person_named(&login.trim().to_lowercase());
    person.map(|person| person.id.clone()).ok_or_else(|| ChangeAccountError::Unknown(login.to_owned()))
}
