//! Signing in: passwords, sessions, access tokens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::access::administers_anything;
use shared::api::{Me, PersonCard, TeamCard};
use shared::organisation::{Body, Change, Directory, Misfit, MisfitAt, Person, Record};
use shared::words::{UnixMillis, UserId};
use tokio::sync::Semaphore;

use crate::clock;
use crate::secret::{Secret, SecretHash, random_bytes, random_id};
use crate::sessions::Sessions;
use crate::store::{
    By, ChangeError, NewChanges, NewToken, Organisation, SharedStore, StoreError, StoredSession, StoredToken,
};
use crate::throttle::{self, Counter, Throttle};

/// Longest password that is looked at, in bytes: hashing a megabyte is work somebody else could order.
pub const MAX_PASSWORD: usize = 1024;
/// Shortest password for a new account, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest login, in characters.
pub const MAX_LOGIN_CHARS: usize = 64;
/// Passwords hashed at one time: each takes a core for some 20 ms and 19 MiB.
const HASHED_AT_ONCE: usize = 2;
/// Use of a session is written down at most this often.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// An expired token stays in its owner's list for so long: they shall see why their program stopped.
const EXPIRED_TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

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

pub struct Accounts {
    store: SharedStore,
    sessions: Sessions,
    throttle: Throttle,
    limits: SessionLimits,
    hashing: Arc<Semaphore>,
    /// Checked when there is no such login, so that the answer takes as long as for a wrong password.
    nobody: String,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong login or wrong password: which of them is not told.
    #[error("wrong login or password")]
    Wrong,
    #[error("too many wrong passwords, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where somebody signs in.
pub struct Source {
    pub address: IpAddr,
    /// The browser's own id, new if it had none.
    pub device: Secret,
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
}

impl Accounts {
    pub async fn new(store: SharedStore, limits: SessionLimits) -> Self {
        let hashing = Arc::new(Semaphore::new(HASHED_AT_ONCE));
        let nobody = hash_password(&hashing, Secret::random()).await;
        let sessions = Sessions::new(store.clone());
        Self { store, sessions, throttle: Throttle::default(), limits, hashing, nobody }
    }

    /// Checks the password and opens a session under a fresh id; an older session of the same browser ends.
    pub async fn sign_in(
        &self,
        login: &str,
        password: Secret,
        source: &Source,
        older: Option<SecretHash>,
    ) -> Result<(Secret, UserId), SignInError> {
        let now = clock::now();
        let login = login.trim().to_lowercase();
        if login.chars().count() > MAX_LOGIN_CHARS || password.reveal().len() > MAX_PASSWORD {
            return Err(SignInError::Wrong);
        }
        let known = self.store.credentials(&login).await?;
        let familiar = match &known {
            Some(known) => self.store.familiar(&known.person).await?,
            None => Vec::new(),
        };
        let mark = source.marks().into_iter().find(|mark| familiar.contains(mark));
        let counters = match mark {
            Some(mark) => vec![Counter::familiar_at(&login, mark)],
            None => vec![Counter::strangers_at(&login), Counter::strangers_from(source.address)],
        };
        let taken = Instant::now();
        self.throttle.take(&counters, taken).map_err(SignInError::TooMany)?;
        // Who has no password yet is turned away after the same time as who has a wrong one.
        let hash = known.as_ref().and_then(|known| known.password_hash.clone()).unwrap_or_else(|| self.nobody.clone());
        let right = self.verify(password, hash).await;
        let Some(known) = known.filter(|known| right && known.active) else { return Err(SignInError::Wrong) };
        // What others have guessed stays counted: they shall not wait for the owner to make room for them.
        self.throttle.give_back(&counters, taken);
        if let Some(older) = older {
            self.sessions.end(older).await?;
        }
        let id = Secret::random();
        self.sessions.open(id.hash(), &known.person, now).await?;
        // With a full disk the place stays strange.
        if let Err(error) = self.store.make_familiar(&known.person, &source.marks(), now).await {
            tracing::warn!("{error}");
        }
        Ok((id, known.person))
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
        let person = session.person.clone();
        let until = self.end_of(&StoredSession { seen: now, ..session });
        Ok(self.caller(person, Ground { kind: GroundKind::Session, hash, until }))
    }

    /// Who holds this access token.
    pub async fn caller_by_token(&self, token: &Secret) -> Result<Option<Caller>, StoreError> {
        let hash = token.hash();
        let now = clock::now();
        let Some(StoredToken { person, expires, used }) = self.lasting_token(hash, now).await? else { return Ok(None) };
        if used.is_none_or(|used| clock::after(used, TOUCH_EVERY) <= now) {
            // A full disk must not stop anybody's program.
            if let Err(error) = self.store.touch_token(hash, now).await {
                tracing::warn!("{error}");
            }
        }
        Ok(self.caller(person, Ground { kind: GroundKind::Token, hash, until: expires }))
    }

    /// Nobody, if the account is suspended or closed.
    fn caller(&self, person: UserId, ground: Ground) -> Option<Caller> {
        let directory = self.store.directory();
        directory.person(&person).filter(|person| person.is_active())?;
        let card = PersonCard::of(&directory, &person, clock::now())?;
        Some(Caller { person, card, ground })
    }

    /// When the ground ends as things stand; `None` if it has ended. Writing in an open document counts as use.
    pub async fn ground_until(&self, ground: Ground, used: bool) -> Result<Option<UnixMillis>, StoreError> {
        match ground.kind {
            GroundKind::Session => self.session_until(ground.hash, used).await,
            GroundKind::Token => Ok(self.lasting_token(ground.hash, clock::now()).await?.map(|token| token.expires)),
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

    /// A new access token for this person; only its hash is kept.
    pub async fn new_token(&self, person: &UserId, name: &str, lasts: Duration) -> Result<Secret, StoreError> {
        let token = Secret::random();
        let now = clock::now();
        let expires = clock::after(now, lasts);
        self.store.add_token(NewToken { hash: token.hash(), person, name, at: now, expires }).await?;
        Ok(token)
    }

    /// The hash to store for a password.
    pub async fn hash(&self, password: Secret) -> String {
        hash_password(&self.hashing, password).await
    }

    async fn verify(&self, password: Secret, hash: String) -> bool {
        let _permit = self.hashing.acquire().await;
        let checked = tokio::task::spawn_blocking(move || {
            let parsed = PasswordHash::new(&hash).ok()?;
            argon2id().verify_password(password.reveal().as_bytes(), &parsed).ok()
        });
        matches!(checked.await, Ok(Some(())))
    }

    fn end_of(&self, session: &StoredSession) -> UnixMillis {
        clock::after(session.seen, self.limits.idle).min(clock::after(session.created, self.limits.absolute))
    }

    /// Forgets what has ended long ago.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = clock::now();
        let (opened, seen) = (clock::before(now, self.limits.absolute), clock::before(now, self.limits.idle));
        self.store.sweep_sessions(opened, seen).await?;
        self.store.sweep_tokens(clock::before(now, EXPIRED_TOKENS_KEPT)).await
    }
}

/// Why an account can't be added.
#[derive(Debug, thiserror::Error)]
pub enum AddPersonError {
    #[error("a login has 1 to 64 letters, digits, '.', '-' or '_'")]
    Login,
    #[error("a name has 1 to 100 characters")]
    Name,
    #[error("a password has {MIN_PASSWORD_CHARS} characters or more, and {MAX_PASSWORD} bytes at most")]
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
    if !is_long_enough(&password) {
        return Err(AddPersonError::Password);
    }
    let id: UserId = random_id().parse().expect("random ids have the form of ids");
    let at = clock::now();
    let person = Person {
        id: id.clone(),
        name: name.trim().to_owned(),
        login: login.trim().to_lowercase(),
        phone: None,
        email: None,
        teaches: String::new(),
        operator,
        created: at,
        suspended: None,
        closed: None,
    };
    let changes = [Change::Put(Record::Person(person))];
    let passwords = [(id.clone(), hash_password(&Semaphore::new(1), password).await)];
    let asked = NewChanges { by: By::Server, changes: &changes, passwords: &passwords, at, dry: false };
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
    #[error("a password has {MIN_PASSWORD_CHARS} characters or more, and {MAX_PASSWORD} bytes at most")]
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
    if let Some(person) = store.directory().person(&id).filter(|person| person.closed.is_none()) {
        let closed = Person { closed: Some(at), ..person.clone() };
        store.change(NewChanges::new(By::Server, &[Change::Put(Record::Person(closed))], at)).await?;
    }
    Ok(store.send_away(&id).await?)
}

/// Sets a new password. What came in with the old one ends; a running server sends it away within a second.
pub async fn set_password<S>(store: &S, login: &str, password: Secret) -> Result<(), ChangeAccountError>
where
    S: crate::store::Accounts + Organisation + ?Sized,
{
    let person = person_of(store, login)?;
    if !is_long_enough(&password) {
        return Err(ChangeAccountError::Password);
    }
    let hash = hash_password(&Semaphore::new(1), password).await;
    Ok(store.set_password(&person, &hash, clock::now()).await?)
}

fn person_of(store: &(impl Organisation + ?Sized), login: &str) -> Result<UserId, ChangeAccountError> {
    let directory = store.directory();
    let person = directory.person_named(&login.trim().to_lowercase());
    person.map(|person| person.id.clone()).ok_or_else(|| ChangeAccountError::Unknown(login.to_owned()))
}

/// Who this is, for their own page; `None` for nobody, and for an account that is suspended or closed.
pub fn me(directory: &Directory, id: &UserId, now: UnixMillis) -> Option<Me> {
    let person = directory.person(id).filter(|person| person.is_active())?;
    let school = directory.school_of(id, now);
    let of_school = school.into_iter().flat_map(|school| directory.groups_of(&school.id));
    let of_school = of_school.filter(|place| place.span.holds(now)).map(|place| (place.span.since, &place.group)).min();
    let by_seat = directory.current_seats_of(id, now).find_map(|seat| match &seat.body {
        Body::Group(id) => Some(id),
        Body::School(_) | Body::Team(_) => None,
    });
    let group = of_school.map(|(_, group)| group).or(by_seat).and_then(|id| directory.group(id));
    Some(Me {
        person: PersonCard::of(directory, id, now)?,
        login: person.login.clone(),
        group: group.map(|group| group.name.clone()),
        teams: teams_of(directory, id, now),
        operator: person.operator,
        administers: administers_anything(directory, id, now),
        shared_computer: false,
        must_set_up_one_time: false,
    })
}

/// The teams that the person is in now, by name.
pub fn teams_of(directory: &Directory, person: &UserId, now: UnixMillis) -> Vec<TeamCard> {
    let teams = directory.current_seats_of(person, now).filter_map(|seat| match &seat.body {
        Body::Team(id) => TeamCard::of(directory, id, now),
        Body::Group(_) | Body::School(_) => None,
    });
    let mut teams: Vec<_> = teams.collect();
    teams.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    teams.dedup_by(|one, other| one.id == other.id);
    teams
}

fn is_long_enough(password: &Secret) -> bool {
    password.reveal().chars().count() >= MIN_PASSWORD_CHARS && password.reveal().len() <= MAX_PASSWORD
}

async fn hash_password(hashing: &Semaphore, password: Secret) -> String {
    let _permit = hashing.acquire().await;
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&random_bytes::<16>()).expect("16 bytes make a salt");
        let hash = argon2id().hash_password(password.reveal().as_bytes(), &salt);
        hash.expect("a salt and a password of bounded length can be hashed").to_string()
    });
    hashed.await.expect("hashing does not panic")
}

/// OWASP's first choice: 19 MiB, two passes, one lane.
fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
