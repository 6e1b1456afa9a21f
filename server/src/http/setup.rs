//! The first start of an empty server.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::{SetUp, SetupState};

use super::caller::Body;
use super::failure::Failure;
use super::session::Door;
use crate::accounts::Source;
use crate::app::SharedApp;

pub async fn show(State(app): State<SharedApp>) -> Json<SetupState> {
    Json(SetupState { empty: app.accounts.is_empty() })
}

pub async fn set_up(
    State(app): State<SharedApp>,
    source: Source,
    headers: HeaderMap,
    Body(wish): Body<SetUp>,
) -> Result<Response, Failure> {
    let door = Door::at(&app, source, &headers);
    let signed_in = app.accounts.set_up(wish, &door.source).await?;
    app.organisation_changed();
    door.welcome(&signed_in).await
}
