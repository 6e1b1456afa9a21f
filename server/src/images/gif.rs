//! GIF: blocks up to the trailer (<https://www.w3.org/Graphics/GIF/spec-gif89a.txt>).

use super::reader::Reader;
use super::{Flaw, Size};

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;
const TRAILER: u8 = 0x3b;

pub fn size(mut file: Reader<'_>) -> Result<Size, Flaw> {
    file.skip(6)?;
    let (width, height) = (file.le16()?, file.le16()?);
    let size = Size::checked(width.into(), height.into())?;
    let flags = file.byte()?;
    file.skip(2)?;
    skip_colours(&mut file, flags)?;
    let mut has_frame = false;
    loop {
        // Some programs leave the trailer out; between two blocks the file is whole all the same.
        if has_frame && file.is_empty() {
            return Ok(size);
        }
        match file.byte()? {
            EXTENSION => {
                file.skip(1)?;
                skip_sub_blocks(&mut file)?;
            }
            FRAME => {
                file.skip(4)?;
                // A frame can be larger than the screen it is shown on.
                let (width, height) = (file.le16()?, file.le16()?);
                Size::checked(width.into(), height.into())?;
                let flags = file.byte()?;
                skip_colours(&mut file, flags)?;
                file.skip(1)?;
                skip_sub_blocks(&mut file)?;
                has_frame = true;
            }
            TRAILER if has_frame => return Ok(size),
            _ => return Err(Flaw::Damaged),
        }
    }
}

fn skip_colours(file: &mut Reader<'_>, flags: u8) -> Result<(), Flaw> {
    if flags & 0x80 != 0 {
        file.skip(3 << ((flags & 7) + 1))?;
    }
    Ok(())
}

fn skip_sub_blocks(file: &mut Reader<'_>) -> Result<(), Flaw> {
    loop {
        match file.byte()? {
            0 => return Ok(()),
            length => file.skip(length.into())?,
        }
    }
}
