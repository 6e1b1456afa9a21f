//! What happened to a document, to be played back: its log with times and authors, small enough for a thin line.
//!
//! A recording is a row of blocks, each a length (four bytes, lowest first) and a raw deflate stream (RFC 1951) of
//! entries, so that playing can begin with the first block. An entry is, in lib0 varints: the milliseconds since the one
//! before it, its author's number (a new one is followed by the person's id), and the update. In front of the first entry
//! stand the version and the time at which it all began.

mod player;
mod transport;
pub mod voices;

use std::ops::RangeInclusive;

use bytes::Bytes;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

pub use player::{Player, Stage};
pub use transport::{SPEEDS, Transport};

use crate::wire::MAX_ANSWER;
use crate::wire::lib0::{ReadError, Reader, write_bytes, write_string, write_uint};
use crate::words::{UnixMillis, UserId};

const VERSION: u64 = 1;
/// Bytes of entries that make a block: more pack better, fewer are there sooner. On 400 kbit/s a block takes half a second.
const BLOCK: usize = 64 << 10;
const LEVEL: u8 = 6;
const LENGTH: usize = 4;

/// One update of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Milliseconds after the first one.
    pub at: u64,
    /// Place in [`Recording::authors`].
    pub author: usize,
    /// lib0 v1.
    pub update: Bytes,
}

/// Bytes that are no recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("a recording of version {0}")]
    Version(u64),
    #[error("no deflate stream of {MAX_ANSWER} bytes at most")]
    Deflate,
    #[error("no person's id")]
    Author,
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Writes a recording.
#[derive(Debug, Default)]
pub struct Recorder {
    block: Vec<u8>,
    done: Vec<u8>,
    last: Option<UnixMillis>,
    authors: Vec<UserId>,
}

impl Recorder {
    /// The next update of the log. One that is older than the one before it, as a clock was set back, is of the same time.
    pub fn push(&mut self, at: UnixMillis, author: &UserId, update: &[u8]) {
        let last = *self.last.get_or_insert_with(|| {
            write_uint(&mut self.block, VERSION);
            write_uint(&mut self.block, at.0.max(0) as u64);
            at
        });
        let passed = at.0.saturating_sub(last.0).max(0);
        self.last = Some(UnixMillis(last.0 + passed));
        write_uint(&mut self.block, passed as u64);
        let known = self.authors.iter().position(|known| known == author);
        let number = known.unwrap_or(self.authors.len());
        write_uint(&mut self.block, number as u64);
        if known.is_none() {
            write_string(&mut self.block, author.as_str());
            self.authors.push(author.clone());
        }
        write_bytes(&mut self.block, update);
        if self.block.len() >= BLOCK {
            self.close_block();
        }
    }

    /// The blocks that are finished so far; each call gives what came since the last.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.done)
    }

    /// The rest.
    pub fn finish(mut self) -> Vec<u8> {
        if !self.block.is_empty() {
            self.close_block();
        }
        self.done
    }

    fn close_block(&mut self) {
        let packed = compress_to_vec(&std::mem::take(&mut self.block), LEVEL);
        self.done.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        self.done.extend(packed);
    }
}

/// A recording as far as it has come.
#[derive(Debug, Default)]
pub struct Recording {
    unread: Vec<u8>,
    begun: Option<UnixMillis>,
    authors: Vec<UserId>,
    entries: Vec<Entry>,
}

impl Recording {
    /// Takes the next bytes of it, cut anywhere.
    ///
    /// # Errors
    /// If they are none. What was read before them stays.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), ReplayError> {
        self.unread.extend_from_slice(bytes);
        while let Some(length) = self.unread.first_chunk::<LENGTH>().copied() {
            let end = LENGTH + u32::from_le_bytes(length) as usize;
            let Some(packed) = self.unread.get(LENGTH..end) else { break };
            let block = decompress_to_vec_with_limit(packed, MAX_ANSWER).map_err(|_| ReplayError::Deflate)?;
            self.unread.drain(..end);
            self.read(&block.into())?;
        }
        Ok(())
    }

    fn read(&mut self, block: &Bytes) -> Result<(), ReplayError> {
        let mut reader = Reader::new(block);
        if self.begun.is_none() {
            match reader.uint()? {
                VERSION => {}
                other => return Err(ReplayError::Version(other)),
            }
            self.begun = Some(UnixMillis(reader.uint()? as i64));
        }
        while reader.remaining() > 0 {
            let last = self.entries.last().map_or(0, |entry| entry.at);
            let at = last.saturating_add(reader.uint()?);
            let author = reader.uint()? as usize;
            if author == self.authors.len() {
                self.authors.push(reader.string()?.parse().map_err(|_| ReplayError::Author)?);
            } else if author > self.authors.len() {
                return Err(ReplayError::Author);
            }
            self.entries.push(Entry { at, author, update: block.slice_ref(reader.bytes()?) });
        }
        Ok(())
    }

    /// When the first update was stored.
    pub fn begun(&self) -> Option<UnixMillis> {
        self.begun
    }

    /// In the order in which they first wrote.
    pub fn authors(&self) -> &[UserId] {
        &self.authors
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// From the first to the last update so far, in milliseconds.
    pub fn length(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.at)
    }

    /// When the first update after that moment was stored, as far as the recording has come; both as [`Entry::at`].
    pub fn next_after(&self, at: u64) -> Option<u64> {
        self.entries.get(self.entries.partition_point(|entry| entry.at <= at)).map(|entry| entry.at)
    }

    /// How many updates fall into each of so many equal stretches between two moments (as [`Entry::at`]), for the line of a
    /// scrubber.
    pub fn density(&self, span: RangeInclusive<u64>, stretches: usize) -> Vec<u32> {
        let mut counts = vec![0; stretches];
        let length = span.end().saturating_sub(*span.start()).saturating_add(1);
        for entry in self.entries.iter().filter(|entry| span.contains(&entry.at)) {
            let stretch = u128::from(entry.at - span.start()) * stretches as u128 / u128::from(length);
            if let Some(count) = counts.get_mut(stretch as usize) {
                *count += 1;
            }
        }
        counts
    }
}
