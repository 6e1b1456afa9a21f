//! Tutoring sessions: listing, planning, changing, opening and ending.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;
use shared::access::{Circle, Grantee, may_plan, sight};
use shared::api::{
    ChangeSession, InviteToSession, MoveSession, PlanSession, PlannedSession, SessionList, SessionNews, SessionPlan,
    SessionView, ShelfCard,
};
use shared::organisation::{Directory, Shelf};
use shared::tutoring::{
    Invitation, MAX_ABOUT_CHARS, MAX_INVITED, MAX_MINUTES, MAX_PLANNED_AHEAD, MAX_PLANNED_BEHIND, MIN_MINUTES, Role,
    TutoringState,
};
use shared::words::{Title, TutoringId, UnixMillis, UserId};

use super::attendee::Tutored;
use super::calendar::{self, Event};
use super::caller::{Body, Query};
use super::item_uses::shown;
use super::limits;
use super::pressed::Pressed;
use super::refusal::Refusal;
use super::shares::is_within_reach;
use super::tutoring_view::{card, view};
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::words::{checked_placing, checked_saying};
use crate::new_session;
use crate::store::{DocumentHandle, ItemHandle, Plan, SessionsNear, StoredSessionPlan, TutoringHandle, When};

/// Sessions on one page of a list.
const PAGE: usize = 30;

#[derive(Deserialize)]
pub struct ListParameters {
    #[serde(default)]
    when: WhenAsked,
    before: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WhenAsked {
    #[default]
    Coming,
    Past,
}

/// `GET /api/tutoring`.
pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    headers: HeaderMap,
    Query(ListParameters { when, before }): Query<ListParameters>,
) -> Result<Pressed<SessionList>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let near = sight(&directory, &caller.person, now);
    let mut asked = SessionsNear {
        person: caller.person.clone(),
        shelves: near.shelves.into_iter().collect(),
        bodies: near.bodies.iter().map(ToString::to_string).collect(),
        when: match when {
            WhenAsked::Coming => When::Coming,
            WhenAsked::Past => When::Past,
        },
        after: before.map(|before| read_place(&before).ok_or(Refusal::BadRequest)).transpose()?,
        limit: PAGE as u32 + 1,
    };
    let mut seen: Vec<TutoringHandle> = Vec::new();
    // The judge may take out some of what was found, so more is fetched until the page is full.
    while seen.len() <= PAGE {
        let found = app.store.sessions_near(&asked).await?;
        let last_fetch = found.len() < asked.limit as usize;
        asked.after = found.last().map(place);
        seen.extend(found.into_iter().filter_map(|one| TutoringHandle::judge(&directory, &caller.person, one)));
        if last_fetch {
            break;
        }
    }
    let more = seen.len() > PAGE;
    seen.truncate(PAGE);
    let next = seen.last().filter(|_| more).map(|last| {
        let (begins, number) = place(last.stored());
        format!("{}_{number}", begins.0)
    });
    let sessions = seen.iter().map(|handle| card(&app, handle)).collect();
    Ok(Pressed::new(&headers, SessionList { sessions, next, may_plan: plannable(&directory, &caller.person, now) }))
}

fn place(stored: &StoredSessionPlan) -> (UnixMillis, u64) {
    (stored.plan.begins, stored.number)
}

fn read_place(text: &str) -> Option<(UnixMillis, u64)> {
    let (begins, number) = text.split_once('_')?;
    Some((UnixMillis(begins.parse().ok()?), number.parse().ok()?))
}

/// The shelves on which somebody may plan, of those that they know of.
pub fn plannable(directory: &Directory, person: &UserId, now: UnixMillis) -> Vec<ShelfCard> {
    let circle = Circle::of(directory, person, now);
    let groups = circle.groups.into_iter().map(Shelf::Group);
    let schools = circle.schools.into_iter().map(Shelf::School);
    let all = circle.teams.into_iter().map(Shelf::Team).chain(schools).chain(groups);
    all.filter(|shelf| may_plan(directory, person, shelf, now)).map(|shelf| ShelfCard::of(directory, &shelf)).collect()
}

/// `POST /api/tutoring`.
pub async fn plan(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(PlanSession { id, plan, shelf, invited }): Body<PlanSession>,
) -> Result<Planned, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    if !may_plan(&directory, &caller.person, &shelf, now) {
        return Err(Refusal::NotYoursToPlan);
    }
    let plan = checked(&app, &caller.person, plan, None).await?;
    let invited = checked_invited(&directory, &caller.person, invited, &[], now)?;
    if is_planned(&app, &caller, &id, &plan, &shelf).await? {
        return Ok(planned(id));
    }
    limits::making(&app, &caller.person)?;
    let new = new_session::of(id.clone(), &caller.person, plan.clone(), shelf.clone(), invited, now);
    match app.store.plan_session(new).await {
        Ok(()) => Ok(planned(id)),
        // The same wish was under way already.
        Err(error) if error.is_taken() && is_planned(&app, &caller, &id, &plan, &shelf).await? => Ok(planned(id)),
        Err(error) => Err(error.into()),
    }
}

/// Whether they have planned the session of this name already.
///
/// # Errors
/// If something else has the name, or they planned it otherwise.
async fn is_planned(app: &App, caller: &Caller, id: &TutoringId, plan: &Plan, shelf: &Shelf) -> Result<bool, Refusal> {
    let Some(known) = app.store.tutoring_session(id).await? else { return Ok(false) };
    match () {
        () if known.access.author != caller.person => Err(Refusal::IdTaken),
        () if known.plan.title != plan.title || known.access.shelf != *shelf => Err(Refusal::SentOtherwise),
        () => Ok(true),
    }
}

type Planned = (StatusCode, [(HeaderName, String); 1], Json<PlannedSession>);

pub fn planned(id: TutoringId) -> Planned {
    let location = [(header::LOCATION, format!("/api/tutoring/{id}"))];
    (StatusCode::CREATED, location, Json(PlannedSession { id }))
}

/// The plan as it can be stored. Who was the host may stay so; so may what it was about.
pub async fn checked(
    app: &App,
    planner: &UserId,
    plan: SessionPlan,
    before: Option<&StoredSessionPlan>,
) -> Result<Plan, Refusal> {
    let SessionPlan { kind, title, about, host, placing, begins, minutes, plan, item, lobby } = plan;
    let (directory, now) = (app.store.directory(), clock::now());
    let before = before.map(|stored| &stored.plan);
    let same_time = before.is_some_and(|before| (before.begins, before.minutes) == (begins, minutes));
    if !(same_time || fits(begins, minutes, now)) {
        return Err(Refusal::TutoringTimeUnfit);
    }
    let known = host == *planner || is_within_reach(&directory, planner, &Grantee::Person(host.clone()), now);
    let active = directory.person(&host).is_some_and(|person| person.is_active());
    if before.is_none_or(|before| before.host != host) && !(known && active) {
        return Err(Refusal::HostUnfit);
    }
    if let Some(document) = plan.as_ref().filter(|id| before.is_none_or(|before| before.plan.as_ref() != Some(id))) {
        DocumentHandle::open(&*app.store, planner, document).await?.ok_or(Refusal::NotFound)?;
    }
    if let Some(item) = item.as_ref().filter(|id| before.is_none_or(|before| before.item.as_ref() != Some(id))) {
        ItemHandle::open(&*app.store, planner, item).await?.ok_or(Refusal::NotFound)?;
    }
    Ok(Plan {
        kind,
        title: Title::new(&title)?,
        about: checked_saying(&about, MAX_ABOUT_CHARS)?,
        host,
        placing: checked_placing(placing, &app.taxonomies)?,
        begins,
        minutes,
        plan,
        item,
        lobby,
    })
}

/// Whether a session can be planned for this time.
pub fn fits(begins: UnixMillis, minutes: u32, now: UnixMillis) -> bool {
    let times = now.0 - MAX_PLANNED_BEHIND..=now.0.saturating_add(MAX_PLANNED_AHEAD);
    times.contains(&begins.0) && (MIN_MINUTES..=MAX_MINUTES).contains(&minutes)
}

/// The list as it can be stored, each once. Whoever is on it already may stay, even if they have moved out of reach.
fn checked_invited(
    directory: &Directory,
    person: &UserId,
    invited: Vec<Invitation>,
    before: &[Invitation],
    now: UnixMillis,
) -> Result<Vec<Invitation>, Refusal> {
    if invited.len() > MAX_INVITED {
        return Err(Refusal::InvitedUnfit);
    }
    let mut named = BTreeSet::new();
    for Invitation { with, role } in &invited {
        let by_name = matches!(with, Grantee::Person(_));
        let known = before.iter().any(|one| one.with == *with) || is_within_reach(directory, person, with, now);
        if !role.is_invited() || (*role == Role::Helper && !by_name) || !known || !named.insert(with.clone()) {
            return Err(Refusal::InvitedUnfit);
        }
    }
    Ok(invited)
}

/// `GET /api/tutoring/{session}`.
pub async fn show(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    session: Tutored,
) -> Result<Pressed<SessionView>, Refusal> {
    Ok(Pressed::new(&headers, view(&app, &session.handle).await?))
}

/// `PUT /api/tutoring/{session}`.
pub async fn change(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(ChangeSession { plan, revision }): Body<ChangeSession>,
) -> Result<Json<SessionView>, Refusal> {
    let running = session.running()?;
    if matches!(session.handle.state(), TutoringState::Ended | TutoringState::Cancelled) {
        return Err(Refusal::SessionStandsOtherwise);
    }
    let plan = checked(&app, session.who(), plan, Some(session.handle.stored())).await?;
    let shown = match session.handle.state() {
        TutoringState::Open => shown(&app, session.handle.stored(), &plan).await?,
        TutoringState::Planned | TutoringState::Ended | TutoringState::Cancelled => None,
    };
    if !app.store.change_plan(running, &plan, revision, shown, clock::now()).await? {
        return Err(Refusal::StaleForm);
    }
    changed(&app, session.handle.stored(), SessionNews::Plan);
    let StoredSessionPlan { board, notes, .. } = session.handle.stored();
    app.rooms.renamed(board);
    app.rooms.renamed(notes);
    again(&app, &session).await
}

/// `PUT /api/tutoring/{session}/state`.
pub async fn go_on(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(MoveSession { state }): Body<MoveSession>,
) -> Result<Json<SessionView>, Refusal> {
    // A helper begins when the host is late; to end or cancel is for who runs it.
    let leading = session.leading()?;
    if state != TutoringState::Open {
        session.running()?;
    }
    let before = session.handle.state();
    // The answer to the same wish may have been lost on the line.
    if before != state {
        let goes = before.goes_on_to(state);
        let stored = session.handle.stored();
        let shown = if state == TutoringState::Open { shown(&app, stored, &stored.plan).await? } else { None };
        if !goes || !app.store.move_session(leading, before, state, shown, clock::now()).await? {
            return Err(Refusal::SessionStandsOtherwise);
        }
        if state == TutoringState::Open {
            let there = app.rooms.people_in(&session.handle.stored().board);
            let there: Vec<_> = there.into_iter().map(|card| card.id).collect();
            app.store.begin_stays(leading, &there, clock::now()).await?;
        }
        changed(&app, session.handle.stored(), SessionNews::Plan);
    }
    again(&app, &session).await
}

/// `PUT /api/tutoring/{session}/invited`.
pub async fn invite(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(InviteToSession { invited }): Body<InviteToSession>,
) -> Result<Json<SessionView>, Refusal> {
    let running = session.running()?;
    let (directory, now) = (app.store.directory(), clock::now());
    let before = &session.handle.stored().access.invited;
    let invited = checked_invited(&directory, session.who(), invited, before, now)?;
    app.store.invite(running, &invited, now).await?;
    changed(&app, session.handle.stored(), SessionNews::People);
    again(&app, &session).await
}

/// `GET /api/tutoring/{session}/ics`: for a calendar of one's own.
pub async fn ics(session: Tutored) -> Result<([(HeaderName, &'static str); 2], String), Refusal> {
    let StoredSessionPlan { id, plan, created, .. } = session.handle.stored();
    if session.handle.state() == TutoringState::Cancelled {
        return Err(Refusal::SessionStandsOtherwise);
    }
    let until = UnixMillis(plan.begins.0 + i64::from(plan.minutes) * 60_000);
    let event = Event {
        id: id.as_str(),
        stamped: *created,
        since: plan.begins,
        until,
        title: plan.title.as_str(),
        words: &plan.about,
    };
    Ok((calendar::ABOUT, event.to_string()))
}

/// Something changed by which people may do more or less: they are judged anew, and everybody it is for is told.
pub fn changed(app: &App, session: &StoredSessionPlan, news: SessionNews) {
    rights_changed(app, session);
    app.tell_session(session, news);
}

/// Whoever has one of its documents open is judged anew before the next frame.
pub fn rights_changed(app: &App, StoredSessionPlan { board, notes, .. }: &StoredSessionPlan) {
    app.rooms.rights_changed_in(board);
    app.rooms.rights_changed_in(notes);
}

/// The session as it is after a change.
pub async fn again(app: &App, session: &Tutored) -> Result<Json<SessionView>, Refusal> {
    let handle = TutoringHandle::open(&*app.store, session.who(), session.handle.id()).await?;
    Ok(Json(view(app, &handle.ok_or(Refusal::NoSuchTutoring)?).await?))
}
