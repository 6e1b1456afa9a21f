//! The judge as a table and by properties.

use proptest::prelude::*;
use shared::access::{DocumentAccess, Grantee, Person, Right, Share, right, right_in_room};
use shared::words::{TeamId, UserId};

fn user(id: &str) -> UserId {
    id.parse().expect("a valid id")
}

fn team(id: &str) -> TeamId {
    id.parse().expect("a valid id")
}

fn person(id: &str, teams: &[&str]) -> Person {
    Person { id: user(id), active: true, teams: teams.iter().map(|t| team(t)).collect() }
}

fn document(shares: Vec<Share>) -> DocumentAccess {
    DocumentAccess { owner: user("zhou"), team: Some(team("maths")), shares, binned: false }
}

#[test]
fn who_may_do_what() {
    let shares = vec![
        Share { with: Grantee::Person(user("lin")), right: Right::View },
        Share { with: Grantee::Team(team("studio")), right: Right::Comment },
    ];
    let cases = [
        ("the owner manages", person("zhou", &[]), Some(Right::Manage)),
        ("the document's team edits", person("zhao", &["maths"]), Some(Right::Edit)),
        ("a share to a person counts", person("lin", &[]), Some(Right::View)),
        ("a share to a team counts", person("chen", &["studio"]), Some(Right::Comment)),
        ("the highest of several counts", person("lin", &["studio", "maths"]), Some(Right::Edit)),
        ("a stranger sees nothing", person("sun", &["kindergarten"]), None),
        ("a closed account sees nothing", Person { active: false, ..person("zhou", &["maths"]) }, None),
    ];
    for (name, person, expected) in cases {
        assert_eq!(right(&person, &document(shares.clone())), expected, "{name}");
    }
}

#[test]
fn in_the_bin_only_managers_see_it_and_nobody_writes() {
    let binned = DocumentAccess { binned: true, ..document(vec![]) };
    assert_eq!(right(&person("zhou", &[]), &binned), Some(Right::Manage));
    assert_eq!(right_in_room(&person("zhou", &[]), &binned), Some(Right::View));
    assert_eq!(right(&person("zhao", &["maths"]), &binned), None);
}

fn any_right() -> impl Strategy<Value = Right> {
    prop_oneof![Just(Right::View), Just(Right::Comment), Just(Right::Edit), Just(Right::Manage)]
}

fn any_person() -> impl Strategy<Value = Person> {
    ("[a-d]", prop::collection::vec("[t-w]", 0..4), any::<bool>()).prop_map(|(id, teams, active)| Person {
        id: user(&id),
        active,
        teams: teams.iter().map(|t| team(t)).collect(),
    })
}

fn any_share() -> impl Strategy<Value = Share> {
    let grantee = prop_oneof![
        "[a-d]".prop_map(|id| Grantee::Person(user(&id))),
        "[t-w]".prop_map(|id| Grantee::Team(team(&id))),
    ];
    (grantee, any_right()).prop_map(|(with, right)| Share { with, right })
}

fn any_document() -> impl Strategy<Value = DocumentAccess> {
    ("[a-d]", prop::option::of("[t-w]"), prop::collection::vec(any_share(), 0..5), any::<bool>()).prop_map(
        |(owner, of, shares, binned)| DocumentAccess {
            owner: user(&owner),
            team: of.as_deref().map(team),
            shares,
            binned,
        },
    )
}

proptest! {
    #[test]
    fn nobody_gains_by_leaving_a_team(person in any_person(), document in any_document()) {
        let before = right(&person, &document);
        for at in 0..person.teams.len() {
            let mut left = person.clone();
            left.teams.remove(at);
            prop_assert!(right(&left, &document) <= before);
        }
    }

    #[test]
    fn nobody_gains_when_a_share_is_taken_back(person in any_person(), document in any_document()) {
        let before = right(&person, &document);
        for at in 0..document.shares.len() {
            let mut fewer = document.clone();
            fewer.shares.remove(at);
            prop_assert!(right(&person, &fewer) <= before);
        }
    }

    #[test]
    fn a_closed_account_and_a_bin_never_help(person in any_person(), document in any_document()) {
        let closed = Person { active: false, ..person.clone() };
        prop_assert_eq!(right(&closed, &document), None);
        let binned = DocumentAccess { binned: true, ..document.clone() };
        let shelved = DocumentAccess { binned: false, ..document };
        prop_assert!(right(&person, &binned) <= right(&person, &shelved));
        prop_assert!(right_in_room(&person, &binned) <= Some(Right::View));
    }
}
