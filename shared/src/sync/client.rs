//! The client's end: one `ClientSync` for each open document of a page.
//!
//! The page performs the effects in the order given, before it hands in the next input.

use bytes::Bytes;
use serde_json::Value;

use super::{Millis, PresentPerson};
use crate::access::Right;
use crate::wire::{RefusedReason, Trouble};
use crate::words::{Epoch, UnixMillis};

/// The page's copy of the document. It may hold back what the view shows, never what it is.
pub trait Replica {
    /// lib0 v1.
    fn state_vector(&self) -> Vec<u8>;
    /// What a replica with this state vector lacks, as a v1 update.
    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError>;
    /// Takes in an update of others, or one that is known already.
    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError>;
}

#[derive(Debug, thiserror::Error)]
#[error("the replica cannot read what it was given: {0}")]
pub struct ReplicaError(pub String);

/// Now, as the page sees it.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: Millis,
    /// For "saved at 10:42".
    pub wall: UnixMillis,
    /// 0 up to 1, drawn for each input; spreads reconnections.
    pub chance: f64,
}

/// What the page knows when it opens a document.
#[derive(Debug, Clone)]
pub struct ClientSeed {
    /// A client id drawn by chance for this page load, 1 to 2^53 - 1; never one that was used before.
    pub fresh_id: u64,
    /// The epoch of the copy on this device, if there is one.
    pub epoch: Option<Epoch>,
    /// Updates kept by earlier page loads are in the replica, and not known to be on the server.
    pub kept_before: bool,
}

#[derive(Debug, Clone)]
pub enum ClientInput {
    /// The page is ready to connect.
    Start,
    Opened,
    Frame(Bytes),
    /// The socket is closed or could not be opened; 1006 if no code is known.
    Closed {
        code: u16,
    },
    /// The replica has made this update.
    LocalUpdate(Bytes),
    /// Storage of this device holds the update kept under `n`, and all before it.
    Kept {
        n: u64,
    },
    /// Storage of this device is full or broken.
    KeepFailed {
        n: u64,
    },
    /// `bufferedAmount` of the socket: above 16 KiB local updates wait and are merged.
    Waiting {
        bytes: usize,
    },
    /// Where the caret is: `{"anchor", "head"}` as y-prosemirror writes them, or nowhere.
    Cursor(Option<Value>),
    /// What the browser says of the network.
    Network {
        online: bool,
    },
    /// Signed in again in place.
    SignedIn,
    /// Due at [`ClientSync::next_tick`]; more often does no harm.
    Tick,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ClientEffect {
    /// Open a socket with the subprotocol; one that is there already is dropped.
    Connect,
    /// Close the socket; no `Closed` is needed.
    Disconnect,
    Send(Bytes),
    /// Store this update on the device under this page's name and `n`, then say `Kept`.
    Keep {
        n: u64,
        update: Bytes,
    },
    /// The server has everything up to `n` of this page.
    Forget {
        upto: u64,
    },
    /// The server has everything that earlier page loads had kept when this one started.
    ForgetEarlier,
    /// Store with the copy on this device.
    KeepEpoch(Epoch),
    /// What is not saved can't go into this document: it stays on the device as a draft of its author.
    SetAside(StopReason),
    /// [`ClientSync::saving`], [`ClientSync::line`] or [`ClientSync::right`] say something else now.
    Show,
    /// [`ClientSync::people`] says something else now.
    PeopleChanged,
}

/// How safe the person's own edits are. What is in the tab only is lost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saving {
    /// Edits of this page that no storage holds yet.
    pub in_tab: u64,
    /// Edits on this device that the server does not have yet.
    pub on_device: u64,
    /// When the server last said that it has everything.
    pub on_server: Option<UnixMillis>,
    /// Storage of this device takes nothing any more.
    pub device_full: bool,
    /// The server can't store at the moment.
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Connecting,
    Online,
    /// Connected, but no answer for some seconds.
    Weak,
    Offline,
    /// No further attempt before the person does something.
    Stopped(StopReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Sign in again, then say `SignedIn`.
    SessionEnded,
    NoRight,
    /// The document here is not the document there any more (C3).
    EpochChanged,
    Refused(RefusedReason),
    /// The two sides don't understand each other: reload the page.
    Protocol,
}

/// Somebody else who is in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    pub person: PresentPerson,
    pub cursor: Option<Value>,
}

#[derive(Debug)]
pub struct ClientSync {
    seed: ClientSeed,
    right: Right,
}

impl ClientSync {
    pub fn new(seed: ClientSeed) -> Self {
        Self { seed, right: Right::View }
    }

    /// The client id to open the replica with; asking fixes it for this page load.
    pub fn client_id(&mut self) -> u64 {
        self.seed.fresh_id
    }

    pub fn handle(&mut self, _at: Moment, _input: ClientInput, _replica: &mut dyn Replica) -> Vec<ClientEffect> {
        Vec::new()
    }

    /// When [`ClientInput::Tick`] is due next.
    pub fn next_tick(&self) -> Millis {
        Millis(0)
    }

    pub fn saving(&self) -> Saving {
        Saving::default()
    }

    pub fn line(&self) -> Line {
        Line::Connecting
    }

    /// The right as last heard; `None` before the first welcome.
    pub fn right(&self) -> Option<Right> {
        Some(self.right)
    }

    /// Who else is here, by the client id of their entry.
    pub fn people(&self) -> impl Iterator<Item = (u64, &Presence)> {
        std::iter::empty()
    }
}
