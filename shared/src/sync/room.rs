//! The server's end: one `Room` owns the document and everybody who is in it.
//!
//! The caller performs the effects in the order given, before it hands in the next input. It wraps [`Room::handle`]
//! in `catch_unwind`; after a panic or [`RoomEffect::Broken`] it drops the room and opens it again from the store.

use bytes::Bytes;

use super::Millis;
use crate::access::Right;
use crate::api::PersonCard;
use crate::wire::{CloseCode, RefusedReason, Trouble};
use crate::words::{DocumentId, Epoch, Seq, UserId};

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

#[derive(Debug)]
pub struct Room {
    document: DocumentId,
}

impl Room {
    /// Builds the document from what the store holds.
    pub fn open(seed: RoomSeed) -> Result<Room, OpenError> {
        Ok(Room { document: seed.document })
    }

    pub fn handle(&mut self, _now: Millis, _input: RoomInput) -> Vec<RoomEffect> {
        Vec::new()
    }

    /// When [`RoomInput::Tick`] is due, if at all.
    pub fn next_tick(&self) -> Option<Millis> {
        None
    }

    /// Nobody is here and everything is stored: the room may leave memory.
    pub fn is_idle(&self) -> bool {
        true
    }

    /// The document as stored so far, for the cache; `None` while something in it is not stored yet.
    pub fn snapshot(&self) -> Option<Snapshot> {
        None
    }

    pub fn document(&self) -> &DocumentId {
        &self.document
    }

    /// Who is here, each person once.
    pub fn people(&self) -> Vec<PersonCard> {
        Vec::new()
    }
}
