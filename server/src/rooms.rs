//! Which documents are open: document id → running room.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use shared::api::PersonCard;
use shared::sync::room::{Join, ParticipantId};
use shared::words::{DocumentId, UnixMillis, UserId};
use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::outbox::Outbox;
use crate::poison::PoisonGuard;
use crate::room_task::{RoomTask, run};
use crate::store::{DocumentHandle, SharedStore};

/// Messages that wait for one room, at most; then its sockets are read no further.
const INBOX: usize = 256;

/// How rooms behave.
#[derive(Debug, Clone, Copy)]
pub struct RoomLimits {
    /// An empty room stays in memory for so long.
    pub idle: Duration,
    /// Updates after the last snapshot before another one is worth its work.
    pub snapshot_after: u64,
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self { idle: Duration::from_secs(60), snapshot_after: 64 }
    }
}

/// All running rooms.
///
/// A room is entered into the map and taken out of it under one lock, and lives only while it is there: so a
/// document never has two.
#[derive(Clone)]
pub struct Rooms(Arc<Inner>);

struct Inner {
    store: SharedStore,
    log: Arc<dyn crate::store::Log>,
    limits: RoomLimits,
    quarantine: std::path::PathBuf,
    guard: PoisonGuard,
    running: Mutex<Running>,
    participants: AtomicU64,
    /// Grows with every change that may touch somebody's right, or a title.
    facts: AtomicU64,
}

#[derive(Default)]
struct Running {
    rooms: HashMap<DocumentId, Slot>,
    stopping: bool,
}

struct Slot {
    inbox: mpsc::Sender<ToRoom>,
    people: Arc<Mutex<Vec<PersonCard>>>,
    /// Grows with every change that may touch somebody's right here: no frame is judged by an older one (R11).
    facts: Arc<AtomicU64>,
}

/// What comes to a room from outside.
pub enum ToRoom {
    /// Boxed: of a message so much larger than the others a channel would keep many empty places.
    Join(Box<Joining>),
    Frame {
        from: ParticipantId,
        frame: Bytes,
    },
    Drained {
        who: ParticipantId,
        frames: u32,
        bytes: usize,
    },
    Leave {
        who: ParticipantId,
    },
    /// Rights may have changed.
    Rejudge,
    /// The document has another title.
    Renamed,
    /// Something beside the document changed, of which everybody there is told, or these people.
    Told {
        payload: Bytes,
        to: Option<BTreeSet<UserId>>,
    },
    Stop {
        stopped: oneshot::Sender<()>,
    },
}

/// Somebody who wants to come in.
pub struct Joining {
    pub join: Join,
    pub outbox: Outbox,
    pub judged: FactsVersion,
    pub entered: oneshot::Sender<Result<(), CannotJoin>>,
}

/// Rights judged and titles read at this version hold until something changes, or a date comes.
#[derive(Debug, Clone, Copy)]
pub struct FactsVersion {
    changes: u64,
    at: UnixMillis,
}

/// A socket's place in a room.
pub struct Seat {
    pub who: ParticipantId,
    pub room: mpsc::Sender<ToRoom>,
}

/// The server is stopping, or the document can't be opened at the moment: come back.
#[derive(Debug)]
pub struct CannotJoin;

impl Rooms {
    pub fn new(
        store: SharedStore,
        log: Arc<dyn crate::store::Log>,
        quarantine: std::path::PathBuf,
        guard: PoisonGuard,
        limits: RoomLimits,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            log,
            limits,
            quarantine,
            guard,
            running: Mutex::default(),
            participants: AtomicU64::new(0),
            facts: AtomicU64::new(0),
        }))
    }

    /// Read this before the judge is asked about somebody who is to join.
    pub fn facts_version(&self) -> FactsVersion {
        FactsVersion { changes: self.0.facts.load(Ordering::SeqCst), at: clock::now() }
    }

    /// Whether what was judged at that version still holds.
    pub fn holds(&self, judged: FactsVersion) -> bool {
        judged.changes == self.0.facts.load(Ordering::SeqCst)
            && !self.0.store.directory().turns(judged.at, clock::now())
    }

    /// Enters the room of the document, opening it if need be.
    pub async fn join(
        &self,
        document: &DocumentHandle,
        judged: FactsVersion,
        outbox: Outbox,
        join: impl Fn(ParticipantId) -> Join,
    ) -> Result<Seat, CannotJoin> {
        let who = ParticipantId(self.0.participants.fetch_add(1, Ordering::Relaxed));
        // A room that is just leaving memory turns the message away; the next one takes it.
        for _ in 0..8 {
            let room = self.room(document.id()).ok_or(CannotJoin)?;
            let (entered, answer) = oneshot::channel();
            let joining = Box::new(Joining { join: join(who), outbox: outbox.clone(), judged, entered });
            if room.send(ToRoom::Join(joining)).await.is_err() {
                continue;
            }
            match answer.await {
                Ok(Ok(())) => return Ok(Seat { who, room }),
                Ok(Err(cannot)) => return Err(cannot),
                Err(_) => {}
            }
        }
        Err(CannotJoin)
    }

    /// Call after a change to the rights on one document is stored: shares, shelf, bin.
    pub fn rights_changed_in(&self, document: &DocumentId) {
        self.facts_changed_in(document, ToRoom::Rejudge);
    }

    /// Call after a new title is stored.
    pub fn renamed(&self, document: &DocumentId) {
        self.facts_changed_in(document, ToRoom::Renamed);
    }

    /// Tells everybody in the document, or these people, what changed beside it. Nobody there, nobody told.
    pub fn tell(&self, document: &DocumentId, payload: Bytes, to: Option<BTreeSet<UserId>>) {
        let Some(room) = self.running().rooms.get(document).map(|slot| slot.inbox.clone()) else { return };
        // In its order, unless the room is behind.
        if let Err(mpsc::error::TrySendError::Full(told)) = room.try_send(ToRoom::Told { payload, to }) {
            tokio::spawn(async move { room.send(told).await.ok() });
        }
    }

    fn facts_changed_in(&self, document: &DocumentId, news: ToRoom) {
        self.0.facts.fetch_add(1, Ordering::SeqCst);
        let room = self.running().rooms.get(document).map(Slot::outdated);
        if let Some(room) = room {
            tokio::spawn(async move { room.send(news).await.ok() });
        }
    }

    /// Call after a change of the organisation is stored: rights may have changed anywhere.
    pub fn rights_changed(&self) {
        self.0.facts.fetch_add(1, Ordering::SeqCst);
        let rooms: Vec<_> = self.running().rooms.values().map(Slot::outdated).collect();
        for room in rooms {
            tokio::spawn(async move { room.send(ToRoom::Rejudge).await.ok() });
        }
    }

    /// Who is in the document now, each person once.
    pub fn people_in(&self, document: &DocumentId) -> Vec<PersonCard> {
        let people = self.running().rooms.get(document).map(|slot| slot.people.clone());
        people.map(|people| people.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    pub fn open_rooms(&self) -> usize {
        self.running().rooms.len()
    }

    /// Sends everybody away, lets every room store what it has, and opens no room again.
    pub async fn stop(&self) {
        let rooms: Vec<_> = {
            let mut running = self.running();
            running.stopping = true;
            running.rooms.values().map(|slot| slot.inbox.clone()).collect()
        };
        let stops = rooms.into_iter().map(|room| async move {
            let (stopped, wait) = oneshot::channel();
            if room.send(ToRoom::Stop { stopped }).await.is_ok() {
                wait.await.ok();
            }
        });
        futures_util::future::join_all(stops).await;
    }

    fn room(&self, document: &DocumentId) -> Option<mpsc::Sender<ToRoom>> {
        let mut running = self.running();
        if running.stopping {
            return None;
        }
        if let Some(slot) = running.rooms.get(document) {
            return Some(slot.inbox.clone());
        }
        let (inbox, messages) = mpsc::channel(INBOX);
        let people = Arc::<Mutex<Vec<PersonCard>>>::default();
        let facts = Arc::<AtomicU64>::default();
        let slot = Slot { inbox: inbox.clone(), people: people.clone(), facts: facts.clone() };
        running.rooms.insert(document.clone(), slot);
        metrics::gauge!("gongbei_rooms").set(running.rooms.len() as f64);
        tokio::spawn(run(RoomTask { document: document.clone(), rooms: self.clone(), inbox: messages, people, facts }));
        Some(inbox)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Marks what the room knows of rights as old; gives its inbox, to tell it so.
    fn outdated(&self) -> mpsc::Sender<ToRoom> {
        self.facts.fetch_add(1, Ordering::SeqCst);
        self.inbox.clone()
    }
}

/// For the room's task alone.
impl Rooms {
    pub(crate) fn store(&self) -> &SharedStore {
        &self.0.store
    }

    pub(crate) fn log(&self) -> &Arc<dyn crate::store::Log> {
        &self.0.log
    }

    pub(crate) fn limits(&self) -> RoomLimits {
        self.0.limits
    }

    pub(crate) fn quarantine(&self) -> &std::path::Path {
        &self.0.quarantine
    }

    pub(crate) fn guard(&self) -> &PoisonGuard {
        &self.0.guard
    }

    /// Takes the room out of the map if nothing waits for it; then its inbox takes nothing more.
    pub(crate) fn leave_memory(&self, document: &DocumentId, inbox: &mut mpsc::Receiver<ToRoom>) -> bool {
        let mut running = self.running();
        if !inbox.is_empty() {
            return false;
        }
        Self::take_out(&mut running, document);
        inbox.close();
        true
    }

    /// Takes the room out of the map whatever waits: it is broken, or could not be opened.
    pub(crate) fn give_up(&self, document: &DocumentId, inbox: &mut mpsc::Receiver<ToRoom>) {
        Self::take_out(&mut self.running(), document);
        inbox.close();
    }

    fn take_out(running: &mut Running, document: &DocumentId) {
        running.rooms.remove(document);
        metrics::gauge!("gongbei_rooms").set(running.rooms.len() as f64);
    }
}
