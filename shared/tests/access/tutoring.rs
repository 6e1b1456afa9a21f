//! Who is what in a tutoring session, and what follows for its board and notes.

use std::sync::Arc;

use shared::access::Right::{self, Edit, Manage, View};
use shared::access::{DocumentAccess, Grantee, Share, may_plan, may_see, right, right_in_room, role, runs, who};
use shared::organisation::Directory;
use shared::tutoring::TutoringState::{self, Cancelled, Ended, Open, Planned};
use shared::tutoring::{Invitation, OfSession, Part, Role, SessionAccess};
use shared::words::UserId;

use crate::organisation_support::{NOW, body, id};
use crate::rights::district;

/// On the group's shelf, planned and hosted by people of the lead school; beiguan is invited to take part, the team of
/// maths to listen, one teacher of the kindergarten by name.
fn session(state: TutoringState) -> SessionAccess {
    let invited = [
        (Grantee::School(id("beiguan")), Role::Participant),
        (Grantee::Team(id("maths")), Role::Listener),
        (Grantee::Person(id("miao-head")), Role::Helper),
    ];
    SessionAccess {
        author: id("shiyan-head"),
        shelf: "group:qinghe".parse().unwrap(),
        host: id("shiyan-teacher"),
        state,
        invited: invited.map(|(with, role)| Invitation { with, role }).to_vec(),
        removed: Vec::new(),
        pens: Vec::new(),
        guests: vec![id("guest-1")],
    }
}

fn document(part: Part, session: SessionAccess) -> DocumentAccess {
    DocumentAccess {
        author: session.author.clone(),
        shelf: session.shelf.clone(),
        shares: Vec::new(),
        binned: false,
        session: Some(Arc::new(OfSession { part, session })),
    }
}

/// What somebody may do with board and notes in their rooms.
fn in_rooms(directory: &Directory, who: &str, session: &SessionAccess) -> [Option<Right>; 2] {
    [Part::Board, Part::Notes].map(|part| right_in_room(directory, &id(who), &document(part, session.clone()), NOW))
}

const CANCELLED_AND_PLANNED: [TutoringState; 2] = [Planned, Cancelled];

#[test]
fn each_gets_from_each_state_what_their_role_gives() {
    let directory = district();
    // Planned, open, ended, cancelled: board and notes.
    type Row = (&'static str, [[Option<Right>; 2]; 4]);
    let none = [None, None];
    let both = |right| [Some(right), Some(right)];
    let rows: [Row; 8] = [
        ("shiyan-teacher", [both(Manage), both(Manage), [Some(View), Some(Manage)], [Some(View), Some(Manage)]]),
        ("miao-head", [both(Edit), both(Edit), both(View), none]),
        ("beiguan-teacher", [none, [Some(View), Some(Edit)], both(View), none]),
        // Of the office: it manages the shelf, and does not draw unasked.
        ("general", [[Some(View), Some(Manage)]; 4]),
        ("ya-teacher", [none, none, none, none]),
        ("guest-1", [none, both(View), none, none]),
        ("guest-2", [none, none, none, none]),
        ("dong-teacher", [none, none, none, none]),
    ];
    for (who, expected) in rows {
        for (state, expected) in [Planned, Open, Ended, Cancelled].into_iter().zip(expected) {
            assert_eq!(in_rooms(&directory, who, &session(state)), expected, "{who} in {state:?}");
        }
    }
}

#[test]
fn who_has_the_pen_draws_while_it_is_open_and_a_guest_never_does() {
    let directory = district();
    for (who, state, expected) in [
        ("beiguan-teacher", Open, Some(Edit)),
        ("beiguan-teacher", Planned, None),
        ("beiguan-teacher", Ended, Some(View)),
        ("guest-1", Open, Some(View)),
        ("dong-teacher", Open, None),
    ] {
        let session = SessionAccess { pens: vec![id(who)], ..session(state) };
        assert_eq!(in_rooms(&directory, who, &session)[0], expected, "{who} with the pen in {state:?}");
    }
}

#[test]
fn the_shelf_opens_nothing_but_to_who_manages_it_until_it_has_ended() {
    let directory = district();
    let mut ever = 0;
    for person in directory.people() {
        for state in [Planned, Open, Cancelled, Ended] {
            let nobody = SessionAccess { invited: Vec::new(), ..session(state) };
            let board = document(Part::Board, nobody.clone());
            let plain = DocumentAccess { session: None, ..board.clone() };
            let (by_shelf, here) =
                (right(&directory, &person.id, &plain, NOW), right(&directory, &person.id, &board, NOW));
            let expected = match (&person.id, by_shelf) {
                (one, _) if *one == nobody.host => Some(Manage),
                (_, Some(Manage)) => Some(Manage),
                (_, Some(_)) if state == Ended => Some(View),
                _ => None,
            };
            assert_eq!(here, expected, "{} in {state:?}", person.id);
            assert_eq!(may_see(&directory, &person.id, &nobody, NOW), here.is_some(), "{}", person.id);
            ever += usize::from(by_shelf.is_some());
        }
    }
    assert!(ever > 8, "{ever} see the shelf");
}

#[test]
fn a_share_is_no_invitation() {
    let directory = district();
    let share = Share { with: Grantee::Person(id("dong-teacher")), right: Manage };
    for (state, expected) in [(Planned, None), (Open, None), (Ended, Some(Manage))] {
        let document = DocumentAccess { shares: vec![share.clone()], ..document(Part::Notes, session(state)) };
        assert_eq!(right(&directory, &id("dong-teacher"), &document, NOW), expected, "{state:?}");
    }
}

#[test]
fn who_was_sent_away_stays_out_however_they_were_asked() {
    let directory = district();
    for (person, how) in [
        ("beiguan-teacher", Grantee::Person(id("beiguan-teacher"))),
        ("beiguan-teacher", Grantee::School(id("beiguan"))),
        ("miao-head", Grantee::Group(id("qinghe"))),
    ] {
        let asked = Invitation { with: how, role: Role::Participant };
        let sent =
            SessionAccess { removed: vec![id(person)], pens: vec![id(person)], invited: vec![asked], ..session(Open) };
        assert_eq!(role(&directory, &id(person), &sent, NOW), None);
        assert_eq!(in_rooms(&directory, person, &sent), [None, None], "{person}");
        assert!(!may_see(&directory, &id(person), &sent, NOW), "{person}");
    }
}

#[test]
fn a_guest_is_nobody_anywhere_else() {
    let directory = district();
    let guest: UserId = id("guest-1");
    assert_eq!(role(&directory, &guest, &session(Open), NOW), Some(Role::Guest));
    let other = SessionAccess { guests: Vec::new(), ..session(Open) };
    assert!(!may_see(&directory, &guest, &other, NOW));
    // Somebody with an account of that name is that person, and not the guest.
    let named = SessionAccess { guests: vec![id("dong-teacher")], ..session(Open) };
    assert_eq!(in_rooms(&directory, "dong-teacher", &named), [None, None]);
    let binned = DocumentAccess { binned: true, ..document(Part::Notes, session(Open)) };
    assert_eq!(right(&directory, &guest, &binned, NOW), None);
    for document in crate::organisation_support::one_on_every_shelf(&directory) {
        assert_eq!(right(&directory, &guest, &document, NOW), None);
    }
    let reasons = who(&directory, &document(Part::Board, session(Open)), NOW);
    assert!(reasons.iter().all(|reason| !reason.people.contains(&guest)));
}

#[test]
fn host_author_and_who_manages_the_shelf_run_it() {
    let directory = district();
    for (person, expected) in [
        ("shiyan-teacher", true),
        ("shiyan-head", true),
        ("miao-head", false),
        ("beiguan-teacher", false),
        ("dong-head", false),
    ] {
        assert_eq!(runs(&directory, &id(person), &session(Open), NOW), expected, "{person}");
    }
    // Whom a session is hosted by runs it wherever they are from, and nothing else on that shelf.
    let abroad = SessionAccess { host: id("dong-teacher"), ..session(Open) };
    assert!(runs(&directory, &id("dong-teacher"), &abroad, NOW));
    assert!(CANCELLED_AND_PLANNED.iter().all(|state| {
        let over = SessionAccess { state: *state, host: id("dong-teacher"), ..session(Open) };
        runs(&directory, &id("dong-teacher"), &over, NOW)
    }));
}

#[test]
fn planning_is_for_who_edits_on_that_shelf() {
    let directory = district();
    let plans = |person: &str, shelf: &str| may_plan(&directory, &id(person), &shelf.parse().unwrap(), NOW);
    assert_eq!(body("school:beiguan").to_string(), "school:beiguan");
    assert!(plans("beiguan-head", "school:beiguan"));
    assert!(!plans("beiguan-head", "school:shiyan"));
    assert!(!plans("beiguan-teacher", "group:qinghe"));
    assert!(!plans("beiguan-teacher", "person:beiguan-teacher"));
}
