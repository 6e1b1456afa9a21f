//! A file that is looked into, never read whole unless somebody says how much of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// A file and its length.
pub(super) struct Source {
    file: File,
    length: u64,
}

impl Source {
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Up to `most` bytes from there on; fewer only at the end of the file.
    pub fn read_at(&self, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stretch(offset, most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The last bytes, up to `most`, and where they begin.
    pub fn tail(&self, most: usize) -> io::Result<(u64, Vec<u8>)> {
        let from = self.length.saturating_sub(most as u64);
        Ok((from, self.read_at(from, most)?))
    }

    /// A stretch of the file, as far as there is one. Stretches may be read by turns.
    pub fn stretch(&self, from: u64, length: u64) -> Stretch<'_> {
        let end = from.saturating_add(length).min(self.length);
        Stretch { file: &self.file, at: from.min(end), end }
    }
}

/// Bytes of a [`Source`], one after the other.
pub(super) struct Stretch<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        self.file.seek(SeekFrom::Start(self.at))?;
        let count = self.file.read(&mut buffer[..most])?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Whether the bytes are somewhere in `text`.
pub(super) fn contains(text: &[u8], what: &[u8]) -> bool {
    let Some(&first) = what.first() else { return true };
    text.iter().enumerate().any(|(at, &byte)| byte == first && text[at..].starts_with(what))
}

/// Numbers as they lie in a file; `None` beyond its end.
pub(super) fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
