//! Who asks for something of a tutoring session: somebody with an account, or a guest of it with the cookie they got for
//! the code. A guest's cookie is read here and nowhere else, so no other route knows them.

use axum::extract::{self, FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;
use shared::api::{ASKS_AS, PersonCard};
use shared::words::{DocumentId, Tone, TutoringId, UserId};

use super::caller::{CookieName, Document, cookie};
use super::refusal::Refusal;
use crate::accounts::{Caller, Ground, GroundKind, May};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::SecretHash;
use crate::store::{DocumentHandle, Leading, Running, StoreError, StoredGuest, TutoringHandle};

/// The session in the path with what it is to whoever asks; absent and forbidden are refused alike.
pub struct Tutored {
    pub handle: TutoringHandle,
}

#[derive(Deserialize)]
struct InPath {
    session: String,
}

impl FromRequestParts<SharedApp> for Tutored {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let path: Result<Path<InPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(InPath { session }) = path.map_err(|_| Refusal::NoSuchTutoring)?;
        let who = match guest_asking(parts, app).await? {
            Some(guest) => guest.id,
            None => Caller::from_request_parts(parts, app).await?.person,
        };
        let id: TutoringId = session.parse().map_err(|_| Refusal::NoSuchTutoring)?;
        let handle = TutoringHandle::open(&*app.store, &who, &id).await?.ok_or(Refusal::NoSuchTutoring)?;
        Ok(Self { handle })
    }
}

/// The document in the path, for somebody with an account who may see it, or for a guest of its session.
pub struct Looked {
    pub handle: DocumentHandle,
}

#[derive(Deserialize)]
struct DocumentInPath {
    document: String,
}

impl FromRequestParts<SharedApp> for Looked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let Some(guest) = guest_asking(parts, app).await? else {
            return Ok(Self { handle: Document::from_request_parts(parts, app).await?.handle });
        };
        let path: Result<Path<DocumentInPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(DocumentInPath { document }) = path.map_err(|_| Refusal::NotFound)?;
        let id: DocumentId = document.parse().map_err(|_| Refusal::NotFound)?;
        let handle = DocumentHandle::open(&*app.store, &guest.id, &id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { handle })
    }
}

impl Tutored {
    pub fn who(&self) -> &UserId {
        self.handle.who()
    }

    pub fn running(&self) -> Result<Running<'_>, Refusal> {
        self.handle.running().ok_or(Refusal::OnlySessionHost)
    }

    pub fn leading(&self) -> Result<Leading<'_>, Refusal> {
        self.handle.leading().ok_or(Refusal::OnlySessionLeaders)
    }
}

/// A guest, if the page says that it asks as that guest, or nobody is signed in beside them.
async fn guest_asking(parts: &mut Parts, app: &SharedApp) -> Result<Option<StoredGuest>, Refusal> {
    let Some((guest, _)) = guest_of(&parts.headers, app).await? else { return Ok(None) };
    match parts.headers.get(ASKS_AS).map(|named| named.as_bytes() == guest.id.as_str().as_bytes()) {
        Some(is_it) => Ok(is_it.then_some(guest)),
        None => {
            let signed_in =
                <Caller as extract::OptionalFromRequestParts<SharedApp>>::from_request_parts(parts, app).await?;
            Ok(signed_in.is_none().then_some(guest))
        }
    }
}

/// Whose cookie this is, and its hash; also of a guest who was sent away, or whose session is over.
pub async fn guest_of(headers: &HeaderMap, app: &App) -> Result<Option<(StoredGuest, SecretHash)>, StoreError> {
    let Some(secret) = cookie(headers, CookieName::GUEST.on(app)) else { return Ok(None) };
    let hash = secret.hash();
    Ok(app.store.guest(hash).await?.map(|guest| (guest, hash)))
}

/// A guest as others see them.
pub fn guest_card(guest: &StoredGuest) -> PersonCard {
    PersonCard { id: guest.id.clone(), name: guest.name.clone(), tone: Tone::of(&guest.id), school: None }
}

/// A guest at the door of a room, as somebody who comes with an account is. Only rooms of their session let them in.
pub async fn guest_for_socket(
    headers: &HeaderMap,
    document: &str,
    app: &App,
) -> Result<Option<Box<Caller>>, StoreError> {
    let Some((guest, hash)) = guest_of(headers, app).await? else { return Ok(None) };
    let document: Result<DocumentId, _> = document.parse();
    let session = app.store.tutoring_session(&guest.session).await?;
    let theirs = session.is_some_and(|session| document.is_ok_and(|id| [session.board, session.notes].contains(&id)));
    let until = clock::after(clock::now(), app.accounts.limits().idle);
    let ground = Ground { kind: GroundKind::Guest, hash, until };
    let caller = Caller { person: guest.id.clone(), card: guest_card(&guest), ground, may: May::Only(Vec::new()) };
    Ok(theirs.then(|| Box::new(caller)))
}
