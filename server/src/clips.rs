//! What a voice clip is, by its bytes alone: one track of sound as browsers record it, whole, and how long it lasts. Nothing is
//! decoded; the work is bounded by the clip's length whatever it claims.

use shared::tutoring::{MAX_CLIP_BYTES, MAX_CLIP_MILLIS};

mod mp4;
mod ogg;
mod webm;

/// Recorders write on for a moment after they were told to stop.
const GRACE: u64 = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipKind {
    /// Opus in WebM, as Chromium and Firefox record.
    Webm,
    /// Opus in Ogg, as Firefox records.
    Ogg,
    /// AAC or Opus in MP4, as Safari records.
    Mp4,
}

impl ClipKind {
    pub fn media_type(self) -> &'static str {
        match self {
            ClipKind::Webm => "audio/webm",
            ClipKind::Ogg => "audio/ogg",
            ClipKind::Mp4 => "audio/mp4",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipFacts {
    pub kind: ClipKind,
    /// In milliseconds, to the beginning of the last packet at least.
    pub millis: u64,
}

/// Why bytes are not taken as a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAClip {
    #[error("the clip has {0} bytes, {MAX_CLIP_BYTES} at most")]
    TooLarge(usize),
    #[error("the clip lasts {0} ms, {MAX_CLIP_MILLIS} at most")]
    TooLong(u64),
    #[error("this is no sound as browsers record it")]
    Other,
}

/// Says what clip the bytes are, or why they are none.
pub fn inspect(bytes: &[u8]) -> Result<ClipFacts, NotAClip> {
    if bytes.len() > MAX_CLIP_BYTES {
        return Err(NotAClip::TooLarge(bytes.len()));
    }
    let (kind, millis) = match bytes {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => (ClipKind::Webm, webm::millis(bytes)),
        [b'O', b'g', b'g', b'S', ..] => (ClipKind::Ogg, ogg::millis(bytes)),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => (ClipKind::Mp4, mp4::millis(bytes)),
        _ => return Err(NotAClip::Other),
    };
    match millis.ok_or(NotAClip::Other)? {
        millis if millis > u64::from(MAX_CLIP_MILLIS) + GRACE => Err(NotAClip::TooLong(millis)),
        millis => Ok(ClipFacts { kind, millis }),
    }
}

#[cfg(test)]
mod tests;
