//! OLE files: Office before 2007, and what else hides in that form. They are kept and never opened; only the names in
//! their directory are looked for.

use shared::library::{FileFacts, FileKind, Unfit, Warning};

use super::source::{Source, contains, le32};

/// So far names are looked for; the directory may lie anywhere.
const MAX_LOOKED: u64 = 64 << 20;
const PIECE: usize = 1 << 20;
/// What names of two pieces may share.
const OVERLAP: usize = 64;

/// The class of installers, as it lies in the root's entry.
const INSTALLERS: [&[u8]; 3] = [
    b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
    b"\x86\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
    b"\x82\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
];

/// # Errors
/// [`Unfit::Program`] for installers.
pub(super) fn facts(source: &Source) -> Result<FileFacts, Unfit> {
    let root = root_class(source).unwrap_or_default();
    if INSTALLERS.contains(&root.as_slice()) {
        return Err(Unfit::Program);
    }
    let has =
        names(source, &["WordDocument", "Workbook", "Book", "PowerPoint Document", "EncryptedPackage", "_VBA_PROJECT"]);
    let [word, workbook, book, powerpoint, locked, macros] = has;
    let mut facts = FileFacts::of(match word || workbook || book || powerpoint || locked {
        true => FileKind::OldOffice,
        false => FileKind::Other,
    });
    // Since 2007 a password makes an OLE file of a zip.
    facts.unread = locked.then_some(Unfit::Locked);
    if macros {
        facts.warnings.push(Warning::Macros);
    }
    Ok(facts)
}

fn root_class(source: &Source) -> Option<Vec<u8>> {
    let header = source.read_at(0, 512).ok()?;
    let sector = 1_u64.checked_shl(u32::from(super::source::le16(&header, 30)?)).filter(|size| *size <= 4_096)?;
    let first = u64::from(le32(&header, 48)?);
    source.read_at(first.checked_add(1)?.checked_mul(sector)?.checked_add(80)?, 16).ok()
}

/// Which of these names stand somewhere in the directory.
fn names<const N: usize>(source: &Source, names: &[&str; N]) -> [bool; N] {
    let mut found = [false; N];
    let wide: Vec<Vec<u8>> = names.iter().map(|name| wide(name)).collect();
    let end = source.length().min(MAX_LOOKED);
    let mut at = 0;
    while at < end {
        let Ok(piece) = source.read_at(at, PIECE + OVERLAP) else { break };
        for (found, name) in found.iter_mut().zip(&wide) {
            *found = *found || contains(&piece, name);
        }
        at += PIECE as u64;
    }
    found
}

/// UTF-16 with the zero that ends it, so that `Book` is not found in `Bookmark`.
fn wide(name: &str) -> Vec<u8> {
    name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
