//! What a board has to tell its page: signals for tools, pages and forms around the canvas.

use leptos::prelude::*;
use shared::board::{Board, Body, Element, ElementId, Page, PageId, Place, Rect};

use super::hand::{NOTE_SIZE, Words};
use super::tools::{Style, Styles, Tool};
use crate::browser::clock;
use crate::state::open_document::OpenDocument;

/// What is selected, and where it stands on the screen in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    pub count: usize,
    pub frame: Rect,
}

/// Words that are being written in a field over the canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct Writing {
    /// The element they stand in; `None`: a new one.
    pub element: Option<ElementId>,
    pub place: Place,
    /// As it was when one began; text or note.
    pub body: Body,
}

/// A text or note of the page on the screen, for whoever does not see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub element: ElementId,
    pub words: String,
    pub is_note: bool,
}

#[derive(Clone, Copy)]
pub struct BoardOwn {
    /// The page on the screen.
    pub page: RwSignal<PageId>,
    pub pages: RwSignal<Vec<Page>>,
    pub tool: RwSignal<Tool>,
    pub styles: RwSignal<Styles>,
    pub chosen: RwSignal<Option<Chosen>>,
    pub writing: RwSignal<Option<Writing>>,
    /// What the field says now.
    pub written: RwSignal<String>,
    /// CSS pixels for a board unit.
    pub zoom: RwSignal<f32>,
    /// Counts how often what is seen has moved.
    pub moves: RwSignal<u32>,
    /// The client id of the presence whose look is followed.
    pub follows: RwSignal<Option<u64>>,
    pub words: RwSignal<Vec<Told>>,
    /// Pictures on their way to the server.
    pub uploads: RwSignal<u32>,
    /// Something that could not be done, in words.
    pub notice: RwSignal<Option<String>>,
}

impl BoardOwn {
    pub fn new() -> Self {
        Self {
            page: RwSignal::new(PageId::FIRST),
            pages: RwSignal::new(Vec::new()),
            tool: RwSignal::new(Tool::Pen),
            styles: RwSignal::new(Styles::default()),
            chosen: RwSignal::new(None),
            writing: RwSignal::new(None),
            written: RwSignal::new(String::new()),
            zoom: RwSignal::new(1.0),
            moves: RwSignal::new(0),
            follows: RwSignal::new(None),
            words: RwSignal::new(Vec::new()),
            uploads: RwSignal::new(0),
            notice: RwSignal::new(None),
        }
    }

    /// Opens the field for words.
    pub fn begin_writing(self, document: OpenDocument<Board>, words: Words) {
        let styles = self.styles.get_untracked();
        let order = document.with_replica(Board::above_all).unwrap_or(1);
        let writing = match words {
            Words::Of(id) => document.with_replica(|board| {
                let element = board.element(id)?;
                Some(Writing { element: Some(id), place: element.place, body: (*element.body).clone() })
            }),
            Words::Text((x, y)) => {
                let Style { colour, width: size } = styles.text;
                let body = Body::Text { text: String::new(), colour, size };
                Some(Some(Writing { element: None, place: Place::at(x, y - size * 0.7, order), body }))
            }
            Words::Note((x, y)) => {
                let body = Body::Note { text: String::new(), colour: styles.note.colour, size: NOTE_SIZE };
                Some(Some(Writing { element: None, place: Place::at(x, y, order), body }))
            }
        };
        if let Some(writing) = writing.flatten() {
            self.written.set(text_of(&writing.body).to_owned());
            self.writing.set(Some(writing));
        }
    }

    /// Writes what the field says, and closes it. Text without words goes away; a note may stay empty.
    pub fn end_writing(self, document: OpenDocument<Board>) {
        let Some(writing) = self.writing.try_update(Option::take).flatten() else { return };
        let text = self.written.try_get_untracked().unwrap_or_default();
        let text = text.trim_end().to_owned();
        let is_empty = text.trim().is_empty();
        let (body, goes) = match writing.body {
            Body::Text { colour, size, .. } => (Body::Text { text, colour, size }, is_empty),
            Body::Note { colour, size, .. } => (Body::Note { text, colour, size }, false),
            Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => return,
        };
        match writing.element {
            Some(id) if goes => document.draw(|board| board.remove(&[id])),
            Some(id) => document.draw(|board| board.rewrite(id, &body)),
            None if goes => {}
            None => {
                let id = ElementId::new(clock::fresh_number());
                let page = self.page.get_untracked();
                document.draw(|board| board.put(&[Element::new(id, page, writing.place, body)]));
            }
        }
    }

    /// Whether the field says something that is not on the board yet.
    pub fn has_unwritten(self) -> bool {
        let begun = self
            .writing
            .try_with_untracked(|writing| writing.as_ref().map(|writing| text_of(&writing.body).to_owned()));
        begun.flatten().is_some_and(|begun| self.written.try_get_untracked().is_some_and(|now| now != begun))
    }

    /// The words of the page on the screen, from top to bottom.
    pub fn tell_words(self, document: OpenDocument<Board>) {
        let page = self.page.get_untracked();
        let told = document.with_replica(|board| written(board, page));
        if let Some(told) = told.filter(|told| self.words.with_untracked(|known| known != told)) {
            self.words.set(told);
        }
    }
}

/// The words of a page, from top to bottom.
pub fn written(board: &Board, page: PageId) -> Vec<Told> {
    let mut here: Vec<&Element> = board.elements().filter(|element| element.page == page).collect();
    here.sort_by(|a, b| {
        (a.place.y, a.place.x).partial_cmp(&(b.place.y, b.place.x)).unwrap_or(std::cmp::Ordering::Equal)
    });
    here.into_iter().filter_map(told).collect()
}

fn told(element: &Element) -> Option<Told> {
    let (words, is_note) = match &*element.body {
        Body::Text { text, .. } => (text, false),
        Body::Note { text, .. } => (text, true),
        Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => return None,
    };
    Some(Told { element: element.id, words: words.clone(), is_note })
}

pub fn text_of(body: &Body) -> &str {
    match body {
        Body::Text { text, .. } | Body::Note { text, .. } => text,
        Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => "",
    }
}
