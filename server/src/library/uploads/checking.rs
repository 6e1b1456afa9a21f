//! Whole files are looked at, and only what has passed gets a name by which it can be read (R15).

use std::fs::File;
use std::io;
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use shared::library::{FileFacts, Unfit};
use shared::words::{BlobId, UploadId};

use super::{Inner, NotReceived, Uploads, apart};
use crate::blobs;
use crate::clock;
use crate::library::reading::{self, FileReader, Reading};
use crate::store::{StoredFile, StoredState, StoredUpload};

/// Looks at a whole file before anybody may read it.
#[async_trait]
pub trait Check: Send + Sync {
    /// `name` is what the sender calls it.
    async fn check(&self, path: &Path, name: &str) -> Result<Checked, Unfit>;
}

/// What a check has found out about a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub facts: FileFacts,
    /// What the search finds.
    pub text: String,
    /// A small picture.
    pub thumbnail: Option<Bytes>,
}

#[async_trait]
impl Check for FileReader {
    async fn check(&self, path: &Path, name: &str) -> Result<Checked, Unfit> {
        let Reading { facts, text, thumbnail } = self.read(path, name).await?;
        Ok(Checked { facts, text, thumbnail: thumbnail.map(Bytes::from) })
    }
}

/// Files that are looked at, at a time: each may take a processor and some memory.
pub(super) const CHECKS_AT_ONCE: usize = 2;

impl Uploads {
    /// Checks a whole file, beside whatever else happens.
    pub(super) fn look_at(&self, id: UploadId) {
        if !self.0.checking().insert(id.clone()) {
            return;
        }
        let inner = self.0.clone();
        tokio::spawn(async move {
            let looked = Looked { inner: &inner, id: &id };
            // Closed: the server stops, and the next one looks.
            let Ok(_turn) = inner.checks.acquire().await else { return };
            if let Err(error) = inner.look_at(&id).await {
                tracing::error!(upload = %id, "cannot check the upload {id}: {error}");
            }
            drop(looked);
            inner.changes.send(id.clone()).ok();
        });
    }
}

/// However it went, it may be looked at again.
struct Looked<'a> {
    inner: &'a Inner,
    id: &'a UploadId,
}

impl Drop for Looked<'_> {
    fn drop(&mut self) {
        self.inner.checking().remove(self.id);
    }
}

impl Inner {
    /// From checking to ready or refused. Cut off anywhere, it can be done again.
    async fn look_at(&self, id: &UploadId) -> Result<(), NotReceived> {
        let Some(upload) = self.store.upload(id).await? else { return Ok(()) };
        if upload.state != StoredState::Checking {
            return Ok(());
        }
        match self.checked(&upload).await? {
            Ok(file) => {
                self.store.upload_is_ready(id, &file).await?;
            }
            Err(why) => self.store.upload_is_refused(id, why, clock::now()).await?,
        }
        Ok(self.remove(id).await?)
    }

    async fn checked(&self, upload: &StoredUpload) -> io::Result<Result<StoredFile, Unfit>> {
        if upload.bytes == 0 {
            return Ok(Err(Unfit::Empty));
        }
        let path = self.path(&upload.id);
        let hashed = path.clone();
        let (blob, bytes) = match apart(move || blobs::hash(File::open(hashed)?)).await {
            Ok(hashed) => hashed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(Unfit::Damaged)),
            Err(error) => return Err(error),
        };
        if bytes != upload.bytes {
            return Ok(Err(Unfit::Damaged));
        }
        let read = self.read(&path, &upload.name, &blob, bytes).await?;
        if read.is_ok() {
            self.blobs.keep_file(&path, &blob).await?;
        }
        Ok(read)
    }

    /// What these bytes are under this name, or why they are not taken under it.
    pub(super) async fn read(
        &self,
        path: &Path,
        name: &str,
        blob: &BlobId,
        bytes: u64,
    ) -> io::Result<Result<StoredFile, Unfit>> {
        let read = async { Ok((reading::claim_of(name)?, self.check.check(path, name).await?)) };
        let (claim, Checked { facts, text, thumbnail }) = match read.await {
            Ok(read) => read,
            Err(why) => return Ok(Err(why)),
        };
        let thumbnail = match thumbnail {
            Some(thumbnail) => Some(self.blobs.keep(thumbnail).await?),
            None => None,
        };
        let facts = FileFacts { has_thumbnail: thumbnail.is_some(), ..facts };
        let (blob, claim) = (blob.clone(), claim.to_owned());
        Ok(Ok(StoredFile { blob, bytes, claim, facts, text, thumbnail, checked: clock::now() }))
    }
}
