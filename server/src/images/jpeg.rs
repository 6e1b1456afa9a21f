//! JPEG: segments and scans up to the end marker (ITU-T T.81, annex B), and the orientation a camera notes in Exif.

use super::reader::{Ended, Reader};
use super::{Flaw, Size};

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const APP1: u8 = 0xe1;

pub fn size(mut file: Reader<'_>) -> Result<Size, Flaw> {
    file.skip(2)?;
    let mut size = None;
    let mut lies_on_its_side = false;
    let mut has_scan = false;
    loop {
        match marker(&mut file)? {
            // Without content.
            0x01 | 0xd0..=0xd7 => {}
            END => break,
            START | 0x00 => return Err(Flaw::Damaged),
            // Baseline, extended and progressive: what browsers decode.
            0xc0..=0xc2 => {
                let mut frame = segment(&mut file)?;
                frame.skip(1)?;
                let (height, width) = (frame.be16()?, frame.be16()?);
                if size.replace(Size::checked(width.into(), height.into())?).is_some() {
                    return Err(Flaw::Damaged);
                }
            }
            // Lossless, hierarchical or arithmetic: shown by no browser.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(Flaw::Damaged),
            SCAN => {
                segment(&mut file)?;
                has_scan = true;
                skip_scan(&mut file)?;
            }
            APP1 => {
                let segment = segment(&mut file)?;
                lies_on_its_side |= matches!(orientation(segment), Ok(Some(5..=8)));
            }
            _ => {
                segment(&mut file)?;
            }
        }
    }
    match size {
        Some(Size { width, height }) if has_scan && lies_on_its_side => Ok(Size { width: height, height: width }),
        Some(size) if has_scan => Ok(size),
        Some(_) | None => Err(Flaw::Damaged),
    }
}

fn marker(file: &mut Reader<'_>) -> Result<u8, Flaw> {
    if file.byte()? != 0xff {
        return Err(Flaw::Damaged);
    }
    loop {
        match file.byte()? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

fn segment<'a>(file: &mut Reader<'a>) -> Result<Reader<'a>, Flaw> {
    let length = file.be16()?.checked_sub(2).ok_or(Flaw::Damaged)?;
    Ok(Reader::new(file.take(length.into())?))
}

/// Goes on to the marker after the scan's coded data, in which `ff 00` is a plain `ff` and `ff d0` to `ff d7` restart.
fn skip_scan(file: &mut Reader<'_>) -> Result<(), Ended> {
    loop {
        file.seek(0xff)?;
        let mut ahead = file.clone();
        ahead.skip(1)?;
        match ahead.byte()? {
            0x00 | 0xd0..=0xd7 => *file = ahead,
            0xff => file.skip(1)?,
            _ => return Ok(()),
        }
    }
}

/// 1 to 8 as Exif counts them, from 5 on with width and height exchanged; `None` if the segment does not tell.
fn orientation(mut segment: Reader<'_>) -> Result<Option<u16>, Ended> {
    const ORIENTATION: u16 = 0x0112;
    if segment.take(6)? != b"Exif\0\0" {
        return Ok(None);
    }
    let mut tiff = segment.clone();
    let big_endian = match segment.array()? {
        [b'I', b'I'] => false,
        [b'M', b'M'] => true,
        _ => return Ok(None),
    };
    let u16_of = |bytes| if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
    let u32_of = |bytes| if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    segment.skip(2)?;
    tiff.skip(u32_of(segment.array()?) as usize)?;
    for _ in 0..u16_of(tiff.array()?) {
        let tag = u16_of(tiff.array()?);
        tiff.skip(6)?;
        let mut value = Reader::new(tiff.take(4)?);
        if tag == ORIENTATION {
            return Ok(Some(u16_of(value.array()?)));
        }
    }
    Ok(None)
}
