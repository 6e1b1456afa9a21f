//! Updates written struct by struct, as no editor would.

use bytes::Bytes;
use shared::wire::lib0::{write_bytes, write_string, write_uint};

pub type Id = (u64, u32);

/// Where a struct says that it stands.
#[derive(Clone, Copy)]
pub enum At<'a> {
    Root(&'a str),
    /// Under a key of a root.
    RootKey(&'a str, &'a str),
    In(Id),
    Key(Id, &'a str),
    After(Id),
    Before(Id),
    Between(Id, Id),
}

#[derive(Clone)]
pub enum What<'a> {
    Gone(u32),
    Deleted(u32),
    Text(&'a str),
    Binary(usize),
    Embed(&'a str),
    Format(&'a str, &'a str),
    Element(&'a str),
    Array,
    /// A text in an element.
    Words,
    /// lib0 values, already written: their count, their bytes.
    Values(u32, Vec<u8>),
}

/// One struct.
pub fn part(at: At<'_>, what: What<'_>) -> Vec<u8> {
    let (flags, kind) = match at {
        At::Root(_) | At::In(_) => (0, kind(&what)),
        At::RootKey(..) | At::Key(..) => (0x20, kind(&what)),
        At::After(_) => (0x80, kind(&what)),
        At::Before(_) => (0x40, kind(&what)),
        At::Between(..) => (0xc0, kind(&what)),
    };
    let mut out = Vec::new();
    if let What::Gone(len) = what {
        out.push(0);
        write_uint(&mut out, u64::from(len));
        return out;
    }
    out.push(flags | kind);
    match at {
        At::Root(name) => root(&mut out, name),
        At::RootKey(name, key) => {
            root(&mut out, name);
            write_string(&mut out, key);
        }
        At::In(parent) => inside(&mut out, parent),
        At::Key(parent, key) => {
            inside(&mut out, parent);
            write_string(&mut out, key);
        }
        At::After(unit) | At::Before(unit) => id(&mut out, unit),
        At::Between(left, right) => {
            id(&mut out, left);
            id(&mut out, right);
        }
    }
    match what {
        What::Gone(_) => {}
        What::Deleted(len) => write_uint(&mut out, u64::from(len)),
        What::Text(text) | What::Embed(text) => write_string(&mut out, text),
        What::Binary(len) => write_bytes(&mut out, &vec![7; len]),
        What::Format(mark, value) => {
            write_string(&mut out, mark);
            write_string(&mut out, value);
        }
        What::Element(tag) => {
            out.push(3);
            write_string(&mut out, tag);
        }
        What::Array => out.push(0),
        What::Words => out.push(6),
        What::Values(count, bytes) => {
            write_uint(&mut out, u64::from(count));
            out.extend(bytes);
        }
    }
    out
}

fn kind(what: &What<'_>) -> u8 {
    match what {
        What::Gone(_) => 0,
        What::Deleted(_) => 1,
        What::Binary(_) => 3,
        What::Text(_) => 4,
        What::Embed(_) => 5,
        What::Format(..) => 6,
        What::Element(_) | What::Array | What::Words => 7,
        What::Values(..) => 8,
    }
}

fn root(out: &mut Vec<u8>, name: &str) {
    out.push(1);
    write_string(out, name);
}

fn inside(out: &mut Vec<u8>, parent: Id) {
    out.push(0);
    id(out, parent);
}

fn id(out: &mut Vec<u8>, (client, clock): Id) {
    write_uint(out, client);
    write_uint(out, u64::from(clock));
}

/// A text value.
pub fn text_value(text: &str) -> What<'static> {
    let mut bytes = vec![119];
    write_string(&mut bytes, text);
    What::Values(1, bytes)
}

/// An update of one client's structs and these deletions.
pub fn update((client, clock): Id, parts: &[Vec<u8>], deletes: &[(u64, u32, u32)]) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, u64::from(!parts.is_empty()));
    if !parts.is_empty() {
        write_uint(&mut out, parts.len() as u64);
        write_uint(&mut out, client);
        write_uint(&mut out, u64::from(clock));
        parts.iter().for_each(|part| out.extend(part));
    }
    write_uint(&mut out, deletes.len() as u64);
    for (client, clock, len) in deletes {
        write_uint(&mut out, *client);
        write_uint(&mut out, 1);
        write_uint(&mut out, u64::from(*clock));
        write_uint(&mut out, u64::from(*len));
    }
    out.into()
}
