//! The skeleton of a v1 update: whose structs it carries, what they build on, what it deletes.
//!
//! yrs trusts the bytes it decodes; this reads them first, strictly and within limits. It allocates by what it has
//! read, never by what was declared, and does not recurse (W6).

mod content;
mod reach;
mod values;

use super::lib0::{ReadError, Reader, write_uint};
use super::{MAX_CLIENT_ID, MAX_FRAME};

pub use content::{Content, Details, Parent, Shared};
pub use reach::Reach;
pub use values::{Piece, bytes_of_value, walk_json, walk_values};

/// An update without structs and deletions.
pub const EMPTY: &[u8] = &[0, 0];

/// How much one update may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Client sections.
    pub sections: usize,
    pub structs: usize,
    /// Ranges in the delete set.
    pub deletes: usize,
}

impl Limits {
    pub const UPDATE: Limits = Limits { sections: 64, structs: 20_000, deletes: 100_000 };
    pub const FIRST_SYNC: Limits = Limits { sections: 65_536, structs: 200_000, deletes: 1_000_000 };
    /// For what was admitted once: a whole document.
    pub const STORED: Limits = Limits { sections: usize::MAX, structs: usize::MAX, deletes: usize::MAX };

    /// For a step 2 of so many bytes. Up to [`MAX_FRAME`] it costs no more memory than an update does, beyond that no
    /// more than sixteen times its size. An honest list of deletions takes four bytes for each.
    pub fn of_step2(bytes: usize) -> Self {
        let structs = if bytes > MAX_FRAME { (bytes / 56).min(Self::FIRST_SYNC.structs) } else { Self::UPDATE.structs };
        let deletes = (bytes / 4).clamp(Self::UPDATE.deletes, Self::FIRST_SYNC.deletes);
        Limits { structs, deletes, ..Self::FIRST_SYNC }
    }
}

/// One place in a document's history: a client's `clock`-th unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    pub client: u64,
    pub clock: u32,
}

/// Consecutive structs of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub client: u64,
    pub structs: Vec<Struct>,
}

impl Section {
    /// The clock of the first struct.
    pub fn start(&self) -> u32 {
        self.structs.first().map_or(0, |first| first.clock)
    }

    /// The clock after the last struct.
    pub fn end(&self) -> u32 {
        self.structs.last().map_or(0, Struct::end)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Struct {
    pub clock: u32,
    /// At least 1; `clock + len` fits 31 bits.
    pub len: u32,
    /// What must be there before it: its neighbours, or its parent.
    pub needs: [Option<Id>; 2],
    /// A hole, not content.
    pub skip: bool,
    from: u32,
    to: u32,
}

impl Struct {
    pub fn end(&self) -> u32 {
        self.clock + self.len
    }

    /// Where its bytes lie in the update.
    pub fn bytes(&self) -> std::ops::Range<usize> {
        self.from as usize..self.to as usize
    }
}

/// Units that are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    pub client: u64,
    pub clock: u32,
    /// At least 1; `clock + len` fits 31 bits.
    pub len: u32,
}

impl Deleted {
    /// What of it lies before this clock.
    pub fn before(self, clock: u32) -> Option<Self> {
        let end = clock.min(self.clock + self.len);
        (end > self.clock).then(|| Self { len: end - self.clock, ..self })
    }

    /// What of it lies at this clock or after.
    pub fn after(self, clock: u32) -> Option<Self> {
        let (from, end) = (clock.max(self.clock), self.clock + self.len);
        (end > from).then(|| Self { clock: from, len: end - from, ..self })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skeleton<'a> {
    bytes: &'a [u8],
    pub sections: Vec<Section>,
    pub deletes: Vec<Deleted>,
    /// Where the deletions begin in what was read.
    pub deletes_at: usize,
}

/// Bytes that are no update we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    #[error("unreadable: {0}")]
    Read(#[from] ReadError),
    #[error("more than {0} client sections")]
    Sections(usize),
    #[error("more than {0} structs")]
    Structs(usize),
    #[error("more than {0} deleted ranges")]
    Deletes(usize),
    #[error("client {0} has two sections")]
    Repeated(u64),
    #[error("client {0} has an empty section")]
    EmptySection(u64),
    #[error("client id {0} is over 2^53 - 1")]
    ClientId(u64),
    #[error("a length of zero")]
    ZeroLength,
    #[error("a clock is over 2^31 - 1")]
    Clock,
    #[error("struct of unknown kind {0}")]
    Kind(u8),
    #[error("shared type of unknown kind {0}")]
    Type(u64),
    #[error("a value of unknown kind {0}")]
    Value(u8),
    #[error("a value nested deeper than {max}", max = values::MAX_DEPTH)]
    Depth,
    #[error("more than {max} values in one struct", max = values::MAX_VALUES)]
    Values,
    #[error("not JSON")]
    Json,
    #[error("{0} bytes after the end")]
    Trailing(usize),
}

impl<'a> Skeleton<'a> {
    /// Reads a v1 update to its last byte.
    pub fn read(bytes: &'a [u8], limits: Limits) -> Result<Self, UpdateError> {
        let mut reader = Reader::new(bytes);
        let sections = read_sections(&mut reader, limits)?;
        let deletes_at = reader.position();
        let deletes = read_deletes(&mut reader, limits)?;
        match reader.remaining() {
            0 => Ok(Self { bytes, sections, deletes, deletes_at }),
            left => Err(UpdateError::Trailing(left)),
        }
    }

    /// What one of its structs says.
    pub fn details(&self, part: &Struct) -> Details<'a> {
        let bytes = &self.bytes[part.bytes()];
        content::read_details(&mut Reader::new(bytes)).expect("it was read when the skeleton was")
    }

    pub fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.deletes.is_empty()
    }

    /// The update again, of what is left in `sections` and `deletes`; structs keep their bytes.
    ///
    /// Structs may have been taken from either end of a section, not from its middle.
    pub fn write(&self) -> Vec<u8> {
        let mut out = self.write_sections();
        write_deletes(&mut out, &self.deletes);
        out
    }

    /// As [`Skeleton::write`], up to where the deletions begin.
    pub fn write_sections(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len().min(1 << 16));
        let sections = self.sections.iter().filter_map(|section| {
            let (first, last) = (section.structs.first()?, section.structs.last()?);
            Some((section, first, last))
        });
        write_uint(&mut out, sections.clone().count() as u64);
        for (section, first, last) in sections {
            write_uint(&mut out, section.structs.len() as u64);
            write_uint(&mut out, section.client);
            write_uint(&mut out, u64::from(first.clock));
            out.extend_from_slice(&self.bytes[first.from as usize..last.to as usize]);
        }
        out
    }
}

/// Groups by client as they come; the same client twice in a row shares a group.
pub fn write_deletes(out: &mut Vec<u8>, deletes: &[Deleted]) {
    let groups = deletes.chunk_by(|a, b| a.client == b.client);
    write_uint(out, groups.clone().count() as u64);
    for group in groups {
        write_uint(out, group[0].client);
        write_uint(out, group.len() as u64);
        for range in group {
            write_uint(out, u64::from(range.clock));
            write_uint(out, u64::from(range.len));
        }
    }
}

fn read_sections(reader: &mut Reader<'_>, limits: Limits) -> Result<Vec<Section>, UpdateError> {
    let count = reader.uint()?;
    if count > limits.sections as u64 {
        return Err(UpdateError::Sections(limits.sections));
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut structs_left = limits.structs;
    for _ in 0..count {
        let structs = reader.uint()?;
        let client = client_id(reader)?;
        let mut clock = reader.uint32()?;
        if structs == 0 {
            return Err(UpdateError::EmptySection(client));
        }
        if structs > structs_left as u64 {
            return Err(UpdateError::Structs(limits.structs));
        }
        structs_left -= structs as usize;
        let mut section = Section { client, structs: Vec::new() };
        for _ in 0..structs {
            let next = read_struct(reader, clock)?;
            clock = next.end();
            section.structs.push(next);
        }
        sections.push(section);
    }
    let mut clients: Vec<u64> = sections.iter().map(|section| section.client).collect();
    clients.sort_unstable();
    match clients.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(UpdateError::Repeated(pair[0])),
        None => Ok(sections),
    }
}

fn read_struct(reader: &mut Reader<'_>, clock: u32) -> Result<Struct, UpdateError> {
    let from = reader.position() as u32;
    let details = content::read_details(reader)?;
    let to = reader.position() as u32;
    let len = details.units();
    if len == 0 {
        return Err(UpdateError::ZeroLength);
    }
    check_end(clock, len)?;
    let needs = match details.parent {
        Some(Parent::Id(parent)) => [Some(parent), None],
        Some(Parent::Root(_)) | None => [details.origin, details.right],
    };
    Ok(Struct { clock, len, needs, skip: matches!(details.content, Content::Skip(_)), from, to })
}

fn read_deletes(reader: &mut Reader<'_>, limits: Limits) -> Result<Vec<Deleted>, UpdateError> {
    let clients = reader.uint()?;
    let mut deletes = Vec::new();
    for _ in 0..clients {
        let client = client_id(reader)?;
        for _ in 0..reader.uint()? {
            if deletes.len() == limits.deletes {
                return Err(UpdateError::Deletes(limits.deletes));
            }
            let (clock, len) = (reader.uint32()?, reader.uint32()?);
            if len == 0 {
                return Err(UpdateError::ZeroLength);
            }
            check_end(clock, len)?;
            deletes.push(Deleted { client, clock, len });
        }
    }
    Ok(deletes)
}

fn read_id(reader: &mut Reader<'_>) -> Result<Id, UpdateError> {
    let id = Id { client: client_id(reader)?, clock: reader.uint32()? };
    check_end(id.clock, 1)?;
    Ok(id)
}

fn client_id(reader: &mut Reader<'_>) -> Result<u64, UpdateError> {
    match reader.uint()? {
        id if id <= MAX_CLIENT_ID => Ok(id),
        id => Err(UpdateError::ClientId(id)),
    }
}

fn check_end(clock: u32, len: u32) -> Result<(), UpdateError> {
    match clock.checked_add(len) {
        Some(end) if end < 1 << 31 => Ok(()),
        _ => Err(UpdateError::Clock),
    }
}

/// The entries of an encoded state vector, as they come.
pub fn read_state_vector(bytes: &[u8]) -> Result<Vec<(u64, u32)>, UpdateError> {
    let mut reader = Reader::new(bytes);
    let count = reader.uint()?;
    if count > Limits::FIRST_SYNC.sections as u64 {
        return Err(UpdateError::Sections(Limits::FIRST_SYNC.sections));
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        let client = client_id(&mut reader)?;
        let clock = reader.uint32()?;
        check_end(clock, 0)?;
        entries.push((client, clock));
    }
    match reader.remaining() {
        0 => Ok(entries),
        left => Err(UpdateError::Trailing(left)),
    }
}

/// The encoded state vector of these entries.
pub fn write_state_vector(entries: impl ExactSizeIterator<Item = (u64, u32)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 12 + 4);
    write_uint(&mut out, entries.len() as u64);
    for (client, clock) in entries {
        write_uint(&mut out, client);
        write_uint(&mut out, u64::from(clock));
    }
    out
}
