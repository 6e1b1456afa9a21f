//! One struct of an update: where it goes and what it is.

use super::super::lib0::Reader;
use super::values::skip_values;
use super::{Id, UpdateError, read_id};

/// A struct as it is written, borrowed from the update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Details<'a> {
    /// The unit it was written after.
    pub origin: Option<Id>,
    /// The unit it was written before.
    pub right: Option<Id>,
    /// Only if it names no neighbours, which have the same.
    pub parent: Option<Parent<'a>>,
    /// The attribute or key it is the value of, if it names a parent.
    pub key: Option<&'a str>,
    pub content: Content<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent<'a> {
    Root(&'a str),
    /// The struct that is a shared type.
    Id(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// Collected: nothing is known of it but its length.
    Gone(u32),
    /// A hole in the update.
    Skip(u32),
    Deleted(u32),
    Binary(&'a [u8]),
    Text(&'a str),
    /// JSON.
    Embed(&'a str),
    /// A mark begins or ends: its name and JSON.
    Format(&'a str, &'a str),
    Type(Shared<'a>),
    /// So many lib0 values, one after another.
    Values(u32, &'a [u8]),
}

/// A shared type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared<'a> {
    /// Its tag.
    Element(&'a str),
    /// Array, map or fragment.
    List,
    /// A text, of XML or not.
    Text,
}

impl Details<'_> {
    /// How many clock units it takes.
    pub fn units(&self) -> u32 {
        match self.content {
            Content::Gone(len) | Content::Skip(len) | Content::Deleted(len) | Content::Values(len, _) => len,
            Content::Text(text) => text.chars().map(|c| c.len_utf16() as u32).sum(),
            Content::Binary(_) | Content::Embed(_) | Content::Format(..) | Content::Type(_) => 1,
        }
    }
}

pub(super) fn read_details<'a>(reader: &mut Reader<'a>) -> Result<Details<'a>, UpdateError> {
    const HAS_ORIGIN: u8 = 0x80;
    const HAS_RIGHT_ORIGIN: u8 = 0x40;
    const HAS_KEY: u8 = 0x20;
    const KIND: u8 = 0x1f;
    const GONE: u8 = 0;
    const SKIP: u8 = 10;

    let info = reader.byte()?;
    let mut details = Details { origin: None, right: None, parent: None, key: None, content: Content::Gone(0) };
    match info {
        GONE => details.content = Content::Gone(reader.uint32()?),
        SKIP => details.content = Content::Skip(reader.uint32()?),
        _ => {
            if info & HAS_ORIGIN != 0 {
                details.origin = Some(read_id(reader)?);
            }
            if info & HAS_RIGHT_ORIGIN != 0 {
                details.right = Some(read_id(reader)?);
            }
            if info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN) == 0 {
                details.parent = Some(match reader.uint()? {
                    1 => Parent::Root(reader.string()?),
                    0 => Parent::Id(read_id(reader)?),
                    _ => return Err(UpdateError::Kind(info)),
                });
                if info & HAS_KEY != 0 {
                    details.key = Some(reader.string()?);
                }
            }
            details.content = read_content(reader, info & KIND)?;
        }
    }
    Ok(details)
}

fn read_content<'a>(reader: &mut Reader<'a>, kind: u8) -> Result<Content<'a>, UpdateError> {
    const DELETED: u8 = 1;
    const BINARY: u8 = 3;
    const STRING: u8 = 4;
    const EMBED: u8 = 5;
    const FORMAT: u8 = 6;
    const TYPE: u8 = 7;
    const ANY: u8 = 8;

    Ok(match kind {
        DELETED => Content::Deleted(reader.uint32()?),
        BINARY => Content::Binary(reader.bytes()?),
        STRING => Content::Text(reader.string()?),
        EMBED => Content::Embed(reader.string()?),
        FORMAT => Content::Format(reader.string()?, reader.string()?),
        TYPE => Content::Type(match reader.uint()? {
            // array, map, fragment
            0 | 1 | 4 => Shared::List,
            // text, XML text
            2 | 6 => Shared::Text,
            // XML element
            3 => Shared::Element(reader.string()?),
            other => return Err(UpdateError::Type(other)),
        }),
        ANY => {
            let count = reader.uint32()?;
            Content::Values(count, skip_values(reader, count)?)
        }
        other => return Err(UpdateError::Kind(other)),
    })
}
