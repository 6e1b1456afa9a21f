//! Who may do what: the only judge. Pure and total; everything else asks here.
//!
//! A right comes from where a document lies (its shelf), from sharing, and from the kind of the group; never from having
//! been somewhere. Everything is asked of the [`Directory`] as it is now, so a seat that has ended helps nobody.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::organisation::{Body, Directory, GroupKind, Membership, Post, Reach, Seat, Shelf};
use crate::tutoring::{OfSession, Role};
use crate::words::{GroupId, SchoolId, TeamId, UnixMillis, UserId};

mod acts;
mod administration;
mod circle;
mod reasons;
mod tutoring;

pub use acts::{Refused, may_move, may_publish, may_put, may_share};
pub use administration::{
    administers, administers_anything, keeps_textbooks, may_administer, may_change, may_look_after,
};
pub use circle::{Circle, Sight, managed_shelves, sight};
pub use reasons::{Reason, Why, WhyKind, who};
pub use tutoring::{may_plan, may_see, may_wish, role, runs};

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
    /// The tutoring session whose board or notes it is.
    pub session: Option<Arc<OfSession>>,
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
    /// By their part in the tutoring session whose document it is.
    Session(Role),
}

/// The right `person` has on `document`, or `None` if for them it does not exist.
///
/// Absent and forbidden must look the same to the person: callers answer both alike.
pub fn right(directory: &Directory, person: &UserId, document: &DocumentAccess, now: UnixMillis) -> Option<Right> {
    if let Some(of) = document.session.as_deref().filter(|of| of.session.has_guest(directory, person)) {
        return of.right_of(person, Role::Guest).filter(|_| !document.binned);
    }
    let mut best = None;
    let standing = Standing::of(directory, person, now)?;
    standing.each_grant(document, &mut |right, _| best = best.max(Some(right)));
    match best {
        Some(Right::Manage) => best,
        _ if document.binned => None,
        _ => best,
    }
}

/// The right to act inside the room: [`right`], lowered to viewing while the document lies in the bin, and on the board of
/// a tutoring session for whoever may not draw on it now.
pub fn right_in_room(
    directory: &Directory,
    person: &UserId,
    document: &DocumentAccess,
    now: UnixMillis,
) -> Option<Right> {
    let right = right(directory, person, document, now)?;
    let closed = document.binned || tutoring::is_board_closed_to(directory, person, document, now);
    Some(if closed { Right::View } else { right })
}

/// Somebody who may do something at all, with their seats that hold now: looked up once for a whole decision.
struct Standing<'a> {
    directory: &'a Directory,
    person: &'a UserId,
    now: UnixMillis,
    seats: Vec<&'a Seat>,
}

impl<'a> Standing<'a> {
    fn of(directory: &'a Directory, person: &UserId, now: UnixMillis) -> Option<Self> {
        let person = directory.person(person).filter(|person| person.is_active())?;
        let seats = directory.seats_of(&person.id).filter(|seat| seat.span.holds(now)).collect();
        Some(Self { directory, person: &person.id, now, seats })
    }

    /// Calls `take` with every right the person has on the document by itself, and why, in no order of strength.
    fn each_grant(&self, document: &'a DocumentAccess, take: &mut impl FnMut(Right, Because<'a>)) {
        match document.session.as_deref() {
            None => self.each_usual_grant(document, take),
            Some(of) => self.each_grant_of_session(of, document, take),
        }
    }

    fn each_usual_grant(&self, document: &'a DocumentAccess, take: &mut impl FnMut(Right, Because<'a>)) {
        let shelf = &document.shelf;
        match shelf {
            Shelf::Person(owner) if owner == self.person => take(Right::Manage, Because::Own),
            Shelf::Person(owner) => {
                // Nobody looks anywhere without a post that does. And what somebody writes who is or was on two campuses is
                // nobody's to look at who leads one of them: else to be called to a second one would open what the first
                // keeps, and to leave the first would, too.
                let looks_down = self.posts().any(|(_, post)| post.spans);
                let begun = || self.directory.seats_of(owner).filter(|seat| seat.span.since <= self.now);
                let is_led = |seat: &Seat| match &seat.body {
                    Body::School(school) => self.led(school, Reach::Drafts).next().is_some(),
                    Body::Group(_) | Body::Team(_) => true,
                };
                if looks_down && begun().all(is_led) {
                    for seat in begun().filter(|seat| seat.span.holds(self.now)) {
                        if let Body::School(school) = &seat.body {
                            self.looks_in(school, Reach::Drafts, take);
                        }
                    }
                }
            }
            Shelf::Team(team) => {
                self.by_seat(shelf, take);
                self.seen_from_above(team, take);
            }
            Shelf::School(school) => {
                self.by_seat(shelf, take);
                self.looks_in(school, Reach::Shelves, take);
                self.seen_from_next_door(school, take);
            }
            Shelf::Group(group) => {
                self.by_seat(shelf, take);
                if let Some(group) = self.directory.group(group).filter(|group| self.has_school_in(&group.id)) {
                    take(Right::View, Because::InGroup(&group.id));
                }
            }
        }
        if *self.person == document.author && self.belongs(|body| shelf.is_of(body), shelf_group(shelf)) {
            take(Right::Manage, Because::Author);
        }
        for share in document.shares.iter().filter(|share| self.is_reached_by(&share.with)) {
            take(share.right, Because::Shared(share));
        }
    }

    /// The seats that hold now in a body like this.
    fn there(&self, is_it: impl Fn(&Body) -> bool) -> impl Iterator<Item = &'a Seat> {
        let there = self.seats.iter().copied().filter(move |seat| is_it(&seat.body));
        there.filter(|seat| self.directory.exists(&seat.body, self.now))
    }

    /// The seats that hold now, with what their posts mean.
    fn posts(&self) -> impl Iterator<Item = (&'a Seat, &'a Post)> {
        self.there(|_| true).filter_map(|seat| Some((seat, self.directory.post(seat)?)))
    }

    fn by_seat(&self, shelf: &Shelf, take: &mut impl FnMut(Right, Because<'a>)) {
        for seat in self.there(|body| shelf.is_of(body)) {
            if let Some(post) = self.directory.post(seat) {
                take(post.right, Because::Seat(seat));
            }
        }
    }

    /// What a team is of looks into it.
    fn seen_from_above(&self, team: &TeamId, take: &mut impl FnMut(Right, Because<'a>)) {
        let Some(team) = self.directory.team(team) else { return };
        let dissolved = team.ended.is_some_and(|ended| ended <= self.now);
        for seat in self.there(|body| *body == team.home) {
            let Some(post) = self.directory.post(seat) else { continue };
            if dissolved && post.right == Right::Manage {
                // Somebody has to look after what a dissolved team leaves.
                take(Right::Manage, Because::Above(seat));
            } else if post.spans {
                take(Right::View, Because::Above(seat));
            }
        }
        match &team.home {
            Body::School(school) => self.looks_in(school, Reach::Drafts, take),
            Body::Group(_) | Body::Team(_) => {}
        }
    }

    /// Those who lead a group look into its schools as far as its kind says.
    fn looks_in(&self, school: &SchoolId, how_far: Reach, take: &mut impl FnMut(Right, Because<'a>)) {
        self.led(school, how_far).for_each(|group| take(Right::View, Because::Leads(group)));
    }

    /// The groups of the school that look so far into it and that the person leads.
    fn led(&self, school: &SchoolId, how_far: Reach) -> impl Iterator<Item = &'a GroupId> {
        let groups = groups_that(self.directory, school, self.now, move |kind| kind.lead_reads >= how_far);
        groups.filter(|group| {
            let leads = |body: &Body| match body {
                Body::Group(id) => id == *group,
                Body::School(id) => self.places(id).any(|place| place.group == **group && place.leads),
                Body::Team(_) => false,
            };
            self.there(leads).any(|seat| self.directory.post(seat).is_some_and(|post| post.spans))
        })
    }

    fn seen_from_next_door(&self, school: &SchoolId, take: &mut impl FnMut(Right, Because<'a>)) {
        for group in groups_that(self.directory, school, self.now, |kind| kind.members_read >= Reach::Shelves) {
            if self.has_school_in(group) {
                take(Right::View, Because::Neighbour(group));
            }
        }
    }

    /// The school's places in groups that hold now.
    fn places(&self, school: &SchoolId) -> impl Iterator<Item = &'a Membership> {
        let now = self.now;
        self.directory.groups_of(school).filter(move |place| place.span.holds(now))
    }

    /// Whether the person has a seat in a school that belongs to the group now.
    fn has_school_in(&self, group: &GroupId) -> bool {
        self.seats.iter().any(|seat| match &seat.body {
            Body::School(school) => self.places(school).any(|place| place.group == *group),
            Body::Group(_) | Body::Team(_) => false,
        })
    }

    /// Whether the person belongs to a body now: by a seat, and to a group also by a school.
    fn belongs(&self, is_it: impl Fn(&Body) -> bool, group: Option<&GroupId>) -> bool {
        self.there(is_it).next().is_some() || group.is_some_and(|group| self.has_school_in(group))
    }

    fn is_reached_by(&self, grantee: &Grantee) -> bool {
        match grantee {
            Grantee::Person(id) => id == self.person,
            Grantee::Team(id) => self.belongs(|body| matches!(body, Body::Team(other) if other == id), None),
            Grantee::School(id) => self.belongs(|body| matches!(body, Body::School(other) if other == id), None),
            Grantee::Group(id) => self.belongs(|body| matches!(body, Body::Group(other) if other == id), Some(id)),
        }
    }
}

fn shelf_group(shelf: &Shelf) -> Option<&GroupId> {
    match shelf {
        Shelf::Group(id) => Some(id),
        Shelf::Person(_) | Shelf::Team(_) | Shelf::School(_) => None,
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

/// Whether the person belongs to the body now: by a seat, and to a group also by a school.
fn belongs(directory: &Directory, person: &UserId, body: &Body, now: UnixMillis) -> bool {
    let group = match body {
        Body::Group(id) => Some(id),
        Body::School(_) | Body::Team(_) => None,
    };
    let person = directory.person(person).filter(|person| person.closed.is_none());
    let Some(person) = person else { return false };
    let seats = directory.seats_of(&person.id).filter(|seat| seat.span.holds(now)).collect();
    Standing { directory, person: &person.id, now, seats }.belongs(|other| other == body, group)
}
