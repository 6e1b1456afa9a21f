//! Who is who: the picture, the table of people, and changes of either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::access::{Circle, Right, administers, may_administer, may_change, may_look_after};
use shared::api::{AskedChanges, Changed, FoundPeople, MisfitIn, OrganisationView, PersonCard, PersonLine, SeatLine};
use shared::organisation::{Body as Place, Change, Directory, Group, Key, MisfitAt, Person, Record, Seat, Warning};
use shared::words::{GroupId, Span, UnixMillis, UserId};

use super::caller::{Body, Query};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::store::{By, ChangeError, NewChanges, UndoError};

/// Lines on one page of people, unless `limit` asks for fewer.
const PAGE: usize = 50;
/// Changes asked for in one go.
const MAX_CHANGES: usize = 1_000;
/// A seat that ends within so long ends soon.
const SOON: i64 = 30 * UnixMillis::DAY;

pub async fn show(State(app): State<SharedApp>, caller: Caller) -> Json<OrganisationView> {
    let (directory, now) = (app.store.directory(), clock::now());
    Json(view(&directory, &caller.person, now))
}

fn view(directory: &Directory, me: &UserId, now: UnixMillis) -> OrganisationView {
    let circle = Circle::of(directory, me, now);
    // That a school of ours leads another group is no secret, nor is who else is in it.
    let places = directory.memberships().filter(|place| circle.groups.contains(&place.group));
    let schools: BTreeSet<_> = places.map(|place| &place.school).chain(&circle.schools).collect();
    let groups: BTreeSet<&GroupId> = schools
        .iter()
        .flat_map(|school| directory.groups_of(school))
        .map(|place| &place.group)
        .chain(&circle.groups)
        .collect();
    let memberships: Vec<_> = directory.memberships().filter(|place| groups.contains(&place.group)).cloned().collect();
    let schools: BTreeSet<_> = memberships.iter().map(|place| &place.school).chain(schools).collect();
    let bodies: Vec<Place> = groups
        .iter()
        .map(|id| Place::Group((*id).clone()))
        .chain(schools.iter().map(|id| Place::School((*id).clone())))
        .chain(circle.teams.iter().map(|id| Place::Team(id.clone())))
        .collect();
    let operator = directory.person(me).is_some_and(|person| person.operator);
    let groups: Vec<Group> = groups.iter().filter_map(|id| directory.group(id)).cloned().collect();
    let regions: BTreeSet<_> = groups
        .iter()
        .map(|group| &group.region)
        .chain(schools.iter().filter_map(|id| directory.school(id)).map(|school| &school.region))
        .collect();
    let warnings = groups.iter().filter(|group| administers(directory, me, &Place::Group(group.id.clone()), now));
    let uses = directory.regions().filter(|_| operator).map(|region| (region.id.clone(), directory.uses(&region.id)));
    OrganisationView {
        uses: uses.collect(),
        regions: directory.regions().filter(|region| operator || regions.contains(&region.id)).cloned().collect(),
        warnings: warnings.flat_map(|group| directory.warnings(group, now)).collect(),
        schools: schools.iter().filter_map(|id| directory.school(id)).cloned().collect(),
        teams: circle.teams.iter().filter_map(|id| directory.team(id)).cloned().collect(),
        heads: bodies.iter().flat_map(|body| heads(directory, body, now)).collect(),
        sizes: bodies.iter().map(|body| (body.clone(), size(directory, body, now))).collect(),
        runs: bodies.iter().filter(|body| may_seat_somebody(directory, me, body, now)).cloned().collect(),
        administers: bodies.into_iter().filter(|body| administers(directory, me, body, now)).collect(),
        groups,
        memberships,
        operator,
    }
}

/// Whether the person may give somebody new a seat there.
fn may_seat_somebody(directory: &Directory, me: &UserId, body: &Place, now: UnixMillis) -> bool {
    let name = "nobody-yet";
    let seat = Seat {
        id: name.parse().expect("letters and a dash are an id"),
        person: name.parse().expect("letters and a dash are an id"),
        body: body.clone(),
        post: name.parse().expect("letters and a dash are an id"),
        main: false,
        span: Span::from(now),
    };
    administers(directory, me, body, now) && may_change(directory, me, &Change::Put(Record::Seat(seat)), now)
}

fn size(directory: &Directory, body: &Place, now: UnixMillis) -> u32 {
    let people: BTreeSet<_> = match body {
        Place::School(_) | Place::Team(_) => directory.people_in(body, now),
        Place::Group(group) => {
            let schools = directory.schools_of(group).filter(|place| place.span.holds(now));
            let bodies = schools.map(|place| Place::School(place.school.clone())).chain([body.clone()]);
            bodies.flat_map(|body| directory.people_in(&body, now)).collect()
        }
    };
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

/// Who manages a body or looks down from it, strongest post first.
fn heads(directory: &Directory, body: &Place, now: UnixMillis) -> Vec<SeatLine> {
    let seats = directory.seats_in(body).filter(|seat| seat.span.holds(now));
    let mut lines: Vec<SeatLine> = seats
        .filter_map(|seat| {
            let post = directory.post(seat).filter(|post| post.right == Right::Manage || post.spans)?;
            let person = directory.person(&seat.person).filter(|person| person.closed.is_none())?;
            let card = PersonCard::of(directory, &person.id, now)?;
            Some(SeatLine { seat: seat.clone(), person: card, post: Some(post.clone()) })
        })
        .collect();
    let strength = |line: &SeatLine| line.post.as_ref().map(|post| (post.right, post.spans));
    lines.sort_by(|one, other| {
        strength(other).cmp(&strength(one)).then_with(|| one.seat.span.since.cmp(&other.seat.span.since))
    });
    lines
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Filter {
    #[default]
    All,
    Never,
    Ending,
    Suspended,
}

#[derive(Deserialize)]
pub struct PeopleParameters {
    #[serde(default)]
    q: String,
    /// `school:id`, `team:id` or `group:id`.
    body: Option<String>,
    #[serde(default)]
    filter: Filter,
    after: Option<u32>,
    limit: Option<u32>,
}

pub async fn people(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<PeopleParameters>,
) -> Result<Json<FoundPeople>, Refusal> {
    let PeopleParameters { q, body, filter, after, limit } = asked;
    let q: String = q.trim().chars().take(64).collect();
    let (directory, now) = (app.store.directory(), clock::now());
    let circle = Circle::of(&directory, &caller.person, now);
    let within: Option<BTreeSet<&UserId>> = match body {
        None => None,
        Some(body) => {
            let body: Place = body.parse().map_err(|_| Refusal::BadRequest)?;
            // A place one does not know has nobody in it, whether it is there or not.
            Some(if circle.knows(&body) { members(&directory, &body, now) } else { BTreeSet::new() })
        }
    };
    let arrivals = app.store.arrivals().await?;
    let index = app.people.index(&directory);
    let looks_after = |id: &UserId| may_administer(&directory, &caller.person, id, now);
    let matching =
        index.find(&q, looks_after, now).into_iter().filter_map(|id| directory.person(id)).filter(|person| {
            let there = within.as_ref().is_none_or(|within| within.contains(&person.id));
            there && person.closed.is_none() && is_known(&directory, &circle, person, &caller.person, now)
        });
    let mut found = FoundPeople { people: Vec::new(), all: 0, never: 0, ending: 0, suspended: 0, next: None };
    let (skip, most) = (after.unwrap_or(0) as usize, limit.map_or(PAGE, |limit| (limit as usize).clamp(1, 200)));
    let mut chosen = Vec::new();
    for person in matching {
        let is = |filter| match filter {
            Filter::All => true,
            Filter::Never => !arrivals.contains_key(&person.id),
            Filter::Ending => ends_soon(&directory, &person.id, now),
            Filter::Suspended => person.suspended.is_some(),
        };
        for (filter, count) in [
            (Filter::All, &mut found.all),
            (Filter::Never, &mut found.never),
            (Filter::Ending, &mut found.ending),
            (Filter::Suspended, &mut found.suspended),
        ] {
            *count += u32::from(is(filter));
        }
        if is(filter) {
            chosen.push(person);
        }
    }
    if chosen.len() > skip + most {
        found.next = u32::try_from(skip + most).ok();
    }
    let lines = chosen.into_iter().skip(skip).take(most);
    found.people = lines.filter_map(|person| line(&directory, &caller.person, person, &arrivals, now)).collect();
    Ok(Json(found))
}

pub async fn person(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(person): Path<String>,
) -> Result<Json<PersonLine>, Refusal> {
    let id: UserId = person.parse().map_err(|_| Refusal::NoSuchPerson)?;
    let (directory, now) = (app.store.directory(), clock::now());
    let circle = Circle::of(&directory, &caller.person, now);
    let person = directory.person(&id).filter(|person| is_known(&directory, &circle, person, &caller.person, now));
    let arrivals = app.store.arrivals().await?;
    let line = person.and_then(|person| line(&directory, &caller.person, person, &arrivals, now));
    line.map(Json).ok_or(Refusal::NoSuchPerson)
}

/// Colleagues know one another; whoever has no seat left is known to those who look after them.
fn is_known(directory: &Directory, circle: &Circle, person: &Person, me: &UserId, now: UnixMillis) -> bool {
    person.id == *me || circle.has(directory, &person.id, now) || may_look_after(directory, me, &person.id, now)
}

fn members<'a>(directory: &'a Directory, body: &Place, now: UnixMillis) -> BTreeSet<&'a UserId> {
    let mut bodies = vec![body.clone()];
    if let Place::Group(group) = body {
        let schools = directory.schools_of(group).filter(|place| place.span.holds(now));
        bodies.extend(schools.map(|place| Place::School(place.school.clone())));
    }
    bodies.iter().flat_map(|body| directory.people_in(body, now)).collect()
}

fn ends_soon(directory: &Directory, person: &UserId, now: UnixMillis) -> bool {
    let mut ends = directory.current_seats_of(person, now).filter_map(|seat| seat.span.until);
    ends.any(|until| until.0 <= now.0 + SOON)
}

fn line(
    directory: &Directory,
    me: &UserId,
    person: &Person,
    arrivals: &BTreeMap<UserId, Option<UnixMillis>>,
    now: UnixMillis,
) -> Option<PersonLine> {
    let looked_after = may_look_after(directory, me, &person.id, now);
    let all = looked_after || person.id == *me;
    let shown = match all {
        true => person.clone(),
        false => Person { login: String::new(), phone: None, email: None, ..person.clone() },
    };
    let lasts = |seat: &&Seat| seat.span.until.is_none_or(|until| now < until);
    let seats = directory.seats_of(&person.id).filter(lasts).map(|seat| {
        (seat.clone(), directory.name_of(&seat.body).unwrap_or_default().to_owned(), directory.post(seat).cloned())
    });
    Some(PersonLine {
        card: PersonCard::of(directory, &person.id, now)?,
        person: shown,
        seats: seats.collect(),
        seen: arrivals.get(&person.id).copied().flatten().filter(|_| all),
        arrived: arrivals.contains_key(&person.id),
        looked_after,
        administered: may_administer(directory, me, &person.id, now),
    })
}

pub async fn change(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(AskedChanges { records, read, dry }): Body<AskedChanges>,
) -> Result<Json<Changed>, NotChanged> {
    if records.len() > MAX_CHANGES || read.len() > MAX_CHANGES {
        return Err(Refusal::TooManyChanges.into());
    }
    let now = clock::now();
    let changes: Vec<Change> = records.into_iter().map(Change::Put).collect();
    let by = By::Person(caller.person.clone());
    let stale = AtomicBool::new(false);
    let unless_stale = |directory: &Directory| {
        let is_stale = stale_ones(directory, &read).any(|key| {
            // Only to those who may change it is it said that somebody else did.
            let mine = changes.iter().find(|change| matches!(change, Change::Put(record) if record.key() == key));
            mine.is_some_and(|change| may_change(directory, &caller.person, change, now))
        });
        stale.store(is_stale, Ordering::Relaxed);
        (!is_stale).then(|| changes.clone())
    };
    let mut asked = match read.as_slice() {
        [] => NewChanges::new(by, &changes, now),
        _ => NewChanges::made(by, &unless_stale, now),
    };
    asked.dry = dry;
    let undo = match app.store.change(asked).await {
        Ok(changed) => changed.undo,
        Err(_) if stale.load(Ordering::Relaxed) => return Err(Refusal::StaleForm.into()),
        Err(error) => return Err(NotChanged::of(error)),
    };
    if undo.is_some() {
        app.organisation_changed();
    }
    let directory = app.store.directory();
    let touched: BTreeSet<GroupId> = changes.iter().filter_map(|change| group_of(&directory, change)).collect();
    let groups = touched.iter().filter_map(|id| directory.group(id));
    let warnings: Vec<Warning> = groups.flat_map(|group| directory.warnings(group, now)).collect();
    Ok(Json(Changed { undo, warnings }))
}

/// Which of the records are not any more as they were read.
fn stale_ones<'a>(directory: &'a Directory, read: &'a [Record]) -> impl Iterator<Item = Key> + 'a {
    let others = |record: &&Record| directory.record(&record.key()).as_ref() != Some(*record);
    read.iter().filter(others).map(Record::key)
}

/// The group whose size a change may touch.
fn group_of(directory: &Directory, change: &Change) -> Option<GroupId> {
    match change {
        Change::Put(Record::Membership(place)) => Some(place.group.clone()),
        Change::Put(Record::Group(group)) => Some(group.id.clone()),
        Change::Put(Record::School(school)) => directory.groups_of(&school.id).next().map(|place| place.group.clone()),
        Change::Put(Record::Region(_) | Record::Team(_) | Record::Person(_) | Record::Seat(_)) | Change::Remove(_) => {
            None
        }
    }
}

pub async fn undo(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<StatusCode, Refusal> {
    let number: u64 = number.parse().map_err(|_| Refusal::NothingToUndo)?;
    app.store.undo(number, &By::Person(caller.person), clock::now()).await.map_err(|error| match error {
        UndoError::Unknown | UndoError::Forbidden => Refusal::NothingToUndo,
        UndoError::Changed => Refusal::ChangedSince,
        UndoError::Store(error) => error.into(),
    })?;
    app.organisation_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Why nothing was changed, and by which of the changes.
pub enum NotChanged {
    Refused(Refusal),
    Misfit(MisfitIn),
}

impl NotChanged {
    pub fn of(error: ChangeError) -> Self {
        match error {
            ChangeError::Forbidden { at: _ } => Self::Refused(Refusal::NotYours),
            ChangeError::Misfit(MisfitAt { at, misfit }) => Self::Misfit(MisfitIn { at, misfit }),
            ChangeError::Store(error) => Self::Refused(error.into()),
        }
    }
}

impl From<Refusal> for NotChanged {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for NotChanged {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Misfit(misfit) => {
                let mut response = Refusal::DoesNotFit.into_response();
                response.extensions_mut().insert(misfit);
                response
            }
        }
    }
}
