//! WebM and Matroska: duration and size stand in the first elements of the segment (RFC 9559).

use super::Measured;
use crate::library::reading::source::Source;

/// So much of the file is looked at.
const BEGINNING: usize = 1 << 20;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const VIDEO: u32 = 0xe0;
const WIDTH: u32 = 0xb0;
const HEIGHT: u32 = 0xba;

pub(super) fn measured(source: &Source) -> Option<Measured> {
    let bytes = source.read_at(0, BEGINNING).ok()?;
    let segment = find(&bytes, SEGMENT)?;
    let mut measured = Measured::default();
    if let Some(info) = find(segment, INFO) {
        let scale = find(info, SCALE).map_or(1_000_000, number);
        let length = find(info, DURATION).and_then(float);
        measured.millis =
            length.map(|length| length * scale as f64 / 1e6).filter(|m| (0.0..1e12).contains(m)).map(|m| m as u64);
    }
    if let Some(tracks) = find(segment, TRACKS) {
        let video = elements(tracks).filter(|(id, _)| *id == TRACK).find_map(|(_, track)| find(track, VIDEO));
        let side = |id| video.and_then(|video| find(video, id)).map(number).and_then(|n| u32::try_from(n).ok());
        measured.size = side(WIDTH).zip(side(HEIGHT));
    }
    Some(measured)
}

fn find(bytes: &[u8], wanted: u32) -> Option<&[u8]> {
    elements(bytes).find(|(id, _)| *id == wanted).map(|(_, content)| content)
}

/// Elements one after the other; the last may go on beyond what is there.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (id, id_length) = variable(bytes, false)?;
        let (length, length_length) = variable(&bytes[id_length..], true)?;
        let content = &bytes[id_length + length_length..];
        let (content, rest) = content.split_at(usize::try_from(length).unwrap_or(usize::MAX).min(content.len()));
        bytes = rest;
        Some((u32::try_from(id).ok()?, content))
    })
}

/// A number whose first byte says how many there are.
fn variable(bytes: &[u8], is_length: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let count = first.leading_zeros() as usize + 1;
    let all = bytes.get(..count).filter(|_| count <= 8)?;
    let value = number(all);
    let marker = 1_u64 << (7 * count);
    Some((if is_length { value & (marker - 1) } else { value }, count))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn float(bytes: &[u8]) -> Option<f64> {
    match bytes.len() {
        4 => Some(f32::from_be_bytes(bytes.try_into().ok()?).into()),
        8 => Some(f64::from_be_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}
