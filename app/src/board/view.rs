//! The board on the screen, as the page and the open document see it.

use std::rc::Rc;

use leptos::prelude::*;
use shared::board::live::Live;
use shared::board::{Board, Change, ElementId, PageId, Rect};

use super::camera::Camera;
use super::desk::Desk;
use super::hand::Act;
use super::scene::{Guest, Scene};
use super::tools::Tool;
use crate::browser::dom::Place;
use crate::browser::pointer::{Pointers, Wheel};
use crate::browser::{clock, dom};
use crate::state::open_document::{OpenDocument, View};

/// How far a key moves the paper, in CSS pixels.
const STEP: f32 = 80.0;

/// Dropped, it writes what is under way and is gone.
pub struct BoardView {
    desk: Rc<Desk>,
    _pointers: Pointers,
    _wheel: Wheel,
    _size: dom::SizeWatch,
}

impl BoardView {
    /// Shows the board on the two canvases inside `place`, the settled one and the one above it.
    pub fn mount(document: OpenDocument<Board>, place: &Place) -> Option<Self> {
        let own = document.own;
        let page = document
            .with_replica(|board| board.page(own.page.get_untracked()).map_or(board.pages()[0].id, |page| page.id))?;
        let desk = Desk::new(document, place, page)?;
        own.page.set(page);
        desk.tell_pages();
        desk.resize();
        desk.begin_where_things_are();
        let weak = Rc::downgrade(&desk);
        let pointers = Pointers::over(place, move |told| {
            if let Some(desk) = weak.upgrade() {
                desk.hear(told);
            }
        });
        let weak = Rc::downgrade(&desk);
        let wheel = Wheel::over(place, move |turn| {
            if let Some(desk) = weak.upgrade() {
                desk.turn(turn);
            }
        });
        let weak = Rc::downgrade(&desk);
        let size = dom::SizeWatch::of(place, move || {
            if let Some(desk) = weak.upgrade() {
                desk.resize();
            }
        });
        Some(Self { desk, _pointers: pointers, _wheel: wheel, _size: size })
    }

    pub fn take(&self, tool: Tool) {
        self.desk.put_down();
        self.desk.hand.borrow_mut().tool = tool;
        if tool != Tool::Select {
            self.select([]);
        }
        self.desk.ask_frame();
    }

    pub fn set_styles(&self) {
        self.desk.hand.borrow_mut().styles = self.desk.own.styles.get_untracked();
    }

    /// While it is held, anything moves the paper.
    pub fn hold_paper(&self, holds: bool) {
        self.desk.hand.borrow_mut().gestures.hand = holds || !self.desk.editable.get();
    }

    pub fn show_page(&self, page: PageId) {
        self.desk.put_down();
        self.desk.go_to(page);
    }

    /// The colours of the page may be others.
    pub fn read_inks(&self) {
        self.desk.scene.borrow_mut().read_inks();
        self.desk.draw_anew();
    }

    /// By a key: the paper goes by so many steps.
    pub fn step(&self, x: f32, y: f32) {
        let mut hand = self.desk.hand.borrow_mut();
        hand.camera = hand.camera.panned((-x * STEP, -y * STEP));
        drop(hand);
        self.desk.moved_by_hand();
    }

    /// Larger or smaller around the middle of the screen.
    pub fn zoom(&self, factor: f32) {
        let (width, height) = self.desk.scene.borrow().size;
        self.desk.zoom_at((width / 2.0, height / 2.0), factor);
    }

    /// As large as life.
    pub fn zoom_to_life(&self) {
        let zoom = self.desk.hand.borrow().camera.zoom;
        self.zoom(1.0 / zoom);
    }

    /// All that lies on the page.
    pub fn show_all(&self) {
        let page = self.desk.hand.borrow().page;
        let Some(rect) = self.desk.document.with_replica(|board| board.extent(page)).flatten() else { return };
        let size = self.desk.scene.borrow().size;
        self.desk.hand.borrow_mut().camera = Camera::showing(&rect, size, 72.0);
        self.desk.moved_by_hand();
    }

    /// Shows what somebody else looks at.
    pub fn look_with(&self, client: u64) {
        let guest = self.desk.scene.borrow().guests.get(&client).cloned();
        if let Some(guest) = guest {
            self.desk.look_at(guest.page, &guest.view);
        }
    }

    pub fn selection(&self) -> Vec<ElementId> {
        self.desk.hand.borrow().selection.iter().copied().collect()
    }

    pub fn select(&self, ids: impl IntoIterator<Item = ElementId>) {
        self.desk.hand.borrow_mut().selection = ids.into_iter().collect();
        self.desk.tell_selection();
        self.desk.ask_frame();
    }

    /// Moves what is selected by so many board units.
    pub fn nudge(&self, by: (f32, f32)) {
        let hand = self.desk.hand.borrow();
        let places = self.desk.document.with_replica(|board| super::grasp::moved(board, &hand.selection, by));
        drop(hand);
        self.desk.perform(places.into_iter().map(Act::Place).collect());
    }

    /// What was begun and not written is let go; says whether there was anything.
    pub fn let_go(&self) -> bool {
        let mut hand = self.desk.hand.borrow_mut();
        let busy = hand.is_busy();
        let acts = hand.drop_it();
        drop(hand);
        self.desk.perform(acts);
        busy
    }

    /// Words stand in the field that are not on the board yet.
    pub fn has_unwritten(&self) -> bool {
        self.desk.own.has_unwritten()
    }

    pub fn is_busy(&self) -> bool {
        self.desk.hand.borrow().is_busy()
    }

    /// From the page to CSS pixels of the surface.
    pub fn to_screen(&self, at: (f32, f32)) -> (f32, f32) {
        self.desk.hand.borrow().camera.to_screen(at)
    }

    /// From CSS pixels of the surface to the page.
    pub fn to_page(&self, at: (f32, f32)) -> (f32, f32) {
        self.desk.hand.borrow().camera.to_page(at)
    }

    /// Brings a point of a page into the middle of the screen.
    pub fn show_point(&self, page: PageId, (x, y): (f32, f32)) {
        if self.desk.hand.borrow().page != page {
            self.show_page(page);
        }
        let (width, height) = self.desk.scene.borrow().size;
        let mut hand = self.desk.hand.borrow_mut();
        let zoom = hand.camera.zoom;
        hand.camera = Camera { x: x - width / 2.0 / zoom, y: y - height / 2.0 / zoom, zoom };
        drop(hand);
        self.desk.moved_by_hand();
    }

    /// The point of the page in the middle of the screen.
    pub fn middle(&self) -> (f32, f32) {
        let (width, height) = self.desk.scene.borrow().size;
        self.desk.hand.borrow().camera.to_page((width / 2.0, height / 2.0))
    }

    /// What the screen shows of the page.
    pub fn shown(&self) -> Rect {
        let size = self.desk.scene.borrow().size;
        self.desk.hand.borrow().camera.view(size)
    }

    pub fn with_scene<T>(&self, look: impl FnOnce(&mut Scene) -> T) -> T {
        look(&mut self.desk.scene.borrow_mut())
    }

    /// Somebody on this page, by the client id of their presence.
    pub fn guest(&self, client: u64) -> Option<Guest> {
        self.desk.scene.borrow().guests.get(&client).cloned()
    }
}

impl View for BoardView {
    type Change = Change;
    type Cursor = Guest;

    fn apply(&self, changes: &[Change]) {
        self.desk.apply(changes);
    }

    /// A stroke that is under way is told when it is lifted; others' changes do not touch it.
    fn flush(&self) {}

    fn set_editable(&self, editable: bool) {
        if !editable {
            self.desk.put_down();
        }
        self.desk.editable.set(editable);
        self.desk.hand.borrow_mut().gestures.hand = !editable;
    }

    fn show_cursors(&self, cursors: &[Guest]) {
        self.desk.scene.borrow_mut().guests = cursors.iter().map(|guest| (guest.client, guest.clone())).collect();
        // Whom one followed has left.
        let gone = |client: &u64| cursors.iter().all(|guest| guest.client != *client);
        if self.desk.own.follows.get_untracked().as_ref().is_some_and(gone) {
            self.desk.own.follows.set(None);
        }
        self.desk.unlooked.set(true);
        self.desk.ask_frame();
    }

    fn live(&self, from: u64, message: &[u8]) {
        let Ok(live) = Live::decode(message) else { return };
        let now = clock::now();
        let mut scene = self.desk.scene.borrow_mut();
        match &live {
            Live::Laser { page, x, y } => drop(scene.lasers.insert(from, (*page, (*x, *y), now))),
            Live::LaserOff => drop(scene.lasers.remove(&from)),
            Live::View { page, view } => {
                if let Some(guest) = scene.guests.get_mut(&from) {
                    (guest.page, guest.view) = (*page, *view);
                }
                drop(scene);
                if self.desk.own.follows.get_untracked() == Some(from) {
                    self.desk.look_at(*page, view);
                }
                return;
            }
            Live::Begin { .. } | Live::Points { .. } | Live::Drop { .. } => drop(scene.others.hear(now, from, &live)),
        }
        drop(scene);
        self.desk.ask_frame();
    }

    fn focus(&self) {
        let _ = self.desk.place.focus();
    }
}

impl Drop for BoardView {
    fn drop(&mut self) {
        self.desk.put_down();
    }
}
