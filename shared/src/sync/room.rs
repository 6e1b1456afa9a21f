//! The server's end: one `Room` owns the document and everybody who is in it.
//!
//! The caller performs the effects in the order given, before it hands in the next input. It wraps [`Room::handle`]
//! in `catch_unwind`; after a panic or [`RoomEffect::Broken`] it drops the room and opens it again from the store.

mod answers;
mod authors;
mod edits;
mod live;
mod log;
mod participant;
mod presence;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use yrs::updates::decoder::Decode;
use yrs::{Doc, IdSet, ReadTxn, StateVector, Transact, TransactionMut, Update};

use self::answers::Whole;
use self::authors::Authors;
use self::live::LiveTable;
use self::log::Log;
use self::participant::Participant;
use self::presence::PresenceTable;
use super::Millis;
use super::admit::{Carrier, Clocks, Inventory};
use crate::access::Right;
use crate::api::PersonCard;
use crate::document::new_doc;
use crate::wire::update::{Deleted, UpdateError, write_state_vector};
use crate::wire::{CloseCode, MAX_FIRST_SYNC, Message, PROTOCOL, RefusedReason, Trouble, Welcome};
use crate::words::{DocumentId, Epoch, Seq, Title, UserId};

/// A socket in a room; the caller counts them and never uses a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantId(pub u64);

/// What the store holds of a document.
#[derive(Debug, Clone)]
pub struct RoomSeed {
    pub document: DocumentId,
    pub epoch: Epoch,
    /// The document up to some place in its log, as [`Room::snapshot`] gave it.
    pub snapshot: Option<Bytes>,
    /// The log after it, oldest first, as it came in [`Append::update`].
    pub updates: Vec<Bytes>,
    /// Place of the last stored update, 0 in an empty log.
    pub last: Seq,
    /// Whose each yrs client id is: every [`Append::binds`] of the whole log with its author.
    pub authors: Vec<(u64, UserId)>,
}

/// Stored bytes that make no document.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot read the snapshot of document {document}: {source}")]
    Snapshot { document: DocumentId, source: yrs::error::Error },
    #[error("cannot read update {index} after the snapshot of document {document}: {source}")]
    Update { document: DocumentId, index: usize, source: yrs::error::Error },
    #[error("cannot read what is stored of document {document}: {source}")]
    Structure { document: DocumentId, source: UpdateError },
    #[error("the log of document {document} lacks an update that later ones build on")]
    Gap { document: DocumentId },
}

/// How a participant speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A stock y-websocket client.
    Stock,
    /// Our own client, [`crate::wire::SUBPROTOCOL`].
    Gongbei,
}

#[derive(Debug, Clone)]
pub enum RoomInput {
    Join(Join),
    Frame {
        from: ParticipantId,
        frame: Bytes,
    },
    /// The socket is gone, whoever closed it.
    Leave {
        who: ParticipantId,
    },
    /// Every [`Append`] up to here is durable.
    Stored {
        upto: Seq,
    },
    /// Nothing from `from` on is stored, nor will be before the room appends it again.
    StoreFailed {
        from: Seq,
        trouble: Trouble,
    },
    /// What the person may do now, on all their sockets; `None`: nothing, as if the document did not exist.
    RightChanged {
        person: UserId,
        right: Option<Right>,
    },
    /// What the document is called now.
    Renamed {
        title: Title,
    },
    /// Something outside the document changed, of which everybody here is told, or these people: [`Message::Told`].
    Told {
        payload: Bytes,
        to: Option<BTreeSet<UserId>>,
    },
    /// So much of what was sent has left the queue to the socket.
    ///
    /// Due at least whenever [`REPORT_FRAMES`] or [`REPORT_BYTES`] have left since the last report.
    Drained {
        who: ParticipantId,
        frames: u32,
        bytes: usize,
    },
    /// Due at [`Room::next_tick`]; more often does no harm.
    Tick,
    /// The server stops: everybody is sent away to come back.
    Stop,
}

#[derive(Debug, Clone)]
pub struct Join {
    pub who: ParticipantId,
    pub person: PersonCard,
    pub dialect: Dialect,
    pub right: Right,
    /// What the document is called now.
    pub title: Title,
    /// A client id to hand out, drawn by chance from 1 to 2^53 - 1.
    pub client_id: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomEffect {
    Send {
        to: ParticipantId,
        frame: Bytes,
    },
    /// The same frame to each of them, at least one.
    SendAll {
        to: Vec<ParticipantId>,
        frame: Bytes,
    },
    Append(Append),
    /// Send what is queued, then close with this code. [`RoomInput::Leave`] is still due afterwards.
    Close {
        who: ParticipantId,
        code: CloseCode,
        /// A word for the close frame, ASCII, at most 123 bytes.
        reason: &'static str,
    },
    Audit(Audit),
    /// The document in memory can't be trusted any more: close every socket with [`CloseCode::RoomClosed`], put the
    /// culprit aside, drop this room and open it again from the store.
    Broken {
        culprit: Bytes,
        from: ParticipantId,
    },
}

/// An update to be stored, in the order and with the number given.
///
/// After [`RoomInput::StoreFailed`] the same appends come again with the same numbers: storing one that is there
/// already, byte for byte, is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    pub seq: Seq,
    pub author: UserId,
    pub from: ParticipantId,
    /// Client ids that are the author's from here on (E4); the update beside them is often empty.
    pub binds: Vec<u64>,
    /// As it was accepted, lib0 v1.
    pub update: Bytes,
}

/// Something that was not allowed, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub who: ParticipantId,
    pub person: UserId,
    pub refused: RefusedReason,
    pub bytes: usize,
}

/// The caller reports [`RoomInput::Drained`] after at most so many frames …
pub const REPORT_FRAMES: u32 = 64;
/// … or bytes, whichever comes first.
pub const REPORT_BYTES: usize = 64 << 10;

/// A document as bytes, with the place in the log up to which it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub upto: Seq,
    pub update: Bytes,
    pub state_vector: Bytes,
}

/// A document while it is open, and everybody who is in it.
pub struct Room {
    document: DocumentId,
    epoch: Epoch,
    /// The first client id handed out: chance enough to tell one life of the room from another.
    life: Option<u64>,
    doc: Doc,
    /// What the document has; a mirror of the state vector, since admission lets nothing be pending.
    clocks: Clocks,
    inventory: Inventory,
    authors: Authors,
    log: Log,
    /// Boxed: a node of the map has room for eleven.
    participants: BTreeMap<ParticipantId, Box<Participant>>,
    presence: PresenceTable,
    live: LiveTable,
    /// Who waits for what to be stored, in the order of the log.
    waiting: VecDeque<(Seq, ParticipantId)>,
    whole: Whole,
    /// No answer is written before (L7).
    answers_from: Millis,
    /// Somebody may be waiting for that.
    deferring: bool,
    /// Who was last sent a large difference of their own.
    alone: Option<ParticipantId>,
    /// The document's state has at most so many bytes.
    size: usize,
    /// When that was last found out exactly.
    measured: Option<Millis>,
    /// Something was deleted since: it may be less by now.
    has_deleted: bool,
    housekeeping_at: Millis,
    /// Nobody may edit.
    sealed: bool,
}

/// How often idle presence, slow readers and silent stock clients are looked after.
const HOUSEKEEPING_MILLIS: u64 = 5_000;

impl Room {
    /// Builds the document from what the store holds.
    ///
    /// Stored bytes went through admission once; a panic in here means that the store was tampered with or that yrs
    /// has a bug, and is the caller's to catch.
    pub fn open(seed: RoomSeed) -> Result<Room, OpenError> {
        let RoomSeed { document, epoch, snapshot, updates, last, authors } = seed;
        // First, because yrs dies of some bytes where this says what is wrong with them.
        let mut inventory = Inventory::default();
        for bytes in snapshot.iter().chain(&updates) {
            inventory
                .take_stored(bytes)
                .map_err(|source| OpenError::Structure { document: document.clone(), source })?;
        }
        let doc = new_doc(0);
        {
            let mut txn = doc.transact_mut();
            if let Some(bytes) = &snapshot {
                apply(&mut txn, bytes).map_err(|source| OpenError::Snapshot { document: document.clone(), source })?;
            }
            for (index, bytes) in updates.iter().enumerate() {
                apply(&mut txn, bytes).map_err(|source| OpenError::Update {
                    document: document.clone(),
                    index,
                    source,
                })?;
            }
            if txn.has_missing_updates() {
                return Err(OpenError::Gap { document: document.clone() });
            }
        }
        deleted_ranges(&doc.transact().snapshot().delete_set).for_each(|range| inventory.take_deleted(range));
        let clocks = doc.transact().state_vector().iter().map(|(client, clock)| (client.get(), *clock)).collect();
        Ok(Room {
            document,
            epoch,
            life: None,
            doc,
            clocks,
            inventory,
            authors: Authors::new(authors),
            log: Log::new(last),
            participants: BTreeMap::new(),
            presence: PresenceTable::default(),
            live: LiveTable::default(),
            waiting: VecDeque::new(),
            whole: Whole::default(),
            answers_from: Millis(0),
            deferring: false,
            alone: None,
            size: snapshot.iter().chain(&updates).map(Bytes::len).sum(),
            measured: None,
            has_deleted: false,
            housekeeping_at: Millis(0),
            sealed: false,
        })
    }

    /// The same room as a state of the document that is not its last: everybody may look at it, nobody may edit (E15).
    pub fn sealed(self) -> Room {
        Room { sealed: true, ..self }
    }

    /// Takes one input; the effects are to be performed in order.
    pub fn handle(&mut self, now: Millis, input: RoomInput) -> Vec<RoomEffect> {
        let mut effects = Vec::new();
        match input {
            RoomInput::Join(join) => self.join(now, join, &mut effects),
            RoomInput::Frame { from, frame } => self.frame(now, from, frame, &mut effects),
            RoomInput::Leave { who } => self.leave(now, who, &mut effects),
            RoomInput::Stored { upto } => self.stored(now, upto, &mut effects),
            RoomInput::StoreFailed { from, trouble } => self.store_failed(now, from, trouble, &mut effects),
            RoomInput::RightChanged { person, right } => self.right_changed(now, &person, right, &mut effects),
            RoomInput::Renamed { title } => self.renamed(now, &title, &mut effects),
            RoomInput::Told { payload, to } => self.told(now, &payload, to.as_ref(), &mut effects),
            RoomInput::Drained { who, frames, bytes } => self.drained(now, who, frames, bytes, &mut effects),
            RoomInput::Tick => self.tick(now, &mut effects),
            RoomInput::Stop => {
                for (who, participant) in &mut self.participants {
                    participant.close(*who, CloseCode::Restarting, "restarting", &mut effects);
                }
            }
        }
        effects
    }

    /// When [`RoomInput::Tick`] is due, if at all.
    pub fn next_tick(&self) -> Option<Millis> {
        let housekeeping = (!self.participants.is_empty()).then_some(self.housekeeping_at);
        let presence = self.presence.due(self.participants.len());
        let live = self.live.due(self.participants.len());
        [housekeeping, presence, live, self.log.retry_at(), self.deferred_until()].into_iter().flatten().min()
    }

    /// Nobody is here and everything is stored: the room may leave memory.
    pub fn is_idle(&self) -> bool {
        self.participants.is_empty() && self.log.is_settled()
    }

    /// The document as stored so far, for the cache; `None` while something in it is not stored yet.
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.log.is_settled().then(|| Snapshot {
            upto: self.log.last(),
            update: self.doc.transact().encode_diff_v1(&StateVector::default()).into(),
            state_vector: self.state_vector(),
        })
    }

    pub fn document(&self) -> &DocumentId {
        &self.document
    }

    /// Who is here, each person once.
    pub fn people(&self) -> Vec<PersonCard> {
        let mut seen = BTreeSet::new();
        let open = self.participants.values().filter(|participant| !participant.is_closed());
        open.filter(|participant| seen.insert(&participant.person.id)).map(|p| p.person.clone()).collect()
    }

    /// Reads the document, for exports and searches.
    pub fn read<T>(&self, reader: impl FnOnce(&Doc) -> T) -> T {
        reader(&self.doc)
    }

    fn state_vector(&self) -> Bytes {
        write_state_vector(self.clocks.iter().map(|(client, clock)| (*client, *clock))).into()
    }

    fn join(&mut self, now: Millis, join: Join, effects: &mut Vec<RoomEffect>) {
        let Join { who, person, dialect, right, title, client_id } = join;
        let right = self.right_here(right);
        let mut participant = Participant::new(person, dialect, right, now);
        match dialect {
            Dialect::Stock => {
                participant.send(who, now, Message::Step1(self.state_vector()).encode(), effects);
            }
            Dialect::Gongbei => {
                self.authors.reserve(client_id, who, &participant.person.id);
                let life = *self.life.get_or_insert(client_id);
                let welcome = Welcome { protocol: PROTOCOL, epoch: self.epoch.clone(), life, client_id, right };
                participant.send(who, now, Message::Welcome(welcome).encode(), effects);
                participant.send(who, now, Message::Title(title).encode(), effects);
                if let Some(trouble) = if self.sealed { Some(Trouble::Sealed) } else { self.log.trouble() } {
                    participant.send(who, now, Message::Trouble(trouble).encode(), effects);
                }
            }
        }
        if let Some(frame) = self.presence.frame_for_all_but(who) {
            participant.send(who, now, frame, effects);
        }
        if self.participants.is_empty() {
            self.housekeeping_at = now.plus(HOUSEKEEPING_MILLIS);
        }
        self.participants.insert(who, Box::new(participant));
    }

    fn frame(&mut self, now: Millis, from: ParticipantId, frame: Bytes, effects: &mut Vec<RoomEffect>) {
        let Some(participant) = self.participants.get_mut(&from).filter(|participant| !participant.is_closed()) else {
            return;
        };
        let message = match Message::decode(&frame) {
            Ok(message) if frame.len() <= MAX_FIRST_SYNC => message,
            Ok(_) | Err(_) => return participant.close(from, CloseCode::Malformed, "malformed frame", effects),
        };
        match message {
            Message::Step1(state_vector) => self.answer(now, from, &state_vector, effects),
            Message::Ask(state_vector) => {
                participant.unpacks = true;
                self.answer(now, from, &state_vector, effects);
            }
            Message::Step2(update) => self.edit(now, from, Carrier::Step2, update, frame, effects),
            Message::Update(update) => self.edit(now, from, Carrier::Update, update, frame, effects),
            Message::Awareness(payload) => self.presence_heard(now, from, &payload, effects),
            Message::QueryAwareness => {
                if let Some(frame) = self.presence.frame_for_all_but(from) {
                    participant.send(from, now, frame, effects);
                }
            }
            Message::Look(view) => self.look(now, from, &view, effects),
            Message::Live(payload) => self.live_heard(now, from, payload, effects),
            Message::Ping => participant.send(from, now, Message::Pong.encode(), effects),
            Message::Pong => {}
            Message::Welcome(_)
            | Message::Saved { .. }
            | Message::Refused(_)
            | Message::Right(_)
            | Message::Trouble(_)
            | Message::TroubleOver
            | Message::Title(_)
            | Message::Told(_)
            | Message::Glance(_)
            | Message::Packed(_) => participant.close(from, CloseCode::Malformed, "not for a server", effects),
        }
    }

    fn leave(&mut self, now: Millis, who: ParticipantId, effects: &mut Vec<RoomEffect>) {
        if self.participants.remove(&who).is_some() {
            self.authors.release(who);
            self.presence.leave(now, who);
            self.flush_presence_if_due(now, effects);
        }
    }

    fn right_here(&self, right: Right) -> Right {
        if self.sealed { right.min(Right::View) } else { right }
    }

    fn right_changed(&mut self, now: Millis, person: &UserId, right: Option<Right>, effects: &mut Vec<RoomEffect>) {
        let right = right.map(|right| self.right_here(right));
        for (who, participant) in self.participants.iter_mut().filter(|(_, p)| p.person.id == *person) {
            match right {
                None => participant.close(*who, CloseCode::NoRight, "no right", effects),
                Some(right) if right == participant.right => {}
                Some(right) => {
                    participant.right = right;
                    participant.tell_right(*who, now, effects);
                }
            }
        }
    }

    fn renamed(&mut self, now: Millis, title: &Title, effects: &mut Vec<RoomEffect>) {
        for (who, participant) in &mut self.participants {
            participant.tell_title(*who, now, title, effects);
        }
    }

    fn tick(&mut self, now: Millis, effects: &mut Vec<RoomEffect>) {
        self.log.retry(now, effects);
        self.answer_deferred(now, effects);
        if now >= self.housekeeping_at && !self.participants.is_empty() {
            self.housekeeping_at = now.plus(HOUSEKEEPING_MILLIS);
            self.presence.expire(now);
            self.whole = Whole::default();
            for (who, participant) in &mut self.participants {
                participant.look_after(*who, now, effects);
            }
        }
        self.flush_presence_if_due(now, effects);
        self.flush_live_if_due(now, effects);
    }
}

/// Takes stored or admitted bytes into the document.
fn deleted_ranges(set: &IdSet) -> impl Iterator<Item = Deleted> {
    set.iter().flat_map(|(client, ranges)| {
        let client = client.get();
        ranges.iter().map(move |range| Deleted { client, clock: range.start, len: range.end - range.start })
    })
}

fn apply(txn: &mut TransactionMut<'_>, update: &[u8]) -> Result<(), yrs::error::Error> {
    txn.apply_update(Update::decode_v1(update)?)?;
    Ok(())
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("document", &self.document)
            .field("last", &self.log.last())
            .field("participants", &self.participants.len())
            .finish_non_exhaustive()
    }
}
