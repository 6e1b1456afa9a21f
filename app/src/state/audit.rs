//! What was done by whom, as the server has written it down.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::AuditList;
use shared::words::UnixMillis;

use super::session::Session;
use crate::browser::dom;
use crate::browser::fetch::{self, Failure};

/// The act of an import, and of taking one back.
pub const IMPORTED: &str = "roster.imported";
pub const TAKEN_BACK: &str = "roster.taken-back";

/// Which lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditWish {
    /// How the act begins: `seat.`; empty for all.
    pub act: String,
    /// The id of who did it.
    pub actor: Option<String>,
    /// `type:id` of what it was done to.
    pub subject: Option<String>,
    /// Only what this import did.
    pub import: Option<String>,
    pub since: Option<UnixMillis>,
    pub until: Option<UnixMillis>,
}

impl AuditWish {
    /// Whether one line stands for an import: who looks for one thing or one kind of things finds those of imports, too.
    fn folds(&self) -> bool {
        self.act.is_empty() && self.subject.is_none() && self.import.is_none()
    }

    /// As the query of an address.
    pub fn query(&self) -> String {
        let AuditWish { act, actor, subject, import, since, until } = self;
        let mut parts = Vec::new();
        let mut say = |name: &str, value: Option<String>| {
            parts.extend(value.map(|value| format!("{name}={}", dom::encode(&value))));
        };
        say("act", (!act.is_empty()).then(|| act.clone()));
        say("actor", actor.clone());
        say("subject", subject.clone());
        say("import", import.clone());
        say("since", since.map(|at| at.0.to_string()));
        say("until", until.map(|at| at.0.to_string()));
        parts.join("&")
    }
}

#[derive(Debug, Clone, Copy)]
pub struct AuditLog {
    session: Session,
    pub wish: RwSignal<AuditWish>,
    /// Nothing until the server has answered.
    pub list: RwSignal<Option<AuditList>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    turn: StoredValue<u32>,
}

impl AuditLog {
    /// Asks at once, and anew whenever the wish or `changes` changes.
    pub fn new(session: Session, wish: AuditWish, changes: RwSignal<u32>) -> Self {
        let log = Self {
            session,
            wish: RwSignal::new(wish),
            list: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        };
        Effect::new(move || {
            changes.track();
            log.wish.track();
            log.ask(None);
        });
        session.on_return(move || log.ask(None));
        log
    }

    /// The next lines.
    pub fn go_on(self) {
        if let Some(next) = self.list.with_untracked(|list| list.as_ref().and_then(|list| list.next)) {
            self.ask(Some(next));
        }
    }

    fn ask(self, before: Option<u64>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        let mut address = format!("/api/audit?{}", self.wish.with_untracked(AuditWish::query));
        if self.wish.with_untracked(AuditWish::folds) {
            address += "&fold=true";
        }
        if let Some(before) = before {
            address += &format!("&before={before}");
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer: Result<AuditList, Failure> = fetch::get(&address).await;
            // The page may have been left, and an answer to what nobody asks any more is not shown.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(mut fresh) => {
                    if before.is_some() {
                        let known = self.list.get_untracked().map(|list| list.lines).unwrap_or_default();
                        fresh.lines = known.into_iter().chain(fresh.lines).collect();
                    }
                    self.failure.set(None);
                    self.list.set(Some(fresh));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
