//! Films and recordings made small for weak lines, where there is an `ffmpeg` (ADR 35).
//!
//! What is still to be made is what the store has no answer for, so a server that starts goes on where the one before it
//! was. One at a time is made, by a process of its own; what fails is tried three times and then left.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::api::{Making, SmallCard};
use shared::library::{FileFacts, FileKind};
use shared::words::BlobId;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::reading::FileReader;
use super::uploads::DiskRoom;
use crate::blobs::{self, Blobs};
use crate::clock;
use crate::data_folder;
use crate::secret::random_id;
use crate::store::{ItemFile, Outcome, Rendition, SharedStore, Source};

mod encoder;
mod worth;

pub use encoder::{Encoder, MakeSmall, NotMade};

/// New films are looked for so often, should nobody tell of them.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// An `ffmpeg` that is installed while the server runs is found after so long.
const LOOK_FOR_ENCODER_EVERY: Duration = Duration::from_secs(600);
/// After each attempt that failed, how long the next one waits; there is none after the last.
const AGAIN_AFTER: [Duration; 2] = [Duration::from_secs(3_600), Duration::from_secs(24 * 3_600)];
/// How long one waits that failed for disk or bucket.
const LATER: Duration = Duration::from_secs(600);
/// A rendition may end so much earlier than its film, besides a fiftieth: files round their lengths.
const SHORTER_BY: u64 = 2_000;

/// Where the program is that makes films smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ffmpeg {
    /// Wherever the system finds it.
    InPath,
    At(PathBuf),
}

impl Ffmpeg {
    /// As whoever starts the server says: a path, `off`, or nothing for wherever it is.
    pub fn named(said: Option<PathBuf>) -> Option<Self> {
        match said {
            None => Some(Self::InPath),
            Some(off) if off.as_os_str() == "off" => None,
            Some(path) => Some(Self::At(path)),
        }
    }
}

/// Makes small renditions and knows how far that is.
pub struct Renditions {
    store: SharedStore,
    blobs: Blobs,
    /// What is being written; nothing in it outlives the server.
    folder: PathBuf,
    reader: FileReader,
    /// Ours, which confines itself and then becomes `ffmpeg`.
    program: PathBuf,
    wanted: Option<Ffmpeg>,
    found: Mutex<Found>,
    /// What is being made.
    making: Mutex<Option<BlobId>>,
    wake: Notify,
}

#[derive(Default)]
struct Found {
    encoder: Option<Arc<Encoder>>,
    looked: Option<Instant>,
}

impl Renditions {
    /// `wanted` is where `ffmpeg` is; without it nothing is made.
    pub fn open(
        folder: PathBuf,
        store: SharedStore,
        blobs: Blobs,
        program: PathBuf,
        wanted: Option<Ffmpeg>,
    ) -> io::Result<Self> {
        data_folder::make_private(&folder)?;
        for left in fs::read_dir(&folder)? {
            let left = left?;
            if left.file_type()?.is_file() {
                fs::remove_file(left.path())?;
            }
        }
        let reader = FileReader::new(program.clone());
        let (found, making, wake) = (Mutex::default(), Mutex::default(), Notify::new());
        Ok(Self { store, blobs, folder, reader, program, wanted, found, making, wake })
    }

    /// Makes one after the other, as long as it is polled; dropped, it ends what it has started.
    pub async fn keep_making(&self) {
        loop {
            match self.make_next().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!("cannot make films smaller now: {error:#}"),
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Something new is there.
    pub fn look(&self) {
        self.wake.notify_one();
    }

    /// What a card says of a file: what there is of it, and to whoever manages the item how far it is.
    pub fn of(&self, file: &ItemFile) -> (Option<SmallCard>, Option<Making>) {
        match &file.rendition {
            Some(Rendition::Made { blob: _, bytes }) => (Some(SmallCard { bytes: *bytes }), None),
            Some(Rendition::Needless) => (None, None),
            Some(Rendition::Failed) => (None, Some(Making::Failed)),
            None if !worth::is_worth_it(file.bytes, &file.facts) || self.found().encoder.is_none() => (None, None),
            None if self.making().as_ref() == Some(&file.blob) => (None, Some(Making::Now)),
            None => (None, Some(Making::Waiting)),
        }
    }

    /// What is sent as the small rendition of this file, and what it is.
    pub fn sent(&self, file: &ItemFile) -> Option<(BlobId, FileKind)> {
        match &file.rendition {
            Some(Rendition::Made { blob, bytes: _ }) => Some((blob.clone(), worth::rendition_kind(file.facts.kind)?)),
            Some(Rendition::Needless | Rendition::Failed) | None => None,
        }
    }

    /// Makes the next one; `false` if there is nothing to do.
    async fn make_next(&self) -> anyhow::Result<bool> {
        let Some(encoder) = self.encoder().await else { return Ok(false) };
        metrics::gauge!("gongbei_renditions_waiting")
            .set(self.store.count_without_rendition(clock::now()).await? as f64);
        let Some(source) = self.store.next_without_rendition(clock::now()).await? else { return Ok(false) };
        let outcome = if worth::is_worth_it(source.bytes, &source.facts) {
            let _making = BeingMade::begin(self, &source.blob);
            match self.make(&encoder, &source).await {
                Ok(outcome) => outcome,
                Err(error) => later(&source, &error),
            }
        } else {
            Outcome::Needless
        };
        match &outcome {
            Outcome::Made { .. } => metrics::counter!("gongbei_renditions_made_total").increment(1),
            Outcome::Needless => {}
            Outcome::Failed { why, tries, .. } => {
                metrics::counter!("gongbei_renditions_failed_total").increment(1);
                tracing::warn!(blob = %source.blob, tries, "no small rendition of {}: {why}", source.blob);
            }
        }
        self.store.note_rendition(&source.blob, &outcome, clock::now()).await?;
        Ok(true)
    }

    /// # Errors
    /// When it is not the film that is to blame, but disk, bucket or store: then it is tried again soon.
    async fn make(&self, encoder: &Encoder, source: &Source) -> anyhow::Result<Outcome> {
        let room = DiskRoom::of(&self.folder)?.map_or(u64::MAX, DiskRoom::for_files);
        anyhow::ensure!(room > source.bytes, "the disk is nearly full");
        let Some(file) = self.blobs.file(&source.blob).await? else {
            return Ok(failed(source, "its bytes are missing".to_owned()));
        };
        let small = Beside(self.folder.join(random_id()));
        // Less than half as large, or it is not worth having.
        let most = source.bytes / 2;
        match encoder.make(file.path(), &small.0, source.facts.kind, most).await {
            Ok(()) => {}
            Err(NotMade::Film(why)) => return Ok(failed(source, why)),
            Err(NotMade::Machine(error)) => return Err(error.into()),
        }
        let bytes = fs::metadata(&small.0)?.len();
        if bytes >= most {
            return Ok(Outcome::Needless);
        }
        if let Err(why) = self.fits(&small.0, &source.facts).await {
            return Ok(failed(source, why));
        }
        let path = small.0.clone();
        let (blob, bytes) = tokio::task::spawn_blocking(move || blobs::hash(File::open(path)?)).await??;
        // Until the store names it, it is one of those that are to go.
        self.store.note_left(&blob).await?;
        self.blobs.keep_file(&small.0, &blob).await?;
        Ok(Outcome::Made { blob, bytes })
    }

    /// Whether what came out is what it should be, and as long as what went in.
    async fn fits(&self, small: &Path, source: &FileFacts) -> Result<(), String> {
        let kind = worth::rendition_kind(source.kind).ok_or("nothing is made of such files")?;
        let read = self.reader.read(small, &format!("small.{}", kind.as_str())).await;
        let facts = read.map_err(|why| format!("what came out can't be read: {}", why.as_str()))?.facts;
        if facts.kind != kind {
            return Err(format!("what came out is {}", facts.kind.as_str()));
        }
        let lasts = facts.millis.unwrap_or(0);
        match source.millis {
            Some(millis) if lasts + SHORTER_BY + millis / 50 < millis => {
                Err(format!("what came out lasts {lasts} ms and not {millis}"))
            }
            _ => Ok(()),
        }
    }

    /// The program, looked for now and then.
    async fn encoder(&self) -> Option<Arc<Encoder>> {
        let wanted = self.wanted.as_ref()?;
        {
            let found = self.found();
            if let Some(encoder) = found.encoder.as_ref().filter(|encoder| encoder.is_there()) {
                return Some(encoder.clone());
            }
            if found.looked.is_some_and(|at| at.elapsed() < LOOK_FOR_ENCODER_EVERY) {
                return None;
            }
        }
        let encoder = match Encoder::find(wanted, self.program.clone()).await {
            Ok(encoder) => {
                tracing::info!("films are made smaller for weak lines by {}", encoder.name());
                Some(Arc::new(encoder))
            }
            Err(why) => {
                tracing::info!("films are not made smaller for weak lines: {why}");
                None
            }
        };
        metrics::gauge!("gongbei_film_encoder").set(if encoder.is_some() { 1.0 } else { 0.0 });
        *self.found() = Found { encoder: encoder.clone(), looked: Some(Instant::now()) };
        encoder
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn making(&self) -> MutexGuard<'_, Option<BlobId>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(source: &Source, why: String) -> Outcome {
    let again = AGAIN_AFTER.get(source.tries as usize).map(|after| clock::after(clock::now(), *after));
    Outcome::Failed { why, tries: source.tries + 1, again }
}

/// What is not the film's fault counts as no attempt; the others come before it is tried again.
fn later(source: &Source, why: &anyhow::Error) -> Outcome {
    let again = Some(clock::after(clock::now(), LATER));
    Outcome::Failed { why: format!("{why:#}"), tries: source.tries, again }
}

/// However it ends, it is not being made any more.
struct BeingMade<'a>(&'a Renditions);

impl<'a> BeingMade<'a> {
    fn begin(of: &'a Renditions, blob: &BlobId) -> Self {
        *of.making() = Some(blob.clone());
        Self(of)
    }
}

impl Drop for BeingMade<'_> {
    fn drop(&mut self) {
        *self.0.making() = None;
    }
}

/// A file that goes with this.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}
