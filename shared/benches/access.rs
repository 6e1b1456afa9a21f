//! What the judge costs for a whole district: `cargo bench -p shared --bench access`.
//!
//! 3,000 people in 180 schools of 60 groups with 400 teams, and 20,000 documents. The goal is at most 5 µs for "may
//! this person do this to that"; everything else is printed without a promise.

use std::hint::black_box;
use std::time::{Duration, Instant};

use shared::access::{Circle, DocumentAccess, Grantee, Right, Share, may_change, right, sight, who};
use shared::organisation::{
    Body, Change, Directory, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Shelf, Team,
    TeamSort, Vocabulary,
};
use shared::words::{RegionId, Span, UnixMillis, UserId};

const PEOPLE: usize = 3_000;
const GROUPS: usize = 60;
const SCHOOLS: usize = 180;
const TEAMS: usize = 400;
const DOCUMENTS: usize = 20_000;
const DECISIONS: usize = 200_000;
const NOW: UnixMillis = UnixMillis(1_000_000);
const GOAL: Duration = Duration::from_micros(5);

fn main() {
    let directory = district();
    let documents = documents();
    let mut dice = Dice(7);

    let pairs: Vec<_> = (0..DECISIONS).map(|_| (user(dice.below(PEOPLE)), dice.below(DOCUMENTS))).collect();
    let mut allowed = 0_usize;
    let took = each(&pairs, |(person, at)| {
        allowed += usize::from(right(&directory, person, &documents[*at], NOW).is_some());
    });
    report("right, anybody on anything", took, Some(GOAL));
    println!("    {allowed} of {DECISIONS} may see it");

    let own: Vec<_> = (0..DECISIONS).map(|_| dice.below(DOCUMENTS)).collect();
    let took = each(&own, |at| {
        black_box(right(&directory, &documents[*at].author, &documents[*at], NOW));
    });
    report("right, an author on theirs", took, Some(GOAL));

    // The worst: drafts of teachers, asked by those who lead fused groups.
    let heads: Vec<_> =
        directory.seats().filter(|seat| seat.post.as_str() == "head").map(|seat| &seat.person).collect();
    let pairs: Vec<_> = (0..DECISIONS)
        .map(|_| {
            let shelf = Shelf::Person(user(dice.below(PEOPLE)));
            let draft = DocumentAccess { author: user(0), shelf, shares: Vec::new(), binned: false, session: None };
            (heads[dice.below(heads.len())], draft)
        })
        .collect();
    let took = each(&pairs, |(person, draft)| {
        black_box(right(&directory, person, draft, NOW));
    });
    report("right, heads on drafts", took, Some(GOAL));

    let some: Vec<_> = (0..200).map(|_| dice.below(DOCUMENTS)).collect();
    let took = each(&some, |at| {
        black_box(who(&directory, &documents[*at], NOW));
    });
    report("who sees a document", took, None);
    let people: Vec<_> = (0..5_000).map(|_| user(dice.below(PEOPLE))).collect();
    let took = each(&people, |person| {
        black_box(sight(&directory, person, NOW));
    });
    report("sight", took, None);
    let took = each(&people, |person| {
        black_box(Circle::of(&directory, person, NOW));
    });
    report("circle", took, None);

    let seats: Vec<Seat> = directory.seats().take(1_000).cloned().collect();
    let ended =
        |seat: &Seat| Change::Put(Record::Seat(Seat { span: Span { until: Some(NOW), ..seat.span }, ..seat.clone() }));
    let took = each(&seats, |seat| {
        black_box(may_change(&directory, &user(0), &ended(seat), NOW));
    });
    report("may_change of a seat", took, None);
    let mut changed = directory.clone();
    let took = each(&seats, |seat| {
        changed.change(&[ended(seat)]).expect("an end fits");
    });
    report("change of a seat", took, None);
    let took = each(&seats[..100], |seat| {
        let mut copy = directory.clone();
        copy.change(&[ended(seat)]).expect("an end fits");
        black_box(copy);
    });
    report("change of a seat in a copy", took, None);
}

/// How long each took, shortest first.
fn each<T>(all: &[T], mut deed: impl FnMut(&T)) -> Vec<Duration> {
    let mut took: Vec<_> = all
        .iter()
        .map(|one| {
            let begun = Instant::now();
            deed(one);
            begun.elapsed()
        })
        .collect();
    took.sort();
    took
}

fn report(what: &str, took: Vec<Duration>, goal: Option<Duration>) {
    let mean = took.iter().sum::<Duration>() / took.len() as u32;
    let p99 = took[took.len() * 99 / 100];
    let verdict = match goal {
        Some(goal) if p99 <= goal => format!("  (goal {goal:?}: kept)"),
        Some(goal) => format!("  (goal {goal:?}: MISSED)"),
        None => String::new(),
    };
    println!("{what:28} mean {mean:>10.2?}   p99 {p99:>10.2?}{verdict}");
}

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn id<I: std::str::FromStr<Err = shared::words::InvalidId>>(kind: &str, number: usize) -> I {
    // As long as real ones.
    format!("{kind}-{number:06}-0123456789").parse().expect("an id")
}

fn user(number: usize) -> UserId {
    id("user", number)
}

fn district() -> Directory {
    let words = Vocabulary::usual();
    let kinds: Vec<_> = words.kinds.iter().map(|kind| kind.id.clone()).collect();
    let region: RegionId = id("region", 0);
    let mut dice = Dice(1);
    let mut records = vec![Record::Region(Region { id: region.clone(), name: "区域".into(), vocabulary: words })];
    for number in 0..GROUPS {
        let (id, kind) = (id("group", number), kinds[number % kinds.len()].clone());
        records.push(Record::Group(Group {
            id,
            region: region.clone(),
            name: format!("集团{number}"),
            kind,
            founded: None,
        }));
    }
    for number in 0..SCHOOLS {
        records.push(Record::School(School {
            id: id("school", number),
            region: region.clone(),
            name: format!("学校{number}"),
            seal: "实".into(),
            sort: SchoolSort::Primary,
            rural: number % 3 == 0,
            pupils: Some(900),
        }));
    }
    // Every school in one group, every tenth in a second.
    let second = (0..SCHOOLS).step_by(10).map(|school| (school, (school + 7) % GROUPS, false));
    let places = (0..SCHOOLS).map(|school| (school, school % GROUPS, school < GROUPS)).chain(second);
    for (number, (school, group, leads)) in places.enumerate() {
        records.push(Record::Membership(Membership {
            id: id("place", number),
            group: id("group", group),
            school: id("school", school),
            leads,
            span: Span::from(UnixMillis(0)),
            reason: String::new(),
            handed_over: String::new(),
        }));
    }
    for number in 0..TEAMS {
        records.push(Record::Team(Team {
            id: id("team", number),
            home: if number % 2 == 0 {
                Body::Group(id("group", number % GROUPS))
            } else {
                Body::School(id("school", number % SCHOOLS))
            },
            name: format!("教研组{number}"),
            sort: TeamSort::Research,
            subject: "数学".into(),
            stage: "小学".into(),
            ended: None,
        }));
    }
    for number in 0..PEOPLE {
        records.push(Record::Person(Person {
            id: user(number),
            name: format!("老师{number}"),
            login: format!("teacher{number}"),
            phone: Some(format!("139{number:08}")),
            email: None,
            teaches: "数学 三年级".into(),
            operator: false,
            created: UnixMillis(0),
            suspended: None,
            closed: None,
        }));
    }
    let mut seats = 0;
    let mut sit = |person: usize, body: Body, post: &str, until: Option<UnixMillis>| {
        seats += 1;
        let span = Span { since: UnixMillis(0), until };
        let post = post.parse().expect("a post");
        Record::Seat(Seat { id: id("seat", seats), person: user(person), body, post, main: false, span })
    };
    for person in 0..PEOPLE {
        let school = |number: usize| Body::School(id("school", number % SCHOOLS));
        records.push(sit(person, school(person), if person < SCHOOLS { "head" } else { "teacher" }, None));
        if person % 20 == 0 {
            records.push(sit(person, school(person + 11), "teacher", None));
        }
        // The last years' seats are there, too.
        records.push(sit(person, school(person + 1), "teacher", Some(UnixMillis(10))));
        let team = dice.below(TEAMS);
        records.push(sit(person, Body::Team(id("team", team)), "member", None));
        if person % 3 == 0 {
            records.push(sit(person, Body::Team(id("team", (team + 1) % TEAMS)), "research-lead", None));
        }
        if person < 2 * GROUPS {
            let post = if person < GROUPS { "general-head" } else { "secretary" };
            records.push(sit(person, Body::Group(id("group", person % GROUPS)), post, None));
        }
    }
    let changes: Vec<_> = records.into_iter().map(Change::Put).collect();
    let mut directory = Directory::default();
    directory.change(&changes).expect("the records fit");
    directory
}

fn documents() -> Vec<DocumentAccess> {
    let mut dice = Dice(3);
    (0..DOCUMENTS)
        .map(|number| {
            let author = user(dice.below(PEOPLE));
            let shelf = match number % 10 {
                0..=4 => Shelf::Person(author.clone()),
                5..=7 => Shelf::Team(id("team", dice.below(TEAMS))),
                8 => Shelf::School(id("school", dice.below(SCHOOLS))),
                _ => Shelf::Group(id("group", dice.below(GROUPS))),
            };
            let shares = (0..dice.below(4))
                .map(|_| Share {
                    with: match dice.below(4) {
                        0 => Grantee::Person(user(dice.below(PEOPLE))),
                        1 => Grantee::Team(id("team", dice.below(TEAMS))),
                        2 => Grantee::School(id("school", dice.below(SCHOOLS))),
                        _ => Grantee::Group(id("group", dice.below(GROUPS))),
                    },
                    right: Right::Comment,
                })
                .collect();
            DocumentAccess { author, shelf, shares, binned: number % 50 == 0, session: None }
        })
        .collect()
}
