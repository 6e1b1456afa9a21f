//! What is read out of files, in a process of its own (R5, R15): [`FileReader`] starts `gongbei read-file`, which is
//! [`examine_in_own_process`]. It has the file as its standard input and nothing else: little memory, little time, no way
//! to open or write a file.
//!
//! A file is judged by its content; its name's ending is only held against it. What is refused, and what is kept:
//!
//! | content | verdict |
//! |---|---|
//! | nothing | `Empty` |
//! | a program (Windows, Linux, macOS, Android, Java), an installer, a link of Windows, or a name that runs by a click | `Program` |
//! | a name with marks that turn the direction of writing | `Lies` |
//! | HTML, SVG, a shell script or plain text that calls itself a picture, a PDF, an office file of today, a film … | `Lies` |
//! | HTML without scripts, or plain text, under `.doc` or `.xls`, as offices' programs export it | kept, `OtherKind` |
//! | a picture, sound, film or PDF with a zip or a page with scripts at an end; a zip behind something else, or whose directory and entries say different things; an office file that is two | `TwoThings` |
//! | a zip whose entries overlap, lie about their sizes, pack a hundredfold, are too many, or are archives made to be unpacked again and again; a tiny file that claims to be a huge picture | `Bomb` |
//! | a zip with `..`, absolute names or links | `Escapes` |
//! | an office file whose XML has a DOCTYPE, an SVG with entities that grow or come from elsewhere | `Entities` |
//! | an office file, zip or PDF with a password | kept, unread: `Locked` |
//! | a file that is cut off or broken | kept, unread: `Damaged` |
//! | what takes too long or too much memory, a PDF over 128 MiB, XML nested too deep | kept, unread or without a thumbnail: `TooMuch` |
//! | macros; templates or pictures fetched from elsewhere; programs in an archive | kept, with a warning |
//! | Office before 2007, RTF, RAR, 7z, SVG, HTML, and what nobody knows | kept, never opened |
//!
//! Of what is kept only the download is ever given out, as an attachment; thumbnails and pages are pictures made here.

use shared::library::{FileFacts, Unfit};

mod answer;
mod archive;
mod claim;
mod examine;
mod kind;
mod media;
mod office;
mod ole;
mod pdf;
mod picture;
mod process;
mod source;
mod twofold;
mod xml;

use self::claim::Claim;
pub use examine::{Asked, examine_in_own_process};
pub(in crate::library) use pdf::MAX_BYTES;
pub use process::FileReader;

/// The most text that is read out of one file.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
pub const MAX_THUMBNAIL_BYTES: usize = 60 << 10;
/// The largest picture of one page.
pub const MAX_PAGE_BYTES: usize = 2 << 20;
/// The larger of the two.
const MAX_PICTURE_BYTES: usize = MAX_PAGE_BYTES;

/// Address space of the process beyond what it starts with (S5).
const MEMORY: u64 = 128 << 20;
/// A page that is a scan of 600 dots an inch is not shown with 192 MiB; the file itself comes on top.
const MEMORY_OF_PDF: u64 = 256 << 20;
const CPU_SECONDS: u64 = 10;

/// What was read out of a file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub facts: FileFacts,
    /// At most [`MAX_TEXT_BYTES`].
    pub text: String,
    /// WebP or JPEG ([`media_type`]), at most 480 pixels wide and [`MAX_THUMBNAIL_BYTES`] long.
    pub thumbnail: Option<Vec<u8>>,
}

/// What a name claims, in one word: files with the same bytes and names that claim the same read alike.
///
/// # Errors
/// [`Unfit::Lies`] if the name is written so that another ending is seen than there is.
pub fn claim_of(name: &str) -> Result<&'static str, Unfit> {
    Claim::of_name(name).map(|claim| claim.family())
}

/// What a picture made here is; they are all WebP or JPEG.
pub fn media_type(picture: &[u8]) -> &'static str {
    if picture.starts_with(b"\xff\xd8\xff") { "image/jpeg" } else { "image/webp" }
}

/// A picture as they are made here.
fn is_picture(bytes: &[u8], most: usize) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    bytes.len() <= most && (webp || bytes.starts_with(b"\xff\xd8\xff"))
}
