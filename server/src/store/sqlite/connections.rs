//! Connections to the database, lent to one user at a time.
//!
//! sqlx's own pool asks every connection that comes back for a sign of life, on a task of its own. With SQLite, where each
//! question goes to the connection's thread and back, that doubles what a short query costs, and a file does not hang up.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryFutureExt};
use sqlx::sqlite::{SqliteConnectOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo};
use sqlx::{Connection, Either, Error, Execute, Executor, SqlStr, Sqlite, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A bounded number of connections, opened when they are first needed; whoever comes first is served first.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    most: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection on loan. Dropped, it is thrown away, unless it was given back: whoever was cut off in the middle may have
/// left something open on it.
pub struct Lent {
    connection: Option<SqliteConnection>,
    place: Option<OwnedSemaphorePermit>,
    from: Arc<Inner>,
}

impl Connections {
    pub fn new(options: SqliteConnectOptions, most: u32) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        Self(Arc::new(Inner { options, most, places, idle: Mutex::default() }))
    }

    /// Waits for a connection, which is everything its user needs to give back in the end.
    ///
    /// # Errors
    /// If it can't be opened, or all have been closed.
    pub async fn lend(&self) -> Result<Lent, Error> {
        let place = Arc::clone(&self.0.places).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        Ok(Lent { connection: Some(connection), place: Some(place), from: Arc::clone(&self.0) })
    }

    /// Waits for those on loan, closes them all, and lends no more.
    pub async fn close(&self) {
        let Ok(_all) = self.0.places.acquire_many(self.0.most).await else { return };
        self.0.places.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!("cannot close a connection to the database: {error}");
            }
        }
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent {
    /// All that was begun on it has ended.
    pub fn give_back(mut self) {
        let connection = self.connection.take();
        // Before its place is free: whoever gets that finds the connection.
        self.from.idle().extend(connection);
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let place = self.place.take();
        // Its place is free once SQLite has let go of the file, and of the lock that may be held on it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                connection.close().await.ok();
                drop(place);
            });
        }
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("only giving it back and dropping it take the connection")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("only giving it back and dropping it take the connection")
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Connections").field(&self.0.options).finish()
    }
}

/// One statement that is a transaction by itself. After an error too the connection is as it was before.
impl<'c> Executor<'c> for &'_ Connections {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, Error>>
    where
        E: 'q + Execute<'q, Sqlite>,
    {
        let connections = self.clone();
        let fetched = async move {
            let mut lent = connections.lend().await?;
            let all: Vec<_> = lent.fetch_many(query).collect().await;
            lent.give_back();
            Ok(stream::iter(all))
        };
        fetched.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<SqliteRow>, Error>>
    where
        E: 'q + Execute<'q, Sqlite>,
    {
        let connections = self.clone();
        let fetched = async move {
            let mut lent = connections.lend().await?;
            let row = lent.fetch_optional(query).await;
            lent.give_back();
            row
        };
        fetched.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, Error>>
    where
        'c: 'e,
    {
        let connections = self.clone();
        let prepared = async move {
            let mut lent = connections.lend().await?;
            let statement = lent.prepare_with(sql, parameters).await;
            lent.give_back();
            statement
        };
        prepared.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_cut_off_in_the_middle_leaves_nothing_open() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("test.db")).create_if_missing(true);
        let connections = Connections::new(options, 1);
        sqlx::query("CREATE TABLE words (word TEXT)").execute(&connections).await.unwrap();
        let mut lent = connections.lend().await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *lent).await.unwrap();
        sqlx::query("INSERT INTO words VALUES ('half')").execute(&mut *lent).await.unwrap();
        assert!(connections.0.places.available_permits() == 0 && connections.0.idle().is_empty());
        drop(lent);
        sqlx::query("INSERT INTO words VALUES ('whole')").execute(&connections).await.unwrap();
        let words: Vec<String> = sqlx::query_scalar("SELECT word FROM words").fetch_all(&connections).await.unwrap();
        assert_eq!(words, ["whole"]);
        assert_eq!(connections.0.idle().len(), 1, "and it is used again");
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_lent_and_lends_no_more() {
        let options = SqliteConnectOptions::new().in_memory(true);
        let connections = Connections::new(options, 2);
        let lent = connections.lend().await.unwrap();
        let mut closing = std::pin::pin!(connections.close());
        assert!(closing.as_mut().now_or_never().is_none(), "somebody still has one");
        lent.give_back();
        closing.await;
        assert!(matches!(connections.lend().await, Err(Error::PoolClosed)));
        connections.close().await;
    }
}
