//! Filters, counts and the order of what was found.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use shared::library::{Facet, FacetCount, Sort};
use shared::words::UnixMillis;

use super::rows::{Row, Rows};
use super::{Hit, Match};

/// Counts facet values while what was found is filtered: a value as if nothing else were chosen of its facet.
pub struct Counting<'a> {
    rows: &'a Rows,
    /// For each value the bit of its facet, and that bit if it is chosen.
    bits: Vec<(Bits, Bits)>,
    /// The facets of which something is chosen.
    chosen: Bits,
    filters: &'a BTreeMap<Facet, Vec<String>>,
    counts: Vec<u32>,
}

/// One bit for each facet.
type Bits = u16;

/// Values of one facet in an answer.
const MOST_VALUES: usize = 200;

fn bit(facet: Facet) -> Bits {
    1 << facet as u16
}

impl<'a> Counting<'a> {
    pub fn of(rows: &'a Rows, filters: &'a BTreeMap<Facet, Vec<String>>) -> Self {
        let mut bits: Vec<_> = rows.names.iter().map(|(facet, _)| (bit(*facet), 0)).collect();
        let mut chosen = 0;
        for (facet, values) in filters.iter().filter(|(_, values)| !values.is_empty()) {
            chosen |= bit(*facet);
            for value in values.iter().filter_map(|value| rows.names.find(&(*facet, value.clone()))) {
                bits[value as usize].1 = bit(*facet);
            }
        }
        let counts = vec![0; bits.len()];
        Self { rows, bits, chosen, filters, counts }
    }

    /// Counts what was found, and says whether it passes all filters.
    pub fn count(&mut self, number: u32) -> bool {
        let Some(row) = self.rows.get(number) else { return false };
        let values = self.rows.values(row);
        let mut failed = self.chosen;
        if failed != 0 {
            values.iter().for_each(|value| failed &= !self.bits[*value as usize].1);
        }
        // What fails at one facet alone is among its counts, but no other's.
        let counted = match failed.count_ones() {
            0 => Bits::MAX,
            1 => failed,
            _ => return false,
        };
        for value in values {
            let is_counted = self.bits[*value as usize].0 & counted != 0;
            self.counts[*value as usize] += u32::from(is_counted);
        }
        failed == 0
    }

    pub fn facets(self) -> BTreeMap<Facet, Vec<FacetCount>> {
        let mut facets: BTreeMap<Facet, Vec<FacetCount>> = BTreeMap::new();
        let counted = self.rows.names.iter().zip(&self.counts).filter(|(_, count)| **count > 0);
        for ((facet, value), count) in counted {
            facets.entry(*facet).or_default().push(FacetCount { value: value.clone(), count: *count });
        }
        for (facet, chosen) in self.filters.iter() {
            let values = facets.entry(*facet).or_default();
            let missing = chosen.iter().filter(|value| values.iter().all(|one| one.value != **value));
            let missing: Vec<_> = missing.map(|value| FacetCount { value: value.clone(), count: 0 }).collect();
            values.extend(missing);
        }
        for (facet, values) in &mut facets {
            values.sort_unstable_by(|one, other| {
                (Reverse(one.count), &one.value).cmp(&(Reverse(other.count), &other.value))
            });
            values.dedup();
            let chosen = self.filters.get(facet);
            let mut place = 0;
            values.retain(|one| {
                place += 1;
                place <= MOST_VALUES || chosen.is_some_and(|chosen| chosen.contains(&one.value))
            });
        }
        facets.retain(|_, values| !values.is_empty());
        facets
    }
}

/// In which order hits stand.
pub struct Order {
    pub sort: Sort,
    /// Nothing was typed: by relevance the newest are first.
    pub is_browsing: bool,
    pub now: UnixMillis,
}

/// What many have taken over, or what is new, may pass what fits hardly better, and no more.
const FOR_USES: f32 = 0.15;
const FOR_FRESHNESS: f32 = 0.1;
/// More uses than that count no more.
const MANY_USES: f32 = 200.0;
const HALF_AS_FRESH: f32 = 365.0;

impl Order {
    /// The hits from `offset` on, `limit` at most.
    pub fn page(&self, rows: &Rows, found: Vec<Match>, offset: u32, limit: u32) -> Vec<Hit> {
        let mut placed: Vec<Placed> =
            found.into_iter().filter_map(|one| Some(self.place(rows.get(one.number)?, one))).collect();
        let (from, to) = (offset as usize, (offset + limit) as usize);
        if to < placed.len() {
            placed.select_nth_unstable_by(to, Placed::compare);
            placed.truncate(to);
        }
        placed.sort_unstable_by(Placed::compare);
        let page = placed.into_iter().skip(from);
        page.map(|one| Hit { number: one.number, key: rows.key(one.number).to_owned(), score: one.score }).collect()
    }

    fn place(&self, row: &Row, found: Match) -> Placed {
        let (mut score, mut first) = (0.0, 0);
        match self.sort {
            Sort::Relevance if !self.is_browsing => score = found.score * self.liking(row),
            Sort::Relevance | Sort::Newest => {}
            Sort::MostUsed => first = i64::from(row.uses),
        }
        Placed { score, first, changed: row.changed, number: found.number }
    }

    fn liking(&self, row: &Row) -> f32 {
        let uses = (1.0 + row.uses as f32).ln() / (1.0 + MANY_USES).ln();
        let days = (self.now.0.saturating_sub(row.changed.0).max(0) / UnixMillis::DAY) as f32;
        1.0 + FOR_USES * uses.min(1.0) + FOR_FRESHNESS * (-days / HALF_AS_FRESH).exp2()
    }
}

struct Placed {
    score: f32,
    first: i64,
    changed: UnixMillis,
    number: u32,
}

impl Placed {
    /// The first in order is the least. No two are equal, so that pages never overlap.
    fn compare(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        let by_rest = || (other.first, other.changed, other.number).cmp(&(self.first, self.changed, self.number));
        by_score.then_with(by_rest)
    }
}
