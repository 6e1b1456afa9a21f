//! A text as what can be looked for in it: characters of Chinese, and words of everything else.

use std::ops::Range;

use crate::names::fold_char;

/// The units of a text, folded, in their order.
#[derive(Debug, Clone, Default)]
pub struct Units {
    pub all: Vec<Unit>,
    /// The folded words, one after the other.
    words: String,
}

#[derive(Debug, Clone, Copy)]
pub struct Unit {
    pub what: What,
    /// Where it stands among the units; signs leave a place free, so that nothing is found across a full stop.
    pub place: u32,
    /// Bytes of the text.
    pub from: u32,
    pub to: u32,
    /// Which character of the text it begins with.
    pub nth: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// One character of a writing without spaces.
    Han(char),
    /// Letters, or digits: where it lies among the folded words.
    Word(u32, u32),
}

/// No word that somebody types is longer, and no other is told apart behind that, in characters.
const LONGEST_WORD: usize = 40;

impl Units {
    /// White space is no border: a line of a PDF ends in the middle of a word.
    pub fn of(text: &str) -> Self {
        let mut units = Self { all: Vec::with_capacity(text.len() / 3), words: String::new() };
        let mut place = 0;
        let mut word: Option<(Class, usize)> = None;
        for (nth, (at, original)) in text.char_indices().enumerate() {
            let c = fold_char(original);
            let class = Class::of(c);
            let end = (at + original.len_utf8()) as u32;
            if let Some((_, length)) = word.as_mut().filter(|(open, _)| *open == class) {
                *length += 1;
                if *length <= LONGEST_WORD {
                    units.words.push(c);
                }
                if let Some(Unit { what: What::Word(_, to), to: last, .. }) = units.all.last_mut() {
                    (*to, *last) = (units.words.len() as u32, end);
                }
                continue;
            }
            word = None;
            let what = match class {
                Class::Han => What::Han(c),
                Class::Letter | Class::Digit => {
                    word = Some((class, 1));
                    let from = units.words.len() as u32;
                    units.words.push(c);
                    What::Word(from, units.words.len() as u32)
                }
                Class::Space => continue,
                Class::Sign => {
                    // One place however many signs there are.
                    let last = units.all.last().map_or(0, |unit| unit.place + 1);
                    place = last + 1;
                    continue;
                }
            };
            units.all.push(Unit { what, place, from: at as u32, to: end, nth: nth as u32 });
            place += 1;
        }
        units
    }

    pub fn word(&self, (from, to): (u32, u32)) -> &str {
        &self.words[from as usize..to as usize]
    }

    /// What it says, folded.
    pub fn written(&self, what: What) -> String {
        match what {
            What::Han(c) => c.to_string(),
            What::Word(from, to) => self.word((from, to)).to_owned(),
        }
    }

    /// The character at `index`, if it is one.
    pub fn han(&self, index: usize) -> Option<char> {
        match self.all.get(index)?.what {
            What::Han(c) => Some(c),
            What::Word(..) => None,
        }
    }

    /// The two characters that stand side by side from `index` on.
    pub fn pair(&self, index: usize) -> Option<(char, char)> {
        let pair = (self.han(index)?, self.han(index + 1)?);
        (self.all[index].place + 1 == self.all[index + 1].place).then_some(pair)
    }

    /// The bytes of the text from one unit to another, both included.
    pub fn bytes(&self, first: usize, last: usize) -> Range<usize> {
        self.all[first].from as usize..self.all[last].to as usize
    }
}

/// What is typed, cut where nothing goes on.
pub fn terms(typed: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| matches!(Class::of(fold_char(c)), Class::Space | Class::Sign);
    typed.split(between).filter(|term| !term.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Han,
    Letter,
    Digit,
    Space,
    Sign,
}

impl Class {
    /// Of a folded character.
    fn of(c: char) -> Self {
        match c {
            'a'..='z' => Class::Letter,
            '0'..='9' => Class::Digit,
            '\u{3400}'..='\u{9fff}' | '々' | '〇' => Class::Han,
            // Kana, Bopomofo, Hangul, what is left of the block for compatibility, and the rare characters.
            '\u{3041}'..='\u{31ff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                Class::Han
            }
            // Not to be seen: they come with text out of web pages.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => Class::Space,
            c if c.is_whitespace() => Class::Space,
            c if c.is_alphabetic() => Class::Letter,
            c if c.is_numeric() => Class::Digit,
            _ => Class::Sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let units = Units::of(text);
        let mut shown = String::new();
        let mut place = 0;
        for unit in &units.all {
            if unit.place > place {
                shown.push('|');
            }
            place = unit.place + 1;
            match unit.what {
                What::Han(c) => shown.push(c),
                What::Word(from, to) => shown += &format!("<{}>", units.word((from, to))),
            }
        }
        shown
    }

    #[test]
    fn a_text_is_characters_and_words() {
        for (text, expected) in [
            ("分數的 初步\n認識", "分数的初步认识"),
            ("第3单元", "第<3>单元"),
            ("PEP Unit3，Ｌet's go！", "<pep><unit><3>|<let>|<s><go>"),
            ("《背影》（朱自清）", "|背影|朱自清"),
            ("2.5 米", "<2>|<5>米"),
            ("女ü", "女<v>"),
            ("", ""),
            ("。。", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_unit_knows_where_it_stood() {
        let text = "教案：ＰＥＰ 三年級";
        let units = Units::of(text);
        let stood: Vec<_> = units.all.iter().map(|unit| &text[unit.from as usize..unit.to as usize]).collect();
        assert_eq!(stood, ["教", "案", "ＰＥＰ", "三", "年", "級"]);
        assert_eq!(units.all.iter().map(|unit| unit.nth).collect::<Vec<_>>(), [0, 1, 3, 7, 8, 9]);
    }

    #[test]
    fn words_without_an_end_are_cut() {
        let units = Units::of(&"x".repeat(1 << 20));
        assert_eq!((units.all.len(), units.words.len()), (1, LONGEST_WORD));
        assert_eq!(units.bytes(0, 0), 0..1 << 20);
    }

    #[test]
    fn what_is_typed_is_cut_at_spaces_and_signs() {
        assert_eq!(terms("三年级上册 分数，fs　《背影》").collect::<Vec<_>>(), ["三年级上册", "分数", "fs", "背影"]);
        assert_eq!(terms(" ？！").count(), 0);
    }
}
