//! Images in documents: taken by their content, kept by their hash, shown to those who may see the document.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use shared::api::StoredImage;
use shared::words::BlobId;

use super::attendee::Looked;
use super::bytes::is_known;
use super::caller::Document;
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;
use crate::images::{self, ImageFacts, NotAnImage};
use crate::store::NewImage;

pub async fn upload(
    State(app): State<SharedApp>,
    document: Document,
    body: Body,
) -> Result<(StatusCode, Json<StoredImage>), Refusal> {
    let editing = document.handle.editing().ok_or(Refusal::OnlyEditors)?;
    let bytes = to_bytes(body, images::MAX_BYTES).await.map_err(|_| Refusal::TooLarge)?;
    let ImageFacts { kind, width, height } = images::inspect(&bytes).map_err(refusal)?;
    let size = bytes.len() as u64;
    let blob = app.blobs.keep(bytes).await.map_err(storage)?;
    let image = NewImage {
        blob: blob.clone(),
        media_type: kind.media_type().into(),
        width,
        height,
        bytes: size,
        author: document.caller.person.clone(),
        at: clock::now(),
    };
    app.store.add_image(editing, image).await?;
    let src = format!("/api/documents/{}/images/{blob}", document.handle.id());
    Ok((StatusCode::CREATED, Json(StoredImage { blob, src, width, height, bytes: size })))
}

#[derive(Deserialize)]
pub struct InPath {
    blob: String,
}

pub async fn show(
    State(app): State<SharedApp>,
    document: Looked,
    Path(InPath { blob }): Path<InPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let blob: BlobId = blob.parse().map_err(|_| Refusal::NoSuchImage)?;
    let media_type = app.store.image_type(&document.handle, &blob).await?.ok_or(Refusal::NoSuchImage)?;
    let etag = format!("\"{blob}\"");
    let about = about_picture(&media_type, &etag)?;
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let bytes: Bytes = app.blobs.read(&blob).await.map_err(storage)?.ok_or(Refusal::NoSuchImage)?;
    Ok((about, bytes).into_response())
}

/// What is said of a picture that was made or checked here.
pub fn about_picture(media_type: &str, etag: &str) -> Result<[(HeaderName, HeaderValue); 5], Refusal> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::Internal);
    Ok([
        (header::ETAG, value(etag)?),
        // The right may end and the next person at the computer may have none: the judge is asked each time.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::CONTENT_TYPE, value(media_type)?),
    ])
}

pub fn refusal(why: NotAnImage) -> Refusal {
    tracing::debug!("refused an upload: {why}");
    match why {
        NotAnImage::TooLarge(_) => Refusal::TooLarge,
        NotAnImage::TooBig { .. } => Refusal::ImageTooBig,
        NotAnImage::CutOff(_) | NotAnImage::Damaged(_) => Refusal::DamagedImage,
        NotAnImage::Empty | NotAnImage::Other(_) => Refusal::NotAnImage,
    }
}

pub fn storage(error: std::io::Error) -> Refusal {
    tracing::error!("cannot reach a blob: {error}");
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Refusal::StorageFull,
        _ => Refusal::StorageFailing,
    }
}
