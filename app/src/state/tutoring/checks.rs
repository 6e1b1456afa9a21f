//! The quick checks of a session, as the server has them.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use shared::api::{CheckAnswer, CheckCard, CheckList, CheckView, CheckWords, DecideCheck, WriteCheck};
use shared::tutoring::CheckState;
use shared::words::{CheckId, TutoringId};

use super::again::{Reader, heard, wait};
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, page};
use crate::state::session::Session;

/// How often a deed is asked for on a line that does not answer.
const TIMES: usize = 4;
/// A class answers at once: whoever leads reads the numbers after so long, in milliseconds.
const GATHER_MILLIS: u32 = 1_000;
/// Within so many milliseconds, by chance, everybody reads what was told to all at once.
const SCATTER_MILLIS: f64 = 600.0;

#[derive(Clone, Copy)]
pub struct Checks {
    session: Session,
    id: StoredValue<TutoringId>,
    /// Nothing until they have been read; in the order in which they were written.
    pub cards: RwSignal<Option<Vec<CheckCard>>>,
    /// Those whose results were looked at.
    pub views: RwSignal<BTreeMap<CheckId, CheckView>>,
    pub failure: RwSignal<Option<Failure>>,
    looked_at: StoredValue<BTreeSet<CheckId>>,
    reader: Reader,
    gathers: StoredValue<bool>,
    tried: StoredValue<usize>,
}

impl Checks {
    pub fn new(session: Session, id: TutoringId) -> Self {
        let checks = Self {
            session,
            id: StoredValue::new(id),
            cards: RwSignal::new(None),
            views: RwSignal::new(BTreeMap::new()),
            failure: RwSignal::new(None),
            looked_at: StoredValue::new(BTreeSet::new()),
            reader: Reader::new(),
            gathers: StoredValue::new(false),
            tried: StoredValue::new(0),
        };
        checks.read();
        checks
    }

    /// Reads them anew, with the results of those that are looked at.
    pub fn read(self) {
        self.reader.read(async move || self.fetch().await);
    }

    /// The same after others had the time to be told as well.
    pub fn read_soon(self) {
        page::later((SCATTER_MILLIS * clock::chance()) as u32, move || self.read());
    }

    /// Somebody answered.
    pub fn gather(self) {
        if self.gathers.try_update_value(|gathers| std::mem::replace(gathers, true)) == Some(false) {
            page::later(GATHER_MILLIS, move || {
                let _ = self.gathers.try_set_value(false);
                self.read();
            });
        }
    }

    async fn fetch(self) {
        let Some(address) = self.address("") else { return };
        match fetch::get::<CheckList>(&address).await {
            Ok(CheckList { checks }) => {
                let _ = self.tried.try_set_value(0);
                let _ = self.failure.try_set(None);
                let there: BTreeSet<CheckId> = checks.iter().map(|card| card.id.clone()).collect();
                let _ = self.cards.try_maybe_update(|known| {
                    let new = known.as_ref() != Some(&checks);
                    *known = Some(checks);
                    (new, ())
                });
                let looked_at =
                    self.looked_at.try_with_value(|ids| ids.intersection(&there).cloned().collect::<Vec<_>>());
                for id in looked_at.unwrap_or_default() {
                    self.fetch_results(&id).await;
                }
            }
            Err(failure) => {
                let unreachable = failure == Failure::Unreachable;
                let _ = self.failure.try_set(Some(self.session.heed(failure)));
                let tried = self.tried.try_update_value(|tried| std::mem::replace(tried, *tried + 1));
                if let (true, Some(tried)) = (unreachable, tried) {
                    page::later(wait(tried + 1), move || self.read());
                }
            }
        }
    }

    async fn fetch_results(self, id: &CheckId) {
        let Some(address) = self.address(&format!("/{id}")) else { return };
        if let Ok(view) = fetch::get::<CheckView>(&address).await {
            self.show(view);
        }
    }

    /// Its results are on the screen from now on.
    pub fn look_at(self, id: CheckId) {
        if self.looked_at.try_update_value(|ids| ids.insert(id.clone())) == Some(true) {
            leptos::task::spawn_local(async move { self.fetch_results(&id).await });
        }
    }

    fn show(self, view: CheckView) {
        let card = view.card.clone();
        let _ = self.cards.try_update(|cards| {
            let cards = cards.get_or_insert_default();
            match cards.iter_mut().find(|known| known.id == card.id) {
                Some(known) => *known = card,
                None => cards.push(card),
            }
        });
        let _ = self.views.try_update(|views| views.insert(view.card.id.clone(), view));
    }

    /// That can be answered now, and was not.
    pub fn to_answer(self) -> usize {
        self.cards.with(|cards| {
            let waits = |card: &&CheckCard| card.state == CheckState::Open && card.mine.is_none();
            cards.iter().flatten().filter(waits).count()
        })
    }

    // ── deeds ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// Writes a check and opens it, if that is wished.
    pub async fn write(self, id: CheckId, words: CheckWords, open: bool) -> Result<(), Failure> {
        let address = self.address("").ok_or(Failure::Unreadable)?;
        let wish = WriteCheck { id: id.clone(), words };
        let written = heard(TIMES, async || fetch::send::<_, CheckCard>(Verb::POST, &address, &wish).await).await;
        let card = written.map_err(|failure| self.session.heed(failure))?;
        self.show(CheckView { card, results: None });
        if open { self.decide(id, DecideCheck::Open).await } else { Ok(()) }
    }

    pub async fn decide(self, id: CheckId, decision: DecideCheck) -> Result<(), Failure> {
        let view = self.put(&format!("/{id}"), &decision).await?;
        match decision {
            DecideCheck::Discard => {
                let _ = self.cards.try_update(|cards| cards.get_or_insert_default().retain(|card| card.id != id));
            }
            DecideCheck::Change(_) | DecideCheck::Open | DecideCheck::Close | DecideCheck::Show | DecideCheck::Hide => {
                self.show(view);
            }
        }
        Ok(())
    }

    pub async fn answer(self, id: CheckId, answer: CheckAnswer) -> Result<(), Failure> {
        let view = self.put(&format!("/{id}/answer"), &answer).await?;
        self.show(view);
        Ok(())
    }

    /// Whatever is asked so may arrive twice and is done once.
    async fn put(self, rest: &str, wish: &impl serde::Serialize) -> Result<CheckView, Failure> {
        let address = self.address(rest).ok_or(Failure::Unreadable)?;
        let answer = heard(TIMES, async || fetch::send(Verb::PUT, &address, wish).await).await;
        answer.map_err(|failure| self.session.heed(failure))
    }

    fn address(self, rest: &str) -> Option<String> {
        self.id.try_get_value().map(|id| format!("/api/tutoring/{id}/checks{rest}"))
    }
}
