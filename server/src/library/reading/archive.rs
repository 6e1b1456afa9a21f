//! Zip files: what lies in them, and that it is harmless to unpack (<https://pkware.cachefly.net/webdocs/APPNOTE/>).
//!
//! Nothing is unpacked to disk, and no archive within an archive is opened. What a zip says about itself is held against
//! what is there: two readers must not see two different things, and nobody who unpacks it should be surprised.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, BufReader, Read};

use encoding_rs::GB18030;
use flate2::bufread::DeflateDecoder;
use shared::library::Unfit;

use super::source::{Source, Stretch, contains, le16, le32, le64};

/// Parts of one office file (R15).
const MAX_PARTS: usize = 2_000;
/// Parts of an archive that is only kept.
const MAX_ENTRIES: usize = 65_535;
const MAX_DIRECTORY: u64 = 16 << 20;
const MAX_RATIO: u64 = 100;
/// Small parts may well pack better.
const RATIO_FROM: u64 = 1 << 20;
/// Deflate can't do better.
const DEFLATE_RATIO: u64 = 1_032;
/// What is inflated to be read (R15).
const MAX_READ: u64 = 64 << 20;
/// What is inflated to see that sizes are true; beyond that they are believed, as nobody but downloaders unpacks it.
const MAX_COUNTED: u64 = 128 << 20;
/// An archive in an archive that packs so well was made to be unpacked again and again.
const NESTED_RATIO: u64 = 4;
const NESTED_FROM: u64 = 4 << 10;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    method: u16,
    locked: bool,
    /// Its sizes stand behind it, too.
    streamed: bool,
    link: bool,
    packed: u64,
    unpacked: u64,
    offset: u64,
    /// Where its content begins, once the local header was read.
    content: u64,
    raw_name: Vec<u8>,
}

/// A zip file whose directory was read and found sound.
pub(super) struct Archive<'a> {
    source: &'a Source,
    entries: Vec<Entry>,
    left: Cell<u64>,
}

impl<'a> Archive<'a> {
    /// # Errors
    /// [`Unfit::Damaged`] if there is no whole directory; others if what it says is dangerous.
    pub fn open(source: &'a Source) -> Result<Self, Unfit> {
        let directory = Directory::find(source)?;
        let bytes = source.read_at(directory.offset, directory.length as usize).map_err(|_| Unfit::Damaged)?;
        let mut entries = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (entry, behind) = entry(rest).ok_or(Unfit::Damaged)?;
            entries.push(entry);
            rest = behind;
            if entries.len() > MAX_ENTRIES {
                return Err(Unfit::Bomb);
            }
        }
        if entries.len() as u64 != directory.count {
            return Err(Unfit::TwoThings);
        }
        let mut archive = Self { source, entries, left: Cell::new(MAX_READ) };
        archive.check_names()?;
        archive.check_places(directory.offset)?;
        archive.check_sizes()?;
        Ok(archive)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.names().any(|one| one == name)
    }

    pub fn is_locked(&self) -> bool {
        self.entries.iter().any(|entry| entry.locked)
    }

    /// More parts than an office file has, or two of one name, of which one program would show this and one that.
    pub fn check_as_office(&self) -> Result<(), Unfit> {
        if self.entries.len() > MAX_PARTS {
            return Err(Unfit::Bomb);
        }
        let names: BTreeSet<_> = self.names().map(str::to_ascii_lowercase).collect();
        if names.len() < self.entries.len() { Err(Unfit::TwoThings) } else { Ok(()) }
    }

    /// A part, as a stream that ends where the part should, or with an error where it can't go on.
    pub fn part(&self, name: &str) -> Option<Part<'_>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let inside = inflating(self.source, entry)?;
        Some(Part { inside, left: &self.left })
    }

    /// A whole part, if it is no larger than that.
    pub fn small_part(&self, name: &str, most: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.part(name)?.take(most + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= most).then_some(bytes)
    }

    /// Unpacks what is there, as far as that goes, into nothing: whether the sizes are true, and, of XML, whether it has
    /// entities of its own (R15).
    pub fn check_contents(&self, xml: Xml) -> Result<(), Unfit> {
        let mut left = MAX_COUNTED;
        for entry in self.entries.iter().filter(|entry| !entry.locked) {
            let Some(inside) = inflating(self.source, entry) else { continue };
            let mut watched = match xml {
                Xml::Checked if is_xml(&entry.name) => Watch::Xml(Vec::new()),
                Xml::Checked | Xml::Ignored => Watch::Nothing,
            };
            let mut inside = inside.take(entry.unpacked.saturating_add(1).min(left));
            let (mut length, mut buffer) = (0, [0; 16 << 10]);
            loop {
                let count = inside.read(&mut buffer).map_err(|_| Unfit::Damaged)?;
                if count == 0 {
                    break;
                }
                length += count as u64;
                watched.see(&buffer[..count])?;
            }
            left -= length.min(left);
            if left == 0 {
                break;
            }
            if length != entry.unpacked {
                return Err(Unfit::Bomb);
            }
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), Unfit> {
        let bad = |entry: &Entry| entry.link || leads_out(&entry.name);
        if self.entries.iter().any(bad) { Err(Unfit::Escapes) } else { Ok(()) }
    }

    /// Each entry has its own place, and its own header there says the same as the directory.
    fn check_places(&mut self, directory: u64) -> Result<(), Unfit> {
        self.entries.sort_by_key(|entry| entry.offset);
        if self.entries.first().is_some_and(|first| first.offset != 0) {
            return Err(Unfit::TwoThings);
        }
        let mut free = 0;
        for entry in &mut self.entries {
            if entry.offset < free {
                return Err(Unfit::Bomb);
            }
            let header = self.source.read_at(entry.offset, 30 + entry.raw_name.len()).map_err(|_| Unfit::Damaged)?;
            entry.content = entry.agrees(&header)?;
            free = entry.content.checked_add(entry.packed).ok_or(Unfit::Bomb)?;
            if free > directory {
                return Err(Unfit::Bomb);
            }
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), Unfit> {
        let (mut packed, mut unpacked) = (0_u64, 0_u64);
        for entry in &self.entries {
            packed = packed.saturating_add(entry.packed);
            unpacked = unpacked.saturating_add(entry.unpacked);
            let nested = is_archive(&entry.name) && entry.unpacked > NESTED_FROM;
            let impossible = match entry.method {
                STORED => !entry.locked && entry.unpacked != entry.packed,
                DEFLATED => entry.unpacked > entry.packed.saturating_mul(DEFLATE_RATIO).saturating_add(RATIO_FROM),
                _ => false,
            };
            if impossible || (nested && entry.unpacked / NESTED_RATIO > entry.packed) {
                return Err(Unfit::Bomb);
            }
        }
        let far_too_much = unpacked > RATIO_FROM && unpacked / MAX_RATIO > packed;
        if far_too_much { Err(Unfit::Bomb) } else { Ok(()) }
    }
}

/// Whether parts of XML are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Xml {
    Checked,
    Ignored,
}

/// What is looked for in a part that runs by.
enum Watch {
    Nothing,
    /// With the end of what was seen last, as a word may lie across.
    Xml(Vec<u8>),
}

impl Watch {
    fn see(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        let Watch::Xml(seen) = self else { return Ok(()) };
        // In UTF-16 the words would not be found; office programs write UTF-8.
        if seen.is_empty() && (matches!(bytes, [0xff | 0xfe, ..]) || bytes.iter().take(4).any(|&byte| byte == 0)) {
            return Err(Unfit::Entities);
        }
        seen.extend_from_slice(bytes);
        if contains(seen, b"<!DOCTYPE") || contains(seen, b"<!ENTITY") {
            return Err(Unfit::Entities);
        }
        let behind = seen.len().saturating_sub(16);
        seen.drain(..behind);
        Ok(())
    }
}

struct Directory {
    offset: u64,
    length: u64,
    count: u64,
}

impl Directory {
    fn find(source: &Source) -> Result<Self, Unfit> {
        let (from, tail) = source.tail(END_LENGTH + usize::from(u16::MAX)).map_err(|_| Unfit::Damaged)?;
        let at = find_end(&tail).ok_or(Unfit::Damaged)?;
        let end = &tail[at..];
        let comment = usize::from(le16(end, 20).ok_or(Unfit::Damaged)?);
        let behind = end.get(END_LENGTH + comment..).ok_or(Unfit::Damaged)?;
        // Some downloads are filled up with zeros.
        if behind.iter().any(|&byte| byte != 0) {
            return Err(Unfit::TwoThings);
        }
        let number = |at| le32(end, at).map(u64::from).ok_or(Unfit::Damaged);
        let count = u64::from(le16(end, 10).ok_or(Unfit::Damaged)?);
        let mut directory = Self { offset: number(16)?, length: number(12)?, count };
        let mut place = from + at as u64;
        if directory.offset == u64::from(u32::MAX) || count == u64::from(u16::MAX) {
            (directory, place) = Self::long(source, place)?;
        }
        if directory.length > MAX_DIRECTORY {
            return Err(Unfit::Bomb);
        }
        match directory.offset.checked_add(directory.length) {
            // Something stands before the zip, or between: another program may see another file.
            Some(end) if end < place => Err(Unfit::TwoThings),
            Some(end) if end == place => Ok(directory),
            Some(_) | None => Err(Unfit::Damaged),
        }
    }

    /// The longer form for large files.
    fn long(source: &Source, end: u64) -> Result<(Self, u64), Unfit> {
        let locator = end.checked_sub(20).ok_or(Unfit::Damaged)?;
        let bytes = source.read_at(locator, 20).map_err(|_| Unfit::Damaged)?;
        let place = le64(&bytes, 8).filter(|_| bytes.starts_with(b"PK\x06\x07")).ok_or(Unfit::Damaged)?;
        let record = source.read_at(place, 56).map_err(|_| Unfit::Damaged)?;
        if !record.starts_with(b"PK\x06\x06") || record.len() < 56 {
            return Err(Unfit::Damaged);
        }
        let number = |at| le64(&record, at).ok_or(Unfit::Damaged);
        Ok((Self { offset: number(48)?, length: number(40)?, count: number(32)? }, place))
    }
}

/// The last end record, as readers find it.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_LENGTH)?;
    (0..=last).rev().find(|&at| tail[at..].starts_with(END))
}

/// Whether a whole zip lies at the end of a file that is something else.
pub(super) fn lies_at_the_end_of(source: &Source) -> io::Result<bool> {
    let (from, tail) = source.tail(END_LENGTH + usize::from(u16::MAX))?;
    let Some(at) = find_end(&tail) else { return Ok(false) };
    let end = &tail[at..];
    let (Some(length), Some(offset)) = (le32(end, 12), le32(end, 16)) else { return Ok(false) };
    let before = (from + at as u64).checked_sub(u64::from(length));
    for place in [before, Some(u64::from(offset))].into_iter().flatten() {
        if source.read_at(place, 4)? == CENTRAL {
            return Ok(true);
        }
    }
    Ok(false)
}

fn entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let lengths = [le16(bytes, 28)?, le16(bytes, 30)?, le16(bytes, 32)?].map(usize::from);
    let [name, extra, comment] = lengths;
    let (fixed, rest) = bytes.split_at_checked(46)?;
    let (raw_name, rest) = rest.split_at_checked(name)?;
    let (extra, rest) = rest.split_at_checked(extra)?;
    let (_, rest) = rest.split_at_checked(comment)?;
    if !fixed.starts_with(CENTRAL) {
        return None;
    }
    let flags = le16(fixed, 8)?;
    let mut long = long_numbers(extra);
    let mut number = |at| match le32(fixed, at)? {
        u32::MAX => long.next(),
        short => Some(u64::from(short)),
    };
    let unpacked = number(24)?;
    let packed = number(20)?;
    let offset = number(42)?;
    // Unix keeps the kind of file in the upper half; what is no link here is at worst a file.
    let link = (le32(fixed, 38)? >> 16) & 0o170_000 == 0o120_000;
    let entry = Entry {
        name: readable(raw_name),
        method: le16(fixed, 10)?,
        locked: flags & 1 == 1,
        streamed: flags & 8 == 8,
        link,
        packed,
        unpacked,
        offset,
        content: 0,
        raw_name: raw_name.to_vec(),
    };
    Some((entry, rest))
}

/// The numbers of the extra field for large files, in their order.
fn long_numbers(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut found: &[u8] = &[];
    while let (Some(id), Some(length)) = (le16(extra, 0), le16(extra, 2)) {
        let Some(field) = extra.get(4..4 + usize::from(length)) else { break };
        if id == 1 {
            found = field;
        }
        extra = &extra[4 + usize::from(length)..];
    }
    found.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number))
}

/// Names are UTF-8, or what a Chinese Windows writes.
fn readable(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(name).0.into_owned(),
    }
}

fn leads_out(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let up = name.split(['/', '\\']).any(|part| part.trim_end() == "..");
    drive || up || name.starts_with(['/', '\\']) || name.contains(char::is_control)
}

fn is_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tgz", ".jar"].iter().any(|ending| name.ends_with(ending))
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xml", ".rels", ".vml"].iter().any(|ending| name.ends_with(ending))
}

impl Entry {
    /// Where the content begins, if the entry's own header says the same as the directory.
    fn agrees(&self, header: &[u8]) -> Result<u64, Unfit> {
        if !header.starts_with(LOCAL) {
            return Err(Unfit::Damaged);
        }
        let number = |at| le32(header, at).map(u64::from).ok_or(Unfit::Damaged);
        let short = |at| le16(header, at).ok_or(Unfit::Damaged);
        let (packed, unpacked) = (number(18)?, number(22)?);
        let same_name = usize::from(short(26)?) == self.raw_name.len() && header[30..] == self.raw_name;
        let fits =
            |short: u64, long: u64| short == long || short == u64::from(u32::MAX) || (self.streamed && short == 0);
        let same = same_name && short(8)? == self.method && fits(packed, self.packed) && fits(unpacked, self.unpacked);
        if !same {
            return Err(Unfit::TwoThings);
        }
        Ok(self.offset + 30 + self.raw_name.len() as u64 + u64::from(short(28)?))
    }
}

enum Inflating<'a> {
    Stored(Stretch<'a>),
    Deflated(Box<DeflateDecoder<BufReader<Stretch<'a>>>>),
}

impl Read for Inflating<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Inflating::Stored(stretch) => stretch.read(buffer),
            Inflating::Deflated(decoder) => decoder.read(buffer),
        }
    }
}

/// `None` for what is locked, or packed in a way that office programs do not use.
fn inflating<'a>(source: &'a Source, entry: &Entry) -> Option<Inflating<'a>> {
    let stretch = source.stretch(entry.content, entry.packed);
    match entry.method {
        _ if entry.locked => None,
        STORED => Some(Inflating::Stored(stretch)),
        DEFLATED => {
            Some(Inflating::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(32 << 10, stretch)))))
        }
        _ => None,
    }
}

/// What a part unpacks to, counted.
pub(super) struct Part<'a> {
    inside: Inflating<'a>,
    left: &'a Cell<u64>,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inside.read(buffer)?;
        let left = self.left.get().checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        self.left.set(left);
        Ok(count)
    }
}
