//! What the index keeps of a text: its words, and how its characters sound.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::sounds::{initials, readings};
use super::units::{Unit, Units, What};

/// The tokenizer of words: each pair of characters that stand side by side, each word, and single characters where
/// pairs would not lead to them.
///
/// A run of characters is found as a phrase of pairs; a single one is kept where it is first met and beside words, as
/// the 第 in 第3课. So an index of pairs has hardly more entries than one of characters.
#[derive(Clone)]
pub struct Words;

/// The tokenizer of sounds: for each character, at its place, all its syllables, their initials, and those together with
/// the initials of the next one.
#[derive(Clone)]
pub struct Sounds;

impl Words {
    pub const NAME: &str = "words";
}

impl Sounds {
    pub const NAME: &str = "sounds";
}

impl Tokenizer for Words {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let units = Units::of(text);
        let mut tokens = Tokens::default();
        let mut met = Met::default();
        let mut pair_before = false;
        if let Some(first) = units.all.first().filter(|_| units.all.len() <= LONGEST_WHOLE) {
            let whole: String = units.all.iter().map(|unit| units.written(unit.what)).collect();
            tokens.push(first, [WHOLE, &whole]);
        }
        for (index, unit) in units.all.iter().enumerate() {
            match unit.what {
                What::Word(from, to) => tokens.push(unit, [units.word((from, to))]),
                What::Han(c) => {
                    let pair = units.pair(index);
                    if met.first_time(c) || pair.is_none() || !pair_before {
                        tokens.push(unit, [&*c.encode_utf8(&mut [0; 4])]);
                    }
                    if let Some((c, next)) = pair {
                        tokens.push(unit, [&*c.encode_utf8(&mut [0; 4]), &*next.encode_utf8(&mut [0; 4])]);
                    }
                    pair_before = pair.is_some();
                }
            }
        }
        tokens
    }
}

impl Tokenizer for Sounds {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let units = Units::of(text);
        let mut tokens = Tokens::default();
        let mut here: Vec<(&str, &str)> = Vec::new();
        for (index, unit) in units.all.iter().enumerate() {
            let What::Han(c) = unit.what else { continue };
            here.clear();
            for syllable in readings(c) {
                here.push((syllable, ""));
                here.extend(initials(syllable).map(|initial| (initial, "")));
                let next = units.pair(index).map(|(_, next)| readings(next)).into_iter().flatten();
                here.extend(next.filter_map(|next| Some((syllable.get(..1)?, next.get(..1)?))));
            }
            here.sort_unstable();
            here.dedup();
            for (sound, next) in &here {
                match *next {
                    "" => tokens.push(unit, [*sound]),
                    next => tokens.push(unit, [PAIR, *sound, next]),
                }
            }
        }
        tokens
    }
}

/// Stands before all that a short value says, so that who is 王芳 comes before whoever is spoken of.
pub const WHOLE: &str = "=";
/// In characters and words: names, tags, subjects, units.
pub const LONGEST_WHOLE: usize = 12;

/// Stands before two initials, so that `/en` is not the syllable.
pub const PAIR: &str = "/";

/// Tokens, given out one by one.
#[derive(Default)]
pub struct Tokens {
    text: String,
    /// Place, and where each ends in `text`.
    all: Vec<(u32, u32)>,
    next: usize,
    token: Token,
}

impl Tokens {
    fn push<const N: usize>(&mut self, unit: &Unit, parts: [&str; N]) {
        parts.into_iter().for_each(|part| self.text.push_str(part));
        self.all.push((unit.place, self.text.len() as u32));
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some((place, end)) = self.all.get(self.next).copied() else { return false };
        let begin = self.next.checked_sub(1).map_or(0, |before| self.all[before].1);
        self.token.position = place as usize;
        self.token.text.clear();
        self.token.text.push_str(&self.text[begin as usize..end as usize]);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Which characters have been met; the rare ones are met for the first time again and again.
struct Met([u64; 1024]);

impl Default for Met {
    fn default() -> Self {
        Self([0; 1024])
    }
}

impl Met {
    fn first_time(&mut self, c: char) -> bool {
        let code = u32::from(c) as usize;
        let Some(word) = self.0.get_mut(code / 64) else { return true };
        let bit = 1 << (code % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mut tokenizer: impl Tokenizer, text: &str) -> Vec<String> {
        let mut stream = tokenizer.token_stream(text);
        let mut all = Vec::new();
        while let Some(token) = stream.next() {
            all.push(format!("{}{}", token.position, token.text));
        }
        all
    }

    #[test]
    fn pairs_lead_to_every_run_and_single_characters_to_its_ends() {
        for (text, expected) in [
            ("分数的分数", &["0=分数的分数", "0分", "0分数", "1数", "1数的", "2的", "2的分", "3分数", "4数"][..]),
            ("第3课 PPT", &["0=第3课ppt", "0第", "13", "2课", "3ppt"]),
            ("数。数", &["0=数数", "0数", "2数"]),
            ("", &[]),
        ] {
            assert_eq!(shown(Words, text), expected, "{text}");
        }
    }

    #[test]
    fn a_character_sounds_in_all_its_ways() {
        assert_eq!(
            shown(Sounds, "中行a"),
            ["0z", "0/zh", "0/zx", "0zh", "0zhong", "1h", "1hang", "1heng", "1x", "1xing"]
        );
    }
}
