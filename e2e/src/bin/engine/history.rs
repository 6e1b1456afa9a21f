//! The history of a long document: somebody types, goes back, mends, one update a key.

use bytes::Bytes;
use yrs::types::xml::{XmlElementPrelim, XmlTextPrelim};
use yrs::{ClientID, Doc, Options, Text, Transact, XmlFragment, XmlTextRef};

use crate::chance::Chance;

pub struct History {
    /// The first makes the paragraph, each other one types or deletes a letter.
    pub updates: Vec<Bytes>,
    pub client: u64,
    /// Clocks of the whole.
    pub clocks: u32,
}

const CLIENT: u64 = 424_242;
/// Of 182 keys 38 delete: what a long paper has shown, 105 letters are left.
const KEYS: usize = 182;
const DELETIONS: usize = 38;
const WORDS: usize = 2_000;

impl History {
    /// As many keys as asked for.
    pub fn of(keys: usize) -> Self {
        let doc = Doc::with_options(Options { client_id: ClientID::new(CLIENT), ..Options::default() });
        let content = doc.get_or_insert_xml_fragment("content");
        let mut updates = Vec::with_capacity(keys + 1);
        let text = {
            let mut change = doc.transact_mut();
            let paragraph = content.push_back(&mut change, XmlElementPrelim::empty("paragraph"));
            let text = paragraph.push_back(&mut change, XmlTextPrelim::new(""));
            updates.push(change.encode_update_v1().into());
            text
        };
        let mut writer = Writer::new(text);
        updates.extend((0..keys).map(|_| writer.key(&doc)));
        // Two for the paragraph and its text; deletions take no clock.
        let clocks = 2 + writer.typed;
        Self { updates, client: CLIENT, clocks }
    }
}

/// Somebody with a caret.
struct Writer {
    text: XmlTextRef,
    chance: Chance,
    vocabulary: Vec<String>,
    length: usize,
    typed: u32,
    caret: usize,
    /// Keys until the caret goes elsewhere, and whether they delete.
    burst: usize,
    deleting: bool,
    /// What is still to be typed of the word begun.
    word: Vec<char>,
}

impl Writer {
    fn new(text: XmlTextRef) -> Self {
        let mut chance = Chance::new(1);
        let vocabulary = (0..WORDS).map(|_| word(&mut chance)).collect();
        Self { text, chance, vocabulary, length: 0, typed: 0, caret: 0, burst: 0, deleting: false, word: Vec::new() }
    }

    fn key(&mut self, doc: &Doc) -> Bytes {
        if self.burst == 0 || (self.deleting && self.caret == 0) {
            self.next_burst();
        }
        self.burst -= 1;
        let mut change = doc.transact_mut();
        if self.deleting {
            self.caret -= 1;
            self.length -= 1;
            self.text.remove_range(&mut change, self.caret as u32, 1);
        } else {
            let letter = self.letter();
            self.text.insert(&mut change, self.caret as u32, letter.encode_utf8(&mut [0; 4]));
            self.caret += 1;
            self.length += 1;
            self.typed += 1;
        }
        change.encode_update_v1().into()
    }

    /// Mostly goes on near the end, at times somewhere in what is written.
    fn next_burst(&mut self) {
        self.deleting = self.length > 100 && self.chance.below(KEYS) < DELETIONS;
        self.burst = 1 + self.chance.below(20);
        self.caret = match self.chance.below(4) {
            0 => self.chance.below(self.length + 1),
            _ => self.length,
        };
        if self.deleting {
            self.caret = self.caret.max(self.burst.min(self.length));
        }
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
    fn a_history_has_as_many_keys_as_asked_and_more_letters_than_half() {
        let history = History::of(2_000);
        assert_eq!(history.updates.len(), 2_001);
        let text = e2e::engine::text_of(&history.updates).unwrap();
        assert!((1_000..1_600).contains(&text.len()), "{}", text.len());
        let merged = yrs::merge_updates_v1(&history.updates).unwrap().into();
        assert_eq!(e2e::engine::text_of([&merged]).unwrap(), text);
    }
}
