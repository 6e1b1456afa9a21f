//! Acts that carry a document further: sharing it, and moving it to another shelf.

use super::{DocumentAccess, Grantee, Right, belongs, posts, right};
use crate::organisation::{Body, Directory, Shelf};
use crate::words::{UnixMillis, UserId};

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("only those who manage the document may do this")]
    NotManaging,
    #[error("what leaves this shelf is decided by those who manage the school, team or group")]
    LeavesTheHouse,
    #[error("the person may not put anything on that shelf")]
    NotYourShelf,
    #[error("menus are of schools and groups")]
    NoMenuThere,
}

/// Whether `person` may share the document with `with`.
///
/// Within the house everybody may who manages the document; outwards it is for those who manage the body.
pub fn may_share(
    directory: &Directory,
    person: &UserId,
    document: &DocumentAccess,
    with: &Grantee,
    now: UnixMillis,
) -> Result<(), Refused> {
    if right(directory, person, document, now) < Some(Right::Manage) {
        return Err(Refused::NotManaging);
    }
    let Some(body) = document.shelf.body() else { return Ok(()) };
    if is_inside(directory, &body, with, now) || speaks_for(directory, person, &body, now) {
        Ok(())
    } else {
        Err(Refused::LeavesTheHouse)
    }
}

/// Whether `person` may put documents on this shelf.
pub fn may_put(directory: &Directory, person: &UserId, shelf: &Shelf, now: UnixMillis) -> Result<(), Refused> {
    if !directory.person(person).is_some_and(|person| person.is_active()) {
        return Err(Refused::NotYourShelf);
    }
    let by_seat = |body: &Body, least: Right| {
        posts(directory, person, now).any(|(seat, post)| seat.body == *body && post.right >= least)
    };
    let may = match shelf {
        Shelf::Person(owner) => owner == person,
        // A guest who comments brings nothing of their own.
        Shelf::Team(id) => by_seat(&Body::Team(id.clone()), Right::Edit),
        Shelf::School(id) => by_seat(&Body::School(id.clone()), Right::Comment),
        Shelf::Group(id) => {
            // What leaves a campus for the group's shelf is for its head to decide.
            let heads = |seat: &Body| match seat {
                Body::School(school) => {
                    directory.groups_of(school).any(|place| place.group == *id && place.span.holds(now))
                }
                Body::Group(_) | Body::Team(_) => false,
            };
            by_seat(&Body::Group(id.clone()), Right::Edit)
                || posts(directory, person, now).any(|(seat, post)| post.right == Right::Manage && heads(&seat.body))
        }
    };
    if may { Ok(()) } else { Err(Refused::NotYourShelf) }
}

/// Whether `person` may move the document to that shelf.
pub fn may_move(
    directory: &Directory,
    person: &UserId,
    document: &DocumentAccess,
    to: &Shelf,
    now: UnixMillis,
) -> Result<(), Refused> {
    if right(directory, person, document, now) < Some(Right::Manage) {
        return Err(Refused::NotManaging);
    }
    may_put(directory, person, to, now)?;
    let Some(from) = document.shelf.body() else {
        // Whoever was given it to manage does not take it away.
        return if document.shelf == Shelf::Person(person.clone()) { Ok(()) } else { Err(Refused::LeavesTheHouse) };
    };
    let stays = match to {
        Shelf::Person(_) => false,
        Shelf::Team(id) => is_inside(directory, &from, &Grantee::Team(id.clone()), now),
        Shelf::School(id) => is_inside(directory, &from, &Grantee::School(id.clone()), now),
        Shelf::Group(id) => is_inside(directory, &from, &Grantee::Group(id.clone()), now),
    };
    if stays || speaks_for(directory, person, &from, now) { Ok(()) } else { Err(Refused::LeavesTheHouse) }
}

/// Whether `person` publishes what lies there as the menu of that shelf, and takes it back: whoever manages the school or
/// group whose shelf it is, and not everybody who made what lies on it.
pub fn may_publish(directory: &Directory, person: &UserId, shelf: &Shelf, now: UnixMillis) -> Result<(), Refused> {
    let body = match shelf {
        Shelf::School(id) => Body::School(id.clone()),
        Shelf::Group(id) => Body::Group(id.clone()),
        Shelf::Person(_) | Shelf::Team(_) => return Err(Refused::NoMenuThere),
    };
    let active = directory.person(person).is_some_and(|person| person.is_active());
    if active && speaks_for(directory, person, &body, now) { Ok(()) } else { Err(Refused::NotManaging) }
}

/// Whether the person decides what leaves this body: by managing it or, for a team, what it is of.
pub(super) fn speaks_for(directory: &Directory, person: &UserId, body: &Body, now: UnixMillis) -> bool {
    let home = match body {
        Body::Team(id) => directory.team(id).map(|team| &team.home),
        Body::Group(_) | Body::School(_) => None,
    };
    posts(directory, person, now)
        .any(|(seat, post)| post.right == Right::Manage && (seat.body == *body || Some(&seat.body) == home))
}

/// Whether what is shared with them stays in the house: the body, or what the team is of, with all its schools and teams.
fn is_inside(directory: &Directory, body: &Body, with: &Grantee, now: UnixMillis) -> bool {
    let house = match body {
        Body::Team(id) => directory.team(id).map_or(body, |team| &team.home),
        Body::Group(_) | Body::School(_) => body,
    };
    let holds = |there: &Body| match (house, there) {
        (Body::Group(group), Body::School(school)) => {
            directory.groups_of(school).any(|place| place.group == *group && place.span.holds(now))
        }
        _ => house == there,
    };
    match with {
        Grantee::Person(id) => {
            let by_team = |seat: &Body| match seat {
                Body::Team(team) => directory.team(team).is_some_and(|team| holds(&team.home)),
                Body::Group(_) | Body::School(_) => false,
            };
            belongs(directory, id, house, now) || directory.current_seats_of(id, now).any(|seat| by_team(&seat.body))
        }
        Grantee::Team(id) => directory.team(id).is_some_and(|team| holds(&team.home)),
        Grantee::School(id) => holds(&Body::School(id.clone())),
        Grantee::Group(id) => holds(&Body::Group(id.clone())),
    }
}
