//! What the box in the bar has found: as one types, the newest question counts.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Glance;

use super::library::pace::pause;
use super::session::Session;
use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};

/// After so many milliseconds without an answer it is said that the line is slow.
const SLOW: u32 = 2_000;

#[derive(Debug, Clone, Copy)]
pub struct Glancing {
    session: Session,
    /// What is asked for now.
    pub words: RwSignal<String>,
    /// The last answer, which stays while the next one comes, and what it is the answer to.
    pub answer: RwSignal<Option<(String, Glance)>>,
    pub failure: RwSignal<Option<Failure>>,
    pub slow: RwSignal<bool>,
    busy: StoredValue<bool>,
    turn: StoredValue<u32>,
}

impl Glancing {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            words: RwSignal::new(String::new()),
            answer: RwSignal::new(None),
            failure: RwSignal::new(None),
            slow: RwSignal::new(false),
            busy: StoredValue::new(false),
            turn: StoredValue::new(0),
        }
    }

    /// Begins anew, with what one had open last.
    pub fn begin(self) {
        self.answer.set(None);
        self.failure.set(None);
        self.words.set(String::new());
        self.ask();
    }

    /// Asks for what was typed: at once, or soon if an answer is on its way.
    pub fn type_in(self, words: &str) {
        let words = words.trim();
        if self.words.with_untracked(|known| known == words) {
            return;
        }
        self.words.set(words.to_owned());
        let turn = self.next_turn();
        page::later(pause(self.busy.get_value()), move || {
            if self.is_turn(turn) {
                self.ask();
            }
        });
    }

    pub fn ask(self) {
        let turn = self.next_turn();
        self.busy.set_value(true);
        page::later(SLOW, move || {
            if self.is_turn(turn) && self.busy.get_value() {
                self.slow.set(true);
            }
        });
        let words = self.words.get_untracked();
        spawn_local(async move {
            let answer = fetch::get(&format!("/api/find?q={}", dom::encode(&words))).await;
            // What nobody asks any more is not shown.
            if !self.is_turn(turn) {
                return;
            }
            self.busy.set_value(false);
            self.slow.set(false);
            match answer {
                Ok(glance) => {
                    self.failure.set(None);
                    self.answer.set(Some((words, glance)));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }

    /// Whether what is shown answers what stands in the box.
    pub fn is_fresh(self) -> bool {
        self.answer.with(|answer| answer.as_ref().is_some_and(|(of, _)| self.words.with(|words| of == words)))
    }

    fn next_turn(self) -> u32 {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        turn
    }

    /// Also `false` once the page has been left.
    fn is_turn(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }
}
