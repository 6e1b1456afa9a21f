//! WebP: a RIFF file with one picture or an animation (<https://developers.google.com/speed/webp/docs/riff_container>).

use super::reader::Reader;
use super::{Flaw, Size};

pub fn size(mut file: Reader<'_>) -> Result<Size, Flaw> {
    file.skip(4)?;
    let length = file.le32()? as usize;
    let mut chunks = Reader::new(file.take(length)?);
    chunks.skip(4)?;
    let mut canvas = None;
    loop {
        let kind: [u8; 4] = chunks.array()?;
        let length = chunks.le32()? as usize;
        let content = Reader::new(chunks.take(length)?);
        match &kind {
            b"VP8X" if canvas.is_none() => canvas = Some(extended(content)?),
            // The canvas comes first and is what is shown; a picture without one is its own.
            b"VP8 " => return lossy(content).map(|own| canvas.unwrap_or(own)),
            b"VP8L" => return lossless(content).map(|own| canvas.unwrap_or(own)),
            b"ANMF" => return canvas.ok_or(Flaw::Damaged),
            _ if canvas.is_none() => return Err(Flaw::Damaged),
            _ => {}
        }
        // Chunks begin at even places.
        if length % 2 == 1 && !chunks.is_empty() {
            chunks.skip(1)?;
        }
    }
}

fn extended(mut content: Reader<'_>) -> Result<Size, Flaw> {
    content.skip(4)?;
    Size::checked(content.le24()? + 1, content.le24()? + 1)
}

/// RFC 6386, section 9.1.
fn lossy(mut content: Reader<'_>) -> Result<Size, Flaw> {
    let shown_by_itself = content.array::<3>()?[0] & 1 == 0;
    if !shown_by_itself || content.array()? != [0x9d, 0x01, 0x2a] {
        return Err(Flaw::Damaged);
    }
    Size::checked((content.le16()? & 0x3fff).into(), (content.le16()? & 0x3fff).into())
}

/// RFC 9649, section 3.4.
fn lossless(mut content: Reader<'_>) -> Result<Size, Flaw> {
    if content.byte()? != 0x2f {
        return Err(Flaw::Damaged);
    }
    let sizes = content.le32()?;
    Size::checked((sizes & 0x3fff) + 1, (sizes >> 14 & 0x3fff) + 1)
}
