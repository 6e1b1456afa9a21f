//! Nobody learns of what the judge keeps from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use shared::access::{DocumentAccess, Grantee, Right, Share, right};
use shared::library::{Facet, Question, Scope, Sort};
use shared::organisation::{Change, Key, Shelf};
use shared::words::UnixMillis;

use super::super::{Answer, Asker, Part, Text, What};
use super::{Entry, NOW, Stage, entry, numbers, on, question};

const PEOPLE: [&str; 14] = [
    "teacher-0",
    "teacher-1",
    "teacher-2",
    "teacher-3",
    "teacher-4",
    "head-0",
    "head-1",
    "head-2",
    "head-3",
    "head-4",
    "guest",
    "general-0",
    "general-1",
    "nobody",
];
const WORDS: [&str; 6] = ["分数", "小数", "集体备课", "fen shu", "unit", "練習"];
const QUESTIONS: [&str; 9] = ["", "分数", "份数", "fenshu", "fs", "分数 练习", "集体备课练习题", "unti", "的"];

fn a_shelf() -> impl Strategy<Value = Shelf> {
    let number = 0..5_usize;
    prop_oneof![
        (0..PEOPLE.len()).prop_map(|person| format!("person:{}", PEOPLE[person])),
        number.clone().prop_map(|number| format!("team:team-{number}")),
        number.clone().prop_map(|number| format!("school:school-{number}")),
        number.prop_map(|number| format!("group:group-{number}")),
    ]
    .prop_map(|shelf| shelf.parse().unwrap())
}

fn a_share() -> impl Strategy<Value = Share> {
    a_shelf().prop_map(|shelf| {
        let with = match shelf {
            Shelf::Person(id) => Grantee::Person(id),
            Shelf::Team(id) => Grantee::Team(id),
            Shelf::School(id) => Grantee::School(id),
            Shelf::Group(id) => Grantee::Group(id),
        };
        Share { with, right: Right::View }
    })
}

fn an_access() -> impl Strategy<Value = DocumentAccess> {
    let author = (0..PEOPLE.len()).prop_map(|person| PEOPLE[person].parse().unwrap());
    (author, a_shelf(), prop::collection::vec(a_share(), 0..2), prop::bool::weighted(0.1))
        .prop_map(|(author, shelf, shares, binned)| DocumentAccess { author, shelf, shares, binned, session: None })
}

/// The answer from what the person sees, as if there were nothing else.
fn check(
    stage: &Stage,
    everything: &[Entry],
    person: &str,
    question: &Question,
    now: UnixMillis,
) -> Result<(), TestCaseError> {
    let person = person.parse().unwrap();
    let asker = Asker { person: &person, directory: &stage.directory, now };
    let answer = stage.search.find(question, asker).unwrap();
    let sees = |entry: &&Entry| !entry.access.binned && right(&stage.directory, &person, &entry.access, now).is_some();
    let seen: BTreeMap<u32, &Entry> = everything.iter().filter(sees).map(|entry| (entry.number, entry)).collect();
    let found = numbers(&answer);
    prop_assert!(found.iter().all(|number| seen.contains_key(number)), "{person} finds {found:?} of {:?}", seen.keys());
    prop_assert_eq!(answer.total as usize, found.len());
    if question.q.is_empty() && question.scope == Scope::Everywhere {
        prop_assert_eq!(found.iter().collect::<BTreeSet<_>>(), seen.keys().collect::<BTreeSet<_>>());
    }
    prop_assert_eq!(counts(&answer), counted(found.iter().map(|number| seen[number])));
    Ok(())
}

fn counts(answer: &Answer) -> BTreeMap<(Facet, String), u32> {
    let each = |(facet, counts): (&Facet, &Vec<shared::library::FacetCount>)| {
        counts.iter().map(|one| ((*facet, one.value.clone()), one.count)).collect::<Vec<_>>()
    };
    answer.facets.iter().flat_map(each).collect()
}

fn counted<'a>(entries: impl Iterator<Item = &'a Entry>) -> BTreeMap<(Facet, String), u32> {
    let mut counts = BTreeMap::new();
    for entry in entries {
        let school = entry.school.clone().map(|school| (Facet::School, school.to_string()));
        for value in entry.values.iter().cloned().chain(school).collect::<BTreeSet<_>>() {
            *counts.entry(value).or_default() += 1;
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_person_finds_and_counts_what_the_judge_lets_them_see(
        accesses in prop::collection::vec((an_access(), 0..WORDS.len(), 0..3_usize), 1..40),
        changes in prop::collection::vec((0..40_usize, an_access()), 0..6),
    ) {
        let stage = Stage::new();
        let mut entries: Vec<Entry> = Vec::new();
        for (number, (access, word, tag)) in accesses.into_iter().enumerate() {
            let values = vec![(Facet::Tag, format!("tag-{tag}")), (Facet::Subject, WORDS[word].to_owned())];
            let entry = Entry { access, values, ..entry(number as u32) };
            stage.put(entry.clone(), Text { title: WORDS[word], also: &["练习"], body: "分数的", parts: &[] });
            entries.push(entry);
        }
        stage.search.commit(1).unwrap();
        let later = UnixMillis(NOW.0 + 2 * UnixMillis::DAY);
        let everybody = |entries: &[Entry]| -> Result<(), TestCaseError> {
            for person in PEOPLE {
                for q in QUESTIONS {
                    check(&stage, entries, person, &question(q), NOW)?;
                }
                check(&stage, entries, person, &Question { sort: Sort::MostUsed, ..question("分数") }, later)?;
                check(&stage, entries, person, &Question { scope: Scope::Mine, ..question("") }, NOW)?;
            }
            Ok(())
        };
        everybody(&entries)?;
        // No commit: a right that is taken away is gone at once.
        for (at, access) in changes {
            if let Some(entry) = entries.get_mut(at) {
                entry.access = access;
                stage.search.put_row(entry.clone());
            }
        }
        everybody(&entries)?;
    }
}

#[test]
fn a_right_that_ends_is_gone_with_the_next_question() {
    let mut stage = Stage::new();
    stage.put(
        Entry { access: on("school:school-2".parse().unwrap()), ..entry(0) },
        Text { title: "分数", ..Text::default() },
    );
    stage.search.commit(1).unwrap();
    let guest = "guest".parse().unwrap();
    let total = |stage: &Stage, now| {
        stage.search.find(&question("分数"), Asker { person: &guest, directory: &stage.directory, now }).unwrap().total
    };
    assert_eq!(total(&stage, NOW), 1);
    assert_eq!(total(&stage, UnixMillis(NOW.0 + UnixMillis::DAY - 1)), 1);
    assert_eq!(total(&stage, UnixMillis(NOW.0 + UnixMillis::DAY)), 0, "their seat has ended");
    assert_eq!(total(&stage, NOW), 1);
    let mut changed = (*stage.directory).clone();
    let seat = changed.seats_of(&guest).next().unwrap().id.clone();
    changed.change(&[Change::Remove(Key::Seat(seat))]).unwrap();
    stage.directory = Arc::new(changed);
    assert_eq!(total(&stage, NOW), 0, "another directory");
    stage.search.remove_row(0);
    assert_eq!(stage.ask("head-2", &question("分数")), Answer::default());
}

/// A collection of school 0 with a note on something that only `head-0` sees.
fn with_a_note(stage: &Stage) -> Entry {
    let part = Part { id: 7, access: on("person:head-0".parse().unwrap()) };
    let one = Entry { parts: vec![part], ..entry(0) };
    stage.put(one.clone(), Text { title: "学具", body: "分一分", parts: &[(7, "秘密折纸")], ..Text::default() });
    stage.put(entry(1), Text { title: "分数", ..Text::default() });
    stage.search.commit(1).unwrap();
    one
}

#[test]
fn a_part_is_found_by_those_who_see_what_it_is_about_and_leaves_no_trace_for_others() {
    let (stage, without) = (Stage::new(), Stage::new());
    let one = with_a_note(&stage);
    without.put(Entry { parts: Vec::new(), ..one }, Text { title: "学具", body: "分一分", ..Text::default() });
    without.put(entry(1), Text { title: "分数", ..Text::default() });
    without.search.commit(1).unwrap();
    for q in ["秘密折纸", "折纸", "折止", "折志", "秘密 分数", "学具 折纸", "学具", "秘", "zhezhi", ""]
    {
        let (answer, expected) = (stage.find(q), without.find(q));
        assert_eq!(
            (numbers(&answer), answer.total, answer.relaxed),
            (numbers(&expected), expected.total, expected.relaxed),
            "{q}"
        );
        assert_eq!(answer.facets, expected.facets, "{q}");
    }
    for (q, found) in [("秘密折纸", 1), ("学具 折纸", 1), ("学具", 1), ("分一分", 1)] {
        let answer = stage.ask("head-0", &question(q));
        assert_eq!((numbers(&answer)[0], answer.total), (0, found), "{q}: once, however many of its texts fit");
    }
    assert!(stage.ask("head-1", &question("折纸")).hits.is_empty());
}

#[test]
fn a_part_that_has_become_another_is_not_found_by_its_old_text() {
    let stage = Stage::new();
    let mut one = with_a_note(&stage);
    one.parts[0].id = 8;
    stage.search.put_row(one.clone());
    assert!(stage.ask("head-0", &question("折纸")).hits.is_empty(), "the index has only the old text");
    one.parts[0] = Part { id: 7, access: on("school:school-4".parse().unwrap()) };
    stage.search.put_row(one);
    assert!(
        stage.ask("head-0", &question("折纸")).hits.is_empty(),
        "no commit: a right that is taken away is gone at once"
    );
}

#[test]
fn a_glimpse_has_the_best_of_each_sort_and_nothing_that_is_not_seen() {
    let stage = Stage::new();
    for number in 0..12 {
        let what = [What::Document, What::Item, What::Collection][number as usize % 3];
        let shelf = if number < 6 { "school:school-0" } else { "person:head-4" };
        let one = Entry { what, access: on(shelf.parse().unwrap()), ..entry(number) };
        stage.put(one, Text { title: "分数", ..Text::default() });
    }
    stage.search.commit(1).unwrap();
    let glimpse = |person: &str, q: &str| {
        let person = person.parse().unwrap();
        let asker = Asker { person: &person, directory: &stage.directory, now: NOW };
        let groups = stage.search.glimpse(q, 1, asker).unwrap().groups;
        groups.into_iter().map(|(what, group)| (what, group.total, group.hits[0].number)).collect::<Vec<_>>()
    };
    // Of what fits alike the newest is first.
    let expected = [(What::Document, 2, 3), (What::Item, 2, 4), (What::Collection, 2, 5)];
    assert_eq!(glimpse("teacher-0", "fenshu"), expected);
    assert_eq!(glimpse("teacher-4", "fenshu"), []);
    assert_eq!(glimpse("teacher-0", " "), []);
}

#[test]
fn what_others_keep_does_not_change_how_closely_one_looks() {
    let stage = Stage::new();
    let own = |number| Entry { access: on("school:school-0".parse().unwrap()), ..entry(number) };
    let secret = |number| Entry { access: on("person:head-4".parse().unwrap()), ..entry(number) };
    stage.put(own(0), Text { title: "分数", ..Text::default() });
    stage.search.commit(1).unwrap();
    let before = stage.find("份数");
    for number in 1..20 {
        stage.put(secret(number), Text { title: "份数", ..Text::default() });
    }
    stage.search.commit(2).unwrap();
    let after = stage.find("份数");
    assert_eq!((numbers(&after), after.total, after.relaxed, after.facets), (numbers(&before), 1, true, before.facets));
}

/// How much is compared for a question of somebody who sees little, with so many texts that they do not see.
fn compared(unseen: u32, body: &str, q: &str) -> u64 {
    let stage = Stage::new();
    for number in 0..20 + unseen {
        let (shelf, text) = match number {
            0..20 => (Shelf::School(super::school(0)), "备课，分组，点数，小结"),
            _ => ("person:head-4".parse().unwrap(), body),
        };
        let one = Entry { access: on(shelf), ..entry(number) };
        stage.put(one, Text { title: "一课", body: text, ..Text::default() });
    }
    stage.search.commit(1).unwrap();
    let person = "teacher-0".parse().unwrap();
    let asker = Asker { person: &person, directory: &stage.directory, now: NOW };
    let long = Instant::now() + Duration::from_secs(60);
    let (answer, compared) = stage.search.find_until(&question(q), asker, long).unwrap();
    assert!(!answer.partial && answer.total == 0, "{answer:?}");
    compared
}

#[test]
fn nothing_is_compared_in_texts_that_the_asker_does_not_see() {
    // The texts that are seen have neither; those that are not seen have the phrase, or only its pairs.
    for q in ["认识分数的意义", "分数的意义 unit", "第3单元un"] {
        let none = compared(0, "", q);
        for body in ["认识分数的意义，第3单元unit", "分数的，认识分，数的意，意义", "识分数，认识"]
        {
            assert_eq!(compared(500, body, q), none, "{q} in {body}");
        }
    }
}

#[test]
fn a_question_that_takes_too_long_is_answered_in_part_and_says_so() {
    let stage = Stage::with_titles(&["认识分数", "分数的意义", "小数"]);
    let person = "teacher-0".parse().unwrap();
    let asker = Asker { person: &person, directory: &stage.directory, now: NOW };
    let now = Instant::now();
    let ask = |q: &str, until| stage.search.find_until(&question(q), asker, until).unwrap().0;
    let whole = ask("认识分数", now + Duration::from_secs(60));
    assert_eq!((numbers(&whole)[0], whole.partial), (0, false));
    let part = ask("认识分数", now);
    assert!(part.partial && part.total < whole.total, "{part:?}");
    assert!(!ask("", now).partial, "without words nothing is looked for");
}
