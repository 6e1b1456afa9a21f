//! What the server keeps, as traits: the update log, accounts, documents. An SQL database implements them all, SQLite or
//! Postgres (ADR 33).
//!
//! Whoever acts on a document shows a [`DocumentHandle`], which only the judge in `shared::access` can hand out.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use shared::access::{DocumentAccess, Share};
use shared::api::{DocumentCard, ImportDetails, ShareLine, Which};
use shared::organisation::{Body, Change, Directory, Misfit, MisfitAt, Shelf};
use shared::sync::room::RoomSeed;
use shared::words::{BlobId, DocumentId, DocumentKind, Epoch, GroupId, Seq, Title, UnixMillis, UserId};
use tokio::sync::mpsc;

use crate::wish::Wish;

mod accounts;
mod attendance;
mod checks;
mod collections;
mod guests;
mod handle;
mod library;
mod loans;
mod media;
mod news;
mod own_tutoring;
mod postgres;
mod questions;
mod renditions;
mod segment;
mod sqlite;
mod talk;
mod tutoring;
mod upkeep;
mod uploads;
mod wishes;

#[cfg(test)]
mod contract;

pub use accounts::{
    Accounts, Belonging, Belongings, Credentials, Invitations, Machine, NewStartCode, NewToken, OtherProofs, OwnRating,
    StoredOneTime, StoredOpenInvitation, StoredSession, StoredStartCode, StoredToken, UsedBy,
};
pub use attendance::{Attendance, StoredStay};
pub use checks::{Answered, Checks, StoredAnswer, StoredCheck};
pub use collections::{
    CollectionHandle, CollectionQuery, Collections, Curating, Curation, Disposing, LineContent, LineWords,
    NewCollection, Publishing, Saved, StoredCollection, StoredLine, StoredMenu,
};
pub use guests::{Guests, StoredGuest};
pub use handle::{DocumentHandle, Editing, Managing};
pub use library::{
    Catalogue, CrossUse, Deposit, DocumentText, Findable, ItemFacts, ItemFile, ItemHandle, ItemImage, Keeping, Library,
    NamedFile, NewItem, NewSubstance, NewUse, NewVersion, Speaking, StoredEntry, StoredItem, StoredUse, StoredVersion,
    Tending, Words,
};
pub use loans::{DepositedLoan, Entered, LoanDecision, Loans, NewLoan, Settled, StoredLoan, slots};
pub use media::{AddedMedia, Media, MediaPart, NewMedia, StoredMedia};
pub use news::{News, NewsOf, Reach as NewsReach, StoredNews};
pub use own_tutoring::{
    OwnAnswer, OwnCheckAnswer, OwnMedia, OwnQuestion, OwnSession, OwnStay, OwnTutoring, TutoringRecord,
};
pub use postgres::{Address, PostgresStore, is_vacant};
pub use questions::{AnsweredQuestion, NewQuestion, QuestionDecision, Questions, StoredQuestion};
pub use renditions::{Outcome, Rendition, Renditions, Source};
pub use sqlite::SqliteStore;
pub use talk::{
    Decision, Deposited, DepositedTalk, NewCorrection, NewRemark, RatingPage, Said, StoredCorrection, StoredRating,
    StoredRemark, StoredWaiting, Talk, TalkCounts, ThreadPage,
};
pub use tutoring::{
    Given, Leading, NewSession, Plan, Running, SessionsNear, StoredSessionPlan, StoredSign, Tutoring, TutoringHandle,
    When,
};
pub use upkeep::{Compacted, Shrinking, StoreLimits, Upkeep};
pub use uploads::{
    Account, Begun, HELD_FOR, NewUpload, StoredFile, StoredState, StoredUpload, USUAL_QUOTA, Uploads, Usage,
};
pub use wishes::{Deciding, NewWish, OwnWish, StoredWish, WishHandle, Wishes};

/// Everything the server keeps but blobs.
pub trait Store:
    Log
    + Upkeep
    + Accounts
    + Invitations
    + OtherProofs
    + Belongings
    + Documents
    + Organisation
    + Uploads
    + Renditions
    + Library
    + Collections
    + News
    + Catalogue
    + Talk
    + Loans
    + Tutoring
    + Guests
    + Questions
    + Checks
    + Media
    + OwnTutoring
    + Attendance
    + Wishes
{
}
impl<
    T: Log
        + Upkeep
        + Accounts
        + Invitations
        + OtherProofs
        + Belongings
        + Documents
        + Organisation
        + Uploads
        + Renditions
        + Library
        + Collections
        + News
        + Catalogue
        + Talk
        + Loans
        + Tutoring
        + Guests
        + Questions
        + Checks
        + Media
        + OwnTutoring
        + Attendance
        + Wishes,
> Store for T
{
}

pub type SharedStore = Arc<dyn Store>;

/// Why the store could not do something. The deed says what was tried, with ids, never with content.
#[derive(Debug, thiserror::Error)]
#[error("cannot {deed}: {cause}")]
pub struct StoreError {
    pub deed: String,
    pub cause: Cause,
}

impl StoreError {
    /// Whether something of that name is there already.
    pub fn is_taken(&self) -> bool {
        matches!(self.cause, Cause::Taken)
    }
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
    #[error("another gongbei serves this database: stop that one first, or name another database with --database")]
    Elsewhere,
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

/// Who is who, and what was done by whom.
#[async_trait]
pub trait Organisation: Send + Sync {
    /// Everything as it is now.
    fn directory(&self) -> Arc<Directory>;

    /// Reads it anew if another process has changed it; says whether one had.
    async fn refresh(&self) -> Result<bool>;

    /// Whether [`Organisation::directory`] is what is stored. It is not while a change by another process is not read yet.
    async fn is_fresh(&self) -> Result<bool>;

    /// Makes all the changes or none, judged one by one, and writes them into the audit log.
    async fn change(&self, changes: NewChanges<'_>) -> Result<Changed, ChangeError>;

    /// Takes back what the same person did in one go, unless somebody has gone on from it.
    async fn undo(&self, number: u64, by: &By, at: UnixMillis) -> Result<(), UndoError>;
    /// The numbers of what this person did since then and may take back.
    async fn undoable(&self, by: &UserId, since: UnixMillis) -> Result<Vec<u64>>;

    /// Who has ever set a password, and when they were here last, if a session of theirs still tells.
    async fn arrivals(&self) -> Result<BTreeMap<UserId, Option<UnixMillis>>>;

    /// Writes a line into the audit log.
    async fn note(&self, entry: AuditEntry) -> Result<()>;
    async fn audit(&self, query: &AuditQuery) -> Result<Vec<StoredAudit>>;
    /// Whether the audit log is what was written, from the first line to the last.
    async fn check_audit(&self) -> Result<AuditChain>;

    /// Whether nobody has an account yet.
    fn is_empty(&self) -> bool {
        self.directory().is_empty()
    }
}

/// On whose word something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Person(UserId),
    /// The same for what was judged by whoever asks: what people say of themselves, or may do by an invitation.
    Judged(UserId),
    /// The server itself, or whoever has its command line.
    Server,
}

impl By {
    /// As it stands in the database.
    pub fn name(&self) -> &str {
        match self {
            By::Person(person) | By::Judged(person) => person.as_str(),
            By::Server => "",
        }
    }
}

pub struct NewChanges<'a> {
    pub by: By,
    pub changes: Changes<'a>,
    /// For new people that come with one, as hashes.
    pub passwords: &'a [(UserId, String)],
    pub at: UnixMillis,
    /// Only look whether it could be done.
    pub dry: bool,
    /// What all of it is, if it came as a table: a line of its own before the others.
    pub import: Option<&'a ImportLine>,
}

/// An import as a whole, in the audit log.
pub struct ImportLine {
    /// Its lines are found by it.
    pub id: String,
    pub group: GroupId,
    pub details: ImportDetails,
}

impl<'a> NewChanges<'a> {
    pub fn new(by: By, changes: &'a [Change], at: UnixMillis) -> Self {
        Self { by, changes: Changes::These(changes), passwords: &[], at, dry: false, import: None }
    }

    /// Changes of records that are copied: nobody else's change comes between the copy and the deed.
    pub fn made(by: By, make: &'a Make<'a>, at: UnixMillis) -> Self {
        Self { by, changes: Changes::Made(make), passwords: &[], at, dry: false, import: None }
    }
}

pub enum Changes<'a> {
    These(&'a [Change]),
    /// Made of the organisation as it stands once it is this one's turn.
    Made(&'a Make<'a>),
}

/// `None` if the organisation no longer is so that it may be done: refused as [`ChangeError::Forbidden`].
pub type Make<'a> = dyn Fn(&Directory) -> Option<Vec<Change>> + Send + Sync + 'a;

pub struct Changed {
    /// For [`Organisation::undo`]; `None` if everything was so already.
    pub undo: Option<u64>,
}

/// Why the organisation was not changed. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("change {at} is not theirs to make")]
    Forbidden { at: usize },
    #[error(transparent)]
    Misfit(MisfitAt),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChangeError {
    /// Whether it tells that somebody else signs in with that name already: who asks often guesses names.
    pub fn tells_of_a_name(&self) -> bool {
        matches!(self, Self::Misfit(MisfitAt { misfit: Misfit::Taken(_), .. }))
    }
}

/// So long, in milliseconds, one may undo what one did.
pub const UNDO_WITHIN: i64 = UnixMillis::DAY;

/// Why nothing was undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    #[error("there is no such change of theirs")]
    Unknown,
    #[error("it is not as it was left")]
    Changed,
    #[error("it is no longer theirs to change")]
    Forbidden,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line for the audit log: who did what to what. Never with a secret or content.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    pub by: By,
    pub at: UnixMillis,
    /// E.g. `document.shared`.
    pub act: std::borrow::Cow<'static, str>,
    /// `type:id`.
    pub subject: String,
    pub details: serde_json::Value,
}

/// Which lines of the audit log; each field narrows down.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    pub before: Option<u64>,
    pub actor: Option<UserId>,
    /// The act, or how it begins.
    pub act: Option<String>,
    pub since: Option<UnixMillis>,
    pub until: Option<UnixMillis>,
    pub subject: Option<String>,
    /// Only what was done by the import of this id, without the line about it as a whole.
    pub import: Option<String>,
    /// Only lines that lie here.
    pub reach: Option<AuditReach>,
    pub folded: Option<Folded>,
    pub limit: u32,
}

/// Whose imports are left with one line: those of this person, and those into these groups, or into any.
#[derive(Debug, Clone)]
pub struct Folded {
    pub me: UserId,
    /// As `group:id`.
    pub groups: Option<Vec<String>>,
}

/// Where lines lie that somebody may perhaps read, wider than their judge is ([`crate::audit`]).
#[derive(Debug, Clone)]
pub struct AuditReach {
    /// Whose deeds are among them.
    pub me: UserId,
    /// Documents and items that this person made.
    pub author: Option<UserId>,
    pub subjects: Vec<String>,
    /// Subjects of which only seats and memberships are.
    pub placed: Vec<String>,
    /// Documents and items on these shelves.
    pub shelves: Vec<Shelf>,
    /// Documents that these may manage.
    pub grantees: Vec<Body>,
}

impl AuditReach {
    /// What was done by somebody, and to these.
    pub fn of(me: UserId, subjects: Vec<String>) -> Self {
        Self { me, author: None, subjects, placed: Vec::new(), shelves: Vec::new(), grantees: Vec::new() }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredAudit {
    pub seq: u64,
    pub at: UnixMillis,
    pub actor: Option<UserId>,
    pub act: String,
    pub subject: String,
    pub details: serde_json::Value,
    /// Of the chain up to this line, for those who read all of it: others could find out by it what is kept from them.
    pub checksum: Option<String>,
}

/// What became of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditChain {
    Whole {
        lines: u64,
        /// The last line's checksum. Whoever has kept it sees whether all before it has been written anew.
        end: String,
    },
    /// A sentence about the first thing that is wrong.
    Broken(String),
}

/// Documents and what belongs to them, but not their content.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Creates the document and its first update in one transaction.
    async fn create(&self, document: NewDocument) -> Result<()>;

    /// The facts the judge needs. Ask [`DocumentHandle::open`] instead, unless you are the judge's clerk.
    async fn facts(&self, id: &DocumentId) -> Result<Option<DocumentFacts>>;

    /// What was asked for when it was made; `None` if that is not known.
    async fn document_wish(&self, id: &DocumentId) -> Result<Option<Wish>>;

    async fn document_card(&self, document: &DocumentHandle) -> Result<Option<DocumentCard>>;
    /// Documents the person has a right on, by the judge; newest change (or visit) first.
    async fn list(&self, person: &UserId, query: &ListQuery) -> Result<Page>;

    async fn rename(&self, document: Managing<'_>, title: &Title) -> Result<()>;
    async fn move_to_bin(&self, document: Managing<'_>, at: UnixMillis) -> Result<()>;
    async fn take_from_bin(&self, document: Managing<'_>, at: UnixMillis) -> Result<()>;

    async fn shares(&self, document: &DocumentHandle) -> Result<SharedWith>;
    /// Replaces the list; `false`, and nothing is stored, if it is not at `version` any more.
    async fn set_shares(
        &self,
        document: Managing<'_>,
        shares: &[Share],
        version: Option<u64>,
        at: UnixMillis,
    ) -> Result<bool>;
    /// Puts the document on another shelf.
    async fn move_to_shelf(&self, document: Managing<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()>;

    async fn add_image(&self, document: Editing<'_>, image: NewImage) -> Result<()>;
    /// The media type of an image of this document.
    async fn image_type(&self, document: &DocumentHandle, blob: &BlobId) -> Result<Option<String>>;
    /// All that is known of an image of this document.
    async fn image(&self, document: &DocumentHandle, blob: &BlobId) -> Result<Option<ItemImage>>;
    /// Of documents and items.
    async fn image_blobs(&self) -> Result<Vec<BlobId>>;

    async fn note_visits(&self, visits: &[Visit]) -> Result<()>;
    async fn all_documents(&self) -> Result<Vec<DocumentId>>;
}

pub struct NewDocument {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub title: Title,
    pub author: UserId,
    pub shelf: Shelf,
    pub epoch: Epoch,
    pub at: UnixMillis,
    /// Why it is made, if somebody may ask for it again.
    pub wish: Option<Wish>,
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
    pub media_type: std::borrow::Cow<'static, str>,
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
