//! Files that are one thing from the front and another from behind: a picture that a second program takes for an archive
//! or a page.

use shared::library::{FileKind, Unfit};

use super::archive;
use super::source::{Source, contains};

/// How far from the ends a second thing is looked for.
const FRONT: usize = 4 << 10;
const BACK: usize = 64 << 10;

/// Marks of pages with scripts, in small letters.
const MARKUP: [&[u8]; 5] = [b"<script", b"<html", b"<!doctype html", b"<iframe", b"<?php"];

/// # Errors
/// [`Unfit::TwoThings`] if there is a second thing, [`Unfit::Damaged`] if the file can't be read.
pub(super) fn check(source: &Source, kind: FileKind) -> Result<(), Unfit> {
    let ends = match kind {
        FileKind::Png
        | FileKind::Jpeg
        | FileKind::Gif
        | FileKind::Webp
        | FileKind::Bmp
        | FileKind::Mp3
        | FileKind::M4a
        | FileKind::Wav
        | FileKind::Ogg
        | FileKind::Mp4
        | FileKind::Webm
        | FileKind::Film => Ends::Both,
        FileKind::Pdf => Ends::PdfAndZip,
        FileKind::Other | FileKind::Svg | FileKind::Html | FileKind::Text | FileKind::Csv | FileKind::Markdown => {
            Ends::Zip
        }
        // What is in them is seen by their own readers, or by nobody.
        FileKind::Docx
        | FileKind::Pptx
        | FileKind::Xlsx
        | FileKind::Zip
        | FileKind::OldOffice
        | FileKind::Rar
        | FileKind::SevenZip => return Ok(()),
    };
    if archive::lies_at_the_end_of(source).map_err(|_| Unfit::Damaged)? {
        return Err(Unfit::TwoThings);
    }
    let front = source.read_at(0, FRONT).map_err(|_| Unfit::Damaged)?.to_ascii_lowercase();
    let (_, back) = source.tail(BACK).map_err(|_| Unfit::Damaged)?;
    let two = match ends {
        Ends::Zip => kind == FileKind::Other && contains(&front[..front.len().min(1_024)], b"%pdf-"),
        Ends::PdfAndZip => {
            // Between its first line and its first object a PDF has nothing, nor behind its end.
            let object = front.windows(4).position(|four| four == b" obj").unwrap_or(front.len());
            has_markup(&front[..object]) || has_markup(behind_the_end(&back))
        }
        Ends::Both => has_markup(&front) || has_markup(&back) || contains(&front[..front.len().min(1_024)], b"%pdf-"),
    };
    if two { Err(Unfit::TwoThings) } else { Ok(()) }
}

enum Ends {
    /// A page or an archive may hide at either end.
    Both,
    PdfAndZip,
    Zip,
}

fn behind_the_end(back: &[u8]) -> &[u8] {
    let end = back.windows(5).rposition(|five| five == b"%%EOF");
    end.map_or(&[], |at| &back[at..])
}

fn has_markup(bytes: &[u8]) -> bool {
    let small = bytes.to_ascii_lowercase();
    MARKUP.iter().any(|mark| contains(&small, mark))
}
