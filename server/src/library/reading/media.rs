//! How long sounds and films are, and how large, by their headers. Nothing is decoded, and of a film of two gigabytes only
//! boxes are read.

use shared::library::{FileFacts, FileKind};

use super::source::Source;

mod boxes;
mod matroska;
mod sound;

/// What could be found out; nothing if the headers make no sense.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Measured {
    millis: Option<u64>,
    size: Option<(u32, u32)>,
    /// There are sound tracks and no pictures.
    only_sound: bool,
}

/// No recording lasts longer than a week.
const MAX_MILLIS: u64 = 7 * 24 * 3_600_000;

/// Fills in duration and size, and tells sound from film where both come in the same boxes.
pub(super) fn measure(source: &Source, facts: &mut FileFacts) {
    let measured = match facts.kind {
        FileKind::Mp4 | FileKind::M4a => boxes::measured(source),
        FileKind::Film => boxes::measured(source).or_else(|| matroska::measured(source)).or_else(|| sound::avi(source)),
        FileKind::Webm => matroska::measured(source),
        FileKind::Mp3 => sound::mp3(source),
        FileKind::Wav => sound::wav(source),
        FileKind::Ogg => sound::ogg(source),
        _ => None,
    };
    let Some(measured) = measured else { return };
    facts.millis = measured.millis.filter(|&millis| millis <= MAX_MILLIS);
    if let Some((width, height)) = measured.size {
        (facts.width, facts.height) = (Some(width), Some(height));
    }
    if measured.only_sound && facts.kind == FileKind::Mp4 {
        facts.kind = FileKind::M4a;
    }
}

/// `units` of which there are `per_second`, in milliseconds.
fn millis(units: u64, per_second: u64) -> Option<u64> {
    (u128::from(units) * 1_000).checked_div(u128::from(per_second))?.try_into().ok()
}
