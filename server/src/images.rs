//! What an uploaded image is, by its bytes alone: its kind, its size on screen, and that the file is whole.
//!
//! Nothing is decoded: the files' own structure is walked from the first byte to the last, so the work and the
//! memory are bounded by the file's length whatever it claims.

use std::fmt;

pub use bare::bare;
use reader::{Ended, Reader};

mod bare;
mod gif;
mod jpeg;
mod png;
mod reader;
mod webp;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 10 << 20;
/// Widest and highest, in pixels.
pub const MAX_SIDE: u32 = 16_000;
/// Most pixels in all: a small file can unpack to a picture that fills a memory.
pub const MAX_PIXELS: u64 = 50_000_000;

/// The kinds that every browser of our floor shows and that hold no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    Png,
    Jpeg,
    Gif,
    Webp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageFacts {
    pub kind: ImageKind,
    /// As shown, in pixels: a photo taken upright is higher than wide, however the camera stored it.
    pub width: u32,
    pub height: u32,
}

/// Why bytes are not taken as an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnImage {
    #[error("the file is empty")]
    Empty,
    #[error("the file has {0} bytes, {MAX_BYTES} at most")]
    TooLarge(usize),
    #[error("this is {0}; PNG, JPEG, GIF and WebP are taken")]
    Other(&'static str),
    #[error("the {0} file ends too early")]
    CutOff(ImageKind),
    #[error("the {0} file is damaged")]
    Damaged(ImageKind),
    #[error("the image has {width} × {height} pixels; {MAX_SIDE} a side and {MAX_PIXELS} in all at most")]
    TooBig { width: u32, height: u32 },
}

impl ImageKind {
    pub fn media_type(self) -> &'static str {
        match self {
            ImageKind::Png => "image/png",
            ImageKind::Jpeg => "image/jpeg",
            ImageKind::Gif => "image/gif",
            ImageKind::Webp => "image/webp",
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageKind::Png),
            [0xff, 0xd8, 0xff, ..] => Some(ImageKind::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(ImageKind::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageKind::Webp),
            _ => None,
        }
    }
}

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ImageKind::Png => "PNG",
            ImageKind::Jpeg => "JPEG",
            ImageKind::Gif => "GIF",
            ImageKind::Webp => "WebP",
        })
    }
}

/// Says what image the bytes are, or why they are none.
pub fn inspect(bytes: &[u8]) -> Result<ImageFacts, NotAnImage> {
    match bytes.len() {
        0 => return Err(NotAnImage::Empty),
        length if length > MAX_BYTES => return Err(NotAnImage::TooLarge(length)),
        _ => {}
    }
    let kind = ImageKind::of(bytes).ok_or_else(|| NotAnImage::Other(what_else(bytes)))?;
    let reader = Reader::new(bytes);
    let walked = match kind {
        ImageKind::Png => png::size(reader),
        ImageKind::Jpeg => jpeg::size(reader),
        ImageKind::Gif => gif::size(reader),
        ImageKind::Webp => webp::size(reader),
    };
    let Size { width, height } = walked.map_err(|flaw| match flaw {
        Flaw::CutOff => NotAnImage::CutOff(kind),
        Flaw::Damaged => NotAnImage::Damaged(kind),
        Flaw::TooBig(Size { width, height }) => NotAnImage::TooBig { width, height },
    })?;
    Ok(ImageFacts { kind, width, height })
}

/// A size within the limits, once [`Size::checked`] has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    width: u32,
    height: u32,
}

impl Size {
    fn checked(width: u32, height: u32) -> Result<Self, Flaw> {
        let size = Self { width, height };
        if width == 0 || height == 0 {
            return Err(Flaw::Damaged);
        }
        let too_big = width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS;
        if too_big { Err(Flaw::TooBig(size)) } else { Ok(size) }
    }
}

/// What is wrong with a file of a known kind.
#[derive(Debug, PartialEq, Eq)]
enum Flaw {
    CutOff,
    Damaged,
    TooBig(Size),
}

impl From<Ended> for Flaw {
    fn from(Ended: Ended) -> Self {
        Flaw::CutOff
    }
}

/// A name for what people try to upload instead, for the log and for whoever writes a program.
fn what_else(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = &text[..text.len().min(1024)];
    let svg = start.windows(4).any(|window| window.eq_ignore_ascii_case(b"<svg"));
    match bytes {
        _ if text.starts_with(b"<") && svg => "an SVG drawing, which can hold code",
        _ if text.starts_with(b"<") => "a web page or XML",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => "an AVIF picture",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e' | b'v', ..]
        | [_, _, _, _, b'f', b't', b'y', b'p', b'm', b'i' | b's', ..] => "an HEIC picture",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "a video",
        [b'B', b'M', ..] => "a BMP picture",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF picture",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3, 4, ..] => "an office document or ZIP archive",
        _ => "no image of a known kind",
    }
}

#[cfg(test)]
mod tests;
