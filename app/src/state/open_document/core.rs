//! The pieces of an open document, and how an input walks through them.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::GetValue;
use leptos::task::spawn_local;
use shared::sync::Millis;
use shared::sync::client::{ClientEffect, ClientInput, ClientSync, Moment, Replica, ReplicaError};
use shared::words::{Epoch, UnixMillis};

use super::OpenDocument;
use super::device::note;
use super::medium::{ChangeOf, Medium, View};
use crate::browser::socket::{Socket, Told};
use crate::browser::storage::{LeftPage, Remembered, Shelf};
use crate::browser::{clock, page};

pub(super) struct Core<M: Medium> {
    pub sync: ClientSync,
    pub desk: Desk<M>,
    pub socket: Option<Socket>,
    pub view: Option<Rc<M::View>>,
    pub shelf: Option<Shelf>,
    /// What earlier page loads had kept when this one took it over.
    pub left: Vec<LeftPage>,
    /// What they had kept of other epochs. It becomes drafts once the server has said which one it has.
    pub foreign: Vec<LeftPage>,
    pub keeping: Keeping,
    /// When what is unsaved became a draft: what still comes goes into the same one.
    pub aside: Option<UnixMillis>,
    pub epoch: Option<Epoch>,
    /// The document that the kept edits build on is to be kept soon.
    pub keeping_base: bool,
    pub tick: Option<Alarm>,
    /// A colleague's place could not be found yet.
    pub lost_cursor: bool,
    /// When something was last written here.
    pub wrote: Millis,
}

impl<M: Medium> Core<M> {
    /// Something is being written or drawn that the replica does not have yet.
    pub fn is_composing(&self) -> bool {
        self.desk.replica.is_composing(self.view.as_deref())
    }
}

/// Edits on their way onto the shelf.
#[derive(Default)]
pub(super) struct Keeping {
    /// By their numbers, until the disk has taken what went before.
    pub waiting: Vec<(u64, Bytes)>,
    pub remembered: Remembered,
    pub under_way: bool,
    /// The last edit that was made.
    pub last: u64,
    /// How often a draft was made of them.
    pub asides: u64,
}

/// The replica as the sync core sees it: what it takes in goes on to the view.
pub(super) struct Desk<M: Medium> {
    pub replica: M,
    pub changes: Vec<ChangeOf<M>>,
    /// Something came from the server: the document first of all.
    pub has_document: bool,
    /// The shelf holds all that the kept edits build on.
    pub base_is_kept: bool,
}

impl<M: Medium> Replica for Desk<M> {
    fn state_vector(&self) -> Vec<u8> {
        self.replica.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        self.replica.diff(state_vector).map_err(|error| ReplicaError(error.to_string()))
    }

    fn is_whole(&self) -> bool {
        self.replica.is_whole()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        let changes = self.replica.apply_remote(update).map_err(|error| ReplicaError(error.to_string()))?;
        self.changes.extend(changes);
        self.has_document = true;
        self.base_is_kept = false;
        Ok(())
    }

    fn arrived(&mut self) {
        let changes = self.replica.arrived();
        self.changes.extend(changes);
    }
}

impl<M: Medium> OpenDocument<M> {
    /// Hands an input to the sync core, and performs what it asks for.
    pub(super) fn handle(self, input: ClientInput) {
        let Some(core) = self.core() else { return };
        let (effects, changes) = {
            let mut core = core.borrow_mut();
            let core = &mut *core;
            let effects = core.sync.handle(moment(), input, &mut core.desk);
            (effects, std::mem::take(&mut core.desk.changes))
        };
        if !changes.is_empty() {
            self.with_view(|view| view.apply(&changes));
            self.tell_undo();
            if core.borrow().lost_cursor {
                self.show_people();
            }
        }
        for effect in effects {
            self.perform(effect);
        }
        let carried = core.borrow_mut().desk.replica.take_carried();
        for update in carried {
            self.handle(ClientInput::LocalUpdate(update.into()));
        }
        self.settle();
        self.plan_tick();
    }

    pub(super) fn perform(self, effect: ClientEffect) {
        let Some(core) = self.core() else { return };
        match effect {
            ClientEffect::Connect => {
                let person = self.session.person();
                let socket = person.and_then(|who| Socket::connect(&self.id(), &who, move |told| self.hear(told)));
                let opens = socket.is_some();
                set_socket(&core, socket);
                if !opens {
                    page::later(0, move || self.handle(ClientInput::Closed { code: 1006 }));
                }
            }
            ClientEffect::Disconnect => set_socket(&core, None),
            ClientEffect::Send(frame) => {
                if let Some(socket) = &core.borrow().socket {
                    socket.send(&frame);
                }
            }
            ClientEffect::Keep { n, update } => {
                core.borrow_mut().wrote = clock::now();
                self.keep(&core, n, update);
            }
            ClientEffect::Forget { upto } => {
                let mut now = core.borrow_mut();
                now.desk.base_is_kept = false;
                now.keeping.waiting.retain(|(n, _)| *n > upto);
                drop(now);
                if let Some(shelf) = core.borrow().shelf.clone() {
                    spawn_local(async move { note(shelf.forget(upto).await) });
                }
            }
            ClientEffect::ForgetEarlier => {
                let left = std::mem::take(&mut core.borrow_mut().left);
                if let Some(shelf) = core.borrow().shelf.clone() {
                    spawn_local(async move { note(shelf.forget_left(&left).await) });
                }
            }
            // It goes onto the shelf with each edit.
            ClientEffect::KeepEpoch(epoch) => core.borrow_mut().epoch = Some(epoch),
            ClientEffect::SetAside(reason) => self.set_aside(&core, reason),
            ClientEffect::Show => self.tell(&core),
            ClientEffect::PeopleChanged => self.show_people(),
            ClientEffect::Titled(title) => self.titled(&title),
            ClientEffect::Live { from, message } => self.with_view(|view| view.live(from, &message)),
            ClientEffect::Glance(seen) => {
                let changes = core.borrow_mut().desk.replica.glimpse(&seen);
                self.glimpsed(&changes);
            }
            ClientEffect::Told(news) => {
                // Whoever has opened it alone does not listen.
                if let Some(listener) = self.listener.try_get_value().flatten() {
                    listener(&news);
                }
            }
        }
    }

    pub(super) fn hear(self, told: Told) {
        match told {
            Told::Opened => self.handle(ClientInput::Opened),
            Told::Frame(frame) => {
                self.with_view(View::flush);
                self.handle(ClientInput::Frame(frame));
            }
            Told::Closed { code } => self.handle(ClientInput::Closed { code }),
        }
    }

    /// Sets the alarm for when the sync core wants to be asked again. One that rings earlier stays: nearly every input
    /// puts the time off, and asking too early does no harm.
    pub(super) fn plan_tick(self) {
        let Some(core) = self.core() else { return };
        let mut core = core.borrow_mut();
        let Some(due) = core.sync.next_tick() else { return drop(core.tick.take()) };
        if core.tick.as_ref().is_some_and(|alarm| alarm.rings_at <= due) {
            return;
        }
        let now = clock::now();
        let wait = due.since(now).clamp(1, 60_000);
        let alarm = page::later(wait as u32, move || {
            let Some(core) = self.core() else { return };
            core.borrow_mut().tick = None;
            let waiting = core.borrow().socket.as_ref().map(Socket::waiting);
            if let Some(bytes) = waiting {
                self.handle(ClientInput::Waiting { bytes });
            }
            self.handle(ClientInput::Tick);
        });
        core.tick = Some(Alarm { rings_at: now.plus(wait), timeout: alarm });
    }
}

/// Dropped, it does not ring.
pub(super) struct Alarm {
    rings_at: Millis,
    timeout: TimeoutHandle,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.timeout.clear();
    }
}

fn moment() -> Moment {
    Moment { now: clock::now(), wall: clock::wall(), chance: clock::chance() }
}

/// Puts another socket in its place. The old one may be the very one that is calling: it goes after its call.
fn set_socket<M: Medium>(core: &Rc<RefCell<Core<M>>>, socket: Option<Socket>) {
    let old = std::mem::replace(&mut core.borrow_mut().socket, socket);
    spawn_local(async move { drop(old) });
}
