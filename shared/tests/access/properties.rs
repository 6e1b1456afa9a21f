//! What holds in every organisation.

use proptest::prelude::*;
use shared::access::{DocumentAccess, Right, Share, may_move, may_share, right, sight, who};
use shared::organisation::{Body, Change, Directory, Person, Record, Shelf};
use shared::words::{Span, UnixMillis, UserId};

use crate::organisation_support::generated::{
    any_directory, any_document, any_grantee, any_right, any_shelf, any_time,
};

/// Everybody's right, in the order of the directory.
fn rights(directory: &Directory, document: &DocumentAccess, now: UnixMillis) -> Vec<Option<Right>> {
    directory.people().map(|person| right(directory, &person.id, document, now)).collect()
}

fn with(directory: &Directory, record: Record) -> Directory {
    let mut changed = directory.clone();
    changed.change(&[Change::Put(record)]).expect("an end fits");
    changed
}

fn nobody_gained(before: &[Option<Right>], after: &[Option<Right>]) -> bool {
    before.iter().zip(after).all(|(before, after)| after <= before)
}

fn until(span: Span, now: UnixMillis) -> Span {
    Span { until: Some(now), ..span }
}

/// By a seat that manages it.
fn manages(directory: &Directory, person: &UserId, body: &Body, now: UnixMillis) -> bool {
    directory
        .current_seats_of(person, now)
        .any(|seat| seat.body == *body && directory.post(seat).is_some_and(|post| post.right == Right::Manage))
}

/// Of the house by a seat in it, in one of its schools or in one of their teams.
fn is_of_the_house(directory: &Directory, person: &UserId, house: &Body, now: UnixMillis) -> bool {
    let in_house = |body: &Body| match (house, body) {
        (Body::Group(group), Body::School(school)) => {
            directory.groups_of(school).any(|place| place.group == *group && place.span.holds(now))
        }
        _ => house == body,
    };
    directory.current_seats_of(person, now).any(|seat| match &seat.body {
        Body::Team(id) => directory.team(id).is_some_and(|team| in_house(&team.home)),
        Body::Group(_) | Body::School(_) => in_house(&seat.body),
    })
}

fn house_of(directory: &Directory, body: &Body) -> Body {
    match body {
        Body::Team(id) => directory.team(id).map_or_else(|| body.clone(), |team| team.home.clone()),
        Body::Group(_) | Body::School(_) => body.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn r11_nobody_gains_when_a_seat_or_membership_ends(
        directory in any_directory(), document in any_document(), now in any_time()
    ) {
        let before = rights(&directory, &document, now);
        for seat in directory.seats().filter(|seat| seat.span.holds(now)) {
            let ended = shared::organisation::Seat { span: until(seat.span, now), ..seat.clone() };
            let after = rights(&with(&directory, Record::Seat(ended)), &document, now);
            prop_assert!(nobody_gained(&before, &after), "{:?} ended: {:?} became {:?}", seat, before, after);
        }
        for place in directory.memberships().filter(|place| place.span.holds(now)) {
            let ended = shared::organisation::Membership { span: until(place.span, now), ..place.clone() };
            let after = rights(&with(&directory, Record::Membership(ended)), &document, now);
            prop_assert!(nobody_gained(&before, &after), "{:?} ended: {:?} became {:?}", place, before, after);
        }
    }

    #[test]
    fn r11_nobody_gains_when_a_share_is_taken_back_or_the_document_binned(
        directory in any_directory(), document in any_document(), now in any_time()
    ) {
        let before = rights(&directory, &document, now);
        for at in 0..document.shares.len() {
            let mut fewer = document.clone();
            fewer.shares.remove(at);
            prop_assert!(nobody_gained(&before, &rights(&directory, &fewer, now)));
        }
        let binned = rights(&directory, &DocumentAccess { binned: true, ..document }, now);
        prop_assert!(nobody_gained(&before, &binned));
        prop_assert!(binned.iter().all(|right| matches!(right, None | Some(Right::Manage))));
    }

    /// What a dissolved team leaves goes to those who manage its home, who could have named themselves its leaders; to
    /// nobody else, and nothing else grows by waiting.
    #[test]
    fn r11_nobody_gains_as_time_passes_an_end_but_those_who_inherit_from_a_dissolved_team(
        directory in any_directory(), document in any_document(), from in any_time(), longer in 1..8_i64
    ) {
        let to = UnixMillis(from.0 + longer);
        let begins = |span: &Span| from < span.since && span.since <= to;
        prop_assume!(!directory.seats().any(|seat| begins(&seat.span)));
        prop_assume!(!directory.memberships().any(|place| begins(&place.span)));
        let inherits = |person: &UserId| match &document.shelf {
            Shelf::Team(id) => directory.team(id).is_some_and(|team| {
                team.ended.is_some_and(|ended| ended <= to) && manages(&directory, person, &team.home, to)
            }),
            Shelf::Person(_) | Shelf::School(_) | Shelf::Group(_) => false,
        };
        for person in directory.people().filter(|person| !inherits(&person.id)) {
            prop_assert!(right(&directory, &person.id, &document, to) <= right(&directory, &person.id, &document, from));
        }
    }

    #[test]
    fn r11_without_a_seat_that_holds_there_is_only_what_is_ones_own_or_shared_with_oneself(
        directory in any_directory(), document in any_document(), now in any_time()
    ) {
        for person in directory.people() {
            if directory.current_seats_of(&person.id, now).next().is_some() {
                continue;
            }
            let owns = document.shelf == Shelf::Person(person.id.clone());
            let to_them = shared::access::Grantee::Person(person.id.clone());
            let shared = document.shares.iter().any(|share| share.with == to_them);
            prop_assert!(owns || shared || right(&directory, &person.id, &document, now).is_none());
        }
    }

    #[test]
    fn r11_suspended_closed_and_unknown_see_nothing(
        directory in any_directory(), document in any_document(), now in any_time()
    ) {
        for person in directory.people() {
            for idle in [
                Person { suspended: Some(now), ..person.clone() },
                Person { closed: Some(now), ..person.clone() },
            ] {
                let changed = with(&directory, Record::Person(idle));
                prop_assert_eq!(right(&changed, &person.id, &document, now), None);
            }
        }
        let unknown: UserId = "nobody".parse().expect("an id");
        prop_assert_eq!(right(&directory, &unknown, &document, now), None);
    }

    #[test]
    fn who_tells_exactly_what_the_judge_says(
        directory in any_directory(), document in any_document(), now in any_time()
    ) {
        let mut told: Vec<(UserId, Right)> = who(&directory, &document, now)
            .into_iter()
            .flat_map(|reason| reason.people.into_iter().map(move |person| (person, reason.right)))
            .collect();
        told.sort();
        let judged: Vec<_> = directory
            .people()
            .filter_map(|person| Some((person.id.clone(), right(&directory, &person.id, &document, now)?)))
            .collect();
        prop_assert_eq!(told, judged);
    }

    #[test]
    fn sight_is_wider_than_the_judge(directory in any_directory(), document in any_document(), now in any_time()) {
        for person in directory.people() {
            if right(&directory, &person.id, &document, now).is_none() {
                continue;
            }
            let sight = sight(&directory, &person.id, now);
            let shared = document.shares.iter().any(|share| match &share.with {
                shared::access::Grantee::Person(id) => *id == person.id,
                shared::access::Grantee::Team(id) => sight.bodies.contains(&Body::Team(id.clone())),
                shared::access::Grantee::School(id) => sight.bodies.contains(&Body::School(id.clone())),
                shared::access::Grantee::Group(id) => sight.bodies.contains(&Body::Group(id.clone())),
            });
            prop_assert!(shared || sight.shelves.contains(&document.shelf), "{} at {:?}: {:?}", person.id, now, document);
        }
    }

    #[test]
    fn only_who_manages_carries_a_document_further_and_only_a_head_out_of_the_house(
        directory in any_directory(), document in any_document(), with in any_grantee(), to in any_shelf(),
        given in any_right(), now in any_time()
    ) {
        let before = rights(&directory, &document, now);
        for person in directory.people() {
            let shares = may_share(&directory, &person.id, &document, &with, now).is_ok();
            let moves = may_move(&directory, &person.id, &document, &to, now).is_ok();
            if shares || moves {
                prop_assert_eq!(right(&directory, &person.id, &document, now), Some(Right::Manage));
            }
            // What lies on one's own shelf is one's own to show; a head answers for the whole house.
            let Some(body) = document.shelf.body() else { continue };
            let house = house_of(&directory, &body);
            if manages(&directory, &person.id, &body, now) || manages(&directory, &person.id, &house, now) {
                continue;
            }
            let gains = |reader: &UserId, known: Option<Right>, further: &DocumentAccess| {
                let outside = !is_of_the_house(&directory, reader, &house, now);
                right(&directory, reader, further, now).filter(|now| outside && Some(*now) > known)
            };
            let share = Share { with: with.clone(), right: given };
            let shared = DocumentAccess { shares: document.shares.iter().cloned().chain([share]).collect(), ..document.clone() };
            let moved = DocumentAccess { shelf: to.clone(), ..document.clone() };
            for (known, reader) in before.iter().zip(directory.people()) {
                if shares {
                    prop_assert_eq!(gains(&reader.id, *known, &shared), None, "{} shares with {}", person.id, reader.id);
                }
                if moves {
                    // Those whom the kind of a group lets look in see it there, as they see all that lies there.
                    let gained = gains(&reader.id, *known, &moved);
                    prop_assert!(gained <= Some(Right::View), "{} moves it to {}", person.id, reader.id);
                }
            }
        }
    }
}
