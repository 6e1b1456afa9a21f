//! One task drives one room: inbox → `Room::handle` → effects performed, in that order and one at a time.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use shared::access::Right;
use shared::api::PersonCard;
use shared::sync::Millis;
use shared::sync::room::{Append, Audit, Join, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed, Snapshot};
use shared::wire::{CloseCode, Trouble};
use shared::words::{DocumentId, Seq, UserId};
use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::rooms::{CannotJoin, Outbox, RightsVersion, Rooms, ToRoom, ToSocket};
use crate::store::{Appended, Cause, DocumentHandle, NewSnapshot, NewUpdate, StoreError};

/// Messages taken from the inbox at one go.
const TAKEN_AT_ONCE: usize = 64;
/// Appends on their way to the disk, at most; beyond that the room reads no further.
const APPENDS_UNDER_WAY: usize = 1024;
/// The same in bytes.
const BYTES_UNDER_WAY: usize = 32 << 20;
/// A room that goes on for long takes a snapshot now and then, so that it opens quickly after a crash.
const SNAPSHOT_WHILE_OPEN: u64 = 2_000;
/// A stopping room waits so long for its last appends.
const STOP_WITHIN: Duration = Duration::from_secs(3);

pub struct RoomTask {
    pub document: DocumentId,
    pub rooms: Rooms,
    pub inbox: mpsc::Receiver<ToRoom>,
    pub people: Arc<Mutex<Vec<PersonCard>>>,
}

/// Runs the room until it has been idle for long enough, is told to stop, or is broken.
pub async fn run(task: RoomTask) {
    let RoomTask { document, rooms, mut inbox, people } = task;
    let Some((room, opened)) = open(&rooms, &document).await else {
        rooms.give_up(&document, &mut inbox);
        while let Ok(message) = inbox.try_recv() {
            if let ToRoom::Join { entered, .. } = message {
                entered.send(Err(CannotJoin)).ok();
            }
        }
        return;
    };
    let (done, stored) = mpsc::unbounded_channel();
    let running = Running {
        document,
        rooms,
        room,
        started: Instant::now(),
        sockets: HashMap::new(),
        people,
        appends: Appends { done, stored, under_way: VecDeque::new(), bytes: 0, failed: None },
        stored_to: opened.last,
        snapshot_at: opened.snapshot_at,
        broken: None,
        stopped: None,
        traffic: Traffic {
            frames_in: metrics::counter!("gongbei_frames_in_total"),
            bytes_in: metrics::counter!("gongbei_bytes_in_total"),
            frames_out: metrics::counter!("gongbei_frames_out_total"),
            bytes_out: metrics::counter!("gongbei_bytes_out_total"),
        },
    };
    running.work(inbox).await;
}

/// Where the log and its cache stand at opening.
struct Opened {
    last: Seq,
    snapshot_at: Seq,
}

/// Reads the document and builds its room; `None` if that can't be done, which is logged here.
async fn open(rooms: &Rooms, document: &DocumentId) -> Option<(Room, Opened)> {
    let started = Instant::now();
    let stored = match rooms.log().load(document).await {
        Ok(Some(stored)) => stored,
        Ok(None) => {
            tracing::warn!(%document, "document {document} is not in the store");
            return None;
        }
        Err(error) => {
            tracing::error!(%document, "{error}");
            return None;
        }
    };
    let opened =
        Opened { last: stored.tail(), snapshot_at: stored.snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq) };
    let seed = RoomSeed {
        document: document.clone(),
        epoch: stored.epoch,
        snapshot: stored.snapshot.map(|snapshot| snapshot.bytes),
        updates: stored.updates.into_iter().map(|update| update.bytes).collect(),
        last: opened.last,
        authors: stored.bindings,
    };
    // A long history takes a while to read: not on a thread that serves sockets.
    let room = tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| Room::open(seed)))).await;
    metrics::histogram!("gongbei_room_open_seconds").record(started.elapsed().as_secs_f64());
    match room {
        Ok(Ok(Ok(room))) => Some((room, opened)),
        Ok(Ok(Err(error))) => {
            tracing::error!(%document, "{error}");
            None
        }
        Ok(Err(_)) | Err(_) => {
            tracing::error!(%document, "opening document {document} panicked");
            None
        }
    }
}

struct Running {
    document: DocumentId,
    rooms: Rooms,
    room: Room,
    started: Instant,
    sockets: HashMap<ParticipantId, Socket>,
    people: Arc<Mutex<Vec<PersonCard>>>,
    appends: Appends,
    stored_to: Seq,
    snapshot_at: Seq,
    broken: Option<Broken>,
    stopped: Option<oneshot::Sender<()>>,
    traffic: Traffic,
}

/// Counters looked up once a room, not once a frame.
struct Traffic {
    frames_in: metrics::Counter,
    bytes_in: metrics::Counter,
    frames_out: metrics::Counter,
    bytes_out: metrics::Counter,
}

struct Socket {
    outbox: Outbox,
    person: UserId,
}

/// Appends between the room and the store.
struct Appends {
    done: mpsc::UnboundedSender<Appended>,
    stored: mpsc::UnboundedReceiver<Appended>,
    /// Sizes of those without an answer yet, oldest first; the store answers in this order.
    under_way: VecDeque<usize>,
    bytes: usize,
    /// The first that failed. The room hears of it once nothing is under way any more, so that nothing
    /// appended before can still be stored behind its back.
    failed: Option<(Seq, Cause)>,
}

/// Why the room can't go on.
struct Broken {
    why: &'static str,
    culprit: Option<(Bytes, Option<UserId>)>,
}

impl Running {
    async fn work(mut self, mut inbox: mpsc::Receiver<ToRoom>) {
        let mut messages = Vec::with_capacity(TAKEN_AT_ONCE);
        let mut idle_since = Instant::now();
        while self.broken.is_none() && self.stopped.is_none() {
            if !self.room.is_idle() {
                idle_since = Instant::now();
            } else if idle_since.elapsed() >= self.rooms.limits().idle {
                if let Some(keeping) = self.keep_snapshot(self.rooms.limits().snapshot_after) {
                    keeping.await;
                }
                if self.rooms.leave_memory(&self.document, &mut inbox) {
                    return turn_away(inbox);
                }
                idle_since = Instant::now();
            }
            let tick = self.room.next_tick().map(|due| self.started + Duration::from_millis(due.0));
            let leave = self.room.is_idle().then(|| idle_since + self.rooms.limits().idle);
            tokio::select! {
                Some(appended) = self.appends.stored.recv() => {
                    self.answered(appended);
                    if let Some(keeping) = self.keep_snapshot(SNAPSHOT_WHILE_OPEN) {
                        tokio::spawn(keeping);
                    }
                }
                _ = inbox.recv_many(&mut messages, TAKEN_AT_ONCE), if self.appends.have_room() => {
                    for message in messages.drain(..) {
                        self.take(message).await;
                    }
                }
                () = at(tick), if tick.is_some() => self.handle(RoomInput::Tick),
                () = at(leave), if leave.is_some() => {}
            }
        }
        self.finish(inbox).await;
    }

    async fn take(&mut self, message: ToRoom) {
        match message {
            ToRoom::Join { join, outbox, judged, entered } => {
                // Nobody waits any more when the socket has gone meanwhile.
                if entered.send(Ok(())).is_ok() {
                    self.join(join, outbox, judged).await;
                }
            }
            ToRoom::Frame { from, frame } => {
                self.traffic.frames_in.increment(1);
                self.traffic.bytes_in.increment(frame.len() as u64);
                self.handle(RoomInput::Frame { from, frame });
            }
            ToRoom::Drained { who, frames, bytes } => self.handle(RoomInput::Drained { who, frames, bytes }),
            ToRoom::Leave { who } => {
                if self.sockets.remove(&who).is_some() {
                    metrics::gauge!("gongbei_participants").decrement(1.0);
                    self.handle(RoomInput::Leave { who });
                    self.show_people();
                }
            }
            ToRoom::Rejudge { person } => self.rejudge(person).await,
            ToRoom::Stop { stopped } => {
                self.handle(RoomInput::Stop);
                self.stopped = Some(stopped);
            }
        }
    }

    async fn join(&mut self, mut join: Join, outbox: Outbox, judged: RightsVersion) {
        if judged != self.rooms.rights_version() {
            match self.judge(&join.person.id).await {
                Ok(Some(right)) => join.right = right,
                Ok(None) => return close(&outbox, CloseCode::NoRight, "no right"),
                Err(error) => {
                    tracing::error!(document = %self.document, "{error}");
                    return close(&outbox, CloseCode::RoomClosed, "store failing");
                }
            }
        }
        metrics::gauge!("gongbei_participants").increment(1.0);
        self.sockets.insert(join.who, Socket { outbox, person: join.person.id.clone() });
        self.handle(RoomInput::Join(join));
        self.show_people();
    }

    /// Asks the judge again about everybody here, or about one of them.
    async fn rejudge(&mut self, only: Option<UserId>) {
        let mut people: Vec<UserId> = self.sockets.values().map(|socket| socket.person.clone()).collect();
        people.sort();
        people.dedup();
        people.retain(|person| only.as_ref().is_none_or(|only| only == person));
        for person in people {
            match self.judge(&person).await {
                Ok(right) => self.handle(RoomInput::RightChanged { person, right }),
                // Not knowing the right is no reason to let somebody write on, nor to say that they may not.
                Err(error) => {
                    tracing::error!(document = %self.document, "{error}");
                    for socket in self.sockets.values().filter(|socket| socket.person == person) {
                        close(&socket.outbox, CloseCode::RoomClosed, "store failing");
                    }
                }
            }
        }
        self.show_people();
    }

    async fn judge(&self, person: &UserId) -> Result<Option<Right>, StoreError> {
        let store = self.rooms.store();
        let Some(person) = store.person(person, clock::now()).await? else { return Ok(None) };
        let handle = DocumentHandle::open(&**store, &person, &self.document).await?;
        Ok(handle.map(|handle| handle.right_in_room()))
    }

    fn handle(&mut self, input: RoomInput) {
        if self.broken.is_some() {
            return;
        }
        let now = Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        let culprit = match &input {
            RoomInput::Frame { from, frame } => Some((*from, frame.clone())),
            _ => None,
        };
        match catch_unwind(AssertUnwindSafe(|| self.room.handle(now, input))) {
            Ok(effects) => effects.into_iter().for_each(|effect| self.perform(effect)),
            Err(_) => {
                let culprit = culprit.map(|(from, frame)| (frame, self.person_of(from)));
                self.broken = Some(Broken { why: "the room panicked", culprit });
            }
        }
    }

    fn perform(&mut self, effect: RoomEffect) {
        match effect {
            RoomEffect::Send { to, frame } => self.send(to, frame),
            RoomEffect::SendAll { to, frame } => to.into_iter().for_each(|to| self.send(to, frame.clone())),
            RoomEffect::Append(append) => self.append(append),
            RoomEffect::Close { who, code, reason } => {
                if let Some(socket) = self.sockets.get(&who) {
                    close(&socket.outbox, code, reason);
                }
            }
            RoomEffect::Audit(Audit { who: _, person, refused, bytes }) => {
                metrics::counter!("gongbei_frames_refused_total", "reason" => format!("{refused:?}")).increment(1);
                tracing::warn!(
                    document = %self.document, %person, bytes,
                    "refused {bytes} bytes of {person} in document {}: {refused:?}", self.document
                );
            }
            RoomEffect::Broken { culprit, from } => {
                let person = self.person_of(from);
                self.broken =
                    Some(Broken { why: "an update broke the document in memory", culprit: Some((culprit, person)) });
            }
        }
    }

    fn send(&self, to: ParticipantId, frame: Bytes) {
        if let Some(socket) = self.sockets.get(&to) {
            self.traffic.frames_out.increment(1);
            self.traffic.bytes_out.increment(frame.len() as u64);
            // A socket that has just gone is about to leave the room.
            socket.outbox.send(ToSocket::Frame(frame)).ok();
        }
    }

    fn append(&mut self, append: Append) {
        if self.appends.failed.is_some() {
            // It comes after one that failed and is appended again with it.
            return;
        }
        let Append { seq, author, from: _, binds, update } = append;
        self.appends.under_way.push_back(update.len());
        self.appends.bytes += update.len();
        let update = NewUpdate { document: self.document.clone(), seq, author, at: clock::now(), bytes: update, binds };
        self.rooms.log().append(update, self.appends.done.clone());
    }

    /// Takes the store's answer and all that wait behind it.
    fn answered(&mut self, first: Appended) {
        let mut upto = None;
        let mut next = Some(first);
        while let Some(appended) = next {
            if let Some(seq) = self.appends.answered(appended) {
                upto = Some(seq);
            }
            next = self.appends.stored.try_recv().ok();
        }
        if let Some(upto) = upto {
            self.stored_to = upto;
            self.handle(RoomInput::Stored { upto });
        }
        if self.appends.under_way.is_empty()
            && let Some((from, cause)) = self.appends.failed.take()
        {
            self.failed(from, &cause);
        }
    }

    fn failed(&mut self, from: Seq, cause: &Cause) {
        tracing::error!(document = %self.document, "cannot store update {} of document {}: {cause}", from.0, self.document);
        let trouble = match cause {
            Cause::Full => Trouble::StorageFull,
            Cause::Disk(_) | Cause::Other(_) | Cause::Taken => Trouble::StorageFailing,
            // The room and its log disagree: only the log is right.
            Cause::OutOfOrder { .. } | Cause::ClientTaken { .. } | Cause::Damaged(_) => {
                self.broken = Some(Broken { why: "the room and its log disagree", culprit: None });
                return;
            }
        };
        self.handle(RoomInput::StoreFailed { from, trouble });
    }

    /// Keeps a snapshot if at least `after` updates came since the last one. A snapshot is never worth an error.
    fn keep_snapshot(&mut self, after: u64) -> Option<impl Future<Output = ()> + 'static> {
        if self.stored_to.0 < self.snapshot_at.0 + after.max(1) {
            return None;
        }
        let Snapshot { upto, update, state_vector } = self.room.snapshot()?;
        self.snapshot_at = upto;
        let document = self.document.clone();
        let log = self.rooms.log().clone();
        Some(async move {
            let checked = tokio::task::spawn_blocking({
                let document = document.clone();
                let update = update.clone();
                move || {
                    let reads_back = AssertUnwindSafe(|| reads_back(document, update, upto, &state_vector));
                    catch_unwind(reads_back).unwrap_or(false)
                }
            });
            if !checked.await.unwrap_or(false) {
                tracing::error!(%document, "a snapshot of document {document} does not read back; the log stays its source");
            } else if let Err(error) = log.keep_snapshot(&document, NewSnapshot { seq: upto, bytes: update }).await {
                tracing::warn!(%document, "{error}");
            }
        })
    }

    fn show_people(&self) {
        *self.people.lock().unwrap_or_else(PoisonError::into_inner) = self.room.people();
    }

    fn person_of(&self, who: ParticipantId) -> Option<UserId> {
        self.sockets.get(&who).map(|socket| socket.person.clone())
    }

    /// Waits for what is on its way to the disk, so that no later room of this document can overtake it, and ends.
    async fn finish(mut self, mut inbox: mpsc::Receiver<ToRoom>) {
        let waited = tokio::time::timeout(STOP_WITHIN, async {
            while !self.appends.under_way.is_empty() {
                let Some(appended) = self.appends.stored.recv().await else { break };
                if self.broken.is_none() {
                    self.answered(appended);
                } else {
                    self.appends.answered(appended);
                }
            }
        });
        let in_time = waited.await.is_ok();
        metrics::gauge!("gongbei_participants").decrement(self.sockets.len() as f64);
        if let Some(Broken { why, culprit }) = self.broken.take() {
            tracing::error!(document = %self.document, "closed document {}: {why}", self.document);
            metrics::counter!("gongbei_rooms_broken_total").increment(1);
            for socket in self.sockets.values() {
                close(&socket.outbox, CloseCode::RoomClosed, "come back");
            }
            if let Some((bytes, person)) = culprit {
                self.put_aside(bytes, person).await;
            }
        } else if !in_time {
            tracing::error!(document = %self.document, "document {} stopped before its last updates were stored", self.document);
        }
        self.rooms.give_up(&self.document, &mut inbox);
        turn_away(inbox);
        if let Some(stopped) = self.stopped {
            stopped.send(()).ok();
        }
    }

    /// Keeps what broke the room for whoever looks into it: named by time and document, with its author's id.
    async fn put_aside(&self, bytes: Bytes, person: Option<UserId>) {
        let person = person.map_or_else(|| "unknown".to_owned(), |person| person.to_string());
        let name = format!("{}-{}-{person}.frame", clock::now().0, self.document);
        let folder = self.rooms.quarantine();
        let written = async {
            tokio::fs::create_dir_all(folder).await?;
            tokio::fs::write(folder.join(&name), &bytes).await
        };
        match written.await {
            Ok(()) => tracing::error!(document = %self.document, "put aside {} bytes as {name}", bytes.len()),
            Err(error) => tracing::error!(document = %self.document, "cannot put aside {name}: {error}"),
        }
    }
}

impl Appends {
    fn have_room(&self) -> bool {
        self.under_way.len() < APPENDS_UNDER_WAY && self.bytes < BYTES_UNDER_WAY
    }

    /// Counts an answer; gives the number if the update is stored.
    fn answered(&mut self, appended: Appended) -> Option<Seq> {
        self.bytes -= self.under_way.pop_front().unwrap_or(0);
        match appended.outcome {
            Ok(()) => Some(appended.seq),
            Err(cause) => {
                self.failed.get_or_insert((appended.seq, cause));
                None
            }
        }
    }
}

/// Whether the snapshot opens again as the same document.
fn reads_back(document: DocumentId, update: Bytes, upto: Seq, state_vector: &Bytes) -> bool {
    let epoch = "check".parse().expect("a word is an epoch");
    let seed = RoomSeed {
        document,
        epoch,
        snapshot: Some(update.clone()),
        updates: Vec::new(),
        last: upto,
        authors: Vec::new(),
    };
    let again = Room::open(seed).ok().and_then(|room| room.snapshot());
    again.is_some_and(|again| again.state_vector == *state_vector && again.update.len() <= update.len())
}

async fn at(instant: Option<Instant>) {
    if let Some(instant) = instant {
        tokio::time::sleep_until(instant.into()).await;
    }
}

fn close(outbox: &Outbox, code: CloseCode, reason: &'static str) {
    outbox.send(ToSocket::Close { code, reason }).ok();
}

/// Drops what still waits: a join is tried again with the next room, everything else is of sockets already closed.
fn turn_away(mut inbox: mpsc::Receiver<ToRoom>) {
    inbox.close();
    while inbox.try_recv().is_ok() {}
}
