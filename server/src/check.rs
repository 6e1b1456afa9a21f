//! `gongbei check`: whether everything in the data folder is what was written.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::sync::room::{Room, RoomSeed};
use shared::words::DocumentId;

use crate::blobs::Blobs;
use crate::data_folder::DataFolder;
use crate::store::{Documents, Log, SqliteStore, StoredUpdate};

#[derive(Default)]
pub struct Report {
    pub documents: usize,
    pub updates: usize,
    pub blobs: usize,
    pub problems: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "problem: {problem}")?;
        }
        write!(
            f,
            "checked {} documents, {} updates, {} images: {}",
            self.documents,
            self.updates,
            self.blobs,
            if self.problems.is_empty() { "all is well" } else { "see the problems above" }
        )
    }
}

/// Reads everything: the database file, each log with its chain of checksums, each document from its log alone
/// and from its snapshot, each image against its hash. Changes nothing; a server may go on serving.
pub async fn check(folder: &DataFolder) -> anyhow::Result<Report> {
    let store = SqliteStore::open(&folder.database()).await?;
    let mut report = Report::default();
    report.problems.extend(store.integrity().await?.into_iter().map(|line| format!("database: {line}")));
    for document in store.all_documents().await? {
        report.documents += 1;
        match check_document(&store, &document).await {
            Ok(updates) => report.updates += updates,
            Err(problem) => report.problems.push(problem),
        }
    }
    let blobs = Blobs::open(folder.blobs())?;
    for id in store.image_blobs().await? {
        report.blobs += 1;
        match blobs.read_now(&id) {
            Ok(Some(_)) => {}
            Ok(None) => report.problems.push(format!("image {id} is missing")),
            Err(error) => report.problems.push(format!("image {id}: {error}")),
        }
    }
    store.close().await;
    Ok(report)
}

async fn check_document(store: &SqliteStore, document: &DocumentId) -> Result<usize, String> {
    let history = store.history(document).await.map_err(|error| error.to_string())?;
    let stored = store.load(document).await.map_err(|error| error.to_string())?;
    let stored = stored.ok_or_else(|| format!("document {document} is missing"))?;
    let last = stored.tail();
    let seed = |snapshot, updates: &[StoredUpdate]| RoomSeed {
        document: document.clone(),
        epoch: stored.epoch.clone(),
        snapshot,
        updates: updates.iter().map(|update| update.bytes.clone()).collect(),
        last,
        authors: stored.bindings.clone(),
    };
    let from_log = state_vector(seed(None, &history))?;
    if let Some(snapshot) = &stored.snapshot {
        let from_snapshot = state_vector(seed(Some(snapshot.bytes.clone()), &stored.updates))?;
        if from_snapshot != from_log {
            return Err(format!("the snapshot of document {document} differs from its log"));
        }
    }
    Ok(history.len())
}

fn state_vector(seed: RoomSeed) -> Result<bytes::Bytes, String> {
    let document = seed.document.clone();
    let opened = catch_unwind(AssertUnwindSafe(|| Room::open(seed).map(|room| room.snapshot())));
    match opened {
        Ok(Ok(Some(snapshot))) => Ok(snapshot.state_vector),
        Ok(Ok(None)) => Err(format!("document {document} has unstored updates")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("reading document {document} panicked")),
    }
}
