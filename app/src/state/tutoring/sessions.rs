//! The sessions that concern somebody: those to come, or those that were.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{SessionCard, SessionList, ShelfCard, WaitingQuestions};

use crate::browser::fetch;
use crate::state::pages::{Paged, Pages};
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

impl Paged for SessionList {
    type Line = SessionCard;
    /// Where the asking person may plan.
    type Beside = Vec<ShelfCard>;

    const CURSOR: &'static str = "before";

    fn apart(self) -> (Vec<SessionCard>, Option<String>, Vec<ShelfCard>) {
        (self.sessions, self.next, self.may_plan)
    }
}

pub type Sessions = Pages<SessionList>;

impl Sessions {
    pub fn of(session: Session) -> Self {
        let sessions = Self::new(session);
        session.on_return(move || sessions.again());
        sessions
    }

    pub fn show(self, when: When) {
        self.lines.set(None);
        self.show_at(format!("/api/tutoring?when={}", when.name()));
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
