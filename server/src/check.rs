//! `gongbei check`: whether everything in the data folder is what was written.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::StreamExt;
use shared::sync::room::Room;
use shared::words::{BlobId, DocumentId, Seq};

use crate::blobs::{self, Blobs, State};
use crate::data_folder::DataFolder;
use crate::database::Database;
use crate::digest::read_back;
use crate::store::{AuditChain, Store, StoredDocument};

#[derive(Debug, Default)]
pub struct Report {
    pub documents: usize,
    pub updates: usize,
    pub blobs: usize,
    /// How many lines the audit log has and the checksum it ends with, if it is whole.
    pub audit: Option<(u64, String)>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// As the database puts it.
    Database(String),
    Document(String),
    Audit(String),
    /// A cache of a log that has it all.
    Snapshot {
        document: DocumentId,
        at: Seq,
    },
    /// What was made of a film for weak lines.
    Rendition(BlobId),
    /// An image or a file.
    Blob {
        id: BlobId,
        what: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Database(what) => write!(f, "database: {what}"),
            Problem::Document(what) | Problem::Audit(what) => f.write_str(what),
            Problem::Snapshot { document, at } => {
                write!(
                    f,
                    "the snapshot of document {document} at {} is damaged; nothing is lost, its log has it all",
                    at.0
                )
            }
            Problem::Rendition(id) => {
                write!(
                    f,
                    "the small rendition {id} of a film is missing or damaged; nothing is lost: once its file is gone, \
                     it is made again when somebody wants to see it"
                )
            }
            Problem::Blob { id, what } => write!(f, "image or file {id} {what}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "problem: {problem}")?;
        }
        if let Some((lines, end)) = &self.audit {
            writeln!(f, "the audit log has {lines} lines and ends with checksum {end}")?;
        }
        write!(
            f,
            "checked {} documents, {} updates, {} images and files: {}",
            self.documents,
            self.updates,
            self.blobs,
            if self.problems.is_empty() { "all is well" } else { "see the problems above" }
        )
    }
}

/// Reads everything: the database file, each log with its chain of checksums, each document from its log alone
/// and from its snapshot, each image and file against its hash. Changes nothing; a server may go on serving.
pub async fn check(folder: &DataFolder, database: &Database) -> anyhow::Result<Report> {
    let bucket = blobs::place(folder, None)?;
    let blobs = Blobs::of(folder, bucket.as_ref())?;
    // All would seem to be missing.
    blobs.are_reachable().await?;
    check_files(database, &blobs).await
}

/// The same for a database and its blobs wherever they are.
pub async fn check_files(database: &Database, blobs: &Blobs) -> anyhow::Result<Report> {
    let store = database.open_to_read().await?;
    let checked = check_store(&*store, blobs).await;
    store.close().await;
    checked
}

/// Opens one document as a room would, whatever comes of it: the process that asked wants to know whether this one lives.
pub async fn try_open(database: &Database, document: &DocumentId) -> anyhow::Result<()> {
    let store = database.open_to_read().await?;
    if let Ok(Some(stored)) = store.load(document).await {
        let seed = stored.seed(document);
        tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| drop(Room::open(seed))))).await.ok();
    }
    store.close().await;
    Ok(())
}

async fn check_store(store: &dyn Store, blobs: &Blobs) -> anyhow::Result<Report> {
    let mut report = Report::default();
    report.problems.extend(store.integrity().await?.into_iter().map(Problem::Database));
    store.is_current().await?;
    match store.check_audit().await? {
        AuditChain::Whole { lines, end } => report.audit = Some((lines, end)),
        AuditChain::Broken(what) => report.problems.push(Problem::Audit(what)),
    }
    for document in store.all_documents().await? {
        report.documents += 1;
        match check_document(store, &document).await {
            Ok(updates) => report.updates += updates,
            Err(what) => report.problems.push(Problem::Document(what)),
        }
        for at in store.unfit_snapshots(&document).await? {
            report.problems.push(Problem::Snapshot { document: document.clone(), at });
        }
    }
    let named: BTreeSet<_> = store.image_blobs().await?.into_iter().chain(store.file_blobs().await?).collect();
    let mut looked = blobs.look_at_all(named);
    while let Some((id, state)) = looked.next().await {
        report.blobs += 1;
        let what = match state {
            Ok(State::Whole) => continue,
            Ok(State::Absent) => "is missing".to_owned(),
            Ok(State::Damaged) => "can't be read: it has other content than its id says".to_owned(),
            Err(error) => format!("can't be read: {error}"),
        };
        report.problems.push(Problem::Blob { id, what });
    }
    let mut looked = blobs.look_at_all(store.rendition_blobs().await?);
    while let Some((id, state)) = looked.next().await {
        if !matches!(state, Ok(State::Whole)) {
            report.problems.push(Problem::Rendition(id));
        }
    }
    Ok(report)
}

async fn check_document(store: &dyn Store, document: &DocumentId) -> Result<usize, String> {
    let stored = store.load(document).await.map_err(|error| error.to_string())?;
    let stored = stored.ok_or_else(|| format!("document {document} has disappeared"))?;
    // A server may have stored more since.
    let mut history = store.history(document).await.map_err(|error| error.to_string())?;
    let updates = history.len();
    history.retain(|update| update.seq <= stored.tail());
    let whole_log = StoredDocument { snapshot: None, updates: history, ..stored.clone() };
    let from_log = read_back(whole_log.seed(document)).await?.digest;
    if stored.snapshot.is_some() && read_back(stored.seed(document)).await?.digest != from_log {
        return Err(format!("the snapshot of document {document} differs from its log"));
    }
    Ok(updates)
}
