//! What the confined process does with a file: it says what it is, whether it is dangerous, what stands in it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

use shared::library::{FileFacts, FileKind, Unfit, Warning};

use super::answer::Answering;
use super::archive::{Archive, Xml};
use super::claim::{Claim, Claims};
use super::kind::{self, Beginning, HEAD};
use super::source::Source;
use super::{CPU_SECONDS, MAX_PAGE_BYTES, MEMORY, MEMORY_OF_PDF, media, office, ole, pdf, picture, twofold};
use crate::confined::{Confines, confine_this_process};

/// Bytes of a text that are decoded.
const MAX_TEXT_READ: usize = 4 << 20;

/// What is asked of the process.
#[derive(Debug, Clone)]
pub enum Asked {
    /// All there is to know, for a file whose name ends so.
    Everything { ending: String },
    /// A picture of one page of a PDF, the first being 1.
    Page { number: u32, width: u32 },
}

/// `gongbei read-file`: the file on the standard input, the answer in frames on the standard output.
pub fn examine_in_own_process(asked: Asked) -> anyhow::Result<()> {
    let source = Source::new(File::from(io::stdin().as_fd().try_clone_to_owned()?))?;
    let is_pdf = source.read_at(0, 5)? == b"%PDF-";
    let memory = if is_pdf { MEMORY_OF_PDF + source.length().min(pdf::MAX_BYTES) } else { MEMORY };
    confine_this_process(Confines { memory, cpu_seconds: CPU_SECONDS })?;
    let mut answering = Answering::new(io::stdout().lock());
    let said = match asked {
        Asked::Everything { ending } => examine(&source, &Claim::of_ending(&ending), &mut answering),
        Asked::Page { number, width } => pdf::Document::open(&source)
            .and_then(|document| document.page(number, width, MAX_PAGE_BYTES))
            .and_then(|page| answering.picture(&page).map_err(|_| Unfit::TooMuch)),
    };
    if let Err(why) = said {
        answering.refused(why)?;
    }
    answering.end()?;
    Ok(())
}

/// # Errors
/// Why the file is not taken at all.
fn examine<W: Write>(source: &Source, claim: &Claim, answering: &mut Answering<W>) -> Result<(), Unfit> {
    if source.length() == 0 {
        return Err(Unfit::Empty);
    }
    if claim.claims() == Claims::Program {
        return Err(Unfit::Program);
    }
    let head = source.read_at(0, HEAD).map_err(|_| Unfit::Damaged)?;
    let beginning = kind::beginning(&head);
    if let Beginning::Zip = beginning {
        return zip(source, claim, answering);
    }
    let mut facts = match beginning {
        Beginning::Program => return Err(Unfit::Program),
        Beginning::Ole => ole::facts(source)?,
        Beginning::Is(kind) => FileFacts::of(kind),
        Beginning::Zip | Beginning::Text | Beginning::Html | Beginning::Svg | Beginning::Script => {
            FileFacts::of(of_text(beginning, claim, &head)?)
        }
    };
    warn_of_name(&mut facts, claim);
    twofold::check(source, facts.kind)?;
    // This holds if what follows does not end well.
    say(answering, &FileFacts { unread: Some(Unfit::Damaged), ..facts.clone() })?;
    match facts.kind {
        FileKind::Pdf => return read_pdf(source, facts, answering),
        FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp | FileKind::Bmp => {
            return read_picture(source, facts, answering);
        }
        FileKind::Text | FileKind::Csv | FileKind::Markdown => {
            let bytes = source.read_at(0, MAX_TEXT_READ).map_err(|_| Unfit::Damaged)?;
            match kind::decoded(&bytes) {
                Some(text) => answering.text(&text).map(|_| ()).map_err(|_| Unfit::TooMuch)?,
                // It began as text.
                None => facts.unread = Some(Unfit::Damaged),
            }
        }
        FileKind::Mp3
        | FileKind::M4a
        | FileKind::Wav
        | FileKind::Ogg
        | FileKind::Mp4
        | FileKind::Webm
        | FileKind::Film => {
            media::measure(source, &mut facts);
        }
        FileKind::Docx | FileKind::Pptx | FileKind::Xlsx | FileKind::Zip => {}
        // Its name says what it should be, and it is nothing of the kind.
        FileKind::Other if facts.warnings.contains(&Warning::OtherKind) => facts.unread = Some(Unfit::Damaged),
        FileKind::OldOffice | FileKind::Svg | FileKind::Html | FileKind::Rar | FileKind::SevenZip | FileKind::Other => {
        }
    }
    say(answering, &facts)
}

/// Text is what its name says, unless it would run.
fn of_text(beginning: Beginning, claim: &Claim, head: &[u8]) -> Result<FileKind, Unfit> {
    let claims = claim.claims();
    // A table that a program has exported as text or as a page, under Excel's or Word's old name, is an everyday thing.
    let old = claims == Claims::Old;
    match (beginning, claims) {
        (_, Claims::Plain) => Ok(claim.plain()),
        (Beginning::Script, Claims::Nothing) => Err(Unfit::Program),
        (Beginning::Html, Claims::Web | Claims::Nothing) => Ok(FileKind::Html),
        (Beginning::Html, _) if old && !runs(head) => Ok(FileKind::Html),
        (Beginning::Svg, Claims::Kind(FileKind::Svg) | Claims::Web | Claims::Nothing) => svg(head),
        (Beginning::Text, Claims::Kind(FileKind::Svg)) => svg(head),
        (Beginning::Text, Claims::Nothing | Claims::Old) => Ok(FileKind::Text),
        (Beginning::Text, Claims::Web) => Ok(FileKind::Html),
        _ => Err(Unfit::Lies),
    }
}

/// Drawing programs declare names of their own as entities; those that build on others are made to grow.
fn svg(head: &[u8]) -> Result<FileKind, Unfit> {
    let text = String::from_utf8_lossy(head);
    let grows = text.split("<!ENTITY").skip(1).any(|entity| {
        let declared = entity.split('>').next().unwrap_or_default();
        declared.contains('&') || declared.contains("SYSTEM") || declared.contains("PUBLIC")
    });
    if grows { Err(Unfit::Entities) } else { Ok(FileKind::Svg) }
}

/// Whether a page has more than text and tables.
fn runs(head: &[u8]) -> bool {
    let small = String::from_utf8_lossy(head).to_ascii_lowercase();
    ["<script", "<iframe", "<object", "<embed", "javascript:", "vbscript:", "onload", "onerror"]
        .iter()
        .any(|sign| small.contains(sign))
}

fn zip<W: Write>(source: &Source, claim: &Claim, answering: &mut Answering<W>) -> Result<(), Unfit> {
    let archive = match Archive::open(source) {
        Ok(archive) => archive,
        // Without its directory nobody unpacks it by a click.
        Err(Unfit::Damaged) => {
            let mut facts = FileFacts::unread(FileKind::Zip, Unfit::Damaged);
            warn_of_name(&mut facts, claim);
            return say(answering, &facts);
        }
        Err(why) => return Err(why),
    };
    if runs_on_java(&archive) {
        return Err(Unfit::Program);
    }
    match office::kind(&archive)? {
        Some(kind) => read_office(&archive, FileFacts::of(kind), claim, answering),
        None => {
            let mut facts = FileFacts::of(FileKind::Zip);
            facts.unread = archive.is_locked().then_some(Unfit::Locked);
            if archive.names().any(|name| Claim::of_ending(ending(name)).claims() == Claims::Program) {
                facts.warnings.push(Warning::Programs);
            }
            warn_of_name(&mut facts, claim);
            match archive.check_contents(Xml::Ignored) {
                Err(Unfit::Damaged) => facts.unread = Some(Unfit::Damaged),
                checked => checked?,
            }
            say(answering, &facts)
        }
    }
}

fn runs_on_java(archive: &Archive<'_>) -> bool {
    let classes = archive.names().any(|name| name.ends_with(".class") || name.ends_with(".dex"));
    (classes && archive.has("META-INF/MANIFEST.MF")) || archive.has("AndroidManifest.xml")
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn read_office<W: Write>(
    archive: &Archive<'_>,
    mut facts: FileFacts,
    claim: &Claim,
    answering: &mut Answering<W>,
) -> Result<(), Unfit> {
    archive.check_as_office()?;
    warn_of_name(&mut facts, claim);
    if archive.is_locked() {
        facts.unread = Some(Unfit::Locked);
        return say(answering, &facts);
    }
    match archive.check_contents(Xml::Checked) {
        Err(Unfit::Damaged) => {
            facts.unread = Some(Unfit::Damaged);
            return say(answering, &facts);
        }
        checked => checked?,
    }
    facts.warnings.extend(office::warnings(archive));
    say(answering, &FileFacts { unread: Some(Unfit::Damaged), ..facts.clone() })?;
    facts.unread = match office::read(archive, &mut facts, answering) {
        Ok(()) => None,
        Err(why @ (Unfit::Entities | Unfit::Bomb)) => return Err(why),
        Err(why) => Some(why),
    };
    say(answering, &facts)?;
    let thumbnail = office::thumbnail(archive).and_then(|bytes| picture::thumbnail_of(&bytes));
    thumbnailed(facts, thumbnail, answering)
}

fn read_pdf<W: Write>(source: &Source, mut facts: FileFacts, answering: &mut Answering<W>) -> Result<(), Unfit> {
    let opened = pdf::Document::open(source).and_then(|document| document.facts(&mut facts).map(|()| document));
    let document = match opened {
        Ok(document) => document,
        Err(why) => {
            facts.unread = Some(why);
            return say(answering, &facts);
        }
    };
    say(answering, &FileFacts { unread: Some(Unfit::Damaged), ..facts.clone() })?;
    document.tell(answering)?;
    say(answering, &facts)?;
    let thumbnail = document.thumbnail();
    thumbnailed(facts, thumbnail, answering)
}

fn read_picture<W: Write>(source: &Source, mut facts: FileFacts, answering: &mut Answering<W>) -> Result<(), Unfit> {
    match picture::size(source, facts.kind) {
        Ok((width, height)) => (facts.width, facts.height) = (Some(width), Some(height)),
        Err(Unfit::Bomb) => return Err(Unfit::Bomb),
        Err(why) => {
            facts.unread = Some(why);
            return say(answering, &facts);
        }
    }
    // A picture may take more memory than there is.
    say(answering, &FileFacts { unread: Some(Unfit::TooMuch), ..facts.clone() })?;
    match picture::thumbnail_of_file(source, facts.kind) {
        Ok(thumbnail) => thumbnailed(facts, thumbnail, answering),
        Err(why) => {
            facts.unread = Some(why);
            say(answering, &facts)
        }
    }
}

fn thumbnailed<W: Write>(
    mut facts: FileFacts,
    thumbnail: Option<Vec<u8>>,
    answering: &mut Answering<W>,
) -> Result<(), Unfit> {
    facts.has_thumbnail = thumbnail.is_some();
    if let Some(bytes) = thumbnail {
        answering.picture(&bytes).map_err(|_| Unfit::TooMuch)?;
    }
    say(answering, &facts)
}

fn warn_of_name(facts: &mut FileFacts, claim: &Claim) {
    let other = match claim.claims() {
        Claims::Nothing | Claims::Program => false,
        Claims::Kind(kind) => kind != facts.kind && !are_alike(kind, facts.kind),
        Claims::Plain => !matches!(facts.kind, FileKind::Text | FileKind::Csv | FileKind::Markdown),
        Claims::Web => !matches!(facts.kind, FileKind::Html | FileKind::Svg | FileKind::Other),
        Claims::Old => facts.kind != FileKind::OldOffice,
    };
    if other {
        facts.warnings.push(Warning::OtherKind);
    }
}

/// Endings that stand for either.
fn are_alike(one: FileKind, other: FileKind) -> bool {
    use FileKind::{Film, M4a, Mp4, Webm};
    let films = [Film, M4a, Mp4, Webm];
    films.contains(&one) && films.contains(&other)
}

fn say<W: Write>(answering: &mut Answering<W>, facts: &FileFacts) -> Result<(), Unfit> {
    answering.facts(facts).map_err(|_| Unfit::TooMuch)
}
