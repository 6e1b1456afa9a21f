//! A segment: a stretch of a document's log in one piece, coded by columns and deflated.
//!
//! Encoding 1 is a number, the length of the columns, and the columns deflated (RFC 1951); numbers and texts are
//! lib0's. The columns: how many updates; the authors; who wrote which run of updates; when, as differences; how long
//! each is; and their bytes, each as the difference to the same author's last update of the same length. One keystroke
//! differs from the one before in two counters and a character, so most of that is zeros.
//!
//! Numbers of updates follow from the segment's place, their client ids stand in a table of their own, and the chain's
//! checksums follow from all of it.

use std::collections::HashMap;
use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use shared::wire::lib0::{ReadError, Reader, write_string, write_uint};
use shared::words::{UnixMillis, UserId};

/// Grows when an older program could not read what is written.
pub const ENCODING: i64 = 1;

/// The columns of one segment have at most so many bytes: far more than is ever packed into one.
const MAX_COLUMNS: u64 = 128 << 20;

/// What a segment keeps of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub author: UserId,
    pub at: UnixMillis,
    pub bytes: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it has the encoding {0}")]
    Encoding(i64),
    #[error("{0}")]
    Column(#[from] ReadError),
    #[error("it can't be inflated: {0}")]
    Deflated(#[from] std::io::Error),
    #[error("its columns don't fit together")]
    Misfit,
}

/// The inverse of [`unpack`] for times of up to 50,000 years; whoever drops the original compares first.
pub fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut authors: Vec<&UserId> = Vec::new();
    let mut runs: Vec<(usize, u64)> = Vec::new();
    for entry in entries {
        let author = authors.iter().position(|author| **author == entry.author).unwrap_or_else(|| {
            authors.push(&entry.author);
            authors.len() - 1
        });
        match runs.last_mut() {
            Some((last, length)) if *last == author => *length += 1,
            _ => runs.push((author, 1)),
        }
    }
    let mut columns = Vec::new();
    write_uint(&mut columns, entries.len() as u64);
    write_uint(&mut columns, authors.len() as u64);
    authors.iter().for_each(|author| write_string(&mut columns, author.as_str()));
    for (author, length) in &runs {
        write_uint(&mut columns, *author as u64);
        write_uint(&mut columns, *length);
    }
    let mut before = 0;
    for entry in entries {
        write_uint(&mut columns, zigzag(entry.at.0.wrapping_sub(before)));
        before = entry.at.0;
    }
    entries.iter().for_each(|entry| write_uint(&mut columns, entry.bytes.len() as u64));
    let mut likeness = Likeness::default();
    for (author, entry) in each(&runs).zip(entries) {
        match likeness.replace(author, &entry.bytes) {
            Some(like) => columns.extend(entry.bytes.iter().zip(like).map(|(byte, like)| byte.wrapping_sub(like))),
            None => columns.extend_from_slice(&entry.bytes),
        }
    }

    let mut packed = Vec::new();
    write_uint(&mut packed, columns.len() as u64);
    let mut encoder = DeflateEncoder::new(packed, Compression::best());
    encoder.write_all(&columns).and_then(|()| encoder.finish()).expect("memory takes what is written")
}

/// Reads what [`pack`] wrote under `encoding`. Any bytes are an answer or an error, and no length in them is believed.
pub fn unpack(encoding: i64, packed: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    if encoding != ENCODING {
        return Err(Unreadable::Encoding(encoding));
    }
    let mut head = Reader::new(packed);
    let length = head.uint()?;
    if length > MAX_COLUMNS {
        return Err(Unreadable::Misfit);
    }
    let mut columns = Vec::new();
    DeflateDecoder::new(&packed[head.position()..]).take(length + 1).read_to_end(&mut columns)?;
    if columns.len() as u64 != length {
        return Err(Unreadable::Misfit);
    }

    let mut columns = Reader::new(&columns);
    let count = length_in(&mut columns)?;
    let authors = (0..length_in(&mut columns)?)
        .map(|_| columns.string()?.parse().map_err(|_| Unreadable::Misfit))
        .collect::<Result<Vec<UserId>, Unreadable>>()?;
    let mut runs = Vec::new();
    let mut covered = 0;
    while covered < count {
        let (author, length) = (columns.uint()? as usize, columns.uint()?);
        covered = covered.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        if author >= authors.len() || length == 0 || covered > count {
            return Err(Unreadable::Misfit);
        }
        runs.push((author, length));
    }
    let mut before = 0i64;
    let mut times = Vec::new();
    for _ in 0..count {
        before = before.wrapping_add(unzigzag(columns.uint()?));
        times.push(UnixMillis(before));
    }
    let lengths = (0..count).map(|_| Ok(columns.uint()? as usize)).collect::<Result<Vec<usize>, Unreadable>>()?;
    let mut likeness = Likeness::default();
    let mut entries = Vec::new();
    for ((author, at), length) in each(&runs).zip(times).zip(lengths) {
        let coded = columns.take(length)?;
        let bytes: Bytes = match likeness.of(author, length) {
            Some(like) => coded.iter().zip(like).map(|(coded, like)| coded.wrapping_add(*like)).collect(),
            None => Bytes::copy_from_slice(coded),
        };
        likeness.replace(author, &bytes);
        entries.push(Entry { author: authors[author].clone(), at, bytes });
    }
    if columns.remaining() > 0 {
        return Err(Unreadable::Misfit);
    }
    Ok(entries)
}

/// The last update of each author and length.
#[derive(Default)]
struct Likeness(HashMap<(usize, usize), Bytes>);

impl Likeness {
    fn of(&self, author: usize, length: usize) -> Option<&[u8]> {
        self.0.get(&(author, length)).map(|bytes| &bytes[..])
    }

    /// Gives the one before.
    fn replace(&mut self, author: usize, bytes: &Bytes) -> Option<Bytes> {
        self.0.insert((author, bytes.len()), bytes.clone())
    }
}

/// The author of each update in turn.
fn each(runs: &[(usize, u64)]) -> impl Iterator<Item = usize> {
    runs.iter().flat_map(|(author, length)| (0..*length).map(|_| *author))
}

/// A number of things that each take a byte at least.
fn length_in(columns: &mut Reader<'_>) -> Result<usize, Unreadable> {
    let length = columns.uint()?;
    usize::try_from(length).ok().filter(|length| *length <= columns.remaining()).ok_or(Unreadable::Misfit)
}

/// Small numbers of either sign as small numbers without.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use yrs::{Doc, GetString, ReadTxn, Text, Transact};

    use super::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let bytes = prop_oneof![vec(any::<u8>(), 0..40), vec(Just(0u8), 0..5), vec(any::<u8>(), 300..400)];
        let at = prop_oneof![-(1i64 << 50)..1 << 50, 1_700_000_000_000i64..1_700_000_100_000];
        ("[a-c]", at, bytes).prop_map(|(author, at, bytes)| Entry {
            author: author.parse().unwrap(),
            at: UnixMillis(at),
            bytes: bytes.into(),
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(entries in vec(entry(), 0..100)) {
            prop_assert_eq!(unpack(ENCODING, &pack(&entries)).unwrap(), entries);
        }

        /// The hash beside a segment finds damage; what reads it must bear whatever comes all the same.
        #[test]
        fn any_bytes_are_an_answer(entries in vec(entry(), 0..50), flips in vec((any::<prop::sample::Index>(), 0u8..8), 1..4)) {
            let mut packed = pack(&entries);
            for (at, bit) in flips {
                let at = at.index(packed.len());
                packed[at] ^= 1 << bit;
            }
            let _ = unpack(ENCODING, &packed);
            let mut columns = Vec::new();
            write_uint(&mut columns, packed.len() as u64);
            let mut encoder = DeflateEncoder::new(columns, Compression::fast());
            encoder.write_all(&packed).unwrap();
            let _ = unpack(ENCODING, &encoder.finish().unwrap());
        }
    }

    #[test]
    fn a_later_encoding_is_refused() {
        assert!(matches!(unpack(ENCODING + 1, &pack(&[])), Err(Unreadable::Encoding(2))));
    }

    /// Counts and sizes may decide a test: a keystroke of some 25 bytes is packed into a few.
    #[test]
    fn a_keystroke_takes_a_few_bytes() {
        let text = include_str!("../../../README.zh-CN.md");
        let doc = Doc::with_client_id(0x1f_ffff_ffff_ff07);
        let content = doc.get_or_insert_text("content");
        let mut at = UnixMillis(1_700_000_000_000);
        let mut entries = Vec::new();
        for (index, letter) in text.chars().cycle().take(4_096).enumerate() {
            let mut typing = doc.transact_mut();
            content.push(&mut typing, letter.encode_utf8(&mut [0; 4]));
            at.0 += 150 + (index as i64 * 7_919) % 101;
            entries.push(Entry { author: "ann".parse().unwrap(), at, bytes: typing.encode_update_v1().into() });
        }
        assert!(content.get_string(&doc.transact()).chars().count() == 4_096 && !doc.transact().has_missing_updates());
        let raw: usize = entries.iter().map(|entry| entry.bytes.len()).sum();
        let packed = pack(&entries);
        let of_each = |bytes: usize| bytes as f64 / entries.len() as f64;
        println!("{:.1} bytes a keystroke, {:.1} packed", of_each(raw), of_each(packed.len()));
        assert!(of_each(packed.len()) < 6.0, "{}", of_each(packed.len()));
    }
}
