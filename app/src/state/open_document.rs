//! The document on the screen: its replica, its socket, its shelf on this device and its view, held together.
//!
//! What it holds, text or a board, is its [`Medium`] (ADR 40). One keystroke walks through here twice: `commit` on the
//! way out, `handle` on the way in. Nothing in here waits while it holds the core, and the core is never held across a
//! call into the view, which may call back.

mod again;
mod aside;
mod board;
mod core;
mod device;
mod drafts;
mod medium;
mod screen;
mod text;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::access::Right;
use shared::api::{DocumentCard, RenameDocument};
use shared::document::Binding;
use shared::document::change::Node;
use shared::sync::PresentPerson;
use shared::sync::client::{ClientInput, Line, Saving};
use shared::words::{DocumentId, Title, UnixMillis};

pub use self::aside::{Aside, NotMoved, ShownDraft};
pub use self::board::drafted;
use self::core::Core;
pub use self::drafts::document_of;
pub use self::medium::{Medium, View};
pub use self::text::Notice;
use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::page::{self, Leaving};

/// How far the opening has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Opening,
    /// The replica holds the document and the view's code is here: it can be shown.
    Ready,
    /// There is no such document, or it is not for this person.
    Missing,
    /// The view's code did not come over the line.
    NoView,
}

/// What keeps a person from writing on, apart from the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The right went down while they were at work.
    LostRight(UnixMillis),
    /// The document is gone, or no longer theirs to see.
    Gone,
    /// The document on the server is another one now.
    Replaced,
    /// The server does not take what was written.
    Refused,
    /// The document has grown to the size where it takes nothing more.
    TooLong,
    /// This client and the server do not understand each other.
    Outdated,
}

/// Somebody else who is here.
#[derive(Debug, Clone, PartialEq)]
pub struct Colleague {
    pub person: PresentPerson,
    /// The client id of the page where they have a caret or a place, if they have one.
    pub caret: Option<String>,
}

pub struct OpenDocument<M: Medium = Binding> {
    session: Session,
    pub stage: RwSignal<Stage>,
    pub card: RwSignal<Option<DocumentCard>>,
    /// Why the card could not be fetched or changed.
    pub failure: RwSignal<Option<Failure>>,
    pub saving: RwSignal<Saving>,
    pub line: RwSignal<Line>,
    /// What the browser says of the network; with it, a line that is gone means that the server can't be reached.
    pub network: RwSignal<bool>,
    pub right: RwSignal<Option<Right>>,
    pub stop: RwSignal<Option<Stop>>,
    /// The others who are here, each person once.
    pub people: RwSignal<Vec<Colleague>>,
    /// Whether there is something of one's own to undo, and to redo.
    pub undo: RwSignal<(bool, bool)>,
    /// What only a document of this medium has to tell its page.
    pub own: M::Own,
    /// Texts of this document that could not go into it, from now or earlier.
    pub drafts: RwSignal<Vec<ShownDraft>>,
    /// What this page had not saved when it stopped is set aside.
    pub aside: RwSignal<Option<Aside>>,
    /// This device refuses to keep anything.
    pub no_shelf: RwSignal<bool>,
    /// Once it is set aside, the document is opened anew.
    reloads: StoredValue<bool>,
    id: StoredValue<DocumentId>,
    core: StoredValue<Option<Rc<RefCell<Core<M>>>>, LocalStorage>,
    code: StoredValue<Option<M::Code>, LocalStorage>,
    /// Who hears what is told beside the document.
    listener: StoredValue<Option<Listener>, LocalStorage>,
}

type Listener = Rc<dyn Fn(&[u8])>;

impl<M: Medium> Clone for OpenDocument<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Medium> Copy for OpenDocument<M> {}

impl<M: Medium> OpenDocument<M> {
    /// Opens a document for as long as the owner lives.
    pub fn open(session: Session, id: DocumentId) -> Self {
        let document = Self {
            session,
            stage: RwSignal::new(Stage::Opening),
            card: RwSignal::new(None),
            failure: RwSignal::new(None),
            saving: RwSignal::new(Saving::default()),
            line: RwSignal::new(Line::Connecting),
            network: RwSignal::new(page::is_online()),
            right: RwSignal::new(None),
            stop: RwSignal::new(None),
            people: RwSignal::new(Vec::new()),
            undo: RwSignal::new((false, false)),
            own: M::own(),
            drafts: RwSignal::new(Vec::new()),
            aside: RwSignal::new(None),
            no_shelf: RwSignal::new(false),
            reloads: StoredValue::new(false),
            id: StoredValue::new(id),
            core: StoredValue::new_local(None),
            code: StoredValue::new_local(None),
            listener: StoredValue::new_local(None),
        };
        spawn_local(document.fetch_card());
        spawn_local(document.load_view());
        spawn_local(document.begin());
        page::on_network(move |online| {
            document.network.set(online);
            document.handle(ClientInput::Network { online });
        });
        document.ask_while_barred();
        page::warn_before_leaving(move || document.would_lose());
        page::on_leaving(move |leaving| match (document.core(), leaving) {
            // A frozen page would be taken for somebody who is here, and for one that sends what it kept.
            (Some(_), Leaving::Kept) if !document.would_lose() => document.close(),
            (Some(core), _) => document.keep_base_of_unsaved(&core),
            (None, _) => {}
        });
        let was_ended = StoredValue::new(false);
        Effect::new(move || {
            let ended = session.ended.get();
            if was_ended.get_value() && !ended {
                document.handle(ClientInput::SignedIn);
                if document.card.with_untracked(Option::is_none) {
                    spawn_local(document.fetch_card());
                }
            }
            was_ended.set_value(ended);
        });
        on_cleanup(move || document.close());
        document
    }

    /// Hears what is told beside the document, in a tutoring session; nothing in it means that some of it did not come.
    pub fn on_told(self, call: impl Fn(&[u8]) + 'static) {
        self.listener.set_value(Some(Rc::new(call)));
    }

    pub fn id(self) -> DocumentId {
        self.id.get_value()
    }

    /// The address of its page.
    pub fn address(self) -> String {
        M::address(&self.id())
    }

    pub fn may_edit(self) -> bool {
        self.stop.with(Option::is_none) && self.right.get().is_some_and(Right::may_edit)
    }

    /// Whether it is no longer theirs to see.
    pub fn is_gone(self) -> bool {
        self.stop.get() == Some(Stop::Gone)
    }

    pub fn may_manage(self) -> bool {
        self.card.with(|card| card.as_ref().is_some_and(|card| card.right == Right::Manage))
    }

    /// Whether going away now loses something that was written here.
    pub fn would_lose(self) -> bool {
        self.loses_written() || self.core().is_some_and(|core| core.borrow().is_composing())
    }

    fn loses_written(self) -> bool {
        match self.aside.try_get_untracked().flatten() {
            Some(Aside::Done) => false,
            Some(Aside::UnderWay | Aside::InTab) => true,
            None => self.saving.try_with_untracked(|saving| saving.in_tab > 0) == Some(true),
        }
    }

    /// Asks for the view's code again.
    pub fn load_again(self) {
        self.stage.set(Stage::Opening);
        spawn_local(self.load_view());
    }

    // ── the view ────────────────────────────────────────────────────────────────────────────────────────────────

    /// Puts a view in place by `mount`, which gets the view's code. A view that was there goes first.
    pub fn show(self, mount: impl FnOnce(&M::Code) -> Option<M::View>) {
        let Some(core) = self.core() else { return };
        let Some(Some(code)) = self.code.try_get_value() else { return };
        // It still says what it was told last, which the next one is to show.
        let earlier = core.borrow_mut().view.take();
        drop(earlier);
        let Some(view) = mount(&code) else { return self.stage.set(Stage::NoView) };
        core.borrow_mut().view = Some(Rc::new(view));
        self.show_people();
    }

    pub fn with_view(self, call: impl FnOnce(&M::View)) {
        let view = self.core().and_then(|core| core.borrow().view.clone());
        if let Some(view) = view {
            call(&view);
        }
    }

    /// The replica, to be read; nothing while there is none yet. `read` must not come back here.
    pub fn with_replica<T>(self, read: impl FnOnce(&M) -> T) -> Option<T> {
        self.core().map(|core| read(&core.borrow().desk.replica))
    }

    /// What is written or drawn here, unsaved edits included, as far as the editor can show it.
    pub fn content(self) -> Option<Node> {
        self.with_replica(M::content)
    }

    // ── the document on the server ──────────────────────────────────────────────────────────────────────────────

    pub async fn rename(self, title: Title) -> Result<(), Failure> {
        let path = format!("/api/documents/{}", self.id());
        let before = self.title();
        let wish = RenameDocument { title: title.as_str().to_owned() };
        fetch::send::<_, Value>(Verb::PATCH, &path, &wish)
            .await
            .map(drop)
            .or_else(unless_empty)
            .map_err(|failure| self.session.heed(failure))?;
        // Told another one meanwhile, the room has told what is stored now: this answer may be the older news (J6).
        if self.title() == before {
            self.titled(&title);
        }
        Ok(())
    }

    /// Shows what the document is called now, whoever named it.
    fn titled(self, title: &Title) {
        self.card.maybe_update(|card| match card {
            Some(card) if card.title != title.as_str() => {
                card.title = title.as_str().to_owned();
                true
            }
            Some(_) | None => false,
        });
    }

    /// Fetches head and right again.
    pub async fn fetch_card(self) {
        let Some(id) = self.id.try_get_value() else { return };
        match fetch::get::<DocumentCard>(&format!("/api/documents/{id}")).await {
            Ok(card) => {
                let _ = self.failure.try_set(None);
                let _ = self.card.try_set(Some(card));
            }
            Err(failure) if matches!(failure.status(), Some(403 | 404)) => {
                let shown = self.stage.try_get_untracked() == Some(Stage::Ready);
                if !shown {
                    let _ = self.stage.try_set(Stage::Missing);
                }
            }
            Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
        }
    }

    // ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────

    fn core(self) -> Option<Rc<RefCell<Core<M>>>> {
        self.core.try_get_value().flatten()
    }

    async fn load_view(self) {
        match M::load().await {
            Some(code) => {
                let _ = self.code.try_set_value(Some(code));
                self.settle();
            }
            None => drop(self.stage.try_set(Stage::NoView)),
        }
    }

    fn may_edit_now(self) -> bool {
        untrack(|| self.may_edit())
    }

    pub fn title(self) -> String {
        self.card.with_untracked(|card| card.as_ref().map(|card| card.title.clone())).unwrap_or_default()
    }

    /// Signing out asks about it too.
    fn note_risk(self) {
        let at_risk = self.core().is_some() && self.loses_written();
        self.session.note_risk(self.id().as_str(), at_risk);
    }

    fn close(self) {
        let Some(core) = self.core() else { return };
        self.session.note_risk(self.id().as_str(), false);
        // Taking the view away ends a composition, and what was composed is still written and kept.
        let view = core.borrow_mut().view.take();
        drop(view);
        self.keep_base_of_unsaved(&core);
        let _ = self.core.try_set_value(None);
        let mut core = core.borrow_mut();
        core.tick = None;
        core.socket = None;
    }
}

/// A renaming may be answered without a body.
fn unless_empty(failure: Failure) -> Result<(), Failure> {
    match failure {
        Failure::Unreadable => Ok(()),
        Failure::Unreachable | Failure::Problem(_) => Err(failure),
    }
}
