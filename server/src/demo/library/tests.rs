//! The demo library is whole: everything it names is there, and its files are what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::sync::LazyLock;

use shared::library::{
    FileKind, ItemKind, MAX_COLLECTION_DESCRIPTION_CHARS, MAX_DESCRIPTION_CHARS, MAX_LINE_NOTE_CHARS, MAX_TAGS,
    Taxonomy, Topic,
};
use shared::organisation::{Directory, Shelf, Vocabulary};
use shared::words::UnixMillis;

use super::{DemoFile, DemoItem, taxonomy};
use crate::demo::organisation::{PEOPLE, records};

/// Made once for all tests.
static ITEMS: LazyLock<Vec<DemoItem>> = LazyLock::new(super::items);

const MAX_BYTES: usize = 6_000_000;
const MAX_THUMBNAIL: usize = 4_096;
const MAX_FILES: usize = 600;

fn files(item: &DemoItem) -> impl Iterator<Item = &DemoFile> {
    item.versions.iter().flat_map(|version| &version.files)
}

#[test]
fn there_are_enough_items_and_each_is_its_own() {
    let items = &*ITEMS;
    assert!(items.len() >= 300, "{} items", items.len());
    let (mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new());
    for item in items {
        assert!(ids.insert(&item.id), "{} twice", item.id);
        assert!(titles.insert((&item.title, &item.shelf)), "{} twice", item.title);
        assert!(
            item.id.len() <= 64 && item.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        let (title, description) = (item.title.chars().count(), item.description.chars().count());
        assert!((3..=80).contains(&title), "{}", item.title);
        assert!((6..=MAX_DESCRIPTION_CHARS).contains(&description), "{}", item.title);
        assert!(item.tags.len() <= MAX_TAGS);
    }
    let descriptions: BTreeSet<_> = items.iter().map(|item| &item.description).collect();
    assert_eq!(descriptions.len(), items.len(), "no two are described alike");
}

#[test]
fn every_person_shelf_and_place_of_the_items_is_in_the_demo() {
    let directory = Directory::of(records(UnixMillis(1_800_000_000_000)).unwrap());
    let taxonomy = Taxonomy::new(taxonomy()).unwrap();
    let words = Vocabulary::usual();
    let items = &*ITEMS;
    let is_person = |login: &str| PEOPLE.iter().any(|person| person.login == login);
    for item in items {
        let DemoItem { id, by, shelf, placing, uses, remarks, days_ago, .. } = item;
        assert!(is_person(by), "{id}: {by}");
        assert!(uses.iter().all(|used| is_person(used.by) && used.by != *by && used.days_ago <= *days_ago), "{id}");
        assert!(
            remarks.iter().all(|(login, text, ago)| is_person(login) && !text.is_empty() && ago <= days_ago),
            "{id}"
        );
        let is_there = match shelf {
            Shelf::Person(person) => directory.person(person).is_some(),
            Shelf::Team(team) => directory.team(team).is_some(),
            Shelf::School(school) => directory.school(school).is_some(),
            Shelf::Group(group) => directory.group(group).is_some(),
        };
        assert!(is_there, "{id}: {shelf:?}");
        assert!(placing.taxon.as_ref().is_none_or(|taxon| taxonomy.get(taxon).is_some()), "{id}: {:?}", placing.taxon);
        let stage = words.stages.iter().find(|stage| stage.name.zh == placing.stage);
        let stage = stage.unwrap_or_else(|| panic!("{id}: {}", placing.stage));
        assert!(placing.grade.is_empty() || stage.grades.contains(&placing.grade), "{id}: {}", placing.grade);
        let subjects = if placing.stage == "学前" { &words.domains } else { &words.subjects };
        assert!(placing.subject.is_empty() || subjects.iter().any(|one| one.zh == placing.subject), "{id}");
        if let Some(origin) = &item.adapted_from {
            let origin = items.iter().find(|other| other.id == *origin).unwrap_or_else(|| panic!("{id}: {origin}"));
            assert!(origin.days_ago >= *days_ago && origin.id != *id, "{id} is younger than what it was made from");
        }
    }
}

#[test]
fn collections_have_items_that_are_there_and_words_that_fit() {
    use super::collections::{COLLECTIONS, DemoLine, subscriptions};
    for demo in &COLLECTIONS {
        assert!(demo.description.chars().count() <= MAX_COLLECTION_DESCRIPTION_CHARS);
        let named = demo.lines.iter().filter_map(|line| match line {
            DemoLine::Heading(_) => None,
            DemoLine::Item(item, note) => Some((*item, note.chars().count())),
        });
        for (item, note) in named.chain(demo.added.iter().map(|(item, ..)| (*item, 0))) {
            assert!(ITEMS.iter().any(|known| known.id == item), "{}: {item}", demo.id);
            assert!(note <= MAX_LINE_NOTE_CHARS);
        }
    }
    assert!(COLLECTIONS.iter().filter(|demo| demo.menu.is_some()).count() == 1);
    let taxonomy = Taxonomy::new(taxonomy()).unwrap();
    for (person, topic) in subscriptions().unwrap() {
        assert!(PEOPLE.iter().any(|known| known.login == person));
        match topic {
            Topic::Taxon(id) => assert!(taxonomy.get(&id).is_some(), "{id}"),
            Topic::Collection(id) => assert!(COLLECTIONS.iter().any(|demo| demo.id == id.as_str()), "{id}"),
            Topic::Subject(_) | Topic::School(_) => {}
        }
    }
}

#[test]
fn kinds_schools_shelves_and_files_are_varied() {
    let items = &*ITEMS;
    for kind in ItemKind::ALL {
        let count = items.iter().filter(|item| item.kind == *kind).count();
        assert!(count >= 8, "{} of {}", count, kind.as_str());
    }
    let mut schools = BTreeMap::new();
    for item in items {
        let person = PEOPLE.iter().find(|person| person.login == item.by).unwrap();
        *schools.entry(person.school).or_insert(0) += 1;
    }
    assert!(schools.len() >= 5 && schools.values().filter(|count| **count >= 30).count() >= 4, "{schools:?}");
    let shelves: BTreeSet<_> = items.iter().map(|item| &item.shelf).collect();
    assert!(shelves.len() >= 10, "{shelves:?}");
    let forms: BTreeSet<_> = items.iter().flat_map(files).map(|file| file.facts.kind).collect();
    assert!(forms.len() >= 9, "{forms:?}");
    assert!(items.iter().any(|item| item.versions.len() > 2));
}

#[test]
fn the_set_is_small_and_the_same_each_time() {
    let (first, second) = (&*ITEMS, super::items());
    let count = first.iter().flat_map(files).count();
    assert!(count <= MAX_FILES, "{count} files");
    let bytes: usize = first.iter().flat_map(files).map(|file| file.bytes.len()).sum();
    assert!(bytes <= MAX_BYTES, "{bytes} bytes");
    for (one, other) in first.iter().zip(&second) {
        assert!(files(one).map(|file| &file.bytes).eq(files(other).map(|file| &file.bytes)), "{}", one.id);
    }
    for file in first.iter().flat_map(files) {
        let small = file.thumbnail.as_ref();
        assert_eq!(small.is_some(), file.facts.has_thumbnail);
        assert!(small.is_none_or(|png| png.len() <= MAX_THUMBNAIL && png.starts_with(b"\x89PNG")), "{}", file.name);
    }
}

#[test]
fn lent_things_have_no_files_and_all_others_have_some() {
    for item in ITEMS.iter() {
        assert!(!item.versions.is_empty(), "{}", item.id);
        assert_eq!(files(item).count() == 0, item.kind.is_lent(), "{}", item.id);
    }
}

#[test]
fn each_file_is_what_it_says_and_its_text_is_in_it() {
    for item in ITEMS.iter() {
        for file in files(item) {
            let DemoFile { name, bytes, facts, text, .. } = file;
            match facts.kind {
                FileKind::Docx => office_text(name, bytes, text, &["word/document.xml"]),
                FileKind::Xlsx => office_text(name, bytes, text, &["xl/workbook.xml", "xl/worksheets/sheet1.xml"]),
                FileKind::Pptx => {
                    let slides: Vec<String> =
                        (1..=facts.pages.unwrap()).map(|at| format!("ppt/slides/slide{at}.xml")).collect();
                    let parts: Vec<&str> = slides.iter().map(String::as_str).collect();
                    office_text(name, bytes, text, &parts);
                }
                FileKind::Pdf => {
                    let places = String::from_utf8_lossy(bytes);
                    let table = places.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
                    let table: usize = table.parse().unwrap();
                    assert!(bytes.starts_with(b"%PDF-") && bytes[table..].starts_with(b"xref"), "{name}");
                }
                FileKind::Text | FileKind::Markdown => assert_eq!(bytes, text.as_bytes(), "{name}"),
                FileKind::Csv => {
                    assert_eq!(bytes, format!("\u{feff}{text}").as_bytes(), "{name}");
                    let commas = text.lines().skip(1).map(|line| line.matches(',').count()).collect::<BTreeSet<_>>();
                    assert_eq!(commas.len(), 1, "{name} has a comma within a cell");
                }
                FileKind::Png => assert!(bytes.starts_with(b"\x89PNG"), "{name}"),
                FileKind::Wav => {
                    let length = u32::from_le_bytes(bytes[40..44].try_into().unwrap());
                    assert!(bytes.starts_with(b"RIFF") && bytes.len() == 44 + length as usize, "{name}");
                    assert_eq!(facts.millis, Some(u64::from(length) / 8));
                }
                FileKind::Zip => assert!(parts_of(bytes).len() == 2, "{name}"),
                kind => panic!("{name} is {kind:?}"),
            }
        }
    }
}

fn parts_of(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let read = (0..zip.len()).map(|at| {
        let mut part = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        (part.name().unwrap().into_owned(), String::from_utf8_lossy(&content).into_owned())
    });
    read.collect()
}

/// Every line of the text stands in one of the parts, and every part of the package is of a declared type.
fn office_text(name: &str, bytes: &[u8], text: &str, within: &[&str]) {
    let parts = parts_of(bytes);
    let types = &parts["[Content_Types].xml"];
    for part in parts.keys().filter(|part| part.ends_with(".xml") && !part.starts_with('[')) {
        assert!(types.contains(&format!("PartName=\"/{part}\"")), "{name}: {part}");
    }
    let all: String = within.iter().map(|part| parts[*part].as_str()).collect();
    let plain = all.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    for cell in text.lines().flat_map(|line| line.split('\t')).filter(|cell| !cell.is_empty()) {
        assert!(plain.contains(cell), "{name}: {cell}");
    }
    assert!(text.chars().count() >= 20, "{name}: {text}");
}
