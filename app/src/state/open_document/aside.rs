//! Setting aside: what can't go into the document becomes a draft of its author, and what its author does with it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::CreateDocument;
use shared::sync::client::{ClientInput, StopReason};
use shared::words::{DocumentId, DocumentKind, Title};

use super::core::Core;
use super::device::note;
use super::drafts::{Gathered, Unreadable, ended, gather, groups_by_epoch, left_behind, put_together};
use super::{Medium, OpenDocument, Stage, Stop, View};
use crate::browser::fetch::Failure;
use crate::browser::storage::{self, Draft};
use crate::browser::{clock, page};
use crate::state::documents::{create, move_to_bin};

/// How often is asked whether a composition has ended, in milliseconds.
const COMPOSING_MILLIS: u32 = 500;

/// How far setting aside has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    UnderWay,
    /// The draft is on this device, or its author has let it go.
    Done,
    /// This device did not take the draft: it is lost with the tab.
    InTab,
}

/// A draft on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownDraft {
    pub draft: Draft,
    /// It is lost with the tab: this device did not take it.
    pub in_tab: bool,
}

impl ShownDraft {
    pub(super) fn on_device(draft: Draft) -> Self {
        Self { draft, in_tab: false }
    }
}

impl<M: Medium> OpenDocument<M> {
    /// What is not saved can't go into the document: it becomes a draft of its author, on this device.
    pub(super) fn set_aside(self, core: &Rc<RefCell<Core<M>>>, reason: StopReason) {
        page::log(&format!("edits were set aside: {reason:?}"));
        // What is just being typed or composed is part of it, and nothing can be typed after it.
        self.with_view(|view| {
            view.flush();
            view.set_editable(false);
        });
        core.borrow_mut().aside = Some(clock::wall());
        // Nothing is on the screen yet: the document as it is on the server can be opened at once, beside the draft.
        self.reloads.set_value(self.stage.get_untracked() == Stage::Opening && helps_to_reload(reason));
        self.store_aside(core);
    }

    /// Makes the draft of everything as it is now, in place of the one that was made before.
    pub(super) fn store_aside(self, core: &Rc<RefCell<Core<M>>>) {
        let (draft, rows, turn) = {
            let mut core = core.borrow_mut();
            let Gathered { content, updates, in_parts } =
                gather(&core.desk.replica, core.desk.has_document, &core.left, || clock::now().0);
            let draft = Draft {
                title: self.title_or_left(&core),
                at: core.aside.unwrap_or_else(clock::wall).0,
                page: core.shelf.as_ref().map(|shelf| shelf.page().to_owned()),
                epoch: core.epoch.clone(),
                content: Some(content),
                in_parts,
                left_behind: left_behind(&core.left),
                updates,
                ..Draft::default()
            };
            core.keeping.asides += 1;
            (draft, std::mem::take(&mut core.keeping.waiting), core.keeping.asides)
        };
        let (shelf, n) = (core.borrow().shelf.clone(), core.borrow().keeping.last);
        let Some(shelf) = shelf else {
            self.aside_is(Aside::InTab);
            page::later(0, move || self.handle(ClientInput::KeepFailed { n }));
            return self.show_draft(ShownDraft { draft, in_tab: true });
        };
        self.aside_is(Aside::UnderWay);
        let pages: Vec<String> = ended(&core.borrow().left).into_iter().chain([shelf.page().to_owned()]).collect();
        let core = core.clone();
        spawn_local(async move {
            let kept = shelf.set_aside(&draft, &pages).await;
            note(kept.clone());
            let in_tab = kept.is_err();
            let remembered = core.borrow().keeping.remembered.clone();
            // The edits alone may have room where the whole document has none.
            let rows_are_kept = !in_tab || rows.is_empty() || shelf.keep(&rows, &remembered).await.is_ok();
            if core.borrow().keeping.asides != turn {
                return;
            }
            self.handle(if rows_are_kept { ClientInput::Kept { n } } else { ClientInput::KeepFailed { n } });
            if self.reloads.try_get_value() == Some(true) && !in_tab {
                return page::reload();
            }
            self.aside_is(if in_tab { Aside::InTab } else { Aside::Done });
            self.show_draft(ShownDraft { draft, in_tab });
        });
    }

    /// The server has said which epoch it has: what was kept of others becomes drafts.
    pub(super) fn set_aside_foreign(self, core: &Rc<RefCell<Core<M>>>) {
        let foreign = std::mem::take(&mut core.borrow_mut().foreign);
        for pages in groups_by_epoch(foreign) {
            let Gathered { content, updates, in_parts } = put_together::<M>(&pages, None, || clock::now().0);
            let draft = Draft {
                title: pages[0].remembered.title.clone(),
                at: clock::wall().0,
                page: Some(pages[0].page.clone()),
                epoch: pages[0].remembered.epoch.clone(),
                content: Some(content),
                in_parts,
                left_behind: left_behind(&pages),
                updates,
                ..Draft::default()
            };
            self.put_by(core, draft, ended(&pages));
        }
    }

    /// Nobody but their author may say that updates which can't be read are not needed.
    pub(super) fn hold_unreadable(self, core: &Rc<RefCell<Core<M>>>, unreadable: Vec<Unreadable>) {
        let Some(first) = unreadable.first() else { return };
        page::log(&format!("an update kept on this device cannot be read: {}", first.why));
        let readable = put_together::<M>(&core.borrow().left, None, || clock::now().0);
        let draft = Draft {
            title: self.title_or_left(&core.borrow()),
            at: clock::wall().0,
            page: Some(first.name.page.clone()),
            epoch: core.borrow().epoch.clone(),
            content: Some(readable.content),
            in_parts: true,
            left_behind: unreadable.iter().map(|row| row.name.clone()).collect(),
            updates: unreadable.into_iter().map(|row| row.update).collect(),
            ..Draft::default()
        };
        self.put_by(core, draft, Vec::new());
    }

    /// Stores a draft of what earlier pages kept, and shows it. What the device does not take stays as it is.
    fn put_by(self, core: &Rc<RefCell<Core<M>>>, draft: Draft, pages: Vec<String>) {
        let Some(shelf) = core.borrow().shelf.clone() else { return };
        spawn_local(async move {
            let kept = shelf.set_aside(&draft, &pages).await;
            if kept.is_ok() {
                self.show_draft(ShownDraft::on_device(draft));
            }
            note(kept);
        });
    }

    /// The copy here holds what the server has not, but nothing of this person: opens the document anew.
    pub(super) fn start_afresh(self) {
        let Some(core) = self.core() else { return };
        if core.borrow().is_composing() {
            page::later(COMPOSING_MILLIS, move || self.start_afresh());
            return;
        }
        self.with_view(View::flush);
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

    pub fn drop_draft(self, shown: &ShownDraft) {
        self.drafts.update(|drafts| drafts.retain(|other| other != shown));
        if shown.in_tab {
            return self.aside_is(Aside::Done);
        }
        let draft = shown.draft.clone();
        if let Some(shelf) = self.core().and_then(|core| core.borrow().shelf.clone()) {
            spawn_local(async move {
                // A draft that stays on the shelf is shown again next time; nothing is lost.
                let _ = shelf.drop_draft(&draft).await;
            });
        }
    }

    /// A draft is in a new document now. One in parts holds more than could be put there, and one of the tab is nowhere
    /// that it could be noted.
    pub async fn note_moved(self, shown: &ShownDraft, new: &DocumentId) {
        if shown.in_tab || shown.draft.in_parts {
            return;
        }
        let moved = Draft { moved_to: Some(new.clone()), ..shown.draft.clone() };
        let Some(shelf) = self.core().and_then(|core| core.borrow().shelf.clone()) else { return };
        let noted = shelf.note_moved(&moved).await;
        if noted.is_ok() {
            self.show_draft(ShownDraft::on_device(moved));
        }
        note(noted);
    }

    /// Puts a draft into a new document of this person's own; gives its id.
    pub async fn into_new_document(self, title: Title, draft: &Draft) -> Result<DocumentId, NotMoved> {
        let person = self.session.person().ok_or(NotMoved::Refused)?;
        let kind = self.card.get_untracked().map_or(DocumentKind::Page, |card| card.kind);
        let wish = CreateDocument { kind, title: title.as_str().to_owned(), team: None, shelf: None, empty: true };
        let id = create(self.session, wish).await.map_err(NotMoved::Failure)?;
        let update = M::replant(draft, clock::fresh_client_id());
        if let Err(refused) = storage::plant(&person, &id, title.as_str(), &update).await {
            note(Err(refused));
            // An empty document is of no use to anybody; one that can't be taken away does no harm.
            let _ = move_to_bin(self.session, &id).await;
            return Err(NotMoved::Refused);
        }
        Ok(id)
    }

    fn aside_is(self, aside: Aside) {
        let _ = self.aside.try_set(Some(aside));
        self.note_risk();
    }

    fn show_draft(self, shown: ShownDraft) {
        let _ = self.drafts.try_update(|drafts| {
            drafts.retain(|other| (other.draft.at, &other.draft.page) != (shown.draft.at, &shown.draft.page));
            drafts.push(shown);
        });
    }

    fn title_or_left(self, core: &Core<M>) -> String {
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
