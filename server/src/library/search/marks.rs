//! What is marked in a title or a text because it fits what was typed.

use std::ops::Range;

use shared::library::Piece;

use super::query::{is_long_enough_to_be_mistyped, is_mistyped};
use super::sounds::{Sound, cuts, sound_alike};
use super::typed::{Part, Term, Typed};
use super::units::{Units, What};

/// Marks hits of one question; make it once for all of them.
///
/// The text stays as it was written: a question in simplified characters marks Traditional ones.
pub struct Marker {
    typed: Typed,
    /// For each term: in how many ways it is written.
    writings: Vec<Vec<Term>>,
}

/// Where a term was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    bytes: Range<usize>,
    /// Which character of the text it begins with.
    nth: usize,
    term: usize,
}

/// Whether letters may stand for the characters that are read so. In long texts that would be chance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BySound {
    Yes,
    No,
}

/// The snippet of a long text comes from its beginning, in bytes: no more is looked at.
const FARTHEST: usize = 256 << 10;

impl Marker {
    /// For what was typed, as in `Question::q`.
    pub fn of(q: &str) -> Self {
        let typed = Typed::of(q);
        let writings = typed.terms.iter().map(|term| {
            let other = term.with_other_numerals();
            std::iter::once(term.clone()).chain(other).collect()
        });
        Self { writings: writings.collect(), typed }
    }

    /// All of a title in pieces. Letters mark the characters that are read so.
    pub fn highlight(&self, title: &str) -> Vec<Piece> {
        let marks = self.marks(title, BySound::Yes);
        let mut pieces = Pieces::default();
        pieces.add(title, 0..title.len(), &marks);
        pieces.0
    }

    /// About `width` characters of a text, around where it fits best or else from its beginning; white space is made one
    /// space, and `…` says that something was left out. Empty if the text is.
    pub fn snippet(&self, text: &str, width: usize) -> Vec<Piece> {
        let text = &text[..text.floor_char_boundary(FARTHEST)];
        let marks = self.marks(text, BySound::No);
        let best = self.best_window(&marks, width);
        let from = best.map_or(0, |mark| self.beginning(text, mark, width));
        let from = from + (text[from..].len() - text[from..].trim_start().len());
        let to = text[from..].char_indices().nth(width).map_or(text.len(), |(at, _)| from + at);
        let mut pieces = Pieces::default();
        if text[..from].contains(|c: char| !c.is_whitespace()) {
            pieces.push("…", false);
        }
        pieces.add(text, from..to, &marks);
        if text[to..].contains(|c: char| !c.is_whitespace()) {
            pieces.push("…", false);
        }
        pieces.with_single_spaces()
    }

    /// Where each term is found, in the order of the text and without overlaps.
    fn marks(&self, text: &str, by_sound: BySound) -> Vec<Mark> {
        if self.typed.is_empty() {
            return Vec::new();
        }
        let units = Units::of(text);
        let mut marks = Vec::new();
        for (index, (term, goes_on)) in self.typed.each().enumerate() {
            let mut found = Vec::new();
            for writing in &self.writings[index] {
                whole(&units, writing, goes_on, &mut found);
            }
            if found.is_empty() {
                term.without_asking().iter().for_each(|left| in_parts(&units, left, &mut found));
            }
            if found.is_empty() && by_sound == BySound::Yes {
                sounding(&units, term, &mut found);
            }
            marks.extend(found.into_iter().map(|(first, last)| Mark {
                bytes: units.bytes(first, last),
                nth: units.all[first].nth as usize,
                term: index,
            }));
        }
        marks.sort_by_key(|mark| (mark.bytes.start, mark.bytes.end));
        marks
    }

    /// The mark with which a stretch of `width` characters begins that has the most terms, and of those the most marks.
    fn best_window<'a>(&self, marks: &'a [Mark], width: usize) -> Option<&'a Mark> {
        let mut counts = vec![0_usize; self.typed.terms.len()];
        let mut end = 0;
        let mut best: Option<((usize, usize), &Mark)> = None;
        for first in marks {
            while let Some(next) = marks.get(end).filter(|next| next.nth < first.nth + width * 3 / 4) {
                counts[next.term] += 1;
                end += 1;
            }
            let value = (counts.iter().filter(|count| **count > 0).count(), counts.iter().sum());
            if best.is_none_or(|(so_far, _)| so_far < value) {
                best = Some((value, first));
            }
            counts[first.term] = counts[first.term].saturating_sub(1);
        }
        best.map(|(_, mark)| mark)
    }

    /// Where a snippet begins so that the mark has something before it: with its sentence, if that is near.
    fn beginning(&self, text: &str, mark: &Mark, width: usize) -> usize {
        let before = text[..mark.bytes.start].char_indices().rev().take(width / 4);
        let mut from = mark.bytes.start;
        for (at, c) in before {
            if matches!(c, '。' | '！' | '？' | '；' | '!' | '?' | '\n') {
                break;
            }
            from = at;
        }
        from
    }
}

/// The term from beginning to end; here and below the first and last unit of each place are found.
fn whole(units: &Units, term: &Term, goes_on: bool, found: &mut Vec<(usize, usize)>) {
    let length = term.parts.len();
    let mut index = 0;
    while index + length <= units.all.len() {
        if is_at(units, index, term, goes_on) {
            found.push((index, index + length - 1));
            index += length;
        } else {
            index += 1;
        }
    }
}

fn is_at(units: &Units, index: usize, term: &Term, goes_on: bool) -> bool {
    let last = term.parts.len() - 1;
    let first_place = units.all[index].place as usize;
    term.parts.iter().enumerate().all(|(nth, part)| {
        let unit = &units.all[index + nth];
        let fits = match (part, unit.what) {
            (Part::Han(c), What::Han(other)) => *c == other,
            (Part::Word(word), What::Word(from, to)) => {
                let other = units.word((from, to));
                other == word || goes_on && nth == last && other.starts_with(word.as_str()) && word.len() > 1
            }
            (Part::Han(_), What::Word(..)) | (Part::Word(_), What::Han(_)) => false,
        };
        fits && unit.place as usize == first_place + nth
    })
}

/// Its pairs and words, where the whole is not found, and words that are nearly the one that was typed.
fn in_parts(units: &Units, term: &Term, found: &mut Vec<(usize, usize)>) {
    let pairs: Vec<(char, char)> = term
        .parts
        .windows(2)
        .filter_map(|pair| match pair {
            [Part::Han(one), Part::Han(other)] => Some((*one, *other)),
            _ => None,
        })
        .collect();
    let words = || {
        term.parts.iter().filter_map(|part| match part {
            Part::Word(word) => Some(word.as_str()),
            Part::Han(_) => None,
        })
    };
    for index in 0..units.all.len() {
        match units.all[index].what {
            What::Han(_) => {
                if !pairs.is_empty() && units.pair(index).is_some_and(|pair| pairs.contains(&pair)) {
                    found.push((index, index + 1));
                }
            }
            What::Word(from, to) => {
                let other = units.word((from, to));
                if words().any(|word| word == other || is_long_enough_to_be_mistyped(word) && is_mistyped(word, other))
                {
                    found.push((index, index));
                }
            }
        }
    }
}

/// The characters that are read as the letters, or as the characters, that were typed.
fn sounding(units: &Units, term: &Term, found: &mut Vec<(usize, usize)>) {
    let ways = heard(term);
    for finished in [true, false] {
        for index in 0..units.all.len() {
            if let Some(way) = ways.iter().find(|way| is_heard_at(units, index, way, finished)) {
                found.push((index, index + way.len() - 1));
            }
        }
        if !found.is_empty() {
            return;
        }
    }
}

#[derive(Clone, Copy)]
enum Heard<'a> {
    Sound(Sound<'a>),
    Like(char),
}

/// The ways in which a term is read. One character alone would be like too many.
fn heard(term: &Term) -> Vec<Vec<Heard<'_>>> {
    let mut ways: Vec<Vec<Heard<'_>>> = vec![Vec::new()];
    for part in &term.parts {
        let next: Vec<Vec<Heard<'_>>> = match part {
            Part::Han(c) => vec![vec![Heard::Like(*c)]],
            Part::Word(letters) => {
                cuts(letters).into_iter().map(|cut| cut.into_iter().map(Heard::Sound).collect()).collect()
            }
        };
        let longer = |begun: &Vec<_>| next.iter().map(|heard| [&begun[..], heard].concat()).collect::<Vec<_>>();
        ways = ways.iter().flat_map(longer).take(MOST_WAYS).collect();
    }
    ways.retain(|way| !matches!(way[..], [] | [Heard::Like(_)]));
    ways
}

const MOST_WAYS: usize = 16;

fn is_heard_at(units: &Units, index: usize, way: &[Heard<'_>], finished: bool) -> bool {
    let last = way.len() - 1;
    way.iter().enumerate().all(|(nth, heard)| {
        let fits = |c: char| match *heard {
            Heard::Like(typed) => sound_alike(typed, c),
            Heard::Sound(Sound::Syllable(letters)) if nth == last && !finished => Sound::Begun(letters).fits(c),
            Heard::Sound(sound) => sound.fits(c),
        };
        units.han(index + nth).is_some_and(fits) && is_run(units, index, nth)
    })
}

/// Whether nothing stands between a unit and the one `nth` behind it.
fn is_run(units: &Units, index: usize, nth: usize) -> bool {
    units.all[index + nth].place as usize == units.all[index].place as usize + nth
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds this stretch of the text; marks may overlap.
    fn add(&mut self, text: &str, stretch: Range<usize>, marks: &[Mark]) {
        let mut done = stretch.start;
        for Range { start, end } in marks.iter().map(|mark| mark.bytes.clone()) {
            let (start, end) = (start.max(done), end.min(stretch.end));
            if start < end {
                self.push(&text[done..start], false);
                self.push(&text[start..end], true);
                done = end;
            }
        }
        self.push(&text[done..stretch.end], false);
    }

    fn push(&mut self, text: &str, hit: bool) {
        match self.0.last_mut().filter(|last| last.hit == hit) {
            Some(last) => last.text.push_str(text),
            None if text.is_empty() => {}
            None => self.0.push(Piece { text: text.to_owned(), hit }),
        }
    }

    fn with_single_spaces(mut self) -> Vec<Piece> {
        let mut after_space = false;
        for piece in &mut self.0 {
            let mut text = String::with_capacity(piece.text.len());
            for c in piece.text.chars() {
                let is_space = c.is_whitespace() || c.is_control();
                match is_space {
                    true if after_space => {}
                    true => text.push(' '),
                    false => text.push(c),
                }
                after_space = is_space;
            }
            piece.text = text;
        }
        self.0.retain(|piece| !piece.text.is_empty());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        let shown = pieces.iter().map(|piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        });
        shown.collect()
    }

    #[test]
    fn a_title_is_marked_where_it_fits() {
        for (title, q, expected) in [
            ("《分数的初步认识》教案", "分数", "《[分数]的初步认识》教案"),
            ("集體備課記錄", "集体备课", "[集體備課]記錄"),
            ("集体备课记录", "集體備課", "[集体备课]记录"),
            ("三年级上册 分数 练习", "三年级上册 分数", "[三年级上册] [分数] 练习"),
            ("分数的初步认识", "fenshu", "[分数]的初步认识"),
            ("分数的初步认识", "fs", "[分数]的初步认识"),
            ("分数的初步认识", "fensh", "[分数]的初步认识"),
            ("分数的初步认识", "fshu", "[分数]的初步认识"),
            ("分数的初步认识", "分shu", "[分数]的初步认识"),
            ("认识人民币", "人名币", "认识[人民币]"),
            ("怎么办好学校", "学校怎么办", "怎么办好[学校]"),
            ("分水岭", "fenshu", "[分水]岭"),
            ("分数的初步认识", "份数", "[分数]的初步认识"),
            ("分数的初步认识", "分数的初步认识教学", "[分数的初步认识]"),
            ("PEP Unit 3 What’s this?", "unit3 pep", "[PEP] [Unit 3] What’s this?"),
            ("Welcome to the unit", "welcme", "[Welcome] to the unit"),
            ("Welcome to the unit", "welc", "[Welcome] to the unit"),
            ("3年级下册", "三年级", "[3年级]下册"),
            ("第12课 桥", "第十二课", "[第12课] 桥"),
            ("数。学", "数学", "数。学"),
            ("数\n学", "数学", "[数\n学]"),
            ("数学数学", "数学", "[数学数学]"),
            ("任意", "", "任意"),
            ("", "数", ""),
        ] {
            let pieces = Marker::of(q).highlight(title);
            assert_eq!(shown(&pieces), expected, "{title} by {q}");
            assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), title);
        }
    }

    #[test]
    fn a_snippet_is_the_stretch_with_the_most_terms() {
        let text = "分数在前面出现一次。".to_owned()
            + &"这里什么也没有，".repeat(20)
            + "後面講\n\n三年級的分數，還有練習。"
            + &"完".repeat(50);
        let snippet = Marker::of("三年级 分数").snippet(&text, 24);
        assert_eq!(shown(&snippet), "…[三年級]的[分數]，還有練習。完完完完完完完完完完完完…");
        for (text, q, width, expected) in [
            ("只有开头。后面没有", "别的", 4, "只有开头…"),
            ("短", "短", 10, "[短]"),
            ("  \n ", "短", 10, ""),
            ("", "", 10, ""),
            ("分数", "fenshu", 10, "分数"),
        ] {
            assert_eq!(shown(&Marker::of(q).snippet(text, width)), expected, "{text} by {q}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_marked_without_losing_a_letter(
            text in "[分數数的第3课 。Unit\u{301}\u{200b}İß]{0,40}",
            q in "[分数的第3fs unit]{0,12}",
            width in 0_usize..30,
        ) {
            let marker = Marker::of(&q);
            let title: String = marker.highlight(&text).into_iter().map(|piece| piece.text).collect();
            proptest::prop_assert_eq!(&title, &text);
            let snippet: String = marker.snippet(&text, width).into_iter().map(|piece| piece.text).collect();
            proptest::prop_assert!(snippet.chars().count() <= width + 2);
        }
    }
}
