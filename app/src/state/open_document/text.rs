//! Text as a medium: the binding, and the editor view.

use leptos::prelude::*;
use serde_json::{Value, json};
use shared::document::change::{Change, Node, Position};
use shared::document::seed::seed;
use shared::document::{Binding, DocumentError, Interrupted, Undone};
use shared::sync::PresentPerson;
use shared::sync::client::ClientInput;
use shared::words::DocumentId;

use super::drafts::document_of;
use super::{Medium, OpenDocument, View};
use crate::browser::editor::{Cursor, Editor, EditorModule};
use crate::browser::page;
use crate::browser::storage::Draft;
use crate::editor::state::ToolbarState;

/// Something the editor view has to say, with its details (bridge.ts, `NoticeCode`).
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub code: String,
    pub detail: Value,
}

#[derive(Debug, Clone, Copy)]
pub struct TextOwn {
    pub tools: RwSignal<ToolbarState>,
    pub notice: RwSignal<Option<Notice>>,
    /// A key asked for it: `link`, `image`, `save`, `leave`.
    pub asked: RwSignal<Option<String>>,
}

impl Medium for Binding {
    type View = Editor;
    type Code = EditorModule;
    type Own = TextOwn;

    fn own() -> TextOwn {
        TextOwn {
            tools: RwSignal::new(ToolbarState::default()),
            notice: RwSignal::new(None),
            asked: RwSignal::new(None),
        }
    }

    fn address(id: &DocumentId) -> String {
        format!("/documents/{id}")
    }

    async fn load() -> Option<EditorModule> {
        EditorModule::load().await
    }

    fn open(client_id: u64, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Binding::open(client_id, clock)
    }

    fn state_vector(&self) -> Vec<u8> {
        self.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        self.diff(state_vector)
    }

    fn is_whole(&self) -> bool {
        self.is_whole()
    }

    fn snapshot(&self) -> Vec<u8> {
        self.snapshot()
    }

    fn apply_remote(&mut self, update: &[u8]) -> Result<Vec<Change>, DocumentError> {
        self.apply_remote(update)
    }

    fn take_carried(&mut self) -> Vec<Vec<u8>> {
        self.take_carried()
    }

    fn forget_replaced(&mut self) {
        self.forget_replaced();
    }

    fn is_composing(&self, _: Option<&Editor>) -> bool {
        self.is_composing()
    }

    fn can_undo(&self) -> bool {
        self.can_undo()
    }

    fn can_redo(&self) -> bool {
        self.can_redo()
    }

    fn content(&self) -> Node {
        self.view()
    }

    fn replant(draft: &Draft, client_id: u64) -> Vec<u8> {
        // The content is the whole of it.
        seed(&document_of(draft), client_id)
    }

    fn cursor(&self, client: u64, person: &PresentPerson, told: &Value) -> Option<Cursor> {
        let place = |end: &str| told.get(end).and_then(|anchor| self.position(anchor));
        let (anchor, head) = (place("anchor")?, place("head")?);
        Some(Cursor {
            id: client.to_string(),
            name: person.name.clone(),
            school: person.school.clone(),
            seal: person.seal.clone(),
            lead: person.lead,
            tone: person.tone.number(),
            anchor,
            head,
        })
    }
}

impl View for Editor {
    type Change = Change;
    type Cursor = Cursor;

    fn apply(&self, changes: &[Change]) {
        self.apply(changes);
    }

    fn flush(&self) {
        self.flush();
    }

    fn set_editable(&self, editable: bool) {
        self.set_editable(editable);
    }

    fn show_cursors(&self, cursors: &[Cursor]) {
        self.show_cursors(cursors);
    }

    /// Nobody draws in a text.
    fn live(&self, _: u64, _: &[u8]) {}

    fn focus(&self) {
        self.focus();
    }
}

impl OpenDocument {
    /// Shows a document for reading only, apart from this one.
    pub fn show_apart(self, mount: impl FnOnce(&EditorModule) -> Option<Editor>) -> Option<Editor> {
        mount(&self.code.try_get_value().flatten()?)
    }

    /// The named colours that the editor knows: `{color: [{name, hex}], highlight: …}`; null before its code is here.
    pub fn palette(self) -> Value {
        self.code.try_get_value().flatten().map(|module| module.palette()).unwrap_or_default()
    }

    /// Writes what was changed in the view, and sends it on its way.
    pub fn commit(self, changes: &[Change]) {
        let Some(core) = self.core() else { return };
        let committed = core.borrow_mut().desk.replica.commit(changes);
        match committed {
            Ok(committed) => {
                if let Some(update) = committed.update {
                    self.handle(ClientInput::LocalUpdate(update.into()));
                }
                self.with_view(|editor| editor.apply(&committed.catch_up));
            }
            Err(interrupted) => self.mend(interrupted),
        }
        self.tell_undo();
    }

    pub fn composition_start(self, path: &[usize]) {
        let Some(core) = self.core() else { return };
        if let Err(error) = core.borrow_mut().desk.replica.composition_start(path) {
            page::log(&format!("a composition cannot be followed: {error}"));
        }
    }

    /// Writes what was composed; returns what the view missed meanwhile.
    pub fn composition_end(self, changes: &[Change]) -> Vec<Change> {
        let Some(core) = self.core() else { return Vec::new() };
        let committed = core.borrow_mut().desk.replica.composition_end(changes);
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
            let binding = &mut core.desk.replica;
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
        self.with_view(|editor| {
            editor.exec(command, &args);
        });
    }

    /// The same, and whether it could be done.
    pub fn does(self, command: &str, args: &Value) -> bool {
        let mut done = false;
        self.with_view(|editor| done = editor.exec(command, args));
        done
    }

    /// The view and the binding have parted: shows the whole document again.
    pub fn resync(self) {
        let Some(core) = self.core() else { return };
        let view = core.borrow().desk.replica.view();
        self.with_view(|editor| editor.reset(&view));
    }

    fn take_back(self, deed: impl FnOnce(&mut Binding) -> Option<Undone>) {
        self.with_view(Editor::flush);
        let Some(core) = self.core() else { return };
        if !self.may_edit_now() {
            return;
        }
        let undone = deed(&mut core.borrow_mut().desk.replica);
        if let Some(undone) = undone {
            self.with_view(|editor| {
                editor.apply(&undone.changes);
                if let Some(caret) = &undone.selection {
                    editor.put_caret(caret);
                }
            });
            self.handle(ClientInput::LocalUpdate(undone.update.into()));
        }
        self.tell_undo();
    }

    /// What the view said did not fit: what was written goes out, and the view shows the document as it is.
    fn mend(self, interrupted: Interrupted) {
        page::log(&interrupted.to_string());
        if let Some(update) = interrupted.written {
            self.handle(ClientInput::LocalUpdate(update.into()));
        }
        self.resync();
    }
}
