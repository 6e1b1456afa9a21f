//! A PDF of lines on A4 pages, in a Chinese font that every reader brings along.

use std::fmt::Write;

const LINES_ON_A_PAGE: usize = 34;
const CHARS_IN_A_LINE: usize = 34;

/// The file and how many pages it has.
pub fn pdf(title: &str, lines: &[String]) -> (Vec<u8>, u32) {
    let broken: Vec<String> = lines.iter().flat_map(|line| broken(line)).collect();
    let pages: Vec<&[String]> = if broken.is_empty() { vec![&[]] } else { broken.chunks(LINES_ON_A_PAGE).collect() };
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        String::new(),
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>".to_owned(),
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)\
         /Supplement 2>>/DW 1000/W[1[500] 814 939 500]/FontDescriptor 5 0 R>>"
            .to_owned(),
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880\
         /Descent -120/CapHeight 880/StemV 93>>"
            .to_owned(),
    ];
    let mut kids = String::new();
    for (at, lines) in pages.iter().enumerate() {
        let content = page(if at == 0 { Some(title) } else { None }, lines);
        let number = objects.len() + 1;
        let _ = write!(kids, "{number} 0 R ");
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            number + 1
        ));
        objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len());
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    (file(&objects), count)
}

fn page(title: Option<&str>, lines: &[String]) -> String {
    let mut content = String::from("BT /F1 12 Tf 20 TL 72 770 Td ");
    if let Some(title) = title {
        let _ = write!(content, "/F1 18 Tf <{}> Tj T* T* /F1 12 Tf ", utf16(title));
    }
    for line in lines {
        let _ = write!(content, "<{}> Tj T* ", utf16(line));
    }
    content.push_str("ET");
    content
}

fn file(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let (table, size) = (file.len(), objects.len() + 1);
    let _ = write!(file, "xref\n0 {size}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(file, "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    file.into_bytes()
}

fn utf16(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut hex, unit| {
        let _ = write!(hex, "{unit:04X}");
        hex
    })
}

fn broken(line: &str) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    if chars.is_empty() {
        return vec![String::new()];
    }
    chars.chunks(CHARS_IN_A_LINE).map(|part| part.iter().collect()).collect()
}
