//! What the store knows of small renditions of films and recordings, and of bytes that are still to be removed.

use async_trait::async_trait;
use shared::library::FileFacts;
use shared::words::{BlobId, UnixMillis};

use super::Result;

/// Small renditions, each of one file.
#[async_trait]
pub trait Renditions: Send + Sync {
    /// The newest film or recording in an item of which nothing was made or decided yet, or which is to be tried again by
    /// now.
    async fn next_without_rendition(&self, now: UnixMillis) -> Result<Option<Source>>;
    /// How many of them there are.
    async fn count_without_rendition(&self, now: UnixMillis) -> Result<u64>;
    /// Takes down what became of it; `false` if the file has gone meanwhile.
    async fn note_rendition(&self, of: &BlobId, outcome: &Outcome, at: UnixMillis) -> Result<bool>;
    /// As if nothing had been made of this file.
    async fn forget_rendition(&self, of: &BlobId) -> Result<()>;
    /// The same for all that were made: their bytes are not where the database was taken.
    async fn forget_renditions(&self) -> Result<()>;
    /// All that are made.
    async fn rendition_blobs(&self) -> Result<Vec<BlobId>>;

    /// Notes bytes that are about to be kept and that nothing names yet, or that nothing names any more.
    async fn note_left(&self, blob: &BlobId) -> Result<()>;
    /// Bytes to be removed: what was noted so and is named by nothing.
    async fn blobs_left(&self) -> Result<Vec<BlobId>>;
    /// These bytes are gone.
    async fn blob_is_gone(&self, blob: &BlobId) -> Result<()>;
}

/// A file of which something smaller may be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub blob: BlobId,
    pub bytes: u64,
    pub facts: FileFacts,
    /// How often it was tried in vain.
    pub tries: u32,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Made {
        blob: BlobId,
        bytes: u64,
    },
    /// It is small already.
    Needless,
    Failed {
        why: String,
        tries: u32,
        again: Option<UnixMillis>,
    },
}

/// What there is of a file besides itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendition {
    Made { blob: BlobId, bytes: u64 },
    Needless,
    Failed,
}
