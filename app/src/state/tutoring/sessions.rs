//! The sessions that concern somebody: those to come, or those that were.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{SessionCard, SessionList, ShelfCard, WaitingQuestions};

use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum When {
    #[default]
    Coming,
    Past,
}

impl When {
    /// As it stands in the address.
    pub fn name(self) -> &'static str {
        match self {
            When::Coming => "coming",
            When::Past => "past",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [When::Coming, When::Past].into_iter().find(|when| when.name() == name)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Sessions {
    session: Session,
    when: RwSignal<When>,
    /// Nothing until the server has answered.
    pub lines: RwSignal<Option<Vec<SessionCard>>>,
    pub next: RwSignal<Option<String>>,
    pub may_plan: RwSignal<Vec<ShelfCard>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    asked: StoredValue<u32>,
}

impl Sessions {
    pub fn new(session: Session) -> Self {
        let sessions = Self {
            session,
            when: RwSignal::new(When::Coming),
            lines: RwSignal::new(None),
            next: RwSignal::new(None),
            may_plan: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            asked: StoredValue::new(0),
        };
        session.on_return(move || sessions.again());
        sessions
    }

    pub fn show(self, when: When) {
        self.when.set(when);
        self.lines.set(None);
        self.again();
    }

    /// Asks anew for the first page.
    pub fn again(self) {
        self.ask(None);
    }

    pub fn more(self) {
        if let Some(next) = self.next.get_untracked() {
            self.ask(Some(next));
        }
    }

    fn ask(self, before: Option<String>) {
        let turn = self.asked.get_value() + 1;
        self.asked.set_value(turn);
        self.busy.set(true);
        let mut address = format!("/api/tutoring?when={}", self.when.get_untracked().name());
        if let Some(before) = &before {
            address.push_str(&format!("&before={}", dom::encode(before)));
        }
        spawn_local(async move {
            let answer = fetch::get::<SessionList>(&address).await;
            // What was asked for since is newer.
            if self.asked.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(list) => {
                    let earlier = before.and(self.lines.get_untracked()).unwrap_or_default();
                    self.lines.set(Some(earlier.into_iter().chain(list.sessions).collect()));
                    self.next.set(list.next);
                    self.may_plan.set(list.may_plan);
                    self.failure.set(None);
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}

/// What somebody hosts and has not answered yet; nothing while it is not known.
pub fn waiting_questions(session: Session) -> RwSignal<Option<WaitingQuestions>> {
    let waiting = RwSignal::new(None);
    spawn_local(async move {
        match fetch::get("/api/tutoring/questions/waiting").await {
            Ok(found) => drop(waiting.try_set(Some(found))),
            // The list above says what is wrong with the line.
            Err(failure) => drop(session.heed(failure)),
        }
    });
    waiting
}
