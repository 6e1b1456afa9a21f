//! Borrowing things and places: a calendar of each, requests, and decisions.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use serde::Deserialize;
use shared::access::{DocumentAccess, right};
use shared::api::{AskLoan, DecideLoan, LoanCalendar, LoanCard, LoanLine, LoanList, LoanWish};
use shared::library::{HALF_HOUR, LoanState, MAX_AHEAD, MAX_LOAN, MAX_WORDS_CHARS};
use shared::organisation::Shelf;
use shared::words::{ItemId, LoanId, UnixMillis, UserId};

use super::calendar::{self, Event};
use super::caller::{Body, Query};
use super::item_uses::titled_item;
use super::items::{Item, sees};
use super::limits;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::cards::Reader;
use crate::library::words::{checked_saying, checked_words};
use crate::store::{Entered, LoanDecision, NewLoan, Settled, StoredItem, StoredLoan};

const MOST_IN_A_CALENDAR: u32 = 500;
/// Of a calendar so much is shown at a time: two months and what is left of their weeks.
const LONGEST_LOOK: i64 = 76 * UnixMillis::DAY;
const LINES: u32 = 30;

/// A thing or place that is lent; other items have no calendar.
pub struct Lent(Item);

impl FromRequestParts<SharedApp> for Lent {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let item = Item::from_request_parts(parts, app).await?;
        if item.handle.facts().kind.is_lent() { Ok(Self(item)) } else { Err(Refusal::NotLent) }
    }
}

/// The loan in the path, as far as the caller may know of it.
pub struct Loan {
    item: Item,
    loan: StoredLoan,
}

#[derive(Deserialize)]
struct InPath {
    loan: String,
}

impl FromRequestParts<SharedApp> for Loan {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let Lent(item) = Lent::from_request_parts(parts, app).await?;
        let Path(InPath { loan }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let id: LoanId = loan.parse().map_err(|_| Refusal::NotFound)?;
        let loan = app.store.loan(&item.handle, &id).await?.ok_or(Refusal::NotFound)?;
        let theirs = item.handle.manages() || loan.person == item.caller.person;
        if theirs || loan.state.takes_time() { Ok(Self { item, loan }) } else { Err(Refusal::NotFound) }
    }
}

#[derive(Deserialize)]
pub struct Stretch {
    since: i64,
    until: i64,
}

/// `GET /api/items/{item}/loans`.
pub async fn calendar(
    State(app): State<SharedApp>,
    Lent(item): Lent,
    Query(Stretch { since, until }): Query<Stretch>,
) -> Result<Json<LoanCalendar>, Refusal> {
    if until <= since || until.checked_sub(since).is_none_or(|length| length > LONGEST_LOOK) {
        return Err(Refusal::BadRequest);
    }
    let (since, until) = (UnixMillis(since), UnixMillis(until));
    let loans = app.store.loans_between(&item.handle, since, until, MOST_IN_A_CALENDAR).await?;
    let decides = item.handle.manages();
    let loans = loans.into_iter().map(|loan| card(&app, &item.caller.person, decides, loan)).collect();
    Ok(Json(LoanCalendar { loans, decides }))
}

fn card(app: &App, person: &UserId, decides: bool, loan: StoredLoan) -> LoanCard {
    let directory = app.store.directory();
    let reader = Reader::new(person, &directory, &app.taxonomies);
    let mine = loan.person == *person;
    let theirs = mine || decides;
    LoanCard {
        by: (theirs || loan.state.takes_time()).then(|| reader.person(&loan.person)),
        id: loan.id,
        since: loan.since,
        until: loan.until,
        state: loan.state,
        purpose: if theirs { loan.purpose } else { String::new() },
        mine,
        decided_by: loan.decided_by.filter(|_| theirs).map(|id| reader.person(&id)),
        words: if theirs { loan.words } else { String::new() },
    }
}

/// `POST /api/items/{item}/loans`.
pub async fn ask(
    State(app): State<SharedApp>,
    Lent(item): Lent,
    Body(AskLoan { id, since, until, purpose, wish }): Body<AskLoan>,
) -> Result<(StatusCode, Json<LoanCard>), Refusal> {
    let speaking = item.speaking()?;
    let now = clock::now();
    check_time(since, until, now)?;
    let purpose = checked_words(&purpose, MAX_WORDS_CHARS)?;
    limits::speech(&app, &item.caller.person)?;
    let loan = NewLoan { id: id.clone(), since, until, purpose, at: now };
    let entered = match wish {
        LoanWish::Ask => app.store.ask_loan(speaking, &loan).await?,
        LoanWish::Agree => app.store.enter_loan(item.keeping()?, &loan, LoanState::Agreed).await?,
        LoanWish::Block => app.store.enter_loan(item.keeping()?, &loan, LoanState::Blocked).await?,
    };
    match entered {
        Entered::Now => {}
        Entered::Before => {
            let before = app.store.loan(&item.handle, &id).await?.ok_or(Refusal::NotFound)?;
            if (before.since, before.until, &before.purpose) != (loan.since, loan.until, &loan.purpose) {
                return Err(Refusal::SentOtherwise);
            }
        }
        Entered::Foreign => return Err(Refusal::IdTaken),
        Entered::Taken => return Err(Refusal::LentThen),
        Entered::TooMany => return Err(Refusal::TooManyRequestsOpen),
    }
    Ok((StatusCode::CREATED, again(&app, &item, &id).await?))
}

/// On the half hour, in their order, no longer and no further than may be. What has begun can't be asked for.
fn check_time(since: UnixMillis, until: UnixMillis, now: UnixMillis) -> Result<(), Refusal> {
    let fits = since.0 % HALF_HOUR == 0
        && until.0 % HALF_HOUR == 0
        && since < until
        && until.0 > now.0
        && since.0 >= now.0 - HALF_HOUR
        && until.0 <= now.0.saturating_add(MAX_AHEAD)
        && until.0 - since.0 <= MAX_LOAN;
    if fits { Ok(()) } else { Err(Refusal::TimeUnfit) }
}

async fn again(app: &SharedApp, item: &Item, id: &LoanId) -> Result<Json<LoanCard>, Refusal> {
    let loan = app.store.loan(&item.handle, id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(card(app, &item.caller.person, item.handle.manages(), loan)))
}

/// `PUT /api/items/{item}/loans/{loan}`.
pub async fn decide(
    State(app): State<SharedApp>,
    Loan { item, loan }: Loan,
    Body(DecideLoan { state, words }): Body<DecideLoan>,
) -> Result<Json<LoanCard>, Refusal> {
    let (now, mine) = (clock::now(), loan.person == item.caller.person);
    let settled = match state {
        LoanState::Withdrawn if mine && loan.state != LoanState::Blocked => {
            app.store.withdraw_loan(item.speaking()?, &loan.id, now).await?
        }
        LoanState::Agreed | LoanState::Declined | LoanState::Returned | LoanState::Withdrawn => {
            let keeping = item.keeping()?;
            if state == LoanState::Agreed && !still_sees(&app, &item, &loan.person).await? {
                return Err(Refusal::BorrowerGone);
            }
            let words = checked_saying(&words, MAX_WORDS_CHARS)?;
            if loan.state == state && loan.decided_by.as_ref() == Some(&item.caller.person) && loan.words != words {
                return Err(Refusal::SentOtherwise);
            }
            let decision = LoanDecision { state, words, at: now };
            app.store.decide_loan(keeping, &loan.id, &decision).await?
        }
        LoanState::Asked | LoanState::Lapsed | LoanState::Blocked => return Err(Refusal::BadRequest),
    };
    match settled {
        Settled::Now | Settled::Before => again(&app, &item, &loan.id).await,
        Settled::No => Err(Refusal::AlreadyDecided),
        Settled::Taken => Err(Refusal::LentThen),
    }
}

/// Nobody is lent what they may not see any more.
async fn still_sees(app: &App, item: &Item, person: &UserId) -> Result<bool, Refusal> {
    let access = &item.handle.facts().access;
    Ok(right(&app.store.directory(), person, access, clock::now()).is_some())
}

/// Ends what those have asked for who do not see the item where it lies now.
pub async fn end_out_of_sight(app: &SharedApp, item: &Item, shelf: &Shelf) -> Result<(), Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let access = DocumentAccess { shelf: shelf.clone(), ..item.handle.facts().access.clone() };
    let mut people = app.store.borrowers(item.handle.id()).await?;
    people.retain(|person| right(&directory, person, &access, now).is_none());
    app.store.lapse_loans(item.keeping()?, &people, now).await?;
    Ok(())
}

/// `GET /api/items/{item}/loans/{loan}/ics`: an agreed loan for a calendar of one's own.
pub async fn ics(Loan { item, loan }: Loan) -> Result<([(HeaderName, &'static str); 2], String), Refusal> {
    let theirs = item.handle.manages() || loan.person == item.caller.person;
    if !theirs || loan.state != LoanState::Agreed {
        return Err(Refusal::NotFound);
    }
    let event = Event {
        id: loan.id.as_str(),
        stamped: loan.decided.unwrap_or(loan.at),
        since: loan.since,
        until: loan.until,
        title: item.handle.facts().title.as_str(),
        words: &loan.purpose,
    };
    Ok((calendar::ABOUT, event.to_string()))
}

#[derive(Deserialize)]
pub struct OwnParameters {
    before: Option<u64>,
}

/// `GET /api/library/loans`.
pub async fn own(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(OwnParameters { before }): Query<OwnParameters>,
) -> Result<Json<LoanList>, Refusal> {
    let mut loans = app.store.loans_of(&caller.person, before, LINES + 1).await?;
    let more = loans.len() > LINES as usize;
    loans.truncate(LINES as usize);
    let next = loans.last().filter(|_| more).map(|loan| loan.number);
    let mut ids: Vec<ItemId> = loans.iter().map(|loan| loan.item.clone()).collect();
    ids.sort();
    ids.dedup();
    let items: Vec<StoredItem> = app.store.items(&ids).await?;
    let line = |loan: StoredLoan| {
        let item = items.iter().find(|item| item.id == loan.item);
        // Also from the bin: it was theirs to have.
        let item = item.filter(|item| sees(&app, &caller, &DocumentAccess { binned: false, ..item.access() }));
        let (item, called) = match item {
            Some(item) if item.binned.is_some() => (None, Some(item.words.title.as_str().to_owned())),
            Some(item) => (Some(titled_item(&app, item)), None),
            None => (None, None),
        };
        LoanLine { item, called, loan: card(&app, &caller.person, false, loan) }
    };
    Ok(Json(LoanList { loans: loans.into_iter().map(line).collect(), next }))
}
