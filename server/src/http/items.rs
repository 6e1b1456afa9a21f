//! Items of the library: putting in, changing, new versions, taking out.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use shared::access::{DocumentAccess, may_move, may_put, right};
use shared::api::{
    AddVersion, ChangeItem, CreateItem, CreatedItem, ItemView, MoveItem, PublishedItems, Substance, VersionCard,
};
use shared::document::change::Node;
use shared::document::text::{image_sources, plain_text};
use shared::library::ItemKind;
use shared::organisation::Shelf;
use shared::words::{BlobId, DocumentId, ItemId};

use super::caller::{Body, Document};
use super::documents;
use super::item_repeats::{self as repeat, Repeats};
use super::limits;
use super::loans;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::content;
use crate::library::cards::Reader;
use crate::library::words::{checked, checked_note};
use crate::store::{
    DocumentHandle, ItemHandle, ItemImage, Keeping, NewItem, NewSubstance, NewVersion, Speaking, StoredItem, Tending,
};

/// Files of one version.
const MAX_FILES: usize = 20;
/// Items that were published from one document and are told of.
const MAX_PUBLISHED: u32 = 50;

/// The item in the path with the caller's right on it; absent and forbidden are refused alike.
pub struct Item {
    pub caller: Caller,
    pub handle: ItemHandle,
}

#[derive(Deserialize)]
struct InPath {
    item: String,
}

impl FromRequestParts<SharedApp> for Item {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(InPath { item }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let id: ItemId = item.parse().map_err(|_| Refusal::NotFound)?;
        let handle = ItemHandle::open(&*app.store, &caller.person, &id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { caller, handle })
    }
}

impl Item {
    fn tending(&self) -> Result<Tending<'_>, Refusal> {
        self.handle.tending().ok_or(Refusal::OnlyEditors)
    }

    pub fn speaking(&self) -> Result<Speaking<'_>, Refusal> {
        self.handle.speaking().ok_or(Refusal::ItemBinned)
    }

    pub fn keeping(&self) -> Result<Keeping<'_>, Refusal> {
        self.handle.keeping().ok_or(Refusal::OnlyManagers)
    }
}

pub async fn create(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(asked): Body<CreateItem>,
) -> Result<Created, Refusal> {
    let wish = repeat::wish(&["item"], &asked)?;
    let CreateItem { id, words, shelf, substance, adapted_from } = asked;
    let (directory, now) = (app.store.directory(), clock::now());
    may_put(&directory, &caller.person, &shelf, now)?;
    let words = checked(words, &caller.person, &directory, &app.taxonomies, &[])?;
    if let Some(origin) = &adapted_from {
        let origin = ItemHandle::open(&*app.store, &caller.person, origin).await?.ok_or(Refusal::NotFound)?;
        if !origin.facts().licence.lets_adapt() && origin.facts().access.author != caller.person {
            return Err(Refusal::NotToBeChanged);
        }
    }
    // The answer to the same wish may have been lost on the line.
    let repeats = Repeats { app: &app, person: &caller.person, title: &words.title, shelf: &shelf, wish };
    if let Some(id) = &id
        && repeats.item_is_made(id).await?
    {
        return Ok(created(id.clone()));
    }
    if substance.uploads().is_empty() {
        limits::making(&app, &caller.person)?;
    }
    let id = repeat::named(id)?;
    let uploads = substance.uploads().to_vec();
    let substance = made_of(&app, &caller, words.kind, &id, &shelf, substance).await?;
    // Pages of before names know the same wish by what it is made of.
    if let NewSubstance::Written { document, text, .. } = &substance
        && let Some(id) = repeats.published(document, text).await?
    {
        return Ok(created(id));
    }
    if let Some(id) = repeats.made_of(&uploads).await? {
        return Ok(created(id));
    }
    let version = NewVersion { by: caller.person.clone(), at: now, note: String::new(), substance };
    let school = directory.school_of(&caller.person, now).map(|school| school.id.clone());
    let (author, words, shelf) = (caller.person.clone(), words.clone(), shelf.clone());
    let item = NewItem { id: id.clone(), words, author, shelf, school, adapted_from, wish: Some(wish), version };
    match app.store.add_item(item).await {
        Ok(true) => {}
        Ok(false) => return Err(Refusal::UploadsNotReady),
        // The same wish was under way already.
        Err(error) if error.is_taken() && repeats.item_is_made(&id).await? => {}
        Err(error) => return Err(error.into()),
    }
    app.renditions.look();
    Ok(created(id))
}

type Created = (StatusCode, [(HeaderName, String); 1], Json<CreatedItem>);

fn created(id: ItemId) -> Created {
    let location = [(header::LOCATION, format!("/api/items/{id}"))];
    (StatusCode::CREATED, location, Json(CreatedItem { id }))
}

pub async fn published(State(app): State<SharedApp>, document: Document) -> Result<Json<PublishedItems>, Refusal> {
    let items = app.store.published_from(&document.handle, MAX_PUBLISHED).await?;
    let directory = app.store.directory();
    let reader = Reader::new(&document.caller.person, &directory, &app.taxonomies);
    let seen = items.iter().filter(|item| sees(&app, &document.caller, &item.access()));
    Ok(Json(PublishedItems { items: seen.map(|item| reader.item(item)).collect() }))
}

pub async fn show(State(app): State<SharedApp>, item: Item) -> Result<Json<ItemView>, Refusal> {
    view(&app, &item.handle).await
}

pub async fn change(
    State(app): State<SharedApp>,
    item: Item,
    Body(ChangeItem { mut words, revision }): Body<ChangeItem>,
) -> Result<Json<ItemView>, Refusal> {
    let tending = item.tending()?;
    let before = stored(&app, &item.handle).await?.words;
    if words.authors.is_empty() {
        words.authors.clone_from(&before.authors);
    }
    let words = checked(words, &item.caller.person, &app.store.directory(), &app.taxonomies, &before.authors)?;
    // Whose work it is and what others may do with it is not for everybody to say who mends a word.
    if (words.licence, &words.authors, &words.source) != (before.licence, &before.authors, &before.source) {
        item.keeping()?;
    }
    // What it is made of stays: a thing that is lent does not become courseware, nor the other way round.
    if words.kind.is_lent() != item.handle.facts().kind.is_lent() {
        return Err(Refusal::NothingInIt);
    }
    // Nothing is lost if it says what the form says: perhaps it was this form whose answer got lost.
    if words != before && !app.store.change_item(tending, &words, revision, clock::now()).await? {
        return Err(Refusal::StaleForm);
    }
    view(&app, &again(&app, &item).await?).await
}

pub async fn add_version(
    State(app): State<SharedApp>,
    item: Item,
    Body(AddVersion { substance, note }): Body<AddVersion>,
) -> Result<Json<ItemView>, Refusal> {
    let tending = item.tending()?;
    let note = checked_note(&note)?;
    let facts = item.handle.facts();
    let uploads = substance.uploads().to_vec();
    if uploads.is_empty() {
        limits::making(&app, &item.caller.person)?;
    }
    let substance = made_of(&app, &item.caller, facts.kind, item.handle.id(), &facts.access.shelf, substance).await?;
    // As above, the answer may have been lost.
    if let NewSubstance::Written { content, .. } = &substance
        && app.store.content(&item.handle, facts.version).await?.as_ref() == Some(content)
    {
        return view(&app, &item.handle).await;
    }
    if repeat::all_made(&app, &item.caller.person, &uploads).await?.as_ref() == Some(item.handle.id()) {
        return view(&app, &item.handle).await;
    }
    let version = NewVersion { by: item.caller.person.clone(), at: clock::now(), note, substance };
    app.store.add_version(tending, version).await?.ok_or(Refusal::UploadsNotReady)?;
    app.renditions.look();
    view(&app, &again(&app, &item).await?).await
}

pub async fn put_on_shelf(
    State(app): State<SharedApp>,
    item: Item,
    Body(MoveItem { shelf }): Body<MoveItem>,
) -> Result<Json<ItemView>, Refusal> {
    let keeping = item.keeping()?;
    let now = clock::now();
    may_move(&app.store.directory(), &item.caller.person, &item.handle.facts().access, &shelf, now)?;
    app.store.move_item(keeping, &shelf, now).await?;
    loans::end_out_of_sight(&app, &item, &shelf).await?;
    view(&app, &again(&app, &item).await?).await
}

pub async fn move_to_bin(State(app): State<SharedApp>, item: Item) -> Result<StatusCode, Refusal> {
    app.store.bin_item(item.keeping()?, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(State(app): State<SharedApp>, item: Item) -> Result<Json<ItemView>, Refusal> {
    app.store.unbin_item(item.keeping()?, clock::now()).await?;
    let item = Item { handle: again(&app, &item).await?, caller: item.caller };
    // Who has gone or lost sight of it meanwhile is lent nothing again.
    loans::end_out_of_sight(&app, &item, &item.handle.facts().access.shelf).await?;
    view(&app, &item.handle).await
}

/// The item as it is after a change.
async fn again(app: &SharedApp, item: &Item) -> Result<ItemHandle, Refusal> {
    ItemHandle::open(&*app.store, &item.caller.person, item.handle.id()).await?.ok_or(Refusal::NotFound)
}

pub async fn stored(app: &App, handle: &ItemHandle) -> Result<StoredItem, Refusal> {
    let items = app.store.items(std::slice::from_ref(handle.id())).await?;
    items.into_iter().next().ok_or(Refusal::NotFound)
}

async fn view(app: &SharedApp, handle: &ItemHandle) -> Result<Json<ItemView>, Refusal> {
    let item = stored(app, handle).await?;
    let versions = app.store.versions(handle).await?;
    let document = match &item.document {
        Some(id) => DocumentHandle::open(&*app.store, handle.person(), id).await?,
        None => None,
    };
    let document = match document {
        Some(document) => Some(documents::card(app, &document).await?.0),
        None => None,
    };
    let directory = app.store.directory();
    let reader = Reader::new(handle.person(), &directory, &app.taxonomies);
    let mut versions: Vec<VersionCard> =
        versions.into_iter().map(|version| reader.version(version, &app.renditions)).collect();
    if handle.keeping().is_none() {
        versions.iter_mut().flat_map(|version| &mut version.files).for_each(|file| file.making = None);
    }
    Ok(Json(ItemView {
        card: reader.item(&item),
        description: item.words.description,
        licence: item.words.licence,
        source: item.words.source,
        tags: item.words.tags,
        by: reader.person(&item.author),
        created: item.created,
        right: handle.right(),
        revision: item.revision,
        versions,
        document,
        binned: item.binned,
    }))
}

/// What a version is made of, if this person may make it of that.
async fn made_of(
    app: &App,
    caller: &Caller,
    kind: ItemKind,
    item: &ItemId,
    shelf: &Shelf,
    substance: Substance,
) -> Result<NewSubstance, Refusal> {
    match substance {
        Substance::Nothing if kind.is_lent() => Ok(NewSubstance::Nothing),
        Substance::Nothing => Err(Refusal::NothingInIt),
        Substance::Files(_) | Substance::Document(_) if kind.is_lent() => Err(Refusal::NothingInIt),
        Substance::Files(uploads) if (1..=MAX_FILES).contains(&uploads.len()) => Ok(NewSubstance::Uploads(uploads)),
        Substance::Files(_) => Err(Refusal::NothingInIt),
        Substance::Document(document) => written(app, caller, item, shelf, document).await,
    }
}

/// What stands in a document now.
async fn written(
    app: &App,
    caller: &Caller,
    item: &ItemId,
    shelf: &Shelf,
    document: DocumentId,
) -> Result<NewSubstance, Refusal> {
    let handle = DocumentHandle::open(&*app.store, &caller.person, &document).await?.ok_or(Refusal::NotFound)?;
    handle.managing().ok_or(Refusal::OnlyManagers)?;
    let access = &handle.facts().access;
    // As if it were moved there: the item goes on from that shelf by its own rights.
    if access.shelf != *shelf {
        may_move(&app.store.directory(), &caller.person, access, shelf, clock::now())?;
    }
    let mut content = content::read(&*app.log, &document).await?;
    // As in texts for the search: Postgres takes no text with the sign that ends texts.
    let text = plain_text(&content).replace('\0', "\u{fffd}");
    let from = format!("/api/documents/{document}/images/");
    let images = images_of(app, &handle, &content, &from).await?;
    with_images_at(&mut content, &from, &format!("/api/items/{item}/images/"));
    let content = serde_json::to_string(&content).map_err(|_| Refusal::Internal)?;
    let bytes = content.len() as u64 + images.iter().map(|image| image.bytes).sum::<u64>();
    if app.uploads.room(&caller.person).await.map_err(|_| Refusal::Internal)?.free < bytes {
        return Err(Refusal::SchoolFull);
    }
    Ok(NewSubstance::Written { document, content, text, images })
}

async fn images_of(app: &App, handle: &DocumentHandle, content: &Node, from: &str) -> Result<Vec<ItemImage>, Refusal> {
    let mut images = Vec::new();
    for source in image_sources(content) {
        let Some(blob) = source.strip_prefix(from).and_then(|blob| blob.parse::<BlobId>().ok()) else { continue };
        images.extend(app.store.image(handle, &blob).await?);
    }
    Ok(images)
}

/// Gives images that lie at one place addresses at another.
pub fn with_images_at(node: &mut Node, from: &str, to: &str) {
    if let Some(serde_json::Value::String(source)) = node.attrs.get_mut("src")
        && let Some(blob) = source.strip_prefix(from)
    {
        *source = format!("{to}{blob}");
    }
    for child in &mut node.content {
        with_images_at(child, from, to);
    }
}

/// Whether somebody may see what lies so.
pub fn sees(app: &App, caller: &Caller, access: &DocumentAccess) -> bool {
    !access.binned && right(&app.store.directory(), &caller.person, access, clock::now()).is_some()
}
