//! Blobs: bytes kept under their own hash, one file each.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::Stream;
use shared::words::BlobId;

use crate::data_folder;

mod reading;

/// A folder of blobs. A file there is whole or absent: it is written beside, synced, then renamed.
#[derive(Clone)]
pub struct Blobs {
    folder: PathBuf,
    /// Held where a file appears or goes: nothing is forgotten in the moment in which it is kept again.
    naming: Arc<Mutex<()>>,
}

impl Blobs {
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, naming: Arc::default() })
    }

    /// Keeps the bytes durably and gives their id. Keeping the same bytes again changes nothing.
    pub async fn keep(&self, bytes: Bytes) -> io::Result<BlobId> {
        self.apart(move |this| this.keep_now(&bytes)).await
    }

    /// Keeps a file whose id is known, without copying it where the disk is the same; the file itself stays.
    pub async fn keep_file(&self, path: &Path, id: &BlobId) -> io::Result<()> {
        let (path, id) = (path.to_owned(), id.clone());
        self.apart(move |this| this.keep_file_now(&path, &id)).await
    }

    /// The bytes, checked against their hash; `None` if there is no such blob.
    pub async fn read(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let id = id.clone();
        self.apart(move |this| this.read_now(&id)).await
    }

    /// The length in bytes; `None` if there is no such blob.
    pub async fn size(&self, id: &BlobId) -> io::Result<Option<u64>> {
        let id = id.clone();
        self.apart(move |this| {
            Ok(this.open_now(&id)?.map(|file| file.metadata()).transpose()?.map(|about| about.len()))
        })
        .await
    }

    pub async fn exists(&self, id: &BlobId) -> io::Result<bool> {
        Ok(self.size(id).await?.is_some())
    }

    /// A stretch of the bytes, in pieces and as fast as they are taken: memory does not grow with its length. It ends with
    /// an error if the blob is shorter.
    pub async fn stream(
        &self,
        id: &BlobId,
        range: Range<u64>,
    ) -> io::Result<Option<impl Stream<Item = io::Result<Bytes>> + Send + use<>>> {
        let id = id.clone();
        let file = self.apart(move |this| this.open_now(&id)).await?;
        Ok(file.map(|file| reading::pieces(file, range)))
    }

    /// Whether the blob is here and has the content that its id says.
    pub async fn is_whole(&self, id: &BlobId) -> io::Result<bool> {
        let id = id.clone();
        self.apart(move |this| this.is_whole_now(&id)).await
    }

    /// Removes the blob, unless it was kept since then; whether it is gone.
    pub async fn forget(&self, id: &BlobId, unless_kept_since: SystemTime) -> io::Result<bool> {
        let id = id.clone();
        self.apart(move |this| this.forget_now(&id, unless_kept_since)).await
    }

    pub fn read_now(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let Some(mut file) = self.open_now(id)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if id_of(&bytes) != *id {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("blob {id} has other content than its id says"),
            ));
        }
        Ok(Some(bytes.into()))
    }

    pub fn keep_now(&self, bytes: &[u8]) -> io::Result<BlobId> {
        let id = id_of(bytes);
        // One that was damaged since is put right by keeping it again.
        let is_whole = matches!(self.read_now(&id), Ok(Some(_)));
        self.name(&id, is_whole, |beside| File::create(beside)?.write_all(bytes))?;
        Ok(id)
    }

    pub fn keep_file_now(&self, path: &Path, id: &BlobId) -> io::Result<()> {
        let is_whole = self.is_whole_now(id).unwrap_or(false);
        // Not every disk knows two names for one file.
        self.name(id, is_whole, |beside| fs::hard_link(path, beside).or_else(|_| fs::copy(path, beside).map(drop)))
    }

    /// Keeps all that comes; memory does not grow with it.
    pub fn keep_all_now(&self, from: &mut impl Read) -> io::Result<BlobId> {
        let beside = self.folder.join(format!("{}.new", crate::secret::random_id()));
        let kept = (|| {
            let mut file = File::create(&beside)?;
            let id = copy_hashed(from, &mut file)?;
            self.keep_file_now(&beside, &id)?;
            Ok(id)
        })();
        fs::remove_file(&beside).ok();
        kept
    }

    pub fn is_whole_now(&self, id: &BlobId) -> io::Result<bool> {
        match self.open_now(id)? {
            Some(file) => Ok(hash(file)?.0 == *id),
            None => Ok(false),
        }
    }

    /// The file with the bytes, unchecked.
    pub fn open_now(&self, id: &BlobId) -> io::Result<Option<File>> {
        match File::open(self.path(id)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the file with the bytes is, for a process that reads it; `None` if there is no such blob.
    pub async fn file(&self, id: &BlobId) -> io::Result<Option<PathBuf>> {
        let path = self.path(id);
        Ok(tokio::fs::try_exists(&path).await?.then_some(path))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets `put` make the file under another name, and gives it its own once it is durable.
    fn name(&self, id: &BlobId, is_whole: bool, put: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let path = self.path(id);
        if is_whole && self.keep_again(&path)? {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.folder);
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            data_folder::sync(&self.folder)?;
        }
        let beside = folder.join(format!("{}.new", crate::secret::random_id()));
        let named = (|| {
            put(&beside)?;
            let file = File::options().write(true).open(&beside)?;
            file.set_modified(SystemTime::now())?;
            file.sync_all()?;
            let _naming = self.naming();
            fs::rename(&beside, &path)?;
            data_folder::sync(folder)?;
            data_folder::sync(&self.folder)
        })();
        // Also if all went well: a file that has both names already keeps both.
        fs::remove_file(&beside).ok();
        named
    }

    /// Notes that a blob that is here was kept again; `false` if it has gone meanwhile.
    fn keep_again(&self, path: &Path) -> io::Result<bool> {
        let _naming = self.naming();
        match File::options().write(true).open(path) {
            Ok(file) => file.set_modified(SystemTime::now()).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn forget_now(&self, id: &BlobId, unless_kept_since: SystemTime) -> io::Result<bool> {
        let path = self.path(id);
        let _naming = self.naming();
        match fs::metadata(&path).and_then(|about| about.modified()) {
            Ok(kept) if kept >= unless_kept_since => Ok(false),
            Ok(_) => fs::remove_file(&path).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn naming(&self) -> std::sync::MutexGuard<'_, ()> {
        self.naming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `ab/cdef…`: at most 256 folders.
    fn path(&self, id: &BlobId) -> PathBuf {
        let (first, rest) = id.as_str().split_at(id.as_str().len().min(2));
        self.folder.join(first).join(if rest.is_empty() { "_" } else { rest })
    }

    /// Work with the disk, on a thread that may wait for it.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || work(&this)).await.map_err(io::Error::other)?
    }
}

/// The id of all that comes, and its length in bytes.
pub fn hash(from: impl Read) -> io::Result<(BlobId, u64)> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(from)?;
    Ok((as_id(hasher.finalize()), hasher.count()))
}

fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> io::Result<BlobId> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(as_id(hasher.finalize())),
            read => {
                hasher.update(&buffer[..read]);
                to.write_all(&buffer[..read])?;
            }
        }
    }
}

fn id_of(bytes: &[u8]) -> BlobId {
    as_id(blake3::hash(bytes))
}

fn as_id(hash: blake3::Hash) -> BlobId {
    hash.to_hex().to_string().parse().expect("64 hexadecimal digits are an id")
}

#[cfg(test)]
mod tests;
