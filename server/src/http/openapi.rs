//! The description of the API, written by hand; a test holds it against the router.

use axum::http::{HeaderName, header};

const DESCRIPTION: &str = include_str!("openapi.json");

pub async fn describe() -> ([(HeaderName, &'static str); 2], &'static str) {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], DESCRIPTION)
}

#[cfg(test)]
mod tests;
