//! Transactions of our own, because of what a failing disk does to sqlx's.
//!
//! SQLite ends some transactions by itself when the disk is full or fails, and leaves others open after a failed
//! `COMMIT`. sqlx counts depths and can't tell the two apart: after one of each it "commits" by releasing a savepoint
//! inside a transaction that is still open, which stores nothing. So a connection whose transaction did not end
//! well is thrown away here, and SQLite rolls back what was left open on it.

use std::ops::{Deref, DerefMut};

use sqlx::SqliteConnection;

use super::connections::{Connections, Lent};

pub struct Transaction {
    connection: Lent,
}

impl Transaction {
    pub async fn begin(connections: &Connections) -> Result<Self, sqlx::Error> {
        // Immediate: the lock is waited for here, where nothing has been read yet. It fails if one is open already.
        Self::begin_by("BEGIN IMMEDIATE", connections).await
    }

    /// Everything read in it is as it was at its first read.
    pub async fn begin_to_read(connections: &Connections) -> Result<Self, sqlx::Error> {
        Self::begin_by("BEGIN", connections).await
    }

    async fn begin_by(words: &'static str, connections: &Connections) -> Result<Self, sqlx::Error> {
        let mut transaction = Self { connection: connections.lend().await? };
        sqlx::query(words).execute(&mut *transaction).await?;
        Ok(transaction)
    }

    /// Durable once this is `Ok`; after an error nothing of it is stored, or all of it is.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut *self).await?;
        self.connection.give_back();
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
