//! The questions of a session: as the server has them, and in the order in which they are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::api::{DecideQuestion, QuestionCard, QuestionList};
use shared::tutoring::QuestionState;
use shared::words::{QuestionId, TutoringId};

use super::again::{Reader, heard, wait};
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::page;
use crate::state::session::Session;

/// How often a deed is asked for on a line that does not answer.
const TIMES: usize = 4;

type Cards = BTreeMap<QuestionId, QuestionCard>;

#[derive(Clone, Copy)]
pub struct Queue {
    session: Session,
    id: StoredValue<TutoringId>,
    /// Nothing until they have been read.
    pub cards: RwSignal<Option<Cards>>,
    /// Those that are shown, from top to bottom.
    pub order: RwSignal<Vec<QuestionId>>,
    /// Somebody is about to click: nothing changes its place.
    pub held: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    /// How much has been told of a question.
    told: StoredValue<BTreeMap<QuestionId, u32>>,
    reader: Reader,
    tried: StoredValue<usize>,
}

impl Queue {
    pub fn new(session: Session, id: TutoringId) -> Self {
        let queue = Self {
            session,
            id: StoredValue::new(id),
            cards: RwSignal::new(None),
            order: RwSignal::new(Vec::new()),
            held: RwSignal::new(false),
            failure: RwSignal::new(None),
            told: StoredValue::new(BTreeMap::new()),
            reader: Reader::new(),
            tried: StoredValue::new(0),
        };
        Effect::new(move || {
            let held = queue.held.get();
            let now = queue.cards.with(|cards| cards.as_ref().map(sorted).unwrap_or_default());
            queue.order.maybe_update(|order| {
                let next = if held { kept(order, &now) } else { now };
                let new = *order != next;
                *order = next;
                new
            });
        });
        queue.read();
        queue
    }

    /// Reads them anew.
    pub fn read(self) {
        self.reader.read(async move || self.fetch().await);
    }

    async fn fetch(self) {
        let Some(address) = self.address("") else { return };
        match fetch::get::<QuestionList>(&address).await {
            Ok(list) => {
                let _ = self.tried.try_set_value(0);
                let _ = self.failure.try_set(None);
                let cards: Cards = list.questions.into_iter().map(|card| (card.id.clone(), card)).collect();
                let _ = self.cards.try_maybe_update(|known| {
                    let new = known.as_ref() != Some(&cards);
                    *known = Some(cards);
                    (new, ())
                });
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

    /// A question as it is now, told to all: what it is to this person stays as it was.
    pub fn hear(self, card: QuestionCard) {
        self.told.update_value(|told| *told.entry(card.id.clone()).or_default() += 1);
        self.cards.maybe_update(|cards| {
            let Some(cards) = cards else { return false };
            let known = cards.get(&card.id);
            let (mine, voted) = known.map_or((false, false), |known| (known.mine, known.voted));
            let card = QuestionCard { mine, voted, ..card };
            let new = known != Some(&card);
            cards.insert(card.id.clone(), card);
            new
        });
    }

    /// An answer to a request that began when so much had been told. What was told since is newer, and only what the
    /// question is to this person is taken from the answer.
    pub fn answered(self, card: QuestionCard, begun: u32) {
        let newer = self.told_of(&card.id) != begun;
        let _ = self.cards.try_update(|cards| {
            let cards = cards.get_or_insert_default();
            match cards.get_mut(&card.id) {
                Some(known) if newer => (known.mine, known.voted) = (card.mine, card.voted),
                Some(_) | None => drop(cards.insert(card.id.clone(), card)),
            }
        });
    }

    pub fn told_of(self, id: &QuestionId) -> u32 {
        self.told.try_with_value(|told| told.get(id).copied()).flatten().unwrap_or_default()
    }

    pub fn card(self, id: &QuestionId) -> Option<QuestionCard> {
        self.cards.with(|cards| cards.as_ref()?.get(id).cloned())
    }

    /// The place of each question among all of the session, from 1: what people call it by.
    pub fn ordinal(self, id: &QuestionId) -> usize {
        self.cards.with(|cards| {
            let Some((cards, number)) = cards.as_ref().and_then(|cards| Some((cards, cards.get(id)?.number))) else {
                return 0;
            };
            cards.values().filter(|card| card.number <= number).count()
        })
    }

    /// Those that wait for an answer.
    pub fn waiting(self) -> usize {
        self.cards.with(|cards| cards.iter().flatten().filter(|(_, card)| card.state.waits()).count())
    }

    pub async fn vote(self, id: QuestionId, for_it: bool) -> Result<(), Failure> {
        let address = self.address(&format!("/{id}/vote")).ok_or(Failure::Unreadable)?;
        let verb = if for_it { Verb::PUT } else { Verb::DELETE };
        let begun = self.told_of(&id);
        // Seen at once; what the server says of it replaces it.
        self.cards.maybe_update(|cards| {
            let Some(card) = cards.as_mut().and_then(|cards| cards.get_mut(&id)).filter(|card| card.voted != for_it)
            else {
                return false;
            };
            card.voted = for_it;
            card.votes = if for_it { card.votes + 1 } else { card.votes.saturating_sub(1) };
            true
        });
        self.done(begun, heard(TIMES, async || fetch::ask(verb.clone(), &address).await).await)
    }

    pub async fn decide(self, id: QuestionId, decision: DecideQuestion) -> Result<(), Failure> {
        let address = self.address(&format!("/{id}")).ok_or(Failure::Unreadable)?;
        let begun = self.told_of(&id);
        self.done(begun, heard(TIMES, async || fetch::send(Verb::PUT, &address, &decision).await).await)
    }

    fn done(self, begun: u32, answer: Result<QuestionCard, Failure>) -> Result<(), Failure> {
        match answer {
            Ok(card) => {
                self.answered(card, begun);
                Ok(())
            }
            Err(failure) => {
                // Somebody else was quicker, or it did not come through: it is seen how it stands.
                self.read();
                Err(self.session.heed(failure))
            }
        }
    }

    pub fn address(self, rest: &str) -> Option<String> {
        self.id.try_get_value().map(|id| format!("/api/tutoring/{id}/questions{rest}"))
    }
}

/// What is being answered, then what waits, by votes and age, then the rest by age. What was taken back or merged into
/// another one is not shown.
fn sorted(cards: &Cards) -> Vec<QuestionId> {
    let is_shown = |card: &&QuestionCard| match card.state {
        QuestionState::Asked | QuestionState::Taken | QuestionState::Answered | QuestionState::Aside => true,
        QuestionState::Merged | QuestionState::Withdrawn => false,
    };
    let mut shown: Vec<&QuestionCard> = cards.values().filter(is_shown).collect();
    shown.sort_by_key(|card| {
        let votes = if card.state.waits() { card.votes } else { 0 };
        (card.state != QuestionState::Taken, !card.state.waits(), Reverse(votes), card.number)
    });
    shown.into_iter().map(|card| card.id.clone()).collect()
}

/// The order that was shown, without what has gone; what is new comes last.
fn kept(shown: &[QuestionId], now: &[QuestionId]) -> Vec<QuestionId> {
    let stays = shown.iter().filter(|id| now.contains(id));
    let new = now.iter().filter(|id| !shown.contains(id));
    stays.chain(new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::words::UnixMillis;

    fn card(number: u64, votes: u32, state: QuestionState) -> (QuestionId, QuestionCard) {
        let id: QuestionId = format!("question-{number}").parse().expect("an id");
        let card = QuestionCard {
            id: id.clone(),
            number,
            text: String::new(),
            by: None,
            school: None,
            place: None,
            quote: String::new(),
            follows: None,
            photo: None,
            clip: None,
            at: UnixMillis(0),
            state,
            decided: None,
            decided_by: None,
            merged_into: None,
            moment: None,
            answer: String::new(),
            votes,
            mine: false,
            voted: false,
        };
        (id, card)
    }

    fn numbers(ids: &[QuestionId]) -> Vec<&str> {
        ids.iter().map(|id| id.as_str().trim_start_matches("question-")).collect()
    }

    #[test]
    fn what_is_answered_now_comes_first_then_what_most_want_to_know() {
        use QuestionState::{Answered, Aside, Asked, Merged, Taken, Withdrawn};
        let cards: Cards = [
            card(1, 9, Answered),
            card(2, 1, Asked),
            card(3, 4, Asked),
            card(4, 1, Asked),
            card(5, 0, Taken),
            card(6, 7, Merged),
            card(7, 7, Withdrawn),
            card(8, 2, Aside),
        ]
        .into();
        assert_eq!(numbers(&sorted(&cards)), ["5", "3", "2", "4", "1", "8"]);
    }

    #[test]
    fn nothing_moves_under_a_pointer() {
        let ids = |numbers: &[u64]| numbers.iter().map(|n| card(*n, 0, QuestionState::Asked).0).collect::<Vec<_>>();
        for (shown, now, kept_so) in [
            (&[1, 2, 3][..], &[3, 2, 1][..], vec!["1", "2", "3"]),
            (&[1, 2, 3], &[4, 3, 1], vec!["1", "3", "4"]),
            (&[], &[2, 1], vec!["2", "1"]),
        ] {
            assert_eq!(numbers(&kept(&ids(shown), &ids(now))), kept_so);
        }
    }
}
