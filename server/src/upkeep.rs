//! `gongbei compact`: packs what is old in every log, at once and not when it is worth it.

use std::fmt;
use std::path::Path;

use crate::data_folder::DataFolder;
use crate::database::Database;
use crate::store::{Address, Compacted, Store, StoreLimits};

/// A file of which less is free than one byte in so many is not copied to get rid of it.
const WORTH_SHRINKING: u64 = 10;

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    pub documents: usize,
    pub packed: Compacted,
    /// Of the database file, in bytes.
    pub before: u64,
    pub after: u64,
    /// Logs that were left as they are.
    pub problems: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, packed, before, after, problems } = self;
        let Compacted { updates, segments: _, before: rows, after: segments } = packed;
        for problem in problems {
            writeln!(f, "problem: {problem}")?;
        }
        write!(f, "packed {updates} updates of {documents} documents")?;
        if *updates > 0 {
            let of_each = |bytes: &u64| *bytes as f64 / *updates as f64;
            write!(f, ", {:.1} bytes each instead of {:.1}", of_each(segments), of_each(rows))?;
        }
        let kib = |bytes: &u64| bytes.div_ceil(1024);
        write!(f, "; the database has {} KiB, it had {}", kib(after), kib(before))
    }
}

/// Packs all logs in the data folder. A server may go on serving it; if none does, the disk gets back what has become
/// free in the database file, and otherwise the server fills it again by and by.
pub async fn compact(root: &Path, asked: Option<&Address>) -> anyhow::Result<Report> {
    // Held till the end, so that no server begins while the file is copied.
    let (folder, alone) = match DataFolder::take(root) {
        Ok(folder) => (folder, true),
        Err(_) => (DataFolder::beside(root)?, false),
    };
    let store = Database::of(&folder, asked)?.open(&folder, StoreLimits::default()).await?;
    let compacted = compact_store(&*store, alone).await;
    store.close().await;
    compacted
}

async fn compact_store(store: &dyn Store, alone: bool) -> anyhow::Result<Report> {
    let mut report = Report { before: store.size().await?, ..Report::default() };
    for document in store.all_documents().await? {
        match store.compact(&document).await {
            Ok(packed) => {
                report.documents += usize::from(packed.updates > 0);
                report.packed += packed;
            }
            Err(error) => report.problems.push(error.to_string()),
        }
    }
    if let Some(file) = store.shrinking().filter(|_| alone)
        && file.free().await? * WORTH_SHRINKING >= store.size().await?
    {
        file.shrink().await?;
    }
    report.after = store.size().await?;
    Ok(report)
}
