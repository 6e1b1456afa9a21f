//! What is Postgres' own: what is demanded of a server, one writer at a time by a lock, and how to look after the database.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, PgSeverity};
use sqlx::{AssertSqlSafe, Connection as _, Row};

use super::Address;
pub use super::schema::migrations;
use super::sql::connections::Connections;
use super::sql::{Deed, SqlStore};
pub use super::transfer::copy_to;
use crate::store::{Cause, Result, Shrinking, StoreError, StoreLimits};

pub type Db = sqlx::Postgres;
pub type Connection = PgConnection;
pub type DbRow = PgRow;

/// What opens a connection.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    address: Address,
    reads_only: bool,
    /// Of the one server that a database has: a name for its connections, unlike that of any other process.
    serves_as: Option<Arc<str>>,
}

/// All of ours lies in this schema of the database.
const SCHEMA: &str = "gongbei";
const OLDEST: i32 = 140_000;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// A connection that rested longer is asked whether it is still there: the server may have been started again.
const SURE_FOR: Duration = Duration::from_millis(100);
/// Whoever waits longer for a lock is told so, as with SQLite.
const LOCK_WITHIN: &str = "10s";
/// A process that is gone without a word must not keep the lock of those who write.
const ALIVE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "20"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    ("idle_in_transaction_session_timeout", "60s"),
];
/// One writes at a time, whichever process, as in SQLite. The lock is taken by a statement of its own, so that the next one
/// sees all that was written before; its number is `gongbei` in ASCII.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7453297298632960256)";
/// A server that ends lets go of its place within so long.
const PLACE_WITHIN: Duration = Duration::from_secs(3);
const PLACE_AGAIN: Duration = Duration::from_millis(200);
/// The number of a lock, next to the one of those who write.
const SERVERS_PLACE: i64 = 7_453_297_298_632_960_257;

impl ConnectOptions {
    pub fn of(address: &Address) -> Self {
        Self { address: address.clone(), reads_only: false, serves_as: None }
    }

    fn to_serve(address: &Address) -> Self {
        let name = format!("gongbei server {}", crate::secret::random_id());
        Self { serves_as: Some(name.into()), ..Self::of(address) }
    }

    fn settings(&self) -> PgConnectOptions {
        let reads_only = if self.reads_only { "on" } else { "off" };
        let name = self.serves_as.as_deref().unwrap_or("gongbei");
        self.address.options().clone().application_name(name).statement_cache_capacity(400).options(ALIVE).options([
            ("search_path", SCHEMA),
            ("lock_timeout", LOCK_WITHIN),
            ("default_transaction_read_only", reads_only),
        ])
    }
}

/// The same database, for connections that only read.
pub fn reading(options: ConnectOptions) -> ConnectOptions {
    ConnectOptions { reads_only: true, serves_as: None, ..options }
}

/// What people call the database.
pub fn name(options: &ConnectOptions) -> String {
    options.address.to_string()
}

/// Opens a connection to a server that keeps what it has committed; to another there is none.
pub async fn connect(options: &ConnectOptions) -> sqlx::Result<Connection> {
    let settings = options.settings();
    let mut connection = tokio::time::timeout(CONNECT_WITHIN, PgConnection::connect_with(&settings))
        .await
        .map_err(|_| sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database does not answer")))??;
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding, \
         current_setting('synchronous_commit') AS commits, current_setting('fsync') AS fsync",
    )
    .fetch_one(&mut connection)
    .await?;
    let text = |column: &str| row.try_get::<String, _>(column);
    demand(row.try_get("version")?, &text("encoding")?, &text("commits")?)
        .map_err(|sentence| sqlx::Error::Configuration(sentence.into()))?;
    if text("fsync")? == "off" {
        tracing::error!("the database server runs with fsync=off: when its machine fails, what was saved may be lost");
    }
    if let Some(name) = &options.serves_as {
        take_place(&mut connection, name).await?;
    }
    Ok(connection)
}

/// Takes the place of the database's server for as long as this connection lives. A server writes by this one alone: once it
/// has lost the place it can write nothing, whether it has noticed or not.
async fn take_place(connection: &mut Connection, name: &str) -> sqlx::Result<()> {
    if has_place(connection).await? {
        return Ok(());
    }
    // A connection of ours that broke off, which the database has not missed yet.
    sqlx::query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_stat_activity USING (pid) \
         WHERE locktype = 'advisory' AND objsubid = 1 AND ((CAST(classid AS BIGINT) << 32) | CAST(objid AS BIGINT)) = $1 \
         AND datname = current_database() AND database = datid AND application_name = $2",
    )
    .bind(SERVERS_PLACE)
    .bind(name)
    .execute(&mut *connection)
    .await?;
    if has_place(connection).await? { Ok(()) } else { Err(sqlx::Error::Configuration(Box::new(ServedElsewhere))) }
}

async fn has_place(connection: &mut Connection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(SERVERS_PLACE).fetch_one(connection).await
}

#[derive(Debug, thiserror::Error)]
#[error("another server has the database")]
struct ServedElsewhere;

/// As `connect`; a server that is just ending is waited for.
async fn connect_patiently(options: &ConnectOptions) -> sqlx::Result<Connection> {
    let since = Instant::now();
    loop {
        match connect(options).await {
            Err(error) if is_elsewhere(&error) && since.elapsed() < PLACE_WITHIN => {
                tokio::time::sleep(PLACE_AGAIN).await;
            }
            other => return other,
        }
    }
}

fn is_elsewhere(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Configuration(why) if why.is::<ServedElsewhere>())
}

/// Why a server of that kind can't keep what is given to it.
fn demand(version: i32, encoding: &str, commits: &str) -> Result<(), String> {
    if version < OLDEST {
        return Err(format!("it is Postgres {}, and Gongbei needs 14 or newer", version / 10_000));
    }
    if encoding != "UTF8" {
        return Err(format!("its encoding is {encoding}, and Gongbei needs one that was created with ENCODING 'UTF8'"));
    }
    if commits == "off" {
        return Err("it is set to synchronous_commit=off, with which it says that something is stored before it is; \
            Gongbei needs synchronous_commit=on"
            .to_owned());
    }
    Ok(())
}

/// Since when a connection rests.
pub struct Rest(Instant);

impl Rest {
    pub fn begin() -> Self {
        Self(Instant::now())
    }
}

/// Whether a connection that rested can be used.
pub async fn is_there(connection: &mut Connection, rest: &Rest) -> bool {
    rest.0.elapsed() <= SURE_FOR || matches!(tokio::time::timeout(ANSWERS_WITHIN, connection.ping()).await, Ok(Ok(())))
}

/// Closes a connection of which nobody knows in what state it is.
pub async fn let_go(connection: Connection) {
    tokio::time::timeout(ANSWERS_WITHIN, connection.close()).await.ok();
}

/// Whether a connection goes on after this error of a statement that is a transaction by itself: yes if the server
/// refused the statement, no if the server or the network is what failed.
pub fn goes_on_after(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
            .is_some_and(|error| matches!(error.severity(), PgSeverity::Error)),
        sqlx::Error::RowNotFound => true,
        _ => false,
    }
}

/// Begins a transaction that writes, once nobody else does.
pub async fn begin(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::raw_sql(BEGIN).execute(connection).await.map(drop)
}

/// Begins one in which everything read is as it was at its first read.
pub async fn begin_to_read(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(connection).await.map(drop)
}

/// A transaction in which something failed is rolled back by `COMMIT`, and that is no error to Postgres. To us it is: nothing
/// may be called stored that is not. So something is asked of the transaction before.
pub async fn commit(connection: &mut Connection) -> sqlx::Result<()> {
    sqlx::raw_sql("SELECT 1; COMMIT").execute(connection).await.map(drop)
}

impl SqlStore {
    /// Opens the database and brings its schema up to date. Needs a tokio runtime.
    pub async fn open(address: &Address) -> Result<Self> {
        Self::open_with(address, StoreLimits::default()).await
    }

    /// The same with limits of one's own.
    pub async fn open_with(address: &Address, limits: StoreLimits) -> Result<Self> {
        Self::open_by(ConnectOptions::of(address), limits).await
    }

    /// The same for the one server that a database has, or whoever may do what it does in its stead.
    ///
    /// # Errors
    /// [`Cause::Elsewhere`] if there is one; and later from whatever would write, once there is another.
    pub async fn open_to_serve(address: &Address, limits: StoreLimits) -> Result<Self> {
        Self::open_by(ConnectOptions::to_serve(address), limits).await
    }

    async fn open_by(options: ConnectOptions, limits: StoreLimits) -> Result<Self> {
        let address = &options.address;
        let deed = || format!("bring the database {address} up to date");
        let mut first = connect_patiently(&options).await.deed(|| format!("open the database {address}"))?;
        if !has_schema(&mut first).await.deed(deed)? {
            sqlx::raw_sql("CREATE SCHEMA IF NOT EXISTS gongbei").execute(&mut first).await.deed(deed)?;
        }
        migrations()
            .run(&mut first)
            .await
            .map_err(|error| StoreError { deed: deed(), cause: Cause::Other(error.to_string()) })?;
        first.close().await.ok();
        Self::start(options, limits).await
    }

    /// Opens a database for reading alone and as it is, beside whoever writes it: nothing is created or brought up to
    /// date, and every call that would write fails.
    pub async fn open_to_read(address: &Address) -> Result<Self> {
        Self::start_to_read(ConnectOptions::of(address)).await
    }
}

pub async fn size(read: &Connections) -> sqlx::Result<u64> {
    let all: i64 = sqlx::query_scalar(
        "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class \
         WHERE relnamespace = CAST($1 AS regnamespace) AND relkind = 'r'",
    )
    .bind(SCHEMA)
    .fetch_one(read)
    .await?;
    Ok(all as u64)
}

/// What is free in it the database looks after by itself.
pub fn shrinking(_store: &SqlStore) -> Option<&dyn Shrinking> {
    None
}

/// Has every row read, with the checksums of its pages if the server keeps them.
pub async fn integrity(read: &Connections) -> sqlx::Result<Vec<String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(relname AS TEXT) FROM pg_class \
         WHERE relnamespace = CAST($1 AS regnamespace) AND relkind = 'r' ORDER BY relname",
    )
    .bind(SCHEMA)
    .fetch_all(read)
    .await?;
    let mut wrong = Vec::new();
    for table in tables {
        let counted =
            sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {table} AS kept WHERE kept IS NOT NULL")));
        match counted.execute(read).await {
            Err(error) if matches!(cause(&error), Cause::Damaged(_)) => wrong.push(format!("table {table}: {error}")),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    Ok(wrong)
}

pub async fn has_schema(connection: &mut Connection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
        .bind(SCHEMA)
        .fetch_one(connection)
        .await
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>: two characters are the class.
pub fn cause(error: &sqlx::Error) -> Cause {
    let Some(database) = error.as_database_error() else {
        return match error {
            sqlx::Error::Io(source) if source.kind() == io::ErrorKind::StorageFull => Cause::Full,
            sqlx::Error::Io(source) => Cause::Disk(format!("the database can't be reached: {source}")),
            sqlx::Error::Tls(source) => Cause::Disk(format!("the database can't be reached: {source}")),
            // Half an answer, from a server that has just gone.
            sqlx::Error::Protocol(what) => Cause::Disk(format!("the database can't be reached: {what}")),
            other if is_elsewhere(other) => Cause::Elsewhere,
            other => Cause::Other(other.to_string()),
        };
    };
    if database.is_unique_violation() {
        return Cause::Taken;
    }
    let (code, message) = (database.code().unwrap_or_default(), database.message().to_owned());
    match code.as_ref() {
        "53100" => Cause::Full,
        // Out of memory or connections, started or stopped at this moment, standing by, or its disk fails.
        "25006" | "58030" => Cause::Disk(message),
        code if ["08", "53", "57"].contains(&code.get(..2).unwrap_or_default()) => Cause::Disk(message),
        "XX001" | "XX002" => Cause::Damaged(message),
        _ => Cause::Other(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_would_lose_something_is_refused_with_a_sentence() {
        assert!(demand(140_000, "UTF8", "on").is_ok() && demand(160_002, "UTF8", "remote_apply").is_ok());
        assert!(demand(130_012, "UTF8", "on").unwrap_err().contains("Postgres 13"));
        assert!(demand(150_000, "SQL_ASCII", "on").unwrap_err().contains("SQL_ASCII"));
        assert!(demand(150_000, "UTF8", "off").unwrap_err().contains("synchronous_commit=on"));
    }

    #[test]
    fn only_what_the_server_refused_leaves_a_connection_as_it_was() {
        assert!(goes_on_after(&sqlx::Error::RowNotFound));
        let cut = sqlx::Error::Io(io::Error::from(io::ErrorKind::ConnectionReset));
        assert!(!goes_on_after(&cut) && matches!(cause(&cut), Cause::Disk(_)));
        assert!(!goes_on_after(&sqlx::Error::Protocol("half an answer".into())));
    }
}
