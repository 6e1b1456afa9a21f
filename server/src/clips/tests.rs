use super::*;

const WEBM: &[u8] = include_bytes!("tests/tone.webm");
/// As browsers record: with lengths unknown.
const RECORDED: &[u8] = include_bytes!("tests/recorded.webm");
const OGG: &[u8] = include_bytes!("tests/tone.ogg");
const MP4: &[u8] = include_bytes!("tests/tone.mp4");
const FRAGMENTS: &[u8] = include_bytes!("tests/fragments.mp4");

#[test]
fn a_clip_is_known_by_its_content_with_its_length() {
    let kinds = [
        (WEBM, ClipKind::Webm),
        (RECORDED, ClipKind::Webm),
        (OGG, ClipKind::Ogg),
        (MP4, ClipKind::Mp4),
        (FRAGMENTS, ClipKind::Mp4),
    ];
    for (bytes, kind) in kinds {
        let facts = inspect(bytes).unwrap_or_else(|why| panic!("{kind:?}: {why}"));
        assert_eq!(facts.kind, kind);
        assert!((1_300..1_700).contains(&facts.millis), "{facts:?}");
    }
}

#[test]
fn what_is_no_recorded_sound_is_refused() {
    let film: &[u8] = include_bytes!("tests/film.webm");
    let vorbis = String::from_utf8_lossy(WEBM).contains("A_OPUS");
    assert!(vorbis, "its codec is named in plain");
    let mut other = WEBM.to_vec();
    let place = other.windows(6).position(|part| part == b"A_OPUS").unwrap();
    other[place..place + 6].copy_from_slice(b"A_AAC\0");
    let two_streams = [OGG, &{
        let mut second = OGG.to_vec();
        second[14] ^= 1;
        second
    }]
    .concat();
    for bytes in [film, &other, &two_streams, b"", b"\x1a\x45\xdf\xa3", b"<html>", &OGG[..40], &MP4[..60], b"OggS"] {
        assert_eq!(inspect(bytes), Err(NotAClip::Other), "{:?}", &bytes[..bytes.len().min(12)]);
    }
    assert_eq!(inspect(&vec![0; MAX_CLIP_BYTES + 1]), Err(NotAClip::TooLarge(MAX_CLIP_BYTES + 1)));
    assert!(matches!(inspect(include_bytes!("tests/long.ogg")), Err(NotAClip::TooLong(68_000..=72_000))));
}

#[test]
fn whatever_is_cut_off_or_changed_is_answered_and_nothing_panics() {
    for bytes in [WEBM, RECORDED, OGG, MP4, FRAGMENTS] {
        let taken = (0..bytes.len()).filter(|end| inspect(&bytes[..*end]).is_ok()).count();
        assert!(taken < bytes.len() / 20, "whole blocks alone are taken: {taken}");
        let mut changed = bytes.to_vec();
        for place in 0..bytes.len() {
            for bits in [0xff, 0x80, 0x01] {
                changed[place] ^= bits;
                inspect(&changed).ok();
                changed[place] ^= bits;
            }
        }
    }
}
