//! Edits that the server does not have yet, kept in this browser's IndexedDB.
//!
//! Everything lies under the person and the document: another person at the same computer never meets it. Each page
//! load keeps under a name of its own, so that two tabs, or a cloned one, never number over each other.

use idb::{Database, DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, TransactionMode};
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use shared::words::{DocumentId, Epoch, UserId};
use wasm_bindgen::prelude::*;

use super::clock;

const NAME: &str = "gongbei";
const VERSION: u32 = 1;
/// [person, document, page, n] → the update's bytes.
const KEPT: &str = "kept";
/// [person, document] → [`Remembered`] as JSON.
const DOCUMENTS: &str = "documents";
/// [person, document, time] → [`Draft`] as JSON.
const DRAFTS: &str = "drafts";

/// The browser does not store: refused, broken or full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl From<idb::Error> for Refused {
    fn from(error: idb::Error) -> Self {
        Self(error.to_string())
    }
}

/// An update that this or an earlier page load kept.
pub struct Kept {
    pub place: KeptPlace,
    pub update: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct KeptPlace {
    page: String,
    n: f64,
}

/// What this device remembers of a document it keeps edits of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Remembered {
    pub title: String,
    pub epoch: Option<Epoch>,
    /// The text with the edits that wait, for the day when they can't go into the document any more.
    #[serde(default)]
    pub text: String,
}

/// Text that could not go into its document and stays with its author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub title: String,
    pub text: String,
    /// Unix milliseconds.
    pub at: i64,
}

/// A document of which this device holds something that the server does not.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingDocument {
    pub id: String,
    pub title: String,
    /// A text that could not go into the document, not edits that still will.
    pub is_draft: bool,
}

/// One person's shelf for one document.
#[derive(Clone)]
pub struct Shelf {
    database: std::rc::Rc<Database>,
    person: String,
    document: String,
    page: String,
}

impl Shelf {
    pub async fn open(person: &UserId, document: &DocumentId) -> Result<Self, Refused> {
        let database = std::rc::Rc::new(database().await?);
        let page = format!("{:x}", clock::fresh_client_id());
        Ok(Self { database, person: person.to_string(), document: document.to_string(), page })
    }

    /// What earlier page loads have left, and what goes with it.
    pub async fn left(&self) -> Result<(Vec<Kept>, Remembered), Refused> {
        let transaction = self.database.transaction(&[KEPT, DOCUMENTS], TransactionMode::ReadOnly)?;
        let store = transaction.object_store(KEPT)?;
        let keys = store.get_all_keys(Some(Query::KeyRange(self.range(&[])?)), None)?.await?;
        let values = store.get_all(Some(Query::KeyRange(self.range(&[])?)), None)?.await?;
        let left = keys.iter().zip(&values).filter_map(|(key, value)| {
            let key = key.dyn_ref::<Array>()?;
            let place = KeptPlace { page: key.get(2).as_string()?, n: key.get(3).as_f64()? };
            Some(Kept { place, update: value.dyn_ref::<Uint8Array>()?.to_vec() })
        });
        let left = left.collect();
        let remembered = transaction.object_store(DOCUMENTS)?.get(self.key(&[]))?.await?;
        Ok((left, remembered.and_then(|json| read(&json)).unwrap_or_default()))
    }

    /// Keeps an update of this page. When it returns, it survives the tab and the browser.
    pub async fn keep(&self, n: u64, update: &[u8]) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[KEPT], TransactionMode::ReadWrite)?;
        let bytes = Uint8Array::from(update);
        let key = self.key(&[JsValue::from_str(&self.page), JsValue::from_f64(n as f64)]);
        transaction.object_store(KEPT)?.put(&bytes, Some(&key))?.await?;
        committed(transaction.await?)
    }

    /// The server has everything up to `n` of this page.
    pub async fn forget(&self, upto: u64) -> Result<(), Refused> {
        let page = JsValue::from_str(&self.page);
        let range = KeyRange::bound(
            &self.key(&[page.clone(), JsValue::from_f64(0.0)]),
            &self.key(&[page, JsValue::from_f64(upto as f64)]),
            None,
            None,
        )?;
        let transaction = self.database.transaction(&[KEPT], TransactionMode::ReadWrite)?;
        transaction.object_store(KEPT)?.delete(Query::KeyRange(range))?.await?;
        committed(transaction.await?)
    }

    /// The server has these of earlier pages.
    pub async fn forget_left(&self, places: &[KeptPlace]) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[KEPT], TransactionMode::ReadWrite)?;
        let store = transaction.object_store(KEPT)?;
        for place in places {
            store.delete(self.key(&[JsValue::from_str(&place.page), JsValue::from_f64(place.n)]))?.await?;
        }
        committed(transaction.await?)
    }

    /// Takes everything of this document off the shelf but its drafts.
    pub async fn clear(&self) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[KEPT, DOCUMENTS], TransactionMode::ReadWrite)?;
        transaction.object_store(KEPT)?.delete(Query::KeyRange(self.range(&[])?))?.await?;
        transaction.object_store(DOCUMENTS)?.delete(self.key(&[]))?.await?;
        committed(transaction.await?)
    }

    pub async fn remember(&self, remembered: &Remembered) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[DOCUMENTS], TransactionMode::ReadWrite)?;
        transaction.object_store(DOCUMENTS)?.put(&write(remembered), Some(&self.key(&[])))?.await?;
        committed(transaction.await?)
    }

    pub async fn put_draft(&self, draft: &Draft) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[DRAFTS], TransactionMode::ReadWrite)?;
        let key = self.key(&[JsValue::from_f64(draft.at as f64)]);
        transaction.object_store(DRAFTS)?.put(&write(draft), Some(&key))?.await?;
        committed(transaction.await?)
    }

    pub async fn drafts(&self) -> Result<Vec<Draft>, Refused> {
        let transaction = self.database.transaction(&[DRAFTS], TransactionMode::ReadOnly)?;
        let found = transaction.object_store(DRAFTS)?.get_all(Some(Query::KeyRange(self.range(&[])?)), None)?.await?;
        Ok(found.iter().filter_map(read).collect())
    }

    pub async fn drop_draft(&self, draft: &Draft) -> Result<(), Refused> {
        let transaction = self.database.transaction(&[DRAFTS], TransactionMode::ReadWrite)?;
        transaction.object_store(DRAFTS)?.delete(self.key(&[JsValue::from_f64(draft.at as f64)]))?.await?;
        committed(transaction.await?)
    }

    fn key(&self, rest: &[JsValue]) -> JsValue {
        let key = Array::of2(&JsValue::from_str(&self.person), &JsValue::from_str(&self.document));
        for part in rest {
            key.push(part);
        }
        key.into()
    }

    /// Every key that begins so: an array sorts behind all numbers and strings.
    fn range(&self, rest: &[JsValue]) -> Result<KeyRange, Refused> {
        let upper: Array = self.key(rest).unchecked_into();
        upper.push(&Array::new());
        Ok(KeyRange::bound(&self.key(rest), &upper, None, None)?)
    }
}

/// This person's documents with edits that the server does not have, and those with drafts.
pub async fn waiting(person: &UserId) -> Result<Vec<WaitingDocument>, Refused> {
    let database = database().await?;
    let transaction = database.transaction(&[KEPT, DOCUMENTS, DRAFTS], TransactionMode::ReadOnly)?;
    let person = JsValue::from_str(person.as_str());
    let range = || KeyRange::bound(&Array::of1(&person), &Array::of2(&person, &Array::new()), None, None);
    let document_of = |key: &JsValue| key.dyn_ref::<Array>()?.get(1).as_string();

    let keys = transaction.object_store(KEPT)?.get_all_keys(Some(Query::KeyRange(range()?)), None)?.await?;
    let mut ids: Vec<String> = keys.iter().filter_map(document_of).collect();
    ids.dedup();
    let store = transaction.object_store(DOCUMENTS)?;
    let mut documents = Vec::new();
    for id in ids {
        let key: JsValue = Array::of2(&person, &JsValue::from_str(&id)).into();
        let remembered = store.get(key)?.await?.and_then(|json| read::<Remembered>(&json)).unwrap_or_default();
        documents.push(WaitingDocument { id, title: remembered.title, is_draft: false });
    }

    let store = transaction.object_store(DRAFTS)?;
    let keys = store.get_all_keys(Some(Query::KeyRange(range()?)), None)?.await?;
    let drafts = store.get_all(Some(Query::KeyRange(range()?)), None)?.await?;
    for (key, draft) in keys.iter().zip(&drafts) {
        if let (Some(id), Some(draft)) = (document_of(key), read::<Draft>(draft)) {
            documents.push(WaitingDocument { id, title: draft.title, is_draft: true });
        }
    }
    Ok(documents)
}

async fn database() -> Result<Database, Refused> {
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        for store in [KEPT, DOCUMENTS, DRAFTS] {
            // A store that is not made shows in the first transaction.
            let _ = database.create_object_store(store, ObjectStoreParams::new());
        }
    });
    Ok(request.await?)
}

/// A transaction that ended any other way (a full disk ends it late) has stored nothing.
fn committed(result: idb::TransactionResult) -> Result<(), Refused> {
    match result {
        idb::TransactionResult::Committed => Ok(()),
        idb::TransactionResult::Aborted => Err(Refused("the transaction was aborted".to_owned())),
    }
}

fn write<T: Serialize>(value: &T) -> JsValue {
    JsValue::from_str(&serde_json::to_string(value).expect("these are plain records"))
}

fn read<T: serde::de::DeserializeOwned>(json: &JsValue) -> Option<T> {
    serde_json::from_str(&json.as_string()?).ok()
}
