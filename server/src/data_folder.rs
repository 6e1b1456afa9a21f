//! The one data folder: what lies where, and that only one server has it open.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

pub struct DataFolder {
    root: PathBuf,
    /// Held as long as the folder is in use.
    _lock: Option<File>,
}

impl DataFolder {
    /// Creates the folder if need be and takes it for this process alone.
    pub fn take(root: &Path) -> anyhow::Result<Self> {
        let folder = Self::beside(root)?;
        let lock = File::create(root.join("lock")).with_context(|| format!("cannot write in {}", root.display()))?;
        if lock.try_lock().is_err() {
            bail!("another gongbei is serving {}: stop it first, or give another folder with --data", root.display());
        }
        Ok(Self { _lock: Some(lock), ..folder })
    }

    /// Creates the folder if need be, and works in it beside a serving process.
    pub fn beside(root: &Path) -> anyhow::Result<Self> {
        make_private(root).with_context(|| format!("cannot create the folder {}", root.display()))?;
        Ok(Self { root: root.to_owned(), _lock: None })
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("gongbei.db")
    }

    /// Says which database it is, if it is one of a server.
    pub fn database_place(&self) -> PathBuf {
        self.root.join("database-place")
    }

    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    /// Says in which bucket the blobs are, if they are in one.
    pub fn blobs_place(&self) -> PathBuf {
        self.root.join("blobs-place")
    }

    /// Copies of blobs from a bucket; they are fetched anew if they are lost.
    pub fn fetched(&self) -> PathBuf {
        self.root.join("fetched")
    }

    /// Files that are still coming in, or not yet checked.
    pub fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// What the search knows; it is made anew if it is lost.
    pub fn search(&self) -> PathBuf {
        self.root.join("search")
    }

    /// Pictures of pages; they are made anew if they are lost.
    pub fn previews(&self) -> PathBuf {
        self.root.join("previews")
    }

    /// Small renditions while they are made; they are blobs afterwards.
    pub fn renditions(&self) -> PathBuf {
        self.root.join("renditions")
    }

    /// Updates that broke a room, put aside for whoever looks into it.
    pub fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Which documents are being opened, for the poison guard.
    pub fn opening(&self) -> PathBuf {
        self.root.join("opening")
    }

    /// The certificate that an authority has given, its key, and our account there.
    pub fn certificates(&self) -> PathBuf {
        self.root.join("tls")
    }

    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// Creates the folder, if it is not there, for this account of the machine alone.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A new or renamed file is durable once its folder is.
pub fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
