//! Zip files by hand, true or lying in any part.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An entry as it will stand in the file; whatever it says may be wrong.
#[derive(Clone)]
pub struct Part {
    name: Vec<u8>,
    /// As it lies in the file.
    packed: Vec<u8>,
    method: u16,
    crc: u32,
    local_size: u32,
    central_size: u32,
    central_packed: u32,
    attributes: u32,
    flags: u16,
    /// Of another entry: both then lie in the same place.
    place: Option<u32>,
}

impl Part {
    pub fn stored(name: impl AsRef<[u8]>, bytes: &[u8]) -> Self {
        Self::with(name.as_ref(), bytes.to_vec(), 0, bytes.len())
    }

    pub fn deflated(name: impl AsRef<[u8]>, bytes: &[u8]) -> Self {
        Self::with(name.as_ref(), deflated(bytes), 8, bytes.len())
    }

    fn with(name: &[u8], packed: Vec<u8>, method: u16, size: usize) -> Self {
        let (size, length) = (size as u32, packed.len() as u32);
        let name = name.to_vec();
        let (local_size, central_size, central_packed) = (size, size, length);
        let (attributes, flags, place, crc) = (0, 0x800, None, 0);
        Self { name, packed, method, crc, local_size, central_size, central_packed, attributes, flags, place }
    }

    pub fn link(self) -> Self {
        Self { attributes: 0o120_777 << 16, ..self }
    }

    pub fn locked(self) -> Self {
        Self { flags: self.flags | 1, ..self }
    }

    /// Both headers say so, and it is not true.
    pub fn saying(self, size: u32) -> Self {
        Self { local_size: size, central_size: size, ..self }
    }

    /// The directory says so, the entry's own header what is true.
    pub fn listed_as(self, size: u32) -> Self {
        Self { central_size: size, ..self }
    }

    /// Lies where another entry does.
    pub fn at(self, place: u32) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Is said to go on so much further than it does.
    pub fn reaching(self, further: u32) -> Self {
        let packed = self.central_packed + further;
        Self { central_packed: packed, central_size: packed, local_size: packed, ..self }
    }
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zip(parts: &[Part]) -> Vec<u8> {
    zip_counting(parts, parts.len() as u16)
}

/// A zip that says how many entries it has, true or not.
pub fn zip_counting(parts: &[Part], count: u16) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let place = part.place.unwrap_or(file.len() as u32);
        if part.place.is_none() {
            file.extend(b"PK\x03\x04\x14\0");
            file.extend(part.flags.to_le_bytes());
            file.extend(part.method.to_le_bytes());
            file.extend([0; 4]);
            for number in [part.crc, part.central_packed, part.local_size] {
                file.extend(number.to_le_bytes());
            }
            file.extend((part.name.len() as u16).to_le_bytes());
            file.extend([0, 0]);
            file.extend(&part.name);
            file.extend(&part.packed);
        }
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend(part.flags.to_le_bytes());
        directory.extend(part.method.to_le_bytes());
        directory.extend([0; 4]);
        for number in [part.crc, part.central_packed, part.central_size] {
            directory.extend(number.to_le_bytes());
        }
        directory.extend((part.name.len() as u16).to_le_bytes());
        directory.extend([0; 8]);
        directory.extend(part.attributes.to_le_bytes());
        directory.extend(place.to_le_bytes());
        directory.extend(&part.name);
    }
    let begins = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(begins.to_le_bytes());
    file.extend([0, 0]);
    file
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub const KINDS: [&str; 3] = ["docx", "pptx", "xlsx"];

/// The parts of the smallest office file of a kind, with `text` in it.
pub fn office_parts(kind: &str, text: &str) -> Vec<Part> {
    let main = match kind {
        "docx" => vec![(
            "word/document.xml",
            format!("<w:document><w:body><w:p><w:t>{text}</w:t></w:p></w:body></w:document>"),
        )],
        "pptx" => vec![
            (
                "ppt/presentation.xml",
                "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='rId1'/></p:sldIdLst></p:presentation>".to_owned(),
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                format!(
                    "<Relationships><Relationship Id='rId1' Type='{RELATIONS}/slide' Target='slides/slide1.xml'/></Relationships>"
                ),
            ),
            ("ppt/slides/slide1.xml", format!("<p:sld><a:p><a:t>{text}</a:t></a:p></p:sld>")),
        ],
        _ => vec![
            (
                "xl/workbook.xml",
                "<workbook><sheets><sheet name='成绩' sheetId='1' r:id='rId1'/></sheets></workbook>".to_owned(),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships><Relationship Id='rId1' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet><sheetData><row><c t='inlineStr'><is><t>{text}</t></is></c></row></sheetData></worksheet>"
                ),
            ),
        ],
    };
    let types = Part::deflated("[Content_Types].xml", b"<Types/>");
    let parts = main.into_iter().map(|(name, xml)| Part::deflated(name, xml.as_bytes()));
    std::iter::once(types).chain(parts).collect()
}

pub fn office(kind: &str, text: &str) -> Vec<u8> {
    zip(&office_parts(kind, text))
}

/// An office file with another part besides.
pub fn office_with(kind: &str, part: Part) -> Vec<u8> {
    let mut parts = office_parts(kind, "分数的初步认识");
    parts.push(part);
    zip(&parts)
}

/// An office file one of whose parts is another.
pub fn office_instead(kind: &str, part: Part) -> Vec<u8> {
    let mut parts = office_parts(kind, "分数的初步认识");
    parts.retain(|one| one.name != part.name);
    parts.push(part);
    zip(&parts)
}
