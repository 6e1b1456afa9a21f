//! Wishes that come a second time, as the answer to the first was lost on the line.

use shared::organisation::Shelf;
use shared::words::{DocumentId, ItemId, Title, UploadId, UserId};

use super::refusal::Refusal;
use crate::app::App;
use crate::store::{DocumentHandle, ItemHandle};

/// What the same item would say again.
pub struct Repeats<'a> {
    pub app: &'a App,
    pub person: &'a UserId,
    pub title: &'a Title,
    pub shelf: &'a Shelf,
}

impl Repeats<'_> {
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
