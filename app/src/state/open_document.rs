//! The document on the screen: its replica, its socket, its shelf on this device and its editor view, held together.
//!
//! One keystroke walks through here twice: `commit` on the way out, `handle` on the way in. Nothing in here waits while
//! it holds the core, and the core is never held across a call into the editor view, which may call back.

mod again;
mod aside;
mod core;
mod device;
mod drafts;
mod screen;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};
use shared::access::Right;
use shared::api::{DocumentCard, RenameDocument};
use shared::document::Binding;
use shared::document::change::{Change, Position};
use shared::sync::PresentPerson;
use shared::sync::client::{ClientInput, Line, Saving};
use shared::words::{DocumentId, Title, UnixMillis};

pub use self::aside::{Aside, NotMoved, ShownDraft};
use self::core::Core;
pub use self::drafts::document_of;
use super::session::Session;
use crate::browser::editor::{Editor, EditorModule};
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::page::{self, Leaving};
use crate::editor::state::ToolbarState;

/// How far the opening has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Opening,
    /// The replica holds the document and the editor's code is here: it can be shown.
    Ready,
    /// There is no such document, or it is not for this person.
    Missing,
    /// The editor's code did not come over the line.
    NoEditor,
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
    /// Their caret's [`Cursor::id`](crate::browser::editor::Cursor::id), if they have one in the text.
    pub caret: Option<String>,
}

/// Something the editor view has to say, with its details (bridge.ts, `NoticeCode`).
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub code: String,
    pub detail: Value,
}

#[derive(Clone, Copy)]
pub struct OpenDocument {
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
    pub tools: RwSignal<ToolbarState>,
    pub undo: RwSignal<(bool, bool)>,
    pub notice: RwSignal<Option<Notice>>,
    /// Texts of this document that could not go into it, from now or earlier.
    pub drafts: RwSignal<Vec<ShownDraft>>,
    /// What this page had not saved when it stopped is set aside.
    pub aside: RwSignal<Option<Aside>>,
    /// A key asked for it: `link`, `image`, `save`, `leave`.
    pub asked: RwSignal<Option<String>>,
    /// This device refuses to keep anything.
    pub no_shelf: RwSignal<bool>,
    /// The named colours that the editor knows: `{color: [{name, hex}], highlight: …}`.
    pub palette: StoredValue<Value>,
    /// Once it is set aside, the document is opened anew.
    reloads: StoredValue<bool>,
    id: StoredValue<DocumentId>,
    core: StoredValue<Option<Rc<RefCell<Core>>>, LocalStorage>,
    module: StoredValue<Option<EditorModule>, LocalStorage>,
}

impl OpenDocument {
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
            tools: RwSignal::new(ToolbarState::default()),
            undo: RwSignal::new((false, false)),
            notice: RwSignal::new(None),
            drafts: RwSignal::new(Vec::new()),
            aside: RwSignal::new(None),
            asked: RwSignal::new(None),
            no_shelf: RwSignal::new(false),
            palette: StoredValue::new(Value::Null),
            reloads: StoredValue::new(false),
            id: StoredValue::new(id),
            core: StoredValue::new_local(None),
            module: StoredValue::new_local(None),
        };
        spawn_local(document.fetch_card());
        spawn_local(document.load_editor());
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

    pub fn id(self) -> DocumentId {
        self.id.get_value()
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
        self.loses_written() || self.core().is_some_and(|core| core.borrow().desk.binding.is_composing())
    }

    fn loses_written(self) -> bool {
        match self.aside.try_get_untracked().flatten() {
            Some(Aside::Done) => false,
            Some(Aside::UnderWay | Aside::InTab) => true,
            None => self.saving.try_with_untracked(|saving| saving.in_tab > 0) == Some(true),
        }
    }

    /// Asks for the editor's code again.
    pub fn load_again(self) {
        self.stage.set(Stage::Opening);
        spawn_local(self.load_editor());
    }

    // ── the editor view ─────────────────────────────────────────────────────────────────────────────────────────

    /// Mounts the view by `mount`, which gets the editor's code and the document to show. A view that was there goes.
    pub fn show(self, mount: impl FnOnce(&EditorModule, &shared::document::change::Node) -> Option<Editor>) {
        let Some(core) = self.core() else { return };
        let Some(Some(module)) = self.module.try_get_value() else { return };
        // It still says what it was told last, which the next one is to show.
        let earlier = core.borrow_mut().editor.take();
        drop(earlier);
        let view = core.borrow().desk.binding.view();
        let Some(editor) = mount(&module, &view) else { return self.stage.set(Stage::NoEditor) };
        core.borrow_mut().editor = Some(Rc::new(editor));
        self.show_people();
    }

    /// Shows a document for reading only, apart from this one.
    pub fn show_apart(self, mount: impl FnOnce(&EditorModule) -> Option<Editor>) -> Option<Editor> {
        mount(&self.module.try_get_value().flatten()?)
    }

    /// Writes what was changed in the view, and sends it on its way.
    pub fn commit(self, changes: &[Change]) {
        let Some(core) = self.core() else { return };
        let committed = core.borrow_mut().desk.binding.commit(changes);
        match committed {
            Ok(committed) => {
                if let Some(update) = committed.update {
                    self.handle(ClientInput::LocalUpdate(update.into()));
                }
                self.with_editor(|editor| editor.apply(&committed.catch_up));
            }
            Err(interrupted) => self.mend(interrupted),
        }
        self.tell_undo();
    }

    pub fn composition_start(self, path: &[usize]) {
        let Some(core) = self.core() else { return };
        if let Err(error) = core.borrow_mut().desk.binding.composition_start(path) {
            page::log(&format!("a composition cannot be followed: {error}"));
        }
    }

    /// Writes what was composed; returns what the view missed meanwhile.
    pub fn composition_end(self, changes: &[Change]) -> Vec<Change> {
        let Some(core) = self.core() else { return Vec::new() };
        let committed = core.borrow_mut().desk.binding.composition_end(changes);
        let held = match committed {
            Ok(committed) => {
                if let Some(update) = committed.update {
                    self.handle(ClientInput::LocalUpdate(update.into()));
                }
                committed.catch_up
            }
            Err(interrupted) => {
                self.mend(interrupted);
                Vec::new()
            }
        };
        self.tell_undo();
        held
    }

    pub fn select(self, selection: Option<(Position, Position)>) {
        let Some(core) = self.core() else { return };
        let cursor = {
            let mut core = core.borrow_mut();
            let binding = &mut core.desk.binding;
            binding.note_selection(selection.as_ref().map(|(_, head)| head));
            selection.and_then(|(anchor, head)| {
                Some(json!({ "anchor": binding.anchor(&anchor)?, "head": binding.anchor(&head)? }))
            })
        };
        self.handle(ClientInput::Cursor(cursor));
    }

    pub fn undo(self) {
        self.take_back(Binding::undo);
    }

    pub fn redo(self) {
        self.take_back(Binding::redo);
    }

    /// Does a toolbar command of exec.ts.
    pub fn exec(self, command: &str, args: Value) {
        self.with_editor(|editor| {
            editor.exec(command, &args);
        });
    }

    /// The same, and whether it could be done.
    pub fn does(self, command: &str, args: &Value) -> bool {
        let mut done = false;
        self.with_editor(|editor| done = editor.exec(command, args));
        done
    }

    pub fn with_editor(self, call: impl FnOnce(&Editor)) {
        let editor = self.core().and_then(|core| core.borrow().editor.clone());
        if let Some(editor) = editor {
            call(&editor);
        }
    }

    /// The view and the binding have parted: shows the whole document again.
    pub fn resync(self) {
        let Some(core) = self.core() else { return };
        let view = core.borrow().desk.binding.view();
        self.with_editor(|editor| editor.reset(&view));
    }

    /// The document as it is here, unsaved edits included.
    pub fn content(self) -> Option<shared::document::change::Node> {
        self.core().map(|core| core.borrow().desk.binding.view())
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

    fn core(self) -> Option<Rc<RefCell<Core>>> {
        self.core.try_get_value().flatten()
    }

    async fn load_editor(self) {
        match EditorModule::load().await {
            Some(module) => {
                let palette = module.palette();
                let _ = self.palette.try_set_value(palette);
                let _ = self.module.try_set_value(Some(module));
                self.settle();
            }
            None => drop(self.stage.try_set(Stage::NoEditor)),
        }
    }

    fn take_back(self, deed: impl FnOnce(&mut Binding) -> Option<shared::document::Undone>) {
        self.with_editor(Editor::flush);
        let Some(core) = self.core() else { return };
        if !self.may_edit_now() {
            return;
        }
        let undone = deed(&mut core.borrow_mut().desk.binding);
        if let Some(undone) = undone {
            self.with_editor(|editor| {
                editor.apply(&undone.changes);
                if let Some(caret) = &undone.selection {
                    editor.put_caret(caret);
                }
            });
            self.handle(ClientInput::LocalUpdate(undone.update.into()));
        }
        self.tell_undo();
    }

    fn may_edit_now(self) -> bool {
        untrack(|| self.may_edit())
    }

    /// What the view said did not fit: what was written goes out, and the view shows the document as it is.
    fn mend(self, interrupted: shared::document::Interrupted) {
        page::log(&interrupted.to_string());
        if let Some(update) = interrupted.written {
            self.handle(ClientInput::LocalUpdate(update.into()));
        }
        self.resync();
    }

    pub fn title(self) -> String {
        self.card.with_untracked(|card| card.as_ref().map(|card| card.title.clone())).unwrap_or_default()
    }

    /// Signing out asks about it too.
    fn note_risk(self) {
        let at_risk = self.core().is_some() && self.loses_written();
        if self.session.in_tab.get_untracked() != at_risk {
            self.session.in_tab.set(at_risk);
        }
    }

    fn close(self) {
        let Some(core) = self.core() else { return };
        self.session.in_tab.set(false);
        // Taking the view away ends a composition, and what was composed is still written and kept.
        let editor = core.borrow_mut().editor.take();
        drop(editor);
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
