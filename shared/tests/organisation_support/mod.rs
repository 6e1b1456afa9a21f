//! Organisations for tests: one written down by hand, and any number by chance.

#![allow(dead_code, reason = "each test binary uses its part")]

pub mod generated;

use shared::access::{DocumentAccess, Grantee, Right, Share};
use shared::organisation::{
    Body, BodyKind, Change, Directory, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Shelf,
    Team, TeamSort, Vocabulary,
};
use shared::words::{Span, UnixMillis, UserId};

/// When everything is asked; spans are written as days from it.
pub const NOW: UnixMillis = UnixMillis(1_000);
/// Open from long ago.
pub const ALWAYS: Span = Span { since: UnixMillis(0), until: None };
/// Ended this very moment.
pub const OVER: Span = Span { since: UnixMillis(0), until: Some(NOW) };
/// Ends in a moment.
pub const ENDING: Span = Span { since: UnixMillis(0), until: Some(UnixMillis(1_001)) };
/// Begins in a moment.
pub const TO_COME: Span = Span { since: UnixMillis(1_001), until: None };

pub fn id<I: std::str::FromStr<Err = shared::words::InvalidId>>(text: &str) -> I {
    text.parse().expect("a valid id")
}

pub fn body(text: &str) -> Body {
    text.parse().expect("a body")
}

pub fn region() -> Record {
    Record::Region(Region { id: id("region"), name: "清河区".into(), vocabulary: Vocabulary::usual() })
}

pub fn group(name: &str, kind: &str) -> Record {
    let (id, region) = (id(name), id("region"));
    Record::Group(Group { id, region, name: name.into(), kind: kind.parse().expect("a kind"), founded: None })
}

pub fn school(name: &str) -> School {
    School {
        id: id(name),
        region: id("region"),
        name: name.into(),
        seal: "实".into(),
        sort: SchoolSort::Primary,
        rural: false,
        pupils: None,
    }
}

pub fn membership(school: &str, group: &str, span: Span) -> Membership {
    Membership {
        id: id(&format!("{school}-{group}")),
        group: id(group),
        school: id(school),
        leads: false,
        span,
        reason: String::new(),
        handed_over: String::new(),
    }
}

pub fn team(name: &str, home: &str) -> Team {
    Team {
        id: id(name),
        home: body(home),
        name: name.into(),
        sort: TeamSort::Research,
        subject: String::new(),
        stage: String::new(),
        ended: None,
    }
}

pub fn person(name: &str) -> Person {
    Person {
        id: id(name),
        name: name.into(),
        login: name.into(),
        phone: None,
        email: None,
        teaches: String::new(),
        operator: false,
        created: UnixMillis(0),
        suspended: None,
        closed: None,
    }
}

/// A seat named by who has it, where and as what.
pub fn seat(who: &str, at: &str, post: &str, span: Span) -> Seat {
    let seat = format!("{who}-{}-{post}", at.replace(':', "-"));
    Seat { id: id(&seat), person: id(who), body: body(at), post: id(post), main: false, span }
}

/// Any post of that kind of body, by number.
pub fn post_at(kind: BodyKind, number: usize) -> shared::words::PostId {
    let posts = Vocabulary::usual().posts;
    let there: Vec<_> = posts.into_iter().filter(|post| post.at == kind).collect();
    there[number % there.len()].id.clone()
}

/// Puts all records in, one after another.
pub fn directory(records: impl IntoIterator<Item = Record>) -> Directory {
    let mut directory = Directory::default();
    let changes: Vec<_> = records.into_iter().map(Change::Put).collect();
    directory.change(&changes).expect("the records fit");
    directory
}

/// Every record there is.
pub fn records(directory: &Directory) -> Vec<Record> {
    let mut records: Vec<_> = directory.regions().cloned().map(Record::Region).collect();
    records.extend(directory.groups().cloned().map(Record::Group));
    records.extend(directory.schools().cloned().map(Record::School));
    records.extend(directory.memberships().cloned().map(Record::Membership));
    records.extend(directory.teams().cloned().map(Record::Team));
    records.extend(directory.people().cloned().map(Record::Person));
    records.extend(directory.seats().cloned().map(Record::Seat));
    records
}

pub fn document(author: &str, shelf: &str) -> DocumentAccess {
    DocumentAccess {
        author: id(author),
        shelf: shelf.parse().expect("a shelf"),
        shares: Vec::new(),
        binned: false,
        session: None,
    }
}

pub fn shared_with(document: DocumentAccess, with: Grantee, right: Right) -> DocumentAccess {
    DocumentAccess { shares: vec![Share { with, right }], ..document }
}

/// One document on every shelf there is, by nobody who is there.
pub fn one_on_every_shelf(directory: &Directory) -> Vec<DocumentAccess> {
    let people = directory.people().map(|person| Shelf::Person(person.id.clone()));
    let teams = directory.teams().map(|team| Shelf::Team(team.id.clone()));
    let schools = directory.schools().map(|school| Shelf::School(school.id.clone()));
    let groups = directory.groups().map(|group| Shelf::Group(group.id.clone()));
    let on = |shelf| DocumentAccess {
        author: id::<UserId>("nobody"),
        shelf,
        shares: Vec::new(),
        binned: false,
        session: None,
    };
    people.chain(teams).chain(schools).chain(groups).map(on).collect()
}
