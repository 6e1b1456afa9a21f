//! Wishes that come a second time, as the answer to the first was lost on the line.

use std::str::FromStr;

use serde::Serialize;
use shared::access::DocumentAccess;
use shared::organisation::Shelf;
use shared::words::{CollectionId, DocumentId, ItemId, Title, UploadId, UserId};

use super::refusal::Refusal;
use crate::app::App;
use crate::secret;
use crate::store::{DocumentHandle, ItemHandle};
use crate::wish::Wish;

/// What the same item would say again.
pub struct Repeats<'a> {
    pub app: &'a App,
    pub person: &'a UserId,
    pub title: &'a Title,
    pub shelf: &'a Shelf,
    pub wish: Wish,
}

impl Repeats<'_> {
    /// Whether they have made the item of this name already.
    ///
    /// # Errors
    /// If something else has the name, or they made it otherwise.
    pub async fn item_is_made(&self, id: &ItemId) -> Result<bool, Refusal> {
        let Some(facts) = self.app.store.item_facts(id).await? else { return Ok(false) };
        let wish = self.app.store.item_wish(id).await?;
        self.same(&facts.access, &facts.title, wish).map(|()| true)
    }

    /// The same of a collection.
    pub async fn collection_is_made(&self, id: &CollectionId) -> Result<bool, Refusal> {
        let stored = self.app.store.collections(std::slice::from_ref(id)).await?;
        let Some(stored) = stored.first() else { return Ok(false) };
        let wish = self.app.store.collection_wish(id).await?;
        self.same(&stored.access(), &stored.title, wish).map(|()| true)
    }

    /// The same of a document.
    pub async fn document_is_made(&self, id: &DocumentId) -> Result<bool, Refusal> {
        let Some(facts) = self.app.store.facts(id).await? else { return Ok(false) };
        let wish = self.app.store.document_wish(id).await?;
        self.same(&facts.access, &facts.title, wish).map(|()| true)
    }

    fn same(&self, access: &DocumentAccess, title: &Title, wish: Option<Wish>) -> Result<(), Refusal> {
        let same = match wish {
            Some(wish) => wish == self.wish,
            // Of what is older only this is known.
            None => title == self.title && access.shelf == *self.shelf,
        };
        match () {
            () if access.author != *self.person => Err(Refusal::IdTaken),
            () if !same => Err(Refusal::SentOtherwise),
            () => Ok(()),
        }
    }

    /// The item that they have made of just these uploads already.
    pub async fn made_of(&self, uploads: &[UploadId]) -> Result<Option<ItemId>, Refusal> {
        let Some(id) = all_made(self.app, self.person, uploads).await? else { return Ok(None) };
        let items = self.app.store.items(std::slice::from_ref(&id)).await?;
        let same = items.first().is_some_and(|item| item.words.title == *self.title && item.shelf == *self.shelf);
        Ok(same.then_some(id))
    }

    /// The item that they have made of this document already, if it still says the same.
    pub async fn published(&self, document: &DocumentId, text: &str) -> Result<Option<ItemId>, Refusal> {
        let Some(handle) = DocumentHandle::open(&*self.app.store, self.person, document).await? else {
            return Ok(None);
        };
        for item in self.app.store.published_from(&handle, LOOKED_AT).await? {
            if item.author != *self.person || item.words.title != *self.title || item.shelf != *self.shelf {
                continue;
            }
            let Some(known) = ItemHandle::open(&*self.app.store, self.person, &item.id).await? else { continue };
            if self.app.store.said_in(&known, item.version).await?.trim() == text.trim() {
                return Ok(Some(item.id));
            }
        }
        Ok(None)
    }
}

/// What is asked for; `of` is the sort of thing, and what it is made from.
pub fn wish(of: &[&str], asked: &impl Serialize) -> Result<Wish, Refusal> {
    Wish::of(of, asked).map_err(|_| Refusal::Internal)
}

/// The name that the asker has given, or a new one.
pub fn named<T: FromStr>(id: Option<T>) -> Result<T, Refusal> {
    id.map_or_else(|| secret::random_id().parse(), Ok).map_err(|_| Refusal::Internal)
}

/// Items of one document that are compared.
const LOOKED_AT: u32 = 20;

/// The one item that all of these uploads have become.
pub async fn all_made(app: &App, person: &UserId, uploads: &[UploadId]) -> Result<Option<ItemId>, Refusal> {
    let mut made = None;
    for upload in uploads {
        let item = app.store.made_of_upload(upload, person).await?;
        if item.is_none() || made.as_ref().is_some_and(|made| Some(made) != item.as_ref()) {
            return Ok(None);
        }
        made = item;
    }
    Ok(made)
}
