//! What could not go into its document and stays with its author.

use idb::Transaction;
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use shared::document::change::Node;
use shared::words::{DocumentId, Epoch};
use wasm_bindgen::prelude::*;

use super::{DRAFTS, KEPT, Refused, bytes, joined, read, write};

/// A draft: the document as it was on the screen of its author, unsaved edits included.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub title: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The page load whose edits it holds; the first build did not say.
    #[serde(default)]
    pub page: Option<String>,
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// Everything, with tables, pictures and formatting.
    #[serde(default)]
    pub content: Option<Node>,
    /// The first build kept the words only.
    #[serde(default)]
    pub text: String,
    /// Some edits build on what is not on this device: `content` is what could be put together.
    #[serde(default)]
    pub in_parts: bool,
    /// Rows that this draft holds and that are still on the shelf, because their page may live.
    #[serde(default)]
    pub left_behind: Vec<RowName>,
    /// The new document that its author has put it into, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<DocumentId>,
    /// What it was made of. They lie beside the record, as bytes; a board is read from them.
    #[serde(skip)]
    pub updates: Vec<Vec<u8>>,
}

/// The name of an update on the shelf of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowName {
    pub page: String,
    pub n: u64,
}

impl RowName {
    /// From a key of the kept updates.
    pub(super) fn read(key: &Array) -> Option<Self> {
        Some(Self { page: key.get(2).as_string()?, n: key.get(3).as_f64()? as u64 })
    }

    /// The key it was read from; `place` is [person, document].
    fn key(&self, place: &Array) -> JsValue {
        joined(place, &[JsValue::from_str(&self.page), JsValue::from_f64(self.n as f64)])
    }
}

impl Draft {
    /// As it lies on the device: the record, then the updates.
    pub(super) fn write(&self) -> JsValue {
        let record = Array::of1(&write(self));
        for update in &self.updates {
            record.push(&Uint8Array::from(update.as_slice()));
        }
        record.into()
    }

    pub(super) fn read(value: &JsValue) -> Option<Self> {
        match value.dyn_ref::<Array>() {
            Some(record) => {
                let updates = record.iter().skip(1).filter_map(|update| bytes(&update)).collect();
                Some(Self { updates, ..read(&record.get(0))? })
            }
            None => read(value),
        }
    }

    /// `place` is [person, document].
    pub(super) fn key(&self, place: &Array) -> JsValue {
        let mut end = vec![JsValue::from_f64(self.at as f64)];
        end.extend(self.page.iter().map(|page| JsValue::from_str(page)));
        joined(place, &end)
    }

    /// Takes it off the shelf with the rows it left behind.
    pub(super) async fn delete(&self, transaction: &Transaction, place: &Array) -> Result<(), Refused> {
        transaction.object_store(DRAFTS)?.delete(self.key(place))?.await?;
        for row in &self.left_behind {
            transaction.object_store(KEPT)?.delete(row.key(place))?.await?;
        }
        Ok(())
    }
}
