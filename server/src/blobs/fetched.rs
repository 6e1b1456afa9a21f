//! Copies of blobs from a bucket, for processes that need a file. They can be thrown away.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use shared::words::BlobId;

/// Beyond so many bytes the copies that were used longest ago go; those in use stay.
const MOST_BYTES: u64 = 1 << 30;
/// How the name of a copy ends that is being written.
const BEING_WRITTEN: &str = ".new";
/// One that is older was left by a process that was ended.
const WRITTEN_WITHIN: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone)]
pub struct Fetched {
    folder: PathBuf,
    uses: Arc<Mutex<HashMap<BlobId, usize>>>,
}

/// A copy that stays as long as this does.
pub struct Copy {
    of: Fetched,
    id: BlobId,
}

impl Fetched {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, uses: Arc::default() }
    }

    /// Holds the copy of this blob, whether or not it is there yet.
    pub fn hold(&self, id: &BlobId) -> Copy {
        *self.uses().entry(id.clone()).or_default() += 1;
        Copy { of: self.clone(), id: id.clone() }
    }

    /// Where a copy is written before it has its name.
    pub fn beside(&self) -> PathBuf {
        self.folder.join(format!("{}{BEING_WRITTEN}", crate::secret::random_id()))
    }

    /// Throws away what is too much.
    pub fn tidy(&self) -> io::Result<()> {
        let uses = self.uses();
        let is_in_use = |id: &str| id.parse().is_ok_and(|id: BlobId| uses.contains_key(&id));
        let long_ago = SystemTime::now() - WRITTEN_WITHIN;
        let mut copies = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let (about, name) = (entry.metadata()?, entry.file_name());
            let (name, used) = (name.to_string_lossy(), about.modified()?);
            let stays = if name.ends_with(BEING_WRITTEN) { used > long_ago } else { is_in_use(&name) };
            copies.push((used, about.len(), entry.path(), stays));
        }
        copies.sort();
        let mut bytes: u64 = copies.iter().map(|(_, bytes, ..)| bytes).sum();
        for (_, size, path, stays) in copies {
            if bytes <= MOST_BYTES {
                break;
            }
            if !stays {
                fs::remove_file(path)?;
                bytes -= size;
            }
        }
        Ok(())
    }

    fn uses(&self) -> MutexGuard<'_, HashMap<BlobId, usize>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copy {
    pub fn path(&self) -> PathBuf {
        self.of.folder.join(self.id.as_str())
    }

    /// Whether it is there; then it counts as used now.
    pub fn is_there(&self) -> bool {
        fs::File::options().write(true).open(self.path()).is_ok_and(|file| file.set_modified(SystemTime::now()).is_ok())
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let mut uses = self.of.uses();
        if let Some(count) = uses.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                uses.remove(&self.id);
            }
        }
    }
}
