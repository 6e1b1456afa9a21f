//! Collections: lists of them, and one that is open.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{
    AddLine, ChangeCollection, CollectionCard, CollectionLine, CollectionList, CollectionUses, CollectionView,
    CreateCollection, CreatedCollection, LineOf, MoveCollection, WishedLine, WishedOf,
};
use shared::library::TermName;
use shared::words::{CollectionId, ItemId};

use crate::browser::dom;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::pages::{Paged, Pages};
use crate::state::session::Session;

/// Which collections a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    All,
    Mine,
    Teams,
    Schools,
    Groups,
    Bin,
}

impl Which {
    pub const ALL: [Which; 6] = [Which::All, Which::Mine, Which::Teams, Which::Schools, Which::Groups, Which::Bin];

    fn as_str(self) -> &'static str {
        match self {
            Which::All => "all",
            Which::Mine => "mine",
            Which::Teams => "teams",
            Which::Schools => "schools",
            Which::Groups => "groups",
            Which::Bin => "bin",
        }
    }
}

/// A list as one narrows it.
#[derive(Debug, Clone, Copy)]
pub struct CollectionLists {
    pub which: RwSignal<Which>,
    /// A part of the title.
    pub words: RwSignal<String>,
    pub pages: Pages<CollectionList>,
}

impl Paged for CollectionList {
    type Line = CollectionCard;
    type Beside = ();

    const CURSOR: &'static str = "after";

    fn apart(self) -> (Vec<CollectionCard>, Option<String>, ()) {
        (self.collections, self.next, ())
    }
}

impl CollectionLists {
    pub fn new(session: Session) -> Self {
        let lists =
            Self { which: RwSignal::new(Which::All), words: RwSignal::new(String::new()), pages: Pages::new(session) };
        Effect::new(move || {
            let (which, words) = (lists.which.get().as_str(), lists.words.with(|words| dom::encode(words.trim())));
            lists.pages.show_at(format!("/api/collections?which={which}&q={words}"));
        });
        session.on_return(move || lists.pages.again());
        lists
    }
}

/// The collections that one may put an item into, each with whether it has it.
pub async fn to_put_into(session: Session, item: &ItemId) -> Result<Vec<CollectionCard>, Failure> {
    let address = format!("/api/collections?which=editable&limit=50&item={item}");
    let list: Result<CollectionList, _> = fetch::get(&address).await;
    list.map(|list| list.collections).map_err(|failure| session.heed(failure))
}

pub async fn create(session: Session, wish: &CreateCollection) -> Result<CollectionId, Failure> {
    let made: Result<CreatedCollection, _> = fetch::send(Verb::POST, "/api/collections", wish).await;
    made.map(|made| made.id).map_err(|failure| session.heed(failure))
}

/// Puts an item at the end; gives the collection as it is then.
pub async fn add(session: Session, collection: &CollectionId, item: ItemId) -> Result<CollectionView, Failure> {
    let address = format!("/api/collections/{collection}/lines");
    let view = fetch::send(Verb::POST, &address, &AddLine { item, note: String::new() }).await;
    view.map_err(|failure| session.heed(failure))
}

/// Takes an item out that was just put in.
pub async fn take_out(session: Session, view: &CollectionView, item: &ItemId) -> Result<(), Failure> {
    let is_it = |line: &&CollectionLine| matches!(&line.what, LineOf::Item { item: card, .. } if card.id == *item);
    let Some(gone) = view.lines.iter().rev().find(is_it).map(|line| line.id.clone()) else { return Ok(()) };
    let kept = view.lines.iter().filter(|line| line.id != gone);
    let change = ChangeCollection {
        title: view.card.title.clone(),
        description: view.description.clone(),
        lines: kept.map(wish_of).collect(),
        seen: view.lines.iter().map(|line| line.id.clone()).collect(),
        revision: view.revision,
    };
    let address = format!("/api/collections/{}", view.card.id);
    fetch::tell(Verb::PUT, &address, &change).await.map_err(|failure| session.heed(failure))
}

/// A line that stays as it is.
fn wish_of(line: &CollectionLine) -> WishedLine {
    let what = match &line.what {
        LineOf::Heading { text } => WishedOf::Heading { text: text.clone() },
        LineOf::Item { item, note } => WishedOf::Item { item: item.id.clone(), note: note.clone() },
    };
    WishedLine { id: Some(line.id.clone()), what }
}

#[derive(Debug, Clone, Copy)]
pub struct OpenCollection {
    pub session: Session,
    id: StoredValue<CollectionId>,
    /// Nothing until the server has answered.
    pub view: RwSignal<Option<CollectionView>>,
    pub uses: RwSignal<Option<CollectionUses>>,
    pub failure: RwSignal<Option<Failure>>,
}

impl OpenCollection {
    /// Begins to read it.
    pub fn open(session: Session, id: CollectionId) -> Self {
        let collection = Self {
            session,
            id: StoredValue::new(id),
            view: RwSignal::new(None),
            uses: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        collection.again();
        session.on_return(move || collection.again());
        collection
    }

    pub fn again(self) {
        spawn_local(async move {
            match self.fresh().await {
                Ok(view) => self.show(view),
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
        });
        spawn_local(async move {
            // Without it, the page still says what is in the collection.
            if let Ok(uses) = fetch::get(&self.address("/uses")).await {
                let _ = self.uses.try_set(Some(uses));
            }
        });
    }

    /// As the server has it now.
    pub async fn fresh(self) -> Result<CollectionView, Failure> {
        fetch::get(&self.address("")).await.map_err(|failure| self.session.heed(failure))
    }

    pub async fn change(self, change: &ChangeCollection) -> Result<(), Failure> {
        self.shown(fetch::send(Verb::PUT, &self.address(""), change).await)
    }

    pub async fn move_to(self, wish: MoveCollection) -> Result<(), Failure> {
        self.shown(fetch::send(Verb::PUT, &self.address("/shelf"), &wish).await)
    }

    pub async fn throw(self) -> Result<(), Failure> {
        let gone = fetch::bid(Verb::DELETE, &self.address("")).await.map_err(|failure| self.session.heed(failure));
        if gone.is_ok() {
            self.again();
        }
        gone
    }

    pub async fn restore(self) -> Result<(), Failure> {
        self.shown(fetch::send(Verb::POST, &self.address("/restore"), &()).await)
    }

    pub async fn publish(self, term: TermName) -> Result<(), Failure> {
        self.shown(fetch::send(Verb::PUT, &self.address(&format!("/menus/{term}")), &()).await)
    }

    pub async fn end_menu(self, term: TermName) -> Result<(), Failure> {
        self.shown(fetch::send(Verb::DELETE, &self.address(&format!("/menus/{term}")), &()).await)
    }

    fn shown(self, answer: Result<CollectionView, Failure>) -> Result<(), Failure> {
        answer.map(|view| self.show(view)).map_err(|failure| self.session.heed(failure))
    }

    fn show(self, view: CollectionView) {
        let _ = self.failure.try_set(None);
        let _ = self.view.try_set(Some(view));
    }

    fn address(self, rest: &str) -> String {
        let id = self.id.try_get_value().map(|id| id.to_string()).unwrap_or_default();
        format!("/api/collections/{id}{rest}")
    }
}
