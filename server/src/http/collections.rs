//! Collections of items: making, reading, changing, taking out.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use shared::access::{may_move, may_put};
use shared::api::{
    AddLine, ChangeCollection, CollectionView, CreateCollection, CreatedCollection, LineOf, MoveCollection, WishedLine,
    WishedOf,
};
use shared::library::{MAX_LINES, TermName, Topic};
use shared::organisation::Directory;
use shared::words::{CollectionId, LineId};

use super::caller::Body;
use super::item_repeats::{self as repeat, Repeats};
use super::limits;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::collected::Curated;
use crate::library::words::{checked_curation, checked_line};
use crate::store::{CollectionHandle, Curating, Curation, Disposing, ItemHandle, LineContent, NewCollection, Saved};

/// Collections that one person may have made, without those in the bin.
const MAX_MADE: u64 = 1_000;

/// The collection in the path with the caller's right on it; absent and forbidden are refused alike.
pub struct Collection {
    pub caller: Caller,
    pub handle: CollectionHandle,
}

#[derive(Deserialize)]
struct InPath {
    collection: String,
}

impl FromRequestParts<SharedApp> for Collection {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(InPath { collection }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let id: CollectionId = collection.parse().map_err(|_| Refusal::NotFound)?;
        let handle = CollectionHandle::open(&*app.store, &caller.person, &id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { caller, handle })
    }
}

impl Collection {
    fn curating(&self) -> Result<Curating<'_>, Refusal> {
        self.handle.curating().ok_or(Refusal::OnlyEditors)
    }

    fn disposing(&self) -> Result<Disposing<'_>, Refusal> {
        self.handle.disposing().ok_or(Refusal::OnlyManagers)
    }
}

pub fn curated<'a>(app: &'a App, caller: &'a Caller, directory: &'a Directory) -> Curated<'a> {
    Curated { store: &*app.store, directory, taxonomies: &app.taxonomies, person: &caller.person }
}

pub async fn create(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(asked): Body<CreateCollection>,
) -> Result<Created, Refusal> {
    let wish = repeat::wish(&["collection"], &asked)?;
    let CreateCollection { id, title, description, shelf, lines } = asked;
    let (directory, at) = (app.store.directory(), clock::now());
    may_put(&directory, &caller.person, &shelf, at)?;
    let (title, description) = checked_curation(&title, &description)?;
    let repeats = Repeats { app: &app, person: &caller.person, title: &title, shelf: &shelf, wish };
    if let Some(id) = &id
        && repeats.collection_is_made(id).await?
    {
        return Ok(created(id.clone()));
    }
    limits::making(&app, &caller.person)?;
    if app.store.collections_made_by(&caller.person).await? >= MAX_MADE {
        return Err(Refusal::TooManyCollections);
    }
    let lines = contents(&app, &caller, lines, &BTreeSet::new()).await?;
    let lines = lines.into_iter().map(|(_, content)| content).collect();
    let id = repeat::named(id)?;
    let (author, title, shelf) = (caller.person.clone(), title.clone(), shelf.clone());
    let wish = Some(wish);
    let new = NewCollection { id: id.clone(), title, description, author, shelf, lines, wish, at };
    match app.store.add_collection(new).await {
        Ok(()) => Ok(created(id)),
        // The same wish was under way already.
        Err(error) if error.is_taken() && repeats.collection_is_made(&id).await? => Ok(created(id)),
        Err(error) => Err(error.into()),
    }
}

type Created = (StatusCode, [(HeaderName, String); 1], Json<CreatedCollection>);

fn created(id: CollectionId) -> Created {
    let location = [(header::LOCATION, format!("/api/collections/{id}"))];
    (StatusCode::CREATED, location, Json(CreatedCollection { id }))
}

pub async fn show(State(app): State<SharedApp>, collection: Collection) -> Result<Json<CollectionView>, Refusal> {
    view(&app, &collection.caller, &collection.handle).await
}

pub async fn change(
    State(app): State<SharedApp>,
    collection: Collection,
    Body(ChangeCollection { title, description, lines, seen, revision }): Body<ChangeCollection>,
) -> Result<Json<CollectionView>, Refusal> {
    let curating = collection.curating()?;
    let (title, description) = checked_curation(&title, &description)?;
    // Whoever has not got what is there now is told so before anything else.
    if revision != collection.handle.stored().revision {
        return Err(Refusal::StaleForm);
    }
    let stored = app.store.lines(&collection.handle).await?;
    let stored: BTreeSet<LineId> = stored.into_iter().map(|line| line.id).collect();
    let lines = contents(&app, &collection.caller, lines, &stored).await?;
    let seen = seen.into_iter().collect();
    let change = Curation { title, description, lines, seen, revision };
    saved(app.store.change_collection(curating, change, clock::now()).await?)?;
    again(&app, &collection).await
}

pub async fn add_line(
    State(app): State<SharedApp>,
    collection: Collection,
    Body(AddLine { item, note }): Body<AddLine>,
) -> Result<Json<CollectionView>, Refusal> {
    let curating = collection.curating()?;
    let note = checked_line(&note)?;
    let item = ItemHandle::open(&*app.store, &collection.caller.person, &item).await?;
    let item = item.filter(|item| !item.facts().access.binned).ok_or(Refusal::NotFound)?;
    let directory = app.store.directory();
    let lines = curated(&app, &collection.caller, &directory).lines(&collection.handle).await?;
    let is_it = |line: &LineOf| matches!(line, LineOf::Item { item: known, note: _ } if known.id == *item.id());
    if lines.len() >= MAX_LINES && !lines.iter().any(|line| is_it(&line.what)) {
        return Err(Refusal::CollectionFull);
    }
    saved(app.store.add_line(curating, item.id(), &note, clock::now()).await?)?;
    again(&app, &collection).await
}

pub async fn put_on_shelf(
    State(app): State<SharedApp>,
    collection: Collection,
    Body(MoveCollection { shelf }): Body<MoveCollection>,
) -> Result<Json<CollectionView>, Refusal> {
    let disposing = collection.disposing()?;
    let now = clock::now();
    may_move(&app.store.directory(), &collection.caller.person, &collection.handle.stored().access(), &shelf, now)?;
    app.store.move_collection(disposing, &shelf, now).await?;
    again(&app, &collection).await
}

pub async fn move_to_bin(State(app): State<SharedApp>, collection: Collection) -> Result<StatusCode, Refusal> {
    let id = collection.handle.stored().id.clone();
    // What is somebody's menu goes only by those who may take the menu back.
    if app.store.terms_of(std::slice::from_ref(&id)).await?.get(&id).is_some_and(|terms| !terms.is_empty()) {
        collection.handle.publishing(&app.store.directory())?;
    }
    app.store.bin_collection(collection.disposing()?, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(State(app): State<SharedApp>, collection: Collection) -> Result<Json<CollectionView>, Refusal> {
    app.store.unbin_collection(collection.disposing()?, clock::now()).await?;
    again(&app, &collection).await
}

/// The collection as it is after a change.
pub async fn again(app: &App, collection: &Collection) -> Result<Json<CollectionView>, Refusal> {
    let person = &collection.caller.person;
    let handle = CollectionHandle::open(&*app.store, person, collection.handle.id()).await?.ok_or(Refusal::NotFound)?;
    view(app, &collection.caller, &handle).await
}

async fn view(app: &App, caller: &Caller, handle: &CollectionHandle) -> Result<Json<CollectionView>, Refusal> {
    let directory = app.store.directory();
    let curated = curated(app, caller, &directory);
    let card = curated.cards(std::slice::from_ref(handle), None).await?.pop().ok_or(Refusal::Internal)?;
    let subscribed = app.store.subscriptions(&caller.person).await?.contains(&Topic::Collection(handle.id().clone()));
    let term = TermName::at(clock::now());
    let may_publish = handle.publishing(&directory).map_or(Vec::new(), |_| vec![term, term.next()]);
    let stored = handle.stored();
    Ok(Json(CollectionView {
        card,
        description: stored.description.clone(),
        created: stored.created,
        revision: stored.revision,
        lines: curated.lines(handle).await?,
        subscribed,
        may_publish,
        binned: stored.binned,
    }))
}

/// What lines are to say. Each item that is new in the collection has to be one that the caller sees; a heading without
/// words is left out.
async fn contents(
    app: &App,
    caller: &Caller,
    lines: Vec<WishedLine>,
    stored: &BTreeSet<LineId>,
) -> Result<Vec<(Option<LineId>, LineContent)>, Refusal> {
    // Two who save beside one another may have come to more; what is there can still be put in order.
    if lines.len() > MAX_LINES.max(stored.len()) {
        return Err(Refusal::CollectionFull);
    }
    let (mut contents, mut named, mut fresh) = (Vec::with_capacity(lines.len()), BTreeSet::new(), BTreeSet::new());
    for WishedLine { id, what } in lines {
        let id = id.filter(|id| stored.contains(id));
        if id.as_ref().is_some_and(|id| !named.insert(id.clone())) {
            return Err(Refusal::BadRequest);
        }
        let content = match what {
            WishedOf::Heading { text } => LineContent::Heading(checked_line(&text)?),
            WishedOf::Item { item, note } => {
                if id.is_none() {
                    fresh.insert(item.clone());
                }
                LineContent::Item { item, note: checked_line(&note)? }
            }
        };
        if !matches!(&content, LineContent::Heading(text) if text.is_empty()) {
            contents.push((id, content));
        }
    }
    let directory = app.store.directory();
    let seen = curated(app, caller, &directory).items(fresh.iter().cloned()).await?;
    if seen.len() < fresh.len() {
        return Err(Refusal::LineItemGone);
    }
    Ok(contents)
}

fn saved(saved: Saved) -> Result<(), Refusal> {
    match saved {
        Saved::Stored => Ok(()),
        Saved::Stale => Err(Refusal::StaleForm),
        Saved::Full => Err(Refusal::CollectionFull),
        Saved::Otherwise => Err(Refusal::SentOtherwise),
    }
}
