//! What is SQLite's own: WAL, `synchronous=FULL`, one writing connection, and how to look after the file.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};

pub use super::schema::migrations;
use super::sql::connections::Connections;
use super::sql::{Deed, SqlStore};
use crate::store::{Cause, Result, Shrinking, StoreError, StoreLimits};

pub type Db = sqlx::Sqlite;
pub type Connection = SqliteConnection;
pub type ConnectOptions = SqliteConnectOptions;
pub type DbRow = SqliteRow;

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("journal_size_limit", "67108864")
}

/// The same database, for connections that only read.
pub fn reading(options: ConnectOptions) -> ConnectOptions {
    options.read_only(true)
}

/// What people call the database.
pub fn name(options: &ConnectOptions) -> String {
    options.get_filename().display().to_string()
}

pub async fn connect(options: &ConnectOptions) -> sqlx::Result<Connection> {
    Connection::connect_with(options).await
}

/// Since when a connection rests: a file does not hang up, so nobody counts.
pub struct Rest;

impl Rest {
    pub fn begin() -> Self {
        Self
    }
}

/// Whether a connection that rested can be used.
pub async fn is_there(_connection: &mut Connection, _rest: &Rest) -> bool {
    true
}

/// Closes a connection: SQLite has let go of the file, and of the lock that was perhaps held on it, when this comes back.
pub async fn let_go(connection: Connection) {
    connection.close().await.ok();
}

/// Whether a connection goes on after this error of a statement that is a transaction by itself: it is as it was before.
pub fn goes_on_after(_error: &sqlx::Error) -> bool {
    true
}

/// Begins a transaction that writes. Immediate: the lock is waited for here, where nothing has been read yet. It fails if
/// one is open already.
pub async fn begin(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::query("BEGIN IMMEDIATE").execute(connection).await.map(drop)
}

/// Begins one in which everything read is as it was at its first read.
pub async fn begin_to_read(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::query("BEGIN").execute(connection).await.map(drop)
}

pub async fn commit(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::query("COMMIT").execute(connection).await.map(drop)
}

impl SqlStore {
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
        Self::start(options, limits).await
    }

    /// Opens a database file for reading alone and as it is, beside whoever writes it: nothing is created or brought
    /// up to date, and every call that would write fails.
    pub async fn open_to_read(file: &Path) -> Result<Self> {
        Self::start_to_read(options(file)).await
    }
}

pub async fn copy_to(read: &Connections, file: &Path) -> Result<()> {
    let copied = sqlx::query("VACUUM INTO $1").bind(file.to_string_lossy().into_owned()).execute(read).await;
    copied.deed(|| format!("copy the database to {}", file.display())).map(drop)
}

async fn room(read: &Connections) -> sqlx::Result<(u64, u64)> {
    let pragma = async |name: &'static str| sqlx::query_scalar::<_, i64>(name).fetch_one(read).await;
    let page = pragma("PRAGMA page_size").await?;
    let (all, free) = (pragma("PRAGMA page_count").await?, pragma("PRAGMA freelist_count").await?);
    Ok(((page * all) as u64, (page * free) as u64))
}

pub async fn size(read: &Connections) -> sqlx::Result<u64> {
    room(read).await.map(|(all, _)| all)
}

pub fn shrinking(store: &SqlStore) -> Option<&dyn Shrinking> {
    Some(store)
}

#[async_trait]
impl Shrinking for SqlStore {
    async fn free(&self) -> Result<u64> {
        let room = room(&self.read).await.deed(|| "ask how much of the database is free".to_owned());
        room.map(|(_, free)| free)
    }

    async fn shrink(&self) -> Result<()> {
        let shrunk = sqlx::query("VACUUM").execute(&self.write).await;
        shrunk.map(drop).deed(|| "shrink the database".to_owned())
    }
}

pub async fn integrity(read: &Connections) -> sqlx::Result<Vec<String>> {
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(read).await?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// A database with the schema of this program, for whoever fills it: nothing is guarded meanwhile but the types.
pub async fn make_empty(file: &Path) -> Result<Connection> {
    let deed = || format!("make the database {}", file.display());
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let mut connection = connect(&options).await.deed(deed)?;
    let made = migrations().run_direct(None, &mut connection, false).await;
    made.map_err(|error| StoreError { deed: deed(), cause: Cause::Other(error.to_string()) })?;
    Ok(connection)
}

/// <https://www.sqlite.org/rescode.html>: the low byte is the primary result code.
pub fn cause(error: &sqlx::Error) -> Cause {
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
