//! Personal access tokens.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::api::{CreateToken, CreatedToken};

use super::caller::Body;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::store::TokenLine;

const MAX_NAME_CHARS: usize = 100;

pub async fn list(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Vec<TokenLine>>, Refusal> {
    Ok(Json(app.store.tokens(&caller.person.id).await?))
}

pub async fn create(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(CreateToken { name }): Body<CreateToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(Refusal::NameInvalid);
    }
    let token = app.accounts.new_token(&caller.person.id, name).await?;
    // Revealed to its owner, once.
    Ok((StatusCode::CREATED, Json(CreatedToken { token: token.reveal().to_owned() })))
}

pub async fn drop_token(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, Refusal> {
    match app.store.drop_token(&caller.person.id, &token).await? {
        true => {
            // Which of the person's sockets came with it is not known, so all of them prove themselves again.
            app.sockets.end_tokens_of(&caller.person.id);
            Ok(StatusCode::NO_CONTENT)
        }
        false => Err(Refusal::NoSuchToken),
    }
}
