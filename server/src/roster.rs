//! Rosters as files: from the bytes somebody sends to a table, and a template to begin with.
//!
//! Who reads foreign bytes may be led astray by them, so the server lets a process of its own do it, with little memory
//! and little time (R5, R15): [`TableReader`] starts `gongbei read-table`, which is [`read_in_own_process`].

use serde::{Deserialize, Serialize};

mod command;
mod import;
mod process;
mod sheet;
mod template;
mod text;

pub use command::{Report, import, options_of_command_line, plan_file};
pub use import::{ImportError, Imports, Wish, plan_now};
pub use process::{TableReader, read_in_own_process};
pub use template::template;

/// Larger files are refused.
pub const MAX_FILE_BYTES: usize = 5 << 20;

/// Rows of cells as text; row 0 is the table program's row 1.
pub type Table = Vec<Vec<String>>;

/// Why there is no table in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoTable {
    #[error("the file has more than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// Neither text nor a spreadsheet that can be read.
    #[error("the file is no table that can be read")]
    Unreadable,
    /// It unpacks to more than a roster needs, or holds more rows or columns.
    #[error("the table is larger than a roster can be")]
    TooMuch,
    #[error("the table took too long to read")]
    TooSlow,
}

/// Reads what is in the file, whatever it is called: an XLSX or XLS workbook or text separated by commas, semicolons or
/// tabs. Cells are cut to one character more than a roster takes.
pub fn read(bytes: &[u8]) -> Result<Table, NoTable> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(NoTable::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        sheet::read_xlsx(bytes)
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        sheet::read_xls(bytes)
    } else {
        text::read(bytes)
    }
}

#[cfg(test)]
mod tests;
