//! What is said of an item: threads, how it was in use, and the words somebody is writing.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ChangeRemark, DecideCorrection, HideRemark, Rate, Ratings, RemarkCard, Say, Saying, Talk, Thread};
use shared::library::{CorrectionState, RemarkKind, Verdict};
use shared::words::{ItemId, RemarkId};

use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, dom, page};
use crate::state::session::Session;

/// What somebody is writing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writing {
    Root(RemarkKind),
    /// To the thread that begins so.
    Reply(RemarkId),
    /// A remark in place of what stands there, in the thread that begins so.
    Change(RemarkId, RemarkId),
}

/// Words on their way. They stay, with the name under which they are sent, until the server has them: a cut line neither
/// loses nor doubles them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub text: String,
    /// Of a correction: what stands there, what should, and in which version.
    pub quote: String,
    pub instead: String,
    pub version: u32,
    id: Option<RemarkId>,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.quote.trim().is_empty()
    }
}

type Kept = BTreeMap<Writing, Draft>;

/// What was written and not sent, of each item: to look at something else meanwhile loses nothing.
#[derive(Debug, Clone, Copy)]
pub struct TalkDrafts(StoredValue<BTreeMap<ItemId, ArcRwSignal<Kept>>>);

impl TalkDrafts {
    pub fn provide() {
        let drafts = Self(StoredValue::new(BTreeMap::new()));
        provide_context(drafts);
        page::warn_before_leaving(move || drafts.has_unsent());
    }

    fn of(self, item: &ItemId) -> RwSignal<Kept> {
        self.0.try_update_value(|kept| kept.entry(item.clone()).or_default().clone()).unwrap_or_default().into()
    }

    /// Whether words wait that the server does not have.
    fn has_unsent(self) -> bool {
        let waits = |kept: &ArcRwSignal<Kept>| kept.with_untracked(|kept| kept.values().any(|draft| !draft.is_empty()));
        self.0.try_with_value(|kept| kept.values().any(waits)).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy)]
pub struct OpenTalk {
    session: Session,
    item: StoredValue<ItemId>,
    /// Nothing until the server has answered.
    pub talk: RwSignal<Option<Talk>>,
    pub ratings: RwSignal<Option<Ratings>>,
    /// Only ratings with this verdict are asked for.
    pub verdict: RwSignal<Option<Verdict>>,
    pub failure: RwSignal<Option<Failure>>,
    /// What is being written now.
    pub writing: RwSignal<Option<Writing>>,
    pub drafts: RwSignal<BTreeMap<Writing, Draft>>,
    /// Something is on its way.
    pub busy: RwSignal<bool>,
    /// Why what was written did not go.
    pub unsent: RwSignal<Option<Failure>>,
}

impl OpenTalk {
    /// Begins to read it, and goes to this remark once it is there.
    pub fn open(session: Session, item: ItemId, remark: Option<RemarkId>) -> Self {
        let kept: TalkDrafts = expect_context();
        let drafts = kept.of(&item);
        // What was begun here before goes on.
        let begun = drafts.with_untracked(|drafts| {
            drafts.iter().find(|(_, draft)| !draft.is_empty()).map(|(writing, _)| writing.clone())
        });
        let talk = Self {
            session,
            item: StoredValue::new(item),
            talk: RwSignal::new(None),
            ratings: RwSignal::new(None),
            verdict: RwSignal::new(None),
            failure: RwSignal::new(None),
            writing: RwSignal::new(begun),
            drafts,
            busy: RwSignal::new(false),
            unsent: RwSignal::new(None),
        };
        spawn_local(async move {
            talk.read().await;
            if let Some(remark) = remark {
                talk.go_to(remark).await;
            }
        });
        talk.read_ratings();
        session.on_return(move || {
            let _ = talk.unsent.try_set(None);
            talk.again();
        });
        talk
    }

    /// Reads it anew.
    pub fn again(self) {
        spawn_local(self.read());
        self.read_ratings();
    }

    async fn read(self) {
        match fetch::get(&self.address("/remarks")).await {
            Ok(talk) => {
                let _ = self.failure.try_set(None);
                let _ = self.talk.try_set(Some(talk));
            }
            Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
        }
    }

    /// Shows the thread in which a remark stands, though it may be an old one, and goes there.
    async fn go_to(self, remark: RemarkId) {
        let Ok(thread) = fetch::get::<Thread>(&self.address(&format!("/remarks/{remark}"))).await else { return };
        let root = thread.root.id.clone();
        let is_listed = |talk: &Option<Talk>| {
            talk.as_ref().is_some_and(|talk| talk.threads.iter().any(|thread| thread.root.id == root))
        };
        if self.talk.try_with_untracked(is_listed) == Some(false) {
            let _ =
                self.talk.try_update(|talk| talk.iter_mut().for_each(|talk| talk.threads.insert(0, thread.clone())));
        }
        page::later(0, move || dom::focus_id(&format!("remark-{root}")));
    }

    /// Only the ratings, as far as they are asked for.
    pub fn read_ratings(self) {
        let verdict = self.verdict.get_untracked();
        spawn_local(async move {
            let narrowed = verdict.map_or(String::new(), |verdict| format!("?verdict={}", verdict.as_str()));
            // Without them the page still says what the item is.
            if let Ok(ratings) = fetch::get(&self.address(&format!("/ratings{narrowed}"))).await {
                let _ = self.ratings.try_set(Some(ratings));
            }
        });
    }

    /// The next page of threads, below those that are there.
    pub async fn more(self) -> Result<(), Failure> {
        let Some(before) = self.talk.with_untracked(|talk| talk.as_ref().and_then(|talk| talk.next)) else {
            return Ok(());
        };
        let older: Talk = self.heeded(fetch::get(&self.address(&format!("/remarks?before={before}"))).await)?;
        let _ = self.talk.try_update(|talk| {
            let Some(talk) = talk else { return };
            // One that was gone to is there already.
            let known: Vec<_> = talk.threads.iter().map(|thread| thread.root.id.clone()).collect();
            talk.threads.extend(older.threads.into_iter().filter(|thread| !known.contains(&thread.root.id)));
            talk.next = older.next;
        });
        Ok(())
    }

    /// The next replies of a thread.
    pub async fn more_replies(self, root: RemarkId, after: u64) -> Result<(), Failure> {
        let rest: Thread = self.heeded(fetch::get(&self.address(&format!("/remarks/{root}?after={after}"))).await)?;
        let _ = self.talk.try_update(|talk| {
            let known = talk.iter_mut().flat_map(|talk| &mut talk.threads).find(|thread| thread.root.id == root);
            if let Some(known) = known {
                known.replies.extend(rest.replies);
                known.next = rest.next;
            }
        });
        Ok(())
    }

    /// Begins to write, with what was written before and not sent.
    pub fn write(self, writing: Writing, version: u32, words: &str) {
        self.unsent.set(None);
        self.drafts.update(|drafts| {
            let draft =
                drafts.entry(writing.clone()).or_insert_with(|| Draft { text: words.to_owned(), ..Draft::default() });
            draft.version = version;
        });
        self.writing.set(Some(writing));
    }

    /// What is written stays for when they go on.
    pub fn put_aside(self) {
        self.unsent.set(None);
        self.writing.set(None);
    }

    /// Sends what is being written.
    pub async fn send(self, writing: Writing) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        let id = self.name(&writing);
        let Some(draft) = self.drafts.with_untracked(|drafts| drafts.get(&writing).cloned()) else { return false };
        self.busy.set(true);
        self.unsent.set(None);
        let answer = self.put(&writing, id, &draft).await;
        let _ = self.busy.try_set(false);
        match answer {
            Ok(thread) => {
                let _ = self.drafts.try_update(|drafts| drafts.remove(&writing));
                let _ = self.writing.try_update(|now| {
                    if now.as_ref() == Some(&writing) {
                        *now = None;
                    }
                });
                self.show(thread);
                true
            }
            Err(failure) => {
                let _ = self.unsent.try_set(Some(self.session.heed(failure)));
                false
            }
        }
    }

    /// The id under which a draft is sent, the same at each try.
    fn name(self, writing: &Writing) -> Option<RemarkId> {
        self.drafts.try_update_untracked(|drafts| {
            let draft = drafts.get_mut(writing)?;
            if draft.id.is_none() {
                draft.id = clock::fresh_id().parse().ok();
            }
            draft.id.clone()
        })?
    }

    async fn put(self, writing: &Writing, id: Option<RemarkId>, draft: &Draft) -> Result<Thread, Failure> {
        let text = draft.text.trim().to_owned();
        if let Writing::Change(_, remark) = writing {
            return self.change(remark, &text).await;
        }
        let id = id.ok_or(Failure::Unreadable)?;
        let what = match writing {
            Writing::Root(RemarkKind::Remark) => Saying::Remark { text: text.clone() },
            Writing::Root(RemarkKind::Thanks) => Saying::Thanks { text: text.clone() },
            Writing::Root(RemarkKind::Question) => Saying::Question { text: text.clone() },
            Writing::Root(RemarkKind::Correction) => Saying::Correction {
                version: draft.version,
                quote: draft.quote.trim().to_owned(),
                instead: draft.instead.trim().to_owned(),
                text: text.clone(),
            },
            Writing::Reply(to) | Writing::Change(to, _) => Saying::Reply { to: to.clone(), text: text.clone() },
        };
        let thread: Thread = fetch::send(Verb::POST, &self.address("/remarks"), &Say { id: id.clone(), what }).await?;
        // It had come before, and was written on while nobody knew.
        let stale = words_of(&thread, &id).is_some_and(|words| words.mine && words.text != text);
        if stale { self.change(&id, &text).await } else { Ok(thread) }
    }

    async fn change(self, remark: &RemarkId, text: &str) -> Result<Thread, Failure> {
        let wish = ChangeRemark { text: text.to_owned() };
        fetch::send(Verb::PUT, &self.address(&format!("/remarks/{remark}")), &wish).await
    }

    /// Thanks without words, or takes one's thanks back.
    pub async fn thank(self) -> Result<(), Failure> {
        let mine = self.talk.with_untracked(|talk| talk.as_ref().and_then(|talk| talk.my_thanks.clone()));
        let answer = match mine {
            Some(mine) => fetch::bid(Verb::DELETE, &self.address(&format!("/remarks/{mine}"))).await,
            None => {
                let id = clock::fresh_id().parse().map_err(|_| Failure::Unreadable)?;
                let wish = Say { id, what: Saying::Thanks { text: String::new() } };
                fetch::tell(Verb::POST, &self.address("/remarks"), &wish).await
            }
        };
        self.then_again(answer)
    }

    pub async fn take_back(self, remark: RemarkId) -> Result<(), Failure> {
        self.then_again(fetch::bid(Verb::DELETE, &self.address(&format!("/remarks/{remark}"))).await)
    }

    /// Hides it, or with `None` shows it again.
    pub async fn hide(self, remark: RemarkId, why: Option<String>) -> Result<(), Failure> {
        let address = self.address(&format!("/remarks/{remark}/hidden"));
        let answer = match why {
            Some(why) => fetch::tell(Verb::PUT, &address, &HideRemark { why }).await,
            None => fetch::bid(Verb::DELETE, &address).await,
        };
        self.then_again(answer)
    }

    pub async fn close(self, question: RemarkId) -> Result<(), Failure> {
        self.then_again(fetch::bid(Verb::POST, &self.address(&format!("/remarks/{question}/close"))).await)
    }

    pub async fn decide(self, remark: RemarkId, state: CorrectionState, words: String) -> Result<(), Failure> {
        let wish = DecideCorrection { state, words };
        self.then_again(fetch::tell(Verb::PUT, &self.address(&format!("/remarks/{remark}/correction")), &wish).await)
    }

    pub async fn rate(self, wish: Rate) -> Result<(), Failure> {
        self.then_again(fetch::tell(Verb::PUT, &self.address("/rating"), &wish).await)
    }

    pub async fn unrate(self) -> Result<(), Failure> {
        self.then_again(fetch::bid(Verb::DELETE, &self.address("/rating")).await)
    }

    fn then_again(self, answer: Result<(), Failure>) -> Result<(), Failure> {
        self.heeded(answer)?;
        self.again();
        Ok(())
    }

    fn heeded<T>(self, answer: Result<T, Failure>) -> Result<T, Failure> {
        answer.map_err(|failure| self.session.heed(failure))
    }

    /// Puts a thread in its place; a new one comes first.
    fn show(self, thread: Thread) {
        let _ = self.talk.try_update(|talk| {
            let Some(talk) = talk else { return };
            match talk.threads.iter_mut().find(|known| known.root.id == thread.root.id) {
                Some(known) => *known = thread,
                None => {
                    talk.total += 1;
                    talk.threads.insert(0, thread);
                }
            }
        });
    }

    fn address(self, rest: &str) -> String {
        let id = self.item.try_get_value().map(|id| id.to_string()).unwrap_or_default();
        format!("/api/items/{id}{rest}")
    }
}

fn words_of<'a>(thread: &'a Thread, id: &RemarkId) -> Option<&'a RemarkCard> {
    std::iter::once(&thread.root).chain(&thread.replies).find(|card| card.id == *id)
}
