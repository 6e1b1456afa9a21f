//! Somebody who means ill, with all changes that are permitted to them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use shared::access::{DocumentAccess, Right, may_administer, may_change, right};
use shared::organisation::{Body, Change, Directory, Membership, Person, Reach, Record, School, Seat, Shelf, Team};
use shared::words::{SchoolId, Span, UnixMillis, UserId};

use crate::organisation_support::generated::{
    GROUPS, PEOPLE, any_membership, any_person, any_seat, any_span, any_team, any_time, directory_of_kinds, usual_span,
};
use crate::organisation_support::{id, membership, one_on_every_shelf, person, school, seat};

/// Accounts that the attacker makes up.
const PUPPETS: [&str; 2] = ["puppet0", "puppet1"];

/// A thing to try. Where it names a record that is there, the record is changed so, else added.
#[derive(Debug, Clone)]
enum Attempt {
    Seat(Seat),
    /// A puppet or anybody on a post of the school or group with the number.
    Place {
        puppet: usize,
        seat: Seat,
    },
    /// Other dates for the seat with the number, other post.
    Reseat {
        number: usize,
        span: Span,
        like: Seat,
    },
    Membership(Membership),
    Remember {
        number: usize,
        span: Span,
        leads: bool,
    },
    Team(Team),
    Person(Person),
    /// Another way to sign in, or an open account, for somebody.
    Reopen {
        person: usize,
        phone: bool,
    },
    Puppet(usize),
    School(usize),
    NewSchoolJoins {
        school: usize,
        group: usize,
    },
}

fn any_attempt() -> impl Strategy<Value = Attempt> {
    prop_oneof![
        2 => any_seat().prop_map(Attempt::Seat),
        2 => (0..PUPPETS.len(), any_seat()).prop_map(|(puppet, seat)| Attempt::Place { puppet, seat }),
        2 => (0..30_usize, usual_span(), any_seat()).prop_map(|(number, span, like)| Attempt::Reseat { number, span, like }),
        1 => any_membership().prop_map(Attempt::Membership),
        2 => (0..9_usize, any_span(), any::<bool>())
            .prop_map(|(number, span, leads)| Attempt::Remember { number, span, leads }),
        1 => any_team().prop_map(Attempt::Team),
        1 => any_person().prop_map(Attempt::Person),
        1 => (0..8_usize, any::<bool>()).prop_map(|(person, phone)| Attempt::Reopen { person, phone }),
        1 => (0..PUPPETS.len()).prop_map(Attempt::Puppet),
        1 => (0..2_usize).prop_map(Attempt::School),
        1 => (0..2_usize, 0..3_usize).prop_map(|(school, group)| Attempt::NewSchoolJoins { school, group }),
    ]
}

impl Attempt {
    fn record(&self, directory: &Directory) -> Option<Record> {
        Some(match self {
            Attempt::Seat(seat) => Record::Seat(seat.clone()),
            Attempt::Place { puppet, seat: like } => {
                let (at, post) = (like.body.to_string(), like.post.as_str());
                Record::Seat(seat(PUPPETS[*puppet], &at, post, like.span))
            }
            Attempt::Reseat { number, span, like } => {
                let before = directory.seats().nth(*number)?;
                let post = if like.body.kind() == before.body.kind() { &like.post } else { &before.post };
                Record::Seat(Seat { span: *span, post: post.clone(), ..before.clone() })
            }
            Attempt::Membership(membership) => Record::Membership(membership.clone()),
            Attempt::Remember { number, span, leads } => {
                let before = directory.memberships().nth(*number)?;
                Record::Membership(Membership { span: *span, leads: *leads, ..before.clone() })
            }
            Attempt::Team(team) => Record::Team(team.clone()),
            Attempt::Person(person) => Record::Person(person.clone()),
            Attempt::Reopen { person, phone } => {
                let before = directory.people().nth(*person)?;
                let phone = phone.then(|| format!("1390000000{person}"));
                Record::Person(Person { suspended: None, closed: None, phone, ..before.clone() })
            }
            Attempt::Puppet(puppet) => Record::Person(person(PUPPETS[*puppet])),
            Attempt::School(school) => Record::School(new_school(*school)),
            Attempt::NewSchoolJoins { school, group } => Record::Membership(Membership {
                id: id(&format!("join-{school}-{group}")),
                group: id(&format!("g{group}")),
                school: new_school(*school).id,
                leads: true,
                span: Span::from(UnixMillis(0)),
                reason: String::new(),
                handed_over: String::new(),
            }),
        })
    }
}

fn new_school(number: usize) -> School {
    school(&format!("new{number}"))
}

/// What a school keeps to itself, and when.
struct Kept {
    school: SchoolId,
    document: DocumentAccess,
}

/// A school that nobody outside has a claim to: its groups keep from one another what is the school's, it has or had a
/// head of its own, and the attacker has no place in it.
fn is_closed_to(directory: &Directory, attacker: &UserId, id: &SchoolId, now: UnixMillis) -> bool {
    let body = Body::School(id.clone());
    let kinds_are_closed = directory.groups_of(id).filter(|place| !place.span.is_over(now)).all(|place| {
        let kind = directory.group(&place.group).and_then(|group| directory.kind(group));
        kind.is_some_and(|kind| kind.lead_reads == Reach::Nothing && kind.members_read == Reach::Nothing)
    });
    let has_a_head = directory.seats_in(&body).any(|seat| {
        let manages = directory.post(seat).is_some_and(|post| post.right == Right::Manage);
        manages && seat.span.since < now
    });
    let teams = directory.teams_of(&body).map(|team| Body::Team(team.id.clone()));
    let is_elsewhere =
        teams.chain([body.clone()]).all(|there| directory.seats_in(&there).all(|seat| seat.person != *attacker));
    kinds_are_closed && has_a_head && is_elsewhere
}

/// What is a closed school's at that time: on its shelf, its teams', and the drafts of those who are only there.
fn kept(directory: &Directory, attacker: &UserId, now: UnixMillis, at: UnixMillis) -> Vec<Kept> {
    let is_only_there = |owner: &UserId, body: &Body| {
        let is_there = |seat: &Seat| seat.body == *body && seat.span.since <= now && seat.span.holds(at);
        let is_nowhere_else = |seat: &Seat| is_there(seat) || matches!(seat.body, Body::Team(_));
        directory.seats_of(owner).any(is_there) && directory.seats_of(owner).all(is_nowhere_else)
    };
    let belongs = |document: &DocumentAccess, school: &SchoolId| {
        let body = Body::School(school.clone());
        match &document.shelf {
            Shelf::School(id) => id == school,
            Shelf::Team(id) => directory.team(id).is_some_and(|team| team.home == body),
            Shelf::Person(owner) => owner != attacker && is_only_there(owner, &body),
            Shelf::Group(_) => false,
        }
    };
    let closed: Vec<_> = directory
        .schools()
        .map(|school| school.id.clone())
        .filter(|school| is_closed_to(directory, attacker, school, now))
        .collect();
    one_on_every_shelf(directory)
        .into_iter()
        .filter_map(|document| {
            let school = closed.iter().find(|school| belongs(&document, school))?.clone();
            Some(Kept { school, document })
        })
        .collect()
}

/// Whose accounts the attacker can act by: one's own, those one may let in anew, and those one has made up.
fn accounts(directory: &Directory, attacker: &UserId, at: UnixMillis) -> BTreeSet<UserId> {
    let controls = |other: &&Person| {
        other.id == *attacker
            || may_administer(directory, attacker, &other.id, at)
            || PUPPETS.contains(&other.id.as_str())
    };
    directory.people().filter(controls).map(|person| person.id.clone()).collect()
}

/// The people of what the attacker runs anyway: the bodies they manage, and the schools of their groups that are not
/// closed to them. Whoever names a school's head may stay its head.
fn own_people(directory: &Directory, attacker: &UserId, now: UnixMillis) -> BTreeSet<UserId> {
    let manages = |body: &Body| {
        directory
            .current_seats_of(attacker, now)
            .any(|seat| seat.body == *body && directory.post(seat).is_some_and(|post| post.right == Right::Manage))
    };
    let runs = |body: &Body| match body {
        Body::School(id) if !is_closed_to(directory, attacker, id, now) => {
            manages(body) || directory.groups_of(id).any(|place| manages(&Body::Group(place.group.clone())))
        }
        Body::Group(_) => manages(body),
        Body::School(_) | Body::Team(_) => false,
    };
    let seats = directory.seats().filter(|seat| !seat.span.is_over(now) && runs(&seat.body));
    seats.map(|seat| seat.person.clone()).collect()
}

fn reads(
    directory: &Directory,
    accounts: &BTreeSet<UserId>,
    document: &DocumentAccess,
    at: UnixMillis,
) -> Option<Right> {
    accounts.iter().filter_map(|person| right(directory, person, document, at)).max()
}

/// An organisation whose groups mostly keep to themselves, with one at least whose office the attacker is often in and
/// whose first school has, or had, a head.
fn any_stage() -> impl Strategy<Value = (Directory, UserId)> {
    let kinds = prop::sample::select(vec!["cooperative", "cooperative", "alliance", "fused"]);
    let kinds = prop::collection::vec(kinds, GROUPS);
    let roles = prop::sample::select(vec![
        ("group:g0", "secretary"),
        ("school:s1", "head"),
        ("team:t0", "research-lead"),
        ("group:g1", "office"),
    ]);
    (directory_of_kinds(kinds), roles, any_span(), 0..PEOPLE).prop_map(|(mut directory, (at, post), span, who)| {
        let attacker: UserId = id(&format!("p{who}"));
        let head = format!("p{}", (who + 1) % PEOPLE);
        let always = Span::from(UnixMillis(0));
        for record in [
            Record::Seat(seat(attacker.as_str(), at, post, always)),
            Record::Membership(membership("s0", "g0", always)),
            Record::Membership(membership("s1", "g0", always)),
            Record::Seat(seat(&head, "school:s0", "head", Span { since: UnixMillis(0), ..span })),
        ] {
            // What does not fit with what is there already stays out.
            directory.change(&[Change::Put(record)]).ok();
        }
        (directory, attacker)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn s3_whoever_changes_what_they_may_gains_nothing_in_a_school_that_is_closed_to_them(
        (before, attacker) in any_stage(), now in any_time(), attempts in prop::collection::vec(any_attempt(), 1..25)
    ) {
        let mut after = before.clone();
        // Whoever was let in anew once knows the password ever after.
        let mut known = accounts(&after, &attacker, now);
        let at_first = known.clone();
        let own_people = own_people(&before, &attacker, now);
        let mut done = Vec::new();
        for attempt in &attempts {
            let Some(record) = attempt.record(&after) else { continue };
            let change = Change::Put(record);
            if may_change(&after, &attacker, &change, now) && after.change(std::slice::from_ref(&change)).is_ok() {
                known.extend(accounts(&after, &attacker, now));
                done.push(change);
            }
        }
        for at in [now, UnixMillis(now.0 + 1), UnixMillis(now.0 + 5), UnixMillis(30)] {
            let has: BTreeSet<_> = known.union(&accounts(&after, &attacker, at)).cloned().collect();
            for Kept { school, document } in kept(&before, &attacker, now, at) {
                // The school's own people are no accounts to have: whoever has them has gained by it.
                let school = Body::School(school);
                let is_theirs = |person: &UserId| !before.current_seats_of(person, at).any(|seat| seat.body == school);
                let then = accounts(&before, &attacker, at);
                let all = at_first.iter().chain(&then).chain(&own_people);
                let had: BTreeSet<_> = all.filter(|person| is_theirs(person)).cloned().collect();
                prop_assert!(
                    reads(&after, &has, &document, at) <= reads(&before, &had, &document, at),
                    "{attacker} reads {:?} at {at:?} by {has:?}, not by {had:?}, after {done:#?}", document.shelf
                );
            }
        }
    }
}
