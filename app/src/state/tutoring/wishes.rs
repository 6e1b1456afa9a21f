//! Requests for sessions: one's own, and those that wait for one's decision.

use leptos::prelude::*;
use shared::api::{AskForSession, DecideWish, WishCard, WishList, WishedTime};
use shared::organisation::Shelf;
use shared::tutoring::{MAX_MINUTES, MAX_WISH_CHARS, MAX_WISHED_TIMES, MIN_MINUTES, TutoringKind};
use shared::words::UnixMillis;

use crate::browser::clock;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::library::words::WordsForm;
use crate::state::pages::{Paged, Pages};
use crate::state::session::Session;
use crate::wording::coming::moment;
use crate::wording::day::write_day;

const ADDRESS: &str = "/api/tutoring/wishes";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whose {
    #[default]
    Mine,
    Shelves,
}

impl Whose {
    /// As it stands in the address.
    pub fn name(self) -> &'static str {
        match self {
            Whose::Mine => "mine",
            Whose::Shelves => "shelves",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Whose::Mine, Whose::Shelves].into_iter().find(|whose| whose.name() == name)
    }
}

impl Paged for WishList {
    type Line = WishCard;
    /// How many wait for the asking person's decision.
    type Beside = u32;

    const CURSOR: &'static str = "before";

    fn apart(self) -> (Vec<WishCard>, Option<String>, u32) {
        (self.wishes, self.next.map(|next| next.to_string()), self.waiting)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    session: Session,
    pub pages: Pages<WishList>,
}

impl Wishes {
    pub fn new(session: Session) -> Self {
        let pages = Pages::new(session);
        session.on_return(move || pages.again());
        Self { session, pages }
    }

    pub fn show(self, whose: Whose) {
        self.pages.lines.set(None);
        self.pages.show_at(format!("{ADDRESS}?whose={}", whose.name()));
    }

    /// Withdraws, declines or accepts; the line shows it then.
    pub async fn decide(self, id: String, wish: DecideWish) -> Result<(), Failure> {
        let answer = fetch::send::<_, WishCard>(Verb::PUT, &format!("{ADDRESS}/{id}"), &wish).await;
        let card = answer.map_err(|failure| self.session.heed(failure))?;
        let waited = self.pages.lines.try_update(|lines| {
            let line = lines.iter_mut().flatten().find(|line| line.id == card.id)?;
            Some(std::mem::replace(line, card).decides)
        });
        if waited.flatten() == Some(true) {
            let _ = self.pages.beside.try_update(|waiting| *waiting = waiting.saturating_sub(1));
        }
        Ok(())
    }
}

/// A time that would suit, in its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeFields {
    pub key: u32,
    pub date: RwSignal<String>,
    pub time: RwSignal<String>,
}

impl TimeFields {
    pub fn begins(self) -> Option<UnixMillis> {
        self.date.with(|date| self.time.with(|time| moment(date, time, clock::offset_minutes)))
    }
}

/// What somebody fills in to ask for a session. Empty texts say nothing.
#[derive(Debug, Clone, Copy)]
pub struct Wishing {
    session: Session,
    /// Title, what it is about, and where it belongs in teaching.
    pub words: WordsForm,
    pub kind: RwSignal<String>,
    pub times: RwSignal<Vec<TimeFields>>,
    pub minutes: RwSignal<String>,
    /// Who is to plan it, with the name.
    pub shelf: RwSignal<Option<(Shelf, String)>>,
    /// Drawn once: sent twice it is one wish.
    id: StoredValue<String>,
    drawn: StoredValue<u32>,
}

/// A field with which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    NoTitle,
    LongWords,
    NoShelf,
    NoTime,
    Minutes,
}

impl Wishing {
    pub fn new(session: Session) -> Self {
        let form = Self {
            session,
            words: WordsForm::lent(),
            kind: RwSignal::new(TutoringKind::Questions.as_str().to_owned()),
            times: RwSignal::new(Vec::new()),
            minutes: RwSignal::new("40".to_owned()),
            shelf: RwSignal::new(None),
            id: StoredValue::new(clock::fresh_id()),
            drawn: StoredValue::new(0),
        };
        form.add_time();
        form
    }

    pub fn may_add_time(self) -> bool {
        self.times.with(|times| times.len() < MAX_WISHED_TIMES)
    }

    /// A week after the last one; the first is in three days, after the lessons.
    pub fn add_time(self) {
        let last = self.times.with_untracked(|times| times.last().copied());
        let at =
            last.and_then(|last| untrack(|| last.begins())).map_or(clock::wall().0 - 4 * UnixMillis::DAY, |at| at.0);
        let at = UnixMillis(at + 7 * UnixMillis::DAY);
        let time = last.map_or_else(|| "15:30".to_owned(), |last| last.time.get_untracked());
        let key = self.drawn.get_value() + 1;
        self.drawn.set_value(key);
        let date = RwSignal::new(write_day(at, clock::offset_minutes(at)));
        self.times.update(|times| times.push(TimeFields { key, date, time: RwSignal::new(time) }));
    }

    pub fn remove_time(self, key: u32) {
        self.times.update(|times| times.retain(|time| time.key != key));
    }

    fn minutes_number(self) -> Option<u32> {
        let minutes = self.minutes.with(|minutes| minutes.trim().parse().ok());
        minutes.filter(|minutes| (MIN_MINUTES..=MAX_MINUTES).contains(minutes))
    }

    fn wished(self) -> Option<Vec<WishedTime>> {
        let minutes = self.minutes_number()?;
        let times = self.times.get();
        let times =
            times.iter().map(|time| Some(WishedTime { begins: time.begins()?, minutes })).collect::<Option<Vec<_>>>();
        times.filter(|times| !times.is_empty() && times.iter().all(|time| time.begins > clock::wall()))
    }

    /// The first thing that is wrong, as far as that can be seen here.
    pub fn wrong(self) -> Option<Wrong> {
        let minutes = self.minutes_number().is_none();
        let checks = [
            (self.words.title.with(|title| title.trim().is_empty()), Wrong::NoTitle),
            (self.words.description.with(|words| words.chars().count() > MAX_WISH_CHARS), Wrong::LongWords),
            (self.shelf.with(Option::is_none), Wrong::NoShelf),
            (!minutes && self.wished().is_none(), Wrong::NoTime),
            (minutes, Wrong::Minutes),
        ];
        checks.into_iter().find_map(|(is_wrong, wrong)| is_wrong.then_some(wrong))
    }

    pub async fn send(self) -> Result<(), Failure> {
        let Some(wish) = untrack(|| self.read()) else { return Err(Failure::Unreadable) };
        let sent = fetch::send::<_, WishCard>(Verb::POST, ADDRESS, &wish).await;
        sent.map(drop).map_err(|failure| self.session.heed(failure))
    }

    fn read(self) -> Option<AskForSession> {
        let words = self.words.words();
        Some(AskForSession {
            id: self.id.get_value().parse().ok()?,
            kind: self.kind.with(|kind| TutoringKind::named(kind))?,
            title: words.title,
            words: words.description,
            placing: words.placing,
            times: self.wished()?,
            shelf: self.shelf.with(|shelf| shelf.as_ref().map(|(shelf, _)| shelf.clone()))?,
        })
    }
}
