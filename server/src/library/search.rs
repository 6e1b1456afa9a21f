//! Finding documents, items and collections by what one types.
//!
//! The search has two halves. [`Rows`] has in memory what entries are judged, filtered, counted and sorted by; a change of
//! it holds for the next question. The index ([`TextIndex`]) has their texts, in a folder, and is as new as its last
//! commit. It only says which numbers fit; whether somebody finds them, the rows decide. Both are filled from the store,
//! and each can be thrown away.

mod asking;
mod counting;
mod guard;
mod marks;
mod numerals;
mod phrases;
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

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use shared::library::{Facet, FacetCount, Question, Scope, Sort};
use tantivy::query::Query;

pub use marks::Marker;
pub use rows::{Entry, Part, What};
pub use sees::Asker;
pub use text::{Broken, Text};

use counting::{Counting, Order};
use guard::{Guard, Numbers};
use query::{Fit, Guarded, can_be_relaxed, query};
use rows::{Row, Rows};
use scope::Within;
use sees::{Known, Sees};
use text::{Scores, TextIndex};
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
    /// There was no time to look through all texts: more may fit.
    pub partial: bool,
    pub hits: Vec<Hit>,
    /// For each facet its values, the most frequent first; 200 at most, those that are chosen always among them.
    pub facets: BTreeMap<Facet, Vec<FacetCount>>,
}

/// A few hits of each sort, of everything that the asker sees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Glimpse {
    pub groups: BTreeMap<What, GlimpsedGroup>,
    /// There was no time to look through all texts: more may fit.
    pub partial: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct GlimpsedGroup {
    /// All that fit, however few of them are given out.
    pub total: u32,
    pub hits: Vec<Hit>,
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

/// A question is worked on for no longer; a few texts that seem to fit are no question of time, a hundred thousand are.
const WITHIN: Duration = Duration::from_millis(200);

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

    /// Answers a question from what the asker sees, within 200 ms of work or with part of an answer.
    pub fn find(&self, question: &Question, asker: Asker<'_>) -> Result<Answer, Broken> {
        self.find_until(question, asker, Instant::now() + WITHIN).map(|(answer, _)| answer)
    }

    /// The best hits of each sort, `each` at most, in the same time.
    pub fn glimpse(&self, q: &str, each: u32, asker: Asker<'_>) -> Result<Glimpse, Broken> {
        let rows = self.rows();
        let typed = Typed::of(q);
        if typed.is_empty() {
            return Ok(Glimpse::default());
        }
        let until = Instant::now() + WITHIN;
        let (matches, _, guard) = self.looked(&rows, &typed, &Scope::Everywhere, Sort::Relevance, asker, until)?;
        let mut sorted: BTreeMap<What, Vec<Match>> = BTreeMap::new();
        for (one, row) in matches.into_iter().filter_map(|one| Some((one, rows.get(one.number)?))) {
            sorted.entry(row.what).or_default().push(one);
        }
        let order = Order { sort: Sort::Relevance, is_browsing: false, now: asker.now };
        let group = |matches: Vec<Match>| GlimpsedGroup {
            total: matches.len() as u32,
            hits: order.page(&rows, matches, 0, each.min(MOST_HITS)),
        };
        let groups = sorted.into_iter().map(|(what, matches)| (what, group(matches))).collect();
        Ok(Glimpse { groups, partial: guard.is_over() })
    }

    /// The same as [`Self::find`], and in how many texts words were compared for it.
    fn find_until(&self, question: &Question, asker: Asker<'_>, until: Instant) -> Result<(Answer, u64), Broken> {
        let rows = self.rows();
        let typed = Typed::of(&question.q);
        let (matches, relaxed, guard) = self.looked(&rows, &typed, &question.scope, question.sort, asker, until)?;
        let mut counting = Counting::of(&rows, &question.filters);
        let fitting: Vec<Match> = matches.into_iter().filter(|one| counting.count(one.number)).collect();
        let order = Order { sort: question.sort, is_browsing: typed.is_empty(), now: asker.now };
        let total = fitting.len() as u32;
        let hits = order.page(&rows, fitting, question.offset.min(FARTHEST), question.limit.min(MOST_HITS));
        let partial = guard.is_over();
        Ok((Answer { total, relaxed, partial, hits, facets: counting.facets() }, guard.compared()))
    }

    /// What fits of all that the asker sees there, before any filter: to narrow down never shows what was not there
    /// before. With whether little fitted as it was typed, and what looking has cost.
    fn looked(
        &self,
        rows: &Rows,
        typed: &Typed,
        scope: &Scope,
        sort: Sort,
        asker: Asker<'_>,
        until: Instant,
    ) -> Result<(Vec<Match>, bool, Arc<Guard>), Broken> {
        let seen = Seen {
            within: Within::of(scope, rows, asker),
            sees: &self.known.of(asker, rows.places.len()),
            author: rows.authors.find(asker.person),
            rows,
        };
        let among: Numbers = seen.numbers().collect();
        let parts = rows.parts_seen(seen.sees, seen.author, |number| among.has(number));
        let guard = Arc::new(Guard::new(among, parts, until));
        let (matches, relaxed) = match typed.is_empty() {
            true => (seen.numbers().map(|number| Match { number, score: 0.0 }).collect(), false),
            false => self.matches(typed, sort, rows, &guard)?,
        };
        Ok((matches, relaxed, guard))
    }

    /// What fits the question, looked for ever less closely until there is enough, and whether anything came of that.
    fn matches(
        &self,
        typed: &Typed,
        sort: Sort,
        rows: &Rows,
        guard: &Arc<Guard>,
    ) -> Result<(Vec<Match>, bool), Broken> {
        if guard.among.len() == 0 {
            return Ok((Vec::new(), false));
        }
        let fields = Guarded { fields: self.text.fields, guard: guard.clone() };
        // Of little that is seen it is faster to look among it alone.
        let leads = (guard.among.len() <= rows.len() / 8).then_some(&**guard);
        let fitting = |fit| self.fitting(&*query(&fields, typed, fit), sort, guard, leads);
        let exact = fitting(Fit::Exact)?;
        if exact.len() >= FEW || guard.is_over() {
            return Ok((exact, false));
        }
        let mut found = fitting(Fit::Loose)?;
        if found.len() < NEXT_TO_NONE && can_be_relaxed(typed) && !guard.is_over() {
            found = fitting(Fit::Relaxed)?;
        }
        // What was found in less time is no less true.
        if found.len() < exact.len() {
            found = exact.clone();
        }
        let relaxed = found.len() > exact.len();
        Ok((found, relaxed))
    }

    fn fitting(
        &self,
        query: &dyn Query,
        sort: Sort,
        guard: &Guard,
        leads: Option<&Guard>,
    ) -> Result<Vec<Match>, Broken> {
        let scores = match sort {
            Sort::Relevance => Scores::Yes,
            Sort::Newest | Sort::MostUsed => Scores::No,
        };
        let (mut found, mut in_parts) = (Vec::new(), HashMap::new());
        self.text.each(query, scores, leads, |number, part, score| {
            if !guard.shows(number, part) {
                return;
            }
            match part {
                text::WHOLE => found.push(Match { number, score }),
                _ => {
                    let best: &mut f32 = in_parts.entry(number).or_insert(score);
                    *best = best.max(score);
                }
            }
        })?;
        Ok(joined(found, in_parts))
    }

    // A panic while rows are changed leaves at worst values that are nobody's.
    fn rows(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows_to_change(&self) -> RwLockWriteGuard<'_, Rows> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each number once, with the text of it that fits best.
fn joined(mut found: Vec<Match>, mut in_parts: HashMap<u32, f32>) -> Vec<Match> {
    if !in_parts.is_empty() {
        for whole in &mut found {
            if let Some(score) = in_parts.remove(&whole.number) {
                whole.score = whole.score.max(score);
            }
        }
        found.extend(in_parts.into_iter().map(|(number, score)| Match { number, score }));
    }
    found
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
    fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().filter(|(_, row)| self.has_row(row)).map(|(number, _)| number)
    }

    fn has_row(&self, row: &Row) -> bool {
        self.within.has(self.rows, row, self.author) && self.sees.sees(self.rows, row.place, row.author, self.author)
    }
}
