//! A document as a file to take away.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::caller::{Document, Query};
use super::refusal::Refusal;
use crate::app::SharedApp;

#[derive(Deserialize)]
pub struct ExportParameters {
    format: String,
}

pub async fn download(
    State(_app): State<SharedApp>,
    _document: Document,
    Query(ExportParameters { format: _ }): Query<ExportParameters>,
) -> Result<Response, Refusal> {
    Err(Refusal::UnknownFormat)
}
