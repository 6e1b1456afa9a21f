//! The calendar of a thing or place that is lent, and a request on its way.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AskLoan, DecideLoan, LoanCalendar, LoanCard, LoanLine, LoanList, LoanWish};
use shared::library::LoanState;
use shared::words::{ItemId, LoanId, UnixMillis};

use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, dom, page};
use crate::state::pages::{Paged, Pages};
use crate::state::session::Session;
use crate::wording::day::{day_name, day_number, day_of, first_of_month, shown_of_month};

const MINUTE: i64 = 60_000;
/// Things are fetched and brought back between these, in minutes after midnight.
pub const OPENS: i64 = 6 * 60;
pub const CLOSES: i64 = 22 * 60;

#[derive(Debug, Clone, Copy)]
pub struct OpenLoans {
    session: Session,
    item: StoredValue<ItemId>,
    /// A day of the month that is shown, counted from 1970.
    pub month: RwSignal<i64>,
    /// Nothing until the server has answered.
    pub calendar: RwSignal<Option<LoanCalendar>>,
    pub failure: RwSignal<Option<Failure>>,
    pub draft: Draft,
}

/// A request as it is filled in. It stays until the server has it, under one name.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// As date fields write days.
    pub since_day: RwSignal<String>,
    pub until_day: RwSignal<String>,
    /// Minutes after midnight.
    pub since_time: RwSignal<String>,
    pub until_time: RwSignal<String>,
    pub purpose: RwSignal<String>,
    pub wish: RwSignal<LoanWish>,
    id: StoredValue<Option<LoanId>>,
}

impl Draft {
    fn on(day: i64) -> Self {
        let text = |text: String| RwSignal::new(text);
        Self {
            since_day: text(day_name(day)),
            until_day: text(day_name(day)),
            since_time: text((8 * 60).to_string()),
            until_time: text((10 * 60).to_string()),
            purpose: text(String::new()),
            wish: RwSignal::new(LoanWish::Ask),
            id: StoredValue::new(None),
        }
    }

    /// From when until when; nothing if that is no time.
    pub fn time(self) -> Option<(UnixMillis, UnixMillis)> {
        let moment = |day: RwSignal<String>, time: RwSignal<String>| {
            let (day, minutes) = (day.with(|day| day_number(day))?, time.with(|time| time.parse::<i64>().ok())?);
            Some(local(day, minutes))
        };
        let (since, until) = (moment(self.since_day, self.since_time)?, moment(self.until_day, self.until_time)?);
        (since < until && until > clock::wall()).then_some((since, until))
    }
}

/// A moment of a local day.
pub fn local(day: i64, minutes: i64) -> UnixMillis {
    let utc = UnixMillis(day * UnixMillis::DAY + minutes * MINUTE);
    // What local time adds at that moment, not now.
    let near = UnixMillis(utc.0 - clock::offset_minutes(utc) * MINUTE);
    UnixMillis(utc.0 - clock::offset_minutes(near) * MINUTE)
}

/// The local day of a moment, counted from 1970.
pub fn local_day(at: UnixMillis) -> i64 {
    day_of(at, clock::offset_minutes(at))
}

impl OpenLoans {
    /// Begins to read the month of a moment.
    pub fn open(session: Session, item: ItemId, at: UnixMillis) -> Self {
        let loans = Self {
            session,
            item: StoredValue::new(item),
            month: RwSignal::new(local_day(at)),
            calendar: RwSignal::new(None),
            failure: RwSignal::new(None),
            draft: Draft::on(local_day(clock::wall()) + 1),
        };
        loans.again();
        session.on_return(move || loans.again());
        loans
    }

    /// Puts the focus on a loan once its month is there.
    pub fn go_to(self, loan: LoanId) {
        Effect::new(move |gone: Option<bool>| {
            let there = self.calendar.with(Option::is_some);
            if there && gone != Some(true) {
                let loan = loan.clone();
                page::later(0, move || dom::focus_id(&format!("loan-{loan}")));
            }
            there || gone == Some(true)
        });
    }

    /// Reads the month anew.
    pub fn again(self) {
        let month = self.month.get_untracked();
        let shown = shown_of_month(month);
        let (since, until) = (local(shown.start, 0).0, local(shown.end, 0).0);
        spawn_local(async move {
            let answer = fetch::get(&self.address(&format!("?since={since}&until={until}"))).await;
            // Another month may have been asked for meanwhile.
            if self.month.try_get_untracked() != Some(month) {
                return;
            }
            match answer {
                Ok(calendar) => {
                    let _ = self.failure.try_set(None);
                    let _ = self.calendar.try_set(Some(calendar));
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// Goes so many months on.
    pub fn turn(self, months: i64) {
        self.month.update(|month| *month = first_of_month(*month, months));
        self.calendar.set(None);
        self.again();
    }

    /// Sends the request. One that came through earlier, as it was then, makes room for what it is now.
    pub async fn ask(self) -> Result<(), Failure> {
        let Some((since, until)) = untrack(|| self.draft.time()) else { return Err(Failure::Unreadable) };
        let purpose = self.draft.purpose.get_untracked().trim().to_owned();
        let mut card = self.send(since, until, &purpose).await?;
        if (card.since, card.until) != (since, until) {
            let stale = DecideLoan { state: LoanState::Withdrawn, words: String::new() };
            self.put(&card.id, &stale).await?;
            self.draft.id.set_value(None);
            card = self.send(since, until, &purpose).await?;
        }
        let _ = self.draft.id.try_set_value(None);
        let _ = self.draft.purpose.try_set(String::new());
        let _ = self.month.try_set(local_day(card.since));
        self.again();
        Ok(())
    }

    async fn send(self, since: UnixMillis, until: UnixMillis, purpose: &str) -> Result<LoanCard, Failure> {
        let fresh = || clock::fresh_id().parse::<LoanId>().ok();
        let id = self.draft.id.try_update_value(|id| {
            *id = id.take().or_else(fresh);
            id.clone()
        });
        let id = id.flatten().ok_or(Failure::Unreadable)?;
        let wish = self.draft.wish.get_untracked();
        let wish = AskLoan { id, since, until, purpose: purpose.to_owned(), wish };
        fetch::send(Verb::POST, &self.address(""), &wish).await.map_err(|failure| self.session.heed(failure))
    }

    pub async fn decide(self, loan: LoanId, state: LoanState, words: String) -> Result<(), Failure> {
        self.put(&loan, &DecideLoan { state, words }).await?;
        self.again();
        Ok(())
    }

    async fn put(self, loan: &LoanId, wish: &DecideLoan) -> Result<(), Failure> {
        let answer = fetch::tell(Verb::PUT, &self.address(&format!("/{loan}")), wish).await;
        answer.map_err(|failure| self.session.heed(failure))
    }

    /// Of a loan for a calendar of one's own.
    pub fn ics(self, loan: &LoanId) -> String {
        self.address(&format!("/{loan}/ics"))
    }

    fn address(self, rest: &str) -> String {
        let id = self.item.try_get_value().map(|id| id.to_string()).unwrap_or_default();
        format!("/api/items/{id}/loans{rest}")
    }
}

impl Paged for LoanList {
    type Line = LoanLine;
    type Beside = ();

    const CURSOR: &'static str = "before";

    fn apart(self) -> (Vec<LoanLine>, Option<String>, ()) {
        (self.loans, self.next.map(|next| next.to_string()), ())
    }
}

/// What the person has asked to borrow.
pub fn own_loans(session: Session) -> Pages<LoanList> {
    let loans = Pages::new(session);
    loans.show_at("/api/library/loans".to_owned());
    session.on_return(move || loans.again());
    loans
}
