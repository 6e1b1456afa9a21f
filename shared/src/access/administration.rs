//! Who may change the organisation itself.
//!
//! Those who manage a body look after its people. A group's office looks after its schools' people, too, but where the
//! kind of the group keeps drafts from it, it can neither name anybody there, once the school has had a head, nor take
//! over an account: else it could read by another's eyes what is kept from its own.

use super::{Circle, Right, posts};
use crate::organisation::{
    Body, Change, Directory, Group, Membership, Person, Post, Reach, Record, School, Seat, Team,
};
use crate::words::{RegionId, Span, UnixMillis, UserId};

/// Whether `person` may make this change. Removing is nobody's to ask for: records end by a date.
pub fn may_change(directory: &Directory, person: &UserId, change: &Change, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    let record = match change {
        Change::Put(record) => record,
        Change::Remove(_) => return false,
    };
    if me.operator {
        return true;
    }
    let actor = Actor { directory, person, now };
    match record {
        Record::Region(_) => false,
        Record::Group(group) => actor.may_put_group(group),
        Record::School(school) => actor.may_put_school(school),
        Record::Membership(membership) => actor.may_put_membership(membership),
        Record::Team(team) => actor.may_put_team(team),
        Record::Person(other) => actor.may_put_person(other),
        Record::Seat(seat) => actor.may_put_seat(seat),
    }
}

/// Whether `person` looks after this body's people.
pub fn administers(directory: &Directory, person: &UserId, body: &Body, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    me.operator || Actor { directory, person, now }.administers(body)
}

/// Whether `person` keeps the textbooks of a region: whoever runs a group there, as the words of the library are for all
/// schools of it.
pub fn keeps_textbooks(directory: &Directory, person: &UserId, region: &RegionId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    me.operator || Actor { directory, person, now }.manages_group_in(region)
}

/// Whether there is anything that `person` looks after.
pub fn administers_anything(directory: &Directory, person: &UserId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    me.operator || Actor { directory, person, now }.manages_something()
}

/// Whether `person` may do with the account of `other` whatever `other` could: invite them anew, say what they sign in
/// with.
///
/// Whoever does that can act as `other`, so every school and group that `other` belongs to must be theirs to run.
pub fn may_administer(directory: &Directory, person: &UserId, other: &UserId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    let Some(other) = directory.person(other) else { return false };
    me.operator || Actor { directory, person, now }.may_administer(other)
}

/// Whether `person` may rename or suspend the account of `other`, and see what they sign in with: nothing of this lets them
/// act as `other`.
pub fn may_look_after(directory: &Directory, person: &UserId, other: &UserId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    let Some(other) = directory.person(other) else { return false };
    me.operator || Actor { directory, person, now }.may_look_after(other)
}

#[derive(Clone, Copy)]
struct Actor<'a> {
    directory: &'a Directory,
    person: &'a UserId,
    now: UnixMillis,
}

impl<'a> Actor<'a> {
    fn manages_something(self) -> bool {
        posts(self.directory, self.person, self.now).any(|(_, post)| post.right == Right::Manage)
    }

    /// By a seat in the body itself.
    fn manages(self, body: &Body) -> bool {
        let managing = |(seat, post): (&Seat, &Post)| post.right == Right::Manage && seat.body == *body;
        posts(self.directory, self.person, self.now).any(managing)
    }

    fn administers(self, body: &Body) -> bool {
        self.manages(body)
            || match body {
                Body::Group(_) => false,
                Body::School(_) => self.manages_group_of(body, |_| true),
                Body::Team(id) => self.directory.team(id).is_some_and(|team| self.administers(&team.home)),
            }
    }

    /// Whether nobody's autonomy is touched by what the person does there.
    fn runs(self, body: &Body) -> bool {
        match body {
            Body::Group(_) => self.manages(body),
            Body::School(id) => {
                self.manages(body)
                    || self.manages_group_of(body, |reach| reach == Reach::Drafts)
                    // Somebody has to name the first head; the next one is not the group's to choose.
                    || (!self.has_had_manager(body) && self.manages_group_of(body, |_| true))
                    || self.directory.school(id).is_some_and(|school| self.is_new(school) && self.manages_group_in(&school.region))
            }
            Body::Team(id) => self.manages(body) || self.directory.team(id).is_some_and(|team| self.runs(&team.home)),
        }
    }

    fn manages_group_in(self, region: &RegionId) -> bool {
        let lies_there = |seat: &Seat| match &seat.body {
            Body::Group(id) => self.directory.group(id).is_some_and(|group| group.region == *region),
            Body::School(_) | Body::Team(_) => false,
        };
        posts(self.directory, self.person, self.now).any(|(seat, post)| post.right == Right::Manage && lies_there(seat))
    }

    fn manages_group_of(self, school: &Body, kind_allows: impl Fn(Reach) -> bool) -> bool {
        let Body::School(school) = school else { return false };
        self.directory.groups_of(school).filter(|place| place.span.holds(self.now)).any(|place| {
            let kind = self.directory.group(&place.group).and_then(|group| self.directory.kind(group));
            kind.is_some_and(|kind| kind_allows(kind.lead_reads)) && self.manages(&Body::Group(place.group.clone()))
        })
    }

    fn has_had_manager(self, body: &Body) -> bool {
        let manages = |seat: &Seat| self.directory.post(seat).is_some_and(|post| post.right == Right::Manage);
        self.directory.seats_in(body).any(|seat| seat.span.since < self.now && manages(seat))
    }

    /// Nobody has ever had a seat in it, and it has never been in a group.
    fn is_new(self, school: &School) -> bool {
        let body = Body::School(school.id.clone());
        self.directory.seats_in(&body).next().is_none() && self.directory.groups_of(&school.id).next().is_none()
    }

    fn may_put_group(self, group: &Group) -> bool {
        // Its kind says who may read what: that is for the region to set, as is which groups there are.
        self.directory.group(&group.id).is_some_and(|before| {
            before.kind == group.kind && before.region == group.region && self.manages(&Body::Group(group.id.clone()))
        })
    }

    fn may_put_school(self, school: &School) -> bool {
        match self.directory.school(&school.id) {
            Some(before) => before.region == school.region && self.administers(&Body::School(school.id.clone())),
            None => self.manages_group_in(&school.region),
        }
    }

    fn may_put_membership(self, membership: &Membership) -> bool {
        let (group, school) = (Body::Group(membership.group.clone()), Body::School(membership.school.clone()));
        match self.directory.memberships.get(&membership.id) {
            Some(before) if is_within(membership.span, before.span) => {
                // Leaving is for either side to write down.
                self.manages(&group) || (before.leads == membership.leads && self.manages(&school))
            }
            // A school is not pulled into a group, nor back or sooner: its kind might open it to others.
            Some(_) | None => self.manages(&group) && self.runs(&school),
        }
    }

    fn may_put_team(self, team: &Team) -> bool {
        match self.directory.team(&team.id) {
            // Whoever dissolves a team or revives it decides what its members are.
            Some(_) => self.runs(&Body::Team(team.id.clone())),
            None => {
                let heads_a_school_there = |home: &Body| {
                    let Body::Group(group) = home else { return false };
                    self.directory
                        .schools_of(group)
                        .any(|place| place.span.holds(self.now) && self.manages(&Body::School(place.school.clone())))
                };
                self.administers(&team.home) || heads_a_school_there(&team.home)
            }
        }
    }

    fn may_put_person(self, person: &Person) -> bool {
        match self.directory.person(&person.id) {
            None => !person.operator && self.manages_something(),
            Some(before) => {
                let signs_in_alike =
                    before.login == person.login && before.phone == person.phone && before.email == person.email;
                let is_open_alike = before.closed == person.closed;
                let may = if signs_in_alike && is_open_alike {
                    self.may_look_after(before)
                } else {
                    self.may_administer(before)
                };
                before.operator == person.operator && may
            }
        }
    }

    /// An account says who somebody is in all their places, so all of them have a say.
    fn may_administer(self, other: &Person) -> bool {
        !other.operator && self.keepers(&other.id).is_some_and(|mut keepers| keepers.all(|body| self.runs(body)))
    }

    /// Whose account decides over what the actor does not run is not the actor's to suspend.
    fn may_look_after(self, other: &Person) -> bool {
        let decides_elsewhere =
            |seat: &Seat| self.decides(seat) && !matches!(seat.body, Body::Team(_)) && !self.runs(&seat.body);
        !other.operator
            && self.houses(&other.id).is_some_and(|mut houses| houses.all(|body| self.administers(body)))
            && !self.directory.seats_of(&other.id).any(|seat| !seat.span.is_over(self.now) && decides_elsewhere(seat))
    }

    /// Those of [`Actor::keepers`] that are schools or groups, if there are any: nobody is out of their school's reach
    /// because a team elsewhere has taken them in.
    fn houses(self, person: &UserId) -> Option<impl Iterator<Item = &'a Body>> {
        let is_house = |body: &&Body| !matches!(body, Body::Team(_));
        let (houses, teams): (Vec<_>, Vec<_>) = self.keepers(person)?.partition(is_house);
        Some(if houses.is_empty() { teams } else { houses }.into_iter())
    }

    /// Whose people somebody is: the schools and groups where they have or will have a seat, and the teams of schools, or
    /// else where they were last. A group's teams count only for those who have never been in any of these, else to
    /// lead such a team would be to own its members' accounts.
    fn keepers(self, person: &UserId) -> Option<impl Iterator<Item = &'a Body> + use<'a>> {
        let team = |seat: &Seat| match &seat.body {
            Body::Team(id) => self.directory.team(id),
            Body::Group(_) | Body::School(_) => None,
        };
        let of_a_group = |seat: &&Seat| team(seat).is_some_and(|team| matches!(team.home, Body::Group(_)));
        let ends = |seat: &Seat| {
            team(seat).and_then(|team| team.ended).map_or(seat.span.last(), |ended| ended.min(seat.span.last()))
        };
        let (groups_teams, houses): (Vec<_>, Vec<_>) = self.directory.seats_of(person).partition(of_a_group);
        let seats = if houses.is_empty() { groups_teams } else { houses };
        let ends: Vec<_> = seats.iter().map(|seat| ends(seat).min(self.now)).collect();
        // Whoever had them last still looks after them.
        let last = *ends.iter().max()?;
        Some(seats.into_iter().zip(ends).filter(move |(_, end)| *end >= last).map(|(seat, _)| &seat.body))
    }

    /// Seats are given and ended by those who run the body: ending one that is not theirs would leave the account to
    /// whoever has the others. Out of a team elsewhere one is called back by those who run all one's schools and groups.
    fn may_put_seat(self, seat: &Seat) -> bool {
        match self.directory.seat(&seat.id) {
            Some(before) if !self.runs(&seat.body) => {
                let calls_back = is_within(seat.span, before.span) && before.span.since == seat.span.since;
                let in_a_team = matches!(seat.body, Body::Team(_));
                let is_ours = self.houses(&seat.person).is_some_and(|mut houses| houses.all(|body| self.runs(body)));
                in_a_team && calls_back && is_ours && seat.main == before.main
            }
            // When somebody began to decide is not put off: it would be as if nobody had decided until then.
            Some(before)
                if self.decides(before) && before.span.since < self.now && before.span.since < seat.span.since =>
            {
                false
            }
            Some(before) => {
                let lasts_longer = before.span.last() < seat.span.last();
                self.may_name(seat) && !(lasts_longer && self.raises_oneself(seat))
            }
            None => self.runs(&seat.body) && self.may_name(seat) && !self.raises_oneself(seat),
        }
    }

    fn decides(self, seat: &Seat) -> bool {
        self.directory.post(seat).is_some_and(Post::decides)
    }

    /// A post that looks down, where one has none: somebody else has to give it.
    fn raises_oneself(self, seat: &Seat) -> bool {
        let looks_down = |post: &Post| post.spans;
        let mut own = posts(self.directory, self.person, self.now);
        seat.person == *self.person
            && self.directory.post(seat).is_some_and(looks_down)
            && !own.any(|(own, post)| own.body == seat.body && looks_down(post))
    }

    /// Only people the actor may find, or who are new, are given seats.
    fn may_name(self, seat: &Seat) -> bool {
        let new = self.directory.seats_of(&seat.person).next().is_none();
        new || Circle::of(self.directory, self.person, self.now).has(self.directory, &seat.person, self.now)
            || self.directory.person(&seat.person).is_some_and(|person| self.may_administer(person))
    }
}

/// Whether the one is all within the other.
fn is_within(one: Span, other: Span) -> bool {
    other.since <= one.since && one.last() <= other.last()
}
