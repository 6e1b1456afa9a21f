//! Results as one types: the newest question counts, answers to earlier ones are dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Hit, SearchAnswer};

use super::asked::{Question, api_address};
use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::state::session::Session;

/// Results that come at a time.
pub const PAGE: u32 = 20;

#[derive(Debug, Clone, Copy)]
pub struct Search {
    session: Session,
    question: Signal<Question>,
    limit: u32,
    /// The first page's answer, nothing until it has come.
    pub answer: RwSignal<Option<SearchAnswer>>,
    /// The hits of all pages that were asked for.
    pub hits: RwSignal<Vec<Hit>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    turn: StoredValue<u32>,
}

impl Search {
    /// Asks at once, and anew whenever the question changes.
    pub fn new(session: Session, question: Signal<Question>, limit: u32) -> Self {
        let search = Self {
            session,
            question,
            limit,
            answer: RwSignal::new(None),
            hits: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        };
        // Before anything else of the page: on a slow line what is asked first comes first.
        search.ask(0);
        Effect::new(move |before: Option<()>| {
            search.question.track();
            if before.is_some() {
                search.ask(0);
            }
        });
        session.on_return(move || search.again());
        search
    }

    pub fn again(self) {
        self.ask(0);
    }

    /// The next results.
    pub fn more(self) {
        self.ask(u32::try_from(self.hits.with_untracked(Vec::len)).unwrap_or(u32::MAX));
    }

    pub fn total(self) -> u32 {
        self.answer.with(|answer| answer.as_ref().map_or(0, |answer| answer.total))
    }

    pub fn has_more(self) -> bool {
        u32::try_from(self.hits.with(Vec::len)).is_ok_and(|shown| shown > 0 && shown < self.total())
    }

    fn ask(self, after: u32) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        let address = self.question.with_untracked(|question| api_address(question, after, self.limit, dom::encode));
        spawn_local(async move {
            let answer: Result<SearchAnswer, Failure> = fetch::get(&address).await;
            // The page may have been left, and an answer to what nobody asks any more is not shown.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(mut fresh) => {
                    self.failure.set(None);
                    let hits = std::mem::take(&mut fresh.hits);
                    if after == 0 {
                        self.hits.set(hits);
                        self.answer.set(Some(fresh));
                    } else {
                        self.hits.update(|known| known.extend(hits));
                    }
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
