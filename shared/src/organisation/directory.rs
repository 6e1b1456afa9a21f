//! The whole organisation in memory: small enough (a district has some 3,000 people) to be asked on every frame.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::records::{Body, Group, Key, Membership, Person, Record, Region, School, Seat, Team};
use super::vocabulary::{GroupKind, Post, Vocabulary};
use crate::words::{GroupId, MembershipId, RegionId, SchoolId, SeatId, TeamId, UnixMillis, UserId};

/// All records with the ways to find them. Changed only by [`super::Change`]s.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    pub(super) regions: BTreeMap<RegionId, Region>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    pub(super) schools: BTreeMap<SchoolId, School>,
    pub(crate) memberships: BTreeMap<MembershipId, Arc<Membership>>,
    pub(super) teams: BTreeMap<TeamId, Team>,
    pub(super) people: BTreeMap<UserId, Arc<Person>>,
    pub(super) seats: BTreeMap<SeatId, Arc<Seat>>,
    pub(super) ways: Ways,
}

/// Records by what they refer to, in the order of their ids. They are held here and not only named: the judge asks for
/// them on every frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ways {
    pub seats_of: BTreeMap<UserId, Vec<Arc<Seat>>>,
    pub seats_in: BTreeMap<Body, Vec<Arc<Seat>>>,
    pub schools_of: BTreeMap<GroupId, Vec<Arc<Membership>>>,
    pub groups_of: BTreeMap<SchoolId, Vec<Arc<Membership>>>,
    pub teams_of: BTreeMap<Body, BTreeSet<TeamId>>,
    /// Login, phone or e-mail → person.
    pub names: BTreeMap<String, UserId>,
    /// When a seat or membership begins or ends.
    pub turns: BTreeMap<UnixMillis, u32>,
}

/// What a region would rather not see; nothing is forbidden by it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "warning")]
pub enum Warning {
    TooManySchools { group: GroupId, schools: u32, most: u32 },
    TooManyPupils { group: GroupId, pupils: u32, most: u32 },
    NoLeadSchool { group: GroupId },
    SeveralLeadSchools { group: GroupId },
}

impl Directory {
    /// A directory of stored records, in whatever order they come.
    pub fn of(records: impl IntoIterator<Item = Record>) -> Self {
        let mut directory = Self::default();
        for record in records {
            directory.insert(record);
        }
        directory
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub fn region(&self, id: &RegionId) -> Option<&Region> {
        self.regions.get(id)
    }

    pub fn group(&self, id: &GroupId) -> Option<&Group> {
        self.groups.get(id)
    }

    pub fn school(&self, id: &SchoolId) -> Option<&School> {
        self.schools.get(id)
    }

    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.get(id)
    }

    pub fn person(&self, id: &UserId) -> Option<&Person> {
        self.people.get(id).map(|person| &**person)
    }

    pub fn seat(&self, id: &SeatId) -> Option<&Seat> {
        self.seats.get(id).map(|seat| &**seat)
    }

    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.regions.values()
    }

    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    pub fn schools(&self) -> impl Iterator<Item = &School> {
        self.schools.values()
    }

    pub fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.values().map(|membership| &**membership)
    }

    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values()
    }

    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values().map(|person| &**person)
    }

    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values().map(|seat| &**seat)
    }

    pub fn record(&self, key: &Key) -> Option<Record> {
        match key {
            Key::Region(id) => self.regions.get(id).cloned().map(Record::Region),
            Key::Group(id) => self.groups.get(id).cloned().map(Record::Group),
            Key::School(id) => self.schools.get(id).cloned().map(Record::School),
            Key::Membership(id) => {
                self.memberships.get(id).map(|membership| Record::Membership(Membership::clone(membership)))
            }
            Key::Team(id) => self.teams.get(id).cloned().map(Record::Team),
            Key::Person(id) => self.people.get(id).map(|person| Record::Person(Person::clone(person))),
            Key::Seat(id) => self.seats.get(id).map(|seat| Record::Seat(Seat::clone(seat))),
        }
    }

    /// Who signs in with this login, phone number or e-mail address, in lower case.
    pub fn person_named(&self, name: &str) -> Option<&Person> {
        self.person(self.ways.names.get(name)?)
    }

    /// Every seat the person has or had.
    pub fn seats_of<'a>(&'a self, person: &UserId) -> impl Iterator<Item = &'a Seat> + use<'a> {
        self.ways.seats_of.get(person).into_iter().flatten().map(|seat| &**seat)
    }

    /// Every seat that is or was in this body.
    pub fn seats_in<'a>(&'a self, body: &Body) -> impl Iterator<Item = &'a Seat> + use<'a> {
        self.ways.seats_in.get(body).into_iter().flatten().map(|seat| &**seat)
    }

    /// The person's seats that hold now, in bodies that exist now.
    pub fn current_seats_of<'a>(
        &'a self,
        person: &UserId,
        now: UnixMillis,
    ) -> impl Iterator<Item = &'a Seat> + use<'a> {
        self.seats_of(person).filter(move |seat| seat.span.holds(now) && self.exists(&seat.body, now))
    }

    /// The people with a seat here now whose accounts are open, each once.
    pub fn people_in(&self, body: &Body, now: UnixMillis) -> BTreeSet<&UserId> {
        let seats = self.seats_in(body).filter(|seat| seat.span.holds(now) && self.exists(body, now));
        seats
            .filter_map(|seat| self.person(&seat.person))
            .filter(|person| person.closed.is_none())
            .map(|p| &p.id)
            .collect()
    }

    /// The schools' times in this group, those that are over among them.
    pub fn schools_of<'a>(&'a self, group: &GroupId) -> impl Iterator<Item = &'a Membership> + use<'a> {
        self.ways.schools_of.get(group).into_iter().flatten().map(|membership| &**membership)
    }

    /// The school's times in groups, those that are over among them.
    pub fn groups_of<'a>(&'a self, school: &SchoolId) -> impl Iterator<Item = &'a Membership> + use<'a> {
        self.ways.groups_of.get(school).into_iter().flatten().map(|membership| &**membership)
    }

    /// The teams whose home this is, dissolved ones among them.
    pub fn teams_of<'a>(&'a self, home: &Body) -> impl Iterator<Item = &'a Team> + use<'a> {
        self.ways.teams_of.get(home).into_iter().flatten().filter_map(|id| self.teams.get(id))
    }

    /// Whether the body is there and not dissolved.
    pub fn exists(&self, body: &Body, now: UnixMillis) -> bool {
        match body {
            Body::Group(id) => self.groups.contains_key(id),
            Body::School(id) => self.schools.contains_key(id),
            Body::Team(id) => self.teams.get(id).is_some_and(|team| team.ended.is_none_or(|ended| now < ended)),
        }
    }

    /// What the body is called.
    pub fn name_of(&self, body: &Body) -> Option<&str> {
        match body {
            Body::Group(id) => self.groups.get(id).map(|group| group.name.as_str()),
            Body::School(id) => self.schools.get(id).map(|school| school.name.as_str()),
            Body::Team(id) => self.teams.get(id).map(|team| team.name.as_str()),
        }
    }

    /// The region a body lies in.
    pub fn region_of(&self, body: &Body) -> Option<&Region> {
        let region = match body {
            Body::Group(id) => &self.groups.get(id)?.region,
            Body::School(id) => &self.schools.get(id)?.region,
            // A team's home is never a team.
            Body::Team(id) => match &self.teams.get(id)?.home {
                Body::Group(id) => &self.groups.get(id)?.region,
                Body::School(id) => &self.schools.get(id)?.region,
                Body::Team(_) => return None,
            },
        };
        self.regions.get(region)
    }

    /// The region's words that hold for a body.
    pub fn vocabulary(&self, body: &Body) -> Option<&Vocabulary> {
        self.region_of(body).map(|region| &region.vocabulary)
    }

    /// What the seat's post means; `None` if its region knows no such post any more.
    pub fn post(&self, seat: &Seat) -> Option<&Post> {
        self.vocabulary(&seat.body)?.post(&seat.post)
    }

    pub fn kind(&self, group: &Group) -> Option<&GroupKind> {
        self.regions.get(&group.region)?.vocabulary.kind(&group.kind)
    }

    /// The school whose seal the person wears now: of their main seat, or else the one they came to first.
    pub fn school_of(&self, person: &UserId, now: UnixMillis) -> Option<&School> {
        let seats = self.current_seats_of(person, now).filter_map(|seat| match &seat.body {
            Body::School(id) => Some((!seat.main, seat.span.since, &seat.id, id)),
            Body::Group(_) | Body::Team(_) => None,
        });
        self.schools.get(seats.min()?.3)
    }

    /// Until when somebody is a guest: of their seats now whose posts are for a time, the one that lasts longest.
    pub fn guest_until(&self, person: &UserId, now: UnixMillis) -> Option<UnixMillis> {
        let seats = self.current_seats_of(person, now);
        let guest = seats.filter(|seat| self.post(seat).is_some_and(|post| post.for_a_time));
        guest.filter_map(|seat| seat.span.until).max()
    }

    /// Whether the school leads a group now.
    pub fn leads(&self, school: &SchoolId, now: UnixMillis) -> bool {
        self.groups_of(school).any(|membership| membership.leads && membership.span.holds(now))
    }

    /// Whether a seat or membership begins or ends after `from` and not after `to`.
    pub fn turns(&self, from: UnixMillis, to: UnixMillis) -> bool {
        self.next_turn(from).is_some_and(|turn| turn <= to)
    }

    /// When the first seat or membership begins or ends after `from`.
    pub fn next_turn(&self, from: UnixMillis) -> Option<UnixMillis> {
        self.ways.turns.range((Bound::Excluded(from), Bound::Unbounded)).next().map(|(turn, _)| *turn)
    }

    pub fn warnings(&self, group: &Group, now: UnixMillis) -> Vec<Warning> {
        let current: Vec<_> = self.schools_of(&group.id).filter(|membership| membership.span.holds(now)).collect();
        let id = || group.id.clone();
        let mut warnings = Vec::new();
        match current.iter().filter(|membership| membership.leads).count() {
            0 => warnings.push(Warning::NoLeadSchool { group: id() }),
            1 => {}
            _ => warnings.push(Warning::SeveralLeadSchools { group: id() }),
        }
        let Some(sizes) = self.regions.get(&group.region).map(|region| region.vocabulary.sizes) else {
            return warnings;
        };
        let schools = u32::try_from(current.len()).unwrap_or(u32::MAX);
        if let Some(most) = sizes.schools.filter(|most| schools > *most) {
            warnings.push(Warning::TooManySchools { group: id(), schools, most });
        }
        let pupils = current.iter().filter_map(|membership| self.schools.get(&membership.school)?.pupils);
        let pupils = pupils.fold(0_u32, u32::saturating_add);
        if let Some(most) = sizes.pupils.filter(|most| pupils > *most) {
            warnings.push(Warning::TooManyPupils { group: id(), pupils, most });
        }
        warnings
    }
}

/// Only for changes and for what was stored.
impl Directory {
    /// Puts the record in, and takes out the one it stands for.
    pub(super) fn insert(&mut self, record: Record) -> Option<Record> {
        let before = self.take(&record.key());
        let Self { regions, groups, schools, memberships, teams, people, seats, ways } = self;
        match record {
            Record::Region(region) => {
                regions.insert(region.id.clone(), region);
            }
            Record::Group(group) => {
                groups.insert(group.id.clone(), group);
            }
            Record::School(school) => {
                schools.insert(school.id.clone(), school);
            }
            Record::Membership(membership) => {
                let membership = Arc::new(membership);
                put(ways.schools_of.entry(membership.group.clone()).or_default(), &membership, |one, other| {
                    one.id < other.id
                });
                put(ways.groups_of.entry(membership.school.clone()).or_default(), &membership, |one, other| {
                    one.id < other.id
                });
                ways.mark(membership.span.since, membership.span.until);
                memberships.insert(membership.id.clone(), membership);
            }
            Record::Team(team) => {
                ways.teams_of.entry(team.home.clone()).or_default().insert(team.id.clone());
                team.ended.into_iter().for_each(|ended| ways.mark(ended, None));
                teams.insert(team.id.clone(), team);
            }
            Record::Person(person) => {
                for name in names_of(&person) {
                    ways.names.insert(name.clone(), person.id.clone());
                }
                people.insert(person.id.clone(), Arc::new(person));
            }
            Record::Seat(seat) => {
                let seat = Arc::new(seat);
                put(ways.seats_of.entry(seat.person.clone()).or_default(), &seat, |one, other| one.id < other.id);
                put(ways.seats_in.entry(seat.body.clone()).or_default(), &seat, |one, other| one.id < other.id);
                ways.mark(seat.span.since, seat.span.until);
                seats.insert(seat.id.clone(), seat);
            }
        }
        before
    }

    pub(super) fn take(&mut self, key: &Key) -> Option<Record> {
        let Self { regions, groups, schools, memberships, teams, people, seats, ways } = self;
        Some(match key {
            Key::Region(id) => Record::Region(regions.remove(id)?),
            Key::Group(id) => Record::Group(groups.remove(id)?),
            Key::School(id) => Record::School(schools.remove(id)?),
            Key::Membership(id) => {
                let membership = memberships.remove(id)?;
                cut_from(&mut ways.schools_of, &membership.group, |one| one.id == *id);
                cut_from(&mut ways.groups_of, &membership.school, |one| one.id == *id);
                ways.unmark(membership.span.since, membership.span.until);
                Record::Membership(Arc::unwrap_or_clone(membership))
            }
            Key::Team(id) => {
                let team = teams.remove(id)?;
                cut(&mut ways.teams_of, &team.home, id);
                team.ended.into_iter().for_each(|ended| ways.unmark(ended, None));
                Record::Team(team)
            }
            Key::Person(id) => {
                let person = people.remove(id)?;
                for name in names_of(&person) {
                    ways.names.remove(name);
                }
                Record::Person(Arc::unwrap_or_clone(person))
            }
            Key::Seat(id) => {
                let seat = seats.remove(id)?;
                cut_from(&mut ways.seats_of, &seat.person, |one| one.id == *id);
                cut_from(&mut ways.seats_in, &seat.body, |one| one.id == *id);
                ways.unmark(seat.span.since, seat.span.until);
                Record::Seat(Arc::unwrap_or_clone(seat))
            }
        })
    }
}

impl Ways {
    fn mark(&mut self, since: UnixMillis, until: Option<UnixMillis>) {
        for turn in [Some(since), until].into_iter().flatten() {
            *self.turns.entry(turn).or_default() += 1;
        }
    }

    fn unmark(&mut self, since: UnixMillis, until: Option<UnixMillis>) {
        for turn in [Some(since), until].into_iter().flatten() {
            if let Some(count) = self.turns.get_mut(&turn) {
                *count -= 1;
                if *count == 0 {
                    self.turns.remove(&turn);
                }
            }
        }
    }
}

/// What the person signs in with.
pub(super) fn names_of(person: &Person) -> impl Iterator<Item = &String> {
    [Some(&person.login), person.phone.as_ref(), person.email.as_ref()].into_iter().flatten()
}

/// Puts the record in its place among others, which are in the order of their ids.
fn put<T>(all: &mut Vec<Arc<T>>, one: &Arc<T>, is_before: impl Fn(&T, &T) -> bool) {
    let at = all.partition_point(|other| is_before(other, one));
    all.insert(at, one.clone());
}

fn cut_from<K: Ord, T>(way: &mut BTreeMap<K, Vec<Arc<T>>>, from: &K, is_it: impl Fn(&T) -> bool) {
    if let Some(all) = way.get_mut(from) {
        all.retain(|one| !is_it(one));
        if all.is_empty() {
            way.remove(from);
        }
    }
}

fn cut<K: Ord, V: Ord>(way: &mut BTreeMap<K, BTreeSet<V>>, from: &K, what: &V) {
    if let Some(all) = way.get_mut(from) {
        all.remove(what);
        if all.is_empty() {
            way.remove(from);
        }
    }
}
