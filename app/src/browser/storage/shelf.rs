//! One person's shelf for one document.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use idb::{KeyRange, Query};
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use shared::words::{DocumentId, Epoch, UserId};
use wasm_bindgen::prelude::*;

use super::{Base, DOCUMENTS, DRAFTS, Draft, KEPT, Refused, RowName};
use super::{bytes, clock, committed, database, joined, range, read, records, write};
use crate::browser::locks::{Claim, claim};

const BASE: &str = "base";

/// An update that a page load kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub n: u64,
    pub update: Vec<u8>,
}

/// What a page load that has ended, or may have, left on the shelf.
#[derive(Debug, Clone)]
pub struct LeftPage {
    pub page: String,
    /// It has ended for sure, and nobody else takes it over.
    pub is_ours: bool,
    pub remembered: Remembered,
    /// The whole document as it was when edits began to wait.
    pub base: Option<Vec<u8>>,
    /// In their order.
    pub rows: Vec<Kept>,
    _claim: Claim,
}

impl LeftPage {
    /// What a page left of which nobody knows whether it lives.
    #[cfg(test)]
    pub fn of_nobody(page: &str, remembered: Remembered, base: Option<Vec<u8>>, rows: Vec<Kept>) -> Self {
        Self { page: page.to_owned(), is_ours: false, remembered, base, rows, _claim: Claim::Unknown }
    }
}

/// What a page load remembers beside the edits it keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    pub title: String,
    pub epoch: Option<Epoch>,
    /// The text with the edits that waited, as the first build wrote it down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

#[derive(Clone)]
pub struct Shelf {
    database: Base,
    /// [person, document]
    place: Array,
    page: String,
    /// Held until the page is left and its last edit is kept.
    _claim: Claim,
}

impl Shelf {
    pub async fn open(person: &UserId, document: &DocumentId) -> Result<Self, Refused> {
        let database = database().await?;
        let page = format!("{:x}", clock::fresh_client_id());
        let claim = claim(&lock_of(&page)).await;
        let place = Array::of2(&JsValue::from_str(person.as_str()), &JsValue::from_str(document.as_str()));
        Ok(Self { database, place, page, _claim: claim })
    }

    /// The name of this page load.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// What page loads that live no more have left, and the drafts. What a draft holds already is passed over.
    pub async fn left(&self) -> Result<(Vec<LeftPage>, Vec<Draft>), Refused> {
        let transaction = self.database.reads(&[KEPT, DOCUMENTS, DRAFTS])?;
        let rows = records(&transaction, KEPT, &self.place).await?;
        let memories = records(&transaction, DOCUMENTS, &self.place).await?;
        let drafts = records(&transaction, DRAFTS, &self.place).await?;
        let drafts: Vec<Draft> = drafts.iter().filter_map(|(_, value)| Draft::read(value)).collect();

        let set_aside: BTreeSet<&RowName> = drafts.iter().flat_map(|draft| &draft.left_behind).collect();
        let mut pages: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
        for (key, value) in &rows {
            let (Some(row), Some(update)) = (RowName::read(key), bytes(value)) else { continue };
            if !set_aside.contains(&row) {
                pages.entry(row.page).or_default().push(Kept { n: row.n, update });
            }
        }
        let mut bases = BTreeMap::new();
        let mut remembered: BTreeMap<Option<String>, Remembered> = BTreeMap::new();
        for (key, value) in &memories {
            let page = key.get(2).as_string();
            match (page, bytes(value)) {
                (Some(page), Some(base)) => drop(bases.insert(page, base)),
                (page, _) => remembered.extend(read(value).map(|memory| (page, memory))),
            }
        }
        let mut left = Vec::new();
        for (page, rows) in pages {
            let claim = claim(&lock_of(&page)).await;
            let is_ours = match claim {
                Claim::Ours { .. } => true,
                Claim::Unknown => false,
                Claim::Taken => continue,
            };
            // The first build had one memory for all pages.
            let memory = remembered.get(&Some(page.clone())).or_else(|| remembered.get(&None));
            let (remembered, base) = (memory.cloned().unwrap_or_default(), bases.remove(&page));
            left.push(LeftPage { page, is_ours, remembered, base, rows, _claim: claim });
        }
        Ok((left, drafts))
    }

    /// Keeps updates of this page by their numbers, and what goes with them, all or none. When it returns, they survive
    /// the tab, the browser and a power cut.
    pub async fn keep(&self, rows: &[(u64, Bytes)], remembered: &Remembered) -> Result<(), Refused> {
        let transaction = self.database.writes(&[KEPT, DOCUMENTS])?;
        let store = transaction.object_store(KEPT)?;
        let memory = Some(self.of_page(&self.page).into());
        let memory = transaction.object_store(DOCUMENTS)?.put(&write(remembered), memory.as_ref())?.into_future();
        // All are asked for at once: a page that goes away asks for nothing more.
        let mut puts = vec![memory];
        for (n, update) in rows {
            puts.push(store.put(&Uint8Array::from(update.as_ref()), Some(&self.row(*n as f64)))?.into_future());
        }
        for put in puts {
            put.await?;
        }
        committed(transaction.await?)
    }

    /// Keeps the whole document that the kept updates build on, as long as there are any.
    /// Returns whether there were.
    pub async fn keep_base(&self, base: &[u8]) -> Result<bool, Refused> {
        let transaction = self.database.writes(&[KEPT, DOCUMENTS])?;
        let rows = Query::KeyRange(range(&self.of_page(&self.page))?);
        let any = transaction.object_store(KEPT)?.count(Some(rows))?.await? > 0;
        if any {
            let key = joined(&self.of_page(&self.page), &[JsValue::from_str(BASE)]);
            transaction.object_store(DOCUMENTS)?.put(&Uint8Array::from(base), Some(&key))?.await?;
        }
        committed(transaction.await?).map(|()| any)
    }

    /// The server has everything up to `n` of this page.
    pub async fn forget(&self, upto: u64) -> Result<(), Refused> {
        let transaction = self.database.writes(&[KEPT, DOCUMENTS])?;
        let rows = transaction.object_store(KEPT)?;
        let saved = KeyRange::bound(&self.row(0.0), &self.row(upto as f64), None, None)?;
        rows.delete(Query::KeyRange(saved))?.await?;
        if rows.count(Some(Query::KeyRange(range(&self.of_page(&self.page))?)))?.await? == 0 {
            let memory = Query::KeyRange(range(&self.of_page(&self.page))?);
            transaction.object_store(DOCUMENTS)?.delete(memory)?.await?;
        }
        committed(transaction.await?)
    }

    /// The server has all of these, whoever lives: it was in the difference it got.
    pub async fn forget_left(&self, left: &[LeftPage]) -> Result<(), Refused> {
        let transaction = self.database.writes(&[KEPT, DOCUMENTS])?;
        let rows = transaction.object_store(KEPT)?;
        let memories = transaction.object_store(DOCUMENTS)?;
        for page in left {
            let of_page = self.of_page(&page.page);
            for Kept { n, update: _ } in &page.rows {
                rows.delete(joined(&of_page, &[JsValue::from_f64(*n as f64)]))?.await?;
            }
            if page.is_ours {
                memories.delete(Query::KeyRange(range(&of_page)?))?.await?;
            }
        }
        if rows.count(Some(Query::KeyRange(range(&self.place)?)))?.await? == 0 {
            memories.delete(Query::KeyRange(range(&self.place)?))?.await?;
        }
        committed(transaction.await?)
    }

    /// Keeps a draft and takes off the shelf what it holds, both or neither: all edits of these `pages`.
    pub async fn set_aside(&self, draft: &Draft, pages: &[String]) -> Result<(), Refused> {
        let transaction = self.database.writes(&[KEPT, DOCUMENTS, DRAFTS])?;
        let key = draft.key(&self.place);
        transaction.object_store(DRAFTS)?.put(&draft.write(), Some(&key))?.await?;
        for page in pages {
            for store in [KEPT, DOCUMENTS] {
                let all = Query::KeyRange(range(&self.of_page(page))?);
                transaction.object_store(store)?.delete(all)?.await?;
            }
        }
        committed(transaction.await?)
    }

    /// Notes where a draft has been put.
    pub async fn note_moved(&self, moved: &Draft) -> Result<(), Refused> {
        let transaction = self.database.writes(&[DRAFTS])?;
        let (store, key) = (transaction.object_store(DRAFTS)?, moved.key(&self.place));
        if store.get(key.clone())?.await?.is_some() {
            store.put(&moved.write(), Some(&key))?.await?;
        }
        committed(transaction.await?)
    }

    /// Takes a draft away, and what it left behind. Only its author may wish that.
    pub async fn drop_draft(&self, draft: &Draft) -> Result<(), Refused> {
        let transaction = self.database.writes(&[KEPT, DRAFTS])?;
        draft.delete(&transaction, &self.place).await?;
        committed(transaction.await?)
    }

    /// [person, document, page]
    fn of_page(&self, page: &str) -> Array {
        joined(&self.place, &[JsValue::from_str(page)]).unchecked_into()
    }

    fn row(&self, n: f64) -> JsValue {
        joined(&self.of_page(&self.page), &[JsValue::from_f64(n)])
    }
}

fn lock_of(page: &str) -> String {
    format!("gongbei page {page}")
}
