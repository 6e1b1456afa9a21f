//! One item: what it is, where it went, and what may be done with it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::api::{
    AddVersion, Chain, ChangeItem, CopyItem, CreateItem, CreatedDocument, CreatedItem, ItemView, MoveItem,
};
use shared::words::{DocumentId, ItemId};

use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct OpenItem {
    session: Session,
    id: StoredValue<ItemId>,
    /// Nothing until the server has answered.
    pub view: RwSignal<Option<ItemView>>,
    pub chain: RwSignal<Option<Chain>>,
    pub failure: RwSignal<Option<Failure>>,
}

impl OpenItem {
    /// Begins to read it.
    pub fn open(session: Session, id: ItemId) -> Self {
        let item = Self {
            session,
            id: StoredValue::new(id),
            view: RwSignal::new(None),
            chain: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        item.again();
        session.on_return(move || item.again());
        item
    }

    pub fn id(self) -> ItemId {
        self.id.get_value()
    }

    /// Reads it anew.
    pub fn again(self) {
        spawn_local(async move {
            match fetch::get(&self.address("")).await {
                Ok(view) => {
                    let _ = self.failure.try_set(None);
                    let _ = self.view.try_set(Some(view));
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
        spawn_local(async move {
            // Without it, the page still says what the item is.
            if let Ok(chain) = fetch::get(&self.address("/uses")).await {
                let _ = self.chain.try_set(Some(chain));
            }
        });
    }

    pub async fn change(self, change: ChangeItem) -> Result<(), Failure> {
        self.done(fetch::tell(Verb::PUT, &self.address(""), &change).await)
    }

    /// The number of the state that the server has now.
    pub async fn revision_now(self) -> Option<u64> {
        fetch::get::<ItemView>(&self.address("")).await.ok().map(|view| view.revision)
    }

    pub async fn move_to(self, wish: MoveItem) -> Result<(), Failure> {
        self.done(fetch::tell(Verb::PUT, &self.address("/shelf"), &wish).await)
    }

    pub async fn add_version(self, version: AddVersion) -> Result<(), Failure> {
        self.done(fetch::tell(Verb::POST, &self.address("/versions"), &version).await)
    }

    pub async fn throw(self) -> Result<(), Failure> {
        self.done(fetch::bid(Verb::DELETE, &self.address("")).await)
    }

    pub async fn restore(self) -> Result<(), Failure> {
        self.done(fetch::bid(Verb::POST, &self.address("/restore")).await)
    }

    /// A new document that begins as the item does.
    pub async fn copy(self, wish: CopyItem) -> Result<DocumentId, Failure> {
        let made: Result<CreatedDocument, _> = fetch::send(Verb::POST, &self.address("/copy"), &wish).await;
        made.map(|made| made.id).map_err(|failure| self.session.heed(failure))
    }

    fn done(self, answer: Result<(), Failure>) -> Result<(), Failure> {
        match answer {
            Ok(()) => {
                self.again();
                Ok(())
            }
            Err(failure) => Err(self.session.heed(failure)),
        }
    }

    fn address(self, rest: &str) -> String {
        let id = self.id.try_get_value().map(|id| id.to_string()).unwrap_or_default();
        format!("/api/items/{id}{rest}")
    }
}

pub async fn create(session: Session, wish: &CreateItem) -> Result<ItemId, Failure> {
    let made: Result<CreatedItem, _> = fetch::send(Verb::POST, "/api/items", wish).await;
    made.map(|made| made.id).map_err(|failure| session.heed(failure))
}

/// The address of a file of a version.
pub fn file_address(item: &ItemId, version: u32, place: u32) -> String {
    format!("/api/items/{item}/versions/{version}/files/{place}")
}

/// The text that was read out of a file.
#[derive(Debug, Clone, Deserialize)]
pub struct ReadText {
    pub text: String,
}

/// What was written here, as a fragment of HTML.
#[derive(Debug, Clone, Deserialize)]
pub struct WrittenContent {
    pub html: String,
}

/// Reads something about an item into a signal, which keeps nothing if it can't be read.
pub fn read_into<T: DeserializeOwned + Send + Sync + 'static>(
    address: String,
    into: RwSignal<Option<Result<T, Failure>>>,
) {
    spawn_local(async move {
        let answer = fetch::get(&address).await;
        let _ = into.try_set(Some(answer));
    });
}
