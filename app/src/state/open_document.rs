//! The document on the screen: its replica, its socket, its shelf on this device and its editor view, held together.
//!
//! One keystroke walks through here twice: `commit` on the way out, `handle` on the way in. Nothing in here waits while
//! it holds the core, and the core is never held across a call into the editor view, which may call back.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};
use shared::access::Right;
use shared::api::{DocumentCard, RenameDocument};
use shared::document::Binding;
use shared::document::change::{Change, Position};
use shared::sync::PresentPerson;
use shared::sync::client::{
    ClientEffect, ClientInput, ClientSeed, ClientSync, Line, Moment, Replica, ReplicaError, Saving, StopReason,
};
use shared::wire::RefusedReason;
use shared::words::{DocumentId, Epoch, Title, UnixMillis};

use super::session::Session;
use crate::browser::editor::{Cursor, Editor, EditorModule};
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::socket::{Socket, Told};
use crate::browser::storage::{Draft, KeptPlace, Remembered, Shelf};
use crate::browser::{clock, page};
use crate::editor::state::ToolbarState;
use crate::wording::plain::plain_text;

/// How soon edits that wait are written down as text, in milliseconds.
const COPY_MILLIS: u32 = 1_500;

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
    /// This client and the server do not understand each other.
    Outdated,
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
    pub right: RwSignal<Option<Right>>,
    pub stop: RwSignal<Option<Stop>>,
    /// The others who are here, each person once.
    pub people: RwSignal<Vec<PresentPerson>>,
    pub tools: RwSignal<ToolbarState>,
    pub undo: RwSignal<(bool, bool)>,
    pub notice: RwSignal<Option<Notice>>,
    /// Texts of this document that could not go into it, from now or earlier.
    pub drafts: RwSignal<Vec<Draft>>,
    /// A key asked for it: `link`, `save`, `leave`.
    pub asked: RwSignal<Option<String>>,
    /// This device refuses to keep anything.
    pub no_shelf: RwSignal<bool>,
    /// The named colours that the editor knows: `{color: [{name, hex}], highlight: …}`.
    pub palette: StoredValue<Value>,
    id: StoredValue<DocumentId>,
    core: StoredValue<Option<Rc<RefCell<Core>>>, LocalStorage>,
    module: StoredValue<Option<EditorModule>, LocalStorage>,
}

struct Core {
    sync: ClientSync,
    desk: Desk,
    socket: Option<Socket>,
    editor: Option<Rc<Editor>>,
    shelf: Option<Shelf>,
    /// What earlier page loads had kept when this one began.
    left: Vec<KeptPlace>,
    epoch: Option<Epoch>,
    /// Title and epoch lie on the shelf beside the kept updates.
    remembered: bool,
    /// The text with the edits that earlier page loads left, as they wrote it down.
    left_text: String,
    left_title: String,
    /// The text is to be written down soon.
    copying: bool,
    tick: Option<TimeoutHandle>,
    /// A colleague's place could not be found yet.
    lost_cursor: bool,
}

/// The replica as the sync core sees it: what it takes in goes on to the view.
struct Desk {
    binding: Binding,
    changes: Vec<Change>,
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
    /// Opens a document for as long as the owner lives.
    pub fn open(session: Session, id: DocumentId) -> Self {
        let document = Self {
            session,
            stage: RwSignal::new(Stage::Opening),
            card: RwSignal::new(None),
            failure: RwSignal::new(None),
            saving: RwSignal::new(Saving::default()),
            line: RwSignal::new(Line::Connecting),
            right: RwSignal::new(None),
            stop: RwSignal::new(None),
            people: RwSignal::new(Vec::new()),
            tools: RwSignal::new(ToolbarState::default()),
            undo: RwSignal::new((false, false)),
            notice: RwSignal::new(None),
            drafts: RwSignal::new(Vec::new()),
            asked: RwSignal::new(None),
            no_shelf: RwSignal::new(false),
            palette: StoredValue::new(Value::Null),
            id: StoredValue::new(id),
            core: StoredValue::new_local(None),
            module: StoredValue::new_local(None),
        };
        spawn_local(document.fetch_card());
        spawn_local(document.load_editor());
        spawn_local(document.begin());
        page::on_network(move |online| document.handle(ClientInput::Network { online }));
        page::warn_before_leaving(move || document.saving.try_with_untracked(|saving| saving.in_tab > 0) == Some(true));
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

    pub fn may_manage(self) -> bool {
        self.card.with(|card| card.as_ref().is_some_and(|card| card.right == Right::Manage))
    }

    /// Asks for the editor's code again.
    pub fn load_again(self) {
        self.stage.set(Stage::Opening);
        spawn_local(self.load_editor());
    }

    // ── the editor view ─────────────────────────────────────────────────────────────────────────────────────────

    /// Mounts the view by `mount`, which gets the editor's code and the document to show.
    pub fn show(self, mount: impl FnOnce(&EditorModule, &shared::document::change::Node) -> Option<Editor>) {
        let Some(core) = self.core() else { return };
        let Some(Some(module)) = self.module.try_get_value() else { return };
        let view = core.borrow().desk.binding.view();
        let Some(editor) = mount(&module, &view) else { return self.stage.set(Stage::NoEditor) };
        core.borrow_mut().editor = Some(Rc::new(editor));
        self.show_people();
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

    /// The text as it is here, unsaved edits included.
    pub fn text(self) -> String {
        self.core().map(|core| plain_text(&core.borrow().desk.binding.view())).unwrap_or_default()
    }

    // ── the document on the server ──────────────────────────────────────────────────────────────────────────────

    pub async fn rename(self, title: Title) -> Result<(), Failure> {
        let path = format!("/api/documents/{}", self.id());
        let wish = RenameDocument { title: title.as_str().to_owned() };
        fetch::send::<_, Value>(Verb::PATCH, &path, &wish)
            .await
            .map(drop)
            .or_else(unless_empty)
            .map_err(|failure| self.session.heed(failure))?;
        self.card.update(|card| {
            if let Some(card) = card {
                card.title = title.as_str().to_owned();
            }
        });
        Ok(())
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

    /// Takes what this device has of the document, then connects.
    async fn begin(self) {
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

    /// Hands an input to the sync core, and performs what it asks for.
    fn handle(self, input: ClientInput) {
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

    fn perform(self, effect: ClientEffect) {
        let Some(core) = self.core() else { return };
        match effect {
            ClientEffect::Connect => {
                let socket = Socket::connect(&self.id(), move |told| self.hear(told));
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
        }
    }

    fn hear(self, told: Told) {
        match told {
            Told::Opened => self.handle(ClientInput::Opened),
            Told::Frame(frame) => {
                self.with_editor(Editor::flush);
                self.handle(ClientInput::Frame(frame));
            }
            Told::Closed { code } => self.handle(ClientInput::Closed { code }),
        }
    }

    fn keep(self, core: &Rc<RefCell<Core>>, n: u64, update: Bytes) {
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

    fn remember(self, core: &Rc<RefCell<Core>>) {
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
    fn copy_soon(self, core: &Rc<RefCell<Core>>) {
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
    fn set_aside(self, core: &Rc<RefCell<Core>>, reason: StopReason) {
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

    /// Brings what the sync core says to the screen.
    fn tell(self, core: &Rc<RefCell<Core>>) {
        let (saving, line, right) = {
            let core = core.borrow();
            (core.sync.saving(), core.sync.line(), core.sync.right())
        };
        if saving.on_device > 0 && line != Line::Online {
            self.copy_soon(core);
        }
        set_if_new(self.saving, saving);
        set_if_new(self.line, line);
        let before = self.right.get_untracked();
        if before != right {
            self.right.set(right);
            if before.is_some() {
                spawn_local(self.fetch_card());
            }
            if before.is_some_and(Right::may_edit) && right.is_some_and(|right| !right.may_edit()) {
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
                StopReason::Refused(_) => Some(Stop::Refused),
                StopReason::StartAfresh => {
                    self.start_afresh(core);
                    None
                }
                StopReason::Protocol => Some(Stop::Outdated),
            };
            if stop == Some(Stop::Gone) && self.stage.get_untracked() != Stage::Ready {
                self.stage.set(Stage::Missing);
            } else if stop.is_some() && self.stop.with_untracked(Option::is_none) {
                self.stop.set(stop);
            }
        }
    }

    /// Asks the person to sign in again; a dialog would end a composition, so it waits for that.
    fn ask_who(self, core: &Rc<RefCell<Core>>) {
        if !core.borrow().desk.binding.is_composing() {
            return self.session.ended.set(true);
        }
        page::later(500, move || {
            if let Some(core) = self.core() {
                self.ask_who(&core);
            }
        });
    }

    /// The copy here holds what nobody has any more, but nothing of this person: drops it and opens the document anew.
    fn start_afresh(self, core: &Rc<RefCell<Core>>) {
        let shelf = core.borrow().shelf.clone();
        spawn_local(async move {
            if let Some(shelf) = shelf {
                note(shelf.clear().await);
            }
            page::reload();
        });
    }

    fn show_people(self) {
        let Some(core) = self.core() else { return };
        let me = self.session.person();
        let mut people: Vec<PresentPerson> = Vec::new();
        let mut cursors = Vec::new();
        {
            let mut core = core.borrow_mut();
            let mut lost = false;
            for (client, presence) in core.sync.people() {
                let person = &presence.person;
                if Some(&person.id) != me.as_ref() && people.iter().all(|known| known.id != person.id) {
                    people.push(person.clone());
                }
                let Some(cursor) = &presence.cursor else { continue };
                let place = |end: &str| cursor.get(end).and_then(|anchor| core.desk.binding.position(anchor));
                match (place("anchor"), place("head")) {
                    (Some(anchor), Some(head)) => cursors.push(Cursor {
                        id: client.to_string(),
                        name: person.name.clone(),
                        school: person.school.clone(),
                        seal: person.seal.clone(),
                        lead: person.lead,
                        tone: person.tone.number(),
                        anchor,
                        head,
                    }),
                    _ => lost = true,
                }
            }
            core.lost_cursor = lost;
        }
        set_if_new(self.people, people);
        self.with_editor(|editor| editor.show_cursors(&cursors));
    }

    /// The document can be shown as soon as it and the editor's code are here.
    fn settle(self) {
        // Once live, the whole document has come, not only what was kept of it on this device.
        let filled = self.core().is_some_and(|core| matches!(core.borrow().sync.line(), Line::Online | Line::Weak));
        let module = self.module.try_get_value().flatten().is_some();
        if filled && module && self.stage.try_get_untracked() == Some(Stage::Opening) {
            self.stage.set(Stage::Ready);
        }
    }

    fn plan_tick(self) {
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

    fn tell_undo(self) {
        let Some(core) = self.core() else { return };
        let can = {
            let core = core.borrow();
            (core.desk.binding.can_undo(), core.desk.binding.can_redo())
        };
        set_if_new(self.undo, can);
    }

    /// What the view said did not fit: what was written goes out, and the view shows the document as it is.
    fn mend(self, interrupted: shared::document::Interrupted) {
        page::log(&interrupted.to_string());
        if let Some(update) = interrupted.written {
            self.handle(ClientInput::LocalUpdate(update.into()));
        }
        self.resync();
    }

    fn title(self) -> String {
        self.card.with_untracked(|card| card.as_ref().map(|card| card.title.clone())).unwrap_or_default()
    }

    fn close(self) {
        let Some(core) = self.core() else { return };
        // Taking the view away ends a composition, and what was composed is still written and kept.
        let editor = core.borrow_mut().editor.take();
        drop(editor);
        let _ = self.core.try_set_value(None);
        let mut core = core.borrow_mut();
        if let Some(tick) = core.tick.take() {
            tick.clear();
        }
        core.socket = None;
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

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}

fn refuse(refused: &crate::browser::storage::Refused) -> Option<Shelf> {
    page::log(&format!("this browser keeps nothing: {}", refused.0));
    None
}

/// What the shelf refuses shows as the state of saving; the reason goes to whoever looks into it.
fn note(result: Result<(), crate::browser::storage::Refused>) {
    if let Err(refused) = result {
        page::log(&format!("cannot keep on this device: {}", refused.0));
    }
}

/// A renaming may be answered without a body.
fn unless_empty(failure: Failure) -> Result<(), Failure> {
    match failure {
        Failure::Unreadable => Ok(()),
        Failure::Unreachable | Failure::Problem(_) => Err(failure),
    }
}
