//! From what was typed to what the index is asked.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use tantivy::Term as Key;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Query, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::guard::Guard;
use super::phrases::Phrase;
use super::pieces::Pieces;
use super::sounds::{Sound, beginning_with, cuts, is_initial, near, readings};
use super::text::Fields;
use super::tokens::PAIR;
use super::typed::{Part, Term, Typed};

/// How closely a text has to fit; each lets through what the one before does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// All terms as they were typed, or as they sound if letters were typed.
    Exact,
    /// All terms, each at least by most of its pairs, by its sound, or but for one letter.
    Loose,
    /// Half of the terms, each by a good part.
    Relaxed,
}

const TITLE: f32 = 4.0;
const ALSO: f32 = 1.6;
const BODY: f32 = 1.0;
const WHOLE_VALUE: f32 = 3.0;
const TITLE_SOUND: f32 = 2.0;
const ALSO_SOUND: f32 = 0.6;
/// A word that goes on after what was typed, against the same word in full: it has no weight of its own.
const BEGUN: f32 = 1.5;
/// What was typed stands before what is only like it.
const EXACT: f32 = 4.0;
const HOMOPHONE: f32 = 1.0;
const MISTYPED: f32 = 1.5;

type Ways = Vec<Box<dyn Query>>;

/// The fields, and where one looks into them.
pub struct Guarded {
    pub fields: Fields,
    pub guard: Arc<Guard>,
}

impl Deref for Guarded {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.fields
    }
}

/// What the index is asked. `typed` is not empty.
pub fn query(fields: &Guarded, typed: &Typed, fit: Fit) -> Box<dyn Query> {
    let asked = match fit {
        Fit::Exact => None,
        Fit::Loose | Fit::Relaxed => typed.without_asking(),
    };
    match asked {
        Some(asked) => any(vec![boosted(fitting(fields, typed, Fit::Exact), EXACT), fitting(fields, &asked, fit)]),
        None => fitting(fields, typed, fit),
    }
}

/// Whether more is found by [`Fit::Relaxed`] than by [`Fit::Loose`]: one word has no parts.
pub fn can_be_relaxed(typed: &Typed) -> bool {
    !matches!(&typed.terms[..], [term] if term.word().is_some())
}

fn fitting(fields: &Guarded, typed: &Typed, fit: Fit) -> Box<dyn Query> {
    let terms: Ways = typed.each().map(|(term, goes_on)| one(fields, term, goes_on, fit)).collect();
    match fit {
        Fit::Exact | Fit::Loose => Box::new(BooleanQuery::intersection(terms)),
        Fit::Relaxed => at_least(terms.len().div_ceil(2), terms),
    }
}

fn one(fields: &Guarded, term: &Term, goes_on: bool, fit: Fit) -> Box<dyn Query> {
    let exact = any(exact(fields, term, goes_on));
    if fit == Fit::Exact {
        return exact;
    }
    let mut ways = vec![boosted(exact, EXACT)];
    ways.extend(scattered(fields, term, fit));
    ways.extend(homophones(fields, term));
    if let Some(word) = term.word() {
        ways.extend(sounding(fields, word, Last::GoesOn));
        ways.extend(mistyped(fields, word));
    }
    any(ways)
}

fn exact(fields: &Guarded, term: &Term, goes_on: bool) -> Ways {
    let phrase_of = term.phrase();
    let mut ways: Ways =
        fields.words().map(|(field, weight)| boosted(phrase(fields, field, &phrase_of), weight)).collect();
    if let Some(other) = term.with_other_numerals() {
        let other = other.phrase();
        ways.extend(fields.words().map(|(field, weight)| boosted(phrase(fields, field, &other), weight)));
    }
    ways.extend(whole_values(fields, term));
    ways.extend(mixed(fields, term));
    if goes_on {
        ways.extend(begun(fields, term, &phrase_of));
    }
    if let Some(word) = term.word() {
        ways.extend(sounding(fields, word, Last::AsTyped));
    }
    ways
}

/// Titles, names, subjects and the like that say this and no more.
fn whole_values(fields: &Guarded, term: &Term) -> Ways {
    let writings = [term.whole(), term.with_other_numerals().and_then(|other| other.whole())];
    let own = [(fields.title, TITLE), (fields.also, WHOLE_VALUE)];
    let each = writings.into_iter().flatten();
    each.flat_map(|whole| own.map(|(field, weight)| boosted(word(field, &whole), weight))).collect()
}

/// The words that begin as the last one does.
fn begun(fields: &Guarded, term: &Term, phrase: &[(usize, String)]) -> Ways {
    let Some(Part::Word(last)) = term.parts.last() else { return Vec::new() };
    // Two letters begin too many words of long texts.
    let places = fields.words().filter(|(field, _)| *field != fields.body || last.len() > 2);
    let query = |(field, weight): (Field, f32)| -> Box<dyn Query> {
        if phrase.len() == 1 {
            let words = FuzzyTermQuery::new_prefix(key(field, last), 0, false);
            return Box::new(ConstScoreQuery::new(Box::new(words), weight * BEGUN));
        }
        boosted(Box::new(standing(fields, field, phrase, true)), weight)
    };
    places.map(query).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    AsTyped,
    /// `shu` may become `shui`.
    GoesOn,
}

/// Titles and the like that are read as these letters.
fn sounding(fields: &Guarded, letters: &str, last: Last) -> Ways {
    let mut phrases: Vec<Vec<(usize, String)>> = Vec::new();
    for cut in cuts(letters) {
        let spelt = in_the_index(&cut);
        match cut.last() {
            Some(Sound::Begun(begun)) if !is_initial(begun) => phrases.extend(ending(&spelt, begun)),
            Some(Sound::Syllable(begun)) if last == Last::GoesOn && !is_initial(begun) => {
                phrases.extend(ending(&spelt, begun))
            }
            _ => phrases.push(spelt),
        }
    }
    phrases.truncate(MOST_PHRASES);
    phrases.iter().flat_map(|phrase_of| by_sound(fields, phrase_of)).collect()
}

/// Titles and the like that are read as characters and letters together: 分shu.
fn mixed(fields: &Guarded, term: &Term) -> Ways {
    let mut spelt: Vec<Vec<&str>> = vec![Vec::new()];
    let (mut characters, mut words) = (false, false);
    for part in &term.parts {
        let sounds: Vec<Vec<&str>> = match part {
            Part::Han(c) => readings(*c).map(|syllable| vec![syllable]).collect(),
            Part::Word(word) => {
                cuts(word).iter().map(|cut| cut.iter().map(|sound| sound.letters()).collect()).collect()
            }
        };
        characters |= matches!(part, Part::Han(_));
        words |= matches!(part, Part::Word(_));
        let longer = |begun: &Vec<_>| sounds.iter().map(|sound| [&begun[..], sound].concat()).collect::<Vec<_>>();
        spelt = spelt.iter().flat_map(longer).take(MOST_PHRASES).collect();
    }
    if !(characters && words) {
        return Vec::new();
    }
    let phrases = spelt.into_iter().map(|sounds| sounds.into_iter().map(str::to_owned).enumerate().collect::<Vec<_>>());
    phrases.flat_map(|phrase_of| by_sound(fields, &phrase_of)).collect()
}

/// No question looks for more phrases of sounds than that.
const MOST_PHRASES: usize = 12;

/// Sounds as the index has them: initials together with what follows or stands before, as single ones are nearly
/// everywhere.
fn in_the_index(cut: &[Sound<'_>]) -> Vec<(usize, String)> {
    let letters: Vec<&str> = cut.iter().map(|sound| sound.letters()).collect();
    let pair = |at: usize| (at, format!("{PAIR}{}{}", &letters[at][..1], &letters[at + 1][..1]));
    if letters.len() > 1 && letters.iter().all(|letters| letters.len() == 1) {
        let last = letters.len() - 2;
        return (0..last).step_by(2).chain([last]).map(pair).collect();
    }
    let sound = |(at, own): (usize, &&str)| match (own.len(), at.checked_sub(1)) {
        (1, _) if at + 1 < letters.len() => pair(at),
        (1, Some(before)) => pair(before),
        _ => (at, (*own).to_owned()),
    };
    letters.iter().enumerate().map(sound).collect()
}

/// The phrase with each syllable for its last sound that begins so.
fn ending<'a>(phrase: &'a [(usize, String)], begun: &'a str) -> impl Iterator<Item = Vec<(usize, String)>> + 'a {
    beginning_with(begun).iter().map(|syllable| {
        let mut phrase = phrase.to_vec();
        if let Some((_, last)) = phrase.last_mut() {
            last.clone_from(syllable);
        }
        phrase
    })
}

/// Titles that are read as the term is: 份数 for 分数. A longer term has enough pairs without its mistake.
fn homophones(fields: &Guarded, term: &Term) -> Ways {
    let Some(han) = term.han().filter(|han| (2..=5).contains(&han.len())) else { return Vec::new() };
    let mut spelt: Vec<Vec<String>> = vec![Vec::new()];
    for c in han {
        let with = |syllable: &str| {
            let longer = |begun: &Vec<String>| [&begun[..], &[syllable.to_owned()]].concat();
            spelt.iter().map(longer).collect::<Vec<_>>()
        };
        // The likeliest readings come first: of a long term not all ways to read it are tried.
        spelt = readings(c).flat_map(with).take(MOST_SPELLINGS).collect();
    }
    let near: Vec<_> = spelt.iter().take(1).flat_map(|likeliest| nearly_so(likeliest)).collect();
    let spelt = spelt.into_iter().chain(near).map(|syllables| syllables.into_iter().enumerate().collect::<Vec<_>>());
    let own = [(fields.title_sounds, HOMOPHONE), (fields.also_sounds, HOMOPHONE * ALSO / TITLE)];
    let spelt =
        spelt.flat_map(|phrase_of| own.map(|(field, weight)| boosted(phrase(fields, field, &phrase_of), weight)));
    spelt.collect()
}

const MOST_SPELLINGS: usize = 4;

/// The same with one syllable as others say it.
fn nearly_so(syllables: &[String]) -> Vec<Vec<String>> {
    let changed = |(at, syllable): (usize, &String)| -> Vec<Vec<String>> {
        let with = |other| {
            let mut syllables = syllables.to_vec();
            syllables[at] = other;
            syllables
        };
        near(syllable).map(with).collect()
    };
    syllables.iter().enumerate().flat_map(changed).take(MOST_NEAR).collect()
}

const MOST_NEAR: usize = 6;

fn by_sound(fields: &Guarded, phrase_of: &[(usize, String)]) -> Ways {
    let own = [(fields.title_sounds, TITLE_SOUND), (fields.also_sounds, ALSO_SOUND)];
    own.into_iter().map(|(field, weight)| boosted(phrase(fields, field, phrase_of), weight)).collect()
}

/// Texts that have most of the term's pairs, wherever they stand.
fn scattered(fields: &Guarded, term: &Term, fit: Fit) -> Option<Box<dyn Query>> {
    let pieces = term.pieces();
    let needed = match fit {
        Fit::Exact => return None,
        Fit::Loose if term.parts.len() < 4 => return None,
        Fit::Loose => (pieces.len() * 3).div_ceil(5),
        Fit::Relaxed => (pieces.len() + 1).div_euclid(3).max(1),
    };
    // Of a whole sentence some pairs are enough, taken from all of it.
    let step = pieces.len().div_ceil(MOST_PIECES);
    let places = |piece: &String| fields.words().map(|(field, weight)| (key(field, piece), weight)).collect();
    let pieces: Vec<_> = pieces.iter().step_by(step).map(places).collect();
    Some(Box::new(Pieces { guard: fields.guard.clone(), needed: needed.div_ceil(step), pieces }))
}

const MOST_PIECES: usize = 16;

/// The words that differ in one letter. Short ones would be other words.
fn mistyped(fields: &Guarded, word: &str) -> Ways {
    if !is_long_enough_to_be_mistyped(word) {
        return Vec::new();
    }
    let writings = writings(word);
    let query = |(field, weight): (Field, f32)| -> Box<dyn Query> {
        let words = TermSetQuery::new(writings.iter().map(|writing| key(field, writing)));
        Box::new(ConstScoreQuery::new(Box::new(words), weight * MISTYPED))
    };
    fields.words().map(query).collect()
}

/// The word, and all that it becomes by one letter more, less or changed, or by two that change places. To ask for each is
/// much faster than to go through the index with an automaton: that looks at every word that begins with another letter,
/// and each Chinese character is one.
fn writings(word: &str) -> BTreeSet<String> {
    let mut writings = BTreeSet::from([word.to_owned()]);
    for at in 0..=word.len() {
        let (before, rest) = word.split_at(at);
        let behind = rest.get(1..).unwrap_or_default();
        for letter in 'a'..='z' {
            writings.insert(format!("{before}{letter}{rest}"));
            writings.insert(format!("{before}{letter}{behind}"));
        }
        writings.insert(format!("{before}{behind}"));
        if let Some(two) = rest.get(..2) {
            writings.insert(format!("{before}{}{}{}", &two[1..], &two[..1], &rest[2..]));
        }
    }
    writings
}

pub fn is_long_enough_to_be_mistyped(word: &str) -> bool {
    word.len() >= 5 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Whether a word becomes the other by one letter more, less or changed, or by two that change places: as the index is
/// asked for it.
pub fn is_mistyped(word: &str, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    let same = word.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (rest, other_rest) = (&word[same..], &other[same..]);
    match (rest, other_rest) {
        ([], []) => true,
        ([_, rest @ ..], [_, other_rest @ ..]) if rest == other_rest => true,
        ([_, rest @ ..], _) if rest == other_rest => true,
        (_, [_, other_rest @ ..]) if rest == other_rest => true,
        ([a, b, rest @ ..], [c, d, other_rest @ ..]) => a == d && b == c && rest == other_rest,
        _ => false,
    }
}

impl Fields {
    /// The fields with words, and how much it counts to be found in each.
    fn words(&self) -> impl Iterator<Item = (Field, f32)> + use<> {
        [(self.title, TITLE), (self.also, ALSO), (self.body, BODY)].into_iter()
    }
}

fn phrase(fields: &Guarded, field: Field, parts: &[(usize, String)]) -> Box<dyn Query> {
    match parts {
        [(_, single)] => word(field, single),
        _ => Box::new(standing(fields, field, parts, false)),
    }
}

fn standing(fields: &Guarded, field: Field, parts: &[(usize, String)], goes_on: bool) -> Phrase {
    let words = parts.iter().map(|(at, text)| (*at, key(field, text))).collect();
    Phrase { guard: fields.guard.clone(), words, goes_on }
}

fn word(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(key(field, text), IndexRecordOption::WithFreqs))
}

fn key(field: Field, text: &str) -> Key {
    Key::from_field_text(field, text)
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}

fn any(mut ways: Ways) -> Box<dyn Query> {
    match ways.len() {
        1 => ways.remove(0),
        _ => Box::new(BooleanQuery::union(ways)),
    }
}

fn at_least(needed: usize, ways: Ways) -> Box<dyn Query> {
    if needed <= 1 {
        return any(ways);
    }
    Box::new(BooleanQuery::union_with_minimum_required_clauses(ways, needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_asked_for_as_it_may_be_mistyped_and_nothing_else_is() {
        let asked = writings("unity");
        for writing in ["unity", "unit", "nity", "untiy", "uniity", "unity", "xunity", "unitys", "unita", "onity"] {
            assert!(asked.contains(writing), "{writing}");
        }
        assert!(!asked.contains("uni") && !asked.contains("unyti"));
        for writing in &asked {
            assert!(is_mistyped("unity", writing), "{writing}");
        }
        let least = 5 + 5 * 25 + 6 * 25;
        assert!((least..least + 30).contains(&asked.len()), "{}", asked.len());
    }
}
