//! From what was written by hand to items with their files.

use std::collections::BTreeMap;

use shared::api::{Author, Deed};
use shared::library::{FileFacts, FileKind, ItemKind, Placing, Tag};
use shared::organisation::Shelf;

use super::idea::{Form, Idea, Piece, Place};
use super::office;
use super::pages::{markdown, rows, shown, text_of, written};
use super::picture::{self, Colour, Frame, Sketch};
use super::{DemoFile, DemoItem, DemoUse, DemoVersion, pdf, sound, taxa};
use crate::demo::organisation::PEOPLE;

/// Thumbnails that are drawn already: many items share one.
#[derive(Default)]
pub struct Pictures {
    drawn: BTreeMap<(String, bool), Vec<u8>>,
}

impl Pictures {
    fn thumbnail(&mut self, sketch: Sketch, frame: Frame, accent: Colour) -> Vec<u8> {
        let key = (format!("{sketch:?}{accent:?}"), frame == Frame::Slide);
        self.drawn.entry(key).or_insert_with(|| picture::draw(sketch, frame, accent)).clone()
    }
}

/// The items of one idea. Their ids are its slug, the kind and, from the second of a kind on, a number.
pub fn items(idea: &Idea, pictures: &mut Pictures) -> Vec<DemoItem> {
    let mut of_kind: BTreeMap<ItemKind, u32> = BTreeMap::new();
    idea.pieces
        .iter()
        .map(|piece| {
            let count = of_kind.entry(piece.kind).and_modify(|count| *count += 1).or_insert(1);
            let number = if *count == 1 { String::new() } else { count.to_string() };
            item(idea, piece, format!("{}-{}{number}", idea.slug, short(piece.kind)), pictures)
        })
        .collect()
}

/// What stands for a kind in an id.
fn short(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::LessonDesign => "jiaoan",
        ItemKind::MicroLesson => "weike",
        ItemKind::Courseware => "kejian",
        ItemKind::RecordedLesson => "shilu",
        ItemKind::TeachingCase => "anli",
        ItemKind::QuestionSet => "xiti",
        ItemKind::ResearchResult => "chengguo",
        ItemKind::Template => "moban",
        ItemKind::Equipment => "qicai",
        ItemKind::Venue => "changdi",
    }
}

fn item(idea: &Idea, piece: &Piece, id: String, pictures: &mut Pictures) -> DemoItem {
    let versions = (1..).zip(piece.notes).map(|(number, note)| DemoVersion {
        note: (*note).to_owned(),
        files: files(idea, piece, piece.notes.len() - number, pictures),
    });
    let versions = versions.collect();
    let uses = uses(idea, piece, &id);
    let authors = std::iter::once(&piece.by).chain(piece.with).map(|name| author(name)).collect();
    let remarks = piece.remarks.iter().map(|(by, text, days_ago)| (*by, (*text).to_owned(), *days_ago)).collect();
    let tags = idea.tags.iter().chain(piece.tags).filter_map(|tag| Tag::new(tag).ok()).collect();
    DemoItem {
        id,
        kind: piece.kind,
        title: piece.title.to_owned(),
        description: piece.about.to_owned(),
        by: piece.by,
        authors,
        shelf: shelf(piece.shelf),
        licence: piece.licence,
        source: piece.source.to_owned(),
        placing: placing(&idea.place, piece.lesson_type),
        tags,
        days_ago: piece.days_ago,
        versions,
        adapted_from: piece.from.map(str::to_owned),
        uses,
        remarks,
    }
}

fn author(name: &str) -> Author {
    match PEOPLE.iter().find(|person| person.login == name) {
        Some(person) => Author::Person(person.login.parse().expect("a fixed login")),
        None => Author::Name(name.to_owned()),
    }
}

fn shelf(text: &str) -> Shelf {
    let (sort, id) = text.split_once(':').expect("a shelf has a sort");
    let fixed = "a fixed id";
    match sort {
        "person" => Shelf::Person(id.parse().expect(fixed)),
        "team" => Shelf::Team(id.parse().expect(fixed)),
        "school" => Shelf::School(id.parse().expect(fixed)),
        _ => Shelf::Group(id.parse().expect(fixed)),
    }
}

fn placing(place: &Place, lesson_type: &str) -> Placing {
    let lesson_type = lesson_type.to_owned();
    match place {
        Place::Book(taxon) => {
            let (subject, grade, _) = taxa::of_volume(taxon).expect("a volume of the demo");
            Placing {
                stage: "小学".to_owned(),
                subject: subject.to_owned(),
                grade: grade.to_owned(),
                taxon: Some(taxon.parse().expect("a fixed id")),
                lesson_type,
            }
        }
        Place::Free(stage, subject, grade) => Placing {
            stage: (*stage).to_owned(),
            subject: (*subject).to_owned(),
            grade: (*grade).to_owned(),
            taxon: None,
            lesson_type,
        },
    }
}

/// Those written down, and for what lies on the group's shelf a few more, chosen by the id.
fn uses(idea: &Idea, piece: &Piece, id: &str) -> Vec<DemoUse> {
    const OTHERS: [&str; 9] = ["lin", "zhao", "ma", "qian", "liu", "zhou", "shan", "sun", "tang"];
    const DEEDS: [Deed; 5] = [Deed::Copied, Deed::Cited, Deed::Template, Deed::Downloaded, Deed::Shown];
    let mut all = piece.uses.clone();
    let seed = id.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    if piece.shelf.starts_with("group:qinghe") && !piece.kind.is_lent() && piece.days_ago > 5 {
        for at in 0..seed % 5 {
            let (person, deed) = ((seed / 7 + at * 2) % 9, (seed / 3 + at) % 5);
            let by = OTHERS[usize::try_from(person).unwrap_or(0)];
            let days_ago = 1 + (seed / 11 + at * 13) % (piece.days_ago - 1);
            all.push((by, DEEDS[usize::try_from(deed).unwrap_or(0)], days_ago));
        }
    }
    let quote = idea.steps.first().map_or(idea.watch, |(_, course)| course);
    all.retain(|(by, ..)| *by != piece.by);
    let told = |deed| if deed == Deed::Copied || deed == Deed::Cited { quote.to_owned() } else { String::new() };
    all.into_iter().map(|(by, deed, days_ago)| DemoUse { by, deed, days_ago, quote: told(deed) }).collect()
}

/// The files of a version that is so many steps from the newest: what was not written yet is not in it.
fn files(idea: &Idea, piece: &Piece, older_by: usize, pictures: &mut Pictures) -> Vec<DemoFile> {
    let accent = accent(idea);
    let (title, steps) = (piece.title, idea.steps.len().saturating_sub(older_by));
    let page = || written(idea, piece, steps);
    let name = |ending: &str| format!("{}.{ending}", piece.title.replace(['/', '\\', ':', '?', '"'], " "));
    let mut sheet = |file: DemoFile| DemoFile {
        thumbnail: Some(pictures.thumbnail(idea.sketch, Frame::Sheet, accent)),
        facts: FileFacts { has_thumbnail: true, ..file.facts },
        ..file
    };
    match piece.form {
        Form::Docx => {
            let page = page();
            vec![sheet(file(name("docx"), office::docx(&page), FileKind::Docx, text_of(&page)))]
        }
        Form::Pdf => {
            let text = text_of(&page());
            let lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
            let (bytes, pages) = pdf::pdf(title, &lines);
            let mut made = file(name("pdf"), bytes, FileKind::Pdf, text);
            made.facts.pages = Some(pages);
            vec![sheet(made)]
        }
        Form::Xlsx => {
            let rows = rows(idea, piece);
            let text = rows.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n");
            let mut made = file(name("xlsx"), office::xlsx("表", &rows), FileKind::Xlsx, text);
            made.facts.pages = Some(1);
            vec![sheet(made)]
        }
        Form::Csv => {
            let text = rows(idea, piece).iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\r\n");
            // Without the mark at its beginning, office programs take the file for GBK.
            vec![file(name("csv"), format!("\u{feff}{text}").into_bytes(), FileKind::Csv, text)]
        }
        Form::Text => {
            let text = text_of(&page());
            vec![file(name("txt"), text.clone().into_bytes(), FileKind::Text, text)]
        }
        Form::Markdown => {
            let text = markdown(&page());
            vec![file(name("md"), text.clone().into_bytes(), FileKind::Markdown, text)]
        }
        Form::Pptx => vec![presentation(idea, piece, steps, name("pptx"), accent, pictures)],
        Form::Spoken => {
            vec![presentation(idea, piece, steps, name("pptx"), accent, pictures), spoken(piece, name("wav"))]
        }
        Form::Wav => {
            let page = page();
            vec![spoken(piece, name("wav")), file(name("docx"), office::docx(&page), FileKind::Docx, text_of(&page))]
        }
        Form::Png => vec![drawing(idea, name("png"), accent, pictures)],
        Form::Zip => {
            let page = page();
            let parts =
                [(name("docx"), office::docx(&page)), (name("png"), picture::draw(idea.sketch, Frame::Large, accent))];
            vec![file(name("zip"), office::package(&parts), FileKind::Zip, String::new())]
        }
        Form::Nothing => Vec::new(),
    }
}

fn file(name: String, bytes: Vec<u8>, kind: FileKind, text: String) -> DemoFile {
    let facts = FileFacts::of(kind);
    DemoFile { name, bytes, facts, text, thumbnail: None }
}

fn drawing(idea: &Idea, name: String, accent: Colour, pictures: &mut Pictures) -> DemoFile {
    let bytes = picture::draw(idea.sketch, Frame::Large, accent);
    let mut made = file(name, bytes, FileKind::Png, String::new());
    (made.facts.width, made.facts.height, made.facts.has_thumbnail) = (Some(480), Some(360), true);
    made.thumbnail = Some(pictures.thumbnail(idea.sketch, Frame::Slide, accent));
    made
}

fn spoken(piece: &Piece, name: String) -> DemoFile {
    const CUES: [(u32, u32); 6] = [(523, 250), (0, 250), (659, 250), (0, 1_000), (784, 500), (0, 250)];
    let (bytes, millis) = sound::wav(if piece.sound.is_empty() { &CUES } else { piece.sound });
    let mut made = file(name, bytes, FileKind::Wav, String::new());
    made.facts.millis = Some(millis);
    made
}

fn presentation(
    idea: &Idea,
    piece: &Piece,
    steps: usize,
    name: String,
    accent: Colour,
    pictures: &mut Pictures,
) -> DemoFile {
    let picture = pictures.thumbnail(idea.sketch, Frame::Slide, accent);
    let slides = shown(idea, piece, steps, picture);
    let text = slides.iter().map(|slide| format!("{}\n{}", slide.title, slide.lines.join("\n")));
    let text = text.collect::<Vec<_>>().join("\n");
    let [red, green, blue] = accent;
    let bytes = office::pptx(&slides, &format!("{red:02X}{green:02X}{blue:02X}"));
    let mut made = file(name, bytes, FileKind::Pptx, text);
    made.facts.pages = u32::try_from(slides.len()).ok();
    made.facts.has_thumbnail = true;
    made.thumbnail = Some(pictures.thumbnail(idea.sketch, Frame::Slide, accent));
    made
}

/// One colour for each subject, as on the slides.
fn accent(idea: &Idea) -> Colour {
    let subject = match &idea.place {
        Place::Book(taxon) => taxa::of_volume(taxon).map_or("", |(subject, ..)| subject),
        Place::Free("学前", ..) => "学前",
        Place::Free(_, subject, _) => subject,
    };
    match subject {
        "数学" => [0x2f, 0x6f, 0x8f],
        "语文" => [0xa8, 0x4b, 0x3c],
        "英语" => [0x4a, 0x7a, 0x3f],
        "科学" => [0x2a, 0x82, 0x76],
        "道德与法治" => [0x8c, 0x5a, 0x2b],
        "音乐" | "美术" => [0x7c, 0x56, 0x9c],
        "学前" => [0xd0, 0x80, 0x2c],
        _ => [0x4f, 0x5d, 0x75],
    }
}
