//! The table of people: what was asked for, and what the server found.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::FoundPeople;
use shared::organisation::Body;

use super::session::Session;
use crate::browser::dom;
use crate::browser::fetch::{self, Failure};

/// Lines that come at once, and at most.
const PAGE: usize = 50;
const MOST: usize = 200;

/// Whom to show of those who match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    All,
    Never,
    Ending,
    Suspended,
}

impl Filter {
    pub const ALL: [Self; 4] = [Self::All, Self::Never, Self::Ending, Self::Suspended];

    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Never => "never",
            Self::Ending => "ending",
            Self::Suspended => "suspended",
        }
    }

    /// What is in an address may be anything.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.name() == name).unwrap_or(Self::All)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct People {
    session: Session,
    pub words: Signal<String>,
    pub filter: Signal<Filter>,
    pub body: Signal<Option<Body>>,
    /// Nothing until the server has answered.
    pub found: RwSignal<Option<FoundPeople>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    turn: StoredValue<u32>,
}

impl People {
    /// Asks at once, and anew whenever what is asked for changes or `changes` does.
    pub fn new(
        session: Session,
        words: Signal<String>,
        filter: Signal<Filter>,
        body: Signal<Option<Body>>,
        changes: RwSignal<u32>,
    ) -> Self {
        let people = Self {
            session,
            words,
            filter,
            body,
            found: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        };
        Effect::new(move |before: Option<u32>| {
            let changes = changes.get();
            people.words.track();
            people.filter.track();
            people.body.track();
            // What was changed is looked at as far as it was unfolded.
            let shown = people.found.with_untracked(|found| found.as_ref().map_or(0, |found| found.people.len()));
            let limit = if before == Some(changes) { PAGE } else { shown.clamp(PAGE, MOST) };
            people.ask(None, limit);
            changes
        });
        session.on_return(move || people.again());
        people
    }

    /// The next lines.
    pub fn go_on(self) {
        if let Some(next) = self.found.with_untracked(|found| found.as_ref().and_then(|found| found.next)) {
            self.ask(Some(next), PAGE);
        }
    }

    pub fn again(self) {
        self.ask(None, PAGE);
    }

    fn ask(self, after: Option<u32>, limit: usize) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        let mut address = format!(
            "/api/organisation/people?q={}&filter={}&limit={limit}",
            dom::encode(self.words.get_untracked().trim()),
            self.filter.get_untracked().name()
        );
        if let Some(body) = self.body.get_untracked() {
            address += &format!("&body={}", dom::encode(&body.to_string()));
        }
        if let Some(after) = after {
            address += &format!("&after={after}");
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer: Result<FoundPeople, Failure> = fetch::get(&address).await;
            // The page may have been left, and an answer to what nobody asks any more is not shown.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(mut fresh) => {
                    if after.is_some() {
                        let known = self.found.get_untracked().map(|found| found.people).unwrap_or_default();
                        fresh.people = known.into_iter().chain(fresh.people).collect();
                    }
                    self.failure.set(None);
                    self.found.set(Some(fresh));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
