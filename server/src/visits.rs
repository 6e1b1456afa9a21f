//! Who had which document open, gathered for a second and written together: it is for lists only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use shared::words::{DocumentId, UnixMillis, UserId};

use crate::store::{SharedStore, Visit};

#[derive(Default)]
pub struct Visits {
    unwritten: Mutex<HashMap<(UserId, DocumentId), UnixMillis>>,
}

impl Visits {
    pub fn note(&self, person: UserId, document: DocumentId, at: UnixMillis) {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).insert((person, document), at);
    }

    /// Writes what was gathered; what can't be written now is tried again the next time.
    pub async fn write(&self, store: &SharedStore) {
        let gathered = std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner));
        if gathered.is_empty() {
            return;
        }
        let visits: Vec<Visit> =
            gathered.into_iter().map(|((person, document), at)| Visit { person, document, at }).collect();
        if let Err(error) = store.note_visits(&visits).await {
            tracing::warn!("{error}");
            let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
            for Visit { person, document, at } in visits {
                unwritten.entry((person, document)).or_insert(at);
            }
        }
    }
}
