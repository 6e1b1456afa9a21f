//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use shared::api::{Me, SignIn};

use super::caller::{Body, COOKIE, session_cookie};
use super::origin;
use super::refusal::Refusal;
use crate::accounts::{Caller, GroundKind};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::Secret;

/// Nobody is an answer too, and no error: every visit begins with this question.
pub async fn show(State(app): State<SharedApp>, caller: Option<Caller>) -> Result<Json<Option<Me>>, Refusal> {
    let Some(caller) = caller else { return Ok(Json(None)) };
    Ok(Json(app.store.me(&caller.person.id, clock::now()).await?))
}

pub async fn sign_in(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    Body(SignIn { login, password }): Body<SignIn>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Me>), Refusal> {
    if !origin::is_ours_or_no_browser(&headers, app.origin.as_deref()) {
        return Err(Refusal::CrossSite);
    }
    let older = session_cookie(&headers).map(|id| id.hash());
    let (id, person) = app.accounts.sign_in(&login, Secret::new(password), older).await?;
    if let Some(older) = older {
        app.sockets.end(older);
    }
    let me = app.store.me(&person, clock::now()).await?.ok_or(Refusal::WrongPassword)?;
    Ok((StatusCode::OK, [(header::SET_COOKIE, keep(&app, &id))], Json(me)))
}

pub async fn sign_out(
    State(app): State<SharedApp>,
    caller: Caller,
) -> Result<(StatusCode, [(HeaderName, String); 1]), Refusal> {
    match caller.ground.kind {
        GroundKind::Session => {
            app.store.end_session(caller.ground.hash).await?;
            app.sockets.end(caller.ground.hash);
        }
        GroundKind::Token => {}
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, forget(&app))]))
}

fn keep(app: &App, id: &Secret) -> String {
    // Revealed to its owner, once.
    format!("{COOKIE}={}; {}; Max-Age={}", id.reveal(), attributes(app), app.accounts.limits().absolute.as_secs())
}

fn forget(app: &App) -> String {
    format!("{COOKIE}=; {}; Max-Age=0", attributes(app))
}

fn attributes(app: &App) -> &'static str {
    if app.secure_cookies { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" }
}
