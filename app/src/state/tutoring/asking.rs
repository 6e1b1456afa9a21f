//! A question on its way: what is being typed survives a reload, and what was sent is sent again until the server has it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use shared::api::{AskQuestion, BoardPlace, QuestionCard};
use shared::words::{QuestionId, TutoringId};

use super::again::wait;
use super::queue::Queue;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, page, settings};
use crate::state::session::Session;

/// What somebody is writing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub text: String,
    pub anonymous: bool,
    pub place: Option<BoardPlace>,
    pub follows: Option<QuestionId>,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A question that the server does not have yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsent {
    pub wish: AskQuestion,
    /// Why it was not taken; as long as there is nothing, it is on its way.
    pub refused: Option<Failure>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    draft: Draft,
    unsent: Vec<AskQuestion>,
}

#[derive(Clone, Copy)]
pub struct Asking {
    session: Session,
    queue: Queue,
    /// The name under which this tab keeps it: of the session and the person.
    place: StoredValue<String>,
    pub draft: RwSignal<Draft>,
    pub unsent: RwSignal<Vec<Unsent>>,
    /// A place on the board is being chosen.
    pub picking: RwSignal<bool>,
    /// The tab refuses to keep anything.
    in_memory: StoredValue<bool>,
}

impl Asking {
    /// Goes on with what this tab had kept.
    pub fn open(session: Session, id: TutoringId, queue: Queue) -> Self {
        let person = session.person().map(|person| person.to_string()).unwrap_or_default();
        let place = format!("ask.{person}.{id}");
        let kept = settings::read_in_tab(&place).and_then(|kept| serde_json::from_str::<Kept>(&kept).ok());
        let (draft, unsent) = kept.map(|kept| (kept.draft, kept.unsent)).unwrap_or_default();
        let asking = Self {
            session,
            queue,
            place: StoredValue::new(place),
            draft: RwSignal::new(draft),
            unsent: RwSignal::new(Vec::new()),
            picking: RwSignal::new(false),
            in_memory: StoredValue::new(false),
        };
        for wish in unsent {
            asking.send(wish);
        }
        Effect::new(move || asking.keep());
        page::warn_before_leaving(move || asking.would_lose());
        session.on_return(move || asking.go_on());
        asking
    }

    fn keep(self) {
        let draft = self.draft.get();
        let unsent: Vec<AskQuestion> = self.unsent.with(|unsent| unsent.iter().map(|one| one.wish.clone()).collect());
        let empty = draft == Draft::default() && unsent.is_empty();
        let kept = serde_json::to_string(&Kept { draft, unsent }).ok().filter(|_| !empty);
        let took = self.place.with_value(|place| settings::write_in_tab(place, kept.as_deref()));
        self.in_memory.set_value(!took && !empty);
    }

    /// What was sent is not with the server yet, or nothing keeps what was typed.
    fn would_lose(self) -> bool {
        self.unsent.try_with_untracked(|unsent| !unsent.is_empty()) == Some(true)
            || self.in_memory.try_get_value() == Some(true)
    }

    /// Sends what was typed, and empties the field.
    pub fn ask(self) {
        let draft = self.draft.get_untracked();
        let Ok(id) = clock::fresh_id().parse::<QuestionId>() else { return };
        let Draft { text, anonymous, place, follows } = draft;
        let text = text.trim().to_owned();
        if text.is_empty() {
            return;
        }
        self.send(AskQuestion { id, text, anonymous, place, quote: String::new(), follows, photo: None, clip: None });
        // Who asked without a name goes on so.
        self.draft.set(Draft { anonymous, ..Draft::default() });
    }

    fn send(self, wish: AskQuestion) {
        let id = wish.id.clone();
        self.unsent.update(|unsent| unsent.push(Unsent { wish, refused: None }));
        spawn_local(self.bring(id));
    }

    /// Under the same id each time, until there is an answer: a cut line neither loses nor doubles it.
    async fn bring(self, id: QuestionId) {
        let Some(address) = self.queue.address("") else { return };
        let mut tried = 0;
        loop {
            let wish = self.unsent.try_with_untracked(|unsent| {
                unsent.iter().find(|one| one.wish.id == id && one.refused.is_none()).map(|one| one.wish.clone())
            });
            let Some(Some(wish)) = wish else { return };
            let begun = self.queue.told_of(&id);
            match fetch::send::<_, QuestionCard>(Verb::POST, &address, &wish).await {
                Ok(card) => {
                    self.queue.answered(card, begun);
                    return self.forget(&id);
                }
                Err(Failure::Unreachable) => {
                    tried += 1;
                    page::pause(wait(tried)).await;
                }
                Err(failure) => return self.refuse(&id, self.session.heed(failure)),
            }
        }
    }

    fn refuse(self, id: &QuestionId, failure: Failure) {
        let _ = self.unsent.try_update(|unsent| {
            let one = unsent.iter_mut().find(|one| one.wish.id == *id);
            one.into_iter().for_each(|one| one.refused = Some(failure.clone()));
        });
    }

    /// What was refused because the person was signed out is sent again.
    fn go_on(self) {
        let signed_out = |one: &&Unsent| one.refused.as_ref().and_then(Failure::status) == Some(401);
        let refused = self.unsent.with_untracked(|unsent| {
            unsent.iter().filter(signed_out).map(|one| one.wish.id.clone()).collect::<Vec<_>>()
        });
        refused.iter().for_each(|id| self.again(id));
    }

    /// What was refused is sent once more.
    pub fn again(self, id: &QuestionId) {
        self.unsent.update(|unsent| {
            let one = unsent.iter_mut().find(|one| one.wish.id == *id);
            one.into_iter().for_each(|one| one.refused = None);
        });
        spawn_local(self.bring(id.clone()));
    }

    /// It goes back into the field, where it can be changed; what stands there comes after it.
    pub fn take_back(self, id: &QuestionId) {
        let one = self.unsent.with_untracked(|unsent| unsent.iter().find(|one| one.wish.id == *id).cloned());
        let Some(Unsent { wish, .. }) = one else { return };
        self.forget(id);
        self.draft.update(|draft| {
            let rest = std::mem::take(&mut draft.text);
            draft.text = if rest.trim().is_empty() { wish.text } else { format!("{}\n{rest}", wish.text) };
            draft.anonymous |= wish.anonymous;
            draft.place = draft.place.or(wish.place);
            draft.follows = draft.follows.take().or(wish.follows);
        });
    }

    pub fn forget(self, id: &QuestionId) {
        let _ = self.unsent.try_update(|unsent| unsent.retain(|one| one.wish.id != *id));
    }
}
