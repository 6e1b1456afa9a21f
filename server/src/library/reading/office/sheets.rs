//! The text of Excel's workbooks, read as it streams by: a sheet with a cell at each end is no larger than its cells.

use std::io::Write;

use shared::library::{FileFacts, Unfit};

use super::{Happening, Telling, Then, relations, walk};
use crate::library::reading::MAX_TEXT_BYTES;
use crate::library::reading::archive::Archive;

/// Strings that cells share, in bytes and in number: beyond that no text would fit the answer.
const MAX_STRING_BYTES: usize = 4 * MAX_TEXT_BYTES;
const MAX_STRINGS: usize = 200_000;
const MAX_SHEETS: usize = 1_000;

/// Sheet after sheet, a line for each row.
pub(super) fn workbook<W: Write>(
    archive: &Archive<'_>,
    facts: &mut FileFacts,
    telling: &mut Telling<'_, W>,
) -> Result<(), Unfit> {
    const MAIN: &str = "xl/workbook.xml";
    let related = relations(archive, MAIN);
    let mut sheets = Vec::new();
    walk(archive.part(MAIN).ok_or(Unfit::Damaged)?, |happening| {
        if let Happening::Begins("sheet", attributes) = happening {
            let part = attributes.relation().and_then(|id| related.get(id)).map(|relation| relation.part.clone());
            sheets.push((attributes.get("name").unwrap_or_default().to_owned(), part));
        }
        Ok(if sheets.len() < MAX_SHEETS { Then::On } else { Then::Enough })
    })?;
    facts.pages = u32::try_from(sheets.len()).ok();
    let shared = related.values().find(|relation| relation.sort == "sharedStrings");
    let strings = match shared {
        Some(relation) => strings(archive, &relation.part)?,
        None => Vec::new(),
    };
    for (name, part) in sheets {
        telling.push(&name)?;
        telling.line()?;
        if let Some(part) = part {
            cells(archive, &part, &strings, telling)?;
        }
    }
    Ok(())
}

fn strings(archive: &Archive<'_>, part: &str) -> Result<Vec<String>, Unfit> {
    let Some(part) = archive.part(part) else { return Ok(Vec::new()) };
    let (mut all, mut bytes) = (Vec::new(), 0);
    let (mut one, mut in_text, mut phonetic) = (String::new(), false, false);
    walk(part, |happening| {
        match happening {
            Happening::Begins("si", _) => one.clear(),
            Happening::Begins("rPh", _) => phonetic = true,
            Happening::Ends("rPh") => phonetic = false,
            Happening::Begins("t", _) => in_text = true,
            Happening::Ends("t") => in_text = false,
            Happening::Text(text) if in_text && !phonetic => {
                bytes += text.len();
                one.push_str(text);
            }
            Happening::Ends("si") => all.push(std::mem::take(&mut one)),
            Happening::Begins(..) | Happening::Ends(_) | Happening::Text(_) => {}
        }
        Ok(if bytes > MAX_STRING_BYTES || all.len() >= MAX_STRINGS { Then::Enough } else { Then::On })
    })?;
    Ok(all)
}

fn cells<W: Write>(
    archive: &Archive<'_>,
    part: &str,
    strings: &[String],
    telling: &mut Telling<'_, W>,
) -> Result<(), Unfit> {
    let Some(part) = archive.part(part) else { return Ok(()) };
    let (mut by_number, mut in_value, mut value) = (false, false, String::new());
    walk(part, |happening| match happening {
        Happening::Begins("c", attributes) => {
            by_number = attributes.get("t") == Some("s");
            value.clear();
            Ok(Then::On)
        }
        Happening::Begins("v" | "t", _) => {
            in_value = true;
            Ok(Then::On)
        }
        Happening::Ends("v" | "t") => {
            in_value = false;
            Ok(Then::On)
        }
        Happening::Text(text) if in_value => {
            value.push_str(text);
            Ok(if value.len() > MAX_TEXT_BYTES { Then::Enough } else { Then::On })
        }
        Happening::Ends("c") if !value.is_empty() => {
            let shared = value.trim().parse().ok().and_then(|number: usize| strings.get(number));
            telling.push(match by_number {
                true => shared.map_or("", String::as_str),
                false => &value,
            })?;
            telling.push("\t")
        }
        Happening::Ends("row") => telling.line(),
        Happening::Begins(..) | Happening::Ends(_) | Happening::Text(_) => Ok(Then::On),
    })
}
