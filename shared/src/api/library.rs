//! Bodies of the library: items, their files, what becomes of them, and the search.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CollectionCard, DocumentCard, FoundQuestion, PersonCard, SchoolCard, ShelfCard};
use crate::access::Right;
use crate::document::change::Node;
use crate::library::{Facet, FacetCount, FileFacts, ItemKind, Licence, Piece, Placing, Tag, Taxon};
use crate::organisation::Shelf;
use crate::words::{DocumentId, ItemId, TutoringId, UnixMillis, UploadId, UserId};

/// Whoever made an item: somebody here, or a name from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "is")]
pub enum Author {
    Person(UserId),
    /// At most 40 characters.
    Name(String),
}

/// An author as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "is")]
pub enum AuthorCard {
    Person(PersonCard),
    Name(String),
}

/// What is said of an item, to put it in or to change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemWords {
    pub kind: ItemKind,
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// Whoever puts it in, if nobody is named.
    #[serde(default)]
    pub authors: Vec<Author>,
    pub licence: Licence,
    /// Where it is from, if from elsewhere: at most 500 characters.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub placing: Placing,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// What a version of an item is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "of")]
pub enum Substance {
    /// Uploads that are ready, in their order.
    Files(Vec<UploadId>),
    /// What stands in the document now; the item stays linked with it.
    Document(DocumentId),
    /// A thing or a place.
    Nothing,
}

impl Substance {
    pub fn uploads(&self) -> &[UploadId] {
        match self {
            Substance::Files(uploads) => uploads,
            Substance::Document(_) | Substance::Nothing => &[],
        }
    }
}

/// `POST /api/items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateItem {
    /// A name of the asker's own: the same wish under it is granted once (ADR 29). Without one, the server chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ItemId>,
    #[serde(flatten)]
    pub words: ItemWords,
    pub shelf: Shelf,
    pub substance: Substance,
    /// The item that this one is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapted_from: Option<ItemId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedItem {
    pub id: ItemId,
}

/// `GET /api/documents/{document}/items`: what was published from a document last, as far as the asking person may see
/// it; newest first, at most 50.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedItems {
    pub items: Vec<ItemCard>,
}

/// `PUT /api/items/{item}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeItem {
    #[serde(flatten)]
    pub words: ItemWords,
    /// The state that the form was made from; another one is refused as `stale-form`.
    pub revision: u64,
}

/// `PUT /api/items/{item}/shelf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveItem {
    pub shelf: Shelf,
}

/// `POST /api/items/{item}/versions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddVersion {
    pub substance: Substance,
    /// What is new in it: at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCard {
    /// Its place in the version, from 1: `/api/items/{item}/versions/{version}/files/{place}`.
    pub place: u32,
    pub name: String,
    pub bytes: u64,
    #[serde(flatten)]
    pub facts: FileFacts,
    /// A smaller rendition for weak lines, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub small: Option<SmallCard>,
    /// Before whoever manages the item: how far that is, if it is still to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Making>,
}

/// What a film or recording was made into for weak lines: `/api/items/{item}/versions/{version}/files/{place}/small`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmallCard {
    pub bytes: u64,
}

/// How far a small rendition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Making {
    /// Others come first.
    Waiting,
    Now,
    /// Nothing could be made of it.
    Failed,
}

/// A version of an item, newest first in [`ItemView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionCard {
    /// From 1.
    pub number: u32,
    pub at: UnixMillis,
    pub by: PersonCard,
    pub note: String,
    pub files: Vec<FileCard>,
    /// It is what stood in the linked document: `/api/items/{item}/versions/{version}/content`.
    pub written: bool,
}

/// An item as a line in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCard {
    pub id: ItemId,
    pub kind: ItemKind,
    pub title: String,
    pub authors: Vec<AuthorCard>,
    /// The school that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
    pub shelf: ShelfCard,
    pub placing: Placing,
    /// The place in the textbook in words: edition, volume, unit, lesson.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    pub changed: UnixMillis,
    pub version: u32,
    /// What the first file of the newest version is; nothing for what was written here, a thing or a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileFacts>,
    /// Of all files of the newest version.
    pub bytes: u64,
    /// People who took it into their own work.
    pub uses: u32,
    /// The asking person put it in.
    pub mine: bool,
}

/// `GET /api/items/{item}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    #[serde(flatten)]
    pub card: ItemCard,
    pub description: String,
    pub licence: Licence,
    pub source: String,
    pub tags: Vec<Tag>,
    pub by: PersonCard,
    pub created: UnixMillis,
    pub right: Right,
    pub revision: u64,
    /// Newest first.
    pub versions: Vec<VersionCard>,
    /// The document that it was published from, if the asking person may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binned: Option<UnixMillis>,
}

/// What somebody did with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// A passage, table or picture of it stands in a document.
    Copied,
    /// A document began as it.
    Template,
    /// A document names it.
    Cited,
    Downloaded,
    /// Shown in a session.
    Shown,
    /// Another item is made from it.
    Adapted,
}

impl Deed {
    pub const ALL: [Deed; 6] =
        [Deed::Copied, Deed::Template, Deed::Cited, Deed::Downloaded, Deed::Shown, Deed::Adapted];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Deed::Copied => "copied",
            Deed::Template => "template",
            Deed::Cited => "cited",
            Deed::Downloaded => "downloaded",
            Deed::Shown => "shown",
            Deed::Adapted => "adapted",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == name)
    }

    /// Whether it took the item into somebody's own document or lesson: only that is counted. An item that was made of it
    /// stands for itself, before whoever may see that.
    pub fn adopts(self) -> bool {
        !matches!(self, Deed::Downloaded | Deed::Adapted)
    }
}

/// `POST /api/items/{item}/uses`: what was just done with it in a document. `Downloaded` and `Adapted` are noted by the
/// server itself and refused here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteUse {
    pub deed: Deed,
    pub version: u32,
    /// One that the asking person may edit.
    pub document: DocumentId,
    /// The passage, as evidence: its first 200 characters are kept.
    #[serde(default)]
    pub quote: String,
}

/// `POST /api/items/{item}/copy`: a new document that begins as the item does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyItem {
    /// A name of the asker's own for the document: the same wish under it is granted once (ADR 29). Without one, the server chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<DocumentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<Shelf>,
}

/// One line of `GET /api/items/{item}/uses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseLine {
    pub deed: Deed,
    pub at: UnixMillis,
    pub version: u32,
    pub by: PersonCard,
    /// The document in which it lives on, if the asking person may see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<TitledDocument>,
    /// The session in which it was shown, if the asking person may see its board: `document` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<TutoringId>,
    /// The item that was made of it, if the asking person may see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<TitledItem>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitledDocument {
    pub id: DocumentId,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitledItem {
    pub id: ItemId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
}

/// `GET /api/items/{item}/uses`: the reuse chain, up and down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// What it was made from, the oldest first, as far as the asking person may see.
    pub origins: Vec<TitledItem>,
    /// Newest first, at most 200.
    pub uses: Vec<UseLine>,
    pub adopters: u32,
    pub downloads: u32,
}

/// `GET /api/search?q=&in=&sort=&after=&limit=` and any number of `kind=`, `subject=` … by the names of [`Facet`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// All that fit, not only those on this page.
    pub total: u32,
    /// Little fitted all the words, so these fit some of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relaxed: bool,
    /// There was no time to look through everything, so more may fit: one word more helps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    pub hits: Vec<Hit>,
    /// Of each facet the values that are there, most first, at most 30.
    #[serde(default)]
    pub facets: BTreeMap<Facet, Vec<NamedCount>>,
    /// People whom the words may mean, at most 5, on the first page only.
    #[serde(default)]
    pub people: Vec<PersonCard>,
    /// All of them.
    #[serde(default)]
    pub people_total: u32,
}

/// A value of a facet as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCount {
    #[serde(flatten)]
    pub count: FacetCount,
    /// Empty if the value is its own name or the page knows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Of schools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    #[serde(flatten)]
    pub what: Found,
    /// Beside the `title` of the item or document, which has no marks.
    #[serde(rename = "marked")]
    pub title: Vec<Piece>,
    /// A passage of the text that fits the words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snippet: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Found {
    Item(Box<ItemCard>),
    Document(Box<DocumentCard>),
    Collection(Box<CollectionCard>),
    Question(Box<FoundQuestion>),
}

/// `GET /api/items/{item}/versions/{version}/files/{place}/text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// What was read out of the file, at most 1 MiB.
    pub text: String,
}

/// `GET /api/items/{item}/versions/{version}/content`: what stood in the document that it was published from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenContent {
    /// A fragment that our own export made: nothing in it runs.
    pub html: String,
    /// The same as the editor has it.
    pub content: Node,
}

/// `GET /api/library`: what the page needs beside results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryView {
    pub subjects: Vec<String>,
    pub domains: Vec<String>,
    pub stages: Vec<StageLine>,
    pub lesson_types: Vec<String>,
    /// Where the asking person may put something, their own shelf first.
    pub shelves: Vec<ShelfCard>,
    /// The schools and groups that a search can be kept to: those of the asking person.
    pub schools: Vec<SchoolCard>,
    pub groups: Vec<ShelfCard>,
    /// Editions and volumes; units and lessons are asked for by volume.
    pub taxa: Vec<Taxon>,
    /// Whether the asking person keeps the textbooks.
    #[serde(default)]
    pub keeps_textbooks: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageLine {
    pub name: String,
    pub grades: Vec<String>,
}

/// `GET /api/library/taxonomy?under=`: units and lessons of a volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxonList {
    pub taxa: Vec<Taxon>,
}

/// `GET /api/library/schools`: schools whose exchange somebody may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibrarySchools {
    /// One's own first.
    pub schools: Vec<LibrarySchool>,
    /// Whether the caller says how much schools may keep.
    pub sets_room: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibrarySchool {
    pub school: SchoolCard,
    /// Whether the caller may see how much it keeps.
    pub keeps_room: bool,
}

/// `GET /api/library/exchange?school=`: what a school gave to others and took from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub school: SchoolCard,
    /// People of other schools who took something of this school's into their own work.
    pub given: u32,
    /// … and people of this school who took something of others.
    pub taken: u32,
    pub given_to: Vec<ExchangeLine>,
    pub taken_from: Vec<ExchangeLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeLine {
    pub school: SchoolCard,
    pub uses: u32,
    /// The items with most uses, as evidence, at most 5.
    pub items: Vec<TitledItem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_read_as_it_is_written() {
        let card = r#"{"type":"item","id":"a1","kind":"courseware","title":"折纸认分数","authors":[{"type":"name","is":"某老师"}],
            "shelf":{"shelf":{"type":"school","id":"beiguan"},"name":"北关小学"},"placing":{},"changed":0,"version":1,
            "bytes":9,"uses":0,"mine":false,"marked":[{"text":"折纸认"},{"text":"分数","hit":true}]}"#;
        let hit: Hit = serde_json::from_str(card).unwrap();
        assert!(hit.title[1].hit);
        let again: Hit = serde_json::from_str(&serde_json::to_string(&hit).unwrap()).unwrap();
        assert_eq!(again, hit);
    }
}
