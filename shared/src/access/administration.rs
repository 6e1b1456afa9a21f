//! Who may change the organisation itself.
//!
//! Those who manage a body look after its people. A group's office looks after its schools' people, too, but can neither
//! name a school's heads nor give itself a seat there: else it could read what the group's kind keeps from it.

use super::{Circle, Right, posts};
use crate::organisation::{Body, Change, Directory, Group, Membership, Person, Reach, Record, School, Seat, Team};
use crate::words::{UnixMillis, UserId};

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

/// Whether there is anything that `person` looks after.
pub fn administers_anything(directory: &Directory, person: &UserId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    me.operator || Actor { directory, person, now }.manages_something()
}

/// Whether `person` may look after the account of `other`: invite them anew, suspend or close it.
pub fn may_administer(directory: &Directory, person: &UserId, other: &UserId, now: UnixMillis) -> bool {
    let Some(me) = directory.person(person).filter(|person| person.is_active()) else { return false };
    let Some(other) = directory.person(other) else { return false };
    me.operator || Actor { directory, person, now }.may_administer(other)
}

#[derive(Clone, Copy)]
struct Actor<'a> {
    directory: &'a Directory,
    person: &'a UserId,
    now: UnixMillis,
}

impl Actor<'_> {
    fn manages_something(self) -> bool {
        posts(self.directory, self.person, self.now).any(|(_, post)| post.right == Right::Manage)
    }

    /// By a seat in the body itself.
    fn manages(self, body: &Body) -> bool {
        let managing =
            |(seat, post): (&Seat, &crate::organisation::Post)| post.right == Right::Manage && seat.body == *body;
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
            Body::School(_) => {
                self.manages(body)
                    || self.manages_group_of(body, |reach| reach == Reach::Drafts)
                    // Somebody has to name the first head.
                    || (!self.has_manager(body) && self.manages_group_of(body, |_| true))
                    || (self.is_new(body) && self.manages_a_group())
            }
            Body::Team(id) => self.manages(body) || self.directory.team(id).is_some_and(|team| self.runs(&team.home)),
        }
    }

    fn manages_a_group(self) -> bool {
        let group = |seat: &Seat| matches!(seat.body, Body::Group(_));
        posts(self.directory, self.person, self.now).any(|(seat, post)| post.right == Right::Manage && group(seat))
    }

    fn manages_group_of(self, school: &Body, kind_allows: impl Fn(Reach) -> bool) -> bool {
        let Body::School(school) = school else { return false };
        self.directory.groups_of(school).filter(|place| place.span.holds(self.now)).any(|place| {
            let kind = self.directory.group(&place.group).and_then(|group| self.directory.kind(group));
            kind.is_some_and(|kind| kind_allows(kind.lead_reads)) && self.manages(&Body::Group(place.group.clone()))
        })
    }

    fn has_manager(self, body: &Body) -> bool {
        self.directory.seats_in(body).filter(|seat| seat.span.holds(self.now)).any(|seat| {
            let open = self.directory.person(&seat.person).is_some_and(|person| person.closed.is_none());
            open && self.directory.post(seat).is_some_and(|post| post.right == Right::Manage)
        })
    }

    /// A school that nobody has ever had a seat in, and that has never been in a group.
    fn is_new(self, body: &Body) -> bool {
        let Body::School(id) = body else { return false };
        self.directory.seats_in(body).next().is_none() && self.directory.groups_of(id).next().is_none()
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
            None => posts(self.directory, self.person, self.now).any(|(seat, post)| match &seat.body {
                Body::Group(id) if post.right == Right::Manage => {
                    self.directory.group(id).is_some_and(|group| group.region == school.region)
                }
                Body::Group(_) | Body::School(_) | Body::Team(_) => false,
            }),
        }
    }

    fn may_put_membership(self, membership: &Membership) -> bool {
        let (group, school) = (Body::Group(membership.group.clone()), Body::School(membership.school.clone()));
        let before = self.directory.memberships.get(&membership.id);
        match before {
            // Leaving is for either side to write down.
            Some(before) if before.leads == membership.leads && before.span.since == membership.span.since => {
                let longer = |span: crate::words::Span| span.until.map_or(i64::MAX, |until| until.0);
                let shorter = longer(membership.span) <= longer(before.span);
                self.manages(&group) || (shorter && self.manages(&school))
            }
            Some(_) => self.manages(&group),
            // A school is not pulled into a group: its kind might open it to others.
            None => self.manages(&group) && self.runs(&school),
        }
    }

    fn may_put_team(self, team: &Team) -> bool {
        match self.directory.team(&team.id) {
            Some(before) => self.manages(&Body::Team(team.id.clone())) || self.administers(&before.home),
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
            Some(before) => before.operator == person.operator && self.may_administer(before),
        }
    }

    /// Whose account decides over what the actor does not run is not the actor's to change.
    fn may_administer(self, other: &Person) -> bool {
        if other.operator {
            return false;
        }
        let mut seats = self.directory.current_seats_of(&other.id, self.now).peekable();
        if seats.peek().is_none() {
            // Whoever had them last still looks after them.
            let all: Vec<_> = self.directory.seats_of(&other.id).collect();
            return all.iter().any(|seat| self.administers(&seat.body));
        }
        let mut one_of_mine = false;
        for seat in seats {
            one_of_mine |= self.administers(&seat.body);
            let decides = self.directory.post(seat).is_some_and(|post| post.right == Right::Manage || post.spans);
            if decides && !matches!(seat.body, Body::Team(_)) && !self.runs(&seat.body) {
                return false;
            }
        }
        one_of_mine
    }

    fn may_put_seat(self, seat: &Seat) -> bool {
        let post = |seat: &Seat| self.directory.post(seat).map(|post| (post.right, post.spans));
        let strongest = [Some(seat), self.directory.seat(&seat.id)].into_iter().flatten().filter_map(post).max();
        let Some((right, spans)) = strongest else { return false };
        if self.runs(&seat.body) {
            return self.may_name(seat);
        }
        // Not oneself, nobody who decides, and into a team of a school only by those whose it is.
        self.administers(&seat.body)
            && seat.person != *self.person
            && right <= Right::Comment
            && !spans
            && seat.body.kind() == crate::organisation::BodyKind::School
            && self.may_name(seat)
    }

    /// Only people the actor may find, or who are new, are given seats.
    fn may_name(self, seat: &Seat) -> bool {
        let new = self.directory.seats_of(&seat.person).next().is_none();
        new || Circle::of(self.directory, self.person, self.now).has(self.directory, &seat.person, self.now)
            || self.directory.person(&seat.person).is_some_and(|person| self.may_administer(person))
    }
}
