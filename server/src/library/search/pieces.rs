//! Texts that have many of some pieces, wherever they stand.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::guard::Guard;

/// Fits texts with at least so many of the pieces.
///
/// Each list of places is gone through once, with a count for each text: with as many lists as a sentence has, that is
/// much faster than to keep them in step.
#[derive(Debug, Clone)]
pub struct Pieces {
    pub guard: Arc<Guard>,
    pub needed: usize,
    /// For each piece where it may stand, and how much that counts. No more than 255 pieces.
    pub pieces: Vec<Vec<(Term, Score)>>,
}

/// With less than one text in so many to look into, it is faster to go to each of them.
const SPARSE: usize = 8;

struct PiecesWeight {
    guard: Arc<Guard>,
    all: usize,
    needed: u8,
    /// The number of the piece, from 1 on, how much the place counts, and its list.
    lists: Vec<(u8, Score, Box<dyn Weight>)>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    pieces: u8,
    /// The last piece that was counted, so that it counts once however many places it stands in.
    last: u8,
    score: Score,
}

impl Query for Pieces {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut lists = Vec::new();
        for (piece, places) in (1..=u8::MAX).zip(&self.pieces) {
            for (term, counts) in places {
                let list = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs).weight(scoring)?;
                lists.push((piece, *counts, list));
            }
        }
        let all = self.pieces.len();
        let needed = u8::try_from(self.needed).unwrap_or(u8::MAX);
        Ok(Box::new(PiecesWeight { guard: self.guard.clone(), all, needed, lists }))
    }
}

impl Weight for PiecesWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut counts = vec![Count::default(); segment.max_doc() as usize];
        let allowed = self.guard.allowed(segment)?;
        let is_sparse = allowed.len() < segment.max_doc() as usize / SPARSE;
        for (piece, counts_for, list) in &self.lists {
            if self.guard.look_at_the_clock() {
                break;
            }
            let mut take = |text: DocId, score: Score| {
                let count = &mut counts[text as usize];
                count.pieces += u8::from(count.last != *piece);
                count.last = *piece;
                count.score += score * counts_for;
            };
            if is_sparse {
                // From one that is seen to the next: how many others there are makes no difference.
                let mut found = list.scorer(segment, 1.0)?;
                for text in allowed.iter() {
                    if found.doc() < text {
                        found.seek(text);
                    }
                    if found.doc() == text {
                        take(text, found.score());
                    }
                }
            } else {
                list.for_each(segment, &mut |text, score| {
                    if allowed.has(text) {
                        take(text, score);
                    }
                })?;
            }
        }
        // Two rare pieces are less than four of which each is frequent.
        let all = self.all as Score;
        let fitting = (0..).zip(&counts).filter(|(_, count)| count.pieces >= self.needed);
        Ok(Box::new(Found {
            texts: fitting.map(|(text, count)| (text, count.score * boost * f32::from(count.pieces) / all)).collect(),
            at: 0,
        }))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("a count of pieces is not explained".to_owned()))
    }
}

/// Texts that are known already, in their order.
pub struct Found {
    texts: Vec<(DocId, Score)>,
    at: usize,
}

impl Found {
    /// Those of which nothing is known but that they fit.
    pub fn without_scores(texts: impl Iterator<Item = DocId>) -> Self {
        Self { texts: texts.map(|text| (text, 0.0)).collect(), at: 0 }
    }
}

impl DocSet for Found {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.texts[self.at.min(self.texts.len())..].partition_point(|(text, _)| *text < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.texts.get(self.at).map_or(TERMINATED, |(text, _)| *text)
    }

    fn size_hint(&self) -> u32 {
        self.texts.len() as u32
    }
}

impl Scorer for Found {
    fn score(&mut self) -> Score {
        self.texts.get(self.at).map_or(0.0, |(_, score)| *score)
    }
}
