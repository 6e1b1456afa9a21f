//! Changes of the organisation: all or none, with their way back, and every reason why one does not fit.

mod organisation_support;

use organisation_support::generated::{KINDS, any_directory, any_membership, any_person, any_seat, any_team, any_time};
use organisation_support::{
    ALWAYS, ENDING, NOW, OVER, TO_COME, directory, group, id, membership, person, records, region, school, seat, team,
};
use proptest::prelude::*;
use shared::organisation::{
    Body, BodyKind, Change, Directory, Group, GroupKind, Key, Membership, Misfit, MisfitAt, Person, Post, Record,
    Region, School, Seat, Sizes, Team, Term, Uses, Vocabulary, Warning, Wording,
};
use shared::words::{Span, UnixMillis};

/// Two schools in a group, a team, and Ann, who teaches and leads the team; Bea has only an account.
fn small() -> Directory {
    directory([
        region(),
        group("group", "joint"),
        Record::School(school("lead")),
        Record::School(school("member")),
        Record::School(school("alone")),
        Record::Membership(Membership { leads: true, ..membership("lead", "group", ALWAYS) }),
        Record::Membership(membership("member", "group", ENDING)),
        Record::Team(team("team", "group:group")),
        Record::Team(team("quiet", "school:member")),
        Record::Person(Person {
            phone: Some("13900000001".into()),
            email: Some("ann@school.cn".into()),
            ..person("ann")
        }),
        Record::Person(person("bea")),
        Record::Seat(seat("ann", "school:lead", "teacher", ALWAYS)),
        Record::Seat(seat("ann", "team:team", "research-lead", ENDING)),
    ])
}

fn misfit(change: Change) -> Option<Misfit> {
    let before = small();
    let mut after = before.clone();
    let result = after.change(std::slice::from_ref(&change));
    let misfit = result.err().map(|MisfitAt { at, misfit }| {
        assert_eq!(at, 0);
        misfit
    });
    if misfit.is_some() {
        assert_eq!(before, after, "a misfit leaves all as it was");
    }
    misfit
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let no_kind = Group { kind: id("never"), ..a_group() };
    let backwards = Span { since: NOW, until: Some(UnixMillis(0)) };
    let ann = |change: &dyn Fn(&mut Person)| {
        let mut bea = person("bea");
        change(&mut bea);
        Record::Person(bea)
    };
    let again = |seat: Seat| Record::Seat(Seat { id: id("again"), ..seat });
    let in_group = |membership: Membership| Record::Membership(Membership { id: id("again"), ..membership });
    let long = "长".repeat(1_001);
    let rows = [
        ("an empty name", Record::School(School { name: String::new(), ..school("lead") }), Misfit::Name),
        (
            "a name with blanks around",
            Record::Team(Team { name: " 组".into(), ..team("team", "group:group") }),
            Misfit::Name,
        ),
        ("a name of two lines", Record::Group(Group { name: "一\n二".into(), ..a_group() }), Misfit::Name),
        ("too long a name", ann(&|bea| bea.name = "长".repeat(101)), Misfit::Name),
        ("a seal of two characters", Record::School(School { seal: "实验".into(), ..school("lead") }), Misfit::Seal),
        ("an empty seal", Record::School(School { seal: String::new(), ..school("lead") }), Misfit::Seal),
        ("a blank seal", Record::School(School { seal: "\u{3000}".into(), ..school("lead") }), Misfit::Seal),
        ("a login in capitals", ann(&|bea| bea.login = "Bea".into()), Misfit::Login),
        ("a login with a blank", ann(&|bea| bea.login = "bea b".into()), Misfit::Login),
        ("a login that is a number", ann(&|bea| bea.login = "138-1234-5678".into()), Misfit::Login),
        ("an empty login", ann(&|bea| bea.login = String::new()), Misfit::Login),
        ("a phone with letters", ann(&|bea| bea.phone = Some("1390000000x".into())), Misfit::Phone),
        ("a short phone", ann(&|bea| bea.phone = Some("1381000".into())), Misfit::Phone),
        ("an e-mail without host", ann(&|bea| bea.email = Some("bea@".into())), Misfit::Email),
        ("an e-mail with two hosts", ann(&|bea| bea.email = Some("bea@a.cn@b.cn".into())), Misfit::Email),
        ("an e-mail in capitals", ann(&|bea| bea.email = Some("Bea@a.cn".into())), Misfit::Email),
        ("another's login", ann(&|bea| bea.login = "ann".into()), Misfit::Taken("ann".into())),
        ("another's phone", ann(&|bea| bea.phone = Some("13900000001".into())), Misfit::Taken("13900000001".into())),
        ("another's phone as login", ann(&|bea| bea.login = "13900000001".into()), Misfit::Taken("13900000001".into())),
        (
            "another's e-mail",
            ann(&|bea| bea.email = Some("ann@school.cn".into())),
            Misfit::Taken("ann@school.cn".into()),
        ),
        ("too long a text", ann(&|bea| bea.teaches = long.clone()), Misfit::TooLong),
        (
            "too long a reason",
            Record::Membership(Membership { reason: long.clone(), ..membership("member", "group", ENDING) }),
            Misfit::TooLong,
        ),
        ("a kind the region lacks", Record::Group(no_kind), Misfit::Kind),
        (
            "a group of no region",
            Record::Group(Group { region: id("never"), ..a_group() }),
            Misfit::Missing(Key::Region(id("never"))),
        ),
        (
            "a school of no region",
            Record::School(School { region: id("never"), ..school("lead") }),
            Misfit::Missing(Key::Region(id("never"))),
        ),
        (
            "a place in no group",
            Record::Membership(membership("lead", "never", ALWAYS)),
            Misfit::Missing(Key::Group(id("never"))),
        ),
        (
            "no school's place",
            Record::Membership(membership("never", "group", ALWAYS)),
            Misfit::Missing(Key::School(id("never"))),
        ),
        ("an end before the beginning", Record::Membership(membership("alone", "group", backwards)), Misfit::Dates),
        ("twice in the group", in_group(membership("lead", "group", OVER)), Misfit::TwiceInGroup),
        (
            "a place of another school",
            Record::Membership(Membership { school: id("alone"), ..membership("lead", "group", ALWAYS) }),
            Misfit::Moved,
        ),
        ("a team of a team", Record::Team(team("new", "team:team")), Misfit::Home),
        ("a team of no group", Record::Team(team("new", "group:never")), Misfit::Missing(Key::Group(id("never")))),
        ("a team of no school", Record::Team(team("new", "school:never")), Misfit::Missing(Key::School(id("never")))),
        ("a team of another home", Record::Team(team("team", "school:lead")), Misfit::Moved),
        (
            "nobody's seat",
            Record::Seat(seat("never", "school:lead", "teacher", ALWAYS)),
            Misfit::Missing(Key::Person(id("never"))),
        ),
        (
            "a seat in no school",
            Record::Seat(seat("bea", "school:never", "teacher", ALWAYS)),
            Misfit::Missing(Key::School(id("never"))),
        ),
        (
            "a seat in no group",
            Record::Seat(seat("bea", "group:never", "office", ALWAYS)),
            Misfit::Missing(Key::Group(id("never"))),
        ),
        (
            "a seat in no team",
            Record::Seat(seat("bea", "team:never", "member", ALWAYS)),
            Misfit::Missing(Key::Team(id("never"))),
        ),
        (
            "a seat that ends before it begins",
            Record::Seat(seat("bea", "school:lead", "teacher", backwards)),
            Misfit::Dates,
        ),
        ("a post the region lacks", Record::Seat(seat("bea", "school:lead", "never", ALWAYS)), Misfit::Post),
        ("a group's post in a school", Record::Seat(seat("bea", "school:lead", "office", ALWAYS)), Misfit::Post),
        ("the same post twice", again(seat("ann", "school:lead", "teacher", TO_COME)), Misfit::TwiceInPost),
        (
            "another's seat",
            Record::Seat(Seat { person: id("bea"), ..seat("ann", "school:lead", "teacher", ALWAYS) }),
            Misfit::Moved,
        ),
    ];
    for (what, record, expected) in rows {
        assert_eq!(misfit(Change::Put(record)), Some(expected), "{what}");
    }
}

#[test]
fn a_vocabulary_names_its_words_once_and_keeps_what_is_used() {
    let changed = |change: &dyn Fn(&mut Vocabulary)| {
        let mut words = Vocabulary::usual();
        change(&mut words);
        misfit(Change::Put(Record::Region(Region { vocabulary: words, ..a_region() })))
    };
    let twice = |word: &str| Some(Misfit::WordTwice(word.to_owned()));
    let used = |word: &str| Some(Misfit::WordInUse { word: word.to_owned(), uses: 1 });
    let word = |zh: &str| Wording::new(zh, "word");
    let term = |zh: &str, until| Term { name: word(zh), span: Span { since: NOW, until: Some(UnixMillis(until)) } };
    let post = |words: &Vocabulary, post: &str| words.posts.iter().position(|known| known.id == id(post)).unwrap();
    let rows: [(&str, Option<Misfit>, Option<Misfit>); 21] = [
        ("as it was", changed(&|_| ()), None),
        ("no word at all of a list", changed(&|words| words.subjects.clear()), None),
        ("a kind twice", changed(&|words| words.kinds.push(words.kinds[0].clone())), twice("融合型")),
        (
            "an id of a kind twice",
            changed(&|words| words.kinds.push(GroupKind { name: word("另一种"), ..words.kinds[0].clone() })),
            twice("另一种"),
        ),
        (
            "a name of a post twice",
            changed(&|words| words.posts.push(Post { id: id("other"), ..words.posts[0].clone() })),
            twice("总校长"),
        ),
        (
            "an id of a post twice",
            changed(&|words| words.posts.push(Post { at: BodyKind::Team, ..words.posts[0].clone() })),
            twice("总校长"),
        ),
        (
            "a post of the same name elsewhere",
            changed(&|words| words.posts.push(Post { id: id("o"), at: BodyKind::Team, ..words.posts[0].clone() })),
            None,
        ),
        ("a subject twice", changed(&|words| words.subjects.push(word("语文"))), twice("语文")),
        ("a domain twice", changed(&|words| words.domains.push(word("健康"))), twice("健康")),
        ("a stage twice", changed(&|words| words.stages.push(words.stages[0].clone())), twice("学前")),
        ("a grade twice", changed(&|words| words.stages[1].grades.push("一年级".to_owned())), twice("一年级")),
        ("a term twice", changed(&|words| words.terms = vec![term("秋", 2_000), term("秋", 3_000)]), twice("秋")),
        ("a term that ends before it begins", changed(&|words| words.terms = vec![term("秋", 0)]), Some(Misfit::Dates)),
        ("a subject without a name", changed(&|words| words.subjects[0].zh.clear()), Some(Misfit::Name)),
        ("a subject without an English name", changed(&|words| words.subjects[0].en.clear()), Some(Misfit::Name)),
        ("a grade without a name", changed(&|words| words.stages[0].grades.push(" ".to_owned())), Some(Misfit::Name)),
        (
            "too many",
            changed(&|words| words.subjects = (0..=100).map(|at| word(&at.to_string())).collect()),
            Some(Misfit::TooManyWords),
        ),
        (
            "as many as there may be",
            changed(&|words| words.subjects = (1..=100).map(|at| word(&at.to_string())).collect()),
            None,
        ),
        ("a kind in use", changed(&|words| words.kinds.retain(|kind| kind.id != id("joint"))), used("共建型")),
        ("a post in use", changed(&|words| drop(words.posts.remove(post(words, "teacher")))), used("教师")),
        (
            "a post in use elsewhere",
            changed(&|words| {
                let at = post(words, "research-lead");
                words.posts[at].at = BodyKind::School;
            }),
            used("教研组长"),
        ),
    ];
    for (what, found, expected) in rows {
        assert_eq!(found, expected, "{what}");
    }
    let free = changed(&|words| {
        words.kinds.retain(|kind| kind.id == id("joint"));
        words.posts.retain(|post| post.id == id("teacher") || post.id == id("research-lead"));
    });
    assert_eq!(free, None, "what nobody uses may go");
}

#[test]
fn uses_count_groups_and_seats_that_are_over_too() {
    let mut directory = small();
    let more = [
        Record::Seat(seat("bea", "school:member", "teacher", OVER)),
        Record::Seat(seat("bea", "team:quiet", "member", ALWAYS)),
        group("other", "joint"),
    ];
    directory.change(&more.map(Change::Put)).expect("they fit");
    let uses = directory.uses(&id("region"));
    let kinds: Vec<_> = uses.kinds.iter().map(|(kind, uses)| (kind.as_str(), *uses)).collect();
    let posts: Vec<_> = uses.posts.iter().map(|(post, uses)| (post.as_str(), *uses)).collect();
    assert_eq!(kinds, [("joint", 2)]);
    assert_eq!(posts, [("member", 1), ("research-lead", 1), ("teacher", 2)]);
    assert_eq!(directory.uses(&id("never")), Uses::default());
}

#[test]
fn only_what_nothing_refers_to_is_removed() {
    let in_use = [
        Key::Region(id("region")),
        Key::Group(id("group")),
        Key::School(id("lead")),
        Key::School(id("member")),
        Key::Team(id("team")),
        Key::Person(id("ann")),
    ];
    for key in in_use {
        assert_eq!(misfit(Change::Remove(key.clone())), Some(Misfit::InUse(key)));
    }
    let missing = Key::Seat(id("never"));
    assert_eq!(misfit(Change::Remove(missing.clone())), Some(Misfit::Missing(missing)));
    let free = [
        Key::School(id("alone")),
        Key::Team(id("quiet")),
        Key::Person(id("bea")),
        Key::Membership(id("member-group")),
        Key::Seat(id("ann-school-lead-teacher")),
    ];
    for key in free {
        assert_eq!(misfit(Change::Remove(key)), None);
    }
}

#[test]
fn what_fits_at_the_edge() {
    let long = "长".repeat(100);
    let rows = [
        ("the longest name", Record::School(School { name: long, ..school("lead") })),
        ("a login in Chinese", Record::Person(Person { login: "林老师".into(), ..person("bea") })),
        ("a phone of another country", Record::Person(Person { phone: Some("+85212345678".into()), ..person("bea") })),
        ("one's own phone again", Record::Person(Person { phone: Some("13900000001".into()), ..person("ann") })),
        (
            "a login that is one's phone",
            Record::Person(Person { login: "13900000001".into(), phone: Some("13900000001".into()), ..person("ann") }),
        ),
        (
            "the same post after the end",
            Record::Seat(Seat { id: id("again"), ..seat("ann", "team:team", "research-lead", TO_COME) }),
        ),
        ("two posts at once", Record::Seat(seat("ann", "school:lead", "head", ALWAYS))),
        ("two schools at once", Record::Seat(seat("ann", "school:member", "teacher", ALWAYS))),
        (
            "a school that comes back",
            Record::Membership(Membership { id: id("again"), ..membership("member", "group", TO_COME) }),
        ),
        ("a school in two groups", group("another", "fused")),
    ];
    for (what, record) in rows {
        assert_eq!(misfit(Change::Put(record)), None, "{what}");
    }
}

#[test]
fn a_batch_may_build_on_itself_and_names_the_one_that_does_not_fit() {
    let mut directory = small();
    let before = directory.clone();
    let zoe =
        [Record::Person(person("zoe")), Record::Seat(seat("zoe", "team:team", "member", ALWAYS))].map(Change::Put);
    let back = directory.change(&zoe).expect("the person comes before the seat");
    let [seat_first, person_last] = back.as_slice() else { panic!("one step back for each") };
    assert_eq!(*seat_first, Change::Remove(Key::Seat(id("zoe-team-team-member"))));
    assert_eq!(*person_last, Change::Remove(Key::Person(id("zoe"))));
    directory.change(&back).expect("the way back fits");
    assert_eq!(directory, before);
    let [person, seat] = zoe;
    let turned = directory.change(&[Change::Put(Record::Person(self::person("yan"))), seat, person]);
    assert_eq!(turned, Err(MisfitAt { at: 1, misfit: Misfit::Missing(Key::Person(id("zoe"))) }));
    assert_eq!(directory, before);
}

#[test]
fn people_are_found_by_what_they_sign_in_with_now() {
    let mut directory = small();
    for name in ["ann", "13900000001", "ann@school.cn"] {
        assert_eq!(directory.person_named(name).map(|ann| ann.name.as_str()), Some("ann"), "{name}");
    }
    let renamed = Person { login: "anna".into(), ..person("ann") };
    directory.change(&[Change::Put(Record::Person(renamed))]).expect("it fits");
    for (name, known) in [("anna", true), ("ann", false), ("13900000001", false), ("ann@school.cn", false)] {
        assert_eq!(directory.person_named(name).is_some(), known, "{name}");
    }
}

#[test]
fn a_group_is_warned_of_its_size_and_of_its_lead_schools() {
    let group = a_group();
    let warned = |sizes: Sizes, records: &[Record]| {
        let words = Vocabulary { sizes, ..Vocabulary::usual() };
        let region = Record::Region(Region { vocabulary: words, ..a_region() });
        let mut directory = small();
        let changes: Vec<_> = std::iter::once(region).chain(records.iter().cloned()).map(Change::Put).collect();
        directory.change(&changes).expect("they fit");
        directory.warnings(&group, NOW)
    };
    let sizes = |schools, pupils| Sizes { schools, pupils };
    let pupils = |name: &str, pupils| Record::School(School { pupils: Some(pupils), ..school(name) });
    let leads = |leads, name: &str| Record::Membership(Membership { leads, ..membership(name, "group", ALWAYS) });
    let of = || id("group");
    let rows = [
        (
            "nothing",
            sizes(Some(2), Some(20)),
            vec![pupils("lead", 10), pupils("member", 10), pupils("alone", 99)],
            vec![],
        ),
        ("no limits", sizes(None, None), vec![pupils("lead", u32::MAX), pupils("member", u32::MAX)], vec![]),
        ("schools", sizes(Some(1), None), vec![], vec![Warning::TooManySchools { group: of(), schools: 2, most: 1 }]),
        (
            "pupils",
            sizes(None, Some(19)),
            vec![pupils("lead", 10), pupils("member", 10)],
            vec![Warning::TooManyPupils { group: of(), pupils: 20, most: 19 }],
        ),
        ("no lead", sizes(None, None), vec![leads(false, "lead")], vec![Warning::NoLeadSchool { group: of() }]),
        ("two", sizes(None, None), vec![leads(true, "member")], vec![Warning::SeveralLeadSchools { group: of() }]),
    ];
    for (what, sizes, records, expected) in rows {
        assert_eq!(warned(sizes, &records), expected, "{what}");
    }
}

#[test]
fn a_seat_stays_the_post_it_was() {
    let mut directory = small();
    let before = directory.seats().next().expect("somebody sits").clone();
    let other = directory.vocabulary(&before.body).expect("there are words").posts.iter();
    let other =
        other.filter(|post| post.at == before.body.kind()).find(|post| post.id != before.post).expect("two posts");
    let changed = Change::Put(Record::Seat(Seat { post: other.id.clone(), ..before }));
    assert_eq!(directory.change(&[changed]).expect_err("it was another").misfit, Misfit::Moved);
}

#[test]
fn turns_are_when_something_begins_or_ends() {
    let directory = small();
    let rows = [
        ("before all", -5, -1, false),
        ("as it begins", -1, 0, true),
        ("in between", 0, 1_000, false),
        ("as it ends", 1_000, 1_001, true),
        ("from the end", 1_001, i64::MAX, false),
        ("no time at all", 1_001, 1_001, false),
        ("backwards", 1_002, -1, false),
    ];
    for (what, from, to, expected) in rows {
        assert_eq!(directory.turns(UnixMillis(from), UnixMillis(to)), expected, "{what}");
    }
}

#[test]
fn a_person_wears_the_seal_of_their_main_school_or_else_their_first() {
    let mut directory = small();
    let mut worn = |record: Record| {
        directory.change(&[Change::Put(record)]).expect("it fits");
        directory.school_of(&id("ann"), NOW).map(|school| school.id.as_str().to_owned())
    };
    let late = Span::from(UnixMillis(5));
    assert_eq!(worn(Record::Seat(seat("ann", "school:alone", "teacher", late))).as_deref(), Some("lead"));
    let main = Seat { main: true, ..seat("ann", "school:alone", "teacher", late) };
    assert_eq!(worn(Record::Seat(main)).as_deref(), Some("alone"));
    assert_eq!(worn(Record::Seat(seat("ann", "school:alone", "teacher", OVER))).as_deref(), Some("lead"));
    assert_eq!(worn(Record::Seat(seat("ann", "school:lead", "teacher", OVER))), None);
}

fn a_region() -> Region {
    match region() {
        Record::Region(region) => region,
        other => panic!("{other:?} is no region"),
    }
}

fn a_group() -> Group {
    match group("group", "joint") {
        Record::Group(group) => group,
        other => panic!("{other:?} is no group"),
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    let put = prop_oneof![
        any_seat().prop_map(Record::Seat),
        any_membership().prop_map(Record::Membership),
        any_team().prop_map(Record::Team),
        any_person().prop_map(Record::Person),
        (0..9_usize, 0..9_usize).prop_map(|(who, login)| {
            Record::Person(Person { phone: Some(format!("1390000000{login}")), ..person(&format!("p{who}")) })
        }),
        (0..9_usize).prop_map(|at| Record::School(school(&format!("s{at}")))),
        (0..4_usize, 0..KINDS.len()).prop_map(|(at, kind)| group(&format!("g{at}"), KINDS[kind])),
        (0..6_usize, 0..17_usize).prop_map(|(kind, post)| {
            let mut region = a_region();
            region.vocabulary.kinds.remove(kind);
            region.vocabulary.posts.remove(post);
            Record::Region(region)
        }),
    ];
    prop_oneof![4 => put.clone().prop_map(Change::Put), 1 => put.prop_map(|record| Change::Remove(record.key()))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_changes_are_made_or_none_and_the_way_back_leads_back(
        before in any_directory(), changes in prop::collection::vec(any_change(), 0..8)
    ) {
        let mut after = before.clone();
        match after.change(&changes) {
            Ok(back) => {
                for change in &changes {
                    let Change::Put(record) = change else { continue };
                    let last = changes.iter().rev().find(|other| match other {
                        Change::Put(other) => other.key() == record.key(),
                        Change::Remove(key) => *key == record.key(),
                    });
                    if last == Some(change) {
                        prop_assert_eq!(after.record(&record.key()), Some(record.clone()));
                    }
                }
                after.change(&back).expect("the way back fits");
            }
            Err(MisfitAt { at, .. }) => {
                let mut alone = before.clone();
                prop_assert!(alone.change(&changes[..at]).is_ok());
                prop_assert!(alone.change(&changes[at..=at]).is_err());
            }
        }
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_directory_is_the_same_however_it_came_about(
        directory in any_directory(), changes in prop::collection::vec(any_change(), 0..20)
    ) {
        let mut changed = directory;
        for change in changes {
            changed.change(&[change]).ok();
        }
        let mut stored = records(&changed);
        stored.reverse();
        prop_assert_eq!(Directory::of(stored), changed);
    }

    #[test]
    fn whatever_begins_or_ends_is_a_turn(directory in any_directory(), from in any_time(), longer in 0..6_i64) {
        let to = UnixMillis(from.0 + longer);
        let within = |at: UnixMillis| from < at && at <= to;
        let spans = directory.seats().map(|seat| seat.span).chain(directory.memberships().map(|place| place.span));
        let dates = spans.flat_map(|span| std::iter::once(span.since).chain(span.until));
        let expected = dates.chain(directory.teams().filter_map(|team| team.ended)).any(within);
        prop_assert_eq!(directory.turns(from, to), expected);
    }

    #[test]
    fn everybody_in_a_body_sits_there(directory in any_directory(), now in any_time()) {
        let teams = directory.teams().map(|team| Body::Team(team.id.clone()));
        let schools = directory.schools().map(|school| Body::School(school.id.clone()));
        for body in teams.chain(schools) {
            for person in directory.people() {
                let sits = directory.current_seats_of(&person.id, now).any(|seat| seat.body == body);
                let found = directory.people_in(&body, now).contains(&person.id);
                prop_assert_eq!(found, sits && person.closed.is_none());
            }
        }
    }
}
