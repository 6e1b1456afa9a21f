//! Workbooks: the first sheet with anything in it.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, DataType, Reader, Xls, Xlsx};
use shared::organisation::roster::{MAX_COLUMNS, MAX_ROWS};

use super::text::row;
use super::{NoTable, Table};

/// A workbook for people has a dozen parts (R15).
const MAX_PARTS: usize = 2_000;
const MAX_UNPACKED: u64 = 64 << 20;
const MAX_RATIO: u64 = 100;
/// Small parts may well pack better.
const RATIO_FROM: u64 = 1 << 20;

/// Reads cell by cell: a sheet with one cell at each end would fill the memory as a table.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Table, NoTable> {
    unpacks_harmlessly(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| NoTable::Unreadable)?;
    for name in book.sheet_names() {
        // A sheet of charts has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut sparse = Sparse::default();
        while let Some(cell) = cells.next_cell().map_err(|_| NoTable::Unreadable)? {
            let (row, column) = cell.get_position();
            sparse.put(row, column, shown(cell.get_value()))?;
        }
        if !sparse.table.is_empty() {
            return Ok(sparse.finished());
        }
    }
    Err(NoTable::Unreadable)
}

/// The old format. Its tables are filled in memory, which the process that reads them has little of.
pub(super) fn read_xls(bytes: &[u8]) -> Result<Table, NoTable> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|_| NoTable::Unreadable)?;
    for (_, range) in book.worksheets() {
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut sparse = Sparse::default();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row as u32 + first_row, column as u32 + first_column);
            sparse.put(row, column, shown_owned(value))?;
        }
        if !sparse.table.is_empty() {
            return Ok(sparse.finished());
        }
    }
    Err(NoTable::Unreadable)
}

/// A table that grows with its cells, within what a roster may have and one more, so that too many are noticed.
#[derive(Default)]
struct Sparse {
    table: Table,
}

impl Sparse {
    fn put(&mut self, row: u32, column: u32, text: String) -> Result<(), NoTable> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let (row, column) = (row as usize, column as usize);
        if row > MAX_ROWS || column > MAX_COLUMNS {
            return Err(NoTable::TooMuch);
        }
        if self.table.len() <= row {
            self.table.resize(row + 1, Vec::new());
        }
        let cells = &mut self.table[row];
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        Ok(())
    }

    fn finished(self) -> Table {
        self.table.iter().map(|cells| row(cells.iter().map(String::as_str))).collect()
    }
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
        DataRef::DateTime(_) => date(value),
    }
}

fn shown_owned(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(_) | Data::Error(_) | Data::Empty => String::new(),
        Data::DateTime(_) => date(value),
    }
}

/// A phone number is no fraction, nor written with an exponent.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// Whatever the sheet shows it as: `2026-09-01`.
fn date(value: &impl DataType) -> String {
    value.get_datetime().map_or_else(String::new, |date| {
        let (year, month, day, ..) = date.to_ymd_hms_milli();
        format!("{year:04}-{month:02}-{day:02}")
    })
}

/// Unpacks everything once without keeping it, and counts.
fn unpacks_harmlessly(bytes: &[u8]) -> Result<(), NoTable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NoTable::Unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(NoTable::TooMuch);
    }
    let mut unpacked = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| NoTable::Unreadable)?;
        let packed = part.compressed_size().max(1);
        let mut part = part.take(MAX_UNPACKED - unpacked + 1);
        let size = count_without_doctype(&mut part)?;
        unpacked += size;
        if unpacked > MAX_UNPACKED || (size > RATIO_FROM && size / packed > MAX_RATIO) {
            return Err(NoTable::TooMuch);
        }
    }
    Ok(())
}

/// A document type could define entities that grow without end; no table program writes one.
fn count_without_doctype(part: &mut impl Read) -> Result<u64, NoTable> {
    const DOCTYPE: &[u8] = b"<!DOCTYPE";
    let mut size = 0_u64;
    let mut piece = vec![0; 64 << 10];
    let mut kept = 0;
    loop {
        let read = part.read(&mut piece[kept..]).map_err(|_| NoTable::Unreadable)?;
        if read == 0 {
            return Ok(size);
        }
        size += read as u64;
        let filled = kept + read;
        // UTF-16 has a zero beside every letter.
        let letters: Vec<u8> = piece[..filled].iter().copied().filter(|byte| *byte != 0).collect();
        if letters.windows(DOCTYPE.len()).any(|window| window.eq_ignore_ascii_case(DOCTYPE)) {
            return Err(NoTable::Unreadable);
        }
        kept = filled.min(2 * DOCTYPE.len());
        piece.copy_within(filled - kept..filled, 0);
    }
}
