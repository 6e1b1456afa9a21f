//! Wishes for tutoring sessions: a teacher asks for their school, whoever plans there accepts with a time or declines.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::access::{Grantee, may_wish};
use shared::api::{AskForSession, DecideWish, SchoolCard, SessionPlan, ShelfCard, WishCard, WishList};
use shared::organisation::{Body as OrganisationBody, Directory, Shelf};
use shared::tutoring::{Invitation, MAX_WISH_ANSWER_CHARS, MAX_WISH_CHARS, MAX_WISHED_TIMES, Role, WishState};
use shared::words::{SchoolId, Title, UnixMillis, UserId, WishId};

use super::caller::{Body, Query};
use super::limits;
use super::pressed::Pressed;
use super::refusal::Refusal;
use super::tutoring::{checked, fits, plannable};
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::cards::Reader;
use crate::library::words::{checked_placing, checked_saying, checked_words};
use crate::new_session;
use crate::store::{Entered, NewWish, StoredWish, WishHandle};

const LINES: u32 = 30;

/// The wish in the path, as far as the caller may know of it.
pub struct Wished {
    caller: Caller,
    handle: WishHandle,
}

#[derive(Deserialize)]
struct InPath {
    wish: String,
}

impl FromRequestParts<SharedApp> for Wished {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let path: Result<Path<InPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(InPath { wish }) = path.map_err(|_| Refusal::NoSuchWish)?;
        let id: WishId = wish.parse().map_err(|_| Refusal::NoSuchWish)?;
        let stored = app.store.session_wish(&id).await?.ok_or(Refusal::NoSuchWish)?;
        let handle = WishHandle::judge(&app.store.directory(), &caller.person, stored).ok_or(Refusal::NoSuchWish)?;
        Ok(Self { caller, handle })
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    #[default]
    Mine,
    Shelves,
}

#[derive(Deserialize)]
pub struct ListParameters {
    #[serde(default)]
    whose: Whose,
    before: Option<u64>,
}

/// `GET /api/tutoring/wishes`.
pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    headers: HeaderMap,
    Query(ListParameters { whose, before }): Query<ListParameters>,
) -> Result<Pressed<WishList>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let shelves: Vec<_> = plannable(&directory, &caller.person, now).into_iter().map(|card| card.shelf).collect();
    let mut wishes = match whose {
        Whose::Mine => app.store.wishes_of(&caller.person, before, LINES + 1).await?,
        Whose::Shelves => app.store.wishes_on(&shelves, before, LINES + 1).await?,
    };
    let more = wishes.len() > LINES as usize;
    wishes.truncate(LINES as usize);
    let next = wishes.last().filter(|_| more).map(|last| last.number);
    let handles = wishes.into_iter().filter_map(|one| WishHandle::judge(&directory, &caller.person, one));
    let wishes = handles.map(|handle| card(&app, &directory, &handle)).collect();
    let waiting = app.store.wishes_waiting(&shelves).await?;
    Ok(Pressed::new(&headers, WishList { wishes, next, waiting }))
}

fn card(app: &App, directory: &Directory, handle: &WishHandle) -> WishCard {
    let reader = Reader::new(handle.who(), directory, &app.taxonomies);
    let StoredWish { number: _, wish, state, decided, decided_by, said, session } = handle.stored().clone();
    let decides = handle.deciding().is_some() && state == WishState::Asked;
    let place = wish.placing.taxon.as_ref().map(|id| app.taxonomies.path(id)).unwrap_or_default();
    WishCard {
        person: reader.person(&wish.person),
        school: school(directory, &wish.school),
        shelf: ShelfCard::of(directory, &wish.shelf),
        mine: handle.is_own(),
        decides,
        id: wish.id,
        kind: wish.kind,
        title: wish.title.as_str().to_owned(),
        words: wish.words,
        placing: wish.placing,
        place: place.into_iter().map(|node| node.name).collect(),
        times: wish.times,
        state,
        at: wish.at,
        decided,
        decided_by: decided_by.map(|id| reader.person(&id)),
        said,
        session,
    }
}

fn school(directory: &Directory, id: &SchoolId) -> SchoolCard {
    let school = directory.school(id);
    SchoolCard {
        id: id.clone(),
        name: school.map(|school| school.name.clone()).unwrap_or_default(),
        seal: school.map(|school| school.seal.clone()).unwrap_or_default(),
        lead: directory.leads(id, clock::now()),
    }
}

/// `POST /api/tutoring/wishes`.
pub async fn ask(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(AskForSession { id, kind, title, words, placing, times, shelf }): Body<AskForSession>,
) -> Result<(StatusCode, Json<WishCard>), Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    if !may_wish(&directory, &caller.person, &shelf, now) {
        return Err(Refusal::NotYoursToWish);
    }
    let school = directory.school_of(&caller.person, now).ok_or(Refusal::NotYoursToWish)?.id.clone();
    let few = (1..=MAX_WISHED_TIMES).contains(&times.len());
    if !few || !times.iter().all(|time| time.begins > now && fits(time.begins, time.minutes, now)) {
        return Err(Refusal::TutoringTimeUnfit);
    }
    let wish = NewWish {
        id: id.clone(),
        person: caller.person.clone(),
        school,
        shelf,
        kind,
        title: Title::new(&title)?,
        words: checked_saying(&words, MAX_WISH_CHARS)?,
        placing: checked_placing(placing, &app.taxonomies)?,
        times,
        at: now,
    };
    limits::speech(&app, &caller.person)?;
    match app.store.ask_for_session(&wish).await? {
        Entered::Now => {}
        Entered::Before => {
            let before = app.store.session_wish(&id).await?.ok_or(Refusal::NoSuchWish)?.wish;
            if (NewWish { at: wish.at, school: wish.school.clone(), ..before }) != wish {
                return Err(Refusal::SentOtherwise);
            }
        }
        Entered::Foreign => return Err(Refusal::IdTaken),
        Entered::Taken | Entered::TooMany => return Err(Refusal::TooManyWishesOpen),
    }
    Ok((StatusCode::CREATED, again(&app, &caller.person, &id).await?))
}

async fn again(app: &App, who: &UserId, id: &WishId) -> Result<Json<WishCard>, Refusal> {
    let stored = app.store.session_wish(id).await?.ok_or(Refusal::NoSuchWish)?;
    let directory = app.store.directory();
    let handle = WishHandle::judge(&directory, who, stored).ok_or(Refusal::NoSuchWish)?;
    Ok(Json(card(app, &directory, &handle)))
}

/// `PUT /api/tutoring/wishes/{wish}`.
pub async fn decide(
    State(app): State<SharedApp>,
    Wished { caller, handle }: Wished,
    Body(wish): Body<DecideWish>,
) -> Result<Json<WishCard>, Refusal> {
    let now = clock::now();
    let id = handle.stored().wish.id.clone();
    let state = handle.stored().state;
    let done = match wish {
        DecideWish::Withdraw => {
            let own = handle.own().ok_or(Refusal::OnlyAsker)?;
            state == WishState::Withdrawn || app.store.withdraw_wish(own, now).await?
        }
        DecideWish::Decline { said } => {
            let deciding = handle.deciding().ok_or(Refusal::NotYoursToPlan)?;
            let said = checked_words(&said, MAX_WISH_ANSWER_CHARS)?;
            is_decided(&handle, WishState::Declined, &said) || app.store.decline_wish(deciding, &said, now).await?
        }
        DecideWish::Accept { session, host, begins, minutes, said } => {
            let said = checked_saying(&said, MAX_WISH_ANSWER_CHARS)?;
            let deciding = handle.deciding().ok_or(Refusal::NotYoursToPlan)?;
            let before = handle.stored().session.as_ref() == Some(&session);
            before && is_decided(&handle, WishState::Accepted, &said) || {
                if state != WishState::Asked {
                    return Err(Refusal::AlreadyDecided);
                }
                let plan = plan_of(&handle.stored().wish, host, begins, minutes);
                let plan = checked(&app, &caller.person, plan, None).await?;
                limits::making(&app, &caller.person)?;
                let NewWish { shelf, school, .. } = handle.stored().wish.clone();
                let invited = invited(&school, &shelf);
                let new = new_session::of(session, &caller.person, plan, shelf, invited, now);
                match app.store.accept_wish(deciding, new, &said, now).await {
                    Err(error) if error.is_taken() => return Err(Refusal::IdTaken),
                    accepted => accepted?,
                }
            }
        }
    };
    if !done {
        return Err(Refusal::AlreadyDecided);
    }
    again(&app, &caller.person, &id).await
}

/// Whether the caller has decided so already: the answer may have been lost on the line.
fn is_decided(handle: &WishHandle, state: WishState, said: &str) -> bool {
    let StoredWish { state: now, decided_by, said: known, .. } = handle.stored();
    *now == state && decided_by.as_ref() == Some(handle.who()) && known == said
}

/// What was asked for, at the time that it takes place.
fn plan_of(wish: &NewWish, host: UserId, begins: UnixMillis, minutes: u32) -> SessionPlan {
    let NewWish { kind, title, words, placing, .. } = wish.clone();
    let (title, about) = (title.as_str().to_owned(), words);
    SessionPlan { kind, title, about, host, placing, begins, minutes, plan: None, item: None, lobby: true }
}

/// The school that asked, and who plans it: nobody sees a session that they were not asked to.
fn invited(school: &SchoolId, shelf: &Shelf) -> Vec<Invitation> {
    let asked = Grantee::School(school.clone());
    let plans = shelf.body().map(|body| match body {
        OrganisationBody::Team(id) => Grantee::Team(id),
        OrganisationBody::School(id) => Grantee::School(id),
        OrganisationBody::Group(id) => Grantee::Group(id),
    });
    let plans = plans.filter(|plans| *plans != asked);
    std::iter::once(asked).chain(plans).map(|with| Invitation { with, role: Role::Participant }).collect()
}
