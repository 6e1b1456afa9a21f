//! Whole and honest files of the kinds that are not zips, as small as they can be.

use std::fmt::Write as _;
use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture with more than one colour, so that it has a thumbnail.
pub fn picture(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(64, 48, |x, y| Rgb([x as u8 * 4, y as u8 * 5, (x ^ y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Objects, numbered from 1 (the first is the catalogue), with a table of where they lie.
pub fn pdf(objects: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend(object.as_ref());
        file.extend(b"\nendobj\n");
    }
    let place = file.len();
    let trailer = format!("{table}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{place}\n%%EOF\n", objects.len() + 1);
    file.extend(trailer.bytes());
    file
}

pub fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dictionary} /Length {} >>\nstream\n", bytes.len()).into_bytes();
    object.extend(bytes);
    object.extend(b"\nendstream");
    object
}

/// The objects of one page with a line of text, in a Chinese font that is not embedded.
pub fn page(content: &[u8], resources: &str) -> Vec<Vec<u8>> {
    let page =
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << {resources} >> >>");
    vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into_bytes(),
        stream("", content),
    ]
}

pub fn lesson_pdf() -> Vec<u8> {
    let font = "/Font << /F1 << /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts \
                [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering \
                (GB1) /Supplement 4 >> >>] >> /F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let title: String = "分数的初步认识".encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let content = format!("BT /F1 18 Tf 20 150 Td <{title}> Tj /F2 12 Tf 0 -30 Td (lesson one) Tj ET");
    pdf(&page(content.as_bytes(), font))
}

/// An MP4 box.
pub fn boxed(name: &[u8; 4], inside: &[&[u8]]) -> Vec<u8> {
    let content = inside.concat();
    let mut bytes = ((content.len() + 8) as u32).to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(content);
    bytes
}

/// A film of a minute and a half, 640 × 360, without the film.
pub fn film() -> Vec<u8> {
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&1_000_u32.to_be_bytes());
    header[16..20].copy_from_slice(&90_500_u32.to_be_bytes());
    let mut track = vec![0; 84];
    track[40..44].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    track[76..78].copy_from_slice(&640_u16.to_be_bytes());
    track[80..82].copy_from_slice(&360_u16.to_be_bytes());
    let handler = boxed(b"hdlr", &[b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0"]);
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[&track]), &boxed(b"mdia", &[&handler])]);
    let film = boxed(b"moov", &[&boxed(b"mvhd", &[&header]), &track]);
    [boxed(b"ftyp", &[b"isom\0\0\0\0isommp42"]), film, boxed(b"mdat", &[&[7; 500]])].concat()
}

/// Two seconds of silence.
pub fn wav() -> Vec<u8> {
    let silence = vec![0; 16_000];
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(b"\x01\0\x08\0data");
    bytes.extend((silence.len() as u32).to_le_bytes());
    bytes.extend(silence);
    bytes
}

/// Frames of 128 kbit/s.
pub fn mp3() -> Vec<u8> {
    let mut frame = b"\xff\xfb\x90\0".to_vec();
    frame.resize(417, 0);
    let mut bytes = b"ID3\x04\0\0\0\0\0\x0a0123456789".to_vec();
    bytes.extend(frame.repeat(40));
    bytes
}

/// An OLE file with streams of these names and nothing in them.
pub fn ole(names: &[&str], root: &[u8; 16]) -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(512, 0);
    bytes[24..34].copy_from_slice(b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0");
    bytes[44] = 1;
    for name in std::iter::once(&"Root Entry").chain(names) {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(128, 0);
        if *name == "Root Entry" {
            entry[80..96].copy_from_slice(root);
        }
        bytes.extend(entry);
    }
    bytes.resize(2_048, 0);
    bytes
}
