//! A board as a medium: its replica, and its canvas.

use serde_json::{Value, json};
use shared::board::live::Live;
use shared::board::{Board, Body, Change, Edit, Element, PageId, Rect, glance};
use shared::document::DocumentError;
use shared::document::change::Node;
use shared::sync::PresentPerson;
use shared::sync::client::ClientInput;
use shared::words::DocumentId;

use super::drafts::paragraphs;
use super::{Medium, OpenDocument, View};
use crate::board::own::BoardOwn;
use crate::board::scene::Guest;
use crate::board::view::BoardView;
use crate::browser::page;
use crate::browser::storage::Draft;

impl Medium for Board {
    type View = BoardView;
    type Code = ();
    type Own = BoardOwn;

    fn own() -> BoardOwn {
        BoardOwn::new()
    }

    fn address(id: &DocumentId) -> String {
        format!("/boards/{id}")
    }

    async fn load() -> Option<()> {
        Some(())
    }

    fn open(client_id: u64, _: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Board::open(client_id)
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
        self.apply(update)
    }

    fn first_look() -> Option<Vec<u8>> {
        Some(glance::View::whole(PageId::FIRST).encode())
    }

    fn glimpse(&mut self, seen: &[u8]) -> Vec<Change> {
        // What can't be read comes with the rest.
        glance::read(seen).map(|seen| Board::glimpse(self, seen)).unwrap_or_default()
    }

    fn arrived(&mut self) -> Vec<Change> {
        Board::arrived(self)
    }

    /// Entries are replaced whole: nothing is carried over.
    fn take_carried(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn forget_replaced(&mut self) {}

    fn is_composing(&self, view: Option<&BoardView>) -> bool {
        view.is_some_and(|view| view.is_busy() || view.has_unwritten())
    }

    fn can_undo(&self) -> bool {
        self.can_undo()
    }

    fn can_redo(&self) -> bool {
        self.can_redo()
    }

    fn content(&self) -> Node {
        let words = self.elements().filter_map(|element| match &*element.body {
            Body::Text { text, .. } | Body::Note { text, .. } => Some(text.as_str()),
            Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => None,
        });
        paragraphs(&words.collect::<Vec<_>>().join("\n"))
    }

    fn replant(draft: &Draft, client_id: u64) -> Vec<u8> {
        let drafted = drafted(draft);
        let mut new = Board::open(client_id);
        // The first page is there already, and may look different.
        new.set_background(PageId::FIRST, &drafted.page(PageId::FIRST).unwrap_or(&drafted.pages()[0]).background);
        let mut before = None;
        for page in drafted.pages() {
            if page.id != PageId::FIRST {
                new.add_page(page.id, before, &page.background);
            }
            before = Some(page.id);
        }
        let elements: Vec<Element> = drafted.elements().cloned().collect();
        new.put(&elements);
        new.snapshot()
    }

    fn cursor(&self, client: u64, person: &PresentPerson, told: &Value) -> Option<Guest> {
        let number = |name: &str| told.get(name).and_then(Value::as_f64).map(|number| number as f32);
        let page: u64 = told.get("page")?.as_str()?.parse().ok()?;
        let view =
            Rect { left: number("left")?, top: number("top")?, right: number("right")?, bottom: number("bottom")? };
        let (name, tone) = (person.name.clone(), person.tone.number());
        Some(Guest { client, name, tone, page: PageId::new(page), view })
    }
}

/// The board that a draft was made of.
pub fn drafted(draft: &Draft) -> Board {
    // Nothing is written through it, so that its client id is nobody's.
    let mut board = Board::open(1);
    for update in &draft.updates {
        if let Err(error) = board.apply(update) {
            page::log(&format!("a part of a draft cannot be read: {error}"));
        }
    }
    board
}

impl OpenDocument<Board> {
    /// Draws on the board; the edit is on the screen when this returns, and on its way.
    pub fn draw(self, edit: impl FnOnce(&mut Board) -> Edit) {
        let Some(core) = self.core() else { return };
        let edit = edit(&mut core.borrow_mut().desk.replica);
        self.went(edit);
    }

    pub fn undo(self) {
        self.take_back(Board::undo);
    }

    pub fn redo(self) {
        self.take_back(Board::redo);
    }

    fn take_back(self, deed: impl FnOnce(&mut Board) -> Option<Edit>) {
        let Some(core) = self.core().filter(|_| self.may_edit_now()) else { return };
        let edit = deed(&mut core.borrow_mut().desk.replica);
        edit.into_iter().for_each(|edit| self.went(edit));
    }

    fn went(self, edit: Edit) {
        self.with_view(|view| view.apply(&edit.changes));
        if !edit.update.is_empty() {
            self.handle(ClientInput::LocalUpdate(edit.update.into()));
        }
        self.tell_undo();
    }

    /// Others see it at once, or not at all.
    pub fn tell_live(self, live: &Live) {
        self.handle(ClientInput::Live(live.encode().into()));
    }

    /// Others may look at the same.
    pub fn tell_view(self, page: PageId, view: Rect) {
        let Rect { left, top, right, bottom } = view;
        let cursor =
            json!({ "page": page.number().to_string(), "left": left, "top": top, "right": right, "bottom": bottom });
        self.handle(ClientInput::Cursor(Some(cursor)));
        self.tell_live(&Live::View { page, view });
    }
}
