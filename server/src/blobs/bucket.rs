//! Blobs in a bucket of a store that speaks S3: MinIO, Ceph, Garage, or one that is rented.
//!
//! A put there is whole or has not happened, and durable when it is answered. The names are those of the folder.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream::{BoxStream, FuturesUnordered};
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    BackoffConfig, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};
use shared::words::BlobId;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

use super::fetched::{Copy, Fetched};
use super::{as_id, halves, id_of, reading};
use connection::Connector;

mod connection;

/// A file is put in parts of so many bytes: a store takes ten thousand parts of one file.
const PART: u64 = 8 << 20;
/// Parts on their way at a time, for each file.
const AT_ONCE: usize = 3;
/// When a blob was kept is remembered for so long; what nobody names is forgotten after half of it.
const REMEMBERED: Duration = Duration::from_secs(2 * 3600);

/// `s3://bucket/prefix`: the prefix may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketUrl {
    bucket: String,
    prefix: Key,
}

/// Why something is not the address of a bucket.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the address of a bucket: it is written s3://bucket or s3://bucket/prefix")]
pub struct NoBucket(String);

impl FromStr for BucketUrl {
    type Err = NoBucket;

    fn from_str(url: &str) -> Result<Self, NoBucket> {
        let no_bucket = || NoBucket(url.to_owned());
        let rest = url.strip_prefix("s3://").ok_or_else(no_bucket)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_name) {
            return Err(no_bucket());
        }
        let prefix = Key::parse(prefix.trim_end_matches('/')).map_err(|_| no_bucket())?;
        Ok(Self { bucket: bucket.to_owned(), prefix })
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if self.prefix.as_ref().is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

pub struct Bucket {
    url: BucketUrl,
    store: AmazonS3,
    fetched: Fetched,
    /// When this process has kept what: nothing is forgotten in the moment in which it is kept again. Held while a blob
    /// goes.
    kept: Mutex<HashMap<BlobId, SystemTime>>,
}

impl Bucket {
    pub fn new(
        url: &BucketUrl,
        fetched: PathBuf,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> io::Result<Self> {
        // Somebody waits for most of it; what could not be put is tried again by whoever put it.
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(50),
                max_backoff: Duration::from_secs(2),
                base: 2.0,
            },
            max_retries: 4,
            retry_timeout: Duration::from_secs(20),
        };
        let known = variables.into_iter().filter(|(name, _)| name.starts_with("AWS_"));
        let known = known.filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)));
        let builder = known.fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value));
        let builder = builder.with_bucket_name(&url.bucket);
        let store = builder.with_http_connector(Connector).with_retry(retry).build().map_err(io::Error::other)?;
        Ok(Self { url: url.clone(), store, fetched: Fetched::new(fetched), kept: Mutex::default() })
    }

    pub async fn keep(&self, bytes: Bytes) -> io::Result<BlobId> {
        let id = id_of(&bytes);
        self.note(&id).await;
        if self.size(&id).await? != Some(bytes.len() as u64) {
            self.store.put(&self.key(&id), bytes.into()).await.map_err(|error| self.cannot("keep", &id, error))?;
        }
        Ok(id)
    }

    pub async fn keep_file(&self, path: &Path, id: &BlobId) -> io::Result<()> {
        self.note(id).await;
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::open(path)?;
            Ok::<_, io::Error>((file.metadata()?.len(), file))
        });
        let (bytes, file) = opened.await.map_err(io::Error::other)??;
        if self.size(id).await? == Some(bytes) {
            return Ok(());
        }
        let pieces = reading::pieces(file, 0..bytes);
        if bytes <= PART {
            let pieces: Vec<Bytes> = pieces.try_collect().await?;
            let whole = PutPayload::from_iter(pieces);
            return self
                .store
                .put(&self.key(id), whole)
                .await
                .map(drop)
                .map_err(|error| self.cannot("keep", id, error));
        }
        let mut upload =
            self.store.put_multipart(&self.key(id)).await.map_err(|error| self.cannot("begin to keep", id, error))?;
        let put = self.put_parts(&mut *upload, id, pieces).await;
        if put.is_err() {
            // Parts of which nothing becomes cost money; what can't be cleared away now, a rule of the bucket can.
            upload.abort().await.ok();
        }
        put
    }

    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        id: &BlobId,
        pieces: impl Stream<Item = io::Result<Bytes>>,
    ) -> io::Result<()> {
        let mut pieces = std::pin::pin!(pieces);
        let (mut hasher, mut going) = (blake3::Hasher::new(), FuturesUnordered::new());
        let (mut part, mut length) = (Vec::new(), 0);
        loop {
            let piece = pieces.try_next().await?;
            let is_last = piece.is_none();
            if let Some(piece) = piece {
                hasher.update(&piece);
                length += piece.len() as u64;
                part.push(piece);
            }
            if length >= PART || (is_last && length > 0) {
                if going.len() == AT_ONCE {
                    going.try_next().await.map_err(|error| self.cannot("keep a part of", id, error))?;
                }
                going.push(upload.put_part(PutPayload::from_iter(std::mem::take(&mut part))));
                length = 0;
            }
            if is_last {
                break;
            }
        }
        while going.try_next().await.map_err(|error| self.cannot("keep a part of", id, error))?.is_some() {}
        if as_id(hasher.finalize()) != *id {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("the file of blob {id} has changed")));
        }
        upload.complete().await.map(drop).map_err(|error| self.cannot("finish to keep", id, error))
    }

    pub async fn read(&self, id: &BlobId) -> io::Result<Option<Bytes>> {
        let Some(answer) = self.found(self.store.get(&self.key(id)).await, "read", id)? else { return Ok(None) };
        let bytes = answer.bytes().await.map_err(|error| self.cannot("read", id, error))?;
        if id_of(&bytes) != *id {
            let what = format!("blob {id} in {} has other content than its id says", self.url);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(Some(bytes))
    }

    pub async fn size(&self, id: &BlobId) -> io::Result<Option<u64>> {
        let about = self.found(self.store.head(&self.key(id)).await, "look for", id)?;
        Ok(about.map(|about| about.size))
    }

    pub async fn stream(
        &self,
        id: &BlobId,
        range: Range<u64>,
    ) -> io::Result<Option<BoxStream<'static, io::Result<Bytes>>>> {
        let length = range.end.saturating_sub(range.start);
        if length == 0 {
            return Ok(self.size(id).await?.map(|_| futures_util::stream::empty().boxed()));
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let answer = self.found(self.store.get_opts(&self.key(id), options).await, "read", id)?;
        Ok(answer.map(|answer| {
            let (id, url) = (id.clone(), self.url.clone());
            let came = answer.into_stream().map_err(move |error| cannot(&url, "read", &id, error));
            exactly(came, length).boxed()
        }))
    }

    pub async fn is_whole(&self, id: &BlobId) -> io::Result<bool> {
        let Some(answer) = self.found(self.store.get(&self.key(id)).await, "read", id)? else { return Ok(false) };
        let (mut hasher, mut pieces) = (blake3::Hasher::new(), answer.into_stream());
        while let Some(piece) = pieces.try_next().await.map_err(|error| self.cannot("read", id, error))? {
            hasher.update(&piece);
        }
        Ok(as_id(hasher.finalize()) == *id)
    }

    pub async fn forget(&self, id: &BlobId, unless_kept_since: SystemTime) -> io::Result<bool> {
        let kept = self.kept.lock().await;
        if kept.get(id).is_some_and(|at| *at >= unless_kept_since) {
            return Ok(false);
        }
        let Some(about) = self.found(self.store.head(&self.key(id)).await, "look for", id)? else { return Ok(true) };
        if SystemTime::from(about.last_modified) >= unless_kept_since {
            return Ok(false);
        }
        self.found(self.store.delete(&self.key(id)).await, "forget", id).map(|_| true)
    }

    /// A copy of the blob on this machine's disk, checked against its hash; `None` if there is no such blob.
    pub async fn fetch(&self, id: &BlobId) -> io::Result<Option<Copy>> {
        let copy = self.fetched.hold(id);
        if copy.is_there() {
            return Ok(Some(copy));
        }
        let Some(answer) = self.found(self.store.get(&self.key(id)).await, "read", id)? else { return Ok(None) };
        let beside = self.fetched.beside();
        let came = answer.into_stream().map_err(|error| self.cannot("read", id, error));
        let fetched = match write(&beside, came).await {
            Ok(written) if written == *id => tokio::fs::rename(&beside, copy.path()).await,
            Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("blob {id} in {} is damaged", self.url))),
            Err(error) => Err(error),
        };
        if let Err(error) = fetched {
            tokio::fs::remove_file(&beside).await.ok();
            return Err(error);
        }
        if let Err(error) = self.fetched.tidy() {
            tracing::warn!("cannot throw away copies of files from {}: {error}", self.url);
        }
        Ok(Some(copy))
    }

    /// Before it is looked for: whoever forgets it in this moment sees that, or is done.
    async fn note(&self, id: &BlobId) {
        let now = SystemTime::now();
        let mut kept = self.kept.lock().await;
        kept.retain(|_, at| *at + REMEMBERED > now);
        kept.insert(id.clone(), now);
    }

    fn key(&self, id: &BlobId) -> Key {
        let (first, rest) = halves(id);
        self.url.prefix.clone().join(first).join(rest)
    }

    fn found<T>(&self, answer: object_store::Result<T>, deed: &str, id: &BlobId) -> io::Result<Option<T>> {
        match answer {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.cannot(deed, id, error)),
        }
    }

    fn cannot(&self, deed: &str, id: &BlobId, error: object_store::Error) -> io::Error {
        cannot(&self.url, deed, id, error)
    }
}

/// Of a kind by which whoever is told knows that it is not this machine's disk.
fn cannot(url: &BucketUrl, deed: &str, id: &BlobId, error: object_store::Error) -> io::Error {
    io::Error::new(io::ErrorKind::HostUnreachable, format!("cannot {deed} blob {id} in {url}: {error}"))
}

/// The same pieces, and an error if they end before so many bytes.
fn exactly(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    bytes: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures_util::stream::try_unfold((pieces.boxed(), bytes), async |(mut pieces, left)| {
        match pieces.try_next().await? {
            Some(piece) => {
                let left = left.saturating_sub(piece.len() as u64);
                Ok(Some((piece, (pieces, left))))
            }
            None if left > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            None => Ok(None),
        }
    })
}

async fn write(path: &Path, pieces: impl Stream<Item = io::Result<Bytes>>) -> io::Result<BlobId> {
    let (mut pieces, mut hasher) = (std::pin::pin!(pieces), blake3::Hasher::new());
    let mut file = tokio::fs::File::create(path).await?;
    while let Some(piece) = pieces.try_next().await? {
        hasher.update(&piece);
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    Ok(as_id(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_a_name_and_perhaps_a_prefix() {
        for (url, shown) in [
            ("s3://lessons", Some("s3://lessons")),
            ("s3://lessons/", Some("s3://lessons")),
            ("s3://lessons/a/b/", Some("s3://lessons/a/b")),
            ("s3://l", None),
            ("s3://Lessons", None),
            ("s3://lessons/../x", None),
            ("https://lessons", None),
            ("lessons", None),
            ("", None),
        ] {
            let parsed = url.parse::<BucketUrl>();
            assert_eq!(parsed.as_ref().ok().map(ToString::to_string).as_deref(), shown, "{url}");
        }
    }
}
