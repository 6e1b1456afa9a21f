//! The HTTP API, asked from the page.

use std::cell::RefCell;

use gloo::net::http::{Method, Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{ASKS_AS, Problem};
use shared::words::UserId;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::dom;

/// How long a request may take on a bad line, in milliseconds.
const PATIENCE: u32 = 30_000;

/// Why a request did not give what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// No answer: no network, or the server is not there.
    Unreachable,
    /// The server says no, in a sentence for the person.
    Problem(Problem),
    /// An answer that this client cannot read.
    Unreadable,
}

impl Failure {
    pub fn status(&self) -> Option<u16> {
        match self {
            Failure::Problem(problem) => Some(problem.status),
            Failure::Unreachable | Failure::Unreadable => None,
        }
    }
}

pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    read(answer(request(Method::GET, path).build()).await?).await
}

/// Who this is, by the answer that the page asked for before the program was there, if that is still to be had.
pub async fn session<T: DeserializeOwned>() -> Result<T, Failure> {
    match early().await.map(JsCast::dyn_into::<web_sys::Response>) {
        Ok(Ok(answer)) if answer.ok() => read(answer.into()).await,
        Ok(_) | Err(_) => get("/api/session").await,
    }
}

#[wasm_bindgen]
extern "C" {
    /// An answer, or null (app/static/loader.js).
    #[wasm_bindgen(js_namespace = gongbei, catch)]
    async fn early() -> Result<JsValue, JsValue>;
}

/// Sends `body` and reads the answer.
pub async fn send<B: Serialize, T: DeserializeOwned>(method: Method, path: &str, body: &B) -> Result<T, Failure> {
    read(answer(request(method, path).json(body)).await?).await
}

/// Sends a request without a body and reads the answer.
pub async fn ask<T: DeserializeOwned>(method: Method, path: &str) -> Result<T, Failure> {
    read(answer(request(method, path).build()).await?).await
}

/// An answer that is either what was asked for, or what it takes to go on.
pub enum Answer<T, A> {
    Done(T),
    Accepted(A),
}

/// As [`send`], for what may be accepted (202) and not done yet.
pub async fn send_stepwise<B: Serialize, T: DeserializeOwned, A: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &B,
) -> Result<Answer<T, A>, Failure> {
    let response = answer(request(method, path).json(body)).await?;
    match response.status() {
        202 => read(response).await.map(Answer::Accepted),
        _ => read(response).await.map(Answer::Done),
    }
}

/// Sends `body`; the answer has none.
pub async fn tell<B: Serialize>(method: Method, path: &str, body: &B) -> Result<(), Failure> {
    answer(request(method, path).json(body)).await.map(drop)
}

/// Sends a request without a body; the answer has none.
pub async fn bid(method: Method, path: &str) -> Result<(), Failure> {
    answer(request(method, path).build()).await.map(drop)
}

pub use gloo::net::http::Method as Verb;

thread_local! {
    static PERSON: RefCell<Option<UserId>> = const { RefCell::new(None) };
}

/// Whose page this is from now on. The browser sends whatever session it has by then, which another tab may have
/// changed: the server refuses what is asked under somebody else's.
pub fn ask_as(person: Option<UserId>) {
    PERSON.replace(person);
}

fn request(method: Method, path: &str) -> RequestBuilder {
    started(method, path).abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
}

/// What every request of this page says of it.
pub(super) fn started(method: Method, path: &str) -> RequestBuilder {
    let request = RequestBuilder::new(path).method(method);
    headers().iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// Names and values of the headers that say whose page this is, and in which language.
pub(super) fn headers() -> Vec<(&'static str, String)> {
    let person = PERSON.with_borrow(|person| person.as_ref().map(|person| (ASKS_AS, person.to_string())));
    [("accept-language", dom::language())].into_iter().chain(person).collect()
}

pub(super) async fn answer(request: Result<Request, gloo::net::Error>) -> Result<Response, Failure> {
    let request = request.map_err(|_| Failure::Unreadable)?;
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    if response.ok() { Ok(response) } else { Err(problem(response).await) }
}

async fn problem(response: Response) -> Failure {
    refused(response.status(), response.json().await.ok())
}

/// What an answer means that is no success, with the problem that it tells of, if it does.
pub(super) fn refused(status: u16, problem: Option<Problem>) -> Failure {
    match problem {
        Some(problem) => Failure::Problem(problem),
        // A proxy in between says that the server is away.
        None if matches!(status, 502..=504) => Failure::Unreachable,
        None => Failure::Unreadable,
    }
}

pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    response.json().await.map_err(|_| Failure::Unreadable)
}
