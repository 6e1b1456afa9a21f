//! What is asked of a store by whoever looks after it.

use std::path::Path;

use async_trait::async_trait;
use shared::words::{DocumentId, Seq};

use super::Result;

/// What whoever looks after the store asks of it; nobody who writes waits for it.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Packs all that lies behind both snapshots, so that it takes little room; nothing that is read changes by it.
    async fn compact(&self, document: &DocumentId) -> Result<Compacted>;

    /// The document's snapshots from which nothing is taken: they are damaged, or stand for another history.
    async fn unfit_snapshots(&self, document: &DocumentId) -> Result<Vec<Seq>>;

    /// Fails unless the schema is the one that this program knows.
    async fn is_current(&self) -> Result<()>;

    /// Gives every document a new epoch, as after a restore; gives their number.
    async fn begin_new_epochs(&self) -> Result<usize>;

    /// Writes a consistent copy of the database to `file`, which must not exist, while serving goes on: a database of
    /// SQLite, whatever this one is.
    async fn copy_to(&self, file: &Path) -> Result<()>;

    /// How large the database is, in bytes.
    async fn size(&self) -> Result<u64>;

    /// `None` of a database that looks after what is free in it by itself.
    fn shrinking(&self) -> Option<&dyn Shrinking>;

    /// Fails with [`super::Cause::Elsewhere`] once another server has the database of the one that asks.
    async fn is_ours(&self) -> Result<()>;

    /// What the database itself finds wrong with what it keeps; empty if nothing.
    async fn integrity(&self) -> Result<Vec<String>>;
}

/// A database that does not give back by itself what has become free in it.
#[async_trait]
pub trait Shrinking: Send + Sync {
    /// How much of it is free, in bytes.
    async fn free(&self) -> Result<u64>;

    /// Gives that back to the disk. Whoever writes waits for as long as copying it all takes.
    async fn shrink(&self) -> Result<()>;
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
