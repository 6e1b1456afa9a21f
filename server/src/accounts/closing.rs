//! The end of an account: what lies on its shelf goes to somebody else.

use shared::access::{Circle, administers, may_administer, may_put};
use shared::api::{Closing, PersonCard};
use shared::organisation::{Change, Directory, Person, Record, Seat, Shelf};
use shared::words::{Span, UnixMillis, UserId};

use super::one_time::OneTimeError;
use super::{Accounts, Caller};
use crate::clock;
use crate::secret::Secret;
use crate::store::{By, ChangeError, NewChanges, StoreError};

/// Who gets what a person leaves behind, and the person's password if it is their own account.
pub struct Will {
    pub heir: Shelf,
    pub password: Option<Secret>,
}

/// Why an account was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    #[error("there is no such person, or they are not theirs to look after")]
    NoSuchPerson,
    #[error("nobody else could run the server then")]
    LastOperator,
    #[error("the heir is not there, or may not get it")]
    Heir,
    #[error(transparent)]
    Password(#[from] OneTimeError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// What closing this account would mean.
    pub async fn closing(&self, caller: &UserId, person: &UserId) -> Result<Closing, CloseError> {
        let (directory, now) = (self.store.directory(), clock::now());
        if caller != person && !may_administer(&directory, caller, person, now) {
            return Err(CloseError::NoSuchPerson);
        }
        let card = PersonCard::of(&directory, person, now).ok_or(CloseError::NoSuchPerson)?;
        let belonging = self.store.belongings(person).await?;
        Ok(Closing {
            person: card,
            documents: belonging.documents,
            items: belonging.items,
            elsewhere: belonging.elsewhere,
            shared: belonging.shared,
            seats: u32::try_from(lasting_seats(&directory, person, now).count()).unwrap_or(u32::MAX),
        })
    }

    /// Closes the account and then hands over what lies on its shelf: once closed, nothing is added to it. If that breaks
    /// off in between, it is done again in the same way. Gives the number of documents.
    pub async fn close_and_hand_over(&self, caller: &Caller, person: &UserId, will: Will) -> Result<u32, CloseError> {
        let Will { heir, password } = will;
        let (directory, now) = (self.store.directory(), clock::now());
        directory.person(person).ok_or(CloseError::NoSuchPerson)?;
        if caller.person == *person {
            let password = password.ok_or(OneTimeError::WrongPassword)?;
            self.check_own_password(person, password).await?;
        } else if !may_administer(&directory, &caller.person, person, now) {
            return Err(CloseError::NoSuchPerson);
        }
        if is_last_operator(&directory, person) {
            return Err(CloseError::LastOperator);
        }
        if !may_inherit(&directory, &caller.person, person, &heir, now) {
            return Err(CloseError::Heir);
        }
        let by = By::Judged(caller.person.clone());
        let closing = |directory: &Directory| {
            let theirs = caller.person == *person || may_administer(directory, &caller.person, person, now);
            let known = directory.person(person).filter(|_| theirs)?;
            if is_last_operator(directory, person) || !may_inherit(directory, &caller.person, person, &heir, now) {
                return None;
            }
            let closed = Person { closed: known.closed.or(Some(now)), ..known.clone() };
            let ended = lasting_seats(directory, person, now).map(|seat| {
                let until = Some(seat.span.since.max(now));
                Change::Put(Record::Seat(Seat { span: Span { until, ..seat.span }, ..seat.clone() }))
            });
            Some(ended.chain([Change::Put(Record::Person(closed))]).collect())
        };
        self.store.change(NewChanges::made(by.clone(), &closing, now)).await?;
        self.store.send_away(person).await?;
        Ok(self.store.hand_over(person, &heir, &by, now).await?)
    }
}

fn lasting_seats<'a>(
    directory: &'a Directory,
    person: &UserId,
    now: UnixMillis,
) -> impl Iterator<Item = &'a Seat> + use<'a> {
    directory.seats_of(person).filter(move |seat| !seat.span.is_over(now))
}

fn is_last_operator(directory: &Directory, person: &UserId) -> bool {
    let runs = |known: &&Person| known.operator && known.is_active();
    directory.person(person).is_some_and(|known| runs(&known)) && directory.people().filter(runs).count() == 1
}

/// Another person whom the caller knows, or a school or team that the closed account is of.
fn may_inherit(directory: &Directory, caller: &UserId, person: &UserId, heir: &Shelf, now: UnixMillis) -> bool {
    match heir {
        Shelf::Person(heir) => {
            let there = directory.person(heir).is_some_and(Person::is_active);
            let known = heir == caller || Circle::of(directory, caller, now).has(directory, heir, now);
            heir != person && there && known
        }
        Shelf::School(_) | Shelf::Team(_) if caller == person => may_put(directory, person, heir, now).is_ok(),
        Shelf::School(_) | Shelf::Team(_) => heir.body().is_some_and(|body| {
            let of_it = directory.seats_of(person).any(|seat| seat.body == body);
            of_it && administers(directory, caller, &body, now)
        }),
        Shelf::Group(_) => false,
    }
}
