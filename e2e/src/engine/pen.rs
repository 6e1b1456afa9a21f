//! Edits that cost the load generator next to nothing to make and to recognise.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::Result;
use bytes::Bytes;
use yrs::types::xml::{XmlElementPrelim, XmlTextPrelim};
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, Options, ReadTxn, Transact, Update, XmlFragment};

use super::speech::{put_uint, take_bytes, take_uint};

/// An update that changes nothing.
pub const EMPTY: &[u8] = &[0, 0];
const LETTER: &str = "备";

/// Somebody who types at the end of a paragraph of their own, one letter an edit.
pub struct Pen {
    client: u64,
    /// Clocks used so far; a letter takes one.
    clock: u32,
}

impl Pen {
    /// A paragraph with one letter, as the first edit of this client id.
    pub fn begin(client: u64) -> (Self, Bytes) {
        let doc = Doc::with_options(Options { client_id: ClientID::new(client), ..Options::default() });
        let content = doc.get_or_insert_xml_fragment("content");
        let mut change = doc.transact_mut();
        let paragraph = content.push_back(&mut change, XmlElementPrelim::empty("paragraph"));
        paragraph.push_back(&mut change, XmlTextPrelim::new(LETTER));
        let first = change.encode_update_v1();
        let clock = change.state_vector().get(&ClientID::new(client));
        (Self { client, clock }, first.into())
    }

    /// The clock up to which this pen has written.
    pub fn clock(&self) -> u32 {
        self.clock
    }

    pub fn client(&self) -> u64 {
        self.client
    }

    /// One more letter: one struct whose left neighbour is the letter before.
    pub fn letter(&mut self) -> Bytes {
        let mut update = Vec::with_capacity(40);
        for number in [1, 1, self.client, u64::from(self.clock)] {
            put_uint(&mut update, number);
        }
        update.push(HAS_LEFT | STRING);
        put_uint(&mut update, self.client);
        put_uint(&mut update, u64::from(self.clock - 1));
        put_uint(&mut update, LETTER.len() as u64);
        update.extend_from_slice(LETTER.as_bytes());
        put_uint(&mut update, 0);
        self.clock += 1;
        update.into()
    }
}

/// The first byte of a struct: its kind in the low five bits, then what is told of its neighbours.
const STRING: u8 = 4;
const KIND: u8 = 0x1f;
const HAS_RIGHT: u8 = 0x40;
const HAS_LEFT: u8 = 0x80;

/// Up to which clock of each client somebody has seen a document.
#[derive(Default)]
pub struct Seen(HashMap<u64, u32>);

impl Seen {
    /// Takes an update; gives what it brings anew: client, from clock, to clock.
    pub fn take(&mut self, update: &[u8], mut new: impl FnMut(u64, u32, u32)) -> Result<()> {
        let mut advance = |client, end| {
            let seen = self.0.entry(client).or_default();
            if *seen < end {
                new(client, *seen, end);
                *seen = end;
            }
        };
        let mut letters = Vec::new();
        match skim(update, &mut letters) {
            Some(()) => letters.into_iter().for_each(|(client, end)| advance(client, end)),
            None => {
                let update = Update::decode_v1(update)?;
                // The lower end says from where on; what lies between is whole, since nobody here sends gaps.
                update.insertions(true).iter().for_each(|(client, ranges)| {
                    if let Some(end) = ranges.iter().map(|range| range.end).max() {
                        advance(client.get(), end);
                    }
                });
            }
        }
        Ok(())
    }

    pub fn of(&self, client: u64) -> u32 {
        self.0.get(&client).copied().unwrap_or(0)
    }

    /// How many clocks of these clients together.
    pub fn total(&self, clients: Range<u64>) -> u64 {
        self.0.iter().filter(|(client, _)| clients.contains(client)).map(|(_, clock)| u64::from(*clock)).sum()
    }

    /// As a state vector, for step 1.
    pub fn state_vector(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_uint(&mut out, self.0.len() as u64);
        for (client, clock) in &self.0 {
            put_uint(&mut out, *client);
            put_uint(&mut out, u64::from(*clock));
        }
        out
    }
}

/// The ends of an update's sections if it has letters only, which is what is sent here thousands of times.
fn skim(mut update: &[u8], ends: &mut Vec<(u64, u32)>) -> Option<()> {
    let bytes = &mut update;
    for _ in 0..take_uint(bytes)? {
        let structs = take_uint(bytes)?;
        let client = take_uint(bytes)?;
        let mut clock = take_uint(bytes)?;
        for _ in 0..structs {
            let (first, rest) = bytes.split_first()?;
            *bytes = rest;
            let neighbours = (first & (HAS_LEFT | HAS_RIGHT)).count_ones();
            // Without a neighbour its parent would follow.
            if first & KIND != STRING || neighbours == 0 {
                return None;
            }
            for _ in 0..2 * neighbours {
                take_uint(bytes)?;
            }
            let text = take_bytes(bytes)?;
            clock += std::str::from_utf8(text).ok()?.encode_utf16().count() as u64;
        }
        ends.push((client, u32::try_from(clock).ok()?));
    }
    Some(())
}

/// The document these updates make, as XML text.
pub fn text_of<'a>(updates: impl IntoIterator<Item = &'a Bytes>) -> Result<String> {
    let doc = Doc::new();
    let content = doc.get_or_insert_xml_fragment("content");
    for update in updates {
        doc.transact_mut().apply_update(Update::decode_v1(update)?)?;
    }
    let text = content.get_string(&doc.transact());
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_made_by_hand_make_the_document_they_should() {
        let (mut pen, first) = Pen::begin(77);
        let mut updates = vec![first];
        updates.extend((0..3).map(|_| pen.letter()));
        assert_eq!(text_of(&updates).unwrap(), "<paragraph>备备备备</paragraph>");
        let mut seen = Seen::default();
        for update in &updates {
            seen.take(update, |_, _, _| {}).unwrap();
        }
        assert_eq!(seen.of(77), pen.clock());
    }

    #[test]
    fn merged_edits_are_counted_one_by_one() {
        let (mut pen, first) = Pen::begin(5);
        let mut seen = Seen::default();
        seen.take(&first, |_, _, _| {}).unwrap();
        let began = pen.clock();
        let mut updates = vec![first];
        updates.extend((0..4).map(|_| pen.letter()));
        let merged = yrs::merge_updates_v1(&updates).unwrap();
        let mut new = Vec::new();
        seen.take(&merged, |client, from, to| new.push((client, from, to))).unwrap();
        assert_eq!(new, [(5, began, began + 4)]);
    }
}
