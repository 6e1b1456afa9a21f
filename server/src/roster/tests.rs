//! Files as table programs save them, and as nobody should.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use shared::organisation::Vocabulary;
use shared::organisation::roster::MAX_ROWS;

use super::{MAX_FILE_BYTES, NoTable, Table, read, template};

fn table(rows: &[&[&str]]) -> Table {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let mark = if little { [0xff, 0xfe] } else { [0xfe, 0xff] };
    let units = text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
    mark.into_iter().chain(units).collect()
}

#[test]
fn text_in_every_encoding_and_with_every_separator() {
    let expected = table(&[&["姓名", "学校"], &["王芳", "柳溪小学, 东校区"]]);
    let comma = "姓名,学校\r\n王芳,\"柳溪小学, 东校区\"\r\n";
    let semicolon = "姓名;学校\n王芳;柳溪小学, 东校区\n";
    let tab = "姓名\t学校\n王芳\t柳溪小学, 东校区";
    let cases: [(&str, Vec<u8>); 8] = [
        ("UTF-8", comma.into()),
        ("UTF-8 with a mark", format!("\u{feff}{comma}").into()),
        ("GBK", encoding_rs::GBK.encode(comma).0.into_owned()),
        ("UTF-16, little end first", utf16(tab, true)),
        ("UTF-16, big end first", utf16(comma, false)),
        ("semicolons", semicolon.into()),
        ("tabs", tab.into()),
        ("a line about the separator", format!("sep=;\n{semicolon}").into()),
    ];
    for (name, bytes) in cases {
        assert_eq!(read(&bytes), Ok(expected.clone()), "{name}");
    }
}

#[test]
fn what_is_no_table_is_refused() {
    let cases: [(&str, Vec<u8>, NoTable); 6] = [
        ("nothing", Vec::new(), NoTable::Unreadable),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8".to_vec(), NoTable::Unreadable),
        ("half a workbook", b"PK\x03\x04half".to_vec(), NoTable::Unreadable),
        ("half an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1half".to_vec(), NoTable::Unreadable),
        ("too large", vec![b','; MAX_FILE_BYTES + 1], NoTable::TooLarge),
        ("too long", "a\n".repeat(MAX_ROWS + 2).into_bytes(), NoTable::TooMuch),
    ];
    for (name, bytes, why) in cases {
        assert_eq!(read(&bytes), Err(why), "{name}");
    }
}

#[test]
fn a_workbook_is_read_as_people_see_it() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("空").expect("a name");
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    sheet.write(1, 1, "姓名").expect("a cell");
    sheet.write(2, 1, "王芳").expect("a cell");
    sheet.write(2, 2, 13_812_345_678_i64).expect("a cell");
    let day = ExcelDateTime::from_ymd(2026, 9, 1).expect("a day");
    sheet.write_with_format(2, 3, &day, &date).expect("a cell");
    sheet.write_formula(2, 4, rust_xlsxwriter::Formula::new("=1+1").set_result("二")).expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    let expected = table(&[&[], &["", "姓名"], &["", "王芳", "13812345678", "2026-09-01", "二"]]);
    assert_eq!(read(&bytes), Ok(expected));
}

#[test]
fn a_workbook_that_swells_is_refused() {
    let mut far = Workbook::new();
    far.add_worksheet().write(1_048_575, 16_383, "far").expect("a cell");
    let far = far.save_to_buffer().expect("a workbook");
    assert_eq!(read(&far), Err(NoTable::TooMuch), "a cell at the far end");
    let zipped = |parts: usize, content: &[u8]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in 0..parts {
            zip.start_file(format!("xl/{part}.xml"), zip::write::SimpleFileOptions::default()).expect("a part");
            zip.write_all(content).expect("content");
        }
        zip.finish().expect("an archive").into_inner()
    };
    let cases = [
        ("zeros", zipped(1, &vec![0; 4 << 20]), NoTable::TooMuch),
        ("many parts", zipped(2_001, b"x"), NoTable::TooMuch),
        ("a document type", zipped(1, b"<?xml version=\"1.0\"?><!doctype x [<!ENTITY a \"a\">]>"), NoTable::Unreadable),
        ("no workbook", zipped(1, b"<x/>"), NoTable::Unreadable),
    ];
    for (name, bytes, why) in cases {
        assert_eq!(read(&bytes), Err(why), "{name}");
    }
}

#[test]
fn the_template_can_be_imported() {
    let bytes = template(&Vocabulary::usual()).expect("a workbook");
    let table = read(&bytes).expect("a table");
    assert_eq!(table[0].first().map(String::as_str), Some("姓名"));
    assert_eq!(table.len(), 4, "headings and three examples");
}
