//! Frames on the wire: y-protocols and our own (rules W1 to W8 of docs/protocol.md).
//!
//! One websocket message carries one frame. Numbers are lib0 varints, byte strings carry their length in front.
//! Reading borrows from the frame and never allocates by a declared length; nothing here recurses.

pub mod lib0;
pub mod update;

use bytes::Bytes;

use crate::access::Right;
use crate::words::{Epoch, Title};
use lib0::{ReadError, Reader, write_bytes, write_string, write_uint};

/// The websocket subprotocol of our own client. Without it a participant is a stock y-websocket client.
pub const SUBPROTOCOL: &str = "gongbei.v1";
/// The `protocol` of [`Welcome`].
pub const PROTOCOL: u64 = 1;
/// Largest frame a server takes, in bytes.
pub const MAX_FRAME: usize = 1 << 20;
/// Largest first sync step 2 of a connection: what was written offline comes in one frame.
pub const MAX_FIRST_SYNC: usize = 8 << 20;
/// Largest document, in bytes of its state as one update: beyond it only deletions are taken.
pub const MAX_DOCUMENT: usize = 32 << 20;
/// Largest frame a client takes: any document, with room to spare for those that were larger before there was a limit.
pub const MAX_ANSWER: usize = 64 << 20;
/// Largest presence entry, in bytes of JSON.
pub const MAX_PRESENCE: usize = 4 << 10;
/// Largest live message, in bytes: what somebody draws at this moment.
pub const MAX_LIVE: usize = 1 << 10;
/// Most entries in one presence frame.
pub const MAX_PRESENCE_ENTRIES: u64 = 4_096;
/// Client ids are numbers a JavaScript peer holds exactly.
pub const MAX_CLIENT_ID: u64 = (1 << 53) - 1;

/// One frame, taken apart. The bytes inside share the frame's buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// "This is what I have": a state vector.
    Step1(Bytes),
    /// "This is what you lack": an update, the answer to a step 1.
    Step2(Bytes),
    /// A new update.
    Update(Bytes),
    /// Presence entries, see [`presence_entries`].
    Awareness(Bytes),
    QueryAwareness,
    Welcome(Welcome),
    /// The first `frames` update-carrying frames of this connection (step 2 or update) are durable or were refused.
    Saved {
        frames: u64,
    },
    Refused(Refused),
    /// The right from now on.
    Right(Right),
    Trouble(Trouble),
    TroubleOver,
    Ping,
    Pong,
    /// What the document is called from now on.
    Title(Title),
    /// A step 1 of somebody who unpacks: what answers it may be [`Message::Packed`] (W8).
    Ask(Bytes),
    /// A step 2 as [`crate::sync::packed`] makes it.
    Packed(Bytes),
    /// What is drawn at this moment: to a server one message of [`crate::board::live`], to a client several with their
    /// senders, see [`live_entries`].
    Live(Bytes),
    /// Something outside the document changed, as JSON; empty if one was behind, and may have missed some of it.
    Told(Bytes),
    /// "This is what I look at": a [`crate::board::glance::View`], asked before the first step 1.
    Look(Bytes),
    /// What lies there, as [`crate::board::glance::glance`] writes it.
    Glance(Bytes),
}

/// First frame to our own client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// [`PROTOCOL`].
    pub protocol: u64,
    /// A client that holds content of another epoch must not merge (C3).
    pub epoch: Epoch,
    /// Which life of the room this is. A room that died may have handed on what it never stored (C4).
    pub life: u64,
    /// For the structs this page will make; nobody else gets it.
    pub client_id: u64,
    pub right: Right,
}

/// An update-carrying frame was not taken, or not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its number on this connection: update-carrying frames count from 1.
    pub frame: u64,
    pub reason: RefusedReason,
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The number on the wire.
            pub fn code(self) -> u16 {
                match self {
                    $($name::$variant => $code,)*
                }
            }

            /// What that number means.
            pub fn of_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

codes!(
    /// Why an update was not taken.
    RefusedReason {
        /// The person may not edit (any more).
        ViewOnly = 1,
        /// Over [`MAX_FRAME`], or [`MAX_FIRST_SYNC`] for a first step 2.
        TooLarge = 2,
        /// It builds on something the room does not have: sync again, then it fits.
        Missing = 3,
        /// It carries new structs of a client id that belongs to someone else.
        NotYours = 4,
        /// The disk is full or the store is behind: sync again later.
        StorageFull = 5,
        /// It holds something no document may hold.
        Content = 6,
        /// A step 2 was taken but for what belongs to others or builds on what the room does not have: sync again later.
        LeftOut = 7,
        /// The document would grow over [`MAX_DOCUMENT`].
        DocumentFull = 8,
    }
);

impl RefusedReason {
    /// Sending the same again later may succeed.
    pub fn is_passing(self) -> bool {
        match self {
            RefusedReason::Missing | RefusedReason::StorageFull | RefusedReason::LeftOut => true,
            RefusedReason::ViewOnly
            | RefusedReason::TooLarge
            | RefusedReason::NotYours
            | RefusedReason::Content
            | RefusedReason::DocumentFull => false,
        }
    }
}

codes!(
    /// What keeps the room from storing.
    Trouble {
        StorageFull = 1,
        StorageFailing = 2,
        /// What is stored can't be read whole: an earlier state is shown, and nobody may edit it (E15).
        Sealed = 3,
    }
);

codes!(
    /// Why a socket is closed (rules X1 to X5).
    CloseCode {
        /// The server stops or starts again: come back.
        Restarting = 1012,
        /// A frame that can't be read or that this side never sends.
        Malformed = 4400,
        /// Sign in again; the edits stay on the device.
        SessionEnded = 4401,
        /// No right, or no such document: absent and forbidden look the same.
        NoRight = 4403,
        /// Did not read for too long: come back and catch up.
        TooSlow = 4408,
        /// The document is another one now (restored from a backup).
        EpochChanged = 4409,
        /// The room had to be closed: come back.
        RoomClosed = 4503,
    }
);

/// A frame that can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("frame of {0} bytes, {MAX_ANSWER} at most")]
    TooLarge(usize),
    #[error("unknown frame type {0}")]
    UnknownType(u64),
    #[error("unknown sync step {0}")]
    UnknownStep(u64),
    #[error("unknown code {0}")]
    UnknownCode(u64),
    #[error("not an epoch")]
    NotAnEpoch,
    #[error("not a title")]
    NotATitle,
    #[error("client id {0} is over 2^53 - 1")]
    ClientId(u64),
    #[error("{0} presence entries, {MAX_PRESENCE_ENTRIES} at most")]
    TooManyEntries(u64),
    #[error("{0} bytes after the end of the frame")]
    Trailing(usize),
    #[error("unreadable: {0}")]
    Read(#[from] ReadError),
}

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const QUERY_AWARENESS: u64 = 3;
const WELCOME: u64 = 64;
const SAVED: u64 = 65;
const REFUSED: u64 = 66;
const RIGHT: u64 = 67;
const TROUBLE: u64 = 68;
const TROUBLE_OVER: u64 = 69;
const PING: u64 = 70;
const PONG: u64 = 71;
const TITLE: u64 = 72;
const ASK: u64 = 73;
const PACKED: u64 = 74;
const LIVE: u64 = 75;
const TOLD: u64 = 76;
const LOOK: u64 = 77;
const GLANCE: u64 = 78;

const STEP1: u64 = 0;
const STEP2: u64 = 1;
const UPDATE: u64 = 2;

impl Message {
    /// Takes a frame apart; the parts share its buffer.
    ///
    /// A frame is read to its last byte, so that two messages in one frame are refused (W3).
    pub fn decode(frame: &Bytes) -> Result<Message, FrameError> {
        if frame.len() > MAX_ANSWER {
            return Err(FrameError::TooLarge(frame.len()));
        }
        let mut reader = Reader::new(frame);
        let message = match reader.uint()? {
            SYNC => {
                let step = reader.uint()?;
                let payload = frame.slice_ref(reader.bytes()?);
                match step {
                    STEP1 => Message::Step1(payload),
                    STEP2 => Message::Step2(payload),
                    UPDATE => Message::Update(payload),
                    step => return Err(FrameError::UnknownStep(step)),
                }
            }
            AWARENESS => Message::Awareness(frame.slice_ref(reader.bytes()?)),
            QUERY_AWARENESS => Message::QueryAwareness,
            WELCOME => Message::Welcome(Welcome {
                protocol: reader.uint()?,
                epoch: reader.string()?.parse().map_err(|_| FrameError::NotAnEpoch)?,
                life: reader.uint()?,
                client_id: client_id(&mut reader)?,
                right: right_of_code(reader.uint()?)?,
            }),
            SAVED => Message::Saved { frames: reader.uint()? },
            REFUSED => {
                let frame = reader.uint()?;
                let code = reader.uint()?;
                // What was refused for a reason of a newer server is refused all the same (W7).
                let reason = RefusedReason::of_code(code).unwrap_or(RefusedReason::Content);
                Message::Refused(Refused { frame, reason })
            }
            RIGHT => Message::Right(right_of_code(reader.uint()?)?),
            TROUBLE => {
                let code = reader.uint()?;
                Message::Trouble(Trouble::of_code(code).ok_or(FrameError::UnknownCode(code))?)
            }
            TROUBLE_OVER => Message::TroubleOver,
            PING => Message::Ping,
            PONG => Message::Pong,
            TITLE => Message::Title(Title::new(reader.string()?).map_err(|_| FrameError::NotATitle)?),
            ASK => Message::Ask(frame.slice_ref(reader.bytes()?)),
            PACKED => Message::Packed(frame.slice_ref(reader.bytes()?)),
            LIVE => Message::Live(frame.slice_ref(reader.bytes()?)),
            TOLD => Message::Told(frame.slice_ref(reader.bytes()?)),
            LOOK => Message::Look(frame.slice_ref(reader.bytes()?)),
            GLANCE => Message::Glance(frame.slice_ref(reader.bytes()?)),
            other => return Err(FrameError::UnknownType(other)),
        };
        match reader.remaining() {
            0 => Ok(message),
            left => Err(FrameError::Trailing(left)),
        }
    }

    /// Whether the frame asks for what takes long to write: a step 1 or a view, if it is one at all.
    pub fn is_question(frame: &[u8]) -> bool {
        let mut reader = Reader::new(frame);
        match reader.uint() {
            Ok(SYNC) => reader.uint() == Ok(STEP1),
            Ok(ASK | LOOK) => true,
            Ok(_) | Err(_) => false,
        }
    }

    /// The frame that [`Message::decode`] reads back.
    pub fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(self.payload_len() + 24);
        match self {
            Message::Step1(payload) => sync_frame(&mut out, STEP1, payload),
            Message::Step2(payload) => sync_frame(&mut out, STEP2, payload),
            Message::Update(payload) => sync_frame(&mut out, UPDATE, payload),
            Message::Awareness(payload) => byte_frame(&mut out, AWARENESS, payload),
            Message::QueryAwareness => write_uint(&mut out, QUERY_AWARENESS),
            Message::Welcome(Welcome { protocol, epoch, life, client_id, right }) => {
                write_uint(&mut out, WELCOME);
                write_uint(&mut out, *protocol);
                write_string(&mut out, epoch.as_str());
                write_uint(&mut out, *life);
                write_uint(&mut out, *client_id);
                write_uint(&mut out, code_of_right(*right));
            }
            Message::Saved { frames } => {
                write_uint(&mut out, SAVED);
                write_uint(&mut out, *frames);
            }
            Message::Refused(Refused { frame, reason }) => {
                write_uint(&mut out, REFUSED);
                write_uint(&mut out, *frame);
                write_uint(&mut out, u64::from(reason.code()));
            }
            Message::Right(right) => {
                write_uint(&mut out, RIGHT);
                write_uint(&mut out, code_of_right(*right));
            }
            Message::Trouble(trouble) => {
                write_uint(&mut out, TROUBLE);
                write_uint(&mut out, u64::from(trouble.code()));
            }
            Message::TroubleOver => write_uint(&mut out, TROUBLE_OVER),
            Message::Ping => write_uint(&mut out, PING),
            Message::Pong => write_uint(&mut out, PONG),
            Message::Title(title) => {
                write_uint(&mut out, TITLE);
                write_string(&mut out, title.as_str());
            }
            Message::Ask(payload) => byte_frame(&mut out, ASK, payload),
            Message::Packed(payload) => byte_frame(&mut out, PACKED, payload),
            Message::Live(payload) => byte_frame(&mut out, LIVE, payload),
            Message::Told(payload) => byte_frame(&mut out, TOLD, payload),
            Message::Look(payload) => byte_frame(&mut out, LOOK, payload),
            Message::Glance(payload) => byte_frame(&mut out, GLANCE, payload),
        }
        out.into()
    }

    fn payload_len(&self) -> usize {
        match self {
            Message::Step1(payload)
            | Message::Step2(payload)
            | Message::Update(payload)
            | Message::Awareness(payload)
            | Message::Ask(payload)
            | Message::Packed(payload)
            | Message::Live(payload)
            | Message::Told(payload)
            | Message::Look(payload)
            | Message::Glance(payload) => payload.len(),
            Message::Welcome(welcome) => welcome.epoch.as_str().len(),
            Message::Title(title) => title.as_str().len(),
            Message::QueryAwareness
            | Message::Saved { .. }
            | Message::Refused(_)
            | Message::Right(_)
            | Message::Trouble(_)
            | Message::TroubleOver
            | Message::Ping
            | Message::Pong => 0,
        }
    }
}

fn sync_frame(out: &mut Vec<u8>, step: u64, payload: &[u8]) {
    write_uint(out, SYNC);
    byte_frame(out, step, payload);
}

fn byte_frame(out: &mut Vec<u8>, kind: u64, payload: &[u8]) {
    write_uint(out, kind);
    write_bytes(out, payload);
}

fn client_id(reader: &mut Reader<'_>) -> Result<u64, FrameError> {
    match reader.uint()? {
        id if id <= MAX_CLIENT_ID => Ok(id),
        id => Err(FrameError::ClientId(id)),
    }
}

fn code_of_right(right: Right) -> u64 {
    match right {
        Right::View => 1,
        Right::Comment => 2,
        Right::Edit => 3,
        Right::Manage => 4,
        // The codes are older than this right.
        Right::Suggest => 5,
    }
}

fn right_of_code(code: u64) -> Result<Right, FrameError> {
    match code {
        1 => Ok(Right::View),
        2 => Ok(Right::Comment),
        3 => Ok(Right::Edit),
        4 => Ok(Right::Manage),
        5 => Ok(Right::Suggest),
        code => Err(FrameError::UnknownCode(code)),
    }
}

/// One entry of a presence frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenceEntry<'a> {
    pub client_id: u64,
    /// Grows with each change of the entry.
    pub clock: u32,
    /// A JSON object, or `null` for somebody who left.
    pub state: &'a str,
}

/// The entries of a [`Message::Awareness`], in the layout of y-protocols' `encodeAwarenessUpdate`.
pub fn presence_entries(payload: &[u8]) -> Result<Vec<PresenceEntry<'_>>, FrameError> {
    let mut reader = Reader::new(payload);
    let count = reader.uint()?;
    if count > MAX_PRESENCE_ENTRIES {
        return Err(FrameError::TooManyEntries(count));
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        let client_id = client_id(&mut reader)?;
        let clock = reader.uint32()?;
        entries.push(PresenceEntry { client_id, clock, state: reader.string()? });
    }
    match reader.remaining() {
        0 => Ok(entries),
        left => Err(FrameError::Trailing(left)),
    }
}

/// The frame of these presence entries.
pub fn presence_frame<'a>(entries: impl ExactSizeIterator<Item = PresenceEntry<'a>>) -> Bytes {
    let mut payload = Vec::new();
    write_uint(&mut payload, entries.len() as u64);
    for PresenceEntry { client_id, clock, state } in entries {
        write_uint(&mut payload, client_id);
        write_uint(&mut payload, u64::from(clock));
        write_string(&mut payload, state);
    }
    Message::Awareness(payload.into()).encode()
}

/// The messages of a [`Message::Live`] to a client, each with the client id under which its sender is present.
///
/// # Errors
/// If the payload is none.
pub fn live_entries(payload: &Bytes) -> Result<Vec<(u64, Bytes)>, FrameError> {
    let mut reader = Reader::new(payload);
    let mut entries = Vec::new();
    while reader.remaining() > 0 {
        entries.push((client_id(&mut reader)?, payload.slice_ref(reader.bytes()?)));
    }
    Ok(entries)
}

/// The frame of these messages with their senders.
pub fn live_frame<'a>(entries: impl Iterator<Item = (u64, &'a [u8])>) -> Bytes {
    let mut payload = Vec::new();
    for (client_id, message) in entries {
        write_uint(&mut payload, client_id);
        write_bytes(&mut payload, message);
    }
    Message::Live(payload.into()).encode()
}
