//! Documents: listing, creating, renaming, the bin.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use shared::api::{CreateDocument, CreatedDocument, DocumentCard, DocumentList, RenameDocument, Which};
use shared::organisation::Shelf;
use shared::tutoring::TutoringState;
use shared::words::{DocumentKind, Title, UnixMillis};

use super::caller::{Body, Document, Query};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::new_document::{self, NewDocumentError, Start};
use crate::store::{Cursor, DocumentHandle, ListQuery};

/// Lines on one page of a list, unless `limit` asks for fewer.
const PAGE: u32 = 50;

#[derive(Deserialize)]
pub struct ListParameters {
    #[serde(default)]
    which: Which,
    kind: Option<DocumentKind>,
    q: Option<String>,
    before: Option<String>,
    limit: Option<u32>,
}

pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<ListParameters>,
) -> Result<Json<DocumentList>, Refusal> {
    let ListParameters { which, kind, q, before, limit } = asked;
    // Fresh visits belong in the list of recent documents.
    if which == Which::Recent {
        app.visits.write(&app.store).await;
    }
    let query = ListQuery {
        which,
        kind,
        q: q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()),
        before: before.map(|before| read_cursor(&before).ok_or(Refusal::BadRequest)).transpose()?,
        limit: limit.unwrap_or(PAGE).clamp(1, PAGE),
    };
    let page = app.store.list(&caller.person, &query).await?;
    let mut documents = page.documents;
    for card in &mut documents {
        card.here = app.rooms.people_in(&card.id);
    }
    Ok(Json(DocumentList { documents, next: page.next.map(|next| format!("{}_{}", next.at.0, next.id)) }))
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('_')?;
    Some(Cursor { at: UnixMillis(at.parse().ok()?), id: id.parse().ok()? })
}

pub async fn create(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(CreateDocument { kind, title, team, shelf, empty }): Body<CreateDocument>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<CreatedDocument>), Refusal> {
    let title = Title::new(&title)?;
    let start = if empty { Start::Empty } else { Start::Template };
    let shelf = match (shelf, team) {
        (Some(shelf), _) => shelf,
        (None, Some(team)) => Shelf::Team(team),
        (None, None) => Shelf::Person(caller.person.clone()),
    };
    let made = new_document::create(&*app.store, &caller.person, kind, title, shelf, start).await;
    let id = made.map_err(|error| match error {
        NewDocumentError::NotYourShelf => Refusal::NotYourShelf,
        NewDocumentError::Store(error) => error.into(),
    })?;
    app.visits.note(caller.person, id.clone(), clock::now());
    let location = [(header::LOCATION, format!("/api/documents/{id}"))];
    Ok((StatusCode::CREATED, location, Json(CreatedDocument { id })))
}

pub async fn show(State(app): State<SharedApp>, document: Document) -> Result<Json<DocumentCard>, Refusal> {
    card(&app, &document.handle).await
}

pub async fn rename(
    State(app): State<SharedApp>,
    document: Document,
    Body(RenameDocument { title }): Body<RenameDocument>,
) -> Result<Json<DocumentCard>, Refusal> {
    let title = Title::new(&title)?;
    app.store.rename(document.managing()?, &title).await?;
    app.rooms.renamed(document.handle.id());
    let renamed = again(&app, &document).await?;
    card(&app, &renamed).await
}

pub async fn move_to_bin(State(app): State<SharedApp>, document: Document) -> Result<StatusCode, Refusal> {
    let managing = document.managing()?;
    stands_alone(&document)?;
    app.store.move_to_bin(managing, clock::now()).await?;
    app.rooms.rights_changed_in(document.handle.id());
    Ok(StatusCode::NO_CONTENT)
}

/// Board and notes of a session stay where it is as long as it is to come or under way.
pub fn stands_alone(document: &Document) -> Result<(), Refusal> {
    let state = document.handle.facts().access.session.as_ref().map(|of| of.session.state);
    match state {
        Some(TutoringState::Planned | TutoringState::Open) => Err(Refusal::PartOfSession),
        Some(TutoringState::Ended | TutoringState::Cancelled) | None => Ok(()),
    }
}

pub async fn restore(State(app): State<SharedApp>, document: Document) -> Result<Json<DocumentCard>, Refusal> {
    app.store.take_from_bin(document.managing()?, clock::now()).await?;
    app.rooms.rights_changed_in(document.handle.id());
    let restored = again(&app, &document).await?;
    card(&app, &restored).await
}

/// The document as it is after a change.
pub async fn again(app: &SharedApp, document: &Document) -> Result<DocumentHandle, Refusal> {
    let handle = DocumentHandle::open(&*app.store, &document.caller.person, document.handle.id()).await?;
    handle.ok_or(Refusal::NotFound)
}

pub async fn card(app: &SharedApp, handle: &DocumentHandle) -> Result<Json<DocumentCard>, Refusal> {
    let mut card = app.store.document_card(handle).await?.ok_or(Refusal::NotFound)?;
    card.here = app.rooms.people_in(handle.id());
    Ok(Json(card))
}
