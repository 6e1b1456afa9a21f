//! A document on its way into the library, as an item of its own or as the next version of one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AddVersion, CreateItem, DocumentCard, ItemCard, ItemView, PublishedItems, Substance};
use shared::library::ItemKind;
use shared::organisation::Shelf;
use shared::words::{DocumentId, DocumentKind, ItemId};

use super::item::create;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct Publishing {
    session: Session,
    id: StoredValue<DocumentId>,
    /// Nothing until the server has answered.
    pub card: RwSignal<Option<DocumentCard>>,
    /// What was published from it before; nothing until the server has answered.
    pub items: RwSignal<Option<Vec<ItemCard>>>,
    pub failure: RwSignal<Option<Failure>>,
}

impl Publishing {
    pub fn of(session: Session, id: DocumentId) -> Self {
        let publishing = Self {
            session,
            id: StoredValue::new(id),
            card: RwSignal::new(None),
            items: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        publishing.read();
        session.on_return(move || publishing.read());
        publishing
    }

    /// Reads anew what it is, and what was made of it.
    pub fn read(self) {
        let address = format!("/api/documents/{}", self.id.get_value());
        spawn_local(async move {
            let read = async {
                let card: DocumentCard = fetch::get(&address).await?;
                let published: PublishedItems = fetch::get(&format!("{address}/items")).await?;
                Ok((card, published.items))
            };
            match read.await {
                Ok((card, items)) => {
                    let _ = self.failure.try_set(None);
                    let _ = self.items.try_set(Some(items));
                    let _ = self.card.try_set(Some(card));
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// What stands in it now becomes an item of its own.
    pub async fn as_new(self, words: shared::api::ItemWords, shelf: Shelf) -> Result<ItemId, Failure> {
        let substance = Substance::Document(self.id.get_value());
        create(self.session, &CreateItem { id: None, words, shelf, substance, adapted_from: None }).await
    }

    /// … or the next version of one.
    pub async fn as_version(self, item: ItemId, note: String) -> Result<ItemId, Failure> {
        let version = AddVersion { substance: Substance::Document(self.id.get_value()), note };
        let added: Result<ItemView, _> =
            fetch::send(Verb::POST, &format!("/api/items/{item}/versions"), &version).await;
        added.map(|_| item).map_err(|failure| self.session.heed(failure))
    }
}

/// What an item made of such a document most likely is.
pub fn kind_of(kind: DocumentKind) -> ItemKind {
    match kind {
        DocumentKind::LessonPlan | DocumentKind::UnitPlan => ItemKind::LessonDesign,
        DocumentKind::Resource | DocumentKind::Board => ItemKind::Courseware,
        DocumentKind::Agenda => ItemKind::ResearchResult,
        DocumentKind::Page => ItemKind::TeachingCase,
    }
}
