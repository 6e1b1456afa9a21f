//! An image without what a camera or a program has written beside the picture: where and when it was taken, by which device,
//! small pictures of it, films behind its end. The picture itself is copied as it is; nothing is decoded.

use super::reader::Reader;
use super::{Flaw, ImageKind, jpeg};

/// The same picture with nothing beside it but what it takes to show it: colour profile, transparency, and which side is up.
/// `None` for a kind that is not stripped (GIF), and for what [`super::inspect`] would refuse.
pub fn bare(kind: ImageKind, bytes: &[u8]) -> Option<Vec<u8>> {
    match kind {
        ImageKind::Png => png(Reader::new(bytes)),
        ImageKind::Jpeg => jpeg::bare(Reader::new(bytes)),
        ImageKind::Webp => webp(Reader::new(bytes)),
        ImageKind::Gif => Err(Flaw::Damaged),
    }
    .ok()
}

/// Chunks of a still picture (PNG, third edition); of an animation its first picture is left.
fn png(mut file: Reader<'_>) -> Result<Vec<u8>, Flaw> {
    const SHOWN: [&[u8; 4]; 10] =
        [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"];
    let mut bare = file.take(8)?.to_vec();
    loop {
        let mut chunk = file.clone();
        let length = chunk.be32()? as usize;
        let kind: [u8; 4] = chunk.array()?;
        let whole = file.take(length.checked_add(12).ok_or(Flaw::Damaged)?)?;
        if SHOWN.contains(&&kind) {
            bare.extend_from_slice(whole);
        }
        if &kind == b"IEND" {
            return Ok(bare);
        }
    }
}

/// Chunks of a still picture; an animation is none.
fn webp(mut file: Reader<'_>) -> Result<Vec<u8>, Flaw> {
    /// Bits of the first byte of `VP8X` that say that Exif and XMP follow.
    const BESIDE: u8 = 0b0000_1100;
    file.skip(4)?;
    let length = file.le32()? as usize;
    let mut chunks = Reader::new(file.take(length)?);
    let mut content = chunks.take(4)?.to_vec();
    while !chunks.is_empty() {
        let kind: [u8; 4] = chunks.array()?;
        let length = chunks.le32()?;
        let bytes = chunks.take(length as usize)?;
        // Chunks begin at even places.
        if length % 2 == 1 && !chunks.is_empty() {
            chunks.skip(1)?;
        }
        if [b"ANIM", b"ANMF"].contains(&&kind) {
            return Err(Flaw::Damaged);
        }
        if ![b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"].contains(&&kind) {
            continue;
        }
        content.extend_from_slice(&kind);
        content.extend_from_slice(&length.to_le_bytes());
        let place = content.len();
        content.extend_from_slice(bytes);
        if &kind == b"VP8X" {
            *content.get_mut(place).ok_or(Flaw::Damaged)? &= !BESIDE;
        }
        content.resize(content.len().next_multiple_of(2), 0);
    }
    let length = u32::try_from(content.len()).map_err(|_| Flaw::Damaged)?;
    Ok([b"RIFF", &length.to_le_bytes()[..], &content].concat())
}
