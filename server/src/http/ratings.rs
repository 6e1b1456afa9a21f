//! How an item was in use, in words.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::{Rate, Ratings};
use shared::library::{MAX_WORDS_CHARS, Verdict};

use super::caller::{Body, Query};
use super::items::{Item, stored};
use super::limits;
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;
use crate::library::cards::Reader;
use crate::library::talk::{Listener, is_author};
use crate::library::words::checked_saying;
use crate::store::RatingPage;

const RATINGS: u32 = 20;

#[derive(Deserialize)]
pub struct RatingParameters {
    before: Option<u64>,
    verdict: Option<Verdict>,
}

/// `GET /api/items/{item}/ratings`.
pub async fn list(
    State(app): State<SharedApp>,
    item: Item,
    Query(RatingParameters { before, verdict }): Query<RatingParameters>,
) -> Result<Json<Ratings>, Refusal> {
    read(&app, &item, RatingPage { before, verdict, limit: RATINGS + 1 }).await
}

/// `PUT /api/items/{item}/rating`.
pub async fn rate(
    State(app): State<SharedApp>,
    item: Item,
    Body(Rate { verdict, words }): Body<Rate>,
) -> Result<Json<Ratings>, Refusal> {
    let speaking = item.speaking()?;
    if is_author(&stored(&app, &item.handle).await?, &item.caller.person) {
        return Err(Refusal::OwnWork);
    }
    let words = checked_saying(&words, MAX_WORDS_CHARS)?;
    limits::speech(&app, &item.caller.person)?;
    app.store.rate(speaking, verdict, &words, clock::now()).await?;
    read(&app, &item, RatingPage { limit: RATINGS + 1, ..RatingPage::default() }).await
}

/// `DELETE /api/items/{item}/rating`.
pub async fn unrate(State(app): State<SharedApp>, item: Item) -> Result<StatusCode, Refusal> {
    app.store.unrate(item.speaking()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(app: &SharedApp, item: &Item, page: RatingPage) -> Result<Json<Ratings>, Refusal> {
    let whole = stored(app, &item.handle).await?;
    let mut found = app.store.ratings(&item.handle, page).await?;
    let more = found.len() > RATINGS as usize;
    found.truncate(RATINGS as usize);
    let next = found.last().filter(|_| more).map(|rating| rating.number);
    let mine = app.store.rating_of(&item.handle, &item.caller.person).await?;
    let counts = app.store.rating_counts(&item.handle).await?;
    let directory = app.store.directory();
    let person = &item.caller.person;
    let reader = Reader::new(person, &directory, &app.taxonomies);
    let listener = Listener { reader, person, right: item.handle.right(), item: &whole };
    Ok(Json(Ratings {
        counts,
        ratings: found.into_iter().map(|rating| listener.rating(rating)).collect(),
        next,
        mine: mine.map(|rating| listener.rating(rating)),
        may_rate: !is_author(&whole, person) && item.handle.speaking().is_some(),
    }))
}
