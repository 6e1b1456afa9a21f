//! What this device holds of an open document: edits until the server has them, what they build on, drafts.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::CreateDocument;
use shared::document::Binding;
use shared::document::change::Node;
use shared::document::seed::seed;
use shared::sync::client::{ClientInput, ClientSeed, ClientSync, StopReason};
use shared::words::{DocumentId, DocumentKind, Title};

use super::core::{Core, Desk};
use super::drafts::{Gathered, gather, left_behind, of_one_epoch};
use super::{OpenDocument, Stage, Stop};
use crate::browser::editor::Editor;
use crate::browser::fetch::Failure;
use crate::browser::storage::{self, Draft, Refused, Remembered, Shelf};
use crate::browser::{clock, page};
use crate::state::documents::create;

/// How soon the document is kept that waiting edits build on, in milliseconds: not at every letter of a colleague's.
const BASE_MILLIS: u32 = 500;
/// How often is asked whether a composition has ended, in milliseconds.
const COMPOSING_MILLIS: u32 = 500;

impl OpenDocument {
    /// Takes what this device has of the document, then connects.
    pub(super) async fn begin(self) {
        let Some(person) = self.session.person() else { return };
        let id = self.id();
        let (shelf, left, drafts) = match Shelf::open(&person, &id).await {
            Ok(shelf) => match shelf.left().await {
                Ok((left, drafts)) => (Some(shelf), of_one_epoch(left), drafts),
                Err(refused) => (refuse(&refused), Vec::new(), Vec::new()),
            },
            Err(refused) => (refuse(&refused), Vec::new(), Vec::new()),
        };
        let _ = self.drafts.try_set(drafts);
        let epoch = left.first().and_then(|page| page.remembered.epoch.clone());
        let seed =
            ClientSeed { fresh_id: clock::fresh_client_id(), epoch: epoch.clone(), kept_before: !left.is_empty() };
        let mut sync = ClientSync::new(seed);
        let mut binding = Binding::open(sync.client_id(), || clock::now().0);
        for kept in left.iter().flat_map(|page| &page.rows) {
            if let Err(error) = binding.apply_remote(&kept.update) {
                page::log(&format!("an update kept on this device cannot be read: {error}"));
            }
        }
        let core = Core {
            sync,
            desk: Desk { binding, changes: Vec::new(), has_document: false, base_is_kept: false },
            socket: None,
            editor: None,
            shelf,
            left,
            epoch,
            keeping_base: false,
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
        let remembered =
            Remembered { title: self.title(), epoch: core.borrow().epoch.clone(), ..Remembered::default() };
        spawn_local(async move {
            let kept = shelf.keep(n, &update, &remembered).await;
            note(kept.clone());
            self.handle(if kept.is_ok() { ClientInput::Kept { n } } else { ClientInput::KeepFailed { n } });
        });
    }

    /// Edits that wait on this device may never find their way, and alone they are no text: keeps the document too.
    pub(super) fn keep_base_soon(self, core: &Rc<RefCell<Core>>) {
        let due = self.stage.get_untracked() == Stage::Ready && !core.borrow().desk.base_is_kept;
        if !due || std::mem::replace(&mut core.borrow_mut().keeping_base, true) {
            return;
        }
        page::later(BASE_MILLIS, move || {
            let Some(core) = self.core() else { return };
            core.borrow_mut().keeping_base = false;
            let Some(shelf) = core.borrow().shelf.clone() else { return };
            let base = core.borrow().desk.binding.snapshot();
            core.borrow_mut().desk.base_is_kept = true;
            spawn_local(async move {
                let kept = shelf.keep_base(&base).await;
                if kept != Ok(true) {
                    core.borrow_mut().desk.base_is_kept = false;
                }
                note(kept.map(drop));
            });
        });
    }

    /// What is not saved can't go into the document: it becomes a draft of its author, on this device.
    pub(super) fn set_aside(self, core: &Rc<RefCell<Core>>, reason: StopReason) {
        page::log(&format!("edits were set aside: {reason:?}"));
        let (draft, updates) = {
            let core = core.borrow();
            let Gathered { content, updates, in_parts } =
                gather(&core.desk.binding, core.desk.has_document, &core.left, || clock::now().0);
            let draft = Draft {
                title: self.title_or_left(&core),
                at: clock::wall().0,
                page: core.shelf.as_ref().map(|shelf| shelf.page().to_owned()),
                epoch: core.epoch.clone(),
                content: Some(content),
                text: String::new(),
                in_parts,
                left_behind: left_behind(&core.left),
            };
            (draft, updates)
        };
        let Some(shelf) = core.borrow().shelf.clone() else {
            return self.drafts.update(|drafts| drafts.push(draft));
        };
        let left = core.borrow().left.clone();
        // Nothing is on the screen yet: the document as it is on the server can be opened at once, beside the draft.
        let reloads = self.stage.get_untracked() == Stage::Opening && helps_to_reload(reason);
        if !reloads {
            self.drafts.update(|drafts| drafts.push(draft.clone()));
        }
        spawn_local(async move {
            let kept = shelf.set_aside(&draft, &updates, &left).await;
            match (&kept, reloads) {
                (Ok(()), true) => page::reload(),
                (Err(_), true) => drop(self.drafts.try_update(|drafts| drafts.push(draft))),
                (_, false) => {}
            }
            note(kept);
        });
    }

    /// The copy here holds what the server has not, but nothing of this person: opens the document anew.
    pub(super) fn start_afresh(self) {
        let Some(core) = self.core() else { return };
        if core.borrow().desk.binding.is_composing() {
            page::later(COMPOSING_MILLIS, move || self.start_afresh());
            return;
        }
        self.with_editor(Editor::flush);
        let saving = core.borrow().sync.saving();
        if saving.in_tab + saving.on_device > 0 {
            // Typed while the line stopped.
            if self.stop.get_untracked().is_none() {
                self.stop.set(Some(Stop::Replaced));
                self.set_aside(&core, StopReason::StartAfresh);
            }
            return;
        }
        let shelf = core.borrow().shelf.clone();
        spawn_local(async move {
            if let Some(shelf) = shelf {
                // All of this page is saved; a forgetting that is still under way would be cut off.
                note(shelf.forget(u64::MAX).await);
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

    /// Puts a draft into a new document of this person's own; gives its id.
    pub async fn into_new_document(self, title: Title, content: Node) -> Result<DocumentId, NotMoved> {
        let person = self.session.person().ok_or(NotMoved::Refused)?;
        let wish = CreateDocument { kind: DocumentKind::Page, title: title.as_str().to_owned(), team: None };
        let id = create(self.session, wish).await.map_err(NotMoved::Failure)?;
        let update = seed(&content, clock::fresh_client_id());
        storage::plant(&person, &id, title.as_str(), &update).await.map_err(|refused| {
            note(Err(refused));
            NotMoved::Refused
        })?;
        Ok(id)
    }

    fn title_or_left(self, core: &Core) -> String {
        let known = Some(self.title()).filter(|title| !title.is_empty());
        known.or_else(|| core.left.first().map(|page| page.remembered.title.clone())).unwrap_or_default()
    }
}

/// Why a draft could not be put into a new document.
#[derive(Debug, Clone, PartialEq)]
pub enum NotMoved {
    Failure(Failure),
    /// This device did not take what goes there.
    Refused,
}

/// Whether the document can be opened once what stood in the way is set aside.
fn helps_to_reload(reason: StopReason) -> bool {
    match reason {
        StopReason::EpochChanged | StopReason::Refused(_) | StopReason::StartAfresh => true,
        StopReason::SessionEnded | StopReason::NoRight | StopReason::Protocol => false,
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
