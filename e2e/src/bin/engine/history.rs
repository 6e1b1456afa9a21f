//! The history of a long document: somebody types, goes back, mends, one update a key.

use anyhow::Result;
use bytes::Bytes;
use e2e::engine::Chance;
use yrs::types::xml::{XmlElementPrelim, XmlTextPrelim};
use yrs::{ClientID, Doc, Options, ReadTxn, Text, Transact, XmlFragment, XmlFragmentRef, XmlTextRef};

pub struct History {
    /// Makes the first paragraph.
    pub first: Bytes,
    /// Each types or deletes a letter, or begins a paragraph.
    pub keys: Vec<Bytes>,
    /// The keys after them, many in each.
    pub rest: Vec<Bytes>,
    pub client: u64,
    /// Clocks of the whole.
    pub clocks: u32,
}

const CLIENT: u64 = 424_242;
/// Of 182 keys 38 delete: what a long paper has shown, 105 letters are left.
const KEYS: usize = 182;
const DELETIONS: usize = 38;
/// Letters after which a new paragraph begins.
const PARAGRAPH: usize = 300;
const WORDS: usize = 2_000;
/// Keys in one update of the rest.
const TOGETHER: usize = 80;

impl History {
    /// As many keys as asked for, of which the first `one_by_one` are updates of their own.
    pub fn of(keys: usize, one_by_one: usize) -> Result<Self> {
        let doc = Doc::with_options(Options { client_id: ClientID::new(CLIENT), ..Options::default() });
        let mut writer = Writer::new(&doc);
        let first = writer.new_paragraph(&doc);
        let mut keys: Vec<Bytes> = (0..keys).map(|_| writer.key(&doc)).collect();
        let later = keys.split_off(one_by_one.min(keys.len()));
        let rest = later.chunks(TOGETHER).map(|keys| Ok(yrs::merge_updates_v1(keys)?.into())).collect::<Result<_>>()?;
        let clocks = doc.transact().state_vector().get(&ClientID::new(CLIENT));
        Ok(Self { first, keys, rest, client: CLIENT, clocks })
    }
}

/// Somebody with a caret.
struct Writer {
    content: XmlFragmentRef,
    /// With their lengths.
    paragraphs: Vec<(XmlTextRef, usize)>,
    chance: Chance,
    vocabulary: Vec<String>,
    /// Paragraph and place in it.
    caret: (usize, usize),
    /// Keys until the caret goes elsewhere, and whether they delete.
    burst: usize,
    deleting: bool,
    /// What is still to be typed of the word begun.
    word: Vec<char>,
}

impl Writer {
    fn new(doc: &Doc) -> Self {
        let mut chance = Chance::new(1);
        let vocabulary = (0..WORDS).map(|_| word(&mut chance)).collect();
        let content = doc.get_or_insert_xml_fragment("content");
        let (caret, burst, deleting) = ((0, 0), 0, false);
        Self { content, paragraphs: Vec::new(), chance, vocabulary, caret, burst, deleting, word: Vec::new() }
    }

    fn new_paragraph(&mut self, doc: &Doc) -> Bytes {
        let mut change = doc.transact_mut();
        let paragraph = self.content.push_back(&mut change, XmlElementPrelim::empty("paragraph"));
        let text = paragraph.push_back(&mut change, XmlTextPrelim::new(""));
        self.caret = (self.paragraphs.len(), 0);
        self.paragraphs.push((text, 0));
        change.encode_update_v1().into()
    }

    fn key(&mut self, doc: &Doc) -> Bytes {
        if self.paragraphs.last().is_none_or(|(_, length)| *length >= PARAGRAPH) {
            return self.new_paragraph(doc);
        }
        if self.burst == 0 || (self.deleting && self.caret.1 == 0) {
            self.next_burst();
        }
        self.burst -= 1;
        let letter = (!self.deleting).then(|| self.letter());
        let (text, length) = &mut self.paragraphs[self.caret.0];
        let mut change = doc.transact_mut();
        match letter {
            Some(letter) => {
                text.insert(&mut change, self.caret.1 as u32, letter.encode_utf8(&mut [0; 4]));
                self.caret.1 += 1;
                *length += 1;
            }
            None => {
                self.caret.1 -= 1;
                *length -= 1;
                text.remove_range(&mut change, self.caret.1 as u32, 1);
            }
        }
        change.encode_update_v1().into()
    }

    /// Mostly goes on at the end, at times somewhere in what is written.
    fn next_burst(&mut self) {
        let place = match self.chance.below(4) {
            0 => self.chance.below(self.paragraphs.len()),
            _ => self.paragraphs.len() - 1,
        };
        let length = self.paragraphs[place].1;
        self.burst = 1 + self.chance.below(20);
        self.deleting = length >= self.burst && self.chance.below(KEYS) < DELETIONS;
        let at_end = place + 1 == self.paragraphs.len();
        let least = if self.deleting { self.burst } else { 0 };
        self.caret = (place, if at_end { length } else { least + self.chance.below(length + 1 - least) });
    }

    fn letter(&mut self) -> char {
        if self.word.is_empty() {
            // The first words of a language are its most frequent ones.
            let ceiling = 1 + self.chance.below(WORDS);
            let place = self.chance.below(ceiling);
            let place = self.chance.below(place + 1);
            self.word = self.vocabulary[place].chars().rev().collect();
        }
        self.word.pop().unwrap_or(' ')
    }
}

fn word(chance: &mut Chance) -> String {
    let mut word = String::new();
    for _ in 0..=chance.below(3) {
        word.push(char::from(b"bcdfghklmnprstvw"[chance.below(16)]));
        word.push(char::from(b"aeiou"[chance.below(5)]));
    }
    word.push(' ');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_the_same_document_however_it_is_cut() {
        let texts = [3_000, 1_000].map(|one_by_one| {
            let History { first, keys, rest, .. } = History::of(3_000, one_by_one).unwrap();
            assert_eq!(keys.len(), one_by_one);
            e2e::engine::text_of([&first].into_iter().chain(&keys).chain(&rest)).unwrap()
        });
        assert_eq!(texts[0], texts[1]);
        assert!((1_500..2_600).contains(&texts[0].len()), "{}", texts[0].len());
    }
}
