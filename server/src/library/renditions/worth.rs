//! Of which files something smaller is made.

use shared::library::{FileFacts, FileKind};

/// What a rendition takes at most, in bytes a second: pictures and sound together, or sound alone.
const OF_FILM: u64 = (super::encoder::PICTURE_BITS + super::encoder::SOUND_BITS) / 8;
const OF_SOUND: u64 = super::encoder::SOUND_BITS / 8;
/// What is smaller comes over any line.
const SMALL: u64 = 1 << 20;
/// Where nobody knows how long it lasts.
const LARGE: u64 = 8 << 20;

/// What is made of such a file, if anything is.
pub fn rendition_kind(of: FileKind) -> Option<FileKind> {
    match of {
        FileKind::Mp4 | FileKind::Webm | FileKind::Film => Some(FileKind::Mp4),
        FileKind::Mp3 | FileKind::M4a | FileKind::Wav | FileKind::Ogg => Some(FileKind::M4a),
        FileKind::Docx
        | FileKind::Pptx
        | FileKind::Xlsx
        | FileKind::OldOffice
        | FileKind::Pdf
        | FileKind::Png
        | FileKind::Jpeg
        | FileKind::Gif
        | FileKind::Webp
        | FileKind::Bmp
        | FileKind::Svg
        | FileKind::Text
        | FileKind::Csv
        | FileKind::Markdown
        | FileKind::Html
        | FileKind::Zip
        | FileKind::Rar
        | FileKind::SevenZip
        | FileKind::Other => None,
    }
}

/// Whether a rendition would be much smaller.
pub fn is_worth_it(bytes: u64, facts: &FileFacts) -> bool {
    // A film is small already at one and a half times the rate; a recording at twice, where little is won.
    let most_a_second = match rendition_kind(facts.kind) {
        Some(FileKind::Mp4) => OF_FILM * 3 / 2,
        Some(_) => OF_SOUND * 2,
        None => return false,
    };
    match facts.millis {
        Some(millis) => bytes > SMALL && bytes.saturating_mul(1_000) / millis.max(1) > most_a_second,
        None => bytes > LARGE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_already_is_left_as_it_is() {
        const MINUTE: u64 = 60_000;
        for (kind, bytes, millis, expected) in [
            (FileKind::Mp4, 300 << 20, Some(40 * MINUTE), true),
            (FileKind::Mp4, 20 << 20, Some(10 * MINUTE), false),
            (FileKind::Mp4, 30 << 20, Some(10 * MINUTE), true),
            (FileKind::Mp4, 1 << 20, Some(1_000), false),
            (FileKind::Film, 9 << 20, None, true),
            (FileKind::Webm, 7 << 20, None, false),
            (FileKind::Mp3, 10 << 20, Some(10 * MINUTE), true),
            (FileKind::Mp3, 6 << 20, Some(10 * MINUTE), false),
            (FileKind::Wav, 1 << 19, Some(3_000), false),
            (FileKind::Pdf, 1 << 30, None, false),
            (FileKind::Mp4, 1 << 30, Some(0), true),
        ] {
            let facts = FileFacts { millis, ..FileFacts::of(kind) };
            assert_eq!(is_worth_it(bytes, &facts), expected, "{kind:?} {bytes} {millis:?}");
        }
    }
}
