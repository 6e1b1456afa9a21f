//! Signing in and out.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use shared::api::{Me, SignIn};

use super::caller::{Body, CookieName, session_cookie};
use super::origin;
use super::refusal::Refusal;
use super::source::DEVICE_DAYS;
use crate::accounts::{self, Caller, GroundKind, SignInError, Source};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::Secret;

/// Nobody is an answer too, and no error: every visit begins with this question.
pub async fn show(State(app): State<SharedApp>, caller: Option<Caller>) -> Result<Json<Option<Me>>, Refusal> {
    let Some(caller) = caller else { return Ok(Json(None)) };
    Ok(Json(accounts::me(&app.store.directory(), &caller.person, clock::now())))
}

pub async fn sign_in(
    State(app): State<SharedApp>,
    source: Source,
    headers: HeaderMap,
    Body(SignIn { login, password, shared_computer: _ }): Body<SignIn>,
) -> Result<(AppendHeaders<[(HeaderName, String); 2]>, Json<Me>), NotSignedIn> {
    if !origin::is_ours_or_no_browser(&headers, app.site()) {
        return Err(Refusal::CrossSite.into());
    }
    let older = session_cookie(&headers, &app).map(|id| id.hash());
    let (id, person) = app.accounts.sign_in(&login, Secret::new(password), &source, older).await?;
    if let Some(older) = older {
        app.sockets.end(older);
    }
    let me = accounts::me(&app.store.directory(), &person, clock::now()).ok_or(Refusal::WrongPassword)?;
    // Revealed to their owner.
    let session = cookie(&app, CookieName::SESSION, id.reveal(), app.accounts.limits().absolute.as_secs());
    let device = cookie(&app, CookieName::DEVICE, source.device.reveal(), DEVICE_DAYS * 24 * 3600);
    Ok((AppendHeaders([(header::SET_COOKIE, session), (header::SET_COOKIE, device)]), Json(me)))
}

/// Why nobody was signed in, and when to try again.
pub struct NotSignedIn {
    refusal: Refusal,
    retry_after: Option<Duration>,
}

impl From<Refusal> for NotSignedIn {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, retry_after: None }
    }
}

impl From<SignInError> for NotSignedIn {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Refusal::WrongPassword.into(),
            SignInError::TooMany(wait) => Self { refusal: Refusal::TooManyAttempts, retry_after: Some(wait) },
            SignInError::Store(error) => Refusal::from(error).into(),
        }
    }
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        let seconds = self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        (seconds.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]), self.refusal).into_response()
    }
}

pub async fn sign_out(
    State(app): State<SharedApp>,
    caller: Caller,
) -> Result<(StatusCode, [(HeaderName, String); 1]), Refusal> {
    match caller.ground.kind {
        GroundKind::Session => {
            app.accounts.end_session(caller.ground.hash).await?;
            app.sockets.end(caller.ground.hash);
        }
        GroundKind::Token => {}
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&app, CookieName::SESSION, "", 0))]))
}

fn cookie(app: &App, name: CookieName, value: &str, seconds: u64) -> String {
    format!("{}={value}; {}; Max-Age={seconds}", name.on(app), attributes(app))
}

fn attributes(app: &App) -> &'static str {
    if app.secure { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" }
}
