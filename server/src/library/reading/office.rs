//! Word, PowerPoint and Excel since 2007 (ECMA-376): their text in the order in which one reads it.

use std::collections::BTreeMap;
use std::io::Write;

use shared::library::{FileFacts, FileKind, Unfit, Warning};

use super::answer::Answering;
use super::archive::Archive;
use super::xml::{Happening, Then, walk};

mod sheets;
mod words;

/// The largest picture of itself that an office program leaves.
const MAX_THUMBNAIL: u64 = 2 << 20;
/// A part that only says where others are.
const MAX_RELATIONS: u64 = 1 << 20;

/// Which of the three a zip is; `None` if it is none.
///
/// # Errors
/// [`Unfit::TwoThings`] if it is two of them.
pub(super) fn kind(archive: &Archive<'_>) -> Result<Option<FileKind>, Unfit> {
    if !archive.has("[Content_Types].xml") {
        return Ok(None);
    }
    let main = [
        ("word/document.xml", FileKind::Docx),
        ("ppt/presentation.xml", FileKind::Pptx),
        ("xl/workbook.xml", FileKind::Xlsx),
    ];
    let mut kinds = main.into_iter().filter(|(part, _)| archive.has(part)).map(|(_, kind)| kind);
    match (kinds.next(), kinds.next()) {
        (_, Some(_)) => Err(Unfit::TwoThings),
        (kind, None) => Ok(kind),
    }
}

/// What whoever opens it should know.
pub(super) fn warnings(archive: &Archive<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if archive.names().any(|name| name.ends_with("vbaProject.bin") || name.starts_with("xl/macrosheets/")) {
        warnings.push(Warning::Macros);
    }
    let mut relations = archive.names().filter(|name| name.ends_with(".rels"));
    if relations.any(|name| fetches_from_elsewhere(archive, name)) {
        warnings.push(Warning::Remote);
    }
    warnings
}

/// A template or an object from elsewhere is fetched as soon as the file is opened; a link waits for a click.
fn fetches_from_elsewhere(archive: &Archive<'_>, name: &str) -> bool {
    let Some(bytes) = archive.small_part(name, MAX_RELATIONS) else { return false };
    let mut fetches = false;
    let seen = walk(bytes.as_slice(), |happening| {
        if let Happening::Begins("Relationship", attributes) = happening {
            let sort = attributes.get("Type").unwrap_or_default();
            let waits = sort.ends_with("/hyperlink") || sort.ends_with("/externalLinkPath");
            fetches |= attributes.get("TargetMode") == Some("External") && !waits;
        }
        Ok(if fetches { Then::Enough } else { Then::On })
    });
    fetches || seen.is_err()
}

/// Says the text, and gives back how many pages, slides or sheets there are.
///
/// # Errors
/// Why not all of the text could be read.
pub(super) fn read<W: Write>(
    archive: &Archive<'_>,
    facts: &mut FileFacts,
    answering: &mut Answering<W>,
) -> Result<(), Unfit> {
    let mut telling = Telling { answering, pending: String::new(), full: false };
    let told = match facts.kind {
        FileKind::Docx => {
            facts.pages = words::pages(archive);
            words::document(archive, &mut telling)
        }
        FileKind::Pptx => words::slides(archive, facts, &mut telling),
        FileKind::Xlsx => sheets::workbook(archive, facts, &mut telling),
        _ => Ok(()),
    };
    telling.flush()?;
    told
}

/// The picture that the program which wrote the file left of its first page.
pub(super) fn thumbnail(archive: &Archive<'_>) -> Option<Vec<u8>> {
    let name = archive.names().find(|name| {
        let name = name.to_ascii_lowercase();
        name.starts_with("docprops/thumbnail.") && [".jpeg", ".jpg", ".png"].iter().any(|end| name.ends_with(end))
    })?;
    archive.small_part(name, MAX_THUMBNAIL)
}

/// Text on its way out, in pieces.
struct Telling<'a, W> {
    answering: &'a mut Answering<W>,
    pending: String,
    full: bool,
}

impl<W: Write> Telling<'_, W> {
    const PIECE: usize = 64 << 10;

    fn push(&mut self, text: &str) -> Result<Then, Unfit> {
        if !self.full {
            self.pending.push_str(text);
            if self.pending.len() >= Self::PIECE {
                self.flush()?;
            }
        }
        Ok(if self.full { Then::Enough } else { Then::On })
    }

    /// A line ends, unless nothing stands in it.
    fn line(&mut self) -> Result<Then, Unfit> {
        if self.pending.ends_with('\n') || self.pending.is_empty() { Ok(Then::On) } else { self.push("\n") }
    }

    fn flush(&mut self) -> Result<(), Unfit> {
        let room = self.answering.text(&self.pending).map_err(|_| Unfit::TooMuch)?;
        self.full |= !room;
        self.pending.clear();
        Ok(())
    }
}

/// The parts that a part names, by their ids: `ppt/presentation.xml` to `rId2` → `ppt/slides/slide1.xml`.
fn relations(archive: &Archive<'_>, part: &str) -> BTreeMap<String, Relation> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let mut found = BTreeMap::new();
    let Some(bytes) = archive.small_part(&format!("{folder}/_rels/{file}.rels"), MAX_RELATIONS) else { return found };
    // What is damaged names nothing more; the text that is missing then is what the facts say of it.
    walk(bytes.as_slice(), |happening| {
        if let Happening::Begins("Relationship", attributes) = happening
            && let (Some(id), Some(target)) = (attributes.get("Id"), attributes.get("Target"))
        {
            let sort = attributes.get("Type").unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(id.to_owned(), Relation { sort, part: beside(folder, target) });
        }
        Ok(Then::On)
    })
    .ok();
    found
}

struct Relation {
    /// The last word of its type: `slide`, `notesSlide`
    sort: String,
    part: String,
}

/// A part's name as seen from a folder: `../notesSlides/notesSlide1.xml` from `ppt/slides`.
fn beside(folder: &str, target: &str) -> String {
    let mut path: Vec<_> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}
