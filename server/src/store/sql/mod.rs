//! The store in an SQL database. Nothing here names an engine: this is compiled once for each, beside the module `engine`
//! that has what differs (ADR 33).

use self::connections::Connections;
use self::packer::Packer;
use self::packing::Packing;
use self::transaction::Transaction;
use super::engine::{self, ConnectOptions, Connection, Db, DbRow, cause};
use crate::store::{Cause, Result, StoreError, StoreLimits};

mod accounts;
mod attendance;
mod audit;
mod belongings;
mod catalogue;
pub(super) mod chain;
mod checks;
mod collection_writes;
mod collections;
pub(super) mod connections;
mod documents;
mod guests;
mod invitations;
mod item_rows;
mod item_writes;
mod items;
mod lists;
mod loans;
mod log;
mod log_writer;
mod media;
mod menus;
mod news;
mod organisation;
mod own_tutoring;
mod packer;
mod packing;
mod proofs;
mod question_rows;
mod questions;
mod records;
mod renditions;
mod room;
mod rows;
mod talk;
mod talk_rows;
pub(super) mod transaction;
mod tutoring;
mod tutoring_rows;
mod upkeep;
mod uploads;
mod waiting;
mod wishes;

pub struct SqlStore {
    pub(super) write: Connections,
    pub(super) read: Connections,
    log: log_writer::LogWriter,
    pub(super) packer: Packer,
    /// Not where the store is only read.
    packing: Option<Packing>,
    registry: organisation::Registry,
}

/// Connections that only read.
const READERS: u32 = 4;

impl SqlStore {
    /// On a database whose schema is up to date. Needs a tokio runtime.
    pub(super) async fn start(options: ConnectOptions, limits: StoreLimits) -> Result<Self> {
        let deed = || format!("open the database {}", engine::name(&options));
        // One writer: SQLite has one anyway, and a queue of our own is fair where its lock is not.
        let write = Connections::new(options.clone(), 1);
        write.lend().await.deed(deed)?.give_back();
        let read = Connections::new(engine::reading(options.clone()), READERS);
        read.lend().await.deed(deed)?.give_back();
        let log = log_writer::LogWriter::start(write.clone());
        let packer = Packer::new(read.clone(), write.clone());
        let packing = Some(Packing::start(packer.clone(), limits.compact_after));
        let store = Self { write, read, log, packer, packing, registry: organisation::Registry::new() };
        store.read_again().await?;
        Ok(store)
    }

    /// On a database as it is, beside whoever writes it: every call that would write fails.
    pub(super) async fn start_to_read(options: ConnectOptions) -> Result<Self> {
        let options = engine::reading(options);
        let deed = || format!("open the database {}", engine::name(&options));
        let read = Connections::new(options.clone(), READERS);
        read.lend().await.deed(deed)?.give_back();
        let write = Connections::new(options.clone(), 1);
        let log = log_writer::LogWriter::start(write.clone());
        let packer = Packer::new(read.clone(), write.clone());
        let registry = organisation::Registry::new();
        Ok(Self { write, read, log, packer, packing: None, registry })
    }

    async fn begin(&self, deed: impl FnOnce() -> String) -> Result<Transaction> {
        Transaction::begin(&self.write).await.deed(deed)
    }

    async fn begin_to_read(&self, deed: impl FnOnce() -> String) -> Result<Transaction> {
        Transaction::begin_to_read(&self.read).await.deed(deed)
    }
}

/// Names the deed in a database error and sorts out its cause.
pub(super) trait Deed<T> {
    fn deed(self, deed: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Deed<T> for Result<T, sqlx::Error> {
    fn deed(self, deed: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| StoreError { deed: deed(), cause: cause(&error) })
    }
}

fn damaged(deed: impl Into<String>, what: impl std::fmt::Display) -> StoreError {
    StoreError { deed: deed.into(), cause: Cause::Damaged(what.to_string()) }
}
