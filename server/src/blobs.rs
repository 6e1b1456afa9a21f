//! Blobs: bytes kept under their own hash, in the data folder or in a bucket that speaks S3 (ADR 30).

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use shared::words::BlobId;

use self::bucket::Bucket;
pub use self::bucket::BucketUrl;
use self::fetched::Copy;
use self::folder::Folder;
pub use self::place::place;
use crate::data_folder::{self, DataFolder};

mod bucket;
mod fetched;
mod folder;
mod place;
mod reading;

/// Where blobs are. One that is there is whole: it is written aside, made durable, and only then has its name.
#[derive(Clone)]
pub struct Blobs {
    kept: Kept,
    /// Where a blob is written that comes without its id.
    aside: PathBuf,
}

#[derive(Clone)]
enum Kept {
    Folder(Folder),
    Bucket(Arc<Bucket>),
}

/// What became of a blob that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Whole,
    /// It has other content than its id says.
    Damaged,
    Absent,
}

/// Blobs that are looked at at a time: a bucket may be far away.
const AT_ONCE: usize = 8;

/// The bytes of a blob in a file of this machine, which is there as long as this is.
pub struct LocalFile {
    path: PathBuf,
    _copy: Option<Copy>,
}

impl LocalFile {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Blobs {
    /// The blobs of a data folder, in a bucket if one is given.
    pub fn of(folder: &DataFolder, bucket: Option<&BucketUrl>) -> io::Result<Self> {
        match bucket {
            None => Self::open(folder.blobs()),
            Some(bucket) => Self::in_bucket(bucket, folder.fetched()),
        }
    }

    /// A folder of blobs, made if need be.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        Ok(Self { kept: Kept::Folder(Folder::open(folder.clone())?), aside: folder })
    }

    /// Those in a bucket; `fetched` is a folder for copies of some. Nothing is asked of the bucket yet.
    pub fn in_bucket(bucket: &BucketUrl, fetched: PathBuf) -> io::Result<Self> {
        Self::in_bucket_by(bucket, fetched, std::env::vars())
    }

    /// The same with its address and keys in these variables, by the names that all programs use: `AWS_ENDPOINT_URL`,
    /// `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and so on.
    pub fn in_bucket_by(
        bucket: &BucketUrl,
        fetched: PathBuf,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> io::Result<Self> {
        data_folder::make_private(&fetched)?;
        let bucket = Bucket::new(bucket, fetched.clone(), variables)?;
        Ok(Self { kept: Kept::Bucket(Arc::new(bucket)), aside: fetched })
    }

    /// Whether they can be reached: what an operator wants to know at the start.
    pub async fn are_reachable(&self) -> io::Result<()> {
        match &self.kept {
            Kept::Folder(_) => Ok(()),
            Kept::Bucket(bucket) => bucket.size(&id_of(b"")).await.map(drop),
        }
    }

    /// Keeps the bytes durably and gives their id. Keeping the same bytes again changes nothing.
    pub async fn keep(&self, bytes: Bytes) -> io::Result<BlobId> {
        match &self.kept {
            Kept::Folder(folder) => apart(folder, move |folder| folder.keep(&bytes)).await,
            Kept::Bucket(bucket) => bucket.keep(bytes).await,
        }
    }

    /// Keeps a file whose id is known, without copying it where the disk is the same; the file itself stays.
    pub async fn keep_file(&self, path: &Path, id: &BlobId) -> io::Result<()> {
        match &self.kept {
            Kept::Folder(folder) => {
                let (path, id) = (path.to_owned(), id.clone());
                apart(folder, move |folder| folder.keep_file(&path, &id)).await
            }
            Kept::Bucket(bucket) => bucket.keep_file(path, id).await,
        }
    }

    /// Keeps all that comes; memory does not grow with it.
    pub async fn keep_all(&self, from: &mut impl Read) -> io::Result<BlobId> {
        let aside = self.aside.join(format!("{}.new", crate::secret::random_id()));
        let hashed = File::create(&aside).and_then(|mut file| copy_hashed(from, &mut file));
        let kept = match hashed {
            Ok(id) => self.keep_file(&aside, &id).await.map(|()| id),
            Err(error) => Err(error),
        };
        fs::remove_file(&aside).ok();
        kept
    }

    /// The bytes, checked against their hash; `None` if there is no such blob.
    pub async fn read(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        match &self.kept {
            Kept::Folder(folder) => {
                let id = id.clone();
                apart(folder, move |folder| folder.read(&id)).await
            }
            Kept::Bucket(bucket) => bucket.read(id).await,
        }
    }

    /// The length in bytes; `None` if there is no such blob.
    pub async fn size(&self, id: &BlobId) -> io::Result<Option<u64>> {
        match &self.kept {
            Kept::Folder(folder) => {
                let id = id.clone();
                let size = move |folder: &Folder| folder.file(&id)?.map(|file| file.metadata()).transpose();
                Ok(apart(folder, size).await?.map(|about| about.len()))
            }
            Kept::Bucket(bucket) => bucket.size(id).await,
        }
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
    ) -> io::Result<Option<BoxStream<'static, io::Result<Bytes>>>> {
        match &self.kept {
            Kept::Folder(folder) => {
                let id = id.clone();
                let file = apart(folder, move |folder| folder.file(&id)).await?;
                Ok(file.map(|file| reading::pieces(file, range).boxed()))
            }
            Kept::Bucket(bucket) => bucket.stream(id, range).await,
        }
    }

    /// Whether the blob is here and has the content that its id says.
    pub async fn is_whole(&self, id: &BlobId) -> io::Result<bool> {
        match &self.kept {
            Kept::Folder(folder) => {
                let id = id.clone();
                apart(folder, move |folder| folder.is_whole(&id)).await
            }
            Kept::Bucket(bucket) => bucket.is_whole(id).await,
        }
    }

    /// Looks at all of these, some at a time, and tells of each in their order.
    pub fn look_at_all(
        &self,
        ids: impl IntoIterator<Item = BlobId>,
    ) -> impl Stream<Item = (BlobId, io::Result<State>)> + Unpin {
        let looked = futures_util::stream::iter(ids).map(async |id| {
            let state = match self.is_whole(&id).await {
                Ok(true) => Ok(State::Whole),
                Ok(false) => self.exists(&id).await.map(|exists| if exists { State::Damaged } else { State::Absent }),
                Err(error) => Err(error),
            };
            (id, state)
        });
        Box::pin(looked.buffered(AT_ONCE))
    }

    /// Removes the blob, unless it was kept since then; whether it is gone.
    pub async fn forget(&self, id: &BlobId, unless_kept_since: SystemTime) -> io::Result<bool> {
        match &self.kept {
            Kept::Folder(folder) => {
                let id = id.clone();
                apart(folder, move |folder| folder.forget(&id, unless_kept_since)).await
            }
            Kept::Bucket(bucket) => bucket.forget(id, unless_kept_since).await,
        }
    }

    /// The bytes as a file, for a process that reads them, and unchecked; `None` if there is no such blob. From a bucket
    /// all of it is fetched first.
    pub async fn file(&self, id: &BlobId) -> io::Result<Option<LocalFile>> {
        match &self.kept {
            Kept::Folder(folder) => {
                let path = folder.path(id);
                Ok(tokio::fs::try_exists(&path).await?.then_some(LocalFile { path, _copy: None }))
            }
            Kept::Bucket(bucket) => {
                let copy = bucket.fetch(id).await?;
                Ok(copy.map(|copy| LocalFile { path: copy.path(), _copy: Some(copy) }))
            }
        }
    }
}

/// Work with the disk, on a thread that may wait for it.
async fn apart<T: Send + 'static>(
    folder: &Folder,
    work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let folder = folder.clone();
    tokio::task::spawn_blocking(move || work(&folder)).await.map_err(io::Error::other)?
}

/// The two parts of the name under which a blob is kept, `ab/cdef…`: at most 256 folders.
fn halves(id: &BlobId) -> (&str, &str) {
    let (first, rest) = id.as_str().split_at(id.as_str().len().min(2));
    (first, if rest.is_empty() { "_" } else { rest })
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
