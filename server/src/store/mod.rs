//! What the server keeps, as traits: the update log, accounts, documents. SQLite implements them all.
//!
//! Whoever acts on a document shows a [`DocumentHandle`], which only the judge in `shared::access` can hand out.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use shared::access::{DocumentAccess, Person, Share};
use shared::api::{DocumentCard, Me, PersonCard, SchoolCard, ShareLine, TeamCard, TokenLine, Which};
use shared::sync::room::RoomSeed;
use shared::words::{
    BlobId, DocumentId, DocumentKind, Epoch, GroupId, SchoolId, Seq, TeamId, Title, UnixMillis, UserId,
};
use tokio::sync::mpsc;

use crate::secret::SecretHash;

mod handle;
mod segment;
mod sqlite;

#[cfg(test)]
mod contract;

pub use handle::{DocumentHandle, Editing, Managing};
pub use sqlite::SqliteStore;

/// Everything the server keeps but blobs.
pub trait Store: Log + Upkeep + Accounts + Documents + Organisation {}
impl<T: Log + Upkeep + Accounts + Documents + Organisation> Store for T {}

pub type SharedStore = Arc<dyn Store>;

/// Why the store could not do something. The deed says what was tried, with ids, never with content.
#[derive(Debug, thiserror::Error)]
#[error("cannot {deed}: {cause}")]
pub struct StoreError {
    pub deed: String,
    pub cause: Cause,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum Cause {
    #[error("the disk is full")]
    Full,
    #[error("the disk or file failed: {0}")]
    Disk(String),
    #[error("the log of the document ends at {tail}, the update has number {seq}", tail = tail.0, seq = seq.0)]
    OutOfOrder { tail: Seq, seq: Seq },
    #[error("client {client} belongs to somebody else")]
    ClientTaken { client: u64 },
    #[error("that name is taken")]
    Taken,
    #[error("the stored data is not what was written: {0}")]
    Damaged(String),
    #[error("{0}")]
    Other(String),
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The update log: one append-only history per document.
#[async_trait]
pub trait Log: Send + Sync {
    /// Takes an update for storing and returns at once; the outcome goes to `done` once it is durable or has failed.
    ///
    /// Appends of one document must come in the order of their numbers without gaps; one that does not
    /// follow the stored tail fails with [`Cause::OutOfOrder`].
    fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>);

    /// The newest snapshot with the log after it, checksums checked; `None` if there is no such document.
    async fn load(&self, document: &DocumentId) -> Result<Option<StoredDocument>>;

    /// The newest whole snapshot below a place, without what came after it; `None` if there is none.
    async fn load_snapshot(&self, document: &DocumentId, below: Seq) -> Result<Option<StoredDocument>>;

    /// Every update of the document from the first on, checksums checked.
    async fn history(&self, document: &DocumentId) -> Result<Vec<StoredUpdate>>;

    /// Keeps a snapshot as a cache of the log up to its number; the last two stay.
    async fn keep_snapshot(&self, document: &DocumentId, snapshot: NewSnapshot) -> Result<()>;

    /// Whether something can be written now.
    async fn is_writable(&self) -> Result<()>;

    /// Waits until everything taken so far is stored or has failed, then lets go of the files.
    async fn close(&self);
}

/// What whoever looks after the store asks of it; nobody who writes waits for it.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Packs all that lies behind both snapshots, so that it takes little room; nothing that is read changes by it.
    async fn compact(&self, document: &DocumentId) -> Result<Compacted>;
}

/// How the store behaves.
#[derive(Debug, Clone, Copy)]
pub struct StoreLimits {
    /// Updates behind both snapshots of a document before packing them is worth its work.
    pub compact_after: u64,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { compact_after: 500 }
    }
}

/// What was packed, and the bytes it took before and takes after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    pub updates: u64,
    pub segments: u64,
    pub before: u64,
    pub after: u64,
}

impl std::ops::AddAssign for Compacted {
    fn add_assign(&mut self, more: Self) {
        let Self { updates, segments, before, after } = more;
        self.updates += updates;
        self.segments += segments;
        self.before += before;
        self.after += after;
    }
}

/// An accepted update on its way into the log.
#[derive(Debug, Clone)]
pub struct NewUpdate {
    pub document: DocumentId,
    pub seq: Seq,
    pub author: UserId,
    pub at: UnixMillis,
    /// As it came, `Update` v1.
    pub bytes: Bytes,
    /// Yjs client ids that are the author's from here on.
    pub binds: Vec<u64>,
}

/// How an append ended.
#[derive(Debug)]
pub struct Appended {
    pub seq: Seq,
    pub outcome: Result<(), Cause>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUpdate {
    pub seq: Seq,
    pub author: UserId,
    pub at: UnixMillis,
    pub bytes: Bytes,
    pub binds: Vec<u64>,
}

/// What a room starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    pub kind: DocumentKind,
    pub epoch: Epoch,
    pub snapshot: Option<Snapshot>,
    /// All updates after the snapshot, in order.
    pub updates: Vec<StoredUpdate>,
    pub bindings: Vec<(u64, UserId)>,
}

impl StoredDocument {
    /// For the room of this document.
    pub fn seed(self, document: &DocumentId) -> RoomSeed {
        let last = self.tail();
        RoomSeed {
            document: document.clone(),
            epoch: self.epoch,
            snapshot: self.snapshot.map(|snapshot| snapshot.bytes),
            updates: self.updates.into_iter().map(|update| update.bytes).collect(),
            last,
            authors: self.bindings,
        }
    }

    /// The number of the last stored update, 0 if there is none.
    pub fn tail(&self) -> Seq {
        let by_snapshot = self.snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq);
        self.updates.last().map_or(by_snapshot, |update| update.seq)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub seq: Seq,
    /// The whole document as one `Update` v1.
    pub bytes: Bytes,
}

/// A snapshot on its way into the cache, already read back and compared.
pub struct NewSnapshot {
    pub seq: Seq,
    pub bytes: Bytes,
}

/// People, passwords, sessions, tokens.
#[async_trait]
pub trait Accounts: Send + Sync {
    async fn add_person(&self, person: NewPerson) -> Result<()>;
    async fn credentials(&self, login: &str) -> Result<Option<Credentials>>;
    /// Sets the password, and ends what anybody came in with before: sessions and tokens.
    async fn set_password(&self, person: &UserId, password_hash: &str, at: UnixMillis) -> Result<()>;
    async fn close_account(&self, person: &UserId, at: UnixMillis) -> Result<()>;
    /// Whose accounts were closed or given a new password at `since` or later, by whichever process.
    async fn sent_away_since(&self, since: UnixMillis) -> Result<Vec<UserId>>;

    /// The person as the judge sees them, with the teams they are in at `at`.
    async fn person(&self, id: &UserId, at: UnixMillis) -> Result<Option<Person>>;
    async fn card(&self, id: &UserId) -> Result<Option<PersonCard>>;
    /// Both at once.
    async fn holder(&self, id: &UserId, at: UnixMillis) -> Result<Option<Holder>>;
    async fn me(&self, id: &UserId, at: UnixMillis) -> Result<Option<Me>>;

    /// The browsers and addresses that the person signed in from last, as hashes; 16 at most.
    async fn familiar(&self, person: &UserId) -> Result<Vec<SecretHash>>;
    async fn make_familiar(&self, person: &UserId, marks: &[SecretHash], at: UnixMillis) -> Result<()>;

    async fn open_session(&self, hash: SecretHash, person: &UserId, at: UnixMillis) -> Result<()>;
    async fn session(&self, hash: SecretHash) -> Result<Option<StoredSession>>;
    /// The session and whose it is, read in one look.
    async fn session_with_holder(&self, hash: SecretHash, at: UnixMillis) -> Result<Option<(StoredSession, Holder)>>;
    async fn touch_session(&self, hash: SecretHash, at: UnixMillis) -> Result<()>;
    async fn end_session(&self, hash: SecretHash) -> Result<()>;
    /// Forgets sessions opened before `opened` or last seen before `seen`.
    async fn sweep_sessions(&self, opened: UnixMillis, seen: UnixMillis) -> Result<()>;

    async fn add_token(&self, token: NewToken<'_>) -> Result<()>;
    async fn token(&self, hash: SecretHash) -> Result<Option<StoredToken>>;
    /// The token and whose it is, read in one look.
    async fn token_with_holder(&self, hash: SecretHash, at: UnixMillis) -> Result<Option<(StoredToken, Holder)>>;
    async fn touch_token(&self, hash: SecretHash, at: UnixMillis) -> Result<()>;
    /// The person's tokens, newest first.
    async fn tokens(&self, person: &UserId) -> Result<Vec<TokenLine>>;
    /// Ends the token with this [`TokenLine::id`]; gives its hash if this person had one.
    async fn end_token(&self, person: &UserId, id: &str) -> Result<Option<SecretHash>>;
    /// Forgets tokens that expired before `expired`.
    async fn sweep_tokens(&self, expired: UnixMillis) -> Result<()>;
}

pub struct NewPerson {
    pub id: UserId,
    pub name: String,
    pub login: String,
    pub password_hash: String,
    pub operator: bool,
    pub at: UnixMillis,
}

/// Whose a session or token is: as the judge sees them, and as others do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub person: Person,
    pub card: PersonCard,
}

pub struct Credentials {
    pub person: UserId,
    pub password_hash: String,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    pub person: UserId,
    pub created: UnixMillis,
    pub seen: UnixMillis,
}

pub struct NewToken<'a> {
    pub hash: SecretHash,
    pub person: &'a UserId,
    pub name: &'a str,
    pub at: UnixMillis,
    pub expires: UnixMillis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    pub person: UserId,
    pub expires: UnixMillis,
    pub used: Option<UnixMillis>,
}

/// Groups, schools, teams.
#[async_trait]
pub trait Organisation: Send + Sync {
    async fn add_group(&self, id: &GroupId, name: &str) -> Result<()>;
    async fn add_school(&self, school: &SchoolCard, group: &GroupId, since: UnixMillis) -> Result<()>;
    async fn add_seat(&self, person: &UserId, school: &SchoolId, post: &str, since: UnixMillis) -> Result<()>;
    async fn add_team(&self, id: &TeamId, group: &GroupId, name: &str) -> Result<()>;
    async fn join_team(&self, team: &TeamId, person: &UserId, since: UnixMillis) -> Result<()>;
    async fn leave_team(&self, team: &TeamId, person: &UserId, at: UnixMillis) -> Result<()>;

    async fn teams_of(&self, person: &UserId, at: UnixMillis) -> Result<Vec<TeamCard>>;
    /// People and teams of the person's groups that match `q` by name, pinyin or login; at most `limit` of each.
    async fn find_people(&self, person: &UserId, q: &str, limit: u32) -> Result<(Vec<PersonCard>, Vec<TeamCard>)>;
    async fn may_find_person(&self, person: &UserId, other: &UserId) -> Result<bool>;
    async fn may_find_team(&self, person: &UserId, team: &TeamId) -> Result<bool>;

    /// Whether nobody has an account yet.
    async fn is_empty(&self) -> Result<bool>;
}

/// Documents and what belongs to them, but not their content.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Creates the document and its first update in one transaction.
    async fn create(&self, document: NewDocument) -> Result<()>;

    /// The facts the judge needs. Ask [`DocumentHandle::open`] instead, unless you are the judge's clerk.
    async fn facts(&self, id: &DocumentId) -> Result<Option<DocumentFacts>>;

    async fn document_card(&self, document: &DocumentHandle) -> Result<Option<DocumentCard>>;
    /// Documents the person has a right on, by the judge; newest change (or visit) first.
    async fn list(&self, person: &Person, query: &ListQuery) -> Result<Page>;

    async fn rename(&self, document: Managing<'_>, title: &Title) -> Result<()>;
    async fn move_to_bin(&self, document: Managing<'_>, at: UnixMillis) -> Result<()>;
    async fn take_from_bin(&self, document: Managing<'_>) -> Result<()>;

    async fn shares(&self, document: &DocumentHandle) -> Result<SharedWith>;
    /// Replaces the list; `false`, and nothing is stored, if it is not at `version` any more.
    async fn set_shares(&self, document: Managing<'_>, shares: &[Share], version: Option<u64>) -> Result<bool>;

    async fn add_image(&self, document: Editing<'_>, image: NewImage) -> Result<()>;
    /// The media type of an image of this document.
    async fn image_type(&self, document: &DocumentHandle, blob: &BlobId) -> Result<Option<String>>;
    async fn image_blobs(&self) -> Result<Vec<BlobId>>;

    async fn note_visits(&self, visits: &[Visit]) -> Result<()>;
    async fn all_documents(&self) -> Result<Vec<DocumentId>>;
}

pub struct NewDocument {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub title: Title,
    pub owner: UserId,
    pub team: Option<TeamId>,
    pub epoch: Epoch,
    pub at: UnixMillis,
    /// The template's content with the client id that wrote it; `None` for a document that starts empty.
    pub seed: Option<(u64, Bytes)>,
}

/// A document as the judge and the rooms need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    pub access: DocumentAccess,
    pub kind: DocumentKind,
    pub title: Title,
}

/// With whom a document is shared.
pub struct SharedWith {
    pub lines: Vec<ShareLine>,
    /// Counts the changes of the list.
    pub version: u64,
}

#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub which: Which,
    pub kind: Option<DocumentKind>,
    /// Part of the title.
    pub q: Option<String>,
    /// From [`Page::next`].
    pub before: Option<Cursor>,
    pub limit: u32,
}

/// Where a page of a list ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub at: UnixMillis,
    pub id: DocumentId,
}

pub struct Page {
    pub documents: Vec<DocumentCard>,
    pub next: Option<Cursor>,
}

pub struct NewImage {
    pub blob: BlobId,
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub author: UserId,
    pub at: UnixMillis,
}

/// Somebody had a document open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub person: UserId,
    pub document: DocumentId,
    pub at: UnixMillis,
}
