//! What looking costs, and in which texts one looks at all.
//!
//! Where words stand in a text is compared for texts alone that the asker sees: how long an answer takes says nothing of
//! the others. And a question that many texts seem to fit ends in time, with what was found until then.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::text::WHOLE;

/// Some numbers.
#[derive(Debug, Default)]
pub struct Numbers {
    words: Vec<u64>,
    count: usize,
}

impl Numbers {
    pub fn has(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub fn len(&self) -> usize {
        self.count
    }

    /// The least of them that is not less than this.
    fn from(&self, number: u32) -> Option<u32> {
        let mut at = number as usize / 64;
        let mut word = self.words.get(at)? & (u64::MAX << (number % 64));
        while word == 0 {
            at += 1;
            word = *self.words.get(at)?;
        }
        Some(at as u32 * 64 + word.trailing_zeros())
    }
}

impl FromIterator<u32> for Numbers {
    /// Each number once.
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut these = Self::default();
        for number in numbers {
            let at = number as usize / 64;
            if these.words.len() <= at {
                these.words.resize(at + 1, 0);
            }
            these.words[at] |= 1 << (number % 64);
            these.count += 1;
        }
        these
    }
}

/// Of one question.
#[derive(Debug)]
pub struct Guard {
    /// The numbers of all that the asker sees where they look.
    pub among: Numbers,
    /// Of their texts that not everybody sees those that the asker does.
    parts: HashSet<u64>,
    until: Instant,
    is_over: AtomicBool,
    compared: AtomicU64,
    segments: Mutex<HashMap<SegmentId, Arc<Allowed>>>,
}

/// The texts of one segment in which one looks.
#[derive(Debug)]
pub struct Allowed(Numbers);

/// After so many texts the clock is asked.
const CLOCK_EVERY: u64 = 32;

impl Guard {
    pub fn new(among: Numbers, parts: HashSet<u64>, until: Instant) -> Self {
        let (is_over, compared) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { among, parts, until, is_over, compared, segments: Mutex::default() }
    }

    /// Whether the asker sees this text of the entry of this number.
    pub fn shows(&self, number: u32, part: u64) -> bool {
        self.among.has(number) && (part == WHOLE || self.parts.contains(&part))
    }

    /// Counts one more text in which words are compared, or says that there is no time for it.
    pub fn may_compare(&self) -> bool {
        let compared = self.compared.fetch_add(1, Ordering::Relaxed);
        if compared.is_multiple_of(CLOCK_EVERY) {
            self.look_at_the_clock();
        }
        !self.is_over()
    }

    /// Asks the clock; whether the time is over.
    pub fn look_at_the_clock(&self) -> bool {
        if Instant::now() >= self.until {
            self.is_over.store(true, Ordering::Relaxed);
        }
        self.is_over()
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Texts in which words were compared.
    pub fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }

    pub fn allowed(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Allowed>> {
        // What is there is never half made: it may be used after a panic.
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowed) = segments.get(&segment.segment_id()) {
            return Ok(allowed.clone());
        }
        let numbers = segment.fast_fields().u64("number")?.first_or_default_col(0);
        let parts = segment.fast_fields().u64("part")?.first_or_default_col(WHOLE);
        let texts =
            (0..segment.max_doc()).filter(|text| self.shows(numbers.get_val(*text) as u32, parts.get_val(*text)));
        let allowed = Arc::new(Allowed(texts.collect()));
        segments.insert(segment.segment_id(), allowed.clone());
        Ok(allowed)
    }
}

impl Allowed {
    pub fn has(&self, text: DocId) -> bool {
        self.0.has(text)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first that is not before this one.
    pub fn from(&self, text: DocId) -> DocId {
        self.0.from(text).unwrap_or(TERMINATED)
    }

    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        let next = |text: &DocId| self.0.from(text + 1);
        std::iter::successors(self.0.from(0), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_again_in_their_order() {
        let numbers: Numbers = [0, 63, 64, 200].into_iter().collect();
        assert_eq!(numbers.len(), 4);
        let from = |number| numbers.from(number);
        assert_eq!([0, 1, 64, 65, 201, 10_000].map(from), [Some(0), Some(63), Some(64), Some(200), None, None]);
        assert!(numbers.has(64) && !numbers.has(65) && !numbers.has(100_000));
        assert_eq!(Allowed(numbers).iter().collect::<Vec<_>>(), [0, 63, 64, 200]);
        assert_eq!(Allowed(Numbers::default()).from(0), TERMINATED);
    }
}
