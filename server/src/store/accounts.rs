//! What the store keeps of accounts: passwords, sessions, tokens, and the other ways in.

use async_trait::async_trait;
use shared::api::{Scope, TokenLine};
use shared::library::Verdict;
use shared::organisation::{Body, Shelf};
use shared::words::{CollectionId, DocumentId, ItemId, PostId, UnixMillis, UserId};

use super::{By, Result, StoredRemark, Visit};
use crate::secret::SecretHash;

/// Passwords, sessions, tokens.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The password of whoever signs in with this login, phone number or e-mail address.
    async fn credentials(&self, name: &str) -> Result<Option<Credentials>>;
    /// The hash of this person's password and when it was set.
    async fn password(&self, person: &UserId) -> Result<Option<(String, UnixMillis)>>;
    /// Sets the password, and ends what anybody came in with before: sessions and tokens.
    async fn set_password(&self, person: &UserId, password_hash: &str, at: UnixMillis) -> Result<()>;
    /// Ends what anybody came in with as this person.
    async fn send_away(&self, person: &UserId) -> Result<()>;
    /// Whose accounts were closed, suspended or given a new password at `since` or later, by whichever process.
    async fn sent_away_since(&self, since: UnixMillis) -> Result<Vec<UserId>>;

    /// The browsers and addresses that the person signed in from last, as hashes; 16 at most.
    async fn familiar(&self, person: &UserId) -> Result<Vec<SecretHash>>;
    async fn make_familiar(&self, person: &UserId, marks: &[SecretHash], at: UnixMillis) -> Result<()>;

    async fn open_session(&self, hash: SecretHash, session: &StoredSession) -> Result<()>;
    async fn session(&self, hash: SecretHash) -> Result<Option<StoredSession>>;
    /// The person's sessions, the one seen last first.
    async fn sessions(&self, person: &UserId) -> Result<Vec<(SecretHash, StoredSession)>>;
    async fn touch_session(&self, hash: SecretHash, at: UnixMillis) -> Result<()>;
    async fn end_session(&self, hash: SecretHash) -> Result<()>;
    /// Forgets sessions opened before `opened` or last seen before `seen`.
    async fn sweep_sessions(&self, opened: UnixMillis, seen: UnixMillis) -> Result<()>;

    async fn add_token(&self, token: NewToken<'_>) -> Result<()>;
    async fn token(&self, hash: SecretHash) -> Result<Option<StoredToken>>;
    async fn touch_token(&self, hash: SecretHash, at: UnixMillis) -> Result<()>;
    /// The person's tokens, newest first.
    async fn tokens(&self, person: &UserId) -> Result<Vec<TokenLine>>;
    /// Ends the token with this [`TokenLine::id`]; gives its hash if this person had one.
    async fn end_token(&self, person: &UserId, id: &str) -> Result<Option<SecretHash>>;
    /// Forgets tokens that expired before `expired`.
    async fn sweep_tokens(&self, expired: UnixMillis) -> Result<()>;
}

pub struct Credentials {
    pub person: UserId,
    /// `None` for somebody who was invited and has not been here yet.
    pub password_hash: Option<String>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    pub person: UserId,
    pub created: UnixMillis,
    pub seen: UnixMillis,
    pub on: Machine,
}

/// Where somebody is signed in, as their own list of sessions says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    pub used_by: UsedBy,
    pub browser: Option<String>,
    pub system: Option<String>,
    /// The address as far as it tells subscribers apart.
    pub network: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UsedBy {
    /// Only the person themself.
    #[default]
    One,
    /// Others, too: a computer in a staff room.
    Several,
}

pub struct NewToken<'a> {
    pub hash: SecretHash,
    pub person: &'a UserId,
    pub name: &'a str,
    pub scopes: &'a [Scope],
    pub at: UnixMillis,
    pub expires: UnixMillis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    pub person: UserId,
    pub scopes: Vec<Scope>,
    pub expires: UnixMillis,
    pub used: Option<UnixMillis>,
}

/// Start codes and open invitations.
#[async_trait]
pub trait Invitations: Send + Sync {
    /// Keeps the codes, each in the place of an older one of the same person.
    async fn add_start_codes(&self, codes: &[NewStartCode], by: &By, at: UnixMillis) -> Result<()>;
    async fn start_code(&self, hash: SecretHash) -> Result<Option<StoredStartCode>>;
    /// Uses the code up and sets the password in one go, ending what anybody came in with before, accounts of the single
    /// sign-on with it; `false` if somebody was faster.
    async fn start(&self, hash: SecretHash, password_hash: &str, at: UnixMillis) -> Result<bool>;

    async fn add_open_invitation(&self, invitation: &StoredOpenInvitation, hash: SecretHash) -> Result<()>;
    async fn open_invitation(&self, hash: SecretHash) -> Result<Option<StoredOpenInvitation>>;
    /// Those that have not ended, newest first.
    async fn open_invitations(&self, now: UnixMillis) -> Result<Vec<StoredOpenInvitation>>;
    /// Takes one of the uses; `false` if none is left or it has ended.
    async fn take_use(&self, id: &str, now: UnixMillis) -> Result<bool>;
    /// Gives back what was taken for nothing.
    async fn give_use_back(&self, id: &str) -> Result<()>;
    async fn end_open_invitation(&self, id: &str, by: &By, at: UnixMillis) -> Result<()>;
}

pub struct NewStartCode {
    pub person: UserId,
    pub hash: SecretHash,
    pub expires: UnixMillis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStartCode {
    pub person: UserId,
    /// `None` for the server itself.
    pub made_by: Option<UserId>,
    pub expires: UnixMillis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOpenInvitation {
    pub id: String,
    pub body: Body,
    pub post: PostId,
    pub uses: u32,
    pub used: u32,
    pub made_by: UserId,
    pub made: UnixMillis,
    pub ends: UnixMillis,
    pub seats_until: Option<UnixMillis>,
}

/// One-time passwords, and accounts of a single sign-on.
#[async_trait]
pub trait OtherProofs: Send + Sync {
    async fn one_time(&self, person: &UserId) -> Result<Option<StoredOneTime>>;
    /// Keeps a secret that is not confirmed yet, in the place of another one that was not; `false` if one was.
    async fn set_up_one_time(&self, person: &UserId, secret: &[u8], at: UnixMillis) -> Result<bool>;
    /// From here on it is asked for. The step is used, and older recovery codes end.
    async fn confirm_one_time(&self, person: &UserId, step: u64, recovery: &[SecretHash], at: UnixMillis)
    -> Result<()>;
    /// Uses a step up; `false` if it or a later one was used before.
    async fn use_step(&self, person: &UserId, step: u64) -> Result<bool>;
    /// Uses a recovery code up; `false` if it is none.
    async fn use_recovery_code(&self, person: &UserId, code: SecretHash) -> Result<bool>;
    /// Asks for none any more.
    async fn end_one_time(&self, person: &UserId, by: &By, at: UnixMillis) -> Result<()>;

    /// Whose account this of the single sign-on is.
    async fn sign_on(&self, issuer: &str, subject: &str) -> Result<Option<UserId>>;
    /// `false`, and nothing is linked, if one of the two has another of this issuer already.
    async fn link_sign_on(&self, issuer: &str, subject: &str, person: &UserId, at: UnixMillis) -> Result<bool>;
    async fn has_sign_on(&self, person: &UserId) -> Result<bool>;
    async fn unlink_sign_ons(&self, person: &UserId, by: &By, at: UnixMillis) -> Result<()>;
}

/// The secret is as short-lived in memory as the check of a code takes; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredOneTime {
    pub secret: Vec<u8>,
    pub confirmed: Option<UnixMillis>,
    pub recovery_codes: u32,
}

/// What belongs to one person.
#[async_trait]
pub trait Belongings: Send + Sync {
    /// Every document that the person has made, oldest first.
    async fn made_by(&self, person: &UserId) -> Result<Vec<DocumentId>>;
    /// Every item of the library that the person has put in, oldest first.
    async fn put_in_by(&self, person: &UserId) -> Result<Vec<ItemId>>;
    /// What the person has said of items, each with its item, after this number and oldest first.
    async fn remarks_of(&self, person: &UserId, after: u64, limit: u32) -> Result<Vec<(ItemId, StoredRemark)>>;
    /// How items were in use, as the person said it.
    async fn ratings_by(&self, person: &UserId) -> Result<Vec<OwnRating>>;
    /// Every collection that the person has made, oldest first.
    async fn collections_by(&self, person: &UserId) -> Result<Vec<CollectionId>>;
    async fn visits_of(&self, person: &UserId) -> Result<Vec<Visit>>;
    async fn belongings(&self, person: &UserId) -> Result<Belonging>;
    /// Puts everything of the person's own shelf onto another; gives how much it was. Authors stay the authors.
    async fn hand_over(&self, person: &UserId, to: &Shelf, by: &By, at: UnixMillis) -> Result<u32>;
}

/// What somebody said of an item that they had in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRating {
    pub item: ItemId,
    pub verdict: Verdict,
    pub words: String,
    pub at: UnixMillis,
}

/// How much belongs to a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Belonging {
    /// Documents on their own shelf, with those in the bin.
    pub documents: u32,
    /// Of these, those that are shared.
    pub shared: u32,
    /// Documents of theirs on other shelves.
    pub elsewhere: u32,
    /// Items of the library on their own shelf, with those in the bin.
    pub items: u32,
    /// Items that they have put on other shelves.
    pub items_elsewhere: u32,
    /// What they did with items of the library.
    pub uses: u32,
    /// What they said of items, with what they took back.
    pub remarks: u32,
    pub ratings: u32,
    pub loans: u32,
    /// Collections of their making, with those in the bin.
    pub collections: u32,
    pub subscriptions: u32,
    /// Tutoring sessions that they planned or host.
    pub sessions: u32,
    /// What they asked in sessions, with what they withdrew; what they answered to quick checks; how often they were there;
    /// and their photos and clips.
    pub questions: u32,
    pub checks: u32,
    pub stays: u32,
    pub media: u32,
    pub images: u32,
    pub visits: u32,
    /// Updates in the logs of documents that they have written.
    pub updates: u64,
    /// Browsers and addresses they have signed in from.
    pub familiar: u32,
    /// Lines in the audit log by them or about them.
    pub audit: u64,
}
