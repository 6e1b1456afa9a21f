//! Stored items as people see them.

use shared::api::{Author, AuthorCard, FileCard, ItemCard, PersonCard, SchoolCard, ShelfCard, VersionCard};
use shared::organisation::Directory;
use shared::words::{SchoolId, Tone, UnixMillis, UserId};

use super::renditions::Renditions;
use super::taxonomies::Taxonomies;
use crate::clock;
use crate::store::{ItemFile, StoredItem, StoredVersion};

/// For whom cards are made.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    person: &'a UserId,
    directory: &'a Directory,
    taxonomies: &'a Taxonomies,
    now: UnixMillis,
}

impl<'a> Reader<'a> {
    /// Who reads now.
    pub fn new(person: &'a UserId, directory: &'a Directory, taxonomies: &'a Taxonomies) -> Self {
        Self { person, directory, taxonomies, now: clock::now() }
    }
}

impl Reader<'_> {
    pub fn item(&self, item: &StoredItem) -> ItemCard {
        let path = item.words.placing.taxon.as_ref().map(|id| self.taxonomies.path(id)).unwrap_or_default();
        ItemCard {
            id: item.id.clone(),
            kind: item.words.kind,
            title: item.words.title.as_str().to_owned(),
            authors: item.words.authors.iter().map(|author| self.author(author)).collect(),
            school: item.school.as_ref().and_then(|id| self.school(id)),
            shelf: ShelfCard::of(self.directory, &item.shelf),
            placing: item.words.placing.clone(),
            place: path.into_iter().map(|node| node.name).collect(),
            changed: item.changed,
            version: item.version,
            file: item.file.clone(),
            bytes: item.bytes,
            uses: item.uses,
            mine: item.author == *self.person,
        }
    }

    /// As whoever manages the item sees it.
    pub fn version(&self, version: StoredVersion, renditions: &Renditions) -> VersionCard {
        let file = |file: ItemFile| {
            let (small, making) = renditions.of(&file);
            let ItemFile { place, name, blob: _, bytes, claim: _, facts, thumbnail: _, rendition: _ } = file;
            FileCard { place, name, bytes, facts, small, making }
        };
        VersionCard {
            number: version.number,
            at: version.at,
            by: self.person(&version.author),
            note: version.note,
            files: version.files.into_iter().map(file).collect(),
            written: version.written,
        }
    }

    /// Somebody who has put something in is always somebody, also when the directory is a moment behind the items.
    pub fn person(&self, id: &UserId) -> PersonCard {
        PersonCard::of(self.directory, id, self.now).unwrap_or_else(|| PersonCard {
            id: id.clone(),
            name: String::new(),
            tone: Tone::of(id),
            school: None,
        })
    }

    pub fn school(&self, id: &SchoolId) -> Option<SchoolCard> {
        let school = self.directory.school(id)?;
        let lead = self.directory.leads(id, self.now);
        Some(SchoolCard { id: id.clone(), name: school.name.clone(), seal: school.seal.clone(), lead })
    }

    fn author(&self, author: &Author) -> AuthorCard {
        match author {
            Author::Person(id) => AuthorCard::Person(self.person(id)),
            Author::Name(name) => AuthorCard::Name(name.clone()),
        }
    }
}
