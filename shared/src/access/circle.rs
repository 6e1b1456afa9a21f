//! Whom a person may find, and which shelves may hold something for them.

use std::collections::BTreeSet;

use super::{Right, posts};
use crate::organisation::{Body, Directory, GroupKind, Reach, Shelf};
use crate::words::{GroupId, SchoolId, TeamId, UnixMillis, UserId};

/// The groups, schools and teams that a person knows of: their own, and the schools and teams of their groups.
///
/// A guest in a team knows the team and nothing around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circle {
    pub groups: BTreeSet<GroupId>,
    pub schools: BTreeSet<SchoolId>,
    pub teams: BTreeSet<TeamId>,
    /// An operator knows everything.
    everything: bool,
}

impl Circle {
    pub fn of(directory: &Directory, person: &UserId, now: UnixMillis) -> Self {
        let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return Self::default() };
        if me.operator {
            return Self {
                groups: directory.groups().map(|group| group.id.clone()).collect(),
                schools: directory.schools().map(|school| school.id.clone()).collect(),
                teams: directory.teams().map(|team| team.id.clone()).collect(),
                everything: true,
            };
        }
        let mut circle = Self::default();
        for seat in directory.current_seats_of(person, now) {
            match &seat.body {
                Body::Group(id) => circle.groups.insert(id.clone()),
                Body::School(id) => {
                    let places = directory.groups_of(id).filter(|place| place.span.holds(now));
                    circle.groups.extend(places.map(|place| place.group.clone()));
                    circle.schools.insert(id.clone())
                }
                Body::Team(id) => circle.teams.insert(id.clone()),
            };
        }
        for group in &circle.groups {
            let places = directory.schools_of(group).filter(|place| place.span.holds(now));
            circle.schools.extend(places.map(|place| place.school.clone()));
        }
        let homes = circle.groups.iter().map(|id| Body::Group(id.clone()));
        let homes = homes.chain(circle.schools.iter().map(|id| Body::School(id.clone())));
        for home in homes.collect::<Vec<_>>() {
            circle.teams.extend(directory.teams_of(&home).map(|team| team.id.clone()));
        }
        circle
    }

    pub fn knows(&self, body: &Body) -> bool {
        match body {
            Body::Group(id) => self.groups.contains(id),
            Body::School(id) => self.schools.contains(id),
            Body::Team(id) => self.teams.contains(id),
        }
    }

    /// Whether somebody is in one of these places now.
    pub fn has(&self, directory: &Directory, person: &UserId, now: UnixMillis) -> bool {
        self.everything || directory.current_seats_of(person, now).any(|seat| self.knows(&seat.body))
    }
}

/// Where documents may lie that a person has a right on, wider than the judge is: for a store that narrows down by it
/// before each document is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub shelves: BTreeSet<Shelf>,
    /// What is shared with these is shared with the person.
    pub bodies: BTreeSet<Body>,
}

/// Every shelf and every grantee that can give `person` a right now.
pub fn sight(directory: &Directory, person: &UserId, now: UnixMillis) -> Sight {
    let mut sight = Sight { shelves: BTreeSet::from([Shelf::Person(person.clone())]), bodies: BTreeSet::new() };
    for (seat, post) in posts(directory, person, now) {
        sight.bodies.insert(seat.body.clone());
        match &seat.body {
            Body::Group(id) => {
                sight.shelves.insert(Shelf::Group(id.clone()));
                sight.below(directory, &seat.body);
                if post.spans {
                    sight.add_schools(directory, id, |kind| kind.lead_reads, now);
                }
            }
            Body::School(id) => {
                sight.shelves.insert(Shelf::School(id.clone()));
                sight.below(directory, &seat.body);
                for place in directory.groups_of(id).filter(|place| place.span.holds(now)) {
                    sight.shelves.insert(Shelf::Group(place.group.clone()));
                    sight.bodies.insert(Body::Group(place.group.clone()));
                    sight.add_schools(directory, &place.group, |kind| kind.members_read.min(Reach::Shelves), now);
                    if post.spans && place.leads {
                        sight.add_schools(directory, &place.group, |kind| kind.lead_reads, now);
                    }
                }
            }
            Body::Team(id) => {
                sight.shelves.insert(Shelf::Team(id.clone()));
            }
        }
    }
    sight
}

impl Sight {
    fn below(&mut self, directory: &Directory, home: &Body) {
        self.shelves.extend(directory.teams_of(home).map(|team| Shelf::Team(team.id.clone())));
    }

    fn add_schools(
        &mut self,
        directory: &Directory,
        group: &GroupId,
        how_far: impl Fn(&GroupKind) -> Reach,
        now: UnixMillis,
    ) {
        let kind = directory.group(group).and_then(|group| directory.kind(group));
        let how_far = kind.map_or(Reach::Nothing, how_far);
        if how_far == Reach::Nothing {
            return;
        }
        for place in directory.schools_of(group).filter(|place| place.span.holds(now)) {
            self.shelves.insert(Shelf::School(place.school.clone()));
            if how_far == Reach::Drafts {
                let school = Body::School(place.school.clone());
                self.below(directory, &school);
                let seats = directory.seats_in(&school).filter(|seat| seat.span.holds(now));
                self.shelves.extend(seats.map(|seat| Shelf::Person(seat.person.clone())));
            }
        }
    }
}

/// The shelves on which the person manages what others have put there: by a post, or because the team is no more.
pub fn managed_shelves(directory: &Directory, person: &UserId, now: UnixMillis) -> Vec<Shelf> {
    let mut shelves = vec![Shelf::Person(person.clone())];
    for seat in directory.current_seats_of(person, now) {
        if directory.post(seat).is_none_or(|post| post.right < Right::Manage) {
            continue;
        }
        shelves.push(match &seat.body {
            Body::Group(id) => Shelf::Group(id.clone()),
            Body::School(id) => Shelf::School(id.clone()),
            Body::Team(id) => Shelf::Team(id.clone()),
        });
        let teams = directory.teams_of(&seat.body);
        let dissolved = teams.filter(|team| team.ended.is_some_and(|ended| ended <= now));
        shelves.extend(dissolved.map(|team| Shelf::Team(team.id.clone())));
    }
    shelves
}
