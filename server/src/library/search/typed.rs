//! What somebody typed, as terms that are looked for.

use super::numerals::other_numerals;
use super::tokens::{LONGEST_WHOLE, WHOLE};
use super::units::{Units, What, terms};

/// The terms of a question, in the order in which they were typed, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub terms: Vec<Term>,
    /// The last word may go on: nothing was typed after it.
    pub unfinished: bool,
}

/// What was typed between two spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Never empty.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Han(char),
    Word(String),
}

/// What is typed behind that is not looked for.
const MOST_CHARS: usize = 200;
const MOST_TERMS: usize = 12;

impl Typed {
    pub fn of(q: &str) -> Self {
        let end = q.char_indices().nth(MOST_CHARS).map_or(q.len(), |(at, _)| at);
        let q = &q[..end];
        let mut typed = Self::default();
        for term in terms(q) {
            typed.unfinished = q.ends_with(term);
            let term = Term::of(term);
            if typed.terms.len() < MOST_TERMS && !term.parts.is_empty() && !typed.terms.contains(&term) {
                typed.terms.push(term);
            }
        }
        typed
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Each term, and whether it may go on.
    pub fn each(&self) -> impl Iterator<Item = (&Term, bool)> {
        let last = self.terms.len().saturating_sub(1);
        self.terms.iter().enumerate().map(move |(index, term)| (term, self.unfinished && index == last))
    }
}

impl Term {
    fn of(term: &str) -> Self {
        let units = Units::of(term);
        let part = |what| match what {
            What::Han(c) => Part::Han(c),
            What::Word(from, to) => Part::Word(units.word((from, to)).to_owned()),
        };
        Self { parts: units.all.iter().map(|unit| part(unit.what)).collect() }
    }

    /// The one word that it is.
    pub fn word(&self) -> Option<&str> {
        match &self.parts[..] {
            [Part::Word(word)] => Some(word),
            _ => None,
        }
    }

    /// Its characters, if it has nothing else.
    pub fn han(&self) -> Option<Vec<char>> {
        let han = self.parts.iter().map(|part| match part {
            Part::Han(c) => Some(*c),
            Part::Word(_) => None,
        });
        han.collect()
    }

    /// The same with its numerals in the other writing: 三年级 for 3年级, and the other way round.
    pub fn with_other_numerals(&self) -> Option<Self> {
        Some(Self { parts: other_numerals(&self.parts)? })
    }

    /// What leads to it as a phrase, each with its place: pairs, as few as cover it, words, and single characters between
    /// words.
    pub fn phrase(&self) -> Vec<(usize, String)> {
        let mut phrase = Vec::new();
        let mut place = 0;
        for run in self.parts.chunk_by(|one, other| matches!((one, other), (Part::Han(_), Part::Han(_)))) {
            match run {
                [Part::Word(word)] => phrase.push((place, word.clone())),
                _ => {
                    let last = run.len().saturating_sub(2);
                    let starts = (0..last).step_by(2).chain([last]);
                    phrase.extend(starts.map(|start| (place + start, joined(&run[start..run.len().min(start + 2)]))));
                }
            }
            place += run.len();
        }
        phrase
    }

    /// What leads to values that say just this.
    pub fn whole(&self) -> Option<String> {
        (self.parts.len() <= LONGEST_WHOLE).then(|| WHOLE.to_owned() + &joined(&self.parts))
    }

    /// All its pairs and words, each once: what it has in common with a text that has it in another order. Pairs with 的
    /// only say that something follows, and are left out if there are others.
    pub fn pieces(&self) -> Vec<String> {
        let mut pieces: Vec<String> = Vec::new();
        let mut add = |piece: String| {
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        };
        for run in self.parts.chunk_by(|one, other| matches!((one, other), (Part::Han(_), Part::Han(_)))) {
            match run.len() {
                1 => add(joined(run)),
                _ => run.windows(2).for_each(|pair| add(joined(pair))),
            }
        }
        let joins = |piece: &String| piece.contains('的');
        if pieces.iter().any(|piece| !joins(piece)) {
            pieces.retain(|piece| !joins(piece));
        }
        pieces
    }
}

fn joined(parts: &[Part]) -> String {
    let mut joined = String::new();
    for part in parts {
        match part {
            Part::Han(c) => joined.push(*c),
            Part::Word(word) => joined.push_str(word),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_as_few_pairs_as_cover_it() {
        for (q, expected) in [
            ("的", &[(0, "的")][..]),
            ("分數", &[(0, "分数")]),
            ("加减法", &[(0, "加减"), (1, "减法")]),
            ("集體備課", &[(0, "集体"), (2, "备课")]),
            ("第3单元PEP", &[(0, "第"), (1, "3"), (2, "单元"), (4, "pep")]),
        ] {
            let typed = Typed::of(q);
            let phrase = typed.terms[0].phrase();
            let expected: Vec<_> = expected.iter().map(|(place, text)| (*place, (*text).to_owned())).collect();
            assert_eq!(phrase, expected, "{q}");
        }
    }

    #[test]
    fn a_question_is_bounded_and_says_whether_it_may_go_on() {
        for (q, count, unfinished) in [
            ("三年级 分数", 2, true),
            ("fs ", 1, false),
            ("fs？", 1, false),
            ("数 数", 1, true),
            ("", 0, false),
            ("？", 0, false),
        ] {
            let typed = Typed::of(q);
            assert_eq!((typed.terms.len(), typed.unfinished), (count, unfinished), "{q}");
        }
        let many: String = (0..1_000).map(|n| format!("{n} ")).collect();
        assert_eq!(Typed::of(&many).terms.len(), MOST_TERMS);
        assert_eq!(Typed::of(&"数".repeat(100_000)).terms[0].parts.len(), MOST_CHARS);
    }
}
