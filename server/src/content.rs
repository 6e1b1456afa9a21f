//! What stands in a stored document.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::board;
use shared::document::build::p;
use shared::document::change::Node;
use shared::document::{DocumentError, Replica, shown};
use shared::words::DocumentId;

use crate::store::{Log, StoreError, StoredDocument};

/// Why a document's content can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("there is no document {0}")]
    Absent(DocumentId),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot read document {0}: {1}")]
    Broken(DocumentId, DocumentError),
    #[error("reading document {0} panicked")]
    Panicked(DocumentId),
}

/// The content as it is stored now, read where one may wait.
pub async fn read(log: &(impl Log + ?Sized), id: &DocumentId) -> Result<Node, Unreadable> {
    let stored = log.load(id).await?.ok_or_else(|| Unreadable::Absent(id.clone()))?;
    let read = tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| content(&stored)))).await;
    match read {
        Ok(Ok(content)) => content.map_err(|error| Unreadable::Broken(id.clone(), error)),
        Ok(Err(_)) | Err(_) => Err(Unreadable::Panicked(id.clone())),
    }
}

/// The content of a document that is at hand.
pub fn content(stored: &StoredDocument) -> Result<Node, DocumentError> {
    let mut whole = Replica::new(0);
    if let Some(snapshot) = &stored.snapshot {
        whole.apply(&snapshot.bytes)?;
    }
    for update in stored.updates.iter().filter(|update| !update.bytes.is_empty()) {
        whole.apply(&update.bytes)?;
    }
    let mut shown = shown(whole.doc());
    // A board has no running text: what stands on it is read after whatever there may be.
    shown.content.extend(board::words(whole.doc()).iter().map(|words| p(words.as_str())));
    Ok(shown)
}
