//! One task drives one room: inbox → `Room::handle` → effects performed, in that order and one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use shared::api::PersonCard;
use shared::sync::Millis;
use shared::sync::room::{Append, Audit, Join, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed, Snapshot};
use shared::wire::{CloseCode, Trouble};
use shared::words::{DocumentId, Seq, UnixMillis, UserId};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::digest;
use crate::outbox::{Gone, Outbox};
use crate::rooms::{CannotJoin, FactsVersion, Joining, Rooms, ToRoom};
use crate::store::{Cause, NewSnapshot, NewUpdate};
use appends::Appends;
use opening::open;
use outboxes::Outboxes;

mod appends;
mod facts;
mod opening;
mod outboxes;

/// Messages taken from the inbox at one go.
const TAKEN_AT_ONCE: usize = 64;
/// A room that goes on for long takes a snapshot now and then, so that it opens quickly after a crash.
const SNAPSHOT_WHILE_OPEN: u64 = 2_000;
/// A stopping room waits so long for its last appends.
const STOP_WITHIN: Duration = Duration::from_secs(3);

pub struct RoomTask {
    pub document: DocumentId,
    pub rooms: Rooms,
    pub inbox: mpsc::Receiver<ToRoom>,
    pub people: Arc<Mutex<Vec<PersonCard>>>,
    /// Grows when rights here may have changed.
    pub facts: Arc<AtomicU64>,
}

/// Runs the room until it has been idle for long enough, is told to stop, or is broken.
pub async fn run(task: RoomTask) {
    let RoomTask { document, rooms, mut inbox, people, facts } = task;
    // Boxed, as all that is over soon or rare: the task keeps place for the largest of what it ever awaits.
    let Some((room, opened)) = Box::pin(open(&rooms, &document)).await else {
        rooms.give_up(&document, &mut inbox);
        while let Ok(message) = inbox.try_recv() {
            if let ToRoom::Join(joining) = message {
                joining.entered.send(Err(CannotJoin)).ok();
            }
        }
        return;
    };
    let running = Box::new(Running {
        document,
        holds_until: rooms.store().directory().next_turn(clock::now()),
        rooms,
        room,
        started: Instant::now(),
        outboxes: Outboxes::new(),
        people,
        judged: facts.load(Ordering::SeqCst),
        facts,
        appends: Appends::new(),
        stored_to: opened.last,
        snapshot_at: opened.snapshot_at,
        broken: None,
        stopped: None,
        traffic: Traffic {
            frames_in: metrics::counter!("gongbei_frames_in_total"),
            bytes_in: metrics::counter!("gongbei_bytes_in_total"),
        },
    });
    running.work(inbox).await;
}

struct Running {
    document: DocumentId,
    rooms: Rooms,
    room: Room,
    started: Instant,
    outboxes: Outboxes,
    people: Arc<Mutex<Vec<PersonCard>>>,
    facts: Arc<AtomicU64>,
    /// What `facts` was when everybody here was judged last.
    judged: u64,
    /// The first date after that at which a seat or membership begins or ends.
    holds_until: Option<UnixMillis>,
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
}

/// Why the room can't go on.
struct Broken {
    why: &'static str,
    culprit: Option<(Bytes, Option<UserId>)>,
}

impl Running {
    async fn work(mut self: Box<Self>, mut inbox: mpsc::Receiver<ToRoom>) {
        let mut messages = Vec::new();
        let mut idle_since = Instant::now();
        while self.broken.is_none() && self.stopped.is_none() {
            if !self.room.is_idle() {
                idle_since = Instant::now();
            } else if idle_since.elapsed() >= self.rooms.limits().idle {
                if let Some(keeping) = self.keep_snapshot(self.rooms.limits().snapshot_after) {
                    Box::pin(keeping).await;
                }
                if self.rooms.leave_memory(&self.document, &mut inbox) {
                    return turn_away(inbox);
                }
                idle_since = Instant::now();
            }
            let tick = self.room.next_tick().map(|due| self.started + Duration::from_millis(due.0));
            let flush = self.outboxes.due();
            let leave = self.room.is_idle().then(|| idle_since + self.rooms.limits().idle);
            tokio::select! {
                stored = self.appends.answer() => {
                    self.answered(stored);
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
                () = at(flush), if flush.is_some() => {}
                () = at(leave), if leave.is_some() => {}
            }
            if self.outboxes.due().is_some_and(|due| Instant::now() >= due) {
                self.flush();
            }
        }
        self.flush();
        Box::pin(self.finish(inbox)).await;
    }

    async fn take(&mut self, message: ToRoom) {
        match message {
            ToRoom::Join(joining) => {
                let Joining { join, outbox, judged, entered } = *joining;
                // Nobody waits any more when the socket has gone meanwhile.
                if entered.send(Ok(())).is_ok() {
                    self.join(join, outbox, judged).await;
                }
            }
            ToRoom::Frame { from, frame } => {
                if self.is_outdated() {
                    Box::pin(self.rejudge()).await;
                }
                self.traffic.frames_in.increment(1);
                self.traffic.bytes_in.increment(frame.len() as u64);
                self.handle(RoomInput::Frame { from, frame });
            }
            ToRoom::Drained { who, frames, bytes } => self.handle(RoomInput::Drained { who, frames, bytes }),
            ToRoom::Leave { who } => {
                self.leave(who);
                self.show_people();
            }
            ToRoom::Rejudge => {
                if self.is_outdated() {
                    Box::pin(self.rejudge()).await;
                }
            }
            ToRoom::Renamed => Box::pin(self.renamed()).await,
            ToRoom::Told { payload, to } => {
                // Whoever may not be here any more is told nothing.
                if self.is_outdated() {
                    Box::pin(self.rejudge()).await;
                }
                self.handle(RoomInput::Told { payload, to });
            }
            ToRoom::Stop { stopped } => {
                self.handle(RoomInput::Stop);
                self.stopped = Some(stopped);
            }
        }
    }

    /// Whether somebody's right here may have changed since it was judged: by a change that is stored, or by its date.
    fn is_outdated(&self) -> bool {
        self.judged != self.facts.load(Ordering::SeqCst) || self.holds_until.is_some_and(|turn| turn <= clock::now())
    }

    async fn join(&mut self, mut join: Join, outbox: Outbox, judged: FactsVersion) {
        if !self.rooms.holds(judged) {
            match Box::pin(self.judge(&join.person.id)).await {
                Ok(Some(handle)) => {
                    join.right = handle.right_in_room();
                    join.title = handle.title().clone();
                }
                Ok(None) => return outbox.close(CloseCode::NoRight, "no right"),
                Err(error) => {
                    tracing::error!(document = %self.document, "{error}");
                    return outbox.close(CloseCode::RoomClosed, "store failing");
                }
            }
        }
        self.outboxes.enter(join.who, join.person.id.clone(), outbox);
        self.handle(RoomInput::Join(join));
        self.show_people();
    }

    fn leave(&mut self, who: ParticipantId) {
        if self.outboxes.leave(who) {
            self.handle(RoomInput::Leave { who });
        }
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
        let takes_long = self.room.takes_long(&input);
        match beside_others(takes_long, || catch_unwind(AssertUnwindSafe(|| self.room.handle(now, input)))) {
            Ok(effects) => effects.into_iter().for_each(|effect| self.perform(effect)),
            Err(_) => {
                let culprit = culprit.map(|(from, frame)| (frame, self.outboxes.person_of(from)));
                self.broken = Some(Broken { why: "the room panicked", culprit });
            }
        }
    }

    fn perform(&mut self, effect: RoomEffect) {
        match effect {
            RoomEffect::Send { to, frame } => self.outboxes.put(&[to], frame),
            RoomEffect::SendAll { to, frame } => self.outboxes.put(&to, frame),
            RoomEffect::Append(append) => self.append(append),
            RoomEffect::Close { who, code, reason } => self.outboxes.close(who, code, reason),
            RoomEffect::Audit(Audit { who: _, person, refused, bytes }) => {
                metrics::counter!("gongbei_frames_refused_total", "reason" => format!("{refused:?}")).increment(1);
                tracing::warn!(
                    document = %self.document, %person, bytes,
                    "refused {bytes} bytes of {person} in document {}: {refused:?}", self.document
                );
            }
            RoomEffect::Broken { culprit, from } => {
                let person = self.outboxes.person_of(from);
                self.broken =
                    Some(Broken { why: "an update broke the document in memory", culprit: Some((culprit, person)) });
            }
        }
    }

    /// Sends what is gathered on its way, and what that makes due.
    fn flush(&mut self) {
        while self.outboxes.due().is_some() {
            for (who, Gone { frames, bytes }) in self.outboxes.flush() {
                self.handle(RoomInput::Drained { who, frames, bytes });
            }
        }
    }

    fn append(&mut self, append: Append) {
        let Append { seq, author, from: _, binds, update } = append;
        let update = NewUpdate { document: self.document.clone(), seq, author, at: clock::now(), bytes: update, binds };
        self.appends.hand_over(update, &**self.rooms.log());
    }

    fn answered(&mut self, stored: Option<Seq>) {
        if let Some(upto) = stored {
            self.stored_to = upto;
            self.handle(RoomInput::Stored { upto });
        }
        if let Some((from, cause)) = self.appends.take_failure() {
            self.failed(from, &cause);
        }
    }

    fn failed(&mut self, from: Seq, cause: &Cause) {
        tracing::error!(document = %self.document, "cannot store update {} of document {}: {cause}", from.0, self.document);
        let trouble = match cause {
            Cause::Full => Trouble::StorageFull,
            Cause::Disk(_) | Cause::Other(_) | Cause::Elsewhere | Cause::Taken => Trouble::StorageFailing,
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
        let made = beside_others(self.room.is_long(), || digest::snapshot(&self.room));
        let (Snapshot { upto, update, state_vector: _ }, digest) = made?;
        self.snapshot_at = upto;
        let document = self.document.clone();
        let log = self.rooms.log().clone();
        let seed = RoomSeed {
            document: document.clone(),
            epoch: "again".parse().expect("a word is an epoch"),
            snapshot: Some(update.clone()),
            updates: Vec::new(),
            last: upto,
            authors: Vec::new(),
        };
        Some(async move {
            let again = digest::read_back(seed).await;
            if !again.is_ok_and(|again| again.digest == digest && again.len <= update.len()) {
                tracing::error!(%document, "a snapshot of document {document} does not read back; the log stays its source");
            } else if let Err(error) = log.keep_snapshot(&document, NewSnapshot { seq: upto, bytes: update }).await {
                tracing::warn!(%document, "{error}");
            }
        })
    }

    fn show_people(&self) {
        *self.people.lock().unwrap_or_else(PoisonError::into_inner) = self.room.people();
    }

    /// Waits for what is on its way to the disk, so that no later room of this document can overtake it, and ends.
    async fn finish(mut self: Box<Self>, mut inbox: mpsc::Receiver<ToRoom>) {
        let waited = tokio::time::timeout(STOP_WITHIN, async {
            while !self.appends.are_settled() {
                let stored = self.appends.answer().await;
                if self.broken.is_none() {
                    self.answered(stored);
                    self.flush();
                }
            }
        });
        let in_time = waited.await.is_ok();
        if let Some(Broken { why, culprit }) = self.broken.take() {
            tracing::error!(document = %self.document, "closed document {}: {why}", self.document);
            metrics::counter!("gongbei_rooms_broken_total").increment(1);
            self.outboxes.leave_all();
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

    /// Keeps what broke the room for whoever looks into it: named by time, document, author and hash.
    async fn put_aside(&self, bytes: Bytes, person: Option<UserId>) {
        let person = person.map_or_else(|| "unknown".to_owned(), |person| person.to_string());
        let hash = &blake3::hash(&bytes).to_hex()[..16];
        let name = format!("{}-{}-{person}-{hash}.frame", clock::now().0, self.document);
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

/// Does what may take long without keeping other documents from the thread.
fn beside_others<T>(takes_long: bool, work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread if takes_long => tokio::task::block_in_place(work),
        _ => work(),
    }
}

async fn at(instant: Option<Instant>) {
    if let Some(instant) = instant {
        tokio::time::sleep_until(instant.into()).await;
    }
}

/// Drops what still waits: a join is tried again with the next room, everything else is of sockets already closed.
fn turn_away(mut inbox: mpsc::Receiver<ToRoom>) {
    inbox.close();
    while inbox.try_recv().is_ok() {}
}
