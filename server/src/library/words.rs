//! What people say of an item, checked at the door.

use std::collections::BTreeSet;

use shared::access::Circle;
use shared::api::{Author, ItemWords};
use shared::library::{
    MAX_COLLECTION_DESCRIPTION_CHARS, MAX_DESCRIPTION_CHARS, MAX_LINE_NOTE_CHARS, MAX_TAGS, Placing,
};
use shared::organisation::Directory;
use shared::unseen::{is_unseen, turns_round};
use shared::words::{InvalidTitle, Title, UserId};

use super::taxonomies::Taxonomies;
use crate::clock;
use crate::store::Words;

const MAX_AUTHORS: usize = 20;
const MAX_NAME_CHARS: usize = 40;
const MAX_SOURCE_CHARS: usize = 500;
const MAX_NOTE_CHARS: usize = 500;
/// Of a stage, subject, grade or lesson type: as long as the region's own words are.
const MAX_WORD_CHARS: usize = 40;

/// Why words can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitWords {
    #[error(transparent)]
    Title(#[from] InvalidTitle),
    #[error("something is too long, or there is too much of it")]
    TooMuch,
    #[error("something said of a collection or in it is too long")]
    TooMuchCurated,
    #[error("nothing is said")]
    NothingSaid,
    #[error("it is too long for what it is")]
    SaidTooMuch,
    #[error("an author is not known here")]
    UnknownAuthor,
    #[error("there is no such place in the textbooks")]
    UnknownTaxon,
}

/// Checks the words; without an author it is whoever puts it in. Authors are people whom they may know of, or who were
/// authors before.
pub fn checked(
    words: ItemWords,
    by: &UserId,
    directory: &Directory,
    taxonomies: &Taxonomies,
    before: &[Author],
) -> Result<Words, UnfitWords> {
    let ItemWords { kind, title, description, authors, licence, source, placing, mut tags } = words;
    let title = Title::new(&plain(&title))?;
    let mut authors: Vec<Author> = match authors.is_empty() {
        true => vec![Author::Person(by.clone())],
        false => authors.into_iter().map(trimmed).collect(),
    };
    let mut seen = Vec::new();
    authors.retain(|author| {
        !seen.contains(author) && {
            seen.push(author.clone());
            true
        }
    });
    let mut seen = BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    let now = clock::now();
    let circle = Circle::of(directory, by, now);
    for author in &authors {
        match author {
            Author::Person(id) if id == by || before.contains(author) => {}
            Author::Person(id) if !circle.has(directory, id, now) => return Err(UnfitWords::UnknownAuthor),
            Author::Name(name) if name.is_empty() => return Err(UnfitWords::UnknownAuthor),
            Author::Name(name) if is_longer(name, MAX_NAME_CHARS) => return Err(UnfitWords::TooMuch),
            Author::Person(_) | Author::Name(_) => {}
        }
    }
    let description = plain(&description).trim().to_owned();
    let source = plain(&source).trim().to_owned();
    let placing = checked_placing(placing, taxonomies)?;
    if is_longer(&description, MAX_DESCRIPTION_CHARS)
        || is_longer(&source, MAX_SOURCE_CHARS)
        || authors.len() > MAX_AUTHORS
        || tags.len() > MAX_TAGS
    {
        return Err(UnfitWords::TooMuch);
    }
    Ok(Words { kind, title, description, authors, licence, source, placing, tags })
}

/// Where something belongs in teaching.
pub fn checked_placing(placing: Placing, taxonomies: &Taxonomies) -> Result<Placing, UnfitWords> {
    let Placing { stage, subject, grade, taxon, lesson_type } = placing;
    let [stage, subject, grade, lesson_type] = [stage, subject, grade, lesson_type].map(|word| plain(&word));
    let placing = Placing { stage, subject, grade, taxon, lesson_type };
    let placed = [&placing.stage, &placing.subject, &placing.grade, &placing.lesson_type];
    if placed.iter().any(|word| is_longer(word, MAX_WORD_CHARS)) {
        return Err(UnfitWords::TooMuch);
    }
    if placing.taxon.as_ref().is_some_and(|id| taxonomies.name(id).is_none()) {
        return Err(UnfitWords::UnknownTaxon);
    }
    Ok(placing)
}

/// What is new in a version.
pub fn checked_note(note: &str) -> Result<String, UnfitWords> {
    let note = plain(note).trim().to_owned();
    if is_longer(&note, MAX_NOTE_CHARS) { Err(UnfitWords::TooMuch) } else { Ok(note) }
}

/// Title and description of a collection.
pub fn checked_curation(title: &str, description: &str) -> Result<(Title, String), UnfitWords> {
    let (title, description) = (Title::new(&plain(title))?, plain(description).trim().to_owned());
    if is_longer(&description, MAX_COLLECTION_DESCRIPTION_CHARS) {
        return Err(UnfitWords::TooMuchCurated);
    }
    Ok((title, description))
}

/// A heading in a collection, or a note on an item in it.
pub fn checked_line(text: &str) -> Result<String, UnfitWords> {
    let text = plain(text).trim().to_owned();
    if is_longer(&text, MAX_LINE_NOTE_CHARS) { Err(UnfitWords::TooMuchCurated) } else { Ok(text) }
}

/// What somebody says in passing: plain text, of so many characters at most.
pub fn checked_saying(text: &str, most: usize) -> Result<String, UnfitWords> {
    let text = plain(text).trim().to_owned();
    if is_longer(&text, most) { Err(UnfitWords::SaidTooMuch) } else { Ok(text) }
}

/// … that has to say something.
pub fn checked_words(text: &str, most: usize) -> Result<String, UnfitWords> {
    let text = checked_saying(text, most)?;
    if text.is_empty() { Err(UnfitWords::NothingSaid) } else { Ok(text) }
}

fn trimmed(author: Author) -> Author {
    match author {
        Author::Person(id) => Author::Person(id),
        Author::Name(name) => Author::Name(plain(&name).split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// Without characters that are nobody's words: controls but line ends, and those that turn the direction of writing.
pub fn plain(text: &str) -> String {
    let odd = |c: char| (c.is_control() && c != '\n') || turns_round(c) || is_unseen(c);
    text.chars().filter(|c| !odd(*c)).collect()
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}
