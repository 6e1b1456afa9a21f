//! The library as stored: items with their versions, what became of them, and what is to be found.

use std::collections::BTreeMap;

use async_trait::async_trait;
use shared::access::{DocumentAccess, Right, right};
use shared::api::{Author, Deed};
use shared::library::{FileFacts, ItemKind, Licence, Placing, Tag, Taxon};
use shared::organisation::{Directory, Shelf};
use shared::words::{
    BlobId, DocumentId, DocumentKind, ItemId, RegionId, SchoolId, TaxonId, Title, TutoringId, UnixMillis, UploadId,
    UserId,
};

use super::{
    AnsweredQuestion, AuditEntry, DocumentHandle, LineWords, Organisation, Rendition, Result, StoredCollection,
    StoredFile,
};
use crate::clock;
use crate::wish::Wish;

/// Items, what they are made of, and what was done with them.
#[async_trait]
pub trait Library: Send + Sync {
    /// The textbooks of a region.
    async fn taxa(&self, region: &RegionId) -> Result<Vec<Taxon>>;
    /// Replaces them.
    async fn set_taxa(&self, region: &RegionId, taxa: &[Taxon]) -> Result<()>;
    /// Adds and changes some, with a line in the audit log. What lies at `touched` is found anew, by other names.
    async fn put_taxa(&self, region: &RegionId, taxa: &[Taxon], touched: &[TaxonId], line: AuditEntry) -> Result<()>;

    /// `false`, and nothing is stored, if one of its uploads is not theirs, not ready, or used up.
    async fn add_item(&self, item: NewItem) -> Result<bool>;
    /// The item that this person has made of the upload already.
    async fn made_of_upload(&self, upload: &UploadId, person: &UserId) -> Result<Option<ItemId>>;
    /// Puts in many at once, all or none: a library that comes as a whole. They leave no lines in the audit log.
    async fn put_in(&self, deposits: &[Deposit]) -> Result<()>;
    /// What the judge needs. Ask [`ItemHandle::open`] instead, unless you are the judge's clerk.
    async fn item_facts(&self, id: &ItemId) -> Result<Option<ItemFacts>>;
    /// What was asked for when it was made; `None` if that is not known.
    async fn item_wish(&self, id: &ItemId) -> Result<Option<Wish>>;
    /// Items whose facts are at hand, in the order of the ids; those that are gone are left out.
    async fn items(&self, ids: &[ItemId]) -> Result<Vec<StoredItem>>;
    /// What was published from the document last and is not in the bin, newest first.
    async fn published_from(&self, document: &DocumentHandle, limit: u32) -> Result<Vec<StoredItem>>;
    /// Its versions, newest first.
    async fn versions(&self, item: &ItemHandle) -> Result<Vec<StoredVersion>>;
    async fn item_file(&self, item: &ItemHandle, version: u32, place: u32) -> Result<Option<ItemFile>>;
    /// What stood in the document, as JSON.
    async fn content(&self, item: &ItemHandle, version: u32) -> Result<Option<String>>;
    /// An image in what was published from a document.
    async fn item_image(&self, item: &ItemHandle, blob: &BlobId) -> Result<Option<ItemImage>>;
    async fn item_images(&self, item: &ItemHandle) -> Result<Vec<ItemImage>>;

    /// `false`, and nothing is stored, if its words are not at `revision` any more.
    async fn change_item(&self, item: Tending<'_>, words: &Words, revision: u64, at: UnixMillis) -> Result<bool>;
    /// Gives the number of the new version; `None`, and nothing is stored, for uploads as in [`Library::add_item`].
    async fn add_version(&self, item: Tending<'_>, version: NewVersion) -> Result<Option<u32>>;
    async fn move_item(&self, item: Keeping<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()>;
    async fn bin_item(&self, item: Keeping<'_>, at: UnixMillis) -> Result<()>;
    async fn unbin_item(&self, item: Keeping<'_>, at: UnixMillis) -> Result<()>;

    /// What is written in a version, at most a million characters.
    async fn said_in(&self, item: &ItemHandle, version: u32) -> Result<String>;
    /// Once for the same deed by the same person with the same version in the same document.
    async fn note_use(&self, one: NewUse) -> Result<()>;
    /// Newest first.
    async fn uses(&self, item: &ItemHandle, limit: u32) -> Result<Vec<StoredUse>>;
    /// How many people took it into their own work, and how many took it away.
    async fn use_counts(&self, item: &ItemHandle) -> Result<(u32, u32)>;
    /// Uses across schools in which the school gave or took, newest first.
    async fn uses_with(&self, school: &SchoolId, limit: u32) -> Result<Vec<CrossUse>>;
}

/// What is to be found, for an index beside the store.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// The newest stamp.
    async fn stamp(&self) -> Result<u64>;
    /// Entries after this stamp and number, in the order of both.
    async fn entries_after(&self, after: (u64, u32), limit: u32) -> Result<Vec<StoredEntry>>;
    /// What is written in them, by number: of each the first so many characters, a file that is in it twice once.
    async fn entry_texts(&self, numbers: &[u32], most: u32) -> Result<BTreeMap<u32, String>>;
    /// Another one for each database that was begun anew.
    async fn catalogue_life(&self) -> Result<String>;
    /// Documents whose text was read before their last change, if that was before `quiet` or the text is from before
    /// `long_ago`; the last changed first.
    async fn unread_documents(
        &self,
        quiet: UnixMillis,
        long_ago: UnixMillis,
        limit: u32,
    ) -> Result<Vec<(DocumentId, UnixMillis)>>;
    /// Takes down what is written in documents, and counts anew what was taken into those that hold other items now.
    async fn set_document_texts(&self, texts: &[DocumentText]) -> Result<()>;
}

/// What is written in a document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentText {
    pub document: DocumentId,
    /// The last change that is in it.
    pub at: UnixMillis,
    pub text: String,
    /// Items that it leads to, in the order of their ids and each once.
    pub items: Vec<ItemId>,
}

/// What is said of an item, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    pub kind: ItemKind,
    pub title: Title,
    pub description: String,
    pub authors: Vec<Author>,
    pub licence: Licence,
    pub source: String,
    pub placing: Placing,
    pub tags: Vec<Tag>,
}

pub struct NewItem {
    pub id: ItemId,
    pub words: Words,
    pub author: UserId,
    pub shelf: Shelf,
    pub school: Option<SchoolId>,
    pub adapted_from: Option<ItemId>,
    /// Why it is made, if somebody may ask for it again.
    pub wish: Option<Wish>,
    pub version: NewVersion,
}

/// An item with all that it has become already.
pub struct Deposit {
    pub item: NewItem,
    /// After the first, in their order.
    pub versions: Vec<NewVersion>,
    pub uses: Vec<NewUse>,
    /// The files that its versions name; their bytes are kept already.
    pub files: Vec<StoredFile>,
}

/// A version on its way in.
pub struct NewVersion {
    pub by: UserId,
    pub at: UnixMillis,
    pub note: String,
    pub substance: NewSubstance,
}

pub enum NewSubstance {
    /// Uploads of theirs that are ready; they are used up by it.
    Uploads(Vec<UploadId>),
    Files(Vec<NamedFile>),
    /// What stands in a document, as JSON and as plain text, with its images.
    Written {
        document: DocumentId,
        content: String,
        text: String,
        images: Vec<ItemImage>,
    },
    Nothing,
}

/// A file that is here, under the name that it has in an item.
pub struct NamedFile {
    pub name: String,
    pub blob: BlobId,
    /// What the name claims, under which the file was read.
    pub claim: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemImage {
    pub blob: BlobId,
    pub media_type: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// An item as the judge needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    pub access: DocumentAccess,
    pub kind: ItemKind,
    pub title: Title,
    pub version: u32,
    pub school: Option<SchoolId>,
    pub licence: Licence,
    pub document: Option<DocumentId>,
}

/// All that is said of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredItem {
    pub id: ItemId,
    pub words: Words,
    pub author: UserId,
    pub shelf: Shelf,
    pub school: Option<SchoolId>,
    pub created: UnixMillis,
    pub changed: UnixMillis,
    pub version: u32,
    pub document: Option<DocumentId>,
    pub adapted_from: Option<ItemId>,
    pub binned: Option<UnixMillis>,
    pub uses: u32,
    pub revision: u64,
    /// Of the first file of the newest version.
    pub file: Option<FileFacts>,
    /// Of all its files.
    pub bytes: u64,
}

impl StoredItem {
    pub fn access(&self) -> DocumentAccess {
        DocumentAccess {
            author: self.author.clone(),
            shelf: self.shelf.clone(),
            shares: Vec::new(),
            binned: self.binned.is_some(),
            session: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredVersion {
    pub number: u32,
    pub at: UnixMillis,
    pub author: UserId,
    pub note: String,
    pub written: bool,
    pub files: Vec<ItemFile>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ItemFile {
    pub place: u32,
    pub name: String,
    pub blob: BlobId,
    pub bytes: u64,
    /// Under which it was read.
    pub claim: String,
    pub facts: FileFacts,
    pub thumbnail: Option<BlobId>,
    /// What is known of something smaller.
    pub rendition: Option<Rendition>,
}

pub struct NewUse {
    pub item: ItemId,
    pub version: u32,
    pub deed: Deed,
    pub person: UserId,
    pub school: Option<SchoolId>,
    pub document: Option<DocumentId>,
    pub adapted: Option<ItemId>,
    pub quote: String,
    pub at: UnixMillis,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredUse {
    pub version: u32,
    pub deed: Deed,
    pub person: UserId,
    pub document: Option<DocumentId>,
    /// The session whose board the document is.
    pub session: Option<TutoringId>,
    pub adapted: Option<ItemId>,
    pub quote: String,
    pub at: UnixMillis,
}

/// Somebody of one school adopted what comes from another.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossUse {
    pub item: ItemId,
    pub from: SchoolId,
    pub to: SchoolId,
    pub person: UserId,
}

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEntry {
    pub number: u32,
    pub stamp: u64,
    /// `None` if it is no more.
    pub what: Option<Findable>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Findable {
    Item(Box<StoredItem>),
    Document { id: DocumentId, kind: DocumentKind, title: Title, access: DocumentAccess, changed: UnixMillis },
    Collection(Box<StoredCollection>, Vec<LineWords>),
    Question(Box<AnsweredQuestion>),
}

/// An item together with the right one person has on it. Only [`ItemHandle::open`] makes one.
#[derive(Debug, Clone)]
pub struct ItemHandle {
    id: ItemId,
    person: UserId,
    right: Right,
    facts: ItemFacts,
}

/// Proof of the right to change its words and to add versions.
#[derive(Clone, Copy)]
pub struct Tending<'a>(&'a ItemHandle);

/// Proof that one may say something of it.
#[derive(Clone, Copy)]
pub struct Speaking<'a>(&'a ItemHandle);

/// Proof of the right to move it, to take it out, and to put it back.
#[derive(Clone, Copy)]
pub struct Keeping<'a>(&'a ItemHandle);

impl ItemHandle {
    /// Asks the judge. `None` says the same for an item that is absent and for one that is forbidden.
    pub async fn open(
        store: &(impl Library + Organisation + ?Sized),
        person: &UserId,
        id: &ItemId,
    ) -> Result<Option<Self>> {
        let Some(facts) = store.item_facts(id).await? else { return Ok(None) };
        Ok(Self::judge(&store.directory(), person, id, facts))
    }

    fn judge(directory: &Directory, person: &UserId, id: &ItemId, facts: ItemFacts) -> Option<Self> {
        let right = right(directory, person, &facts.access, clock::now())?;
        Some(Self { id: id.clone(), person: person.clone(), right, facts })
    }

    pub fn id(&self) -> &ItemId {
        &self.id
    }

    /// Whose handle this is.
    pub fn person(&self) -> &UserId {
        &self.person
    }

    pub fn right(&self) -> Right {
        self.right
    }

    pub fn facts(&self) -> &ItemFacts {
        &self.facts
    }

    pub fn tending(&self) -> Option<Tending<'_>> {
        (self.right.may_edit() && !self.facts.access.binned).then_some(Tending(self))
    }

    /// Whoever sees it may speak of it, unless it lies in the bin.
    pub fn speaking(&self) -> Option<Speaking<'_>> {
        (!self.facts.access.binned).then_some(Speaking(self))
    }

    pub fn manages(&self) -> bool {
        self.right >= Right::Manage
    }

    pub fn keeping(&self) -> Option<Keeping<'_>> {
        self.manages().then_some(Keeping(self))
    }
}

impl Tending<'_> {
    pub fn id(&self) -> &ItemId {
        &self.0.id
    }

    pub fn person(&self) -> &UserId {
        &self.0.person
    }
}

impl Speaking<'_> {
    pub fn id(&self) -> &ItemId {
        &self.0.id
    }

    pub fn person(&self) -> &UserId {
        &self.0.person
    }
}

impl Keeping<'_> {
    pub fn id(&self) -> &ItemId {
        &self.0.id
    }

    pub fn person(&self) -> &UserId {
        &self.0.person
    }
}
