//! What was found, as cards for whoever asked.

use std::collections::HashMap;

use axum::Json;
use shared::api::{DocumentCard, FoundEntry, FoundQuestion};
use shared::words::{CollectionId, DocumentId, ItemId, QuestionId};

use super::refusal::Refusal;
use super::{collections, documents, items};
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::library::cards::Reader;
use crate::library::catalogue::titled;
use crate::library::collection_texts::readable;
use crate::store::{CollectionHandle, DocumentHandle};

/// Cards by the search's keys. Each is judged again: between the search and this moment a right may have gone.
pub struct FoundCards(HashMap<String, FoundCard>);

pub struct FoundCard {
    pub what: FoundEntry,
    pub title: String,
    /// What stands in it that not everybody may read who sees it, as far as the asker may.
    lines: String,
}

impl FoundCard {
    /// All of the text that a snippet may come from.
    pub fn text(&self, mut shared: String) -> String {
        if !shared.is_empty() && !self.lines.is_empty() {
            shared.push('\n');
        }
        shared + &self.lines
    }
}

impl FoundCards {
    pub async fn read(app: &SharedApp, caller: &Caller, keys: impl Iterator<Item = &str>) -> Result<Self, Refusal> {
        let (mut items, mut documents, mut collections, mut questions) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            match key.split_once(':') {
                Some(("item", id)) => items.extend(id.parse::<ItemId>()),
                Some(("document", id)) => documents.extend(id.parse::<DocumentId>()),
                Some(("collection", id)) => collections.extend(id.parse::<CollectionId>()),
                Some(("question", id)) => questions.extend(id.parse::<QuestionId>()),
                Some(_) | None => {}
            }
        }
        let mut found = Self(HashMap::new());
        found.add_items(app, caller, &items).await?;
        found.add_documents(app, caller, &documents).await?;
        found.add_collections(app, caller, &collections).await?;
        found.add_questions(app, caller, &questions).await?;
        Ok(found)
    }

    pub fn take(&mut self, key: &str) -> Option<FoundCard> {
        self.0.remove(key)
    }

    async fn add_items(&mut self, app: &SharedApp, caller: &Caller, ids: &[ItemId]) -> Result<(), Refusal> {
        let directory = app.store.directory();
        let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
        for item in app.store.items(ids).await? {
            if items::sees(app, caller, &item.access()) {
                let (what, title) = (FoundEntry::Item(Box::new(reader.item(&item))), item.words.title.as_str());
                self.add(format!("item:{}", item.id), what, title.to_owned(), String::new());
            }
        }
        Ok(())
    }

    async fn add_documents(&mut self, app: &SharedApp, caller: &Caller, ids: &[DocumentId]) -> Result<(), Refusal> {
        for id in ids {
            let Some(handle) = DocumentHandle::open(&*app.store, &caller.person, id).await? else { continue };
            let Json(card): Json<DocumentCard> = documents::card(app, &handle).await?;
            let title = card.title.clone();
            self.add(format!("document:{id}"), FoundEntry::Document(Box::new(card)), title, String::new());
        }
        Ok(())
    }

    async fn add_collections(&mut self, app: &SharedApp, caller: &Caller, ids: &[CollectionId]) -> Result<(), Refusal> {
        if ids.is_empty() {
            return Ok(());
        }
        let directory = app.store.directory();
        let curated = collections::curated(app, caller, &directory);
        let stored = app.store.collections(ids).await?.into_iter().filter(|stored| stored.binned.is_none());
        let handles: Vec<_> =
            stored.filter_map(|stored| CollectionHandle::judge(&directory, &caller.person, stored)).collect();
        let mut lines = app.store.words_in(ids).await?;
        for card in curated.cards(&handles, None).await? {
            let lines = readable(&lines.remove(&card.id).unwrap_or_default(), |access| curated.sees(access));
            let (key, title) = (format!("collection:{}", card.id), card.title.clone());
            self.add(key, FoundEntry::Collection(Box::new(card)), title, lines);
        }
        Ok(())
    }

    async fn add_questions(&mut self, app: &SharedApp, caller: &Caller, ids: &[QuestionId]) -> Result<(), Refusal> {
        if ids.is_empty() {
            return Ok(());
        }
        let directory = app.store.directory();
        let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
        for question in app.store.answered_questions(ids).await? {
            if !items::sees(app, caller, &question.access) {
                continue;
            }
            let (key, title) = (format!("question:{}", question.id), titled(&question.text));
            let card = FoundQuestion {
                id: question.id,
                session: question.session,
                text: question.text,
                asked_in: question.title,
                host: reader.person(&question.host),
                placing: question.placing,
                answered: question.answered,
                moment: question.moment,
                answer: question.answer,
            };
            self.add(key, FoundEntry::Question(Box::new(card)), title, String::new());
        }
        Ok(())
    }

    fn add(&mut self, key: String, what: FoundEntry, title: String, lines: String) {
        self.0.insert(key, FoundCard { what, title, lines });
    }
}
