//! What people say of an item, checked at the door.

use shared::api::{Author, ItemWords};
use shared::library::{MAX_DESCRIPTION_CHARS, MAX_TAGS};
use shared::organisation::Directory;
use shared::words::{InvalidTitle, Title, UserId};

use super::taxonomies::Taxonomies;
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
    #[error("an author is not known here")]
    UnknownAuthor,
    #[error("there is no such place in the textbooks")]
    UnknownTaxon,
}

/// Checks the words; without an author it is whoever puts it in.
pub fn checked(
    words: ItemWords,
    by: &UserId,
    directory: &Directory,
    taxonomies: &Taxonomies,
) -> Result<Words, UnfitWords> {
    let ItemWords { kind, title, description, authors, licence, source, placing, tags } = words;
    let title = Title::new(&title)?;
    let authors: Vec<Author> = match authors.is_empty() {
        true => vec![Author::Person(by.clone())],
        false => authors.into_iter().map(trimmed).collect(),
    };
    for author in &authors {
        match author {
            Author::Person(id) if directory.person(id).is_none() => return Err(UnfitWords::UnknownAuthor),
            Author::Name(name) if name.is_empty() => return Err(UnfitWords::UnknownAuthor),
            Author::Name(name) if is_longer(name, MAX_NAME_CHARS) => return Err(UnfitWords::TooMuch),
            Author::Person(_) | Author::Name(_) => {}
        }
    }
    let description = description.trim().to_owned();
    let source = source.trim().to_owned();
    let placed = [&placing.stage, &placing.subject, &placing.grade, &placing.lesson_type];
    if is_longer(&description, MAX_DESCRIPTION_CHARS)
        || is_longer(&source, MAX_SOURCE_CHARS)
        || authors.len() > MAX_AUTHORS
        || tags.len() > MAX_TAGS
        || placed.iter().any(|word| is_longer(word, MAX_WORD_CHARS))
    {
        return Err(UnfitWords::TooMuch);
    }
    if placing.taxon.as_ref().is_some_and(|id| taxonomies.name(id).is_none()) {
        return Err(UnfitWords::UnknownTaxon);
    }
    Ok(Words { kind, title, description, authors, licence, source, placing, tags })
}

/// What is new in a version.
pub fn checked_note(note: &str) -> Result<String, UnfitWords> {
    let note = note.trim();
    if is_longer(note, MAX_NOTE_CHARS) { Err(UnfitWords::TooMuch) } else { Ok(note.to_owned()) }
}

fn trimmed(author: Author) -> Author {
    match author {
        Author::Person(id) => Author::Person(id),
        Author::Name(name) => Author::Name(name.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}
