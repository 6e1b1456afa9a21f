//! Who may do what, person by person, in one small district.

use std::collections::BTreeSet;

use shared::access::Right::{self, Comment, Edit, Manage, Suggest, View};
use shared::access::{DocumentAccess, Grantee, Refused, may_move, right, right_in_room};
use shared::organisation::{Directory, Membership, Person, Record, Seat, Shelf, Team};
use shared::words::{Span, UnixMillis};

use crate::organisation_support::{
    ALWAYS, ENDING, NOW, OVER, TO_COME, directory, document, group, id, membership, person, records, region, school,
    seat, shared_with, team,
};

/// 清河, a cooperative group led by shiyan with beiguan and the kindergarten miao; miao leads a fused group of its own
/// with the nursery ya; 东山, fused, led by dong with xi, which nan has left and bei will join; one group of each
/// other kind, led by a school of its own.
pub fn district() -> Directory {
    let leads = |membership: Membership| Record::Membership(Membership { leads: true, ..membership });
    let joins = Record::Membership;
    let mut records = vec![
        region(),
        group("qinghe", "cooperative"),
        group("miao-group", "fused"),
        group("dongshan", "fused"),
        group("close-group", "close"),
        group("joint-group", "joint"),
        group("entrusted-group", "entrusted"),
    ];
    for name in ["shiyan", "beiguan", "miao", "ya", "dong", "xi", "nan", "bei"] {
        records.push(Record::School(school(name)));
    }
    records.extend([
        leads(membership("shiyan", "qinghe", ALWAYS)),
        joins(membership("beiguan", "qinghe", ALWAYS)),
        joins(membership("miao", "qinghe", ALWAYS)),
        leads(membership("miao", "miao-group", ALWAYS)),
        joins(membership("ya", "miao-group", ALWAYS)),
        leads(membership("dong", "dongshan", ALWAYS)),
        joins(membership("xi", "dongshan", ALWAYS)),
        joins(membership("nan", "dongshan", OVER)),
        joins(membership("bei", "dongshan", TO_COME)),
    ]);
    for kind in ["close", "joint", "entrusted"] {
        let (lead, member) = (format!("{kind}-lead"), format!("{kind}-member"));
        records.extend([&lead, &member].map(|name| Record::School(school(name))));
        records.push(leads(membership(&lead, &format!("{kind}-group"), ALWAYS)));
        records.push(joins(membership(&member, &format!("{kind}-group"), ALWAYS)));
    }
    for (name, home) in [
        ("maths", "group:qinghe"),
        ("beiguan-maths", "school:beiguan"),
        ("xi-art", "school:xi"),
        ("nan-art", "school:nan"),
        ("close-art", "school:close-member"),
        ("entrusted-art", "school:entrusted-member"),
    ] {
        records.push(Record::Team(team(name, home)));
    }
    records.push(Record::Team(Team { ended: Some(NOW), ..team("beiguan-old", "school:beiguan") }));
    let names: BTreeSet<_> = SEATS.iter().map(|(name, ..)| *name).collect();
    records.extend(names.into_iter().map(|name| Record::Person(person(name))));
    records.extend(SEATS.iter().map(|(name, at, post, span)| Record::Seat(seat(name, at, post, *span))));
    records.push(Record::Person(Person { suspended: Some(NOW), ..person("suspended") }));
    records.push(Record::Person(Person { closed: Some(NOW), ..person("closed") }));
    records.push(Record::Person(Person { operator: true, ..person("operator") }));
    directory(records)
}

const SEATS: &[(&str, &str, &str, Span)] = &[
    ("general", "group:qinghe", "general-head", ALWAYS),
    ("secretary", "group:qinghe", "secretary", ALWAYS),
    ("inspector", "group:qinghe", "inspector", ENDING),
    ("adviser", "group:qinghe", "adviser", ALWAYS),
    ("shiyan-head", "school:shiyan", "head", ALWAYS),
    ("shiyan-teacher", "school:shiyan", "teacher", ALWAYS),
    ("beiguan-head", "school:beiguan", "head", ALWAYS),
    ("beiguan-office", "school:beiguan", "staff", ALWAYS),
    ("beiguan-teacher", "school:beiguan", "teacher", ALWAYS),
    ("beiguan-former", "school:beiguan", "head", OVER),
    ("beiguan-next", "school:beiguan", "head", TO_COME),
    ("miao-head", "school:miao", "kindergarten-head", ALWAYS),
    ("ya-teacher", "school:ya", "teacher", ALWAYS),
    ("dong-head", "school:dong", "head", ALWAYS),
    ("dong-teacher", "school:dong", "teacher", ALWAYS),
    ("dongshan-inspector", "group:dongshan", "inspector", ENDING),
    ("dongshan-former-inspector", "group:dongshan", "inspector", OVER),
    ("xi-head", "school:xi", "head", ALWAYS),
    ("xi-teacher", "school:xi", "teacher", ALWAYS),
    ("nan-teacher", "school:nan", "teacher", ALWAYS),
    ("bei-teacher", "school:bei", "teacher", ALWAYS),
    ("both", "school:xi", "teacher", ALWAYS),
    ("both", "school:beiguan", "renowned", ALWAYS),
    ("close-head", "school:close-lead", "head", ALWAYS),
    ("close-teacher", "school:close-lead", "teacher", ALWAYS),
    ("close-author", "school:close-member", "teacher", ALWAYS),
    ("joint-head", "school:joint-lead", "head", ALWAYS),
    ("joint-teacher", "school:joint-lead", "teacher", ALWAYS),
    ("joint-author", "school:joint-member", "teacher", ALWAYS),
    ("entrusted-head", "school:entrusted-lead", "head", ALWAYS),
    ("entrusted-teacher", "school:entrusted-lead", "teacher", ALWAYS),
    ("entrusted-author", "school:entrusted-member", "teacher", ALWAYS),
    ("maths-lead", "team:maths", "research-lead", ALWAYS),
    ("maths-member", "team:maths", "member", ALWAYS),
    ("maths-trainee", "team:maths", "suggester", ALWAYS),
    ("maths-guest", "team:maths", "guest", ENDING),
    ("maths-former-guest", "team:maths", "guest", OVER),
    ("beiguan-maths-member", "team:beiguan-maths", "member", ALWAYS),
    ("old-member", "team:beiguan-old", "research-lead", ALWAYS),
    ("xi-art-member", "team:xi-art", "member", ALWAYS),
    ("suspended", "school:beiguan", "head", ALWAYS),
    ("closed", "school:beiguan", "head", ALWAYS),
];

fn check(rows: &[(&str, &str, &str, Option<Right>)]) {
    let directory = district();
    for (what, who, shelf, expected) in rows {
        let found = right(&directory, &id(who), &document("nobody", shelf), NOW);
        assert_eq!(found, *expected, "{what}: {who} on {shelf}");
    }
}

#[test]
fn r11_on_a_persons_own_shelf() {
    check(&[
        ("one's own", "beiguan-teacher", "person:beiguan-teacher", Some(Manage)),
        ("nobody has another's drafts", "beiguan-head", "person:beiguan-teacher", None),
        ("a cooperative group's head has no drafts", "general", "person:beiguan-teacher", None),
        ("nor has its lead school", "shiyan-head", "person:beiguan-teacher", None),
        ("nor an inspector", "inspector", "person:beiguan-teacher", None),
        ("a fused group's lead school reads them", "dong-head", "person:xi-teacher", Some(View)),
        ("its teachers do not", "dong-teacher", "person:xi-teacher", None),
        ("the member's head does not", "xi-head", "person:xi-teacher", None),
        ("nor does the member read the lead school's", "xi-head", "person:dong-teacher", None),
        ("a fused group's inspector reads them", "dongshan-inspector", "person:xi-teacher", Some(View)),
        ("but not when his time is over", "dongshan-former-inspector", "person:xi-teacher", None),
        ("not of a school that has left", "dong-head", "person:nan-teacher", None),
        ("nor of one that is to come", "dong-head", "person:bei-teacher", None),
        ("a member that leads another group reads there", "miao-head", "person:ya-teacher", Some(View)),
        ("but its own lead does not", "general", "person:ya-teacher", None),
        ("who teaches on two campuses keeps drafts from either's lead", "dong-head", "person:both", None),
        ("nor the cooperative one's", "shiyan-head", "person:both", None),
        ("a close group's lead school has no drafts", "close-head", "person:close-author", None),
        ("an entrusted school's lead has", "entrusted-head", "person:entrusted-author", Some(View)),
        ("a jointly built one's has not", "joint-head", "person:joint-author", None),
        ("an operator reads nothing by being one", "operator", "person:beiguan-teacher", None),
    ]);
}

#[test]
fn r11_on_a_teams_shelf() {
    check(&[
        ("who leads manages", "maths-lead", "team:maths", Some(Manage)),
        ("members edit", "maths-member", "team:maths", Some(Edit)),
        ("trainees suggest", "maths-trainee", "team:maths", Some(Suggest)),
        ("guests comment", "maths-guest", "team:maths", Some(Comment)),
        ("until their time is over", "maths-former-guest", "team:maths", None),
        ("the head of the group it is of looks in", "general", "team:maths", Some(View)),
        ("its inspector, too", "inspector", "team:maths", Some(View)),
        ("its secretary does not", "secretary", "team:maths", None),
        ("nor a school's head", "beiguan-head", "team:maths", None),
        ("the head of the school it is of looks in", "beiguan-head", "team:beiguan-maths", Some(View)),
        ("the school's office does not", "beiguan-office", "team:beiguan-maths", None),
        ("nor its teachers", "beiguan-teacher", "team:beiguan-maths", None),
        ("nor the head of a cooperative group", "general", "team:beiguan-maths", None),
        ("a fused group's lead school reads it", "dong-head", "team:xi-art", Some(View)),
        ("not of a school that has left", "dong-head", "team:nan-art", None),
        ("a close group's does not", "close-head", "team:close-art", None),
        ("an entrusted one's does", "entrusted-head", "team:entrusted-art", Some(View)),
        ("a dissolved team's members have nothing there", "old-member", "team:beiguan-old", None),
        ("who manages its home inherits", "beiguan-office", "team:beiguan-old", Some(Manage)),
        ("nobody else there does", "beiguan-teacher", "team:beiguan-old", None),
        ("no such team", "beiguan-head", "team:never", None),
    ]);
}

#[test]
fn r11_on_a_schools_shelf() {
    check(&[
        ("its head manages", "beiguan-head", "school:beiguan", Some(Manage)),
        ("its office manages", "beiguan-office", "school:beiguan", Some(Manage)),
        ("its teachers comment", "beiguan-teacher", "school:beiguan", Some(Comment)),
        ("on either campus: one", "both", "school:beiguan", Some(Comment)),
        ("on either campus: two", "both", "school:xi", Some(Comment)),
        ("a headmaster's right ends with the post", "beiguan-former", "school:beiguan", None),
        ("and begins with it", "beiguan-next", "school:beiguan", None),
        ("suspended", "suspended", "school:beiguan", None),
        ("closed", "closed", "school:beiguan", None),
        ("a team of it is not the school", "beiguan-maths-member", "school:beiguan", None),
        ("a cooperative group's head does not look in", "general", "school:beiguan", None),
        ("nor its lead school", "shiyan-head", "school:beiguan", None),
        ("nor the neighbours", "shiyan-teacher", "school:beiguan", None),
        ("fused: the lead school", "dong-head", "school:xi", Some(View)),
        ("fused: the neighbours", "dong-teacher", "school:xi", Some(View)),
        ("fused: and the other way round", "xi-teacher", "school:dong", Some(View)),
        ("fused: not into a school that has left", "dong-head", "school:nan", None),
        ("fused: nor from there", "nan-teacher", "school:dong", None),
        ("fused: nor from one that is to come", "bei-teacher", "school:dong", None),
        ("close: the lead school", "close-head", "school:close-member", Some(View)),
        ("close: the neighbours", "close-teacher", "school:close-member", Some(View)),
        ("joint: the neighbours", "joint-teacher", "school:joint-member", Some(View)),
        ("entrusted: the lead school", "entrusted-head", "school:entrusted-member", Some(View)),
        ("entrusted: not the neighbours", "entrusted-teacher", "school:entrusted-member", None),
        ("a member's own group is not its lead's", "shiyan-head", "school:ya", None),
    ]);
}

#[test]
fn r11_on_a_groups_shelf() {
    check(&[
        ("its head manages", "general", "group:qinghe", Some(Manage)),
        ("its secretary manages", "secretary", "group:qinghe", Some(Manage)),
        ("its adviser comments", "adviser", "group:qinghe", Some(Comment)),
        ("its inspector views", "inspector", "group:qinghe", Some(View)),
        ("so do the teachers of its schools", "beiguan-teacher", "group:qinghe", Some(View)),
        ("a kindergarten's, too", "miao-head", "group:qinghe", Some(View)),
        ("and who teaches on two campuses: one", "both", "group:qinghe", Some(View)),
        ("and who teaches on two campuses: two", "both", "group:dongshan", Some(View)),
        ("not the schools of a member's own group", "ya-teacher", "group:qinghe", None),
        ("not a school that has left", "nan-teacher", "group:dongshan", None),
        ("nor one that is to come", "bei-teacher", "group:dongshan", None),
        ("a guest of a team knows the team only", "maths-guest", "group:qinghe", None),
    ]);
}

#[test]
fn r11_authors_manage_as_long_as_they_belong_there() {
    let rows = [
        ("in their school", "beiguan-teacher", "school:beiguan", Some(Manage)),
        ("in their team", "maths-guest", "team:maths", Some(Manage)),
        ("in a group of their school", "beiguan-teacher", "group:qinghe", Some(Manage)),
        ("not when they have left", "beiguan-former", "school:beiguan", None),
        ("not when their school has left", "nan-teacher", "group:dongshan", None),
        ("not when the team is dissolved", "old-member", "team:beiguan-old", None),
        ("not on somebody else's shelf", "beiguan-teacher", "person:both", None),
        ("not when they are suspended", "suspended", "school:beiguan", None),
    ];
    let directory = district();
    for (what, who, shelf, expected) in rows {
        assert_eq!(right(&directory, &id(who), &document(who, shelf), NOW), expected, "{what}");
    }
}

#[test]
fn r11_shares_reach_whom_they_name_and_nobody_else() {
    let (team, school, group) = (Grantee::Team, Grantee::School, Grantee::Group);
    let rows = [
        ("a person", Grantee::Person(id("ya-teacher")), "ya-teacher", true),
        ("nobody else", Grantee::Person(id("ya-teacher")), "miao-head", false),
        ("a suspended person", Grantee::Person(id("suspended")), "suspended", false),
        ("a team", team(id("maths")), "maths-member", true),
        ("its guest for a time", team(id("maths")), "maths-guest", true),
        ("not afterwards", team(id("maths")), "maths-former-guest", false),
        ("not those above the team", team(id("maths")), "general", false),
        ("a dissolved team", team(id("beiguan-old")), "old-member", false),
        ("a school", school(id("beiguan")), "beiguan-teacher", true),
        ("not its teams' guests", school(id("beiguan")), "beiguan-maths-member", false),
        ("not who is to come", school(id("beiguan")), "beiguan-next", false),
        ("a group by a seat", group(id("qinghe")), "adviser", true),
        ("a group by a school", group(id("qinghe")), "beiguan-teacher", true),
        ("a group without its teams' guests", group(id("qinghe")), "maths-guest", false),
        ("a group without who has left it", group(id("dongshan")), "nan-teacher", false),
        ("a group without a member's own group", group(id("qinghe")), "ya-teacher", false),
    ];
    let directory = district();
    for (what, with, who, reached) in rows {
        let shared = shared_with(document("nobody", "person:operator"), with, Suggest);
        assert_eq!(right(&directory, &id(who), &shared, NOW), reached.then_some(Suggest), "{what}");
    }
    let lowered = shared_with(document("nobody", "school:beiguan"), Grantee::Person(id("beiguan-teacher")), View);
    assert_eq!(right(&directory, &id("beiguan-teacher"), &lowered, NOW), Some(Comment), "the highest counts");
}

#[test]
fn r11_in_the_bin_only_managers_see_it_and_nobody_writes() {
    let directory = district();
    let binned = DocumentAccess { binned: true, ..document("beiguan-teacher", "team:maths") };
    for (who, expected) in [("maths-lead", Some(Manage)), ("maths-member", None), ("general", None)] {
        assert_eq!(right(&directory, &id(who), &binned, NOW), expected, "{who}");
        assert_eq!(right_in_room(&directory, &id(who), &binned, NOW), expected.and(Some(View)), "{who} in the room");
    }
}

#[test]
fn s3_only_the_owner_takes_a_document_off_a_persons_shelf() {
    let directory = district();
    let own = document("beiguan-teacher", "person:beiguan-teacher");
    let given = shared_with(own, Grantee::Person(id("shiyan-teacher")), Manage);
    for (who, to, expected) in [
        ("beiguan-teacher", "school:beiguan", Ok(())),
        ("shiyan-teacher", "person:shiyan-teacher", Err(Refused::LeavesTheHouse)),
        ("shiyan-teacher", "school:shiyan", Err(Refused::LeavesTheHouse)),
        ("shiyan-head", "school:shiyan", Err(Refused::NotManaging)),
    ] {
        let to: Shelf = to.parse().expect("a shelf");
        assert_eq!(may_move(&directory, &id(who), &given, &to, NOW), expected, "{who} to {to}");
    }
}

#[test]
fn r11_a_right_ends_the_moment_its_seat_does() {
    let directory = district();
    let team = document("nobody", "team:maths");
    let last = |at| right(&directory, &id("maths-guest"), &team, UnixMillis(at));
    assert_eq!((last(1_000), last(1_001)), (Some(Comment), None));
    assert!(directory.turns(NOW, UnixMillis(1_001)));
    let next = |at| right(&directory, &id("beiguan-next"), &document("nobody", "school:beiguan"), UnixMillis(at));
    assert_eq!((next(1_000), next(1_001)), (None, Some(Manage)));
    let joined = |at| right(&directory, &id("dong-head"), &document("nobody", "person:bei-teacher"), UnixMillis(at));
    assert_eq!((joined(1_000), joined(1_001)), (None, Some(View)));
}

#[test]
fn a_post_the_region_no_longer_knows_gives_nothing() {
    // No change leads here; what was stored by hand may.
    let mut stored = records(&district());
    for record in &mut stored {
        if let Record::Region(region) = record {
            region.vocabulary.posts.retain(|post| post.id != id("teacher"));
        }
    }
    let directory = Directory::of(stored);
    let seats: Vec<&Seat> = directory.current_seats_of(&id("beiguan-teacher"), NOW).collect();
    assert_eq!(seats.len(), 1);
    assert_eq!(right(&directory, &id("beiguan-teacher"), &document("nobody", "school:beiguan"), NOW), None);
}
