//! Long answers, pressed: on a village line 27 KB of results take half a second, 5 KB a tenth.

use std::io::Write;

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::refusal::Refusal;

/// Shorter answers fit into one packet as they are.
const WORTH_PRESSING: usize = 1_200;

/// An answer in JSON, by gzip if the asker takes that.
pub struct Pressed<T> {
    answer: T,
    takes: bool,
}

impl<T> Pressed<T> {
    pub fn new(headers: &HeaderMap, answer: T) -> Self {
        Self { answer, takes: takes(headers, "gzip") }
    }
}

impl<T: Serialize> IntoResponse for Pressed<T> {
    fn into_response(self) -> Response {
        let about = [(header::CONTENT_TYPE, "application/json"), (header::VARY, "accept-encoding")];
        let Ok(plain) = serde_json::to_vec(&self.answer) else { return Refusal::Internal.into_response() };
        if !self.takes || plain.len() < WORTH_PRESSING {
            return (about, plain).into_response();
        }
        let mut pressing = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::fast());
        match pressing.write_all(&plain).and_then(|()| pressing.finish()) {
            Ok(pressed) => (about, [(header::CONTENT_ENCODING, "gzip")], pressed).into_response(),
            Err(_) => (about, plain).into_response(),
        }
    }
}

/// Whether the asker says that they read this encoding.
pub fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|offer| {
        let mut parts = offer.split(';');
        parts.next().is_some_and(|name| name.trim() == encoding) && !parts.any(|part| part.trim() == "q=0")
    })
}
