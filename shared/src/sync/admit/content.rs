//! What may stand in a document, whoever wrote it: shapes, sizes and addresses, but no list of known names (E12).

use crate::board;
use crate::board::coding::EntryError;
use crate::document::CONTENT;
use crate::wire::update::{Content, Details, Parent, Piece, Shared, UpdateError, walk_json, walk_values};

/// Why content is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a root that no document has")]
    Root,
    #[error("a tag, attribute or mark whose name is none")]
    Name,
    #[error("a value of more than {MAX_VALUE_BYTES} bytes")]
    Size,
    #[error("an address that a browser would run")]
    Address,
    #[error("types nested deeper than {MAX_NESTING}")]
    Nesting,
    #[error("an element with more than {MAX_ATTRIBUTES} attributes")]
    Attributes,
    #[error("a parent that can hold nothing")]
    Parent,
    #[error("neighbours that do not stand in one place")]
    Neighbours,
    #[error("content that cannot stand there")]
    Kind,
    #[error("a cut through one character")]
    HalfCharacter,
    #[error("what lies on no board: {0}")]
    Entry(#[from] EntryError),
    #[error("a value that is not one: {0}")]
    Value(#[from] UpdateError),
}

/// Roots of a document: its rich text, a plain text for tools, and what lies on a board.
pub const ROOTS: [&str; 3] = [CONTENT, "text", board::ROOT];

/// Shared types in one another, the root not counted (R3).
pub const MAX_NESTING: u8 = 64;
/// Names of attributes under which one element has values.
pub const MAX_ATTRIBUTES: u32 = 1_000;
/// Entries of a board: its pages, elements, and the places of those that were moved.
pub const MAX_ENTRIES: u32 = 100_000;
/// One attribute, mark or embedded object. Pictures have a place of their own.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
const MAX_NAME_BYTES: usize = 128;

/// Attributes that hold an address.
pub(super) fn is_address(key: &str) -> bool {
    ["href", "src", "xlink:href", "action", "formaction", "poster", "data"]
        .iter()
        .any(|known| key.eq_ignore_ascii_case(known))
}

/// Judges a struct by itself; gives the number of values in it. `address`: it is the value of an attribute that holds
/// an address.
pub(super) fn judge(details: &Details<'_>, address: bool) -> Result<usize, Unfit> {
    match details.parent {
        Some(Parent::Root(name)) if !ROOTS.contains(&name) => return Err(Unfit::Root),
        Some(Parent::Root(_) | Parent::Id(_)) | None => {}
    }
    details.key.map_or(Ok(()), name)?;
    match details.content {
        Content::Gone(_) | Content::Skip(_) | Content::Deleted(_) | Content::Text(_) => Ok(0),
        Content::Type(Shared::List | Shared::Text) => Ok(0),
        Content::Type(Shared::Element(tag)) => name(tag).map(|()| 0),
        Content::Binary(bytes) => fits(bytes.len()).map(|()| 1),
        Content::Embed(value) => json(value),
        Content::Format(mark, value) => name(mark).and_then(|()| json(value)),
        Content::Values(count, bytes) => {
            fits(bytes.len())?;
            walk(address, |heard| walk_values(bytes, count, &mut |piece| heard(piece)))
        }
    }
}

fn json(value: &str) -> Result<usize, Unfit> {
    fits(value.len())?;
    walk(false, |heard| walk_json(value, heard))
}

/// Goes through values; keys and addresses in them are judged as those of elements are.
fn walk(
    address: bool,
    through: impl FnOnce(&mut dyn FnMut(Piece<'_>) -> Result<(), UpdateError>) -> Result<(), UpdateError>,
) -> Result<usize, Unfit> {
    let mut unfit = None;
    let mut values = 0;
    let walked = through(&mut |piece| {
        let judged = match piece {
            Piece::Value => {
                values += 1;
                Ok(())
            }
            Piece::Key("__proto__") => Err(Unfit::Name),
            Piece::Key(_) => Ok(()),
            Piece::Text(text) if address => safe_address(text),
            Piece::Field(key, text) if is_address(key) => safe_address(text),
            Piece::Text(_) | Piece::Field(..) => Ok(()),
        };
        judged.map_err(|why| {
            unfit = Some(why);
            UpdateError::Json
        })
    });
    match unfit {
        Some(why) => Err(why),
        None => Ok(walked.map(|()| values)?),
    }
}

fn fits(bytes: usize) -> Result<(), Unfit> {
    if bytes <= MAX_VALUE_BYTES { Ok(()) } else { Err(Unfit::Size) }
}

/// A name of ours, of a newer version or of another editor: `taskItem`, `math-inline`, `comment--kE3/x+a=`.
fn name(name: &str) -> Result<(), Unfit> {
    let fits = |c: char| c.is_alphanumeric() || "_-.:+/=$@#".contains(c);
    let is_name = !name.is_empty() && name.len() <= MAX_NAME_BYTES && name != "__proto__" && name.chars().all(fits);
    if is_name { Ok(()) } else { Err(Unfit::Name) }
}

/// No scheme, or one of those that never run anything. What is shown as a link is the view's and the export's to say,
/// and they allow less; this keeps `javascript:` and its kin from readers that show what they find (R14).
fn safe_address(address: &str) -> Result<(), Unfit> {
    const HARMLESS: [&str; 14] = [
        "http", "https", "mailto", "tel", "sms", "callto", "cid", "xmpp", "geo", "ftp", "ftps", "file", "blob",
        "upload",
    ];
    // Browsers skip blanks and control characters, in front and within.
    let mut plain = address.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    let mut scheme = String::new();
    loop {
        match plain.next() {
            Some(':') => break,
            Some(c) if (c.is_ascii_alphanumeric() || "+-.".contains(c)) && scheme.len() < 32 => {
                scheme.push(c.to_ascii_lowercase());
            }
            // A path, a fragment, a word: it stays on this site.
            Some(_) | None => return Ok(()),
        }
    }
    let mut picture =
        || "image/".chars().all(|expected| plain.next().is_some_and(|c| c.eq_ignore_ascii_case(&expected)));
    // A dot makes it a host with a port to people, and nothing to browsers.
    let host = scheme == "localhost" || scheme.contains('.');
    let harmless = host || HARMLESS.contains(&scheme.as_str()) || (scheme == "data" && picture());
    if harmless { Ok(()) } else { Err(Unfit::Address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e12_addresses_that_run_are_refused_however_they_are_written() {
        for bad in [
            "javascript:alert(1)",
            " JaVaScript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript\t:alert(1)",
            "vbscript:x",
            "data:text/html,<script>",
            "data:,x",
            "unheard-of:x",
        ] {
            assert_eq!(safe_address(bad), Err(Unfit::Address), "{bad:?}");
        }
        for good in [
            "",
            "#part",
            "/api/documents/x/images/y",
            "//host/path",
            "page?of=a:b",
            "https://例子.中国/路径",
            "HTTP://x",
            "mailto:a@b",
            "tel:+86",
            "data:image/png;base64,AA",
            "教学:目标",
            "../a:b",
            "example.com:8080/x",
        ] {
            assert_eq!(safe_address(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn e12_names_of_other_editors_are_names() {
        for good in ["paragraph", "math_inline", "data-id", "comment--kE3/x+a=", "任务", "a"] {
            assert_eq!(name(good), Ok(()), "{good:?}");
        }
        let long = "a".repeat(129);
        for bad in ["", "a b", "<script>", "a\"b", "__proto__", "a\u{0}", long.as_str()] {
            assert_eq!(name(bad), Err(Unfit::Name), "{bad:?}");
        }
    }
}
