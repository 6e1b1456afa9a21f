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

/// The file up to its end marker, with frame, tables and scans as they are. Of what lies beside them the colour profile and the
/// mark of Adobe's colours are kept, and of Exif a note of which side is up, as the picture would lie on its side without.
pub fn bare(mut file: Reader<'_>) -> Result<Vec<u8>, Flaw> {
    let mut bare = file.take(2)?.to_vec();
    let mut turned = None;
    loop {
        let marker = marker(&mut file)?;
        match marker {
            0x01 | 0xd0..=0xd7 => bare.extend([0xff, marker]),
            END => {
                bare.extend([0xff, END]);
                return Ok(bare);
            }
            START | 0x00 => return Err(Flaw::Damaged),
            SCAN => {
                put(&mut bare, SCAN, segment(&mut file)?)?;
                let mut after = file.clone();
                skip_scan(&mut after)?;
                let coded = file.length() - after.length();
                bare.extend_from_slice(file.take(coded)?);
            }
            APP1 => {
                let seen = orientation(segment(&mut file)?).ok().flatten().filter(|side| (2..=8).contains(side));
                if let Some(side) = seen.filter(|_| turned.is_none()) {
                    turned = Some(side);
                    put(&mut bare, APP1, Reader::new(&exif_of(side)))?;
                }
            }
            0xe0..=0xef | 0xfe => {
                let segment = segment(&mut file)?;
                let profile = marker == 0xe2 && segment.clone().take(12).is_ok_and(|start| start == b"ICC_PROFILE\0");
                if profile || marker == 0xee {
                    put(&mut bare, marker, segment)?;
                }
            }
            _ => put(&mut bare, marker, segment(&mut file)?)?,
        }
    }
}

fn put(to: &mut Vec<u8>, marker: u8, mut content: Reader<'_>) -> Result<(), Flaw> {
    let content = content.take(content.length())?;
    let length = u16::try_from(content.len() + 2).map_err(|_| Flaw::Damaged)?;
    to.extend([0xff, marker]);
    to.extend(length.to_be_bytes());
    to.extend_from_slice(content);
    Ok(())
}

/// Exif with this one entry.
fn exif_of(orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    exif.extend(orientation.to_be_bytes());
    // The value is padded, and no further directory follows.
    exif.extend([0; 6]);
    exif
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
