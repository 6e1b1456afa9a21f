//! Edits that the server does not have yet, drafts, and what is on its way to tutoring sessions, kept in this browser's IndexedDB.
//!
//! Everything lies under the person and the document: another person at the same computer never meets it. Each page
//! load keeps under a name of its own and holds a lock of that name, so that two tabs, or a cloned one, never number
//! over each other, and nobody takes what a living page still counts on.

mod draft;
mod outbox;
mod shelf;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use idb::{DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, Transaction};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::words::{DocumentId, UserId};
use wasm_bindgen::prelude::*;

pub use self::draft::{Draft, RowName};
pub use self::outbox::{Outbox, forget_guests};
#[cfg(test)]
pub use self::shelf::Kept;
pub use self::shelf::{LeftPage, Remembered, Shelf};
use super::{clock, dom};

const NAME: &str = "gongbei";
const VERSION: u32 = 1;
/// [person, document, page, n] → the update's bytes.
const KEPT: &str = "kept";
/// [person, document, page] → [`Remembered`] as JSON; [person, document, page, "base"] → bytes of the whole document.
/// The first build wrote one [person, document] for all pages; it is still read.
const DOCUMENTS: &str = "documents";
/// [person, document, time, page] → [`Draft`]; the first build wrote [person, document, time].
const DRAFTS: &str = "drafts";

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`. The crate's own form of it opens no transaction that waits for the disk.
    #[derive(Debug, Clone)]
    type Base;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &Base, stores: &Array, mode: &str, options: &Object) -> Result<JsValue, JsValue>;
}

impl Base {
    fn reads(&self, stores: &[&str]) -> Result<Transaction, Refused> {
        self.begin(stores, "readonly")
    }

    fn writes(&self, stores: &[&str]) -> Result<Transaction, Refused> {
        self.begin(stores, "readwrite")
    }

    /// A browser says by itself that something is stored when the system has promised to write it some time; "strict"
    /// waits until it lies on the disk, so that it survives a power cut too.
    fn begin(&self, stores: &[&str], mode: &str) -> Result<Transaction, Refused> {
        let stores: Array = stores.iter().map(|store| JsValue::from_str(store)).collect();
        let options = Object::new();
        // Setting a property on a fresh object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str("durability"), &JsValue::from_str("strict"));
        let begun = self.transaction(&stores, mode, &options).map_err(|reason| Refused(format!("{reason:?}")))?;
        Ok(Transaction::try_from(begun)?)
    }
}

/// Asks the browser not to clear this away when its disk runs short. Some ask the person; a no changes nothing else.
pub fn ask_to_stay() {
    let _ = dom::window().navigator().storage().persist();
}

/// The browser does not store: refused, broken or full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl From<idb::Error> for Refused {
    fn from(error: idb::Error) -> Self {
        Self(error.to_string())
    }
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// They go into the document.
    Edits,
    /// A text that could not go into the document.
    Draft,
    /// Questions and words of a tutoring session, with photos and voice clips.
    Spoken,
}

/// A document or tutoring session of which this device holds something that the server does not.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingDocument {
    pub id: String,
    pub title: String,
    pub what: What,
}

impl WaitingDocument {
    /// Where it goes on its way.
    pub fn href(&self) -> String {
        match self.what {
            What::Edits | What::Draft => format!("/documents/{}", self.id),
            What::Spoken => format!("/tutoring/{}", self.id),
        }
    }
}

/// This person's documents with edits that the server does not have, those with drafts, and sessions with something on its way.
pub async fn waiting(person: &UserId) -> Result<Vec<WaitingDocument>, Refused> {
    let database = database().await?;
    let transaction = database.reads(&[KEPT, DOCUMENTS, DRAFTS])?;
    let rows = records(&transaction, KEPT, &of_person(person)).await?;
    let memories = records(&transaction, DOCUMENTS, &of_person(person)).await?;
    let drafts = records(&transaction, DRAFTS, &of_person(person)).await?;
    let drafts: Vec<(String, Draft)> =
        drafts.iter().filter_map(|(key, value)| Some((key.get(1).as_string()?, Draft::read(value)?))).collect();

    let set_aside: BTreeSet<&RowName> = drafts.iter().flat_map(|(_, draft)| &draft.left_behind).collect();
    let ids = rows.iter().filter(|(key, _)| RowName::read(key).is_none_or(|row| !set_aside.contains(&row)));
    let ids: BTreeSet<String> = ids.filter_map(|(key, _)| key.get(1).as_string()).collect();
    let mut titles = BTreeMap::new();
    for (key, value) in &memories {
        if let (Some(id), Some(remembered)) = (key.get(1).as_string(), read::<Remembered>(value)) {
            titles.insert(id, remembered.title);
        }
    }
    // What the new document still has to upload is counted with that.
    let drafts: Vec<WaitingDocument> = drafts
        .iter()
        .filter(|(_, draft)| draft.moved_to.as_ref().is_none_or(|new| ids.contains(new.as_str())))
        .map(|(id, draft)| WaitingDocument { id: id.clone(), title: draft.title.clone(), what: What::Draft })
        .collect();
    let edits = ids.into_iter().map(|id| {
        let title = titles.get(&id).cloned().unwrap_or_default();
        WaitingDocument { id, title, what: What::Edits }
    });
    Ok(edits.chain(drafts).chain(outbox::waiting(person).await?).collect())
}

/// Takes away what was remembered of documents that nothing waits for any more, and drafts that are in a new document
/// on the server by now.
pub async fn tidy(person: &UserId) -> Result<(), Refused> {
    let database = database().await?;
    let transaction = database.writes(&[KEPT, DOCUMENTS, DRAFTS])?;
    let rows = records(&transaction, KEPT, &of_person(person)).await?;
    let waiting: BTreeSet<String> = rows.iter().filter_map(|(key, _)| key.get(1).as_string()).collect();
    let store = transaction.object_store(DOCUMENTS)?;
    for (key, _) in records(&transaction, DOCUMENTS, &of_person(person)).await? {
        if key.get(1).as_string().is_none_or(|id| !waiting.contains(&id)) {
            store.delete(JsValue::from(key))?.await?;
        }
    }
    for (key, value) in records(&transaction, DRAFTS, &of_person(person)).await? {
        let Some(draft) = Draft::read(&value) else { continue };
        if draft.moved_to.as_ref().is_some_and(|new| !waiting.contains(new.as_str())) {
            draft.delete(&transaction, &key.slice(0, 2)).await?;
        }
    }
    committed(transaction.await?)
}

/// Takes away everything of this person: edits that wait, drafts, what was remembered. Ask the person first.
pub async fn remove_all(person: &UserId) -> Result<(), Refused> {
    let database = database().await?;
    let transaction = database.writes(&[KEPT, DOCUMENTS, DRAFTS])?;
    for store in [KEPT, DOCUMENTS, DRAFTS] {
        transaction.object_store(store)?.delete(Query::KeyRange(range(&of_person(person))?))?.await?;
    }
    committed(transaction.await?)?;
    outbox::remove_all(person).await
}

/// Gives a document that was just made its content: it lies there as if an earlier page had kept it, and goes up when
/// the document is opened.
pub async fn plant(person: &UserId, document: &DocumentId, title: &str, update: &[u8]) -> Result<(), Refused> {
    Shelf::open(person, document)
        .await?
        .keep(&[(1, Bytes::copy_from_slice(update))], &Remembered { title: title.to_owned(), ..Remembered::default() })
        .await
}

fn of_person(person: &UserId) -> Array {
    Array::of1(&JsValue::from_str(person.as_str()))
}

/// Keys and values of all records whose key begins so.
async fn records(transaction: &Transaction, store: &str, prefix: &Array) -> Result<Vec<(Array, JsValue)>, Refused> {
    let store = transaction.object_store(store)?;
    let keys = store.get_all_keys(Some(Query::KeyRange(range(prefix)?)), None)?.await?;
    let values = store.get_all(Some(Query::KeyRange(range(prefix)?)), None)?.await?;
    Ok(keys.into_iter().map(|key| key.unchecked_into()).zip(values).collect())
}

/// Every key that begins so: an array sorts behind all numbers and strings.
fn range(prefix: &Array) -> Result<KeyRange, Refused> {
    Ok(KeyRange::bound(prefix, &joined(prefix, &[Array::new().into()]), None, None)?)
}

fn joined(prefix: &Array, rest: &[JsValue]) -> JsValue {
    let key = prefix.slice(0, prefix.length());
    for part in rest {
        key.push(part);
    }
    key.into()
}

async fn database() -> Result<Base, Refused> {
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        for store in [KEPT, DOCUMENTS, DRAFTS] {
            // A store that is not made shows in the first transaction.
            let _ = database.create_object_store(store, ObjectStoreParams::new());
        }
    });
    Ok(JsValue::from(request.await?).unchecked_into())
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

fn read<T: DeserializeOwned>(json: &JsValue) -> Option<T> {
    serde_json::from_str(&json.as_string()?).ok()
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    Some(value.dyn_ref::<Uint8Array>()?.to_vec())
}
