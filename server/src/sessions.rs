//! Sessions as they hold: in the store, and in memory what the store can't take at the moment.
//!
//! With a full disk people can sign in and out all the same. What could not be written is written once the disk takes
//! it again; if the server stops before, those people sign in again.

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

    pub async fn open(&self, hash: SecretHash, person: &UserId, at: UnixMillis) -> Result<()> {
        let Err(error) = self.store.open_session(hash, person, at).await else { return Ok(()) };
        let session = StoredSession { person: person.clone(), created: at, seen: at };
        self.keep(hash, Unwritten::Opened(session), error)
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

    pub async fn end(&self, hash: SecretHash) -> Result<()> {
        match self.store.end_session(hash).await {
            Ok(()) => {
                // What was opened in memory may just be on its way to the disk.
                if let Some(unwritten) = self.unwritten().get_mut(&hash) {
                    *unwritten = Unwritten::Ended;
                }
                Ok(())
            }
            Err(error) => self.keep(hash, Unwritten::Ended, error),
        }
    }

    /// Writes what waits, as far as the disk takes it.
    pub async fn write(&self) {
        let waiting: Vec<_> = self.unwritten().iter().map(|(hash, unwritten)| (*hash, unwritten.clone())).collect();
        for (hash, unwritten) in waiting {
            let written = match &unwritten {
                Unwritten::Opened(session) => self.store.open_session(hash, &session.person, session.created).await,
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
            Cause::Full | Cause::Disk(_) if all.len() < MAX_UNWRITTEN || all.contains_key(&hash) => {
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

fn is_ended(unwritten: &Unwritten) -> bool {
    matches!(unwritten, Unwritten::Ended)
}
