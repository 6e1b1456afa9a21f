//! What a file is, by how it begins. What lies inside a zip or an OLE file is seen by their readers.

use encoding_rs::GB18030;
use shared::library::FileKind;

use super::source::{be32, contains, le32};

/// Bytes of the beginning that are looked at.
pub(super) const HEAD: usize = 64 << 10;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    Program,
    /// A zip: what it holds decides.
    Zip,
    /// An OLE file, as of Office before 2007.
    Ole,
    /// Text that a shell would run.
    Script,
    /// A page that a browser would run.
    Html,
    Svg,
    Text,
    Is(FileKind),
}

/// `head` has the first bytes, up to [`HEAD`].
pub(super) fn beginning(head: &[u8]) -> Beginning {
    if is_program(head) {
        return Beginning::Program;
    }
    match by_magic(head) {
        Some(beginning) => beginning,
        None => match decoded(head) {
            Some(text) => of_text(&text),
            None => Beginning::Is(FileKind::Other),
        },
    }
}

fn is_program(head: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        // Java classes, and Mach-O for several processors
        b"\xca\xfe\xba\xbe",
        b"dex\n03",
        b"\0asm",
        // A link of Windows
        b"L\0\0\0\x01\x14\x02\0",
        b"!<arch>\n",
        b"\xed\xab\xee\xdb",
    ];
    // Text may begin with MZ, too; programs have zeros in their header.
    let windows = head.starts_with(b"MZ") && head[..head.len().min(64)].contains(&0);
    windows || MAGIC.iter().any(|magic| head.starts_with(magic))
}

fn by_magic(head: &[u8]) -> Option<Beginning> {
    use FileKind as K;
    let is = |kind| Some(Beginning::Is(kind));
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Beginning::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some(Beginning::Ole),
        [b'%', b'P', b'D', b'F', b'-', ..] => is(K::Pdf),
        [b'{', b'\\', b'r', b't', b'f', ..] => is(K::OldOffice),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => is(K::Png),
        [0xff, 0xd8, 0xff, ..] => is(K::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => is(K::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => is(K::Webp),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => is(K::Wav),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => is(K::Film),
        [b'B', b'M', ..] if is_bmp(head) => is(K::Bmp),
        [b'I', b'D', b'3', 2..=4, ..] => is(K::Mp3),
        [b'O', b'g', b'g', b'S', 0, ..] => is(K::Ogg),
        [0x1a, 0x45, 0xdf, 0xa3, ..] if contains(&head[..head.len().min(64)], b"webm") => is(K::Webm),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => is(K::Film),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => is(by_brand(brand)),
        [_, _, _, _, b'm', b'o', b'o', b'v', ..] | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => is(K::Film),
        [b'F', b'L', b'V', 1, ..] => is(K::Film),
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => is(K::Film),
        [b'.', b'R', b'M', b'F', ..] => is(K::Film),
        [0, 0, 1, 0xba | 0xb3, ..] => is(K::Film),
        [0x47, ..] if head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) => is(K::Film),
        [b'R', b'a', b'r', b'!', 0x1a, 0x07, ..] => is(K::Rar),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => is(K::SevenZip),
        [0xff, second, third, ..] if second & 0xe6 == 0xe2 && third & 0xf0 != 0xf0 && third & 0x0c != 0x0c => {
            is(K::Mp3)
        }
        _ => None,
    }
}

/// `BM` begins many words; what follows must be a header.
fn is_bmp(head: &[u8]) -> bool {
    le32(head, 6) == Some(0) && le32(head, 14).is_some_and(|size| [12, 40, 52, 56, 64, 108, 124].contains(&size))
}

fn by_brand(brand: &[u8]) -> FileKind {
    match brand.get(..4) {
        Some(b"M4A " | b"M4B ") => FileKind::M4a,
        Some(b"qt  " | b"3gp4" | b"3gp5" | b"3gp6" | b"3g2a") => FileKind::Film,
        // Photos of newer telephones
        Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx ") => FileKind::Other,
        _ => FileKind::Mp4,
    }
}

fn of_text(text: &str) -> Beginning {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let small = text[..text.floor_char_boundary(8 << 10)].to_ascii_lowercase();
    if small.starts_with("#!") || small.starts_with("@echo off") || small.starts_with("@echo on") {
        return Beginning::Script;
    }
    let markup = small.starts_with('<') || small.contains("<html") || small.contains("<script");
    if markup && small.contains("<svg") && !small.contains("<html") {
        return Beginning::Svg;
    }
    const PAGES: [&str; 8] =
        ["<!doctype html", "<html", "<script", "<body", "<iframe", "<hta:", "<object", "mime-version:"];
    if PAGES.iter().any(|sign| small.starts_with(sign)) || small.contains("<html") || small.contains("<script") {
        return Beginning::Html;
    }
    Beginning::Text
}

/// The text that bytes are, in one of the ways text is written here; `None` if it is none. The last character may be cut.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let whole = if bytes.len() % 2 == 1 { &bytes[..bytes.len() - 1] } else { bytes };
        let bytes = if encoding == encoding_rs::UTF_8 { bytes } else { whole };
        let text = encoding.decode_with_bom_removal(bytes).0.into_owned();
        return looks_like_text(&text, 50).then_some(text);
    }
    if be32(bytes, 0).is_some_and(|first| first == 0) {
        return None;
    }
    if let Some(text) = utf8(bytes) {
        return looks_like_text(text, 1_000).then(|| text.to_owned());
    }
    let (text, wrong) = GB18030.decode_without_bom_handling(bytes);
    // A cut at the end leaves one wrong character at most.
    let ends_wrong = text.ends_with('\u{fffd}') && text.matches('\u{fffd}').count() == 1;
    ((!wrong || ends_wrong) && looks_like_text(&text, 1_000) && is_chinese(&text)).then(|| text.into_owned())
}

/// What is UTF-8, but for a character that is cut at the end.
fn utf8(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && bytes.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

/// No zeros, and of other control characters or wrong ones no more than one in `one_in`.
fn looks_like_text(text: &str, one_in: usize) -> bool {
    let odd = |c: &char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}')) || *c == '\u{fffd}';
    !text.contains('\0') && text.chars().filter(odd).count() * one_in <= text.chars().count()
}

/// Nearly any bytes are GB18030; text in it has mostly the characters of GB 2312 and ASCII.
fn is_chinese(text: &str) -> bool {
    let usual = |c: &char| {
        c.is_ascii()
            || matches!(c, '\u{4e00}'..='\u{9fa5}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{2010}'..='\u{2312}')
    };
    let (all, usual) = (text.chars().count(), text.chars().filter(usual).count());
    usual * 10 >= all * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_shows_in_its_first_bytes() {
        use Beginning as B;
        use FileKind as K;
        let gbk = GB18030.encode("三年级上册 分数的初步认识").0.into_owned();
        let utf16: Vec<u8> = "\u{feff}姓名,学校".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: &[(&[u8], Beginning)] = &[
            (b"MZ\x90\0\x03\0\0\0", B::Program),
            (b"MZ is how this sentence begins", B::Text),
            (b"\x7fELF\x02\x01", B::Program),
            (b"PK\x03\x04", B::Zip),
            (b"%PDF-1.7\n", B::Is(K::Pdf)),
            (b"BM is a word, too", B::Text),
            (b"#!/bin/sh\nrm", B::Script),
            (b"@echo off\r\ndel", B::Script),
            (b"<!DOCTYPE html><p>", B::Html),
            (b"\xef\xbb\xbf <?xml version='1.0'?><svg xmlns=''>", B::Svg),
            (b"<html><svg></svg>", B::Html),
            (b"\0\0\0\x18ftypmp42", B::Is(K::Mp4)),
            (b"\0\0\0\x18ftypheic", B::Is(K::Other)),
            (&gbk, B::Text),
            (&utf16, B::Text),
            ("写得好".as_bytes(), B::Text),
            (&"写得好".as_bytes()[..8], B::Text),
            (b"\x01\x02\x03\xf4\x90\0\0\x11", B::Is(K::Other)),
        ];
        for (head, expected) in cases {
            assert_eq!(beginning(head), *expected, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
