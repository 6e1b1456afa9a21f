//! What is new for the person, what they subscribe to, and the menus of the term.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Feed, FeedLine, MarkSeen, MenuList, Subscribe, SubscriptionList, TopicCard};
use shared::library::Topic;

use crate::browser::dom;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

/// Lines that come at a time.
const PAGE: u32 = 4;

/// What the person subscribes to: asked for once and kept as long as the program.
#[derive(Debug, Clone, Copy)]
pub struct Subscriptions {
    session: Session,
    /// Nothing until the server has answered.
    pub topics: RwSignal<Option<Vec<TopicCard>>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    asked: StoredValue<bool>,
    /// Counts the changes: what is new is another thing then.
    pub changes: RwSignal<u32>,
}

impl Subscriptions {
    pub fn provide(session: Session) -> Self {
        let subscriptions = Self {
            session,
            topics: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            asked: StoredValue::new(false),
            changes: RwSignal::new(0),
        };
        provide_context(subscriptions);
        subscriptions
    }

    /// Asks for them, unless somebody has.
    pub fn want(self) {
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        spawn_local(async move {
            match fetch::get::<SubscriptionList>("/api/library/subscriptions").await {
                Ok(list) => self.topics.set(Some(list.topics)),
                Err(failure) => {
                    self.asked.set_value(false);
                    self.failure.set(Some(self.session.heed(failure)));
                }
            }
        });
    }

    /// Nothing as long as nobody knows.
    pub fn has(self, topic: &Topic) -> Option<bool> {
        self.topics.with(|topics| topics.as_ref().map(|topics| topics.iter().any(|card| card.topic == *topic)))
    }

    pub fn begin(self, topic: Topic) {
        self.ask("/api/library/subscriptions", topic);
    }

    pub fn end(self, topic: Topic) {
        self.ask("/api/library/subscriptions/end", topic);
    }

    fn ask(self, address: &'static str, topic: Topic) {
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer: Result<SubscriptionList, _> = fetch::send(Verb::POST, address, &Subscribe { topic }).await;
            self.busy.set(false);
            match answer {
                Ok(list) => {
                    self.topics.set(Some(list.topics));
                    self.changes.update(|changes| *changes += 1);
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}

/// The menus and the feed of the library's first page.
#[derive(Debug, Clone, Copy)]
pub struct Front {
    session: Session,
    pub menus: RwSignal<Option<MenuList>>,
    pub feed: RwSignal<Option<Feed>>,
    /// The lines of all pages that were asked for.
    pub lines: RwSignal<Vec<FeedLine>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    turn: StoredValue<u32>,
}

impl Front {
    pub fn new(session: Session, subscriptions: Subscriptions) -> Self {
        let front = Self {
            session,
            menus: RwSignal::new(None),
            feed: RwSignal::new(None),
            lines: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            turn: StoredValue::new(0),
        };
        Effect::new(move || {
            subscriptions.changes.track();
            front.ask(None);
        });
        front.ask_menus();
        session.on_return(move || front.again());
        front
    }

    pub fn again(self) {
        self.ask_menus();
        self.ask(None);
    }

    pub fn has_more(self) -> bool {
        self.feed.with(|feed| feed.as_ref().is_some_and(|feed| feed.next.is_some()))
    }

    pub fn more(self) {
        if let Some(next) = self.feed.with_untracked(|feed| feed.as_ref().and_then(|feed| feed.next.clone())) {
            self.ask(Some(next));
        }
    }

    /// Everything that is there has been read.
    pub fn mark_seen(self) {
        let Some(newest) = self.lines.with_untracked(|lines| lines.first().map(|line| line.at)) else { return };
        spawn_local(async move {
            match fetch::tell(Verb::PUT, "/api/library/feed/seen", &MarkSeen { up_to: newest }).await {
                Ok(()) => {
                    let _ = self.feed.try_update(|feed| {
                        if let Some(feed) = feed {
                            (feed.seen, feed.unread) = (newest, 0);
                        }
                    });
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    fn ask_menus(self) {
        spawn_local(async move {
            match fetch::get("/api/library/menus").await {
                Ok(menus) => drop(self.menus.try_set(Some(menus))),
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    fn ask(self, before: Option<String>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        let behind = before.as_ref().map(|before| format!("&before={}", dom::encode(before))).unwrap_or_default();
        spawn_local(async move {
            let answer: Result<Feed, _> = fetch::get(&format!("/api/library/feed?limit={PAGE}{behind}")).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(mut feed) => {
                    self.failure.set(None);
                    let lines = std::mem::take(&mut feed.lines);
                    match before {
                        Some(_) => self.lines.update(|known| known.extend(lines)),
                        None => self.lines.set(lines),
                    }
                    self.feed.set(Some(feed));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
