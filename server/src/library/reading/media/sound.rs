//! MP3, WAV and Ogg, and AVI, which is of the same making as WAV.

use super::{Measured, millis};
use crate::library::reading::source::{Source, be32, le16, le32, le64};

/// Chunks of a RIFF file that are looked at.
const MAX_CHUNKS: usize = 100;
/// So far behind its tags an MP3's first frame is looked for.
const TO_FIRST_FRAME: usize = 64 << 10;

pub(super) fn wav(source: &Source) -> Option<Measured> {
    let (mut rate, mut at) = (None, 12);
    for _ in 0..MAX_CHUNKS {
        let header = source.read_at(at, 20).ok()?;
        let length = u64::from(le32(&header, 4)?);
        match header.get(..4)? {
            b"fmt " => rate = le32(&header, 16),
            b"data" => {
                // Recorders that were cut off have not written how long it is.
                let there = source.length().saturating_sub(at + 8).min(length);
                return Some(Measured { millis: millis(there, rate?.into()), ..Measured::default() });
            }
            _ => {}
        }
        at = at.checked_add(8 + length + length % 2)?;
    }
    None
}

pub(super) fn avi(source: &Source) -> Option<Measured> {
    let bytes = source.read_at(0, 128).ok()?;
    if bytes.get(8..12)? != b"AVI " || bytes.get(24..28)? != b"avih" {
        return None;
    }
    let (micros, frames) = (u64::from(le32(&bytes, 32)?), u64::from(le32(&bytes, 48)?));
    let size = Some((le32(&bytes, 64)?, le32(&bytes, 68)?));
    Some(Measured { millis: Some(micros * frames / 1_000), size, only_sound: false })
}

/// The last page says how many samples there were, the first how many there are in a second.
pub(super) fn ogg(source: &Source) -> Option<Measured> {
    let head = source.read_at(0, 128).ok()?;
    let packet = head.get(27 + usize::from(*head.get(26)?)..)?;
    let (rate, skipped) = match packet {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => (le32(packet, 12)?, 0),
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => (48_000, u64::from(le16(packet, 10)?)),
        _ => return None,
    };
    let (_, tail) = source.tail(64 << 10).ok()?;
    let last = tail.windows(5).rposition(|five| five == b"OggS\0")?;
    let samples = le64(&tail, last + 6)?.checked_sub(skipped)?;
    Some(Measured { millis: millis(samples, rate.into()), ..Measured::default() })
}

pub(super) fn mp3(source: &Source) -> Option<Measured> {
    let head = source.read_at(0, 10).ok()?;
    let tags = match head.starts_with(b"ID3") {
        // Four times seven bits, and the header itself.
        true => 10 + head.get(6..10)?.iter().fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7f)),
        false => 0,
    };
    let bytes = source.read_at(tags, TO_FIRST_FRAME).ok()?;
    let (at, frame) = (0..bytes.len()).find_map(|at| Some((at, Frame::of(&bytes[at..])?)))?;
    let counted =
        bytes[at..].windows(4).take(200).position(|four| four == b"Xing" || four == b"Info" || four == b"VBRI");
    let frames = counted.and_then(|place| {
        let tag = &bytes[at + place..];
        match tag.starts_with(b"VBRI") {
            true => be32(tag, 14),
            false => be32(tag, 8).filter(|_| be32(tag, 4).is_some_and(|flags| flags & 1 == 1)),
        }
    });
    let millis = match frames {
        Some(frames) => millis(u64::from(frames) * frame.samples, frame.rate),
        None => millis(source.length().saturating_sub(tags) * 8, frame.bits),
    };
    Some(Measured { millis, ..Measured::default() })
}

/// The header of an MPEG audio frame of layer III.
struct Frame {
    rate: u64,
    samples: u64,
    /// Bits a second
    bits: u64,
}

impl Frame {
    fn of(bytes: &[u8]) -> Option<Self> {
        const FIRST: [u64; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const SECOND: [u64; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let [0xff, second, third, ..] = bytes else { return None };
        if second & 0xe6 != 0xe2 {
            return None;
        }
        let (divided, first) = match second >> 3 & 3 {
            3 => (1, true),
            2 => (2, false),
            0 => (4, false),
            _ => return None,
        };
        let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / divided;
        let bits = (if first { FIRST } else { SECOND }).get(usize::from(third >> 4)).filter(|&&bits| bits > 0)? * 1_000;
        Some(Self { rate, samples: if first { 1_152 } else { 576 }, bits })
    }
}
