//! What is behind the board on the screen: one hand, one scene, and the document they draw into. It paints once a picture.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use shared::board::{Board, Change, PageId, Rect};

use super::camera::Camera;
use super::hand::{Act, Doing, Hand};
use super::moving::{frame_now, lifted};
use super::own::{BoardOwn, Chosen, Writing};
use super::scene::Scene;
use crate::browser::canvas::{next_frame, pixel_ratio};
use crate::browser::dom::Place;
use crate::browser::pointer::{Told, Turn};
use crate::browser::{clock, dom};
use crate::state::open_document::OpenDocument;

/// What is being drawn is told to others at most so often, in milliseconds.
const TELL_MILLIS: u64 = 33;
/// Where one looks, at most so often.
const LOOK_MILLIS: u64 = 150;

pub(super) struct Desk {
    pub(super) document: OpenDocument<Board>,
    pub(super) own: BoardOwn,
    pub(super) place: Place,
    pub(super) scene: RefCell<Scene>,
    pub(super) hand: RefCell<Hand>,
    pub(super) asked: Cell<bool>,
    pub(super) editable: Cell<bool>,
    /// What is settled has changed, or is seen from elsewhere.
    pub(super) stale: Cell<bool>,
    pub(super) told: Cell<u64>,
    pub(super) looked: Cell<u64>,
    pub(super) unlooked: Cell<bool>,
    /// The words of the page may be others.
    pub(super) reworded: Cell<bool>,
}

impl Desk {
    pub(super) fn new(document: OpenDocument<Board>, place: &Place, page: PageId) -> Option<Rc<Self>> {
        let [settled, moving] = dom::canvases(place)?;
        Some(Rc::new_cyclic(|desk: &std::rc::Weak<Desk>| {
            let desk = desk.clone();
            let came = move || {
                if let Some(desk) = desk.upgrade() {
                    desk.scene.borrow_mut().pictures_came();
                    desk.draw_anew();
                }
            };
            Desk {
                document,
                own: document.own,
                place: place.clone(),
                scene: RefCell::new(Scene::new(settled, moving, page, came)),
                hand: RefCell::new(Hand::new(page)),
                asked: Cell::new(false),
                editable: Cell::new(false),
                stale: Cell::new(true),
                told: Cell::new(0),
                looked: Cell::new(0),
                unlooked: Cell::new(true),
                reworded: Cell::new(true),
            }
        }))
    }

    pub(super) fn hear(self: &Rc<Self>, told: Told) {
        if matches!(told, Told::Down { .. }) {
            // The field is closed as soon as it has lost the focus.
            let wrote = self.own.writing.with_untracked(Option::is_some);
            let _ = self.place.focus();
            self.own.end_writing(self.document);
            // A click beside the words ends them, and begins no others.
            if wrote {
                return;
            }
        }
        let acts =
            self.document.with_replica(|board| self.hand.borrow_mut().hear(told, board, &mut clock::fresh_number));
        self.perform(acts.unwrap_or_default());
        self.ask_frame();
    }

    pub(super) fn turn(self: &Rc<Self>, turn: Turn) {
        let mut hand = self.hand.borrow_mut();
        hand.camera = hand.camera.turned(turn);
        drop(hand);
        if turn.zooms {
            self.scene.borrow_mut().scales(clock::now());
        }
        self.moved_by_hand();
    }

    pub(super) fn zoom_at(self: &Rc<Self>, at: (f32, f32), factor: f32) {
        let mut hand = self.hand.borrow_mut();
        hand.camera = hand.camera.zoomed(at, factor);
        drop(hand);
        self.scene.borrow_mut().scales(clock::now());
        self.moved_by_hand();
    }

    /// One looks where one wants to: following ends.
    pub(super) fn moved_by_hand(self: &Rc<Self>) {
        if self.own.follows.get_untracked().is_some() {
            self.own.follows.set(None);
        }
        self.moved();
    }

    pub(super) fn moved(self: &Rc<Self>) {
        let zoom = self.hand.borrow().camera.zoom;
        if self.own.zoom.get_untracked() != zoom {
            self.scene.borrow_mut().scales(clock::now());
            self.own.zoom.set(zoom);
        }
        self.own.moves.update(|moves| *moves = moves.wrapping_add(1));
        self.unlooked.set(true);
        self.tell_selection();
        self.draw_anew();
    }

    pub(super) fn look_at(self: &Rc<Self>, page: PageId, view: &Rect) {
        let there = self.document.with_replica(|board| board.page(page).is_some());
        if there != Some(true) {
            return;
        }
        if self.hand.borrow().page != page {
            self.put_down();
            self.go_to(page);
        }
        let size = self.scene.borrow().size;
        self.hand.borrow_mut().camera = Camera::showing(view, size, 0.0);
        self.moved();
    }

    pub(super) fn go_to(self: &Rc<Self>, page: PageId) {
        let mut hand = self.hand.borrow_mut();
        hand.page = page;
        hand.camera = Camera::default();
        hand.selection.clear();
        drop(hand);
        self.scene.borrow_mut().show_page(page);
        self.own.page.set(page);
        self.reworded.set(true);
        self.begin_where_things_are();
        self.tell_selection();
        self.moved();
    }

    /// A page that has something far from its corner, or more than the screen shows, is shown whole.
    pub(super) fn begin_where_things_are(self: &Rc<Self>) {
        let page = self.hand.borrow().page;
        let size = self.scene.borrow().size;
        let extent = self.document.with_replica(|board| board.extent(page)).flatten();
        if let Some(extent) = extent
            && !Camera::default().view(size).holds(&extent)
        {
            self.hand.borrow_mut().camera = Camera::showing(&extent, size, 72.0);
        }
        self.own.zoom.set(self.hand.borrow().camera.zoom);
    }

    pub(super) fn resize(self: &Rc<Self>) {
        let size = (self.place.client_width() as f32, self.place.client_height() as f32);
        self.scene.borrow_mut().resize(size, pixel_ratio() as f32);
        self.unlooked.set(true);
        self.draw_anew();
    }

    /// What is under way is written: nothing of it is lost.
    pub(super) fn put_down(self: &Rc<Self>) {
        self.own.end_writing(self.document);
        let acts = self.document.with_replica(|board| self.hand.borrow_mut().finish(board));
        self.perform(acts.unwrap_or_default());
    }

    pub(super) fn perform(self: &Rc<Self>, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Put(elements) => self.document.draw(|board| board.put(&elements)),
                Act::Place(places) => self.document.draw(|board| board.place(&places)),
                Act::Remove(ids) => self.document.draw(|board| board.remove(&ids)),
                Act::Tell(live) => self.document.tell_live(&live),
                Act::Write(words) => self.own.begin_writing(self.document, words),
                Act::Selected => self.tell_selection(),
                Act::Moved => self.moved_by_hand(),
            }
        }
        self.lift();
        self.ask_frame();
    }

    pub(super) fn apply(self: &Rc<Self>, changes: &[Change]) {
        let page = self.hand.borrow().page;
        self.document.with_replica(|board| self.scene.borrow_mut().changed(board, changes));
        if changes.contains(&Change::Pages) {
            self.tell_pages();
            let known = self.document.with_replica(|board| board.page(page).is_some());
            if known == Some(false) {
                let first = self.document.with_replica(|board| board.pages()[0].id);
                first.into_iter().for_each(|first| self.go_to(first));
            }
        }
        let gone = self.document.with_replica(|board| {
            let mut hand = self.hand.borrow_mut();
            let before = hand.selection.len();
            hand.selection.retain(|id| board.element(*id).is_some_and(|element| element.page == page));
            hand.selection.len() != before
        });
        if gone == Some(true) || !self.hand.borrow().selection.is_empty() {
            self.tell_selection();
        }
        self.reworded.set(true);
        self.draw_anew();
    }

    pub(super) fn tell_pages(&self) {
        let pages = self.document.with_replica(|board| board.pages().to_vec()).unwrap_or_default();
        self.own.pages.set(pages);
    }

    pub(super) fn tell_selection(&self) {
        let hand = self.hand.borrow();
        let frame = self.document.with_replica(|board| frame_now(&hand, board)).flatten();
        let chosen = frame.map(|frame| {
            let (left, top) = hand.camera.to_screen((frame.left, frame.top));
            let (right, bottom) = hand.camera.to_screen((frame.right, frame.bottom));
            Chosen { count: hand.selection.len(), frame: Rect { left, top, right, bottom } }
        });
        drop(hand);
        if self.own.chosen.get_untracked() != chosen {
            self.own.chosen.set(chosen);
        }
    }

    pub(super) fn lift(&self) {
        let mut up = lifted(&self.hand.borrow());
        if let Some(Writing { element: Some(id), .. }) = self.own.writing.get_untracked() {
            up.insert(id);
        }
        self.document.with_replica(|board| self.scene.borrow_mut().lift(board, up));
        self.stale.set(true);
    }

    pub(super) fn draw_anew(self: &Rc<Self>) {
        self.stale.set(true);
        self.ask_frame();
    }

    pub(super) fn ask_frame(self: &Rc<Self>) {
        if !self.asked.replace(true) {
            let weak = Rc::downgrade(self);
            next_frame(move || {
                if let Some(desk) = weak.upgrade() {
                    desk.asked.set(false);
                    desk.paint();
                }
            });
        }
    }

    pub(super) fn paint(self: &Rc<Self>) {
        let now = clock::now();
        if matches!(self.hand.borrow().doing, Doing::Erasing { .. } | Doing::Moving { .. } | Doing::Sizing { .. }) {
            self.lift();
            self.tell_selection();
        }
        let more = self.document.with_replica(|board| {
            let (mut scene, hand) = (self.scene.borrow_mut(), self.hand.borrow());
            let mut more = false;
            if self.stale.replace(false) {
                more = scene.paint(board, hand.camera, now);
                self.stale.set(more);
            }
            scene.paint_moving(board, &hand, now) || more
        });
        let waits = self.tell_others(now.0);
        if self.reworded.replace(false) {
            self.own.tell_words(self.document);
        }
        if more == Some(true) || waits {
            self.ask_frame();
        }
    }

    /// What others are to see of what is under way, and where one looks; says whether something waits for its turn.
    pub(super) fn tell_others(&self, now: u64) -> bool {
        let drawing = matches!(self.hand.borrow().doing, Doing::Drawing(_));
        if drawing && now.saturating_sub(self.told.get()) >= TELL_MILLIS {
            self.told.set(now);
            let messages = self.hand.borrow_mut().untold();
            for live in messages {
                self.document.tell_live(&live);
            }
        }
        if self.unlooked.get() && now.saturating_sub(self.looked.get()) >= LOOK_MILLIS {
            self.looked.set(now);
            self.unlooked.set(false);
            let size = self.scene.borrow().size;
            let (page, view) = {
                let hand = self.hand.borrow();
                (hand.page, hand.camera.view(size))
            };
            self.document.tell_view(page, view);
        }
        drawing || self.unlooked.get()
    }
}
