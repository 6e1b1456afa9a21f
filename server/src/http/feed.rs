//! What is new for the caller, and what they subscribe to.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::access::Circle;
use shared::api::{Feed, MarkSeen, Subscribe, SubscriptionList};
use shared::library::{MAX_SUBSCRIPTIONS, Topic};
use shared::words::UnixMillis;

use super::caller::{Body, Query};
use super::collections::curated;
use super::pressed::Pressed;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::feed::{MOST_UNREAD, first_seen};

const A_PAGE: usize = 20;
const MOST: usize = 50;

#[derive(Deserialize)]
pub struct FeedParameters {
    before: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/library/feed`.
pub async fn show(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(FeedParameters { before, limit }): Query<FeedParameters>,
    headers: HeaderMap,
) -> Result<Pressed<Feed>, Refusal> {
    let before = before.as_deref().map(cursor).transpose()?;
    let directory = app.store.directory();
    let curated = curated(&app, &caller, &directory);
    let interests = curated.interests().await?;
    let seen = app.store.seen_up_to(&caller.person).await?.unwrap_or_else(first_seen);
    let after_seen = UnixMillis(seen.0.saturating_add(1));
    let unread = curated.told(&interests, Some(after_seen), None, MOST_UNREAD).await?.lines.len();
    let told = curated.told(&interests, None, before, limit.unwrap_or(A_PAGE).clamp(1, MOST)).await?;
    let answer = Feed {
        lines: told.lines,
        next: told.next.map(|(at, key)| format!("{}.{key}", at.0)),
        seen,
        unread: u32::try_from(unread).unwrap_or(u32::MAX),
        by_default: interests.topics.is_empty(),
    };
    Ok(Pressed::new(&headers, answer))
}

/// `PUT /api/library/feed/seen`.
pub async fn mark_seen(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(MarkSeen { up_to }): Body<MarkSeen>,
) -> Result<StatusCode, Refusal> {
    // Nobody has read what has not happened.
    app.store.mark_seen(&caller.person, up_to.min(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn subscriptions(State(app): State<SharedApp>, caller: Caller) -> Result<Json<SubscriptionList>, Refusal> {
    list(&app, &caller).await
}

pub async fn subscribe(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(Subscribe { topic }): Body<Subscribe>,
) -> Result<Json<SubscriptionList>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let circle = Circle::of(&directory, &caller.person, now);
    let topic = checked(topic)?;
    let card = curated(&app, &caller, &directory).topic(topic, &circle).await?.ok_or(Refusal::NotFound)?;
    if !app.store.subscribe(&caller.person, &card.topic, MAX_SUBSCRIPTIONS, now).await? {
        return Err(Refusal::TooManySubscriptions);
    }
    list(&app, &caller).await
}

pub async fn unsubscribe(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(Subscribe { topic }): Body<Subscribe>,
) -> Result<Json<SubscriptionList>, Refusal> {
    app.store.unsubscribe(&caller.person, &checked(topic)?).await?;
    list(&app, &caller).await
}

async fn list(app: &App, caller: &Caller) -> Result<Json<SubscriptionList>, Refusal> {
    let directory = app.store.directory();
    let topics = curated(app, caller, &directory).interests().await?.topics;
    Ok(Json(SubscriptionList { topics }))
}

/// As it is read out of the store again.
fn checked(topic: Topic) -> Result<Topic, Refusal> {
    let odd = matches!(&topic, Topic::Subject(name) if name.chars().any(char::is_control) || name.trim() != name);
    if odd { Err(Refusal::BadRequest) } else { topic.to_string().parse().map_err(|_| Refusal::BadRequest) }
}

fn cursor(text: &str) -> Result<(UnixMillis, String), Refusal> {
    let (at, key) = text.split_once('.').ok_or(Refusal::BadRequest)?;
    Ok((UnixMillis(at.parse().map_err(|_| Refusal::BadRequest)?), key.to_owned()))
}
