//! Sessions as they hold: in the store, and in memory what the store can't take at the moment.
//!
//! With a full disk people can sign in and out all the same. What could not be written is written once the disk takes
//! it again. If the server stops before, those who signed in sign in again, and a session that was ended lasts until
//! it ends by itself: its browser has forgotten it, nobody else knew it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::words::{UnixMillis, UserId};

use crate::secret::SecretHash;
use crate::store::{Cause, Result, SharedStore, StoreError, StoredSession};

/// Changes that may wait for the disk.
const MAX_UNWRITTEN: usize = 10_000;

pub struct Sessions {
    store: SharedStore,
    unwritten: Mutex<HashMap<SecretHash, Unwritten>>,
}

#[derive(Clone, PartialEq, Eq)]
enum Unwritten {
    Opened(StoredSession),
    Ended,
}

impl Sessions {
    pub fn new(store: SharedStore) -> Self {
        Self { store, unwritten: Mutex::default() }
    }

    pub async fn open(&self, hash: SecretHash, session: &StoredSession) -> Result<()> {
        let Err(error) = self.store.open_session(hash, session).await else { return Ok(()) };
        self.keep(hash, Unwritten::Opened(session.clone()), error)
    }

    /// All of one person's, the one seen last first.
    pub async fn of(&self, person: &UserId) -> Result<Vec<(SecretHash, StoredSession)>> {
        let mut sessions = self.store.sessions(person).await?;
        {
            let unwritten = self.unwritten();
            sessions.retain(|(hash, _)| !unwritten.contains_key(hash));
            sessions.extend(unwritten.iter().filter_map(|(hash, unwritten)| match unwritten {
                Unwritten::Opened(session) if session.person == *person => Some((*hash, session.clone())),
                Unwritten::Opened(_) | Unwritten::Ended => None,
            }));
        }
        sessions.sort_by_key(|(_, session)| std::cmp::Reverse(session.seen));
        Ok(sessions)
    }

    pub async fn get(&self, hash: SecretHash) -> Result<Option<StoredSession>> {
        let unwritten = self.unwritten().get(&hash).cloned();
        match unwritten {
            Some(Unwritten::Opened(session)) => Ok(Some(session)),
            Some(Unwritten::Ended) => Ok(None),
            None => self.store.session(hash).await,
        }
    }

    pub async fn touch(&self, hash: SecretHash, at: UnixMillis) -> Result<()> {
        if let Some(Unwritten::Opened(session)) = self.unwritten().get_mut(&hash) {
            session.seen = at;
            return Ok(());
        }
        self.store.touch_session(hash, at).await
    }

    /// It has ended from the first moment on, however long the store takes.
    pub async fn end(&self, hash: SecretHash) -> Result<()> {
        // In memory before the store: one that was opened there may just be on its way to the disk, and a store that has
        // nothing to delete yet must not have the last word.
        let before = self.mark_ended(hash);
        match self.store.end_session(hash).await {
            Ok(()) => {
                if before.is_none() {
                    self.unwritten().remove(&hash);
                }
                Ok(())
            }
            Err(error) => {
                let kept = self.keep(hash, Unwritten::Ended, error);
                if kept.is_err() {
                    // It lasts, as the caller is told.
                    let mut all = self.unwritten();
                    match before {
                        Some(before) => all.insert(hash, before),
                        None => all.remove(&hash),
                    };
                }
                kept
            }
        }
    }

    /// Gives what was said of the session before.
    fn mark_ended(&self, hash: SecretHash) -> Option<Unwritten> {
        let mut all = self.unwritten();
        if has_room(&all, hash) { all.insert(hash, Unwritten::Ended) } else { None }
    }

    /// Writes what waits, as far as the disk takes it.
    pub async fn write(&self) {
        let waiting: Vec<_> = self.unwritten().iter().map(|(hash, unwritten)| (*hash, unwritten.clone())).collect();
        for (hash, unwritten) in waiting {
            let written = match &unwritten {
                Unwritten::Opened(session) => self.store.open_session(hash, session).await,
                Unwritten::Ended => self.store.end_session(hash).await,
            };
            match written {
                // Taken: it was stored the first time, although that looked like a failure.
                Ok(()) | Err(StoreError { cause: Cause::Taken, .. }) => {
                    let mut all = self.unwritten();
                    // One that ended meanwhile still has to be ended in the store.
                    if all.get(&hash).is_some_and(|now| is_ended(now) == is_ended(&unwritten)) {
                        all.remove(&hash);
                    }
                }
                Err(error) => return tracing::debug!("sessions wait for the disk: {error}"),
            }
        }
    }

    fn keep(&self, hash: SecretHash, unwritten: Unwritten, error: StoreError) -> Result<()> {
        let mut all = self.unwritten();
        match error.cause {
            Cause::Full | Cause::Disk(_) if has_room(&all, hash) => {
                tracing::warn!("a session is kept in memory: {error}");
                all.insert(hash, unwritten);
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<SecretHash, Unwritten>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_room(all: &HashMap<SecretHash, Unwritten>, hash: SecretHash) -> bool {
    all.len() < MAX_UNWRITTEN || all.contains_key(&hash)
}

fn is_ended(unwritten: &Unwritten) -> bool {
    matches!(unwritten, Unwritten::Ended)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use sqlx::{Connection, SqliteConnection};

    use super::*;
    use crate::store::{Machine, SqliteStore};

    const HASH: SecretHash = SecretHash([7; 32]);
    const NOW: UnixMillis = UnixMillis(1_000);

    /// Somebody signs in, on a full disk or not, and out while the store is busy; gives whether a session is left.
    async fn ends_while_the_store_is_busy(opened_in_memory: bool) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gongbei.db");
        let store = Arc::new(SqliteStore::open(&path).await.unwrap());
        let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        sqlx::query("INSERT INTO people (id, name, login, operator, created) VALUES ('ann', 'Ann', 'ann', 0, 0)")
            .execute(&mut other)
            .await
            .unwrap();
        let sessions = Sessions::new(store);
        let ann: UserId = "ann".parse().unwrap();
        let session = StoredSession { person: ann, created: NOW, seen: NOW, on: Machine::default() };
        if opened_in_memory {
            sessions.unwritten().insert(HASH, Unwritten::Opened(session.clone()));
        } else {
            sessions.open(HASH, &session).await.unwrap();
        }
        assert!(sessions.get(HASH).await.unwrap().is_some());
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        {
            let mut ending = std::pin::pin!(sessions.end(HASH));
            let soon = Duration::from_millis(50);
            assert!(tokio::time::timeout(soon, &mut ending).await.is_err(), "the store is busy");
            assert!(sessions.get(HASH).await.unwrap().is_none(), "it has ended, whatever the store is doing");
            sqlx::query("COMMIT").execute(&mut other).await.unwrap();
            ending.await.unwrap();
        }
        // A write that had begun before may have put it into the store meanwhile.
        if opened_in_memory {
            sessions.store.open_session(HASH, &session).await.unwrap();
        }
        sessions.write().await;
        assert!(sessions.unwritten().is_empty(), "nothing waits any more");
        sessions.get(HASH).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn r13_a_session_that_ends_has_ended_before_the_store_says_so() {
        for opened_in_memory in [false, true] {
            assert!(!ends_while_the_store_is_busy(opened_in_memory).await, "in memory: {opened_in_memory}");
        }
    }
}
