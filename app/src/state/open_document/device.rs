//! What this device holds of an open document: edits until the server has them, drafts, a text to go with them.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::document::Binding;
use shared::sync::client::{ClientInput, ClientSeed, ClientSync, StopReason};

use super::core::{Core, Desk};
use super::{OpenDocument, Stage};
use crate::browser::storage::{Draft, Refused, Remembered, Shelf};
use crate::browser::{clock, page};

/// How soon edits that wait are written down as text, in milliseconds.
const COPY_MILLIS: u32 = 1_500;

impl OpenDocument {
    /// Takes what this device has of the document, then connects.
    pub(super) async fn begin(self) {
        let Some(person) = self.session.person() else { return };
        let id = self.id();
        let (shelf, left, remembered) = match Shelf::open(&person, &id).await {
            Ok(shelf) => match shelf.left().await {
                Ok((left, remembered)) => (Some(shelf), left, remembered),
                Err(refused) => (refuse(&refused), Vec::new(), Remembered::default()),
            },
            Err(refused) => (refuse(&refused), Vec::new(), Remembered::default()),
        };
        let Remembered { epoch, text: left_text, title: left_title } = remembered;
        if let Some(drafts) = match &shelf {
            Some(shelf) => shelf.drafts().await.ok(),
            None => None,
        } {
            let _ = self.drafts.try_set(drafts);
        }
        let seed =
            ClientSeed { fresh_id: clock::fresh_client_id(), epoch: epoch.clone(), kept_before: !left.is_empty() };
        let mut sync = ClientSync::new(seed);
        let mut binding = Binding::open(sync.client_id(), || clock::now().0);
        for kept in &left {
            if let Err(error) = binding.apply_remote(&kept.update) {
                page::log(&format!("an update kept on this device cannot be read: {error}"));
            }
        }
        let core = Core {
            sync,
            desk: Desk { binding, changes: Vec::new() },
            socket: None,
            editor: None,
            remembered: epoch.is_some(),
            left_text: if left.is_empty() { String::new() } else { left_text },
            left_title,
            copying: false,
            shelf,
            left: left.into_iter().map(|kept| kept.place).collect(),
            epoch,
            tick: None,
            lost_cursor: false,
        };
        let _ = self.no_shelf.try_set(core.shelf.is_none());
        if self.core.try_set_value(Some(Rc::new(RefCell::new(core)))).is_some() {
            // The page was left meanwhile.
            return;
        }
        self.handle(ClientInput::Start);
        if !page::is_online() {
            self.handle(ClientInput::Network { online: false });
        }
    }

    pub(super) fn keep(self, core: &Rc<RefCell<Core>>, n: u64, update: Bytes) {
        let Some(shelf) = core.borrow().shelf.clone() else {
            page::later(0, move || self.handle(ClientInput::KeepFailed { n }));
            return;
        };
        let first = !std::mem::replace(&mut core.borrow_mut().remembered, true);
        if first {
            self.remember(core);
        }
        spawn_local(async move {
            let kept = shelf.keep(n, &update).await;
            note(kept.clone());
            self.handle(if kept.is_ok() { ClientInput::Kept { n } } else { ClientInput::KeepFailed { n } });
        });
    }

    pub(super) fn remember(self, core: &Rc<RefCell<Core>>) {
        let (shelf, remembered) = {
            let mut core = core.borrow_mut();
            core.remembered = true;
            let text = core.left_text.clone();
            (core.shelf.clone(), Remembered { title: self.title(), epoch: core.epoch.clone(), text })
        };
        if let Some(shelf) = shelf {
            spawn_local(async move { note(shelf.remember(&remembered).await) });
        }
    }

    /// Edits that wait on this device may never find their way, and alone they are no text: writes the text down.
    pub(super) fn copy_soon(self, core: &Rc<RefCell<Core>>) {
        if self.stage.get_untracked() != Stage::Ready || std::mem::replace(&mut core.borrow_mut().copying, true) {
            return;
        }
        page::later(COPY_MILLIS, move || {
            let Some(core) = self.core() else { return };
            core.borrow_mut().copying = false;
            if core.borrow().sync.saving().on_device > 0 {
                let text = self.text();
                core.borrow_mut().left_text = text;
                self.remember(&core);
            }
        });
    }

    /// What is not saved can't go into the document: it becomes a draft of its author, on this device.
    pub(super) fn set_aside(self, core: &Rc<RefCell<Core>>, reason: StopReason) {
        page::log(&format!("edits were set aside: {reason:?}"));
        // Without the document, the replica holds loose edits only; the text was written down with them.
        let whole = self.stage.get_untracked() == Stage::Ready;
        let text = if whole { self.text() } else { core.borrow().left_text.clone() };
        if text.is_empty() {
            return;
        }
        let title = Some(self.title()).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| core.borrow().left_title.clone());
        let draft = Draft { title, text, at: clock::wall().0 };
        let kept = draft.clone();
        self.drafts.update(|drafts| drafts.push(draft));
        if let Some(shelf) = core.borrow().shelf.clone() {
            spawn_local(async move {
                // Only when the draft is safe may what it was made of go.
                match shelf.put_draft(&kept).await {
                    Ok(()) => note(shelf.clear().await),
                    refused => note(refused),
                }
            });
        }
    }

    /// The copy here holds what nobody has any more, but nothing of this person: drops it and opens the document anew.
    pub(super) fn start_afresh(self, core: &Rc<RefCell<Core>>) {
        let shelf = core.borrow().shelf.clone();
        spawn_local(async move {
            if let Some(shelf) = shelf {
                note(shelf.clear().await);
            }
            page::reload();
        });
    }

    pub fn drop_draft(self, draft: &Draft) {
        self.drafts.update(|drafts| drafts.retain(|kept| kept != draft));
        let draft = draft.clone();
        if let Some(shelf) = self.core().and_then(|core| core.borrow().shelf.clone()) {
            spawn_local(async move {
                // A draft that stays on the shelf is shown again next time; nothing is lost.
                let _ = shelf.drop_draft(&draft).await;
            });
        }
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
