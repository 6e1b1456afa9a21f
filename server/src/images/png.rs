//! PNG: chunks from `IHDR` to `IEND` (<https://www.w3.org/TR/png-3/>).

use super::reader::Reader;
use super::{Flaw, Size};

pub fn size(mut file: Reader<'_>) -> Result<Size, Flaw> {
    file.skip(8)?;
    let (kind, mut header) = chunk(&mut file)?;
    if kind != *b"IHDR" {
        return Err(Flaw::Damaged);
    }
    let size = Size::checked(header.be32()?, header.be32()?)?;
    let mut has_pixels = false;
    loop {
        match chunk(&mut file)? {
            (kind, _) if kind == *b"IDAT" => has_pixels = true,
            (kind, _) if kind == *b"IEND" => break,
            (kind, _) if kind == *b"IHDR" => return Err(Flaw::Damaged),
            _ => {}
        }
    }
    if has_pixels { Ok(size) } else { Err(Flaw::Damaged) }
}

fn chunk<'a>(file: &mut Reader<'a>) -> Result<([u8; 4], Reader<'a>), Flaw> {
    let length = file.be32()?;
    let kind = file.array()?;
    let content = Reader::new(file.take(length as usize)?);
    file.skip(4)?;
    Ok((kind, content))
}
