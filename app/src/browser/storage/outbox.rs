//! Photos, voice clips and the words with them that the server does not have yet. They lie in a database of their own: pages of
//! an older build that are open know nothing of it, and hold up nothing.

use idb::{DatabaseEvent, Factory, ObjectStoreParams, Query};
use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::words::{MediaId, TutoringId, UserId};
use wasm_bindgen::prelude::*;

use super::{Base, Refused, WaitingDocument, What, committed, joined, of_person, range, read, records, write};
use crate::browser::clock;
use crate::browser::media::MediaFile;

const NAME: &str = "gongbei-outbox";
const VERSION: u32 = 1;
/// [person, session, id] → [`Record`] as JSON.
const RECORDS: &str = "records";
/// [person, session, photo or clip] → bytes.
const FILES: &str = "files";
/// What a guest has left is of no use after a day, in milliseconds: they are out of their session.
const GUESTS_KEPT: i64 = 24 * 3_600 * 1_000;
const GUEST: &str = "guest-";

#[derive(Serialize, Deserialize)]
struct Record<T> {
    /// Of the session.
    title: String,
    /// Unix milliseconds.
    at: i64,
    what: T,
}

/// What one person has on the way in one session.
#[derive(Clone)]
pub struct Outbox {
    /// [person, session]
    place: Array,
}

impl Outbox {
    pub fn of(person: &UserId, session: &TutoringId) -> Self {
        Self { place: Array::of2(&JsValue::from_str(person.as_str()), &JsValue::from_str(session.as_str())) }
    }

    /// Keeps something with its files, or how far it has come. When this returns, it lies on the disk.
    pub async fn keep<T: Serialize>(
        &self,
        id: &str,
        title: &str,
        what: &T,
        files: &[(MediaId, MediaFile)],
    ) -> Result<(), Refused> {
        let mut bytes = Vec::new();
        for (media, file) in files {
            let all = file.all().await.ok_or_else(|| Refused("a file is gone".to_owned()))?;
            bytes.push((media, all));
        }
        let database = database().await?;
        let transaction = database.writes(&[RECORDS, FILES])?;
        let record = Record { title: title.to_owned(), at: clock::wall().0, what };
        let store = transaction.object_store(RECORDS)?;
        store.put(&write(&record), Some(&self.key(id)))?.await?;
        let store = transaction.object_store(FILES)?;
        for (media, all) in bytes {
            store.put(&all, Some(&self.key(media.as_str())))?.await?;
        }
        committed(transaction.await?)
    }

    /// What is kept, the oldest first.
    pub async fn kept<T: DeserializeOwned>(&self) -> Result<Vec<T>, Refused> {
        let database = database().await?;
        let transaction = database.reads(&[RECORDS])?;
        let records = records(&transaction, RECORDS, &self.place).await?;
        let mut kept: Vec<Record<T>> = records.iter().filter_map(|(_, value)| read(value)).collect();
        kept.sort_by_key(|record| record.at);
        Ok(kept.into_iter().map(|record| record.what).collect())
    }

    pub async fn file(&self, media: &MediaId) -> Option<MediaFile> {
        let database = database().await.ok()?;
        let store = database.reads(&[FILES]).ok()?.object_store(FILES).ok()?;
        let found = store.get(Query::Key(self.key(media.as_str()))).ok()?.await.ok()??;
        MediaFile::read(found.dyn_ref::<Uint8Array>()?)
    }

    pub async fn forget(&self, id: &str, media: &[MediaId]) -> Result<(), Refused> {
        let database = database().await?;
        let transaction = database.writes(&[RECORDS, FILES])?;
        transaction.object_store(RECORDS)?.delete(Query::Key(self.key(id)))?.await?;
        let store = transaction.object_store(FILES)?;
        for media in media {
            store.delete(Query::Key(self.key(media.as_str())))?.await?;
        }
        committed(transaction.await?)
    }

    fn key(&self, last: &str) -> JsValue {
        joined(&self.place, &[JsValue::from_str(last)])
    }
}

/// Sessions in which this person has something on the way, once for each.
pub(super) async fn waiting(person: &UserId) -> Result<Vec<WaitingDocument>, Refused> {
    let database = database().await?;
    let transaction = database.reads(&[RECORDS])?;
    let mut waiting: Vec<WaitingDocument> = Vec::new();
    for (key, value) in records(&transaction, RECORDS, &of_person(person)).await? {
        let (Some(id), Some(record)) = (key.get(1).as_string(), read::<Record<serde::de::IgnoredAny>>(&value)) else {
            continue;
        };
        if waiting.iter().all(|known| known.id != id) {
            waiting.push(WaitingDocument { id, title: record.title, what: What::Spoken });
        }
    }
    Ok(waiting)
}

/// Takes away everything of this person.
pub(super) async fn remove_all(person: &UserId) -> Result<(), Refused> {
    let database = database().await?;
    let transaction = database.writes(&[RECORDS, FILES])?;
    for store in [RECORDS, FILES] {
        transaction.object_store(store)?.delete(Query::KeyRange(range(&of_person(person))?))?.await?;
    }
    committed(transaction.await?)
}

/// Takes away what guests left who went without saying so.
pub async fn forget_guests() -> Result<(), Refused> {
    let database = database().await?;
    let transaction = database.writes(&[RECORDS, FILES])?;
    for (key, value) in records(&transaction, RECORDS, &Array::new()).await? {
        let Some(person) = key.get(0).as_string().filter(|person| person.starts_with(GUEST)) else { continue };
        let at = read::<Record<serde::de::IgnoredAny>>(&value).map_or(0, |record| record.at);
        if clock::wall().0 - at > GUESTS_KEPT {
            for store in [RECORDS, FILES] {
                let of_them = range(&Array::of1(&JsValue::from_str(&person)))?;
                transaction.object_store(store)?.delete(Query::KeyRange(of_them))?.await?;
            }
        }
    }
    committed(transaction.await?)
}

async fn database() -> Result<Base, Refused> {
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        for store in [RECORDS, FILES] {
            // A store that is not made shows in the first transaction.
            let _ = database.create_object_store(store, ObjectStoreParams::new());
        }
    });
    Ok(JsValue::from(request.await?).unchecked_into())
}
