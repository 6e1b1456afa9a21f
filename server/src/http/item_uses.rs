//! The reuse chain: what becomes of items, and in whose work they live on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::access::may_put;
use shared::api::{AuthorCard, Chain, CopyItem, CreatedDocument, Deed, NoteUse, TitledDocument, TitledItem, UseLine};
use shared::document::build::{link, p, quote, text};
use shared::document::change::Node;
use shared::document::template::template;
use shared::library::ItemKind;
use shared::organisation::Shelf;
use shared::unseen::{is_unseen, turns_round};
use shared::words::{DocumentId, DocumentKind, ItemId, Title, UserId};

use super::caller::Body;
use super::item_repeats::{self as repeat, Repeats};
use super::items::{Item, sees, stored, with_images_at};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::cards::Reader;
use crate::new_document;
use crate::store::{DocumentHandle, ItemHandle, NewImage, NewUse, Plan, StoredItem, StoredSessionPlan, StoredUse};

/// Uses shown of one item.
const MOST_USES: u32 = 200;
/// Of a quoted passage so much is kept as evidence.
const QUOTE_CHARS: usize = 200;
/// How far an item is followed back to what it was made from.
const MOST_ORIGINS: usize = 20;

/// `GET /api/items/{item}/uses`.
pub async fn chain(State(app): State<SharedApp>, item: Item) -> Result<Json<Chain>, Refusal> {
    let mut uses = Vec::new();
    for one in app.store.uses(&item.handle, MOST_USES).await? {
        uses.extend(line(&app, &item.caller, one).await?);
    }
    let (adopters, downloads) = app.store.use_counts(&item.handle).await?;
    Ok(Json(Chain { origins: origins(&app, &item).await?, uses, adopters, downloads }))
}

/// `None` for what tells of an item that the caller may not see.
pub async fn line(app: &SharedApp, caller: &Caller, one: StoredUse) -> Result<Option<UseLine>, Refusal> {
    let document = match &one.document {
        Some(id) => DocumentHandle::open(&*app.store, &caller.person, id).await?,
        None => None,
    };
    let document =
        document.map(|handle| TitledDocument { id: handle.id().clone(), title: handle.title().as_str().to_owned() });
    let adapted = match &one.adapted {
        Some(id) => match titled(app, caller, id).await? {
            Some(item) => Some(item),
            None => return Ok(None),
        },
        None => None,
    };
    let directory = app.store.directory();
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let by = reader.person(&one.person);
    // The passage is the item's, and who reads the item may read it; where it stands they may not know.
    Ok(Some(UseLine {
        deed: one.deed,
        at: one.at,
        version: one.version,
        by,
        session: one.session.filter(|_| document.is_some()),
        document,
        item: adapted,
        quote: one.quote,
    }))
}

/// What the item was made from, the oldest first, as far as the caller may see.
async fn origins(app: &SharedApp, item: &Item) -> Result<Vec<TitledItem>, Refusal> {
    let mut origins = Vec::new();
    let mut next = stored(app, &item.handle).await?.adapted_from;
    while let Some(id) = next.take()
        && origins.len() < MOST_ORIGINS
    {
        let Some(origin) = app.store.items(&[id]).await?.pop() else { break };
        if !sees(app, &item.caller, &origin.access()) {
            break;
        }
        next = origin.adapted_from.clone();
        origins.push(titled_item(app, &origin));
    }
    origins.reverse();
    Ok(origins)
}

async fn titled(app: &SharedApp, caller: &Caller, id: &ItemId) -> Result<Option<TitledItem>, Refusal> {
    let item = app.store.items(std::slice::from_ref(id)).await?.pop();
    Ok(item.filter(|item| sees(app, caller, &item.access())).map(|item| titled_item(app, &item)))
}

pub fn titled_item(app: &App, item: &StoredItem) -> TitledItem {
    let directory = app.store.directory();
    let reader = Reader::new(&item.author, &directory, &app.taxonomies);
    let school = item.school.as_ref().and_then(|id| reader.school(id));
    TitledItem { id: item.id.clone(), title: item.words.title.as_str().to_owned(), school }
}

/// That the host shows the item a session is about; `None` if there is none, or none that they may see now.
pub async fn shown(app: &App, session: &StoredSessionPlan, plan: &Plan) -> Result<Option<NewUse>, Refusal> {
    let Some(item) = &plan.item else { return Ok(None) };
    let Some(handle) = ItemHandle::open(&*app.store, &plan.host, item).await? else { return Ok(None) };
    let new = use_by(app, plan.host.clone(), &handle, Deed::Shown, handle.facts().version);
    Ok(Some(NewUse { document: Some(session.board.clone()), ..new }))
}

/// `POST /api/items/{item}/uses`.
pub async fn note(
    State(app): State<SharedApp>,
    item: Item,
    Body(NoteUse { deed, version, document, quote }): Body<NoteUse>,
) -> Result<StatusCode, Refusal> {
    if !matches!(deed, Deed::Copied | Deed::Cited) || version == 0 || version > item.handle.facts().version {
        return Err(Refusal::BadRequest);
    }
    let document = DocumentHandle::open(&*app.store, &item.caller.person, &document).await?.ok_or(Refusal::NotFound)?;
    document.editing().ok_or(Refusal::OnlyEditors)?;
    let facts = item.handle.facts();
    if deed == Deed::Copied && !facts.licence.lets_adapt() && facts.access.author != item.caller.person {
        return Err(Refusal::NotToBeChanged);
    }
    let quote: String = quote.trim().chars().take(QUOTE_CHARS).collect();
    // Evidence is what stands in the item, and not what somebody says.
    let said = without_spaces(&app.store.said_in(&item.handle, version).await?);
    let stands_there = said.contains(&without_spaces(&quote));
    if deed == Deed::Copied && !stands_there {
        return Err(Refusal::NotInTheItem);
    }
    let quote = if stands_there { quote } else { String::new() };
    let one = new_use(&app, &item, deed, version);
    app.store.note_use(NewUse { document: Some(document.id().clone()), quote, ..one }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn without_spaces(text: &str) -> String {
    // A soft hyphen and what is not seen are lost in copying.
    let reads =
        |c: &char| !c.is_whitespace() && !c.is_control() && !is_unseen(*c) && !turns_round(*c) && *c != '\u{ad}';
    text.chars().filter(reads).collect()
}

/// A use by the caller, of the item alone.
pub fn new_use(app: &App, item: &Item, deed: Deed, version: u32) -> NewUse {
    use_by(app, item.caller.person.clone(), &item.handle, deed, version)
}

fn use_by(app: &App, person: UserId, item: &ItemHandle, deed: Deed, version: u32) -> NewUse {
    let at = clock::now();
    let school = app.store.directory().school_of(&person, at).map(|school| school.id.clone());
    NewUse {
        item: item.id().clone(),
        version,
        deed,
        person,
        school,
        document: None,
        adapted: None,
        quote: String::new(),
        at,
    }
}

/// `POST /api/items/{item}/copy`: a document of one's own that begins as the item does, and says so. Of files it begins as
/// the template does, and names the item.
pub async fn copy(
    State(app): State<SharedApp>,
    item: Item,
    Body(asked): Body<CopyItem>,
) -> Result<(StatusCode, Json<CreatedDocument>), Refusal> {
    let wish = repeat::wish(&["copy", item.handle.id().as_str()], &asked)?;
    let CopyItem { id, title, shelf } = asked;
    let (directory, now) = (app.store.directory(), clock::now());
    let person = &item.caller.person;
    let facts = item.handle.facts();
    let shelf = shelf.unwrap_or_else(|| Shelf::Person(person.clone()));
    may_put(&directory, person, &shelf, now)?;
    // A copy does not carry what lies with one school to the shelf of another.
    if shelf != Shelf::Person(person.clone()) && shelf != facts.access.shelf {
        return Err(Refusal::LeavesTheHouse);
    }
    let title = match title {
        Some(title) => Title::new(&title)?,
        None => facts.title.clone(),
    };
    let repeats = Repeats { app: &app, person, title: &title, shelf: &shelf, wish };
    let is_made = match &id {
        Some(id) => repeats.document_is_made(id).await?,
        None => false,
    };
    let kind = document_kind(facts.kind);
    let whole = stored(&app, &item.handle).await?;
    let origin = origin_line(&app, person, &whole);
    let (mut content, deed) = match app.store.content(&item.handle, facts.version).await? {
        Some(_) if !facts.licence.lets_adapt() && facts.access.author != *person => {
            return Err(Refusal::NotToBeChanged);
        }
        Some(content) => (serde_json::from_str::<Node>(&content).map_err(|_| Refusal::Internal)?, Deed::Template),
        None => (template(kind, &title, ""), Deed::Cited),
    };
    content.content.insert(0, origin);
    let id: DocumentId = repeat::named(id)?;
    let here = format!("/api/items/{}/images/", item.handle.id());
    with_images_at(&mut content, &here, &format!("/api/documents/{id}/images/"));
    // One that is there may lack the rest, if the line or the server broke off then.
    if !is_made {
        let (author, title, shelf) = (person.clone(), title.clone(), shelf.clone());
        let wish = Some(wish);
        match new_document::create_as(&*app.store, id.clone(), wish, author, kind, title, shelf, &content, now).await {
            Ok(_) => {}
            // The same wish was under way already.
            Err(error) if error.is_taken() && repeats.document_is_made(&id).await? => {}
            Err(error) => return Err(error.into()),
        }
    }
    take_images(&app, &item, &id).await?;
    let one = new_use(&app, &item, deed, facts.version);
    app.store.note_use(NewUse { document: Some(id.clone()), ..one }).await?;
    app.visits.note(person.clone(), id.clone(), now);
    Ok((StatusCode::CREATED, Json(CreatedDocument { id })))
}

/// The images of what was written come along: the copy has to stand when its origin is gone.
async fn take_images(app: &App, item: &Item, document: &DocumentId) -> Result<(), Refusal> {
    let images = app.store.item_images(&item.handle).await?;
    if images.is_empty() {
        return Ok(());
    }
    let person = &item.caller.person;
    let handle = DocumentHandle::open(&*app.store, person, document).await?.ok_or(Refusal::Internal)?;
    let editing = handle.editing().ok_or(Refusal::Internal)?;
    for image in images {
        let (author, at) = (person.clone(), clock::now());
        let new = NewImage {
            blob: image.blob,
            media_type: image.media_type.into(),
            width: image.width,
            height: image.height,
            bytes: image.bytes,
            author,
            at,
        };
        app.store.add_image(editing, new).await?;
    }
    Ok(())
}

fn document_kind(kind: ItemKind) -> DocumentKind {
    match kind {
        ItemKind::LessonDesign
        | ItemKind::Courseware
        | ItemKind::MicroLesson
        | ItemKind::RecordedLesson
        | ItemKind::Equipment
        | ItemKind::Venue => DocumentKind::LessonPlan,
        ItemKind::TeachingCase | ItemKind::QuestionSet => DocumentKind::Resource,
        ItemKind::ResearchResult | ItemKind::Template => DocumentKind::Page,
    }
}

/// `来自《…》（作者，学校，第 n 版）`, with the way there.
fn origin_line(app: &App, reader: &UserId, item: &StoredItem) -> Node {
    let directory = app.store.directory();
    let reader = Reader::new(reader, &directory, &app.taxonomies);
    let card = reader.item(item);
    let authors = card.authors.iter().map(|author| match author {
        AuthorCard::Person(person) => person.name.as_str(),
        AuthorCard::Name(name) => name.as_str(),
    });
    let mut said: Vec<String> = vec![authors.collect::<Vec<_>>().join("、")];
    said.extend(card.school.as_ref().map(|school| school.name.clone()));
    said.push(format!("第 {} 版", item.version));
    let address = format!("/library/items/{}", item.id);
    let title = format!("《{}》", card.title);
    quote(p([text("来自"), link(&title, &address), text(&format!("（{}）", said.join("，")))]))
}
