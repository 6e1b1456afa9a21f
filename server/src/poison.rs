//! The poison guard (E15): while a document is opened a marker lies in the data folder. Bytes that end the process leave
//! it there, and whose opening has ended the process twice is tried in a process of its own first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use shared::words::DocumentId;

use crate::database::Database;

/// So many openings that never ended make a document suspicious. A process that was killed while it opened many leaves
/// markers of innocent ones, too: they stand the trial.
const SUSPICIOUS: u32 = 2;
/// After so many not even an earlier state is tried any more.
const HOPELESS: u32 = 5;
/// The largest document opens in a fraction of this.
const TRIAL_WITHIN: Duration = Duration::from_secs(30);

pub struct PoisonGuard {
    data: PathBuf,
    markers: PathBuf,
    /// The program that opens a document and ends, `gongbei try-open`.
    program: PathBuf,
    database: Database,
}

/// A document that is being opened. Dropped, it is open or was refused, and the process lives.
pub struct Opening {
    marker: PathBuf,
    /// Openings before that never ended.
    unended: u32,
    /// They stay counted.
    suspicious: bool,
}

impl PoisonGuard {
    pub fn new(data: &Path, markers: PathBuf, program: PathBuf, database: Database) -> Self {
        Self { data: data.to_owned(), markers, program, database }
    }

    /// Lays the marker. A disk that does not take it does not keep anybody from their document.
    pub fn begin(&self, document: &DocumentId) -> Opening {
        let marker = self.markers.join(document.as_str());
        let unended = fs::read_to_string(&marker).ok().and_then(|count| count.trim().parse().ok()).unwrap_or(0);
        let lay = || fs::write(&marker, (unended + 1).to_string());
        let laid = lay().or_else(|_| fs::create_dir_all(&self.markers).and_then(|()| lay()));
        if let Err(error) = laid {
            tracing::warn!(%document, "cannot note that document {document} is being opened: {error}");
        }
        Opening { marker, unended, suspicious: false }
    }

    /// Opens the document in a process of its own, and says whether that lived.
    pub async fn survives(&self, document: &DocumentId) -> bool {
        let mut trial = tokio::process::Command::new(&self.program);
        trial.arg("try-open").arg("--data").arg(&self.data).arg(document.as_str());
        self.database.tell(&mut trial);
        trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        match tokio::time::timeout(TRIAL_WITHIN, trial.status()).await {
            Ok(Ok(status)) => status.success(),
            Ok(Err(error)) => {
                tracing::error!(%document, "cannot try document {document} in a process of its own: {error}");
                false
            }
            Err(_) => false,
        }
    }
}

impl Opening {
    pub fn is_suspicious(&self) -> bool {
        self.unended >= SUSPICIOUS
    }

    pub fn is_hopeless(&self) -> bool {
        self.unended >= HOPELESS
    }

    /// It has failed its trial: the next opening begins with one, too.
    pub fn stays_suspicious(&mut self) {
        self.suspicious = true;
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        // A marker that can't be changed costs a trial at most.
        if self.suspicious {
            fs::write(&self.marker, self.unended.to_string()).ok();
        } else {
            fs::remove_file(&self.marker).ok();
        }
    }
}
