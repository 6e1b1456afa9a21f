//! Finding colleagues, teams, schools and groups.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{Found, TeamCard};

use super::caller::Query;
use super::refusal::Refusal;
use crate::accounts::{self, Caller};
use crate::app::SharedApp;
use crate::clock;

const MOST: usize = 20;

#[derive(Deserialize)]
pub struct FindParameters {
    #[serde(default)]
    q: String,
}

pub async fn find(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(FindParameters { q }): Query<FindParameters>,
) -> Result<Json<Found>, Refusal> {
    let q: String = q.trim().chars().take(64).collect();
    let directory = app.store.directory();
    Ok(Json(app.people.find(&directory, &caller.person, &q, MOST, clock::now())))
}

/// The caller's own teams.
pub async fn teams(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Vec<TeamCard>>, Refusal> {
    Ok(Json(accounts::teams_of(&app.store.directory(), &caller.person, clock::now())))
}
