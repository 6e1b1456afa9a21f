//! The client's end: one `ClientSync` for each open document of a page.
//!
//! The page performs the effects in the order given, before it hands in the next input.

mod edits;
mod line;
mod people;

use bytes::Bytes;
use serde_json::Value;

use self::edits::Edits;
use self::people::{Caret, People};

use super::{Millis, PresentPerson};
use crate::access::Right;
use crate::wire::{RefusedReason, Trouble};
use crate::words::{Epoch, Title, UnixMillis};

/// The page's copy of the document. It may hold back what the view shows, never what it is.
pub trait Replica {
    /// lib0 v1.
    fn state_vector(&self) -> Vec<u8>;
    /// What a replica with this state vector lacks, as a v1 update.
    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError>;
    /// Nothing it was given waits for something it lacks (`!has_missing_updates()`).
    fn is_whole(&self) -> bool;
    /// Takes in an update of others, or one that is known already.
    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError>;
    /// The replica has all that the server had when it was asked.
    fn arrived(&mut self) {}
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
    /// What is drawn at this moment, one message of [`crate::board::live`]: sent at once or not at all.
    Live(Bytes),
    /// What the page looks at, a [`crate::board::glance::View`]: comes first where there is nothing yet.
    Look(Bytes),
    /// What the browser says of the network.
    Network {
        online: bool,
    },
    /// Signed in again in place.
    SignedIn,
    /// The document is this person's to see again.
    RightIsBack,
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
    /// What the document is called; told at every welcome and when it is renamed.
    Titled(Title),
    /// What somebody draws at this moment, by the client id of their presence.
    Live {
        from: u64,
        message: Bytes,
    },
    /// Something outside the document changed, as JSON; empty if some of it was missed.
    Told(Bytes),
    /// What lies where the page looks, for [`crate::board::glance::read`], before the document is there.
    Glance(Bytes),
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
    /// Ask now and then whether it is back, then say `RightIsBack`.
    NoRight,
    /// The document here is not the document there any more, and it holds edits that were not saved (C3).
    EpochChanged,
    Refused(RefusedReason),
    /// The copy here is not what the server has, and nothing of one's own is in it: drop it and open the document anew.
    /// A room died with what others never came back with (C4), or the document is another one (C3).
    StartAfresh,
    /// The two sides don't understand each other: reload the page.
    Protocol,
}

/// Somebody else who is in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    pub person: PresentPerson,
    pub cursor: Option<Value>,
}

/// One document of one page: what is safe where, and how it gets to the server and back.
#[derive(Debug)]
pub struct ClientSync {
    epoch: Option<Epoch>,
    /// The life of the room that the copy here was last compared with.
    life: Option<u64>,
    /// The copy here had nothing when this connection was welcomed.
    was_empty: bool,
    id: PageId,
    /// A packed answer has not failed us yet (W8).
    unpacks: bool,
    right: Option<Right>,
    link: Link,
    /// Attempts since the line was last good.
    attempt: u32,
    /// Times the document did not come whole before patience ended.
    loads_given_up: u32,
    edits: Edits,
    server_trouble: Option<Trouble>,
    heard: Millis,
    pinged: Option<Millis>,
    /// The ping was not answered for some seconds.
    weak: bool,
    /// The browser said that there is no network, and nothing was answered since.
    no_network: bool,
    caret: Caret,
    people: People,
    /// What the page looks at.
    look: Option<Bytes>,
}

/// The client id of this page load (C2).
#[derive(Debug, Clone, Copy)]
enum PageId {
    /// Nobody has asked yet: a welcome may still bring a better one.
    Open(u64),
    Fixed(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Idle,
    /// Until it is time for the next attempt.
    Waiting {
        until: Millis,
    },
    Opening {
        since: Millis,
    },
    /// Open, not welcomed yet.
    Greeting,
    /// Our step 1 is out, the answer is not in.
    Syncing {
        life: u64,
    },
    Live,
    Stopped(StopReason),
}

const MIN_RETRY_MILLIS: u64 = 500;
const FIRST_RETRY_MILLIS: u64 = 2_000;
const MAX_RETRY_MILLIS: u64 = 15_000;
const OPEN_MILLIS: u64 = 15_000;
const PING_MILLIS: u64 = 10_000;
const WEAK_MILLIS: u64 = 5_000;
const DEAD_MILLIS: u64 = 20_000;
const LOADING_MILLIS: u64 = 120_000;
/// 16 minutes: 8 MiB at 9 KB/s.
const MAX_DOUBLINGS: u32 = 3;

impl ClientSync {
    pub fn new(seed: ClientSeed) -> Self {
        Self {
            epoch: seed.epoch,
            life: None,
            was_empty: true,
            id: PageId::Open(seed.fresh_id),
            unpacks: true,
            right: None,
            link: Link::Idle,
            attempt: 0,
            loads_given_up: 0,
            edits: Edits::new(seed.kept_before),
            server_trouble: None,
            heard: Millis(0),
            pinged: None,
            weak: false,
            no_network: false,
            caret: Caret::default(),
            people: People::default(),
            look: None,
        }
    }

    /// The client id to open the replica with; asking fixes it for this page load.
    pub fn client_id(&mut self) -> u64 {
        let id = self.id();
        self.id = PageId::Fixed(id);
        id
    }

    /// Takes one input; the effects are to be performed in order.
    pub fn handle(&mut self, at: Moment, input: ClientInput, replica: &mut dyn Replica) -> Vec<ClientEffect> {
        let mut effects = Vec::new();
        let shown = self.shown();
        match input {
            ClientInput::Start => self.connect(at, &mut effects),
            ClientInput::Opened => self.opened(at),
            ClientInput::Frame(frame) => self.frame(at, &frame, replica, &mut effects),
            ClientInput::Closed { code } => self.closed(at, code, &mut effects),
            ClientInput::LocalUpdate(update) => self.local_update(at, update, replica, &mut effects),
            ClientInput::Kept { n } => self.edits.kept(n),
            ClientInput::KeepFailed { n } => self.edits.keep_failed(n),
            ClientInput::Waiting { bytes } => {
                if self.edits.socket_waits(bytes) {
                    self.line_moves(at.now);
                }
                self.flush(at, replica, &mut effects);
            }
            ClientInput::Cursor(cursor) => {
                self.caret.set(cursor);
                self.show_caret(at.now, &mut effects);
            }
            ClientInput::Live(message) => self.show_live(message, &mut effects),
            ClientInput::Look(view) => self.look = Some(view),
            ClientInput::Network { online } => self.network(at, online, &mut effects),
            ClientInput::SignedIn => {
                if self.link == Link::Stopped(StopReason::SessionEnded) {
                    self.connect(at, &mut effects);
                }
            }
            // What is a draft by now must not go up, too (X3).
            ClientInput::RightIsBack => {
                if self.link == Link::Stopped(StopReason::NoRight) && !self.edits.has_unsaved() {
                    self.connect(at, &mut effects);
                }
            }
            ClientInput::Tick => self.tick(at, replica, &mut effects),
        }
        if self.shown() != shown {
            effects.push(ClientEffect::Show);
        }
        effects
    }

    /// When [`ClientInput::Tick`] is due next, if at all.
    pub fn next_tick(&self) -> Option<Millis> {
        match self.link {
            Link::Idle | Link::Stopped(_) => None,
            Link::Waiting { until } => Some(until),
            Link::Opening { since } => Some(since.plus(OPEN_MILLIS)),
            Link::Greeting | Link::Syncing { .. } => Some(self.line_due()),
            Link::Live => {
                let line = Some(self.line_due());
                let due = [line, self.edits.resync_at(), Some(self.caret.due()), self.people.due()];
                due.into_iter().flatten().min()
            }
        }
    }

    pub fn saving(&self) -> Saving {
        self.edits.saving(self.server_trouble)
    }

    pub fn line(&self) -> Line {
        match self.link {
            Link::Stopped(reason) => Line::Stopped(reason),
            Link::Waiting { .. } => Line::Offline,
            _ if self.no_network => Line::Offline,
            Link::Opening { .. } | Link::Greeting | Link::Syncing { .. } if self.attempt > 0 => Line::Offline,
            Link::Idle | Link::Opening { .. } | Link::Greeting | Link::Syncing { .. } => Line::Connecting,
            Link::Live if self.weak => Line::Weak,
            Link::Live => Line::Online,
        }
    }

    /// The right as last heard; `None` before the first welcome.
    pub fn right(&self) -> Option<Right> {
        self.right
    }

    /// Who else is here, by the client id of their entry.
    pub fn people(&self) -> impl Iterator<Item = (u64, &Presence)> {
        self.people.iter()
    }

    fn id(&self) -> u64 {
        match self.id {
            PageId::Open(id) | PageId::Fixed(id) => id,
        }
    }

    fn shown(&self) -> (Saving, Line, Option<Right>) {
        (self.saving(), self.line(), self.right)
    }
}
