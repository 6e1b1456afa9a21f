//! The text of Word documents and of slides.

use std::io::Write;

use shared::library::{FileFacts, Unfit};

use super::{Happening, MAX_RELATIONS, Telling, Then, relations, walk};
use crate::library::reading::archive::Archive;

/// More slides than anybody shows.
const MAX_SLIDES: usize = 2_000;

/// Body, then notes at the foot and the end, then headers and footers once each.
pub(super) fn document<W: Write>(archive: &Archive<'_>, telling: &mut Telling<'_, W>) -> Result<(), Unfit> {
    text_of(archive, "word/document.xml", telling)?;
    for part in ["word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"] {
        text_of(archive, part, telling)?;
    }
    let around = |name: &&str| name.starts_with("word/header") || name.starts_with("word/footer");
    let names: Vec<_> = archive.names().filter(around).map(str::to_owned).collect();
    names.iter().try_for_each(|name| text_of(archive, name, telling))
}

/// As the program that wrote it has counted them.
pub(super) fn pages(archive: &Archive<'_>) -> Option<u32> {
    let bytes = archive.small_part("docProps/app.xml", MAX_RELATIONS)?;
    let (mut inside, mut pages) = (false, None);
    walk(bytes.as_slice(), |happening| {
        match happening {
            Happening::Begins(name, _) => inside = name == "Pages",
            Happening::Ends(_) => inside = false,
            Happening::Text(text) if inside => pages = text.trim().parse().ok(),
            Happening::Text(_) => {}
        }
        Ok(Then::On)
    })
    .ok()?;
    pages.filter(|&pages| pages > 0)
}

/// Slide after slide as they are shown, each with its notes.
pub(super) fn slides<W: Write>(
    archive: &Archive<'_>,
    facts: &mut FileFacts,
    telling: &mut Telling<'_, W>,
) -> Result<(), Unfit> {
    const MAIN: &str = "ppt/presentation.xml";
    let related = relations(archive, MAIN);
    let mut slides = Vec::new();
    let part = archive.part(MAIN).ok_or(Unfit::Damaged)?;
    walk(part, |happening| {
        if let Happening::Begins("sldId", attributes) = happening
            && let Some(slide) = attributes.relation().and_then(|id| related.get(id))
        {
            slides.push(slide.part.clone());
        }
        Ok(if slides.len() < MAX_SLIDES { Then::On } else { Then::Enough })
    })?;
    facts.pages = u32::try_from(slides.len()).ok();
    for slide in &slides {
        text_of(archive, slide, telling)?;
        let notes = relations(archive, slide).into_values().find(|relation| relation.sort == "notesSlide");
        if let Some(notes) = notes {
            text_of(archive, &notes.part, telling)?;
        }
    }
    Ok(())
}

/// The words of one part. A part that is not there has none.
fn text_of<W: Write>(archive: &Archive<'_>, name: &str, telling: &mut Telling<'_, W>) -> Result<(), Unfit> {
    let Some(part) = archive.part(name) else { return Ok(()) };
    // What an older program would show instead stands there a second time.
    let (mut in_text, mut instead) = (false, 0_u32);
    walk(part, |happening| match happening {
        Happening::Begins("t", _) => {
            in_text = true;
            Ok(Then::On)
        }
        Happening::Ends("t") => {
            in_text = false;
            Ok(Then::On)
        }
        Happening::Text(text) if in_text && instead == 0 => telling.push(text),
        Happening::Begins("Fallback", _) => {
            instead += 1;
            Ok(Then::On)
        }
        Happening::Ends("Fallback") => {
            instead = instead.saturating_sub(1);
            Ok(Then::On)
        }
        Happening::Begins("tab", _) if instead == 0 => telling.push(" "),
        Happening::Begins("br" | "cr", _) | Happening::Ends("p") => telling.line(),
        Happening::Begins(..) | Happening::Ends(_) | Happening::Text(_) => Ok(Then::On),
    })?;
    telling.line().map(|_| ())
}
