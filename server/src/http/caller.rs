//! Who asks, from the cookie or the access token, and with what right on the document in the path.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::api::ASKS_AS;
use shared::words::DocumentId;

use super::access::Need;
use super::refusal::Refusal;
use super::{limits, origin};
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::secret::Secret;
use crate::store::{DocumentHandle, Managing};

/// A cookie's name. Over TLS it is one that browsers take from this host alone and only over TLS (R12), and the other is
/// not known there: whoever can put a cookie of theirs into a browser by a plain page or a neighbouring host is not heard.
#[derive(Debug, Clone, Copy)]
pub struct CookieName {
    plain: &'static str,
    secure: &'static str,
}

impl CookieName {
    pub const SESSION: Self = Self { plain: "gongbei_session", secure: "__Host-gongbei_session" };
    /// Names a browser in which somebody has signed in before. It signs nobody in.
    pub const DEVICE: Self = Self { plain: "gongbei_device", secure: "__Host-gongbei_device" };

    /// Names a guest of one tutoring session, who can do nothing else with it.
    pub const GUEST: Self = Self { plain: "gongbei_guest", secure: "__Host-gongbei_guest" };
    /// Names the browser that is away at the provider of a single sign-on.
    pub const SIGN_ON: Self = Self { plain: "gongbei_sign_on", secure: "__Host-gongbei_sign_on" };

    pub fn on(self, app: &App) -> &'static str {
        if app.secure { self.secure } else { self.plain }
    }
}

/// The session id in the cookie, if there is one.
pub fn session_cookie(headers: &HeaderMap, app: &App) -> Option<Secret> {
    cookie(headers, CookieName::SESSION.on(app))
}

pub fn cookie(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| Secret::new(value.to_owned()))
}

/// The request shows a cookie or token, good or not: a person's, or that of a session's guest.
pub fn shows_something(headers: &HeaderMap, query: Option<&str>, app: &App) -> bool {
    let token = query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("token=")));
    let is_guest = || cookie(headers, CookieName::GUEST.on(app)).is_some();
    token || bearer(headers).is_some() || session_cookie(headers, app).is_some() || is_guest()
}

/// The access token that is shown. Any other way to authorise is none, and leaves it to the cookie.
pub fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
}

/// The caller of a plain request. What another site's page asks for has been refused before.
impl FromRequestParts<SharedApp> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let need = *parts.extensions.get::<Need>().ok_or(Refusal::Internal)?;
        let caller = caller_of(parts, app).await?;
        need.check(app, &caller).await?;
        limits::person(app, &caller.person, parts)?;
        Ok(caller)
    }
}

async fn caller_of(parts: &Parts, app: &App) -> Result<Caller, Refusal> {
    if let Some(token) = bearer(&parts.headers) {
        return app.accounts.caller_by_token(&token).await?.ok_or(Refusal::NotSignedIn);
    }
    let Some(id) = session_cookie(&parts.headers, app) else { return Err(Refusal::NotSignedIn) };
    let caller = app.accounts.caller_by_session(&id).await?.ok_or(Refusal::NotSignedIn)?;
    // A page of somebody who has left must not act for who came after them (J5).
    match parts.headers.get(ASKS_AS) {
        Some(named) if named.as_bytes() != caller.person.as_str().as_bytes() => Err(Refusal::AnotherPerson),
        Some(_) | None => Ok(caller),
    }
}

/// The same where one need not be signed in. A token that is shown must be a good one all the same.
impl axum::extract::OptionalFromRequestParts<SharedApp> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Option<Self>, Refusal> {
        let shown = bearer(&parts.headers).is_some();
        match <Self as FromRequestParts<SharedApp>>::from_request_parts(parts, app).await {
            Ok(caller) => Ok(Some(caller)),
            Err(Refusal::NotSignedIn) if !shown => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

/// The document in the path with the caller's right on it; absent and forbidden are refused alike.
pub struct Document {
    pub caller: Caller,
    pub handle: DocumentHandle,
}

impl Document {
    pub fn managing(&self) -> Result<Managing<'_>, Refusal> {
        self.handle.managing().ok_or(Refusal::OnlyManagers)
    }
}

#[derive(Deserialize)]
struct InPath {
    document: String,
}

impl FromRequestParts<SharedApp> for Document {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(InPath { document }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let id: DocumentId = document.parse().map_err(|_| Refusal::NotFound)?;
        let handle = DocumentHandle::open(&*app.store, &caller.person, &id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { caller, handle })
    }
}

/// A JSON body. Forms of other sites can't send this content type.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<SharedApp> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &SharedApp) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), app).await;
        let bytes = bytes.map_err(|rejection| Refusal::of_status(rejection.status()))?;
        // It is in no word that anybody writes, and not every database takes it.
        if has_nul(&bytes) {
            return Err(Refusal::HasNul);
        }
        let read = axum::Json::from_request(Request::from_parts(parts, bytes.into()), app).await;
        read.map(|axum::Json(body)| Self(body)).map_err(|rejection| Refusal::of_status(rejection.status()))
    }
}

/// Whether a text in this JSON has the character NUL, which can only stand there as `\u0000`.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with(b"u0000") {
            return true;
        }
        // What is escaped may be a backslash itself.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// Query parameters, refused in our own words.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<SharedApp> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        // A NUL is in no word that anybody looks for, and not every database takes it.
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Refusal::BadRequest);
        }
        let read = axum::extract::Query::from_request_parts(parts, app).await;
        read.map(|axum::extract::Query(query)| Self(query)).map_err(|_| Refusal::BadRequest)
    }
}

/// Reads the caller of a websocket: `?token=`, a bearer token, or the cookie with our own origin. `None` for no or an ended
/// session and for an unknown token, which is told on the socket, where a page can hear it.
pub async fn for_socket(
    headers: &HeaderMap,
    token: Option<String>,
    need: Need,
    app: &SharedApp,
) -> Result<Option<Box<Caller>>, Refusal> {
    let caller = match token.map(Secret::new).or_else(|| bearer(headers)) {
        Some(token) => app.accounts.caller_by_token(&token).await?,
        None => {
            if !origin::is_ours(headers, app.site()) {
                return Err(Refusal::CrossSite);
            }
            match session_cookie(headers, app) {
                Some(id) => app.accounts.caller_by_session(&id).await?,
                None => None,
            }
        }
    };
    if let Some(caller) = &caller {
        need.check(app, caller).await?;
    }
    Ok(caller.map(Box::new))
}
