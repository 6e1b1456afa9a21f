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
use sqlx::{Connection as _, Database, Either, Error, Execute, Executor, SqlStr};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::engine::{self, Rest};
use super::{ConnectOptions, Connection, Db, DbRow};

type QueryResult = <Db as Database>::QueryResult;
type Statement = <Db as Database>::Statement;
type TypeInfo = <Db as Database>::TypeInfo;

/// A bounded number of connections, opened when they are first needed; whoever comes first is served first.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    options: ConnectOptions,
    most: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<(Connection, Rest)>>,
}

/// A connection on loan. Dropped, it is thrown away, unless it was given back: whoever was cut off in the middle may have
/// left something open on it.
pub struct Lent {
    connection: Option<Connection>,
    place: Option<OwnedSemaphorePermit>,
    from: Arc<Inner>,
}

impl Connections {
    pub fn new(options: ConnectOptions, most: u32) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        Self(Arc::new(Inner { options, most, places, idle: Mutex::default() }))
    }

    /// Waits for a connection, which is everything its user needs to give back in the end.
    ///
    /// # Errors
    /// If it can't be opened, or all have been closed.
    pub async fn lend(&self) -> Result<Lent, Error> {
        let place = Arc::clone(&self.0.places).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        let connection = match self.0.rested().await {
            Some(connection) => connection,
            None => engine::connect(&self.0.options).await?,
        };
        Ok(Lent { connection: Some(connection), place: Some(place), from: Arc::clone(&self.0) })
    }

    /// How many can be lent now, and how many lie idle.
    #[cfg(test)]
    pub fn free_and_idle(&self) -> (usize, usize) {
        (self.0.places.available_permits(), self.0.idle().len())
    }

    /// Waits for those on loan, closes them all, and lends no more.
    pub async fn close(&self) {
        let Ok(_all) = self.0.places.acquire_many(self.0.most).await else { return };
        self.0.places.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for (connection, _) in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!("cannot close a connection to the database: {error}");
            }
        }
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<(Connection, Rest)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was used before and can be used again.
    async fn rested(&self) -> Option<Connection> {
        loop {
            let (mut connection, rest) = self.idle().pop()?;
            if engine::is_there(&mut connection, &rest).await {
                return Some(connection);
            }
        }
    }
}

impl Lent {
    /// All that was begun on it has ended.
    pub fn give_back(mut self) {
        let connection = self.connection.take();
        // Before its place is free: whoever gets that finds the connection.
        self.from.idle().extend(connection.map(|connection| (connection, Rest::begin())));
    }

    /// The same after a statement that was a transaction by itself, unless with it the connection failed.
    fn give_back_after(self, error: Option<&Error>) {
        if error.is_none_or(engine::goes_on_after) {
            self.give_back();
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let place = self.place.take();
        // Its place is free once the database has let go of what the connection had, and of the lock that may be held.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                engine::let_go(connection).await;
                drop(place);
            });
        }
    }
}

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("only giving it back and dropping it take the connection")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("only giving it back and dropping it take the connection")
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "connections to {}", engine::name(&self.0.options))
    }
}

/// One statement that is a transaction by itself.
impl<'c> Executor<'c> for &'_ Connections {
    type Database = Db;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<QueryResult, DbRow>, Error>>
    where
        E: 'q + Execute<'q, Db>,
    {
        let connections = self.clone();
        let fetched = async move {
            let mut lent = connections.lend().await?;
            let all: Vec<_> = lent.fetch_many(query).collect().await;
            lent.give_back_after(all.last().and_then(|last| last.as_ref().err()));
            Ok(stream::iter(all))
        };
        fetched.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DbRow>, Error>>
    where
        E: 'q + Execute<'q, Db>,
    {
        let connections = self.clone();
        let fetched = async move {
            let mut lent = connections.lend().await?;
            let row = lent.fetch_optional(query).await;
            lent.give_back_after(row.as_ref().err());
            row
        };
        fetched.boxed()
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [TypeInfo]) -> BoxFuture<'e, Result<Statement, Error>>
    where
        'c: 'e,
    {
        let connections = self.clone();
        let prepared = async move {
            let mut lent = connections.lend().await?;
            let statement = lent.prepare_with(sql, parameters).await;
            lent.give_back_after(statement.as_ref().err());
            statement
        };
        prepared.boxed()
    }
}
