//! Who may do what: the only judge. Pure and total; everything else asks here.
//!
//! A right comes from where a document lies (its shelf), from sharing, and from the kind of the group; never from having
//! been somewhere. Everything is asked of the [`Directory`] as it is now, so a seat that has ended helps nobody.

use serde::{Deserialize, Serialize};

use crate::organisation::{Body, Directory, GroupKind, Post, Reach, Seat, Shelf};
use crate::words::{GroupId, SchoolId, TeamId, UnixMillis, UserId};

mod acts;
mod administration;
mod circle;
mod reasons;

pub use acts::{Refused, may_move, may_put, may_share};
pub use administration::{administers, administers_anything, may_administer, may_change, may_look_after};
pub use circle::{Circle, Sight, sight};
pub use reasons::{Reason, Why, who};

/// What a person may do with a document; each right includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    View,
    Comment,
    /// Propose changes that somebody who edits takes over.
    Suggest,
    Edit,
    /// Rename, share, move to the bin and back.
    Manage,
}

impl Right {
    pub fn may_edit(self) -> bool {
        self >= Right::Edit
    }
}

/// To whom a document is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "id")]
pub enum Grantee {
    Person(UserId),
    Team(TeamId),
    /// Everybody with a seat in the school.
    School(SchoolId),
    /// Everybody with a seat in the group or in one of its schools.
    Group(GroupId),
}

/// One line of a document's sharing form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub with: Grantee,
    pub right: Right,
}

/// A document as the judge sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentAccess {
    /// Who made it.
    pub author: UserId,
    pub shelf: Shelf,
    pub shares: Vec<Share>,
    /// In the bin: only those who manage it see it, and nobody edits it.
    pub binned: bool,
}

/// Why somebody has a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because<'a> {
    /// It lies on their own shelf.
    Own,
    /// They made it and still belong to the body on whose shelf it lies.
    Author,
    /// By a seat in the body on whose shelf it lies.
    Seat(&'a Seat),
    /// By a seat in the body that the team on whose shelf it lies is of.
    Above(&'a Seat),
    /// It lies on the shelf of a group to which one of their schools belongs.
    InGroup(&'a GroupId),
    /// The group's kind lets those who lead look into member schools.
    Leads(&'a GroupId),
    /// The group's kind lets member schools look into one another.
    Neighbour(&'a GroupId),
    Shared(&'a Share),
}

/// The right `person` has on `document`, or `None` if for them it does not exist.
///
/// Absent and forbidden must look the same to the person: callers answer both alike.
pub fn right(directory: &Directory, person: &UserId, document: &DocumentAccess, now: UnixMillis) -> Option<Right> {
    let mut best = None;
    each_grant(directory, person, document, now, &mut |right, _| best = best.max(Some(right)));
    match best {
        Some(Right::Manage) => best,
        _ if document.binned => None,
        _ => best,
    }
}

/// The right to act inside the room: [`right`], lowered to viewing while the document lies in the bin.
pub fn right_in_room(
    directory: &Directory,
    person: &UserId,
    document: &DocumentAccess,
    now: UnixMillis,
) -> Option<Right> {
    right(directory, person, document, now).map(|right| if document.binned { Right::View } else { right })
}

/// Calls `take` with every right the person has on the document by itself, and why, in no order of strength.
fn each_grant<'a>(
    directory: &'a Directory,
    person: &UserId,
    document: &'a DocumentAccess,
    now: UnixMillis,
    take: &mut impl FnMut(Right, Because<'a>),
) {
    if !directory.person(person).is_some_and(|person| person.is_active()) {
        return;
    }
    match &document.shelf {
        Shelf::Person(owner) if owner == person => take(Right::Manage, Because::Own),
        Shelf::Person(owner) => {
            for seat in directory.current_seats_of(owner, now) {
                if let Body::School(school) = &seat.body {
                    looks_in(directory, person, school, Reach::Drafts, now, take);
                }
            }
        }
        Shelf::Team(team) => on_a_teams_shelf(directory, person, team, now, take),
        Shelf::School(school) => {
            by_seat(directory, person, &Body::School(school.clone()), now, take);
            looks_in(directory, person, school, Reach::Shelves, now, take);
            from_next_door(directory, person, school, now, take);
        }
        Shelf::Group(group) => {
            by_seat(directory, person, &Body::Group(group.clone()), now, take);
            if let Some(group) = directory.group(group).filter(|group| has_school_in(directory, person, &group.id, now))
            {
                take(Right::View, Because::InGroup(&group.id));
            }
        }
    }
    if *person == document.author && document.shelf.body().is_some_and(|body| belongs(directory, person, &body, now)) {
        take(Right::Manage, Because::Author);
    }
    for share in &document.shares {
        if reaches(directory, share, person, now) {
            take(share.right, Because::Shared(share));
        }
    }
}

fn by_seat<'a>(
    directory: &'a Directory,
    person: &UserId,
    body: &Body,
    now: UnixMillis,
    take: &mut impl FnMut(Right, Because<'a>),
) {
    for seat in seats_there(directory, person, body, now) {
        if let Some(post) = directory.post(seat) {
            take(post.right, Because::Seat(seat));
        }
    }
}

fn on_a_teams_shelf<'a>(
    directory: &'a Directory,
    person: &UserId,
    team: &TeamId,
    now: UnixMillis,
    take: &mut impl FnMut(Right, Because<'a>),
) {
    let Some(team) = directory.team(team) else { return };
    by_seat(directory, person, &Body::Team(team.id.clone()), now, take);
    let dissolved = !directory.exists(&Body::Team(team.id.clone()), now);
    for seat in seats_there(directory, person, &team.home, now) {
        let Some(post) = directory.post(seat) else { continue };
        if dissolved && post.right == Right::Manage {
            // Somebody has to look after what a dissolved team leaves.
            take(Right::Manage, Because::Above(seat));
        } else if post.spans {
            take(Right::View, Because::Above(seat));
        }
    }
    match &team.home {
        Body::School(school) => looks_in(directory, person, school, Reach::Drafts, now, take),
        Body::Group(_) | Body::Team(_) => {}
    }
}

/// Those who lead a group look into its schools as far as its kind says.
fn looks_in<'a>(
    directory: &'a Directory,
    person: &UserId,
    school: &SchoolId,
    how_far: Reach,
    now: UnixMillis,
    take: &mut impl FnMut(Right, Because<'a>),
) {
    for group in groups_that(directory, school, now, |kind| kind.lead_reads >= how_far) {
        let leads = |body: &Body| match body {
            Body::Group(id) => id == group,
            Body::School(id) => {
                directory.groups_of(id).any(|place| place.group == *group && place.leads && place.span.holds(now))
            }
            Body::Team(_) => false,
        };
        if posts(directory, person, now).any(|(seat, post)| post.spans && leads(&seat.body)) {
            take(Right::View, Because::Leads(group));
        }
    }
}

fn from_next_door<'a>(
    directory: &'a Directory,
    person: &UserId,
    school: &SchoolId,
    now: UnixMillis,
    take: &mut impl FnMut(Right, Because<'a>),
) {
    for group in groups_that(directory, school, now, |kind| kind.members_read >= Reach::Shelves) {
        if has_school_in(directory, person, group, now) {
            take(Right::View, Because::Neighbour(group));
        }
    }
}

/// The groups to which the school belongs now and whose kind is so.
fn groups_that<'a>(
    directory: &'a Directory,
    school: &SchoolId,
    now: UnixMillis,
    is_so: impl Fn(&GroupKind) -> bool,
) -> impl Iterator<Item = &'a GroupId> {
    directory.groups_of(school).filter(move |place| place.span.holds(now)).filter_map(move |place| {
        let group = directory.group(&place.group)?;
        directory.kind(group).is_some_and(&is_so).then_some(&group.id)
    })
}

/// The person's seats that hold now, with what their posts mean.
fn posts<'a>(directory: &'a Directory, person: &UserId, now: UnixMillis) -> impl Iterator<Item = (&'a Seat, &'a Post)> {
    directory.current_seats_of(person, now).filter_map(move |seat| Some((seat, directory.post(seat)?)))
}

/// The person's seats in this body that hold now. Looks at what is at hand before it looks anything up: it is asked
/// several times for every decision.
fn seats_there<'a>(
    directory: &'a Directory,
    person: &UserId,
    body: &Body,
    now: UnixMillis,
) -> impl Iterator<Item = &'a Seat> {
    let holds = move |seat: &&Seat| seat.body == *body && seat.span.holds(now);
    directory.seats_of(person).filter(holds).filter(move |seat| directory.exists(&seat.body, now))
}

/// Whether the person has a seat in a school that belongs to the group now.
fn has_school_in(directory: &Directory, person: &UserId, group: &GroupId, now: UnixMillis) -> bool {
    directory.seats_of(person).filter(|seat| seat.span.holds(now)).any(|seat| match &seat.body {
        Body::School(school) => directory.groups_of(school).any(|place| place.group == *group && place.span.holds(now)),
        Body::Group(_) | Body::Team(_) => false,
    })
}

/// Whether the person belongs to the body now: by a seat, and to a group also by a school.
fn belongs(directory: &Directory, person: &UserId, body: &Body, now: UnixMillis) -> bool {
    seats_there(directory, person, body, now).next().is_some()
        || matches!(body, Body::Group(group) if has_school_in(directory, person, group, now))
}

fn reaches(directory: &Directory, share: &Share, person: &UserId, now: UnixMillis) -> bool {
    let body = match &share.with {
        Grantee::Person(id) => return id == person,
        Grantee::Team(id) => Body::Team(id.clone()),
        Grantee::School(id) => Body::School(id.clone()),
        Grantee::Group(id) => Body::Group(id.clone()),
    };
    belongs(directory, person, &body, now)
}
