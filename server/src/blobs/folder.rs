//! Blobs in a folder, one file each.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use shared::words::BlobId;

use super::{halves, hash, id_of};
use crate::data_folder;

/// A folder of blobs. A file there is whole or absent: it is written beside, synced, then renamed.
#[derive(Clone)]
pub struct Folder {
    folder: PathBuf,
    /// Held where a file appears or goes: nothing is forgotten in the moment in which it is kept again.
    naming: Arc<Mutex<()>>,
}

impl Folder {
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, naming: Arc::default() })
    }

    /// The bytes, checked against their hash; `None` if there is no such blob.
    pub fn read(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let Some(mut file) = self.file(id)? else { return Ok(None) };
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

    /// Keeps the bytes durably and gives their id. Keeping the same bytes again changes nothing.
    pub fn keep(&self, bytes: &[u8]) -> io::Result<BlobId> {
        let id = id_of(bytes);
        // One that was damaged since is put right by keeping it again.
        let is_whole = matches!(self.read(&id), Ok(Some(_)));
        self.name(&id, is_whole, |beside| File::create(beside)?.write_all(bytes))?;
        Ok(id)
    }

    /// Keeps a file whose id is known, without copying it where the disk is the same; the file itself stays.
    pub fn keep_file(&self, path: &Path, id: &BlobId) -> io::Result<()> {
        let is_whole = self.is_whole(id).unwrap_or(false);
        // Not every disk knows two names for one file.
        self.name(id, is_whole, |beside| fs::hard_link(path, beside).or_else(|_| fs::copy(path, beside).map(drop)))
    }

    /// Whether the blob is here and has the content that its id says.
    pub fn is_whole(&self, id: &BlobId) -> io::Result<bool> {
        match self.file(id)? {
            Some(file) => Ok(hash(file)?.0 == *id),
            None => Ok(false),
        }
    }

    /// The file with the bytes, unchecked.
    pub fn file(&self, id: &BlobId) -> io::Result<Option<File>> {
        match File::open(self.path(id)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
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

    /// Removes the blob, unless it was kept since then; whether it is gone.
    pub fn forget(&self, id: &BlobId, unless_kept_since: SystemTime) -> io::Result<bool> {
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
    pub fn path(&self, id: &BlobId) -> PathBuf {
        let (first, rest) = halves(id);
        self.folder.join(first).join(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path().join("blobs")).unwrap();
        (place, folder)
    }

    fn names(folder: &Folder) -> Vec<String> {
        let folders = fs::read_dir(&folder.folder).unwrap().map(|entry| entry.unwrap().path());
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
        files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_blob_comes_back_whole_or_with_an_error() {
        let (_place, blobs) = folder();
        let id = blobs.keep(b"picture").unwrap();
        assert_eq!(blobs.keep(b"picture").unwrap(), id);
        assert_eq!(blobs.read(&id).unwrap().as_deref(), Some(&b"picture"[..]));
        let absent = blobs.read(&"ab".parse().unwrap()).unwrap();
        assert_eq!(absent, None);
        fs::write(blobs.path(&id), b"pictura").unwrap();
        assert_eq!(blobs.read(&id).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(!blobs.is_whole(&id).unwrap());
        assert_eq!(blobs.keep(b"picture").unwrap(), id);
        assert!(blobs.read(&id).unwrap().is_some(), "kept again, it is whole again");
        assert_eq!(blobs.keep(b"picture").unwrap(), id);
        assert_eq!(blobs.read(&id).unwrap().as_deref(), Some(&b"picture"[..]));
        assert_eq!(names(&blobs).len(), 1, "nothing is left beside");
    }

    #[test]
    fn a_file_is_kept_without_a_copy_and_put_right_if_it_was_damaged() {
        let (place, blobs) = folder();
        let path = place.path().join("film");
        fs::write(&path, b"film").unwrap();
        let (id, bytes) = hash(File::open(&path).unwrap()).unwrap();
        assert_eq!((id.clone(), bytes), (id_of(b"film"), 4));
        for _ in 0..2 {
            blobs.keep_file(&path, &id).unwrap();
            assert_eq!(blobs.read(&id).unwrap().as_deref(), Some(&b"film"[..]));
            assert_eq!(fs::read(&path).unwrap(), b"film", "the file stays");
            assert_eq!(names(&blobs).len(), 1, "nothing is left beside");
        }
        fs::remove_file(blobs.path(&id)).unwrap();
        fs::write(blobs.path(&id), b"flim").unwrap();
        blobs.keep_file(&path, &id).unwrap();
        assert!(blobs.is_whole(&id).unwrap());
    }

    #[test]
    fn what_was_kept_again_lately_is_not_forgotten() {
        let (_place, blobs) = folder();
        let id = blobs.keep(b"picture").unwrap();
        let (before, after) =
            (SystemTime::now() - Duration::from_secs(60), SystemTime::now() + Duration::from_secs(60));
        assert!(!blobs.forget(&id, before).unwrap());
        assert!(blobs.file(&id).unwrap().is_some());
        assert!(blobs.forget(&id, after).unwrap());
        assert!(blobs.file(&id).unwrap().is_none());
        assert!(blobs.forget(&id, after).unwrap(), "it is gone");
    }
}
