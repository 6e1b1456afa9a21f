//! MP4 and QuickTime: boxes within boxes (ISO/IEC 14496-12).

use super::{Measured, millis};
use crate::library::reading::source::{Source, be16, be32, be64};

/// Boxes that are looked at on one level.
const MAX_BOXES: usize = 1_000;
/// Tracks of one film.
const MAX_TRACKS: usize = 32;

struct Place {
    kind: [u8; 4],
    from: u64,
    to: u64,
}

pub(super) fn measured(source: &Source) -> Option<Measured> {
    let film = find(source, 0, source.length(), b"moov")?;
    let header = find(source, film.from, film.to, b"mvhd")?;
    let header = source.read_at(header.from, 32).ok()?;
    let (scale, length) = match header.first()? {
        1 => (be32(&header, 20)?, be64(&header, 24)?),
        _ => (be32(&header, 12)?, u64::from(be32(&header, 16)?)),
    };
    let mut measured = Measured { millis: millis(length, scale.into()), ..Measured::default() };
    let (mut sounds, mut pictures) = (0, 0);
    let tracks = children(source, film.from, film.to).filter(|place| &place.kind == b"trak").take(MAX_TRACKS);
    for track in tracks {
        match handler(source, &track) {
            Some(kind) if &kind == b"soun" => sounds += 1,
            Some(kind) if &kind == b"vide" => {
                pictures += 1;
                measured.size = measured.size.or_else(|| size(source, &track));
            }
            _ => {}
        }
    }
    measured.only_sound = sounds > 0 && pictures == 0;
    Some(measured)
}

fn handler(source: &Source, track: &Place) -> Option<[u8; 4]> {
    let media = find(source, track.from, track.to, b"mdia")?;
    let handler = find(source, media.from, media.to, b"hdlr")?;
    source.read_at(handler.from + 8, 4).ok()?.try_into().ok()
}

/// As shown: a film taken upright says by its matrix that it is to be turned.
fn size(source: &Source, track: &Place) -> Option<(u32, u32)> {
    let header = find(source, track.from, track.to, b"tkhd")?;
    let header = source.read_at(header.from, 96).ok()?;
    let matrix = if *header.first()? == 1 { 52 } else { 40 };
    let (width, height) = (be16(&header, matrix + 36)?, be16(&header, matrix + 40)?);
    let turned = be32(&header, matrix)? == 0 && be32(&header, matrix + 4)? != 0;
    let (width, height) = (u32::from(width), u32::from(height));
    (width > 0 && height > 0).then_some(if turned { (height, width) } else { (width, height) })
}

fn find(source: &Source, from: u64, to: u64, kind: &[u8; 4]) -> Option<Place> {
    children(source, from, to).find(|place| &place.kind == kind)
}

/// The boxes between two places, as far as each ends behind its header and before the end.
fn children(source: &Source, from: u64, to: u64) -> impl Iterator<Item = Place> {
    let mut at = from;
    std::iter::from_fn(move || {
        let header = source.read_at(at, 16).ok()?;
        let kind = header.get(4..8)?.try_into().ok()?;
        let (length, head) = match be32(&header, 0)? {
            0 => (to.checked_sub(at)?, 8),
            1 => (be64(&header, 8)?, 16),
            length => (u64::from(length), 8),
        };
        let end = at.checked_add(length)?;
        if length < head || end > to {
            return None;
        }
        let place = Place { kind, from: at + head, to: end };
        at = end;
        Some(place)
    })
    .take(MAX_BOXES)
}
