//! What this device holds of an open document: edits until the server has them, and what they build on.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::sync::Millis;
use shared::sync::client::{ClientInput, ClientSeed, ClientSync};

use super::core::{Core, Desk, Keeping};
use super::drafts::{by_epoch, read_left};
use super::{Medium, OpenDocument, ShownDraft, Stage};
use crate::browser::storage::{self, Refused, Remembered, Shelf};
use crate::browser::{clock, page};

/// How soon the document is kept that waiting edits build on, in milliseconds: not at every letter of a colleague's.
const BASE_MILLIS: u32 = 500;

impl<M: Medium> OpenDocument<M> {
    /// Takes what this device has of the document, then connects.
    pub(super) async fn begin(self) {
        let Some(person) = self.session.person() else { return };
        let id = self.id();
        let (shelf, left, drafts) = match Shelf::open(&person, &id).await {
            Ok(shelf) => match shelf.left().await {
                Ok((left, drafts)) => (Some(shelf), left, drafts),
                Err(refused) => (refuse(&refused), Vec::new(), Vec::new()),
            },
            Err(refused) => (refuse(&refused), Vec::new(), Vec::new()),
        };
        let _ = self.drafts.try_set(drafts.into_iter().map(ShownDraft::on_device).collect());
        let (mut left, foreign) = by_epoch(left);
        let epoch = left.iter().find_map(|page| page.remembered.epoch.clone());
        let fresh_id = clock::fresh_client_id();
        let mut replica = M::open(fresh_id, || clock::now().0);
        let unreadable = read_left(&mut replica, &mut left);
        let mut sync = ClientSync::new(ClientSeed { fresh_id, epoch: epoch.clone(), kept_before: !left.is_empty() });
        // The replica writes under it already (C2).
        sync.client_id();
        let core = Core {
            sync,
            desk: Desk { replica, changes: Vec::new(), has_document: false, base_is_kept: false },
            socket: None,
            view: None,
            shelf,
            left,
            foreign,
            keeping: Keeping::default(),
            aside: None,
            epoch,
            keeping_base: false,
            tick: None,
            lost_cursor: false,
            wrote: Millis(0),
        };
        let _ = self.no_shelf.try_set(core.shelf.is_none());
        let core = Rc::new(RefCell::new(core));
        if self.core.try_set_value(Some(core.clone())).is_some() {
            // The page was left meanwhile.
            return;
        }
        self.hold_unreadable(&core, unreadable);
        if let Some(view) = M::first_look() {
            self.handle(ClientInput::Look(view.into()));
        }
        self.handle(ClientInput::Start);
        if !page::is_online() {
            self.handle(ClientInput::Network { online: false });
        }
    }

    pub(super) fn keep(self, core: &Rc<RefCell<Core<M>>>, n: u64, update: Bytes) {
        {
            let mut core = core.borrow_mut();
            let remembered = Remembered { title: self.title(), epoch: core.epoch.clone(), ..Remembered::default() };
            core.keeping.remembered = remembered;
            core.keeping.last = n;
            core.keeping.waiting.push((n, update));
        }
        if core.borrow().aside.is_some() {
            return self.store_aside(core);
        }
        if core.borrow().shelf.is_none() {
            core.borrow_mut().keeping.waiting.clear();
            page::later(0, move || self.handle(ClientInput::KeepFailed { n }));
            return;
        }
        if std::mem::replace(&mut core.borrow_mut().keeping.under_way, true) {
            return;
        }
        let core = core.clone();
        spawn_local(async move {
            self.keep_waiting(&core).await;
            core.borrow_mut().keeping.under_way = false;
        });
    }

    /// Keeps what waits, all that came while the disk was busy in one go. It goes on when the page has been left.
    async fn keep_waiting(self, core: &Rc<RefCell<Core<M>>>) {
        loop {
            let (shelf, rows, remembered) = {
                let mut core = core.borrow_mut();
                (core.shelf.clone(), std::mem::take(&mut core.keeping.waiting), core.keeping.remembered.clone())
            };
            let (Some(shelf), [(first, _), ..], [.., (last, _)]) = (shelf, rows.as_slice(), rows.as_slice()) else {
                return;
            };
            let kept = shelf.keep(&rows, &remembered).await;
            note(kept.clone());
            self.handle(match kept {
                Ok(()) => ClientInput::Kept { n: *last },
                Err(_) => ClientInput::KeepFailed { n: *first },
            });
        }
    }

    /// Edits that wait on this device may never find their way, and alone they are no text: keeps the document too.
    pub(super) fn keep_base_soon(self, core: &Rc<RefCell<Core<M>>>) {
        let due = self.stage.get_untracked() == Stage::Ready && !core.borrow().desk.base_is_kept;
        if !due || std::mem::replace(&mut core.borrow_mut().keeping_base, true) {
            return;
        }
        page::later(BASE_MILLIS, move || {
            let Some(core) = self.core() else { return };
            core.borrow_mut().keeping_base = false;
            self.keep_base(&core);
        });
    }

    /// The page goes away, and what it leaves may have to be read without the server.
    pub(super) fn keep_base_of_unsaved(self, core: &Rc<RefCell<Core<M>>>) {
        let due = {
            let core = core.borrow();
            let saving = core.sync.saving();
            let unsaved = saving.in_tab + saving.on_device > 0 && core.aside.is_none();
            unsaved && core.desk.has_document && !core.desk.base_is_kept
        };
        if due {
            self.keep_base(core);
        }
    }

    fn keep_base(self, core: &Rc<RefCell<Core<M>>>) {
        let Some(shelf) = core.borrow().shelf.clone() else { return };
        let base = core.borrow().desk.replica.snapshot();
        core.borrow_mut().desk.base_is_kept = true;
        storage::ask_to_stay();
        let core = core.clone();
        spawn_local(async move {
            // It is kept for edits that are there.
            self.keep_waiting(&core).await;
            let kept = shelf.keep_base(&base).await;
            if kept != Ok(true) {
                core.borrow_mut().desk.base_is_kept = false;
            }
            note(kept.map(drop));
        });
    }
}

fn refuse(refused: &Refused) -> Option<Shelf> {
    page::log(&format!("this browser keeps nothing: {}", refused.0));
    None
}

/// What the shelf refuses shows as the state of saving; the reason goes to whoever looks into it.
pub(super) fn note(result: Result<(), Refused>) {
    if let Err(refused) = result {
        page::log(&format!("cannot keep on this device: {}", refused.0));
    }
}
