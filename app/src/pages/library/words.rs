//! Words for the values of the library.

use leptos::prelude::*;
use shared::api::{AuthorCard, Deed, FileCard, ItemCard};
use shared::library::{Facet, FileFacts, FileKind, Half, ItemKind, Licence, Piece, Sort, TermName, Unfit};
use shared::words::DocumentKind;

use crate::browser::line;
use crate::components::person::{by, seal};
use crate::i18n::*;
use crate::pages::words::kind_name;

pub fn item_kind_name(kind: ItemKind) -> String {
    let i18n = use_i18n();
    match kind {
        ItemKind::LessonDesign => t_string!(i18n, item_kind.lesson_design),
        ItemKind::MicroLesson => t_string!(i18n, item_kind.micro_lesson),
        ItemKind::Courseware => t_string!(i18n, item_kind.courseware),
        ItemKind::RecordedLesson => t_string!(i18n, item_kind.recorded_lesson),
        ItemKind::TeachingCase => t_string!(i18n, item_kind.teaching_case),
        ItemKind::QuestionSet => t_string!(i18n, item_kind.question_set),
        ItemKind::ResearchResult => t_string!(i18n, item_kind.research_result),
        ItemKind::Template => t_string!(i18n, item_kind.template),
        ItemKind::Equipment => t_string!(i18n, item_kind.equipment),
        ItemKind::Venue => t_string!(i18n, item_kind.venue),
    }
    .to_string()
}

/// The picture of an item: what its file is, or else what it is for.
pub fn item_icon(kind: ItemKind, file: Option<&FileFacts>) -> &'static str {
    match (file.map(|file| file.kind), kind) {
        (Some(FileKind::Mp4 | FileKind::Webm | FileKind::Film), _) => "video",
        (Some(FileKind::Pptx), _) => "slides",
        (Some(FileKind::Xlsx | FileKind::Csv), _) => "sheet",
        (Some(FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp | FileKind::Bmp | FileKind::Svg), _) => {
            "image"
        }
        (_, ItemKind::LessonDesign) => "prepare",
        (_, ItemKind::MicroLesson | ItemKind::RecordedLesson) => "video",
        (_, ItemKind::Courseware) => "slides",
        (_, ItemKind::TeachingCase | ItemKind::ResearchResult) => "doc",
        (_, ItemKind::QuestionSet | ItemKind::Template) => "sheet",
        (_, ItemKind::Equipment | ItemKind::Venue) => "library",
    }
}

pub fn licence_words(licence: Licence) -> String {
    let i18n = use_i18n();
    match licence {
        Licence::GroupAdapt => t_string!(i18n, licence.group_adapt),
        Licence::GroupUse => t_string!(i18n, licence.group_use),
        Licence::By => t_string!(i18n, licence.by),
        Licence::BySa => t_string!(i18n, licence.by_sa),
        Licence::ByNcSa => t_string!(i18n, licence.by_nc_sa),
        Licence::Free => t_string!(i18n, licence.free),
        Licence::Elsewhere => t_string!(i18n, licence.elsewhere),
    }
    .to_string()
}

pub fn file_kind_name(kind: FileKind) -> String {
    let i18n = use_i18n();
    let words = match kind {
        FileKind::Docx => "Word",
        FileKind::Pptx => "PPT",
        FileKind::Xlsx => "Excel",
        FileKind::Pdf => "PDF",
        FileKind::Zip => "ZIP",
        FileKind::Rar => "RAR",
        FileKind::SevenZip => "7z",
        FileKind::Html => "HTML",
        FileKind::Csv => "CSV",
        FileKind::Markdown => "Markdown",
        FileKind::OldOffice => return t_string!(i18n, file_kind.old_office).to_string(),
        FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp | FileKind::Bmp | FileKind::Svg => {
            return t_string!(i18n, file_kind.picture).to_string();
        }
        FileKind::Mp3 | FileKind::M4a | FileKind::Wav | FileKind::Ogg => {
            return t_string!(i18n, file_kind.sound).to_string();
        }
        FileKind::Mp4 | FileKind::Webm | FileKind::Film => return t_string!(i18n, file_kind.film).to_string(),
        FileKind::Text => return t_string!(i18n, file_kind.text).to_string(),
        FileKind::Other => return t_string!(i18n, file_kind.other).to_string(),
    };
    words.to_owned()
}

/// Why a file is not taken, or not read, and what can be done.
pub fn unfit_words(why: Unfit) -> String {
    let i18n = use_i18n();
    match why {
        Unfit::Empty => t_string!(i18n, unfit.empty),
        Unfit::Program => t_string!(i18n, unfit.program),
        Unfit::Bomb => t_string!(i18n, unfit.bomb),
        Unfit::Escapes => t_string!(i18n, unfit.escapes),
        Unfit::TwoThings => t_string!(i18n, unfit.two_things),
        Unfit::Lies => t_string!(i18n, unfit.lies),
        Unfit::Entities => t_string!(i18n, unfit.entities),
        Unfit::Locked => t_string!(i18n, unfit.locked),
        Unfit::Damaged => t_string!(i18n, unfit.damaged),
        Unfit::TooMuch => t_string!(i18n, unfit.too_much),
        Unfit::Macro => t_string!(i18n, unfit.with_macro),
    }
    .to_string()
}

pub fn deed_words(deed: Deed) -> String {
    let i18n = use_i18n();
    match deed {
        Deed::Copied => t_string!(i18n, deed.copied),
        Deed::Template => t_string!(i18n, deed.template),
        Deed::Cited => t_string!(i18n, deed.cited),
        Deed::Downloaded => t_string!(i18n, deed.downloaded),
        Deed::Shown => t_string!(i18n, deed.shown),
        Deed::Adapted => t_string!(i18n, deed.adapted),
    }
    .to_string()
}

pub fn facet_name(facet: Facet) -> String {
    let i18n = use_i18n();
    match facet {
        Facet::Kind => t_string!(i18n, facet.kind),
        Facet::Stage => t_string!(i18n, facet.stage),
        Facet::Subject => t_string!(i18n, facet.subject),
        Facet::Grade => t_string!(i18n, facet.grade),
        Facet::Edition => t_string!(i18n, facet.edition),
        Facet::Volume => t_string!(i18n, facet.volume),
        Facet::Unit => t_string!(i18n, facet.unit),
        Facet::LessonType => t_string!(i18n, facet.lesson_type),
        Facet::School => t_string!(i18n, facet.school),
        Facet::File => t_string!(i18n, facet.file),
        Facet::Tag => t_string!(i18n, facet.tag),
    }
    .to_string()
}

/// A value of a facet, as far as this page knows what it is called.
pub fn value_name(facet: Facet, value: &str, name: &str) -> String {
    if !name.is_empty() {
        return name.to_owned();
    }
    let known = match facet {
        Facet::Kind => match value.strip_prefix("document:") {
            Some(kind) => DocumentKind::named(kind).map(document_kind),
            None if value == "collection" => Some(collections()),
            None if value == "question" => Some(questions()),
            None => ItemKind::named(value).map(item_kind_name),
        },
        Facet::File => FileKind::named(value).map(file_kind_name),
        Facet::Stage
        | Facet::Subject
        | Facet::Grade
        | Facet::Edition
        | Facet::Volume
        | Facet::Unit
        | Facet::LessonType
        | Facet::School
        | Facet::Tag => None,
    };
    known.unwrap_or_else(|| value.to_owned())
}

fn collections() -> String {
    let i18n = use_i18n();
    t_string!(i18n, collection.title).to_string()
}

/// Answered in tutoring sessions.
fn questions() -> String {
    let i18n = use_i18n();
    t_string!(i18n, facet.questions).to_string()
}

/// A document that is written here, not an item of that kind.
fn document_kind(kind: DocumentKind) -> String {
    let i18n = use_i18n();
    t_string!(i18n, facet.document, kind = kind_name(kind)).to_string()
}

pub fn sort_name(sort: Sort) -> String {
    let i18n = use_i18n();
    match sort {
        Sort::Relevance => t_string!(i18n, library.sort_relevance),
        Sort::Newest => t_string!(i18n, library.sort_newest),
        Sort::MostUsed => t_string!(i18n, library.sort_most_used),
    }
    .to_string()
}

/// 2026 秋.
pub fn term_name(term: TermName) -> String {
    let i18n = use_i18n();
    match term.half {
        Half::Spring => t_string!(i18n, collection.spring, year = term.year),
        Half::Autumn => t_string!(i18n, collection.autumn, year = term.year),
    }
    .to_string()
}

/// How large or long a file is in its own measure: 18 页, 6 分 20 秒.
pub fn extent(facts: &FileFacts) -> Option<String> {
    let i18n = use_i18n();
    match (facts.millis, facts.pages, facts.kind) {
        (Some(millis), ..) => Some(duration(millis.div_ceil(1_000))),
        (None, Some(pages), FileKind::Pptx) => Some(t_string!(i18n, library.slides, count = pages).to_string()),
        (None, Some(pages), FileKind::Xlsx) => Some(t_string!(i18n, library.sheets, count = pages).to_string()),
        (None, Some(pages), _) => Some(t_string!(i18n, library.pages, count = pages).to_string()),
        (None, None, _) => None,
    }
}

/// 6 分 20 秒, from seconds.
pub fn duration(seconds: u64) -> String {
    let i18n = use_i18n();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => t_string!(i18n, library.seconds, seconds = seconds).to_string(),
        (0, minutes, seconds) => t_string!(i18n, library.minutes, minutes = minutes, seconds = seconds).to_string(),
        (hours, minutes, _) => t_string!(i18n, library.hours, hours = hours, minutes = minutes).to_string(),
    }
}

/// How long so many bytes take on the line as it is; nothing if that is no time or nobody knows.
pub fn time_to_load(bytes: u64) -> Option<String> {
    let i18n = use_i18n();
    let seconds = (bytes as f64 / line::bytes_per_second()?).ceil();
    // To the ten seconds: the line does not hold what it says to the second.
    let rounded = if seconds > 60.0 { (seconds / 10.0).ceil() * 10.0 } else { seconds };
    (seconds >= 5.0).then(|| t_string!(i18n, library.takes, time = duration(rounded as u64)).to_string())
}

/// Text with what fits the question marked in it.
pub fn marked(pieces: &[Piece]) -> AnyView {
    let piece = |piece: &Piece| match piece.hit {
        true => view! { <mark>{piece.text.clone()}</mark> }.into_any(),
        false => piece.text.clone().into_any(),
    };
    pieces.iter().map(piece).collect_view().into_any()
}

/// Whoever made it, with seals; a name from elsewhere has none.
pub fn authors(card: &ItemCard) -> AnyView {
    let shown = |author: &AuthorCard| match author {
        AuthorCard::Person(person) => by(person),
        AuthorCard::Name(name) => view! { <span class="by">{name.clone()}</span> }.into_any(),
    };
    match (card.authors.as_slice(), &card.school) {
        ([], Some(school)) => view! { <span class="by">{school.name.clone()}{seal(school)}</span> }.into_any(),
        (authors, _) => authors.iter().map(shown).collect_view().into_any(),
    }
}

/// The names of whoever made it.
pub fn author_names(card: &ItemCard) -> String {
    let name = |author: &AuthorCard| match author {
        AuthorCard::Person(person) => person.name.clone(),
        AuthorCard::Name(name) => name.clone(),
    };
    card.authors.iter().map(name).collect::<Vec<_>>().join("、")
}

/// What a file is and how large, on one line.
pub fn file_words(file: &FileCard) -> String {
    let parts =
        [Some(file_kind_name(file.facts.kind)), extent(&file.facts), Some(crate::wording::size::size(file.bytes))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
