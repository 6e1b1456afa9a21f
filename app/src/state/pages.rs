//! Lists that come page by page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use super::session::Session;
use crate::browser::dom;
use crate::browser::fetch::{self, Failure};

/// An answer with lines and the place where the next ones begin, if there are any.
pub trait Paged: DeserializeOwned + 'static {
    type Line: Clone + Send + Sync + 'static;
    /// What the newest answer says beside its lines.
    type Beside: Default + Send + Sync + 'static;

    /// The parameter that says where a page begins.
    const CURSOR: &'static str;

    fn apart(self) -> (Vec<Self::Line>, Option<String>, Self::Beside);
}

/// What is there of a list: the newest question counts, answers to earlier ones are dropped.
#[derive(Debug)]
pub struct Pages<A: Paged> {
    session: Session,
    /// Of the first page.
    address: StoredValue<String>,
    /// Nothing until the first answer.
    pub lines: RwSignal<Option<Vec<A::Line>>>,
    pub beside: RwSignal<A::Beside>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    turn: StoredValue<u32>,
}

impl<A: Paged> Clone for Pages<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Paged> Copy for Pages<A> {}

impl<A: Paged> Pages<A> {
    /// Nothing is asked before it is shown.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            address: StoredValue::new(String::new()),
            lines: RwSignal::new(None),
            beside: RwSignal::new(A::Beside::default()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            next: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// Shows the first page of this list.
    pub fn show_at(self, address: String) {
        self.address.set_value(address);
        self.ask(None);
    }

    /// Asks for the first page again.
    pub fn again(self) {
        self.ask(None);
    }

    pub fn has_more(self) -> bool {
        self.next.with(Option::is_some)
    }

    pub fn more(self) {
        if let Some(next) = self.next.get_untracked() {
            self.ask(Some(next));
        }
    }

    fn ask(self, from: Option<String>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        let address = self.address.with_value(|address| match &from {
            Some(from) => {
                let joint = if address.contains('?') { '&' } else { '?' };
                format!("{address}{joint}{}={}", A::CURSOR, dom::encode(from))
            }
            None => address.clone(),
        });
        spawn_local(async move {
            let answer = fetch::get::<A>(&address).await;
            // The page may have been left, too.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer.map(A::apart) {
                Ok((lines, next, beside)) => {
                    self.failure.set(None);
                    self.next.set(next);
                    self.beside.set(beside);
                    self.lines.update(|known| match known {
                        Some(known) if from.is_some() => known.extend(lines),
                        Some(_) | None => *known = Some(lines),
                    });
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
