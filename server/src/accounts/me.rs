//! Who somebody is, for their own pages.

use shared::access::administers_anything;
use shared::api::{Me, PersonCard, TeamCard};
use shared::organisation::{Body, Directory};
use shared::words::{UnixMillis, UserId};

/// Who this is, for their own page; `None` for nobody, and for an account that is suspended or closed.
pub fn me(directory: &Directory, id: &UserId, now: UnixMillis) -> Option<Me> {
    let person = directory.person(id).filter(|person| person.is_active())?;
    let school = directory.school_of(id, now);
    let of_school = school.into_iter().flat_map(|school| directory.groups_of(&school.id));
    let of_school = of_school.filter(|place| place.span.holds(now)).map(|place| (place.span.since, &place.group)).min();
    let by_seat = directory.current_seats_of(id, now).find_map(|seat| match &seat.body {
        Body::Group(id) => Some(id),
        Body::School(_) | Body::Team(_) => None,
    });
    let group = of_school.map(|(_, group)| group).or(by_seat).and_then(|id| directory.group(id));
    Some(Me {
        person: PersonCard::of(directory, id, now)?,
        login: person.login.clone(),
        group: group.map(|group| group.name.clone()),
        teams: teams_of(directory, id, now),
        operator: person.operator,
        administers: administers_anything(directory, id, now),
        shared_computer: false,
        must_set_up_one_time: false,
    })
}

/// The teams that the person is in now, by name.
pub fn teams_of(directory: &Directory, person: &UserId, now: UnixMillis) -> Vec<TeamCard> {
    let teams = directory.current_seats_of(person, now).filter_map(|seat| match &seat.body {
        Body::Team(id) => TeamCard::of(directory, id, now),
        Body::Group(_) | Body::School(_) => None,
    });
    let mut teams: Vec<_> = teams.collect();
    teams.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    teams.dedup_by(|one, other| one.id == other.id);
    teams
}
