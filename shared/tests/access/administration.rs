//! Who may change what of the organisation, in the small district of [`super::rights`].

use shared::access::{administers, administers_anything, may_administer, may_change, may_look_after};
use shared::organisation::{Change, Directory, Group, Membership, Person, Record, School, Seat, Team};
use shared::words::{Span, UnixMillis};

use crate::organisation_support::{ALWAYS, NOW, body, group, id, membership, person, region, school, seat, team};
use crate::rights::district;

fn check(rows: &[(&str, &str, Record, bool)]) {
    let directory = district();
    for (what, who, record, expected) in rows {
        let change = Change::Put(record.clone());
        assert_eq!(may_change(&directory, &id(who), &change, NOW), *expected, "{what}: {who}");
    }
}

fn puts(who: &str, at: &str, post: &str) -> Record {
    Record::Seat(seat(who, at, post, ALWAYS))
}

fn ended(seat: Seat, until: i64) -> Record {
    Record::Seat(Seat { span: Span { until: Some(UnixMillis(until)), ..seat.span }, ..seat })
}

#[test]
fn s3_seats_are_given_by_those_who_run_the_body() {
    let teacher = |who: &str, at: &str| seat(who, at, "teacher", ALWAYS);
    check(&[
        ("a head names teachers", "beiguan-head", puts("new", "school:beiguan", "teacher"), true),
        ("and another head", "beiguan-head", puts("beiguan-teacher", "school:beiguan", "head"), true),
        ("a school's office, too", "beiguan-office", puts("new", "school:beiguan", "teacher"), true),
        ("a teacher does not", "beiguan-teacher", puts("new", "school:beiguan", "teacher"), false),
        ("nor a head in another school", "shiyan-head", puts("new", "school:beiguan", "teacher"), false),
        ("a former head does not", "beiguan-former", puts("new", "school:beiguan", "teacher"), false),
        ("a suspended one does not", "suspended", puts("new", "school:beiguan", "teacher"), false),
        ("nobody whom they do not know", "beiguan-head", puts("xi-teacher", "school:beiguan", "teacher"), false),
        (
            "a cooperative group's office does not name a head",
            "secretary",
            puts("new", "school:beiguan", "head"),
            false,
        ),
        ("nor a puppet", "secretary", puts("new", "school:beiguan", "teacher"), false),
        ("nor itself", "secretary", puts("secretary", "school:beiguan", "teacher"), false),
        (
            "nor end a teacher's seat: the account would be left to whoever has the others",
            "secretary",
            ended(teacher("beiguan-teacher", "school:beiguan"), 1_000),
            false,
        ),
        ("not a head's", "secretary", ended(seat("beiguan-head", "school:beiguan", "head", ALWAYS), 1_000), false),
        ("it names who sits in the group", "secretary", puts("beiguan-teacher", "group:qinghe", "general-head"), true),
        ("and in its teams", "secretary", puts("beiguan-teacher", "team:maths", "research-lead"), true),
        ("an adviser does not", "adviser", puts("new", "group:qinghe", "adviser"), false),
        ("a team's leader names its members", "maths-lead", puts("new", "team:maths", "guest"), true),
        ("a member does not", "maths-member", puts("new", "team:maths", "guest"), false),
        ("the leader of a dissolved team does not", "old-member", puts("new", "team:beiguan-old", "guest"), false),
        ("an operator does", "operator", puts("new", "school:beiguan", "head"), true),
    ]);
}

#[test]
fn s3_nobody_gives_oneself_a_post_that_looks_down_nor_forgets_a_head() {
    let head = seat("beiguan-head", "school:beiguan", "head", ALWAYS);
    let since =
        |since: i64| Record::Seat(Seat { span: Span { since: UnixMillis(since), ..head.span }, ..head.clone() });
    check(&[
        (
            "a clerk does not make themselves head",
            "beiguan-office",
            puts("beiguan-office", "school:beiguan", "head"),
            false,
        ),
        ("nor a group's secretary general head", "secretary", puts("secretary", "group:qinghe", "general-head"), false),
        ("but somebody else", "secretary", puts("shiyan-teacher", "group:qinghe", "general-head"), true),
        (
            "a post that does not look down is no more than they have",
            "secretary",
            puts("secretary", "group:qinghe", "office"),
            true,
        ),
        ("an operator may", "operator", puts("operator", "school:beiguan", "head"), true),
        ("a head has not begun later than they had", "beiguan-head", since(NOW.0 + 5), false),
        ("nor a moment ago", "beiguan-office", since(NOW.0 - 1), false),
        ("they end", "beiguan-head", ended(head.clone(), NOW.0), true),
    ]);
}

#[test]
fn s3_a_team_elsewhere_takes_nobody_out_of_their_schools_reach() {
    let mut directory = district();
    let taken_in = Record::Seat(seat("beiguan-teacher", "team:xi-art", "member", ALWAYS));
    directory.change(&[Change::Put(taken_in)]).expect("it fits");
    let (head, teacher) = (id("beiguan-head"), id("beiguan-teacher"));
    assert!(may_look_after(&directory, &head, &teacher, NOW));
    assert!(!may_administer(&directory, &head, &teacher, NOW), "nobody acts by them in the other school's team");
    let until = |until: i64| ended(seat("beiguan-teacher", "team:xi-art", "member", ALWAYS), until);
    let back = Change::Put(until(NOW.0));
    let rows = [("beiguan-head", true), ("beiguan-office", true), ("shiyan-head", false), ("secretary", false)];
    for (who, expected) in rows {
        assert_eq!(may_change(&directory, &id(who), &back, NOW), expected, "{who} calls them back");
    }
    directory.change(&[back]).expect("it fits");
    assert!(may_administer(&directory, &head, &teacher, UnixMillis(NOW.0 + 1)), "and then they are the school's own");
    assert!(
        !may_change(&directory, &head, &Change::Put(until(NOW.0 + 9)), NOW),
        "who was called back is not put in again"
    );
}

#[test]
fn s3_a_groups_office_names_the_first_head_and_no_other() {
    let mut directory = district();
    let mut put = |record| directory.change(&[Change::Put(record)]).expect("it fits");
    put(Record::School(school("fresh")));
    put(Record::Person(person("new")));
    let joins = Record::Membership(membership("fresh", "qinghe", ALWAYS));
    let may = |directory: &Directory, who: &str, record: &Record| {
        may_change(directory, &id(who), &Change::Put(record.clone()), NOW)
    };
    assert!(may(&directory, "secretary", &joins), "a school that nobody is in yet");
    assert!(!may(&directory, "beiguan-head", &joins));
    directory.change(&[Change::Put(joins)]).expect("it fits");
    let head = Seat { span: Span::from(UnixMillis(500)), ..seat("new", "school:fresh", "head", ALWAYS) };
    assert!(may(&directory, "secretary", &Record::Seat(head.clone())));
    assert!(may_change(&directory, &id("secretary"), &Change::Put(puts("new", "school:fresh", "teacher")), NOW));
    let until = Some(UnixMillis(900));
    let over = Seat { span: Span { until, ..head.span }, ..head };
    directory.change(&[Change::Put(Record::Seat(over))]).expect("it fits");
    assert!(!may(&directory, "secretary", &puts("new", "school:fresh", "head")), "the next head is not its to name");
}

#[test]
fn s3_memberships_need_both_sides_and_end_by_either() {
    let beiguan = membership("beiguan", "qinghe", ALWAYS);
    let with = |span: (i64, Option<i64>), membership: &Membership| {
        let span = Span { since: UnixMillis(span.0), until: span.1.map(UnixMillis) };
        Record::Membership(Membership { span, ..membership.clone() })
    };
    let left = membership("nan", "dongshan", ALWAYS);
    let to_come = membership("bei", "dongshan", ALWAYS);
    let leads = Record::Membership(Membership { leads: true, ..beiguan.clone() });
    let mut directory = district();
    let heads = [
        Record::Person(person("dongshan-general")),
        Record::Person(person("nan-head")),
        puts("dongshan-general", "group:dongshan", "general-head"),
        puts("nan-head", "school:nan", "head"),
    ];
    directory.change(&heads.map(Change::Put)).expect("they fit");
    let rows = [
        ("a school leaves", "beiguan-head", with((0, Some(1_000)), &beiguan), true),
        ("a group lets it go", "secretary", with((0, Some(1_000)), &beiguan), true),
        ("another school has no say", "shiyan-head", with((0, Some(1_000)), &beiguan), false),
        ("nor a teacher", "beiguan-teacher", with((0, Some(1_000)), &beiguan), false),
        ("a school does not make itself the lead", "beiguan-head", leads.clone(), false),
        ("its group does", "secretary", leads, true),
        ("nobody is pulled in", "secretary", Record::Membership(membership("xi", "qinghe", ALWAYS)), false),
        ("nor pulled back", "dongshan-general", with((0, None), &left), false),
        ("not by moving its whole time either", "dongshan-general", with((999, Some(2_000)), &left), false),
        ("nor sooner than was agreed", "dongshan-general", with((500, None), &to_come), false),
        ("nor does a school come back by itself", "nan-head", with((0, None), &left), false),
    ];
    for (what, who, record, expected) in rows {
        assert_eq!(may_change(&directory, &id(who), &Change::Put(record), NOW), expected, "{what}: {who}");
    }
}

#[test]
fn s3_bodies_are_changed_by_those_who_manage_them_and_kinds_by_operators() {
    let named = |name: &str| Record::School(School { name: "别名".into(), ..school(name) });
    let Record::Group(qinghe) = group("qinghe", "cooperative") else { panic!("a group") };
    let renamed = Record::Group(Group { name: "别名".into(), ..qinghe.clone() });
    let fused = Record::Group(Group { kind: id("fused"), ..qinghe });
    let dissolved = |team: Team| Record::Team(Team { ended: Some(NOW), ..team });
    check(&[
        ("a group's name", "secretary", renamed, true),
        ("not its kind", "secretary", fused.clone(), false),
        ("that is the region's", "operator", fused, true),
        ("no new groups", "general", group("another", "fused"), false),
        ("the region's words", "general", region(), false),
        ("the region's words", "operator", region(), true),
        ("a school's name", "beiguan-head", named("beiguan"), true),
        ("by its group's office", "secretary", named("beiguan"), true),
        ("not by another school", "beiguan-head", named("shiyan"), false),
        ("a new school", "secretary", named("another"), true),
        ("not by a school", "beiguan-head", named("another"), false),
        ("a new team in the own school", "beiguan-office", Record::Team(team("new", "school:beiguan")), true),
        ("a new team in the own group", "beiguan-head", Record::Team(team("new", "group:qinghe")), true),
        ("not in another school", "beiguan-head", Record::Team(team("new", "school:shiyan")), false),
        ("not by a teacher", "beiguan-teacher", Record::Team(team("new", "school:beiguan")), false),
        ("its leader dissolves a team", "maths-lead", dissolved(team("maths", "group:qinghe")), true),
        ("a member does not", "maths-member", dissolved(team("maths", "group:qinghe")), false),
        ("its school does", "beiguan-office", dissolved(team("beiguan-maths", "school:beiguan")), true),
        (
            "a cooperative group's office does not: whose people its guests are would be another's",
            "secretary",
            dissolved(team("beiguan-maths", "school:beiguan")),
            false,
        ),
        (
            "a dissolved team's leader does not revive it",
            "old-member",
            Record::Team(team("beiguan-old", "school:beiguan")),
            false,
        ),
    ]);
}

#[test]
fn s3_accounts_are_their_schools_and_groups() {
    let phone = |name: &str| Record::Person(Person { phone: Some("13900000000".into()), ..person(name) });
    let suspended = |name: &str| Record::Person(Person { suspended: Some(NOW), ..person(name) });
    let closed = |name: &str| Record::Person(Person { closed: Some(NOW), ..person(name) });
    let operator = |name: &str| Record::Person(Person { operator: true, ..person(name) });
    check(&[
        ("a new account", "maths-lead", phone("new"), true),
        ("not by a teacher", "beiguan-teacher", phone("new"), false),
        ("not an operator's", "general", operator("new"), false),
        ("how a teacher signs in", "beiguan-office", phone("beiguan-teacher"), true),
        ("not by a cooperative group's office", "secretary", phone("beiguan-teacher"), false),
        ("which may suspend", "secretary", suspended("beiguan-teacher"), true),
        ("not close: what lies there has to go to somebody", "secretary", closed("beiguan-teacher"), false),
        ("its school closes it", "beiguan-office", closed("beiguan-teacher"), true),
        ("but not a head", "secretary", suspended("beiguan-head"), false),
        ("by an entrusted school's own head", "entrusted-head", phone("entrusted-author"), false),
        ("not by another school", "shiyan-head", suspended("beiguan-teacher"), false),
        ("who teaches on two campuses", "beiguan-head", phone("both"), false),
        ("nor suspended by one of them", "beiguan-head", suspended("both"), false),
        ("who has only a team", "maths-lead", phone("maths-guest"), true),
        ("not by a member", "maths-member", phone("maths-guest"), false),
        ("whose head is still to come", "beiguan-head", phone("beiguan-next"), true),
        ("nor an operator's account", "general", phone("operator"), false),
        ("nobody becomes an operator", "beiguan-head", operator("beiguan-teacher"), false),
        ("not oneself either", "beiguan-head", operator("beiguan-head"), false),
        ("an operator may", "operator", operator("beiguan-head"), true),
    ]);
}

#[test]
fn s3_a_teams_leader_does_not_own_the_accounts_of_its_members() {
    let mut directory = district();
    let take_in = Change::Put(puts("beiguan-teacher", "team:maths", "member"));
    assert!(may_change(&directory, &id("secretary"), &take_in, NOW));
    directory.change(&[take_in]).expect("it fits");
    assert!(!may_administer(&directory, &id("maths-lead"), &id("beiguan-teacher"), NOW));
    assert!(!may_look_after(&directory, &id("maths-lead"), &id("beiguan-teacher"), NOW));
    assert!(may_administer(&directory, &id("beiguan-head"), &id("beiguan-teacher"), NOW));
}

#[test]
fn s3_nobody_hires_away_the_account_of_another_schools_guest() {
    let mut directory = district();
    let hire = Change::Put(puts("beiguan-maths-member", "school:shiyan", "teacher"));
    assert!(may_change(&directory, &id("shiyan-head"), &hire, NOW), "they may be called to a second school");
    directory.change(&[hire]).expect("it fits");
    assert!(!may_administer(&directory, &id("shiyan-head"), &id("beiguan-maths-member"), NOW));
}

#[test]
fn s3_nobody_may_ask_for_a_removal() {
    let directory = district();
    let key = Record::Person(person("beiguan-teacher")).key();
    for who in ["operator", "beiguan-head", "nobody"] {
        assert!(!may_change(&directory, &id(who), &Change::Remove(key.clone()), NOW), "{who}");
    }
}

#[test]
fn who_looks_after_what() {
    let directory = district();
    let rows = [
        ("operator", "school:xi", true),
        ("secretary", "group:qinghe", true),
        ("secretary", "school:beiguan", true),
        ("secretary", "team:beiguan-maths", true),
        ("secretary", "school:xi", false),
        ("secretary", "school:ya", false),
        ("beiguan-head", "school:beiguan", true),
        ("beiguan-head", "group:qinghe", false),
        ("beiguan-head", "team:maths", false),
        ("maths-lead", "team:maths", true),
        ("maths-member", "team:maths", false),
        ("inspector", "group:qinghe", false),
        ("suspended", "school:beiguan", false),
        ("nobody", "school:beiguan", false),
    ];
    for (who, what, expected) in rows {
        assert_eq!(administers(&directory, &id(who), &body(what), NOW), expected, "{who}: {what}");
    }
    for (who, expected) in [("operator", true), ("maths-lead", true), ("maths-member", false), ("closed", false)] {
        assert_eq!(administers_anything(&directory, &id(who), NOW), expected, "{who}");
    }
}
