//! How much a school keeps in the library, and may.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::access::administers;
use shared::api::{MAX_QUOTA, QuotaView, SetQuota};
use shared::organisation::Body as Place;
use shared::words::SchoolId;

use super::caller::{Body, Query};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::store::{Account, By, Usage};

#[derive(Deserialize)]
pub struct Parameters {
    school: SchoolId,
}

/// For whoever leads the school, and the operator.
pub async fn show(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(Parameters { school }): Query<Parameters>,
) -> Result<Json<QuotaView>, Refusal> {
    is_theirs(&app, &caller, &school)?;
    let Usage { used, limit, binned } = app.store.usage(&Account::School(school)).await?;
    Ok(Json(QuotaView { used, limit, bin: binned }))
}

/// What is there already stays, also if it is more.
pub async fn set(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(SetQuota { school, bytes }): Body<SetQuota>,
) -> Result<StatusCode, Refusal> {
    is_theirs(&app, &caller, &school)?;
    if !app.store.directory().person(&caller.person).is_some_and(|person| person.operator) {
        return Err(Refusal::NotYours);
    }
    if bytes.is_some_and(|bytes| bytes > MAX_QUOTA) {
        return Err(Refusal::BadRequest);
    }
    app.store.set_quota(&school, bytes, By::Person(caller.person), clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A school that somebody does not lead looks absent to them here.
fn is_theirs(app: &App, caller: &Caller, school: &SchoolId) -> Result<(), Refusal> {
    let (directory, place) = (app.store.directory(), Place::School(school.clone()));
    let theirs = directory.school(school).is_some() && administers(&directory, &caller.person, &place, clock::now());
    if theirs { Ok(()) } else { Err(Refusal::NotFound) }
}
