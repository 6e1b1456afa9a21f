//! What people subscribe to, and what has happened in the library, newest first.

use std::collections::BTreeSet;

use async_trait::async_trait;
use shared::access::DocumentAccess;
use shared::library::{TermName, Topic};
use shared::organisation::Shelf;
use shared::words::{CollectionId, ItemId, SchoolId, TaxonId, UnixMillis, UserId};

use super::Result;

/// Subscriptions, and what there is to tell of.
#[async_trait]
pub trait News: Send + Sync {
    /// In the order in which they were made.
    async fn subscriptions(&self, person: &UserId) -> Result<Vec<Topic>>;
    /// `false`, and nothing is stored, if the person has `most` already. Twice is once.
    async fn subscribe(&self, person: &UserId, topic: &Topic, most: usize, at: UnixMillis) -> Result<bool>;
    async fn unsubscribe(&self, person: &UserId, topic: &Topic) -> Result<()>;
    /// How far they have read; `None` if they never said so.
    async fn seen_up_to(&self, person: &UserId) -> Result<Option<UnixMillis>>;
    /// Never back.
    async fn mark_seen(&self, person: &UserId, up_to: UnixMillis) -> Result<()>;
    /// What happened, newest first, by others than the person who asks.
    async fn news(&self, reach: &Reach) -> Result<Vec<StoredNews>>;
}

/// What to look for. Wider than the judge is: each line is judged by itself.
pub struct Reach {
    pub person: UserId,
    /// Where items and collections lie.
    pub shelves: BTreeSet<Shelf>,
    /// Those of which single lines are told.
    pub collections: Vec<CollectionId>,
    pub since: UnixMillis,
    /// Behind this one.
    pub before: Option<(UnixMillis, String)>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredNews {
    pub at: UnixMillis,
    /// Names it among those of the same moment.
    pub key: String,
    pub by: UserId,
    /// Of the item or collection that it is about.
    pub access: DocumentAccess,
    pub of: NewsOf,
}

#[derive(Debug, Clone, PartialEq)]
pub enum NewsOf {
    Version {
        item: ItemId,
        number: u32,
        note: String,
        school: Option<SchoolId>,
        subject: String,
        taxon: Option<TaxonId>,
    },
    Collection(CollectionId),
    Menu {
        collection: CollectionId,
        term: TermName,
    },
    /// Lines that came into a collection at this moment.
    Lines {
        collection: CollectionId,
        items: Vec<ItemId>,
    },
}
