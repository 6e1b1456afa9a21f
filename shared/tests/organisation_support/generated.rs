//! Organisations by chance: few of everything, so that all of it meets, with dates between 0 and 20.

use proptest::prelude::*;
use shared::access::{DocumentAccess, Grantee, Right, Share};
use shared::organisation::{Body, Change, Directory, Membership, Person, Record, Seat, Shelf, Team};
use shared::words::{Span, UnixMillis};

use super::{group, id, membership, person, post_at, region, school, seat, team};

pub const KINDS: [&str; 6] = ["fused", "entrusted", "close", "joint", "cooperative", "alliance"];
pub const GROUPS: usize = 3;
pub const SCHOOLS: usize = 5;
pub const TEAMS: usize = 4;
pub const PEOPLE: usize = 8;

pub fn any_time() -> impl Strategy<Value = UnixMillis> {
    (0..22_i64).prop_map(UnixMillis)
}

pub fn any_span() -> impl Strategy<Value = Span> {
    (0..20_i64, prop::option::weighted(0.5, 0..12_i64))
        .prop_map(|(since, long)| Span { since: UnixMillis(since), until: long.map(|long| UnixMillis(since + long)) })
}

/// Most have begun long ago and go on.
pub fn usual_span() -> impl Strategy<Value = Span> {
    prop_oneof![2 => Just(Span::from(UnixMillis(0))), 3 => any_span()]
}

pub fn any_body() -> impl Strategy<Value = Body> {
    prop_oneof![
        (0..GROUPS).prop_map(|at| Body::Group(id(&format!("g{at}")))),
        (0..SCHOOLS).prop_map(|at| Body::School(id(&format!("s{at}")))),
        (0..TEAMS).prop_map(|at| Body::Team(id(&format!("t{at}")))),
    ]
}

pub fn any_membership() -> impl Strategy<Value = Membership> {
    (0..4_u8, 0..GROUPS, 0..SCHOOLS, any::<bool>(), usual_span()).prop_map(|(at, group, school, leads, span)| {
        let membership = membership(&format!("s{school}"), &format!("g{group}"), span);
        Membership { leads, id: id(&format!("m{at}-{school}-{group}")), ..membership }
    })
}

pub fn any_team() -> impl Strategy<Value = Team> {
    let ended = prop::option::weighted(0.3, (0..20_i64).prop_map(UnixMillis));
    (0..TEAMS, any_body(), ended).prop_map(|(at, home, ended)| {
        let home = match home {
            Body::Team(_) => Body::School(id("s0")),
            Body::Group(_) | Body::School(_) => home,
        };
        Team { home, ended, ..team(&format!("t{at}"), "group:g0") }
    })
}

pub fn any_seat() -> impl Strategy<Value = Seat> {
    (0..PEOPLE, any_body(), 0..8_usize, usual_span()).prop_map(|(who, at, post, span)| {
        let post = post_at(at.kind(), post);
        seat(&format!("p{who}"), &at.to_string(), post.as_str(), span)
    })
}

pub fn any_person() -> impl Strategy<Value = Person> {
    (0..PEOPLE, prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(|(at, suspended, closed)| {
        let since = |so: bool| so.then_some(UnixMillis(1));
        Person { suspended: since(suspended), closed: since(closed), ..person(&format!("p{at}")) }
    })
}

/// An organisation whose every record fits.
pub fn any_directory() -> impl Strategy<Value = Directory> {
    directory_of_kinds(prop::collection::vec(prop::sample::select(KINDS.to_vec()), GROUPS))
}

/// An organisation with groups of these kinds.
pub fn directory_of_kinds(kinds: impl Strategy<Value = Vec<&'static str>>) -> impl Strategy<Value = Directory> {
    let memberships = prop::collection::vec(any_membership(), 0..9);
    let teams = prop::collection::vec(any_team(), 0..6);
    let people = prop::collection::vec(any_person(), 0..3);
    let seats = prop::collection::vec(any_seat(), 0..25);
    (kinds, memberships, teams, people, seats).prop_map(|(kinds, memberships, teams, people, seats)| {
        let groups = kinds.iter().enumerate().map(|(at, kind)| group(&format!("g{at}"), kind));
        let schools = (0..SCHOOLS).map(|at| Record::School(school(&format!("s{at}"))));
        let everybody = (0..PEOPLE).map(|at| Record::Person(person(&format!("p{at}"))));
        let records = std::iter::once(region())
            .chain(groups)
            .chain(schools)
            .chain(everybody)
            .chain(people.into_iter().map(Record::Person))
            .chain(memberships.into_iter().map(Record::Membership))
            .chain(teams.into_iter().map(Record::Team))
            .chain(seats.into_iter().map(Record::Seat));
        let mut directory = Directory::default();
        for record in records {
            // What does not fit with what is there already stays out.
            directory.change(&[Change::Put(record)]).ok();
        }
        directory
    })
}

pub fn any_right() -> impl Strategy<Value = Right> {
    prop::sample::select(vec![Right::View, Right::Comment, Right::Suggest, Right::Edit, Right::Manage])
}

pub fn any_grantee() -> impl Strategy<Value = Grantee> {
    prop_oneof![
        (0..PEOPLE).prop_map(|at| Grantee::Person(id(&format!("p{at}")))),
        any_body().prop_map(|body| match body {
            Body::Group(id) => Grantee::Group(id),
            Body::School(id) => Grantee::School(id),
            Body::Team(id) => Grantee::Team(id),
        }),
    ]
}

pub fn any_shelf() -> impl Strategy<Value = Shelf> {
    prop_oneof![
        1 => (0..PEOPLE).prop_map(|at| Shelf::Person(id(&format!("p{at}")))),
        3 => any_body().prop_map(|body| match body {
            Body::Group(id) => Shelf::Group(id),
            Body::School(id) => Shelf::School(id),
            Body::Team(id) => Shelf::Team(id),
        }),
    ]
}

pub fn any_document() -> impl Strategy<Value = DocumentAccess> {
    let share = (any_grantee(), any_right()).prop_map(|(with, right)| Share { with, right });
    (0..PEOPLE, any_shelf(), prop::collection::vec(share, 0..3), prop::bool::weighted(0.1)).prop_map(
        |(author, shelf, shares, binned)| DocumentAccess {
            author: id(&format!("p{author}")),
            shelf,
            shares,
            binned,
            session: None,
        },
    )
}
