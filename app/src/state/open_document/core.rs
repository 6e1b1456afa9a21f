//! The pieces of an open document, and how an input walks through them.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::task::spawn_local;
use shared::document::Binding;
use shared::document::change::Change;
use shared::sync::client::{ClientEffect, ClientInput, ClientSync, Moment, Replica, ReplicaError};
use shared::words::Epoch;

use super::OpenDocument;
use super::device::note;
use crate::browser::editor::Editor;
use crate::browser::socket::{Socket, Told};
use crate::browser::storage::{KeptPlace, Shelf};
use crate::browser::{clock, page};

pub(super) struct Core {
    pub sync: ClientSync,
    pub desk: Desk,
    pub socket: Option<Socket>,
    pub editor: Option<Rc<Editor>>,
    pub shelf: Option<Shelf>,
    /// What earlier page loads had kept when this one began.
    pub left: Vec<KeptPlace>,
    pub epoch: Option<Epoch>,
    /// Title and epoch lie on the shelf beside the kept updates.
    pub remembered: bool,
    /// The text with the edits that earlier page loads left, as they wrote it down.
    pub left_text: String,
    pub left_title: String,
    /// The text is to be written down soon.
    pub copying: bool,
    pub tick: Option<TimeoutHandle>,
    /// A colleague's place could not be found yet.
    pub lost_cursor: bool,
}

/// The replica as the sync core sees it: what it takes in goes on to the view.
pub(super) struct Desk {
    pub binding: Binding,
    pub changes: Vec<Change>,
}

impl Replica for Desk {
    fn state_vector(&self) -> Vec<u8> {
        self.binding.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        self.binding.diff(state_vector).map_err(|error| ReplicaError(error.to_string()))
    }

    fn is_whole(&self) -> bool {
        self.binding.is_whole()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        let changes = self.binding.apply_remote(update).map_err(|error| ReplicaError(error.to_string()))?;
        self.changes.extend(changes);
        Ok(())
    }
}

impl OpenDocument {
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
            self.with_editor(|editor| editor.apply(&changes));
            self.tell_undo();
            if core.borrow().lost_cursor {
                self.show_people();
            }
        }
        for effect in effects {
            self.perform(effect);
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
            ClientEffect::Keep { n, update } => self.keep(&core, n, update),
            ClientEffect::Forget { upto } => {
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
            ClientEffect::KeepEpoch(epoch) => {
                let remembered = {
                    let mut core = core.borrow_mut();
                    core.epoch = Some(epoch);
                    core.remembered || !core.left.is_empty()
                };
                if remembered {
                    self.remember(&core);
                }
            }
            ClientEffect::SetAside(reason) => self.set_aside(&core, reason),
            ClientEffect::Show => self.tell(&core),
            ClientEffect::PeopleChanged => self.show_people(),
            ClientEffect::Titled(title) => self.titled(&title),
        }
    }

    pub(super) fn hear(self, told: Told) {
        match told {
            Told::Opened => self.handle(ClientInput::Opened),
            Told::Frame(frame) => {
                self.with_editor(Editor::flush);
                self.handle(ClientInput::Frame(frame));
            }
            Told::Closed { code } => self.handle(ClientInput::Closed { code }),
        }
    }

    pub(super) fn plan_tick(self) {
        let Some(core) = self.core() else { return };
        let mut core = core.borrow_mut();
        if let Some(earlier) = core.tick.take() {
            earlier.clear();
        }
        let Some(due) = core.sync.next_tick() else { return };
        let wait = u32::try_from(due.since(clock::now())).unwrap_or(u32::MAX).clamp(1, 60_000);
        core.tick = Some(page::later(wait, move || {
            let waiting = self.core().and_then(|core| core.borrow().socket.as_ref().map(Socket::waiting));
            if let Some(bytes) = waiting {
                self.handle(ClientInput::Waiting { bytes });
            }
            self.handle(ClientInput::Tick);
        }));
    }
}

fn moment() -> Moment {
    Moment { now: clock::now(), wall: clock::wall(), chance: clock::chance() }
}

/// Puts another socket in its place. The old one may be the very one that is calling: it goes after its call.
fn set_socket(core: &Rc<RefCell<Core>>, socket: Option<Socket>) {
    let old = std::mem::replace(&mut core.borrow_mut().socket, socket);
    spawn_local(async move { drop(old) });
}
