//! What an open document brings to the screen.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Right;
use shared::sync::client::{Line, StopReason};
use shared::wire::RefusedReason;

use super::core::Core;
use super::medium::ChangeOf;
use super::{Colleague, Medium, OpenDocument, Stage, Stop, View};
use crate::browser::{clock, page};

/// Who has written nothing for so long makes a pause.
const PAUSE_MILLIS: u64 = 1_500;

impl<M: Medium> OpenDocument<M> {
    /// Brings what the sync core says to the screen.
    pub(super) fn tell(self, core: &Rc<RefCell<Core<M>>>) {
        let (saving, line, right) = {
            let core = core.borrow();
            (core.sync.saving(), core.sync.line(), core.sync.right())
        };
        if saving.on_device > 0 && (line != Line::Online || saving.trouble.is_some()) {
            self.keep_base_soon(core);
        }
        set_if_new(self.saving, saving);
        self.note_risk();
        set_if_new(self.line, line);
        if line == Line::Online {
            self.set_aside_foreign(core);
            if self.stop.get_untracked() == Some(Stop::Gone) {
                self.stop.set(None);
            }
        }
        let before = self.right.get_untracked();
        if before != right {
            self.right.set(right);
            if before.is_some() {
                spawn_local(self.fetch_card());
            }
            if before.is_some_and(Right::may_edit) && right.is_some_and(|right| !right.may_edit()) {
                core.borrow_mut().desk.replica.forget_replaced();
                self.stop.set(Some(Stop::LostRight(clock::wall())));
            } else if right.is_some_and(Right::may_edit)
                && matches!(self.stop.get_untracked(), Some(Stop::LostRight(_)))
            {
                self.stop.set(None);
            }
        }
        if let Line::Stopped(reason) = line {
            let stop = match reason {
                StopReason::SessionEnded => {
                    self.ask_who(core);
                    None
                }
                StopReason::NoRight => Some(Stop::Gone),
                StopReason::EpochChanged => Some(Stop::Replaced),
                // The right went down while there was no line to say so.
                StopReason::Refused(RefusedReason::ViewOnly) => Some(Stop::LostRight(clock::wall())),
                StopReason::Refused(RefusedReason::DocumentFull) => Some(Stop::TooLong),
                StopReason::Refused(_) => Some(Stop::Refused),
                StopReason::StartAfresh => {
                    page::later(0, move || self.start_afresh());
                    None
                }
                StopReason::Protocol => Some(Stop::Outdated),
            };
            if stop == Some(Stop::Gone) {
                self.session.ask_for_guest();
            }
            if stop == Some(Stop::Gone) && self.stage.get_untracked() != Stage::Ready {
                self.stage.set(Stage::Missing);
            } else if stop == Some(Stop::Gone) {
                // Who could only read before can't even do that now.
                set_if_new(self.stop, stop);
            } else if stop.is_some() && self.stop.with_untracked(Option::is_none) {
                self.stop.set(stop);
            }
        }
    }

    /// Asks the person to sign in again. A dialog would end a composition, and swallow the letters of whoever is typing:
    /// it waits for the next pause. What is written meanwhile is kept on the device.
    pub(super) fn ask_who(self, core: &Rc<RefCell<Core<M>>>) {
        let (asks, busy) = {
            let core = core.borrow();
            let composing = core.is_composing();
            let asks = core.sync.line() == Line::Stopped(StopReason::SessionEnded);
            (asks, composing || clock::now().since(core.wrote) < PAUSE_MILLIS)
        };
        match (asks, busy) {
            (true, false) => return self.session.note_end(),
            (true, true) => {}
            // Signed in meanwhile, in another tab.
            (false, _) => return,
        }
        page::later(500, move || {
            if let Some(core) = self.core() {
                self.ask_who(&core);
            }
        });
    }

    pub(super) fn show_people(self) {
        let Some(core) = self.core() else { return };
        let me = self.session.person();
        let mut people: Vec<Colleague> = Vec::new();
        let mut cursors = Vec::new();
        {
            let mut core = core.borrow_mut();
            let mut lost = false;
            for (client, presence) in core.sync.people() {
                let person = &presence.person;
                let other = Some(&person.id) != me.as_ref();
                if other && people.iter().all(|known| known.person.id != person.id) {
                    people.push(Colleague { person: person.clone(), caret: None });
                }
                let Some(cursor) = &presence.cursor else { continue };
                match core.desk.replica.cursor(client, person, cursor) {
                    Some(cursor) => {
                        if let Some(known) = people.iter_mut().find(|known| known.person.id == person.id) {
                            known.caret = Some(client.to_string());
                        }
                        cursors.push(cursor);
                    }
                    None => lost = true,
                }
            }
            core.lost_cursor = lost;
        }
        set_if_new(self.people, people);
        self.with_view(|view| view.show_cursors(&cursors));
    }

    /// The document can be shown as soon as it and the view's code are here.
    pub(super) fn settle(self) {
        // Once live, the whole document has come, not only what was kept of it on this device.
        let filled = self.core().is_some_and(|core| matches!(core.borrow().sync.line(), Line::Online | Line::Weak));
        let code = self.code.try_get_value().flatten().is_some();
        if filled && code && self.stage.try_get_untracked() == Some(Stage::Opening) {
            self.stage.set(Stage::Ready);
        }
    }

    /// What one looks at is there before the rest: it is shown at once.
    pub(super) fn glimpsed(self, changes: &[ChangeOf<M>]) {
        if changes.is_empty() {
            return;
        }
        self.with_view(|view| view.apply(changes));
        let code = self.code.try_get_value().flatten().is_some();
        if code && self.stage.try_get_untracked() == Some(Stage::Opening) {
            self.stage.set(Stage::Ready);
        }
    }

    pub(super) fn tell_undo(self) {
        let Some(core) = self.core() else { return };
        let can = {
            let core = core.borrow();
            (core.desk.replica.can_undo(), core.desk.replica.can_redo())
        };
        set_if_new(self.undo, can);
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}
