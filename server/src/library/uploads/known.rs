//! The same file again, sent once: whoever says that a file is here already shows that they have it, by stretches of it
//! that nobody could know before. Who has heard of a hash alone learns nothing, not even whether the file is here.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use shared::api::{ByteRange, KnownChallenge, MAX_UPLOAD_BYTES};
use shared::library::Unfit;
use shared::words::{BlobId, UploadId, UserId};

use super::{NotBegun, Uploads};
use crate::library::reading;
use crate::secret::{random_bytes, random_id};
use crate::store::{Begun, NewUpload, StoreError, StoredFile, StoredUpload, Usage};

const RANGES: usize = 32;
const RANGE_BYTES: u64 = 4 << 10;
/// So long an answer is waited for: a phone reads the stretches in seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
/// Of all people; the oldest go first.
const ASKED_AT_ONCE: usize = 10_000;
/// No comes after so long at the earliest: how long the disk was read shall say nothing.
const NO_AFTER: Duration = Duration::from_millis(300);

/// Why a file that was said to be here must be sent.
#[derive(Debug, thiserror::Error)]
pub enum NotKnown {
    #[error("it is not here, or that was not shown")]
    Unknown,
    #[error("there is no room for it")]
    NoRoom(Usage),
    #[error("cannot read the file that may be here: {0}")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was asked and waits for its answer, of which there is one.
#[derive(Default)]
pub struct Known(Mutex<HashMap<UploadId, Asked>>);

struct Asked {
    person: UserId,
    name: String,
    hash: BlobId,
    bytes: u64,
    nonce: [u8; 32],
    ranges: Vec<ByteRange>,
    at: Instant,
}

impl Known {
    fn ask(&self, id: UploadId, asked: Asked) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, other| asked.at.duration_since(other.at) < ANSWER_WITHIN);
        if all.len() >= ASKED_AT_ONCE
            && let Some(oldest) = all.iter().min_by_key(|(_, asked)| asked.at).map(|(id, _)| id.clone())
        {
            all.remove(&oldest);
        }
        all.insert(id, asked);
    }

    fn take(&self, id: &UploadId, person: &UserId, now: Instant) -> Option<Asked> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = all.get(id).is_some_and(|asked| asked.person == *person);
        let asked = if theirs { all.remove(id) } else { None };
        asked.filter(|asked| now.duration_since(asked.at) < ANSWER_WITHIN)
    }
}

impl Uploads {
    /// Asks for stretches of a file of this hash; the same for one that is here and one that is not.
    pub fn ask_known(&self, person: &UserId, name: &str, bytes: u64, hash: BlobId) -> Result<KnownChallenge, NotBegun> {
        if bytes > MAX_UPLOAD_BYTES {
            return Err(NotBegun::TooLarge);
        }
        let id: UploadId = random_id().parse().expect("a fresh id is an id");
        let (nonce, ranges) = (random_bytes::<32>(), random_ranges(bytes));
        let challenge = KnownChallenge {
            id: id.clone(),
            nonce: nonce.iter().map(|byte| format!("{byte:02x}")).collect(),
            ranges: ranges.clone(),
        };
        let (person, name) = (person.clone(), name.to_owned());
        self.0.known.ask(id, Asked { person, name, hash, bytes, nonce, ranges, at: Instant::now() });
        Ok(challenge)
    }

    /// The upload, ready, if the file is here and the answer right. There is one try.
    pub async fn answer_known(&self, id: &UploadId, person: &UserId, answer: &str) -> Result<StoredUpload, NotKnown> {
        let no = tokio::time::Instant::now() + NO_AFTER;
        let asked = self.0.known.take(id, person, Instant::now());
        if let Some(asked) = asked
            && self.proves(&asked, answer).await?
        {
            return self.begin_known(id, asked).await;
        }
        tokio::time::sleep_until(no).await;
        Err(NotKnown::Unknown)
    }

    async fn proves(&self, asked: &Asked, answer: &str) -> Result<bool, NotKnown> {
        let Ok(answer) = blake3::Hash::from_hex(answer) else { return Ok(false) };
        let file = self.0.store.file(&asked.hash).await?;
        if file != Some(asked.bytes) {
            return Ok(false);
        }
        let mut hasher = blake3::Hasher::new_keyed(&asked.nonce);
        for range in &asked.ranges {
            let stretch = range.from..range.from + u64::from(range.length);
            let Some(pieces) = self.0.blobs.stream(&asked.hash, stretch).await? else { return Ok(false) };
            let mut pieces = std::pin::pin!(pieces);
            while let Some(piece) = pieces.try_next().await? {
                hasher.update(&piece);
            }
        }
        // Hashes of this type are compared in constant time.
        Ok(hasher.finalize() == answer)
    }

    /// Its name is judged here as at the end of any other upload: somebody else's name has passed, and not this one.
    async fn begin_known(&self, id: &UploadId, asked: Asked) -> Result<StoredUpload, NotKnown> {
        let upload = NewUpload { id: id.clone(), ..self.0.new_upload(&asked.person, &asked.name, asked.bytes) };
        match self.read_known(&upload, &asked.hash).await? {
            Ok(file) => match self.0.store.begin_known(&upload, &file).await? {
                Some(Begun::Begun) => {}
                Some(Begun::NoRoom(usage)) => return Err(NotKnown::NoRoom(usage)),
                Some(Begun::TooMany) | None => return Err(NotKnown::Unknown),
            },
            Err(why) => self.0.store.refuse_known(&upload, why).await?,
        }
        self.0.store.upload(id).await?.ok_or(NotKnown::Unknown)
    }

    /// What the file is under the name of the upload, read anew unless it was read under such a name before.
    async fn read_known(&self, upload: &NewUpload, blob: &BlobId) -> Result<Result<StoredFile, Unfit>, NotKnown> {
        let claim = match reading::claim_of(&upload.name) {
            Ok(claim) => claim,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(file) = self.0.store.reading(blob, claim).await? {
            return Ok(Ok(file));
        }
        // Closed: the server stops.
        let _turn = self.0.checks.acquire().await.map_err(|_| NotKnown::Unknown)?;
        let local = self.0.blobs.file(blob).await?.ok_or(NotKnown::Unknown)?;
        Ok(self.0.read(local.path(), &upload.name, blob, upload.bytes).await?)
    }
}

fn random_ranges(bytes: u64) -> Vec<ByteRange> {
    let length = bytes.min(RANGE_BYTES);
    let places = bytes - length + 1;
    let range = || ByteRange { from: u64::from_le_bytes(random_bytes()) % places, length: length as u32 };
    std::iter::repeat_with(range).take(RANGES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(person: &str, at: Instant) -> Asked {
        let person = person.parse().unwrap();
        let (name, hash) = ("课.mp4".to_owned(), "ab".parse().unwrap());
        Asked { person, name, hash, bytes: 1, nonce: [0; 32], ranges: Vec::new(), at }
    }

    #[test]
    fn a_question_is_answered_once_in_time_and_by_whoever_was_asked() {
        let (known, now) = (Known::default(), Instant::now());
        let (ann, bob): (UserId, UserId) = ("ann".parse().unwrap(), "bob".parse().unwrap());
        let id: UploadId = "one".parse().unwrap();
        known.ask(id.clone(), asked("ann", now));
        assert!(known.take(&id, &bob, now).is_none());
        assert!(known.take(&id, &ann, now).is_some());
        assert!(known.take(&id, &ann, now).is_none(), "there is one try");
        known.ask(id.clone(), asked("ann", now));
        assert!(known.take(&id, &ann, now + ANSWER_WITHIN).is_none());
        known.ask(id, asked("ann", now));
        known.ask("two".parse().unwrap(), asked("ann", now + ANSWER_WITHIN));
        assert_eq!(known.0.lock().unwrap().len(), 1, "what nobody answers is forgotten");
    }

    #[test]
    fn the_ranges_lie_within_the_file_and_differ_each_time() {
        for bytes in [0, 1, 4_095, 4_096, 4_097, 1 << 20, MAX_UPLOAD_BYTES] {
            let ranges = random_ranges(bytes);
            assert_eq!(ranges.len(), RANGES);
            assert!(ranges.iter().all(|range| range.from + u64::from(range.length) <= bytes), "{bytes}");
            assert!(ranges.iter().all(|range| u64::from(range.length) == bytes.min(RANGE_BYTES)));
        }
        assert_ne!(random_ranges(1 << 20), random_ranges(1 << 20));
    }
}
