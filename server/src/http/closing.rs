//! Closing an account, with whoever gets what lies on its shelf.

use axum::Json;
use axum::extract::{Path, State};
use shared::api::{Close, Closed, Closing};
use shared::words::UserId;

use super::caller::Body;
use super::failure::Failure;
use super::refusal::Refusal;
use crate::accounts::{Caller, Will};
use crate::app::SharedApp;
use crate::secret::Secret;

pub async fn preview(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(person): Path<String>,
) -> Result<Json<Closing>, Failure> {
    let person: UserId = person.parse().map_err(|_| Refusal::NoSuchPerson)?;
    Ok(Json(app.accounts.closing(&caller.person, &person).await?))
}

pub async fn close(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(person): Path<String>,
    Body(Close { heir, password }): Body<Close>,
) -> Result<Json<Closed>, Failure> {
    let person: UserId = person.parse().map_err(|_| Refusal::NoSuchPerson)?;
    let will = Will { heir, password: password.map(Secret::new) };
    let documents = app.accounts.close_and_hand_over(&caller, &person, will).await;
    // Even if the handing over has failed: the account is closed then.
    app.organisation_changed();
    Ok(Json(Closed { documents: documents? }))
}
