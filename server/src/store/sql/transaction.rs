//! Transactions of our own, because of what a failing disk does to sqlx's.
//!
//! SQLite ends some transactions by itself when the disk is full or fails, and leaves others open after a failed
//! `COMMIT`. sqlx counts depths and can't tell the two apart: after one of each it "commits" by releasing a savepoint
//! inside a transaction that is still open, which stores nothing. So a connection whose transaction did not end
//! well is thrown away here, and SQLite rolls back what was left open on it.

use std::ops::{Deref, DerefMut};

use super::connections::{Connections, Lent};
use super::{Connection, engine};

pub struct Transaction {
    connection: Lent,
}

impl Transaction {
    pub async fn begin(connections: &Connections) -> Result<Self, sqlx::Error> {
        let mut connection = connections.lend().await?;
        engine::begin(&mut connection).await?;
        Ok(Self { connection })
    }

    /// Everything read in it is as it was at its first read.
    pub async fn begin_to_read(connections: &Connections) -> Result<Self, sqlx::Error> {
        let mut connection = connections.lend().await?;
        engine::begin_to_read(&mut connection).await?;
        Ok(Self { connection })
    }

    /// Durable once this is `Ok`; after an error nothing of it is stored, or all of it is.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        engine::commit(&mut self.connection).await?;
        self.connection.give_back();
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
