//! Finding items and documents by what one types.
//!
//! The search has two halves. [`Rows`] has in memory what entries are judged, filtered, counted and sorted by; a change of
//! it holds for the next question. The index ([`TextIndex`]) has their texts, in a folder, and is as new as its last
//! commit. It only says which numbers fit; whether somebody finds them, the rows decide. Both are filled from the store,
//! and each can be thrown away.

mod asking;
mod counting;
mod marks;
mod numerals;
mod pieces;
pub mod quality;
mod query;
mod rows;
mod scope;
mod sees;
mod sounds;
mod text;
mod tokens;
mod typed;
mod units;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use shared::library::{Facet, FacetCount, Question, Sort};
use tantivy::query::Query;

pub use marks::Marker;
pub use rows::Entry;
pub use sees::Asker;
pub use text::{Broken, Text};

use counting::{Counting, Order};
use query::{Fit, can_be_relaxed, query};
use rows::{Row, Rows};
use scope::Within;
use sees::{Known, Sees};
use text::{Numbers, Scores, TextIndex};
use typed::Typed;

/// The search over all entries of a server. Everything here takes a thread: call it from where one may wait.
pub struct Search {
    rows: RwLock<Rows>,
    text: TextIndex,
    known: Known,
}

/// What was found. Nothing in it comes from an entry the asker doesn't see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// All that fit, however few of them are given out.
    pub total: u32,
    /// Little or nothing fitted as it was typed: these are only like it, what fits best first.
    pub relaxed: bool,
    pub hits: Vec<Hit>,
    /// For each facet its values, the most frequent first; 200 at most, those that are chosen always among them.
    pub facets: BTreeMap<Facet, Vec<FacetCount>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub number: u32,
    pub key: String,
    /// For this answer alone, and not to be shown: it depends on how frequent a word is in all texts.
    pub score: f32,
}

/// Hits of one answer.
pub const MOST_HITS: u32 = 100;
/// How far one can go on from the first hit.
pub const FARTHEST: u32 = 10_000;

/// With fewer hits than that, one looks for what is only like the question, too.
const FEW: usize = 5;
/// With fewer hits than that even then, terms are left out.
const NEXT_TO_NONE: usize = 2;

impl Search {
    /// Opens the index in this folder, which is the search's alone. The rows are empty. Go on from [`Self::stamp`].
    pub fn open(folder: &Path) -> Result<Self, Broken> {
        Ok(Self { rows: RwLock::default(), text: TextIndex::open(folder)?, known: Known::default() })
    }

    /// What the last commit was stamped with; 0 if the index was begun anew and all texts are to be put.
    pub fn stamp(&self) -> u64 {
        self.text.stamp()
    }

    /// Puts what an entry is judged and filtered by in, instead of what was under its number. It holds at once.
    pub fn put_row(&self, entry: Entry) {
        self.rows_to_change().put(entry);
    }

    /// Puts many at once, as at the start.
    pub fn put_rows(&self, entries: impl IntoIterator<Item = Entry>) {
        let mut rows = self.rows_to_change();
        entries.into_iter().for_each(|entry| rows.put(entry));
    }

    /// Nobody finds the entry any more, from now on.
    pub fn remove_row(&self, number: u32) {
        self.rows_to_change().remove(number);
    }

    /// Puts the text of an entry in, instead of what was under this number. It is found after the next commit.
    pub fn put_text(&self, number: u32, text: &Text<'_>) -> Result<(), Broken> {
        self.text.put(number, text)
    }

    /// Forgets the text of an entry with the next commit.
    pub fn remove_text(&self, number: u32) -> Result<(), Broken> {
        self.text.remove(number)
    }

    /// Makes texts durable and found. After an error everything since [`Self::stamp`] is to be put again.
    pub fn commit(&self, stamp: u64) -> Result<(), Broken> {
        self.text.commit(stamp)
    }

    /// Answers a question from what the asker sees.
    pub fn find(&self, question: &Question, asker: Asker<'_>) -> Result<Answer, Broken> {
        let rows = self.rows();
        let seen = Seen {
            within: Within::of(&question.scope, &rows, asker),
            sees: &self.known.of(asker, rows.places.len()),
            author: rows.authors.find(asker.person),
            rows: &rows,
        };
        let typed = Typed::of(&question.q);
        // Filters come later: to narrow down never shows what was not there before.
        let (matches, relaxed) = match typed.is_empty() {
            true => (seen.all(), false),
            false => self.matches(&typed, question.sort, &seen)?,
        };
        let mut counting = Counting::of(&rows, &question.filters);
        let fitting: Vec<Match> = matches.into_iter().filter(|one| counting.count(one.number)).collect();
        let order = Order { sort: question.sort, is_browsing: typed.is_empty(), now: asker.now };
        let total = fitting.len() as u32;
        let hits = order.page(&rows, fitting, question.offset.min(FARTHEST), question.limit.min(MOST_HITS));
        Ok(Answer { total, relaxed, hits, facets: counting.facets() })
    }

    /// What fits the question, looked for ever less closely until there is enough, and whether anything came of that.
    fn matches(&self, typed: &Typed, sort: Sort, seen: &Seen<'_>) -> Result<(Vec<Match>, bool), Broken> {
        let few = seen.few();
        if few.as_ref().is_some_and(Vec::is_empty) {
            return Ok((Vec::new(), false));
        }
        let among: Option<Numbers> = few.map(|few| few.into_iter().collect());
        let fitting = |fit| self.fitting(&*query(&self.text.fields, typed, fit), sort, seen, among.as_ref());
        let exact = fitting(Fit::Exact)?;
        if exact.len() >= FEW {
            return Ok((exact, false));
        }
        let mut found = fitting(Fit::Loose)?;
        if found.len() < NEXT_TO_NONE && can_be_relaxed(typed) {
            found = fitting(Fit::Relaxed)?;
        }
        let relaxed = found.len() > exact.len();
        Ok((found, relaxed))
    }

    fn fitting(
        &self,
        query: &dyn Query,
        sort: Sort,
        seen: &Seen<'_>,
        among: Option<&Numbers>,
    ) -> Result<Vec<Match>, Broken> {
        let scores = match sort {
            Sort::Relevance => Scores::Yes,
            Sort::Newest | Sort::MostUsed => Scores::No,
        };
        let mut found = Vec::new();
        self.text.each(query, scores, among, |number, score| {
            if seen.has(number) {
                found.push(Match { number, score });
            }
        })?;
        Ok(found)
    }

    // A panic while rows are changed leaves at worst values that are nobody's.
    fn rows(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows_to_change(&self) -> RwLockWriteGuard<'_, Rows> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that fits, and how well.
#[derive(Debug, Clone, Copy)]
struct Match {
    number: u32,
    score: f32,
}

/// What the asker sees of where they look.
struct Seen<'a> {
    rows: &'a Rows,
    sees: &'a Sees,
    within: Within,
    author: Option<u32>,
}

impl Seen<'_> {
    fn has(&self, number: u32) -> bool {
        self.rows.get(number).is_some_and(|row| self.has_row(row))
    }

    fn has_row(&self, row: &Row) -> bool {
        self.within.has(self.rows, row, self.author) && self.sees.sees(self.rows, row, self.author)
    }

    /// What is seen, if it is little: then it is faster to look among it alone.
    fn few(&self) -> Option<Vec<u32>> {
        let most = self.rows.len() / 8;
        let seen = self.rows.iter().filter(|(_, row)| self.has_row(row)).map(|(number, _)| number);
        let few: Vec<u32> = seen.take(most + 1).collect();
        (few.len() <= most).then_some(few)
    }

    fn all(&self) -> Vec<Match> {
        let seen = self.rows.iter().filter(|(_, row)| self.has_row(row));
        seen.map(|(number, _)| Match { number, score: 0.0 }).collect()
    }
}
