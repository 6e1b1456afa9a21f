//! What the store keeps of uploads and of the files that came of them.

use std::time::Duration;

use async_trait::async_trait;
use shared::library::{FileFacts, Unfit};
use shared::organisation::Directory;
use shared::words::{BlobId, SchoolId, UnixMillis, UploadId, UserId};

use super::{By, Result};

/// Uploads, the files that came of them, and how much of that a school keeps.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Notes an upload, if there is room for it.
    async fn begin_upload(&self, upload: &NewUpload) -> Result<Begun>;
    /// The same for a file that is here already, as it reads under the name of the upload, which is ready at once. `None` if
    /// there is no such file.
    async fn begin_known(&self, upload: &NewUpload, file: &StoredFile) -> Result<Option<Begun>>;
    /// Notes an upload as one that was refused at once.
    async fn refuse_known(&self, upload: &NewUpload, why: Unfit) -> Result<()>;

    async fn upload(&self, id: &UploadId) -> Result<Option<StoredUpload>>;
    /// A person's uploads of which nothing was made yet, oldest first.
    async fn uploads_of(&self, person: &UserId) -> Result<Vec<StoredUpload>>;
    /// Everybody's uploads that are being received or checked.
    async fn uploads_under_way(&self) -> Result<Vec<StoredUpload>>;

    /// So much of it is here.
    async fn touch_upload(&self, id: &UploadId, received: u64, at: UnixMillis) -> Result<()>;
    /// Whoever goes on after [`HELD_FOR`] finds the room that is left by then.
    async fn hold_room(&self, id: &UploadId, at: UnixMillis) -> Result<Begun>;
    /// From receiving to checking; `false` if it was not being received.
    async fn upload_is_whole(&self, id: &UploadId, at: UnixMillis) -> Result<bool>;
    /// From checking to ready, with what was found out; `false` if it was not being checked.
    async fn upload_is_ready(&self, id: &UploadId, file: &StoredFile) -> Result<bool>;
    /// From checking to refused.
    async fn upload_is_refused(&self, id: &UploadId, why: Unfit, at: UnixMillis) -> Result<()>;

    /// Marks uploads of this person as what something was made of; `false`, and nothing is marked, unless all of them are
    /// theirs and ready.
    async fn use_uploads(&self, ids: &[UploadId], person: &UserId, at: UnixMillis) -> Result<bool>;
    /// Forgets an upload of which nothing was made; `false` if there is none.
    async fn end_upload(&self, id: &UploadId) -> Result<bool>;
    /// Forgets what is being received or checked: the bytes are not where the database was taken.
    async fn end_uploads_under_way(&self) -> Result<()>;
    /// Uploads untouched since then of which nothing was made.
    async fn uploads_untouched_since(&self, since: UnixMillis) -> Result<Vec<UploadId>>;

    /// How many bytes a file has that is here.
    async fn file(&self, blob: &BlobId) -> Result<Option<u64>>;
    /// What was found out of a file under a name that claims this; `None` if it was not read under such a one.
    async fn reading(&self, blob: &BlobId, claim: &str) -> Result<Option<StoredFile>>;
    /// All files and their small pictures.
    async fn file_blobs(&self) -> Result<Vec<BlobId>>;
    /// Files that nobody has any more, checked before this time.
    async fn files_left(&self, checked: UnixMillis) -> Result<Vec<BlobId>>;
    /// Forgets a file, unless somebody has it; its bytes are left to be removed.
    async fn forget_file(&self, blob: &BlobId) -> Result<()>;

    async fn usage(&self, of: &Account) -> Result<Usage>;
    /// How much a school may keep, in bytes; `None` for the usual.
    async fn set_quota(&self, school: &SchoolId, bytes: Option<u64>, by: By, at: UnixMillis) -> Result<()>;
    /// Removes items that were taken out before this time, at most so many of them: words, versions and images, and whose
    /// room their files took; gives how many. That they were there, their titles and authors, and what others did with
    /// them stay.
    async fn remove_binned(&self, before: UnixMillis, at: UnixMillis, most: u32) -> Result<u32>;
}

/// An upload takes as much room as it will have while bytes come, and for so long after them; then as much as is here.
pub const HELD_FOR: Duration = Duration::from_secs(3600);

/// Whose room a file takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    School(SchoolId),
    /// Of somebody who is of no school.
    Person(UserId),
}

impl Account {
    /// Of whoever this person's files belong to: the school of their main seat.
    pub fn of(directory: &Directory, person: &UserId, now: UnixMillis) -> Self {
        match directory.school_of(person, now) {
            Some(school) => Account::School(school.id.clone()),
            None => Account::Person(person.clone()),
        }
    }
}

/// What a school may keep, unless it was given more or less.
pub const USUAL_QUOTA: u64 = 200 << 30;

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Each file once, what is written in versions and their images, and uploads on their way.
    pub used: u64,
    pub limit: u64,
    /// Of `used` what only things in the bin have: it is free again once they are removed.
    pub binned: u64,
}

impl Usage {
    pub fn free(self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

#[derive(Debug, Clone)]
pub struct NewUpload {
    pub id: UploadId,
    pub person: UserId,
    pub account: Account,
    pub name: String,
    pub bytes: u64,
    pub at: UnixMillis,
}

/// Whether an upload was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    Begun,
    /// The person has as many on their way as one may.
    TooMany,
    NoRoom(Usage),
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredUpload {
    pub id: UploadId,
    pub person: UserId,
    pub name: String,
    pub bytes: u64,
    pub state: StoredState,
    pub made: UnixMillis,
    pub touched: UnixMillis,
    pub used: Option<UnixMillis>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum StoredState {
    Receiving,
    Checking,
    Ready { blob: BlobId, facts: FileFacts },
    Refused(Unfit),
}

/// What is known of a file that may be read, under one kind of name: another name may make other facts of the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFile {
    pub blob: BlobId,
    pub bytes: u64,
    /// What its name claims, as the reader puts it.
    pub claim: String,
    pub facts: FileFacts,
    pub text: String,
    pub thumbnail: Option<BlobId>,
    pub checked: UnixMillis,
}
