//! Texts in which words stand one behind the other.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::guard::{Allowed, Guard};

/// Fits texts with all of the words at their places. As the crate's own, but that nothing is compared in texts that the
/// [`Guard`] does not let one look into.
#[derive(Debug, Clone)]
pub struct Phrase {
    pub guard: Arc<Guard>,
    /// Each with its place, all of one field; at least two.
    pub words: Vec<(usize, Term)>,
    /// The last word may go on.
    pub goes_on: bool,
}

/// So many words that begin as the last one are looked for.
const MOST_ENDINGS: usize = 50;

struct PhraseWeight {
    phrase: Phrase,
    rarity: Option<Bm25Weight>,
}

impl Query for Phrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let rarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                let counted = self.words.len() - usize::from(self.goes_on);
                let words: Vec<Term> = self.words[..counted].iter().map(|(_, word)| word.clone()).collect();
                Some(Bm25Weight::for_terms(statistics_provider, &words)?)
            }
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(PhraseWeight { phrase: self.clone(), rarity }))
    }
}

impl Weight for PhraseWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Phrase { guard, words, goes_on } = &self.phrase;
        let Some((last, before)) = words.split_last() else { return Ok(Box::new(EmptyScorer)) };
        let index = segment.inverted_index(last.1.field())?;
        let farthest = last.0;
        let mut lists = Vec::new();
        let how = IndexRecordOption::WithFreqsAndPositions;
        let whole: &[(usize, Term)] = if *goes_on { before } else { words };
        for (place, word) in whole {
            let Some(list) = index.read_postings(word, how)? else { return Ok(Box::new(EmptyScorer)) };
            lists.push(((farthest - place) as u32, list));
        }
        let mut endings = Vec::new();
        if *goes_on {
            let begun = last.1.serialized_value_bytes();
            let mut known = index.terms().range().ge(begun).into_stream()?;
            while endings.len() < MOST_ENDINGS && known.advance() && known.key().starts_with(begun) {
                endings.push(index.read_postings_from_terminfo(known.value(), how)?);
            }
            if endings.is_empty() {
                return Ok(Box::new(EmptyScorer));
            }
        }
        // The rarest leads.
        lists.sort_by_key(|(_, list)| list.size_hint());
        let lengths = match &self.rarity {
            Some(_) => segment.get_fieldnorms_reader(last.1.field())?,
            None => FieldNormReader::constant(segment.max_doc(), 1),
        };
        let mut found = PhraseScorer {
            guard: guard.clone(),
            allowed: guard.allowed(segment)?,
            lists,
            endings: goes_on.then_some(endings),
            rarity: self.rarity.as_ref().map(|rarity| rarity.boost_by(boost)),
            lengths,
            text: 0,
            times: 0,
            places: Default::default(),
        };
        found.find(0);
        Ok(Box::new(found))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("a phrase is not explained".to_owned()))
    }
}

struct PhraseScorer {
    guard: Arc<Guard>,
    allowed: Arc<Allowed>,
    /// For each word what is added to its place to get that of the last one, and its texts.
    lists: Vec<(u32, SegmentPostings)>,
    /// Words of which one is the last.
    endings: Option<Vec<SegmentPostings>>,
    rarity: Option<Bm25Weight>,
    lengths: FieldNormReader,
    text: DocId,
    /// How often it stands in the text.
    times: u32,
    /// Where it may end, and room to compare.
    places: [Vec<u32>; 2],
}

impl PhraseScorer {
    /// Goes on to the first text from this one on that fits.
    fn find(&mut self, from: DocId) -> DocId {
        let mut text = from;
        loop {
            text = self.with_all_words(text);
            if text == TERMINATED {
                break;
            }
            if !self.guard.may_compare() {
                text = TERMINATED;
                break;
            }
            self.times = self.count(text);
            if self.times > 0 {
                break;
            }
            text += 1;
        }
        self.text = text;
        text
    }

    /// The first text from this one on that has all the words somewhere, and may be looked into.
    fn with_all_words(&mut self, from: DocId) -> DocId {
        let mut text = self.allowed.from(from);
        'text: while text != TERMINATED {
            for (_, list) in &mut self.lists {
                let has = if list.doc() < text { list.seek(text) } else { list.doc() };
                if has > text {
                    text = if has == TERMINATED { TERMINATED } else { self.allowed.from(has) };
                    continue 'text;
                }
            }
            break;
        }
        text
    }

    fn count(&mut self, text: DocId) -> u32 {
        let [ends, other] = &mut self.places;
        let mut lists = self.lists.iter_mut();
        ends.clear();
        if let Some((behind, list)) = lists.next() {
            list.positions_with_offset(*behind, ends);
        }
        for (behind, list) in lists {
            if ends.is_empty() {
                return 0;
            }
            list.positions_with_offset(*behind, other);
            keep_common(ends, other);
        }
        if let Some(endings) = &mut self.endings {
            other.clear();
            for list in endings {
                let has = if list.doc() < text { list.seek(text) } else { list.doc() };
                if has == text {
                    list.append_positions_with_offset(0, other);
                }
            }
            other.sort_unstable();
            keep_common(ends, other);
        }
        ends.len() as u32
    }
}

/// Keeps of the places those that are among the others; both are sorted.
fn keep_common(places: &mut Vec<u32>, others: &[u32]) {
    let mut at = 0;
    places.retain(|place| {
        while others.get(at).is_some_and(|other| other < place) {
            at += 1;
        }
        others.get(at) == Some(place)
    });
}

impl DocSet for PhraseScorer {
    fn advance(&mut self) -> DocId {
        if self.text == TERMINATED { TERMINATED } else { self.find(self.text + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.text >= target { self.text } else { self.find(target) }
    }

    fn doc(&self) -> DocId {
        self.text
    }

    fn size_hint(&self) -> u32 {
        // Few texts that have all the words have them in a row.
        let rarest = self.lists.first().map_or(0, |(_, list)| list.size_hint());
        rarest.min(self.allowed.len() as u32) / 10
    }
}

impl Scorer for PhraseScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.fieldnorm_id(self.text);
        self.rarity.as_ref().map_or(1.0, |rarity| rarity.score(length, self.times))
    }
}
