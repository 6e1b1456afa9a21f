//! Files on their way in, over lines that are cut.
//!
//! Bytes go into a file of their own as they come; its length is what is here. When it is whole it is checked, and only
//! what has passed gets a name by which it can be read (R15). The store has the states, so a server that starts goes on
//! where the one before it was.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::Stream;
use shared::api::{MAX_UPLOAD_BYTES, UPLOAD_ENDS_AFTER, UploadCard, UploadRoom, UploadState};
use shared::words::{UnixMillis, UploadId, UserId};
use tokio::sync::{Semaphore, broadcast, watch};

use self::checking::CHECKS_AT_ONCE;
use self::known::Known;
use self::receiving::Ended;
use self::turns::Turns;
use crate::blobs::Blobs;
use crate::clock;
use crate::data_folder;
use crate::secret::random_id;
use crate::store::{Account, Begun, NewUpload, SharedStore, StoreError, StoredState, StoredUpload, Usage};

mod checking;
mod disk;
mod known;
mod names;
mod receiving;
mod turns;

pub use checking::{Check, Checked};
pub use disk::DiskRoom;
pub use known::NotKnown;

/// A file that nobody has any more stays so long: whoever has just sent it again finds it.
const LEFT_FOR: Duration = Duration::from_secs(3600);
/// What was taken out of the library can be put back for so long.
pub const BINNED_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// Other writers wait for no more of them.
const REMOVED_AT_ONCE: u32 = 20;
/// Changes that somebody who waits may not have heard of yet.
const CHANGES: usize = 256;

/// Why an upload was not begun.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    #[error("the file is larger than any may be")]
    TooLarge,
    #[error("too many are under way")]
    TooMany,
    #[error("there is no room for it")]
    NoRoom(Usage),
    #[error("the disk is nearly full")]
    DiskNearlyFull,
    #[error("cannot look at the disk: {0}")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why bytes were not taken, or not all of them. What was taken stays.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    #[error("the next byte is number {0}")]
    Elsewhere(u64),
    #[error("more was sent than was to come")]
    TooMuch,
    #[error("the line broke or nothing came any more")]
    Stalled,
    #[error("somebody else goes on with it")]
    Over,
    #[error("there is no such upload any more")]
    Gone,
    #[error("nobody sent for so long that others have taken the room")]
    NoRoom(Usage),
    #[error("the disk is nearly full")]
    DiskNearlyFull,
    #[error("cannot write what comes: {0}")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone)]
pub struct Uploads(Arc<Inner>);

struct Inner {
    store: SharedStore,
    blobs: Blobs,
    /// A file for each upload, named by its id.
    folder: PathBuf,
    check: Box<dyn Check>,
    turns: Turns,
    known: Known,
    checks: Semaphore,
    /// What is being checked, or waits for it.
    checking: Mutex<HashSet<UploadId>>,
    changes: broadcast::Sender<UploadId>,
    stop: watch::Sender<bool>,
}

impl Uploads {
    pub fn open(folder: PathBuf, store: SharedStore, blobs: Blobs, check: Box<dyn Check>) -> io::Result<Self> {
        data_folder::make_private(&folder)?;
        Ok(Self(Arc::new(Inner {
            store,
            blobs,
            folder,
            check,
            turns: Turns::default(),
            known: Known::default(),
            checks: Semaphore::new(CHECKS_AT_ONCE),
            checking: Mutex::default(),
            changes: broadcast::channel(CHANGES).0,
            stop: watch::Sender::new(false),
        })))
    }

    /// Notes that a file of so many bytes will come.
    pub async fn begin(&self, person: &UserId, name: &str, bytes: u64) -> Result<StoredUpload, NotBegun> {
        if bytes > MAX_UPLOAD_BYTES {
            return Err(NotBegun::TooLarge);
        }
        if self.0.disk_takes().await?.is_some_and(|takes| takes < bytes) {
            return Err(NotBegun::DiskNearlyFull);
        }
        let upload = self.0.new_upload(person, name, bytes);
        match self.0.store.begin_upload(&upload).await? {
            Begun::Begun => {}
            Begun::TooMany => return Err(NotBegun::TooMany),
            Begun::NoRoom(usage) => return Err(NotBegun::NoRoom(usage)),
        }
        let NewUpload { id, person, account: _, name, bytes, at } = upload;
        if bytes == 0 {
            self.whole(&id).await?;
        }
        let state = if bytes == 0 { StoredState::Checking } else { StoredState::Receiving };
        Ok(StoredUpload { id, person, name, bytes, state, made: at, touched: at, used: None })
    }

    /// An upload of this person, as long as nothing was made of it.
    pub async fn find(&self, id: &UploadId, person: &UserId) -> Result<Option<StoredUpload>, StoreError> {
        let found = self.0.store.upload(id).await?;
        Ok(found.filter(|upload| upload.person == *person && upload.used.is_none()))
    }

    pub async fn list(&self, person: &UserId) -> Result<Vec<UploadCard>, NotReceived> {
        let mut cards = Vec::new();
        for upload in self.0.store.uploads_of(person).await? {
            cards.push(self.card(upload).await?);
        }
        Ok(cards)
    }

    pub async fn card(&self, upload: StoredUpload) -> Result<UploadCard, NotReceived> {
        let received = self.received(&upload).await?;
        let ends = self.ends(&upload);
        let StoredUpload { id, person: _, name, bytes, state, made, touched: _, used: _ } = upload;
        let state = match state {
            StoredState::Receiving => UploadState::Receiving,
            StoredState::Checking => UploadState::Checking,
            StoredState::Ready { blob, facts } => UploadState::Ready { blob, facts },
            StoredState::Refused(why) => UploadState::Refused { why },
        };
        Ok(UploadCard { id, name, bytes, received, state, made, ends })
    }

    pub fn ends(&self, upload: &StoredUpload) -> UnixMillis {
        UnixMillis(upload.touched.0.saturating_add(UPLOAD_ENDS_AFTER))
    }

    /// How many bytes are here for good.
    pub async fn received(&self, upload: &StoredUpload) -> io::Result<u64> {
        match upload.state {
            StoredState::Receiving => length(&self.0.path(&upload.id)).await,
            StoredState::Checking | StoredState::Ready { .. } | StoredState::Refused(_) => Ok(upload.bytes),
        }
    }

    /// The same after whoever sends at this moment has stopped: the line it came over may be dead.
    pub async fn settle(&self, upload: &StoredUpload) -> Result<u64, NotReceived> {
        let _turn = self.0.turns.take(&upload.id).await;
        let upload = self.0.store.upload(&upload.id).await?.ok_or(NotReceived::Gone)?;
        if upload.state == StoredState::Receiving {
            // A server that was killed may have left more in the file than the disk was told to keep.
            let path = self.0.path(&upload.id);
            apart(move || if path.exists() { open_to_append(&path)?.sync_all() } else { Ok(()) }).await?;
        }
        Ok(self.received(&upload).await?)
    }

    /// Takes the bytes from number `from` on and gives the number of the next one, once all before it are durable.
    pub async fn receive<E>(
        &self,
        id: &UploadId,
        from: u64,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<u64, NotReceived> {
        let turn = self.0.turns.take(id).await;
        // As it is now: the turn before may have brought the rest.
        let upload = self.0.store.upload(id).await?.ok_or(NotReceived::Gone)?;
        let here = self.received(&upload).await?;
        if here != from {
            return Err(NotReceived::Elsewhere(here));
        }
        if !matches!(upload.state, StoredState::Receiving) {
            return Ok(here);
        }
        let room = upload.bytes.saturating_sub(here);
        if self.0.disk_takes().await?.is_some_and(|takes| takes < room) {
            return Err(NotReceived::DiskNearlyFull);
        }
        match self.0.store.hold_room(id, clock::now()).await? {
            Begun::NoRoom(usage) => return Err(NotReceived::NoRoom(usage)),
            Begun::Begun | Begun::TooMany => {}
        }
        let path = self.0.path(id);
        let file = apart(move || open_to_append(&path)).await?;
        let mut stop = self.0.stop.subscribe();
        let over = async {
            tokio::select! {
                () = turn.is_over() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        };
        let ended = receiving::receive(file, room, body, over).await;
        let here = length(&self.0.path(id)).await?;
        if here > from {
            self.0.store.touch_upload(id, here, clock::now()).await?;
        }
        if here == upload.bytes {
            self.whole(id).await?;
        }
        match ended {
            Ended::Sent => Ok(here),
            Ended::TooMuch => Err(NotReceived::TooMuch),
            Ended::Cut | Ended::Stalled => Err(NotReceived::Stalled),
            Ended::Over => Err(NotReceived::Over),
            Ended::Failed(error) => Err(error.into()),
        }
    }

    /// Forgets an upload of which nothing was made, with what came of it.
    pub async fn end(&self, id: &UploadId) -> Result<bool, NotReceived> {
        let _turn = self.0.turns.take(id).await;
        let ended = self.0.store.end_upload(id).await?;
        if ended {
            self.0.remove(id).await?;
            self.0.changes.send(id.clone()).ok();
        }
        Ok(ended)
    }

    /// What the person's school keeps, and what may still come.
    pub async fn room(&self, person: &UserId) -> Result<UploadRoom, NotBegun> {
        let Usage { used, limit, binned: _ } = self.0.store.usage(&self.0.account(person)).await?;
        let takes = self.0.disk_takes().await?.unwrap_or(u64::MAX);
        Ok(UploadRoom { used, limit, free: limit.saturating_sub(used).min(takes) })
    }

    /// The upload once it is neither received nor checked any more, or as it is after `within`.
    pub async fn when_decided(
        &self,
        id: &UploadId,
        person: &UserId,
        within: Duration,
    ) -> Result<Option<StoredUpload>, StoreError> {
        let mut changes = self.0.changes.subscribe();
        let mut stop = self.0.stop.subscribe();
        let end = tokio::time::Instant::now() + within;
        loop {
            let upload = self.find(id, person).await?;
            let waits = upload.as_ref().is_some_and(|upload| matches!(upload.state, StoredState::Checking));
            if !waits {
                return Ok(upload);
            }
            let changed = async {
                // Whoever has missed some looks again.
                while changes.recv().await.is_ok_and(|changed| changed != *id) {}
            };
            tokio::select! {
                () = changed => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(upload),
                () = tokio::time::sleep_until(end) => return Ok(upload),
            }
        }
    }

    /// Goes on with whatever was whole or being checked when the server stopped, or could not be checked then.
    pub async fn go_on(&self) -> Result<(), NotReceived> {
        for upload in self.0.store.uploads_under_way().await? {
            match upload.state {
                StoredState::Checking => self.look_at(upload.id),
                StoredState::Receiving if self.received(&upload).await? == upload.bytes => {
                    self.whole(&upload.id).await?
                }
                StoredState::Receiving | StoredState::Ready { .. } | StoredState::Refused(_) => {}
            }
        }
        Ok(())
    }

    /// Forgets uploads that nobody went on with, and files that nobody has any more.
    pub async fn sweep(&self, now: UnixMillis) -> Result<(), NotReceived> {
        for id in self.0.store.uploads_untouched_since(UnixMillis(now.0 - UPLOAD_ENDS_AFTER)).await? {
            self.end(&id).await?;
        }
        let before = clock::before(now, BINNED_FOR);
        while self.0.store.remove_binned(before, now, REMOVED_AT_ONCE).await? == REMOVED_AT_ONCE {}
        for file in self.0.store.files_left(clock::before(now, LEFT_FOR)).await? {
            self.0.store.forget_file(&file).await?;
        }
        self.0.store.forget_loose_media(clock::before(now, LEFT_FOR)).await?;
        self.0.remove_left().await?;
        self.0.remove_strays().await
    }

    /// Ends what is being received, and begins no more checks. What came stays.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
        self.0.checks.close();
    }

    async fn whole(&self, id: &UploadId) -> Result<(), StoreError> {
        if self.0.store.upload_is_whole(id, clock::now()).await? {
            self.0.changes.send(id.clone()).ok();
        }
        self.look_at(id.clone());
        Ok(())
    }
}

impl Inner {
    fn new_upload(&self, person: &UserId, name: &str, bytes: u64) -> NewUpload {
        NewUpload {
            id: random_id().parse().expect("a fresh id is an id"),
            person: person.clone(),
            account: self.account(person),
            name: names::clean(name),
            bytes,
            at: clock::now(),
        }
    }

    fn account(&self, person: &UserId) -> Account {
        Account::of(&self.store.directory(), person, clock::now())
    }

    async fn disk_takes(&self) -> io::Result<Option<u64>> {
        let folder = self.folder.clone();
        Ok(apart(move || DiskRoom::of(&folder)).await?.map(DiskRoom::for_files))
    }

    async fn remove(&self, id: &UploadId) -> io::Result<()> {
        let path = self.path(id);
        apart(move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// Bytes that nothing names any more; what can't be removed now is tried again with the next sweep.
    async fn remove_left(&self) -> Result<(), StoreError> {
        let long_ago = SystemTime::now() - LEFT_FOR;
        for blob in self.store.blobs_left().await? {
            match self.blobs.forget(&blob, long_ago).await {
                Ok(true) => self.store.blob_is_gone(&blob).await?,
                // It was kept again lately: perhaps it will be named in a moment.
                Ok(false) => {}
                Err(error) => tracing::warn!(%blob, "bytes that nothing names any more are still there: {error}"),
            }
        }
        Ok(())
    }

    /// Files of uploads that the store does not know: what a cut between the two has left.
    async fn remove_strays(&self) -> Result<(), NotReceived> {
        let folder = self.folder.clone();
        let names =
            apart(move || fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>());
        for name in names.await? {
            let Some(id) = name.to_str().and_then(|name| name.parse::<UploadId>().ok()) else { continue };
            if self.store.upload(&id).await?.is_none() {
                self.remove(&id).await?;
            }
        }
        Ok(())
    }

    fn path(&self, id: &UploadId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    fn checking(&self) -> MutexGuard<'_, HashSet<UploadId>> {
        self.checking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file that grows, with its name durable once it is there.
fn open_to_append(path: &Path) -> io::Result<File> {
    let file = File::options().append(true).create(true).open(path)?;
    path.parent().map_or(Ok(()), data_folder::sync)?;
    Ok(file)
}

async fn length(path: &Path) -> io::Result<u64> {
    let path = path.to_owned();
    apart(move || match fs::metadata(path) {
        Ok(about) => Ok(about.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
