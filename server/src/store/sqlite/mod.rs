//! The store in one SQLite file: WAL, `synchronous=FULL`, one writing connection, several reading ones.

use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use self::connections::Connections;
use self::packer::Packer;
use self::packing::Packing;
use self::schema::migrations;
use self::transaction::Transaction;
use super::{Cause, Documents, Result, StoreError, StoreLimits};

mod accounts;
mod audit;
mod belongings;
mod catalogue;
mod chain;
mod collection_writes;
mod collections;
mod connections;
mod documents;
#[cfg(test)]
mod flips;
mod invitations;
mod item_rows;
mod item_writes;
mod items;
mod lists;
mod loans;
mod log;
mod log_writer;
mod menus;
mod news;
mod organisation;
mod packer;
mod packing;
mod proofs;
mod records;
mod room;
mod rows;
mod schema;
mod talk;
mod talk_rows;
mod transaction;
mod uploads;
mod waiting;

pub struct SqliteStore {
    write: Connections,
    read: Connections,
    log: log_writer::LogWriter,
    packer: Packer,
    /// Not where the store is only read.
    packing: Option<Packing>,
    registry: organisation::Registry,
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("journal_size_limit", "67108864")
}

/// Connections that only read.
const READERS: u32 = 4;

impl SqliteStore {
    /// Opens or creates the database file and brings its schema up to date. Needs a tokio runtime.
    pub async fn open(file: &Path) -> Result<Self> {
        Self::open_with(file, StoreLimits::default()).await
    }

    /// The same with limits of one's own.
    pub async fn open_with(file: &Path, limits: StoreLimits) -> Result<Self> {
        let deed = || format!("open the database {}", file.display());
        let options = options(file).create_if_missing(true);
        // What migrates takes only connections of sqlx's own.
        let first = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.deed(deed)?;
        migrations().run(&first).await.map_err(|error| StoreError {
            deed: format!("bring the database {} up to date", file.display()),
            cause: Cause::Other(error.to_string()),
        })?;
        first.close().await;
        // One writer: SQLite has one anyway, and a queue of our own is fair where its lock is not.
        let write = Connections::new(options.clone(), 1);
        write.lend().await.deed(deed)?.give_back();
        let read = Connections::new(options.read_only(true), READERS);
        read.lend().await.deed(deed)?.give_back();
        let log = log_writer::LogWriter::start(write.clone());
        let packer = Packer::new(read.clone(), write.clone());
        let packing = Some(Packing::start(packer.clone(), limits.compact_after));
        let store = Self { write, read, log, packer, packing, registry: organisation::Registry::new() };
        store.read_again().await?;
        Ok(store)
    }

    /// Opens a database file for reading alone and as it is, beside whoever writes it: nothing is created or brought
    /// up to date, and every call that would write fails.
    pub async fn open_to_read(file: &Path) -> Result<Self> {
        let options = options(file).read_only(true);
        let deed = || format!("open the database {}", file.display());
        let read = Connections::new(options.clone(), READERS);
        read.lend().await.deed(deed)?.give_back();
        let write = Connections::new(options, 1);
        let log = log_writer::LogWriter::start(write.clone());
        let packer = Packer::new(read.clone(), write.clone());
        let registry = organisation::Registry::new();
        Ok(Self { write, read, log, packer, packing: None, registry })
    }

    /// Fails unless the schema is the one that this program knows.
    pub async fn is_current(&self) -> Result<()> {
        let deed = || "read the database of another version of Gongbei".to_owned();
        let found: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        let known: Vec<i64> = migrations().iter().map(|migration| migration.version).collect();
        if found == known {
            return Ok(());
        }
        let cause = Cause::Other(format!("its schema has the steps {found:?}, this program {known:?}"));
        Err(StoreError { deed: deed(), cause })
    }

    /// Writes a consistent copy of the database to `file`, which must not exist, while serving goes on.
    pub fn copy_to<'a>(&'a self, file: &'a Path) -> BoxFuture<'a, Result<()>> {
        let copied = sqlx::query("VACUUM INTO $1").bind(file.to_string_lossy().into_owned()).execute(&self.read);
        let copied = copied.map(|copied| copied.deed(|| format!("copy the database to {}", file.display())).map(drop));
        copied.boxed()
    }

    /// How large the database is, and how much of it is free, in bytes.
    pub async fn room(&self) -> Result<(u64, u64)> {
        let pragma = async |name: &'static str| sqlx::query_scalar::<_, i64>(name).fetch_one(&self.read).await;
        let room = async {
            let page = pragma("PRAGMA page_size").await?;
            Ok((page * pragma("PRAGMA page_count").await?, page * pragma("PRAGMA freelist_count").await?))
        };
        let (all, free): (i64, i64) = room.await.deed(|| "ask how large the database is".to_owned())?;
        Ok((all as u64, free as u64))
    }

    /// Gives what is free in the database back to the disk. Whoever writes waits for as long as copying it all takes.
    pub async fn shrink(&self) -> Result<()> {
        sqlx::query("VACUUM").execute(&self.write).await.deed(|| "shrink the database".to_owned()).map(drop)
    }

    /// Gives every document a new epoch, as after a restore; gives their number.
    pub async fn begin_new_epochs(&self) -> Result<usize> {
        let deed = || "begin new epochs".to_owned();
        let documents = self.all_documents().await?;
        let mut transaction = self.begin(deed).await?;
        for document in &documents {
            sqlx::query("UPDATE documents SET epoch = $2 WHERE id = $1")
                .bind(document.as_str())
                .bind(crate::secret::random_id())
                .execute(&mut *transaction)
                .await
                .deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(documents.len())
    }

    /// What SQLite itself finds wrong with the file; empty if nothing.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&self.read)
            .await
            .deed(|| "check the database file".to_owned())?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    async fn begin(&self, deed: impl FnOnce() -> String) -> Result<Transaction> {
        Transaction::begin(&self.write).await.deed(deed)
    }

    async fn begin_to_read(&self, deed: impl FnOnce() -> String) -> Result<Transaction> {
        Transaction::begin_to_read(&self.read).await.deed(deed)
    }
}

/// Names the deed in a database error and sorts out its cause.
trait Deed<T> {
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

/// <https://www.sqlite.org/rescode.html>: the low byte is the primary result code.
fn cause(error: &sqlx::Error) -> Cause {
    const READONLY: u32 = 8;
    const IOERR: u32 = 10;
    const CORRUPT: u32 = 11;
    const FULL: u32 = 13;
    const CANTOPEN: u32 = 14;
    const NOTADB: u32 = 26;
    let Some(database) = error.as_database_error() else {
        return match error {
            sqlx::Error::Io(source) if source.kind() == std::io::ErrorKind::StorageFull => Cause::Full,
            sqlx::Error::Io(source) => Cause::Disk(source.to_string()),
            other => Cause::Other(other.to_string()),
        };
    };
    if database.is_unique_violation() {
        return Cause::Taken;
    }
    let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
    match code & 0xff {
        FULL => Cause::Full,
        IOERR | READONLY | CANTOPEN => Cause::Disk(database.message().to_owned()),
        CORRUPT | NOTADB => Cause::Damaged(database.message().to_owned()),
        _ => Cause::Other(database.message().to_owned()),
    }
}

type Connection = SqliteConnection;

#[cfg(test)]
mod tests {
    use crate::store::contract::{add_person, new_page, new_person};
    use bytes::Bytes;
    use shared::words::{Seq, UnixMillis};
    use tokio::sync::mpsc;

    use super::*;
    use crate::store::{Appended, Log, NewUpdate};

    async fn append(store: &SqliteStore, seq: u64, size: usize) -> Result<(), Cause> {
        let (done, mut answers) = mpsc::unbounded_channel();
        let update = NewUpdate {
            document: "plan".parse().unwrap(),
            seq: Seq(seq),
            author: "ann".parse().unwrap(),
            at: UnixMillis(1),
            bytes: Bytes::from(vec![7; size]),
            binds: Vec::new(),
        };
        store.append(update, done);
        let Appended { outcome, .. } = answers.recv().await.unwrap();
        outcome
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn d5_a_full_database_fails_the_append_and_takes_it_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("test.db")).await.unwrap();
        add_person(&store, new_person("ann")).await.unwrap();
        crate::store::Documents::create(&store, new_page("plan")).await.unwrap();
        append(&store, 1, 10).await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.write).await.unwrap();
        let limit = |pages: i64| sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")));
        limit(pages + 2).execute(&store.write).await.unwrap();
        let full = append(&store, 2, 100_000).await;
        assert!(matches!(full, Err(Cause::Full)), "{full:?}");
        assert!(matches!(append(&store, 3, 10).await, Err(Cause::OutOfOrder { .. })), "nothing overtakes it");
        // The limit was the connection's, and that was thrown away.
        append(&store, 2, 100_000).await.unwrap();
        append(&store, 3, 10).await.unwrap();
        assert_eq!(store.history(&"plan".parse().unwrap()).await.unwrap().len(), 3);
    }
}
