//! Promises of the search, kept by the whole of it.

mod files;
mod finding;
mod rights;

use std::sync::Arc;

use shared::access::DocumentAccess;
use shared::library::{Facet, Question, Scope, Sort};
use shared::organisation::{
    Body, Change, Directory, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Shelf, Team,
    TeamSort, Vocabulary,
};
use shared::words::{SchoolId, Span, UnixMillis, UserId};
use tempfile::TempDir;

use super::{Answer, Asker, Entry, Search, Text, What};

const NOW: UnixMillis = UnixMillis(1_000 * UnixMillis::DAY);

/// A search in a folder of its own, over a small district.
struct Stage {
    search: Search,
    directory: Arc<Directory>,
    folder: TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let search = Search::open(&folder.path().join("index")).unwrap();
        Self { search, directory: Arc::new(district()), folder }
    }

    /// Entries on the shelf of school 0, where `teacher-0` sees them.
    fn with_titles(titles: &[&str]) -> Self {
        let stage = Self::new();
        for (number, title) in titles.iter().enumerate() {
            stage.put(entry(number as u32), Text { title, ..Text::default() });
        }
        stage.search.commit(1).unwrap();
        stage
    }

    fn put(&self, entry: Entry, text: Text<'_>) {
        self.search.put_text(entry.number, &text).unwrap();
        self.search.put_row(entry);
    }

    fn ask(&self, person: &str, question: &Question) -> Answer {
        let person: UserId = person.parse().unwrap();
        self.search.find(question, Asker { person: &person, directory: &self.directory, now: NOW }).unwrap()
    }

    fn find(&self, q: &str) -> Answer {
        self.ask("teacher-0", &question(q))
    }

    fn found(&self, q: &str) -> Vec<u32> {
        numbers(&self.find(q))
    }
}

fn numbers(answer: &Answer) -> Vec<u32> {
    answer.hits.iter().map(|hit| hit.number).collect()
}

fn question(q: &str) -> Question {
    Question {
        q: q.to_owned(),
        scope: Scope::Everywhere,
        filters: Default::default(),
        sort: Sort::Relevance,
        offset: 0,
        limit: 100,
    }
}

fn entry(number: u32) -> Entry {
    Entry {
        number,
        what: What::Item,
        key: format!("item:{number}"),
        parts: Vec::new(),
        access: on(Shelf::School(school(0))),
        values: vec![(Facet::Kind, "courseware".to_owned())],
        school: Some(school(0)),
        changed: UnixMillis(i64::from(number)),
        uses: 0,
    }
}

fn on(shelf: Shelf) -> DocumentAccess {
    DocumentAccess { author: "teacher-1".parse().unwrap(), shelf, shares: Vec::new(), binned: false, session: None }
}

fn school(number: usize) -> SchoolId {
    format!("school-{number}").parse().unwrap()
}

/// Schools 0 and 1 in group 0, 2 and 3 in group 1, 4 in none; team 0 of group 0, team 1 of school 1. In each school a
/// head and a teacher, in each group a general head.
fn district() -> Directory {
    let words = Vocabulary::usual();
    let kinds: Vec<_> = words.kinds.iter().map(|kind| kind.id.clone()).collect();
    let region: shared::words::RegionId = "region".parse().unwrap();
    let mut records = vec![Record::Region(Region { id: region.clone(), name: "区".into(), vocabulary: words })];
    for number in 0..2 {
        records.push(Record::Group(Group {
            id: format!("group-{number}").parse().unwrap(),
            region: region.clone(),
            name: format!("集团{number}"),
            kind: kinds[number % kinds.len()].clone(),
            founded: None,
        }));
    }
    for number in 0..5 {
        records.push(Record::School(School {
            id: school(number),
            region: region.clone(),
            name: format!("学校{number}"),
            seal: "实".into(),
            sort: SchoolSort::Primary,
            rural: false,
            pupils: None,
        }));
        if number < 4 {
            records.push(Record::Membership(Membership {
                id: format!("place-{number}").parse().unwrap(),
                group: format!("group-{}", number / 2).parse().unwrap(),
                school: school(number),
                leads: number % 2 == 0,
                span: Span::from(UnixMillis(0)),
                reason: String::new(),
                handed_over: String::new(),
            }));
        }
    }
    let homes = [Body::Group("group-0".parse().unwrap()), Body::School(school(1))];
    for (number, home) in homes.into_iter().enumerate() {
        records.push(Record::Team(Team {
            id: format!("team-{number}").parse().unwrap(),
            home,
            name: format!("组{number}"),
            sort: TeamSort::Research,
            subject: String::new(),
            stage: String::new(),
            ended: None,
        }));
    }
    let mut sit = |person: &str, body: Body, post: &str, until: Option<UnixMillis>| {
        let person: UserId = person.parse().unwrap();
        let id = format!("seat-{}", records.len()).parse().unwrap();
        if !records.iter().any(|record| matches!(record, Record::Person(other) if other.id == person)) {
            records.push(Record::Person(Person::new(person.clone(), "某人", person.as_str(), UnixMillis(0))));
        }
        let span = Span { since: UnixMillis(0), until };
        records.push(Record::Seat(Seat { id, person, body, post: post.parse().unwrap(), main: false, span }));
    };
    for number in 0..5 {
        sit(&format!("teacher-{number}"), Body::School(school(number)), "teacher", None);
        sit(&format!("head-{number}"), Body::School(school(number)), "head", None);
    }
    // Tomorrow they are nobody in school 2 any more.
    sit("guest", Body::School(school(2)), "teacher", Some(UnixMillis(NOW.0 + UnixMillis::DAY)));
    sit("teacher-0", Body::Team("team-0".parse().unwrap()), "member", None);
    sit("general-0", Body::Group("group-0".parse().unwrap()), "general-head", None);
    sit("general-1", Body::Group("group-1".parse().unwrap()), "general-head", None);
    let mut directory = Directory::default();
    let changes: Vec<_> = records.into_iter().map(Change::Put).collect();
    directory.change(&changes).unwrap();
    directory
}
