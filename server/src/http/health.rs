//! Whether the server is alive, and whether it can take edits.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

use super::language::Spoken;
use crate::app::SharedApp;

pub async fn alive() -> &'static str {
    "alive\n"
}

pub async fn ready(State(app): State<SharedApp>) -> (StatusCode, Extension<Spoken>, &'static str) {
    match app.store.is_writable().await {
        Ok(()) => (StatusCode::OK, Extension(Spoken), "ready\n"),
        Err(error) => {
            tracing::warn!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, Extension(Spoken), "not ready: the store takes no edits\n")
        }
    }
}
