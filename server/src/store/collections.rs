//! Collections as stored, the menus of the terms, and [`CollectionHandle`], which only the judge gives out.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use shared::access::{DocumentAccess, Refused, Right, may_publish, right};
use shared::library::TermName;
use shared::organisation::{Directory, Shelf};
use shared::words::{CollectionId, ItemId, LineId, Title, UnixMillis, UserId};

use super::{Organisation, Result, StoredUse};
use crate::clock;
use crate::wish::Wish;

/// Collections, what is in them, and which of them are menus.
#[async_trait]
pub trait Collections: Send + Sync {
    async fn add_collection(&self, collection: NewCollection) -> Result<()>;
    /// Those that are there, in the order of the ids. What the judge needs is in them: ask [`CollectionHandle::open`]
    /// for one that somebody named.
    /// How many there are of this person's making that are not in the bin.
    async fn collections_made_by(&self, person: &UserId) -> Result<u64>;
    async fn collections(&self, ids: &[CollectionId]) -> Result<Vec<StoredCollection>>;
    /// What was asked for when it was made; `None` if that is not known.
    async fn collection_wish(&self, id: &CollectionId) -> Result<Option<Wish>>;
    /// Those on these shelves, the last changed first.
    async fn collections_on(&self, query: &CollectionQuery) -> Result<Vec<StoredCollection>>;
    /// The list, in its order.
    async fn lines(&self, collection: &CollectionHandle) -> Result<Vec<StoredLine>>;
    /// The items in collections with what the judge needs of them, without those in the bin.
    async fn items_in(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<(ItemId, DocumentAccess)>>>;

    /// What their lines say, in their order, without the notes on items in the bin.
    async fn words_in(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<LineWords>>>;

    /// Replaces words and list as `shared::library::merged` does.
    async fn change_collection(&self, collection: Curating<'_>, change: Curation, at: UnixMillis) -> Result<Saved>;
    /// Puts an item at the end, unless it is there.
    async fn add_line(&self, collection: Curating<'_>, item: &ItemId, note: &str, at: UnixMillis) -> Result<Saved>;
    /// To another shelf. What was a menu of the shelf it leaves is none any more.
    async fn move_collection(&self, collection: Disposing<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()>;
    async fn bin_collection(&self, collection: Disposing<'_>, at: UnixMillis) -> Result<()>;
    async fn unbin_collection(&self, collection: Disposing<'_>, at: UnixMillis) -> Result<()>;

    /// In place of the one before, if the shelf has one for this term.
    async fn publish_menu(&self, collection: Publishing<'_>, term: TermName, at: UnixMillis) -> Result<()>;
    async fn end_menu(&self, collection: Publishing<'_>, term: TermName, at: UnixMillis) -> Result<()>;
    /// The menus of these shelves, without those in the bin.
    async fn menus_of(&self, shelves: &[Shelf], term: TermName) -> Result<Vec<StoredMenu>>;
    /// For which terms collections are menus, the newest first.
    async fn terms_of(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<TermName>>>;
    /// Who took these into their own work from then on, without downloads and without the authors, newest first.
    async fn uses_since(&self, items: &[ItemId], since: UnixMillis, limit: u32) -> Result<Vec<(ItemId, StoredUse)>>;
}

pub struct NewCollection {
    pub id: CollectionId,
    pub title: Title,
    pub description: String,
    pub author: UserId,
    pub shelf: Shelf,
    pub lines: Vec<LineContent>,
    /// Why it is made, if somebody may ask for it again.
    pub wish: Option<Wish>,
    pub at: UnixMillis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineContent {
    Heading(String),
    Item { item: ItemId, note: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    pub id: LineId,
    pub content: LineContent,
    pub added: UnixMillis,
    pub by: UserId,
}

/// What a line says, and who may read it.
#[derive(Debug, Clone, PartialEq)]
pub enum LineWords {
    Heading(String),
    /// The note on an item: whoever sees the item sees it. Most are empty.
    Note(String, DocumentAccess),
}

/// What a collection is to become.
pub struct Curation {
    pub title: Title,
    pub description: String,
    /// Each with the line of the stored list that it is, if any: of that only the text is new.
    pub lines: Vec<(Option<LineId>, LineContent)>,
    pub seen: BTreeSet<LineId>,
    pub revision: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Stored,
    /// Somebody else has changed it, and nothing is stored.
    Stale,
    /// It would have too many lines, and nothing is stored.
    Full,
    /// The item is there with other words, and nothing is stored.
    Otherwise,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredCollection {
    pub id: CollectionId,
    pub title: Title,
    pub description: String,
    pub author: UserId,
    pub shelf: Shelf,
    pub created: UnixMillis,
    pub changed: UnixMillis,
    pub binned: Option<UnixMillis>,
    pub revision: u64,
}

impl StoredCollection {
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

/// Which collections to list; whether somebody may see them is for the judge to say.
pub struct CollectionQuery {
    pub shelves: BTreeSet<Shelf>,
    /// A part of the title; empty for all.
    pub words: String,
    pub binned: bool,
    /// Behind this one.
    pub after: Option<(UnixMillis, CollectionId)>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredMenu {
    pub collection: CollectionId,
    pub term: TermName,
    pub by: UserId,
    pub at: UnixMillis,
}

/// A collection together with the right one person has on it. Only [`CollectionHandle::open`] and
/// [`CollectionHandle::judge`] make one.
#[derive(Debug, Clone)]
pub struct CollectionHandle {
    person: UserId,
    right: Right,
    stored: StoredCollection,
}

/// Proof of the right to change its words and its list.
#[derive(Clone, Copy)]
pub struct Curating<'a>(&'a CollectionHandle);

/// Proof of the right to move it, to take it out, and to put it back.
#[derive(Clone, Copy)]
pub struct Disposing<'a>(&'a CollectionHandle);

/// Proof of the right to make it the menu of its shelf.
#[derive(Clone, Copy)]
pub struct Publishing<'a>(&'a CollectionHandle);

impl CollectionHandle {
    /// Asks the judge. `None` says the same for a collection that is absent and for one that is forbidden.
    pub async fn open(
        store: &(impl Collections + Organisation + ?Sized),
        person: &UserId,
        id: &CollectionId,
    ) -> Result<Option<Self>> {
        let stored = store.collections(std::slice::from_ref(id)).await?.pop();
        Ok(stored.and_then(|stored| Self::judge(&store.directory(), person, stored)))
    }

    /// The same for one that is at hand.
    pub fn judge(directory: &Directory, person: &UserId, stored: StoredCollection) -> Option<Self> {
        let right = right(directory, person, &stored.access(), clock::now())?;
        Some(Self { person: person.clone(), right, stored })
    }

    pub fn id(&self) -> &CollectionId {
        &self.stored.id
    }

    /// Whose handle this is.
    pub fn person(&self) -> &UserId {
        &self.person
    }

    pub fn right(&self) -> Right {
        self.right
    }

    pub fn stored(&self) -> &StoredCollection {
        &self.stored
    }

    pub fn curating(&self) -> Option<Curating<'_>> {
        (self.right.may_edit() && self.stored.binned.is_none()).then_some(Curating(self))
    }

    pub fn disposing(&self) -> Option<Disposing<'_>> {
        (self.right >= Right::Manage).then_some(Disposing(self))
    }

    pub fn publishing(&self, directory: &Directory) -> Result<Publishing<'_>, Refused> {
        may_publish(directory, &self.person, &self.stored.shelf, clock::now())?;
        if self.stored.binned.is_some() { Err(Refused::NotManaging) } else { Ok(Publishing(self)) }
    }
}

macro_rules! proofs {
    ($($name:ident)+) => {
        $(impl $name<'_> {
            pub fn id(&self) -> &CollectionId {
                &self.0.stored.id
            }

            pub fn shelf(&self) -> &Shelf {
                &self.0.stored.shelf
            }

            pub fn person(&self) -> &UserId {
                &self.0.person
            }
        })+
    };
}

proofs! { Curating Disposing Publishing }
