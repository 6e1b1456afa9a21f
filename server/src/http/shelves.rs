//! Where a document lies, and who can see it, and why.

use axum::Json;
use axum::extract::State;
use shared::access::{DocumentAccess, Grantee, Why, may_move, who};
use shared::api::{ClosedTo, DocumentCard, MoveDocument, PersonCard, ShelfCard, WhoLine, WhoMay};
use shared::organisation::{Body as Place, Directory, Reach, Shelf};
use shared::words::{SchoolId, UnixMillis};

use super::caller::{Body, Document};
use super::documents::{again, card, stands_alone};
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;

/// People named in one line; the rest are counted.
const NAMED: usize = 12;

pub async fn who_may(State(app): State<SharedApp>, document: Document) -> Json<WhoMay> {
    let (directory, now) = (app.store.directory(), clock::now());
    let access = &document.handle.facts().access;
    let lines = who(&directory, access, now).into_iter().map(|reason| {
        let post = match &reason.why {
            Why::Seat { body, post } => directory.vocabulary(body).and_then(|words| words.post(post)),
            _ => None,
        };
        let people = reason.people.iter().take(NAMED).filter_map(|id| PersonCard::of(&directory, id, now));
        WhoLine {
            name: name(&directory, &reason.why),
            post: post.map(|post| post.name.clone()),
            right: reason.right,
            count: u32::try_from(reason.people.len()).unwrap_or(u32::MAX),
            people: people.collect(),
            why: reason.why.kind(),
        }
    });
    Json(WhoMay {
        shelf: ShelfCard::of(&directory, &access.shelf),
        lines: lines.collect(),
        closed_to: closed_to(&directory, access, now),
    })
}

fn name(directory: &Directory, why: &Why) -> String {
    let place = match why {
        Why::Own | Why::Author | Why::Session { .. } => return String::new(),
        Why::Seat { body, post: _ } | Why::Above { body } => body.clone(),
        Why::InGroup { group } | Why::Leads { group } | Why::Neighbour { group } => Place::Group(group.clone()),
        Why::Shared { with: Grantee::Person(id) } => {
            return directory.person(id).map(|person| person.name.clone()).unwrap_or_default();
        }
        Why::Shared { with: Grantee::Team(id) } => Place::Team(id.clone()),
        Why::Shared { with: Grantee::School(id) } => Place::School(id.clone()),
        Why::Shared { with: Grantee::Group(id) } => Place::Group(id.clone()),
    };
    directory.name_of(&place).unwrap_or_default().to_owned()
}

/// The groups of the schools that it belongs to whose kind does not open this shelf to those who lead.
fn closed_to(directory: &Directory, access: &DocumentAccess, now: UnixMillis) -> Vec<ClosedTo> {
    let (schools, needed): (Vec<&SchoolId>, Reach) = match &access.shelf {
        Shelf::School(school) => (vec![school], Reach::Shelves),
        Shelf::Team(team) => match directory.team(team).map(|team| &team.home) {
            Some(Place::School(school)) => (vec![school], Reach::Drafts),
            Some(Place::Group(_) | Place::Team(_)) | None => return Vec::new(),
        },
        Shelf::Person(person) => {
            let seats = directory.current_seats_of(person, now).filter_map(|seat| match &seat.body {
                Place::School(school) => Some(school),
                Place::Group(_) | Place::Team(_) => None,
            });
            (seats.collect(), Reach::Drafts)
        }
        Shelf::Group(_) => return Vec::new(),
    };
    let groups = schools.into_iter().flat_map(|school| directory.groups_of(school));
    let mut groups: Vec<_> = groups.filter(|place| place.span.holds(now)).map(|place| &place.group).collect();
    groups.sort();
    groups.dedup();
    groups
        .into_iter()
        .filter_map(|id| {
            let group = directory.group(id)?;
            let kind = directory.kind(group).filter(|kind| kind.lead_reads < needed)?;
            Some(ClosedTo { group: group.name.clone(), kind: kind.name.clone() })
        })
        .collect()
}

pub async fn put(
    State(app): State<SharedApp>,
    document: Document,
    Body(MoveDocument { shelf }): Body<MoveDocument>,
) -> Result<Json<DocumentCard>, Refusal> {
    let managing = document.managing()?;
    stands_alone(&document)?;
    let now = clock::now();
    may_move(&app.store.directory(), &document.caller.person, &document.handle.facts().access, &shelf, now)?;
    app.store.move_to_shelf(managing, &shelf, now).await?;
    app.rooms.rights_changed_in(document.handle.id());
    card(&app, &again(&app, &document).await?).await
}
