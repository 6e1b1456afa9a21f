//! Text in columns, in the encodings that table programs save it in.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use shared::organisation::roster::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS};

use super::{NoTable, Table};

/// Decodes and splits the text. One row more than a roster may have is kept, so that too many are noticed.
pub(super) fn read(bytes: &[u8]) -> Result<Table, NoTable> {
    let text = decoded(bytes)?;
    // A table program's own line about the separator.
    let (separator, text) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((separator, rest)) if separator.trim_end().len() == 1 => (separator.as_bytes()[0], rest),
        Some(_) | None => (separator(&text), text.as_ref()),
    };
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut table = Table::new();
    for record in reader.records() {
        let record = record.map_err(|_| NoTable::Unreadable)?;
        if table.len() > MAX_ROWS || record.len() > 100 * MAX_COLUMNS {
            return Err(NoTable::TooMuch);
        }
        // The reader skips empty lines; the numbers of rows should be those that people see.
        let line = record.position().map_or(0, |position| position.line() as usize);
        if line > table.len() + 1 && !text.contains('"') {
            table.resize((line - 1).min(MAX_ROWS + 1), Vec::new());
        }
        table.push(row(record.iter()));
    }
    Ok(table)
}

/// Empty cells at the end are no columns.
pub(super) fn row<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut row: Vec<String> = cells.map(|cell| cell.chars().take(MAX_CELL_CHARS + 1).collect()).collect();
    while row.last().is_some_and(String::is_empty) {
        row.pop();
    }
    row.truncate(MAX_COLUMNS + 1);
    row
}

/// By the mark at the beginning, else by what it is valid as: UTF-8, else GB 18030, which what Chinese table programs
/// save as "CSV" is.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, NoTable> {
    let (text, valid) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (std::str::from_utf8(rest).map(Cow::Borrowed).unwrap_or_default(), true),
        [0xff, 0xfe, rest @ ..] => strictly(UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => strictly(UTF_16BE, rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), true),
            Err(_) => strictly(GB18030, bytes),
        },
    };
    // Other files are no text, though some of their bytes may be.
    if valid && !text.contains('\0') && !text.trim().is_empty() { Ok(text) } else { Err(NoTable::Unreadable) }
}

fn strictly<'a>(encoding: &'static encoding_rs::Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, bool) {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => (text, true),
        None => (Cow::Borrowed(""), false),
    }
}

/// The one that most often stands outside of quotes in the first lines.
fn separator(text: &str) -> u8 {
    let first = text.lines().take(20).flat_map(|line| line.split('"').step_by(2)).collect::<String>();
    let most =
        [b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count());
    most.unwrap_or(b',')
}
