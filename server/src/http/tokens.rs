//! Personal access tokens: made, listed and ended by their owner in person, never by another token.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::api::{CreateToken, CreatedToken, Scope, TokenLine};

use super::caller::Body;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;

const MAX_NAME_CHARS: usize = 100;
const USUAL_DAYS: u32 = 90;
const MAX_DAYS: u32 = 366;

pub async fn list(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Vec<TokenLine>>, Refusal> {
    Ok(Json(app.store.tokens(&caller.person).await?))
}

pub async fn create(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(CreateToken { name, days, scopes }): Body<CreateToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(Refusal::NameInvalid);
    }
    let days = days.unwrap_or(USUAL_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Refusal::DaysInvalid);
    }
    let mut scopes = scopes.unwrap_or_else(|| Scope::USUAL.to_vec());
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(Refusal::ScopesInvalid);
    }
    let lasts = Duration::from_secs(u64::from(days) * 24 * 3600);
    let token = app.accounts.new_token(&caller.person, name, &scopes, lasts).await?;
    // Revealed to its owner, once.
    Ok((StatusCode::CREATED, Json(CreatedToken { token: token.reveal().to_owned() })))
}

pub async fn end(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, Refusal> {
    let hash = app.store.end_token(&caller.person, &token).await?.ok_or(Refusal::NoSuchToken)?;
    app.sockets.end(hash);
    Ok(StatusCode::NO_CONTENT)
}
