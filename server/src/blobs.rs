//! Blobs: bytes kept under their own hash, one file each.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use shared::words::BlobId;

use crate::data_folder;

/// A folder of blobs. A file there is whole or absent: it is written beside, synced, then renamed.
#[derive(Clone)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Keeps the bytes durably and gives their id. Keeping the same bytes again changes nothing.
    pub async fn keep(&self, bytes: Bytes) -> io::Result<BlobId> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.keep_now(&bytes)).await.map_err(io::Error::other)?
    }

    /// The bytes, checked against their hash; `None` if there is no such blob.
    pub async fn read(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let this = self.clone();
        let id = id.clone();
        tokio::task::spawn_blocking(move || this.read_now(&id)).await.map_err(io::Error::other)?
    }

    pub fn read_now(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let bytes = match std::fs::read(self.path(id)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
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
        let path = self.path(&id);
        // One that was damaged since is put right by keeping it again.
        if matches!(self.read_now(&id), Ok(Some(_))) {
            return Ok(id);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        if !folder.exists() {
            std::fs::create_dir_all(folder)?;
            data_folder::sync(&self.folder)?;
        }
        let beside = folder.join(format!("{}.new", crate::secret::random_id()));
        let written = (|| {
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            data_folder::sync(folder)?;
            data_folder::sync(&self.folder)
        })();
        if written.is_err() {
            std::fs::remove_file(&beside).ok();
        }
        written.map(|()| id)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `ab/cdef…`: at most 256 folders.
    fn path(&self, id: &BlobId) -> PathBuf {
        let (first, rest) = id.as_str().split_at(id.as_str().len().min(2));
        self.folder.join(first).join(if rest.is_empty() { "_" } else { rest })
    }
}

fn id_of(bytes: &[u8]) -> BlobId {
    let hash = blake3::hash(bytes).to_hex().to_string();
    hash.parse().expect("64 hexadecimal digits are an id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_comes_back_whole_or_with_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
        let id = blobs.keep_now(b"picture").unwrap();
        assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
        assert_eq!(blobs.read_now(&id).unwrap().as_deref(), Some(&b"picture"[..]));
        let absent = blobs.read_now(&"ab".parse().unwrap()).unwrap();
        assert_eq!(absent, None);
        std::fs::write(blobs.path(&id), b"pictura").unwrap();
        assert_eq!(blobs.read_now(&id).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
        assert!(blobs.read_now(&id).unwrap().is_some(), "kept again, it is whole again");
        assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
        assert_eq!(blobs.read_now(&id).unwrap().as_deref(), Some(&b"picture"[..]));
    }
}
