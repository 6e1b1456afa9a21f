//! How much may be asked for: by strangers from one address, and of what is expensive by one person.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::words::UserId;

use super::caller;
use super::refusal::Refusal;
use super::source;
use crate::app::{App, SharedApp};
use crate::pace::Pace;
use crate::throttle::network;

/// A school of 300 behind one address asks three or four questions each before everybody is signed in.
const STRANGERS_AT_ONCE: u32 = 1_200;
const STRANGERS_PER_SECOND: u32 = 20;
/// For one person, in units of [`cost`].
const PERSON_AT_ONCE: u32 = 200;
const PERSON_PER_SECOND: u32 = 20;

/// For what one person says to others: thirty at once, and then one every ten seconds.
const SPEECH_AT_ONCE: u32 = 300;
const SPEECH_PER_SECOND: u32 = 1;
const SPEECH_COST: u32 = 10;

/// For what one press does before everybody: votes, hands, pens. Forty at once, and then two a second.
const GESTURES_AT_ONCE: u32 = 40;
const GESTURES_PER_SECOND: u32 = 2;

/// For guests who come in from one address: sixty at once, a room of teachers, and then one every two seconds.
const JOINING_AT_ONCE: u32 = 600;
const JOINING_PER_SECOND: u32 = 5;
const JOINING_COST: u32 = 10;

/// For collections, and what is published or lent: sixty at once, and then one every ten seconds. Files come as fast as they
/// are sent.
const MAKING_AT_ONCE: u32 = 600;
const MAKING_PER_SECOND: u32 = 1;
const MAKING_COST: u32 = 10;

/// Who has asked for how much lately.
pub struct Limits {
    strangers: Pace<IpAddr>,
    people: Pace<UserId>,
    speakers: Pace<UserId>,
    gestures: Pace<UserId>,
    joining: Pace<IpAddr>,
    makers: Pace<UserId>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            strangers: Pace::new(STRANGERS_AT_ONCE, STRANGERS_PER_SECOND),
            people: Pace::new(PERSON_AT_ONCE, PERSON_PER_SECOND),
            speakers: Pace::new(SPEECH_AT_ONCE, SPEECH_PER_SECOND),
            gestures: Pace::new(GESTURES_AT_ONCE, GESTURES_PER_SECOND),
            joining: Pace::new(JOINING_AT_ONCE, JOINING_PER_SECOND),
            makers: Pace::new(MAKING_AT_ONCE, MAKING_PER_SECOND),
        }
    }
}

/// An answer that was given to nobody in particular.
#[derive(Debug, Clone, Copy)]
pub struct ToStranger;

/// What is asked for over and over by nobody who is signed in gets no answer. Who is signed in is not counted here, so that
/// one at school who overdoes it shuts nobody else out of their work.
pub async fn strangers(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let address = network(source::address(&app, request.headers(), request.extensions()));
    let anonymous = !caller::shows_something(request.headers(), request.uri().query(), &app);
    if anonymous && let Err(wait) = app.limits.strangers.take(address, 1, Instant::now()) {
        return too_many(wait);
    }
    let response = next.run(request).await;
    let refused = response.status() == StatusCode::UNAUTHORIZED || response.extensions().get::<ToStranger>().is_some();
    if !anonymous
        && refused
        && let Err(wait) = app.limits.strangers.take(address, 1, Instant::now())
    {
        return too_many(wait);
    }
    response
}

/// Takes from the person's bucket what the request costs.
pub fn person(app: &App, person: &UserId, parts: &Parts) -> Result<(), Refusal> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match cost(&parts.method, path) {
        0 => Ok(()),
        cost => app.limits.people.take(person.clone(), cost, Instant::now()).map_err(|_| Refusal::TooManyRequests),
    }
}

/// Takes from the person's bucket what it costs to put something before others.
pub fn speech(app: &App, person: &UserId) -> Result<(), Refusal> {
    app.limits.speakers.take(person.clone(), SPEECH_COST, Instant::now()).map_err(|_| Refusal::SpokenTooFast)
}

/// Takes from the bucket of a person or guest what a vote or a sign costs.
pub fn gesture(app: &App, who: &UserId) -> Result<(), Refusal> {
    app.limits.gestures.take(who.clone(), 1, Instant::now()).map_err(|_| Refusal::TooManyRequests)
}

/// Takes from the bucket of an address what it costs to come in as a guest.
pub fn joining(app: &App, address: IpAddr) -> Result<(), Refusal> {
    app.limits.joining.take(network(address), JOINING_COST, Instant::now()).map_err(|_| Refusal::TooManyRequests)
}

/// Takes from the person's bucket what it costs to make something of nothing but words.
pub fn making(app: &App, person: &UserId) -> Result<(), Refusal> {
    app.limits.makers.take(person.clone(), MAKING_COST, Instant::now()).map_err(|_| Refusal::TooManyRequests)
}

/// What costs the server more than a look into an index.
fn cost(method: &Method, path: &str) -> u32 {
    match (method.as_str(), path) {
        ("GET", "/api/account/export") => 50,
        ("GET", "/api/documents/{document}/export" | "/api/documents/{document}/replay") => 5,
        ("GET", "/api/search" | "/api/find")
        | ("POST", "/api/documents/{document}/images" | "/api/uploads" | "/api/uploads/known") => 1,
        _ => 0,
    }
}

fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    ([(header::RETRY_AFTER, seconds.to_string())], Refusal::TooManyRequests).into_response()
}

#[cfg(test)]
mod tests {
    use super::super::ROUTES;
    use super::*;

    #[test]
    fn whatever_reads_much_for_one_person_is_rationed() {
        let costs = |(method, path): &(&str, &str)| cost(&method.to_uppercase().parse().unwrap(), path) > 0;
        let rationed: Vec<&str> = ROUTES.iter().filter(|route| costs(route)).map(|(_, path)| *path).collect();
        let expected = [
            "/api/account/export",
            "/api/documents/{document}/images",
            "/api/documents/{document}/export",
            "/api/documents/{document}/replay",
            "/api/uploads",
            "/api/uploads/known",
            "/api/find",
            "/api/search",
        ];
        assert_eq!(rationed, expected);
    }
}
