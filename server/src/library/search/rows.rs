//! What is judged, filtered, counted and sorted by, in memory: a change of it holds for the next question.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use shared::access::DocumentAccess;
use shared::library::Facet;
use shared::words::{SchoolId, UnixMillis, UserId};

use super::sees::{Place, Sees};

/// An entry of the library but for its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its own as long as it lives, and small: there is room in memory for each number up to the largest.
    pub number: u32,
    pub what: What,
    /// `item:…`, `document:…`, `collection:…` or `question:…`.
    pub key: String,
    pub access: DocumentAccess,
    /// Texts of it that not everybody sees who sees it.
    pub parts: Vec<Part>,
    /// What it is narrowed down by; [`Facet::School`] is said by `school`.
    pub values: Vec<(Facet, String)>,
    /// The school it comes from.
    pub school: Option<SchoolId>,
    pub changed: UnixMillis,
    /// How often it was taken into somebody's own work.
    pub uses: u32,
}

/// Of what sort an entry is; in the order in which they are shown beside one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    Document,
    Item,
    Collection,
    Question,
}

/// A text of an entry that is found by whoever sees the entry and what this text is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// As the index has it. It comes from the text and from its access: another text, or one that lies elsewhere, is
    /// another part, so that an index that is a moment behind shows nothing to anybody.
    pub id: u64,
    pub access: DocumentAccess,
}

#[derive(Default)]
pub struct Rows {
    /// By number.
    rows: Vec<Row>,
    keys: Vec<Box<str>>,
    /// Facet values of all rows, one after the other, and how many of them are nobody's any more.
    values: Vec<u32>,
    unused: usize,
    /// Of the few that have any, by number.
    parts: HashMap<u32, Vec<PartRow>>,
    pub names: Interned<(Facet, String)>,
    pub places: Interned<Place>,
    pub authors: Interned<UserId>,
}

/// What is read of an entry for each question: small, as a question may go through all of them.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub what: What,
    /// Among [`Rows::places`]; [`NOWHERE`] if nobody sees it.
    pub place: u32,
    pub author: u32,
    pub changed: UnixMillis,
    pub uses: u32,
    begin: u32,
    length: u16,
}

/// Who sees a part, among [`Rows::places`] and [`Rows::authors`].
#[derive(Debug, Clone, Copy)]
struct PartRow {
    id: u64,
    place: u32,
    author: u32,
}

const NOWHERE: u32 = u32::MAX;

const GONE: Row =
    Row { what: What::Document, place: NOWHERE, author: 0, changed: UnixMillis(0), uses: 0, begin: 0, length: 0 };

/// More values than that of one entry are not kept.
const MOST_VALUES: usize = 1_000;

impl Rows {
    /// Puts the entry in, instead of the one of this number.
    pub fn put(&mut self, entry: Entry) {
        let Entry { number, what, key, access, parts, values, school, changed, uses } = entry;
        self.remove(number);
        let DocumentAccess { author, shelf, shares, binned, session } = access;
        // Nobody finds what lies in the bin.
        if binned {
            return;
        }
        let index = number as usize;
        if self.rows.len() <= index {
            self.rows.resize(index + 1, GONE);
            self.keys.resize(index + 1, Box::default());
        }
        let school = school.map(|school| (Facet::School, String::from(school)));
        let values = values.into_iter().filter(|(facet, _)| *facet != Facet::School).chain(school);
        let mut own: Vec<u32> = values.take(MOST_VALUES).map(|value| self.names.of(value)).collect();
        own.sort_unstable();
        own.dedup();
        self.keys[index] = key.into();
        let parts: Vec<PartRow> = parts
            .into_iter()
            .filter(|part| !part.access.binned)
            .map(|Part { id, access: DocumentAccess { author, shelf, shares, binned: _, session } }| PartRow {
                id,
                place: self.places.of(Place { shelf, shares, session }),
                author: self.authors.of(author),
            })
            .collect();
        if !parts.is_empty() {
            self.parts.insert(number, parts);
        }
        self.rows[index] = Row {
            what,
            place: self.places.of(Place { shelf, shares, session }),
            author: self.authors.of(author),
            changed,
            uses,
            begin: self.values.len() as u32,
            length: own.len() as u16,
        };
        self.values.append(&mut own);
    }

    /// Takes the entry of this number out, if there is one.
    pub fn remove(&mut self, number: u32) {
        let Some(row) = self.rows.get_mut(number as usize) else { return };
        self.unused += usize::from(row.length);
        *row = GONE;
        self.keys[number as usize] = Box::default();
        self.parts.remove(&number);
        if self.unused > MOST_UNUSED.max(self.values.len() / 2) {
            self.close_up();
        }
    }

    pub fn get(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize).filter(|row| row.place != NOWHERE)
    }

    pub fn key(&self, number: u32) -> &str {
        self.keys.get(number as usize).map_or("", |key| key)
    }

    /// The row's facet values, among [`Rows::names`].
    pub fn values(&self, row: &Row) -> &[u32] {
        &self.values[row.begin as usize..row.begin as usize + usize::from(row.length)]
    }

    /// The parts that are seen of entries that are; `author` is the asker's number among [`Rows::authors`].
    pub fn parts_seen(&self, sees: &Sees, author: Option<u32>, is_seen: impl Fn(u32) -> bool) -> HashSet<u64> {
        let entries = self.parts.iter().filter(|(number, _)| is_seen(**number));
        let parts = entries.flat_map(|(_, parts)| parts);
        parts.filter(|part| sees.sees(self, part.place, part.author, author)).map(|part| part.id).collect()
    }

    /// How many numbers there is room for.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Row)> {
        let all = self.rows.iter().enumerate().filter(|(_, row)| row.place != NOWHERE);
        all.map(|(number, row)| (number as u32, row))
    }

    /// Moves the values together, so that those of gone rows take no room.
    fn close_up(&mut self) {
        let mut values = Vec::with_capacity(self.values.len() - self.unused);
        for row in &mut self.rows {
            let own = row.begin as usize..row.begin as usize + usize::from(row.length);
            row.begin = values.len() as u32;
            values.extend_from_slice(&self.values[own]);
        }
        (self.values, self.unused) = (values, 0);
    }
}

const MOST_UNUSED: usize = 10_000;

/// Values with numbers of their own, kept as long as the process lives: there are as many as different ones were met.
pub struct Interned<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    fn of(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    pub fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub fn get(&self, number: u32) -> &T {
        &self.all[number as usize]
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use shared::organisation::Shelf;

    use super::*;

    fn entry(number: u32, tag: &str) -> Entry {
        let author: UserId = "ann".parse().unwrap();
        Entry {
            number,
            what: What::Item,
            key: format!("item:{number}"),
            parts: Vec::new(),
            access: DocumentAccess {
                shelf: Shelf::Person(author.clone()),
                author,
                shares: Vec::new(),
                binned: false,
                session: None,
            },
            values: vec![(Facet::Tag, tag.to_owned()), (Facet::Tag, tag.to_owned())],
            school: Some("s1".parse().unwrap()),
            changed: UnixMillis(0),
            uses: 0,
        }
    }

    fn shown(rows: &Rows) -> Vec<(u32, String)> {
        let values = |row| rows.values(row).iter().map(|value| rows.names.get(*value).1.clone()).collect::<Vec<_>>();
        let mut shown: Vec<_> = rows.iter().map(|(number, row)| (number, values(row).join(" "))).collect();
        shown.sort();
        shown
    }

    #[test]
    fn an_entry_has_its_values_however_often_others_change() {
        let mut rows = Rows::default();
        for number in 0..10 {
            rows.put(entry(number, "first"));
        }
        for round in 0..20_000 {
            rows.put(entry(3, ["odd", "even"][round % 2]));
        }
        rows.remove(4);
        rows.remove(99);
        let mut binned = entry(5, "binned");
        binned.access.binned = true;
        rows.put(binned);
        let expected = |number: u32| match number {
            3 => (3, "s1 even".to_owned()),
            number => (number, "first s1".to_owned()),
        };
        let mut expected: Vec<_> = [0, 1, 2, 3, 6, 7, 8, 9].map(expected).into();
        for (_, values) in expected.iter_mut() {
            let mut words: Vec<&str> = values.split(' ').collect();
            words.sort_by_key(|word| {
                rows.names.find(&(if *word == "s1" { Facet::School } else { Facet::Tag }, (*word).to_owned()))
            });
            *values = words.join(" ");
        }
        assert_eq!(shown(&rows), expected);
        assert!(rows.values.len() < 3 * MOST_UNUSED, "{} values are kept", rows.values.len());
        assert_eq!(rows.key(5), "");
    }
}
