//! Coming in by a code: a start code for one person, or an open invitation for several.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use shared::access::{may_administer, may_change};
use shared::api::{InviteOpenly, Invited, PersonCard};
use shared::organisation::{Body, Change, Directory, Person, Post, Record, Seat};
use shared::words::{Span, UnixMillis, UserId};

use super::codes::{hash_of, random_code};
use super::{Accounts, Entered, Source, is_fit, names_of};
use crate::clock;
use crate::secret::{Secret, SecretHash, random_id};
use crate::store::{
    By, ChangeError, NewChanges, NewStartCode, StoreError, StoredOpenInvitation, StoredStartCode, UsedBy,
};
use crate::throttle::Counter;

/// An open invitation ends so long from now at the latest.
const OPEN_AT_MOST: Duration = Duration::from_secs(90 * 24 * 3600);
const MOST_USES: u32 = 500;

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("one of them is not there, or not theirs to invite")]
    NoSuchPerson,
    #[error("there is no such place for them to invite into")]
    NotYours,
    #[error("the post decides or looks down")]
    PostDecides,
    #[error("1 to {MOST_USES} uses, and an end within {} days", OPEN_AT_MOST.as_secs() / 86_400)]
    Limits,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a code is good for nothing.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// Wrong, used or ended: which of them is not told.
    #[error("no such code")]
    Wrong,
    #[error("too many wrong codes, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why nobody came in with a code.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error("the password is too short or too long")]
    Password,
    #[error("too many logins that are somebody else's, the next one in {} s", .0.as_secs())]
    TooManyNames(Duration),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl From<StoreError> for JoinError {
    fn from(error: StoreError) -> Self {
        JoinError::Code(CodeError::Store(error))
    }
}

/// Somebody without an account at an open invitation.
pub struct NewcomerAt<'a> {
    pub code: &'a Secret,
    pub name: &'a str,
    pub login: &'a str,
    pub password: Secret,
}

enum Behind {
    Start(StoredStartCode),
    Open(StoredOpenInvitation),
}

impl Accounts {
    /// A start code for each of these people, if all of them are this person's to look after.
    pub async fn invite(
        &self,
        by: &UserId,
        people: &[UserId],
        lasts: Duration,
    ) -> Result<Vec<(UserId, Secret, UnixMillis)>, InviteError> {
        let (directory, now) = (self.store.directory(), clock::now());
        let theirs = |person: &UserId| {
            let active = directory.person(person).is_some_and(Person::is_active);
            active && person != by && may_administer(&directory, by, person, now)
        };
        if !people.iter().all(theirs) {
            return Err(InviteError::NoSuchPerson);
        }
        let expires = clock::after(now, lasts);
        let made: Vec<(UserId, Secret, UnixMillis)> =
            people.iter().map(|person| (person.clone(), random_code(), expires)).collect();
        let stored = made.iter().filter_map(|(person, code, expires)| {
            Some(NewStartCode { person: person.clone(), hash: hash_of(code)?, expires: *expires })
        });
        self.store.add_start_codes(&stored.collect::<Vec<_>>(), &By::Person(by.clone()), now).await?;
        Ok(made)
    }

    /// A code with which several people may take a seat.
    pub async fn invite_openly(
        &self,
        by: &UserId,
        wish: InviteOpenly,
    ) -> Result<(Secret, StoredOpenInvitation), InviteError> {
        let InviteOpenly { body, post, uses, ends, seats_until } = wish;
        let (directory, now) = (self.store.directory(), clock::now());
        let invitation = StoredOpenInvitation {
            id: random_id(),
            body,
            post,
            uses,
            used: 0,
            made_by: by.clone(),
            made: now,
            ends,
            seats_until,
        };
        let lasts =
            now < ends && ends <= clock::after(now, OPEN_AT_MOST) && seats_until.is_none_or(|until| now < until);
        if !(1..=MOST_USES).contains(&uses) || !lasts {
            return Err(InviteError::Limits);
        }
        let newcomer: UserId = random_id().parse().expect("random ids have the form of ids");
        if !may_seat(&directory, &invitation, &newcomer, now) {
            return Err(InviteError::NotYours);
        }
        let post = post_of(&directory, &invitation).ok_or(InviteError::NotYours)?;
        if post.decides() {
            return Err(InviteError::PostDecides);
        }
        let code = random_code();
        let hash = hash_of(&code).expect("a random code has the form of codes");
        self.store.add_open_invitation(&invitation, hash).await?;
        Ok((code, invitation))
    }

    /// Whom a code is for.
    pub async fn look_at_code(&self, code: &Secret, from: IpAddr) -> Result<Invited, CodeError> {
        let (behind, _) = self.behind(code, from).await?;
        let (directory, now) = (self.store.directory(), clock::now());
        match behind {
            Behind::Start(StoredStartCode { person, expires, .. }) => {
                let known = directory.person(&person).ok_or(CodeError::Wrong)?;
                let school = PersonCard::of(&directory, &person, now).and_then(|card| card.school);
                let again = self.store.password(&person).await?.is_some();
                let (name, login) = (known.name.clone(), known.login.clone());
                Ok(Invited::Person { name, school, login, again, expires })
            }
            Behind::Open(invitation) => {
                let post_name = post_of(&directory, &invitation).ok_or(CodeError::Wrong)?.name.clone();
                let name = directory.name_of(&invitation.body).unwrap_or_default().to_owned();
                Ok(Invited::Open { body: invitation.body, name, post_name, ends: invitation.ends })
            }
        }
    }

    /// Sets the first password, or a new one, and lets the person in.
    pub async fn start(
        &self,
        code: &Secret,
        password: Secret,
        source: &Source,
        computer: UsedBy,
        older: Option<SecretHash>,
    ) -> Result<Entered, JoinError> {
        let (behind, hash) = self.behind(code, source.address).await?;
        let Behind::Start(StoredStartCode { person, .. }) = behind else { return Err(CodeError::Wrong.into()) };
        let directory = self.store.directory();
        if !is_fit(&password, directory.person(&person).into_iter().flat_map(names_of)) {
            return Err(JoinError::Password);
        }
        let password_hash = self.hash(password).await;
        if !self.store.start(hash, &password_hash, clock::now()).await? {
            return Err(CodeError::Wrong.into());
        }
        Ok(self.enter(person, source, computer, older).await?)
    }

    /// A new account with a seat, by an open invitation.
    pub async fn join_as_newcomer(
        &self,
        newcomer: NewcomerAt<'_>,
        source: &Source,
        computer: UsedBy,
        older: Option<SecretHash>,
    ) -> Result<Entered, JoinError> {
        let NewcomerAt { code, name, login, password } = newcomer;
        let (behind, _) = self.behind(code, source.address).await?;
        let Behind::Open(invitation) = behind else { return Err(CodeError::Wrong.into()) };
        if !is_fit(&password, [login]) {
            return Err(JoinError::Password);
        }
        let now = clock::now();
        let id: UserId = random_id().parse().expect("random ids have the form of ids");
        let person = Person::new(id.clone(), name, login, now);
        let in_school = matches!(invitation.body, Body::School(_));
        let seat = Seat { main: in_school, ..seat_by(&invitation, &id, now) };
        let changes = [Change::Put(Record::Person(person)), Change::Put(Record::Seat(seat))];
        let passwords = [(id.clone(), self.hash(password).await)];
        let (counters, taken) = ([Counter::names_tried_from(source.address)], Instant::now());
        self.throttle.take(&counters, taken).map_err(JoinError::TooManyNames)?;
        let seated = self.take_seat(&invitation, &id, &changes, &passwords).await;
        let guessed = |error: &JoinError| matches!(error, JoinError::Change(change) if change.tells_of_a_name());
        if !seated.as_ref().is_err_and(guessed) {
            self.throttle.give_back(&counters, taken);
        }
        seated?;
        Ok(Entered::Whole(self.open(id, source, computer, older).await?))
    }

    /// The seat of an open invitation for somebody who has an account.
    pub async fn join_as(&self, person: &UserId, code: &Secret, from: IpAddr) -> Result<(), JoinError> {
        let (behind, _) = self.behind(code, from).await?;
        let Behind::Open(invitation) = behind else { return Err(CodeError::Wrong.into()) };
        let changes = [Change::Put(Record::Seat(seat_by(&invitation, person, clock::now())))];
        self.take_seat(&invitation, person, &changes, &[]).await
    }

    async fn take_seat(
        &self,
        invitation: &StoredOpenInvitation,
        person: &UserId,
        changes: &[Change],
        passwords: &[(UserId, String)],
    ) -> Result<(), JoinError> {
        let now = clock::now();
        if !self.store.take_use(&invitation.id, now).await? {
            return Err(CodeError::Wrong.into());
        }
        let seating = |directory: &Directory| is_good(directory, invitation, now).then(|| changes.to_vec());
        let asked = NewChanges { passwords, ..NewChanges::made(By::Judged(person.clone()), &seating, now) };
        let Err(error) = self.store.change(asked).await else { return Ok(()) };
        self.store.give_use_back(&invitation.id).await?;
        Err(match error {
            ChangeError::Forbidden { .. } => CodeError::Wrong.into(),
            ChangeError::Misfit(_) | ChangeError::Store(_) => error.into(),
        })
    }

    /// What `find` has behind the code of a tutoring session. Wrong ones are counted by address, beside those of accounts.
    pub async fn behind_session_code<T>(
        &self,
        from: IpAddr,
        find: impl Future<Output = Result<Option<T>, StoreError>>,
    ) -> Result<T, CodeError> {
        let (counters, taken) = ([Counter::session_codes_from(from)], Instant::now());
        self.throttle.take(&counters, taken).map_err(CodeError::TooMany)?;
        let found = find.await?.ok_or(CodeError::Wrong)?;
        self.throttle.give_back(&counters, taken);
        Ok(found)
    }

    /// What lies behind a code that is still good. Wrong ones are counted by address.
    async fn behind(&self, code: &Secret, from: IpAddr) -> Result<(Behind, SecretHash), CodeError> {
        let (counters, taken) = ([Counter::codes_from(from)], Instant::now());
        self.throttle.take(&counters, taken).map_err(CodeError::TooMany)?;
        let hash = hash_of(code).ok_or(CodeError::Wrong)?;
        let (directory, now) = (self.store.directory(), clock::now());
        let found = match self.store.start_code(hash).await? {
            Some(start) => {
                let active = directory.person(&start.person).is_some_and(Person::is_active);
                // Whoever looks after them no more has invited them no more.
                let theirs = start.made_by.as_ref().is_none_or(|by| may_administer(&directory, by, &start.person, now));
                (active && theirs && now < start.expires).then_some(Behind::Start(start))
            }
            None => {
                self.store.open_invitation(hash).await?.filter(|open| is_good(&directory, open, now)).map(Behind::Open)
            }
        };
        let found = found.ok_or(CodeError::Wrong)?;
        self.throttle.give_back(&counters, taken);
        Ok((found, hash))
    }
}

/// Whether somebody could come in with it now.
fn is_good(directory: &Directory, open: &StoredOpenInvitation, now: UnixMillis) -> bool {
    let newcomer: UserId = open.id.parse().expect("random ids have the form of ids");
    let decides = post_of(directory, open).is_none_or(|post| post.decides());
    let lasts = open.seats_until.is_none_or(|until| now < until);
    now < open.ends && open.used < open.uses && lasts && !decides && may_seat(directory, open, &newcomer, now)
}

/// Whether whoever made the invitation may put people there, as things stand.
fn may_seat(directory: &Directory, invitation: &StoredOpenInvitation, newcomer: &UserId, now: UnixMillis) -> bool {
    let seat = seat_by(invitation, newcomer, now);
    may_change(directory, &invitation.made_by, &Change::Put(Record::Seat(seat)), now)
}

fn seat_by(invitation: &StoredOpenInvitation, person: &UserId, now: UnixMillis) -> Seat {
    Seat {
        id: random_id().parse().expect("random ids have the form of ids"),
        person: person.clone(),
        body: invitation.body.clone(),
        post: invitation.post.clone(),
        main: false,
        span: Span { since: now, until: invitation.seats_until },
    }
}

fn post_of<'a>(directory: &'a Directory, invitation: &StoredOpenInvitation) -> Option<&'a Post> {
    let post = directory.vocabulary(&invitation.body)?.post(&invitation.post)?;
    (post.at == invitation.body.kind()).then_some(post)
}
