//! What is in items: files, pictures of their pages, the text in them, and what was written here.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::api::{Deed, FileText, WrittenContent};
use shared::document::change::Node;
use shared::document::export;
use shared::library::FileKind;
use shared::words::BlobId;

use super::bytes::{self, About, Disposition, is_known};
use super::caller::Query;
use super::images::{about_picture, storage};
use super::item_uses::new_use;
use super::items::Item;
use super::refusal::Refusal;
use crate::app::{App, SharedApp};
use crate::library::reading;
use crate::store::ItemFile;

/// Pictures of pages are this wide.
const PAGE_WIDTH: u32 = 1_000;

#[derive(Deserialize)]
pub struct FileInPath {
    version: u32,
    place: u32,
}

#[derive(Deserialize)]
struct HowParameters {
    /// As a file to keep, which is noted, and not to look at.
    download: Option<String>,
}

/// How somebody asks for a file.
pub struct How {
    download: bool,
    method: Method,
    headers: HeaderMap,
}

impl FromRequestParts<SharedApp> for How {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let Query(HowParameters { download }) = Query::from_request_parts(parts, app).await?;
        Ok(Self { download: download.is_some(), method: parts.method.clone(), headers: parts.headers.clone() })
    }
}

impl How {
    /// Notes a download once, where it begins.
    async fn note(&self, app: &App, item: &Item, version: u32) -> Result<(), Refusal> {
        if self.download && self.method == Method::GET && begins(&self.headers) {
            app.store.note_use(new_use(app, item, Deed::Downloaded, version)).await?;
        }
        Ok(())
    }

    fn disposition(&self) -> Disposition {
        if self.download { Disposition::Attachment } else { Disposition::Inline }
    }
}

/// The bytes, whole or in part.
pub async fn show(
    State(app): State<SharedApp>,
    item: Item,
    Path(FileInPath { version, place }): Path<FileInPath>,
    how: How,
) -> Result<Response, Refusal> {
    let file = file(&app, &item, version, place).await?;
    how.note(&app, &item, version).await?;
    let about = About { name: &file.name, kind: file.facts.kind, disposition: how.disposition() };
    bytes::answer(&app.blobs, &file.blob, about, &how.headers, &how.method).await
}

/// The small rendition of a film or recording, whole or in part.
pub async fn small(
    State(app): State<SharedApp>,
    item: Item,
    Path(FileInPath { version, place }): Path<FileInPath>,
    how: How,
) -> Result<Response, Refusal> {
    let file = file(&app, &item, version, place).await?;
    let (blob, kind) = app.renditions.sent(&file).ok_or(Refusal::NoSuchFile)?;
    how.note(&app, &item, version).await?;
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let name = format!("{stem}.small.{}", kind.as_str());
    let about = About { name: &name, kind, disposition: how.disposition() };
    let answer = bytes::answer(&app.blobs, &blob, about, &how.headers, &how.method).await;
    if let Err(Refusal::NoSuchFile) = answer {
        // Somebody has tidied too much: it can be made again.
        app.store.forget_rendition(&file.blob).await?;
        app.renditions.look();
    }
    answer
}

/// A download that goes on where the line was cut is the same one, and so is one that is there already.
fn begins(headers: &HeaderMap) -> bool {
    let goes_on = headers.get(header::RANGE).is_some_and(|range| !range.as_bytes().starts_with(b"bytes=0-"));
    !goes_on && !headers.contains_key(header::IF_NONE_MATCH)
}

/// The small picture of it.
pub async fn thumbnail(
    State(app): State<SharedApp>,
    item: Item,
    Path(FileInPath { version, place }): Path<FileInPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = file(&app, &item, version, place).await?;
    let blob = file.thumbnail.ok_or(Refusal::NoSuchImage)?;
    let etag = format!("\"{blob}\"");
    if is_known(&headers, &etag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let picture = app.blobs.read(&blob).await.map_err(storage)?.ok_or(Refusal::NoSuchImage)?;
    let media_type = reading::media_type(&picture);
    Ok((about_picture(media_type, &etag)?, picture).into_response())
}

#[derive(Deserialize)]
pub struct PageInPath {
    version: u32,
    place: u32,
    page: u32,
}

/// A page of a PDF as a picture.
pub async fn page(
    State(app): State<SharedApp>,
    item: Item,
    Path(PageInPath { version, place, page }): Path<PageInPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = file(&app, &item, version, place).await?;
    if file.facts.kind != FileKind::Pdf || page == 0 || file.facts.pages.is_some_and(|pages| page > pages) {
        return Err(Refusal::NoSuchImage);
    }
    let etag = format!("\"{}-{page}\"", file.blob);
    if is_known(&headers, &etag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let picture = app.previews.page(&app.blobs, &file.blob, page, PAGE_WIDTH).await.map_err(|error| {
        tracing::debug!("no picture of page {page} of {}: {error}", file.blob);
        Refusal::NoSuchImage
    })?;
    let media_type = reading::media_type(&picture);
    Ok((about_picture(media_type, &etag)?, picture).into_response())
}

/// What was read out of the file.
pub async fn text(
    State(app): State<SharedApp>,
    item: Item,
    Path(FileInPath { version, place }): Path<FileInPath>,
) -> Result<Json<FileText>, Refusal> {
    let file = file(&app, &item, version, place).await?;
    let read = app.store.reading(&file.blob, &file.claim).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(FileText { text: read.text }))
}

#[derive(Deserialize)]
pub struct VersionInPath {
    version: u32,
}

/// What stood in the document that it was published from.
pub async fn content(
    State(app): State<SharedApp>,
    item: Item,
    Path(VersionInPath { version }): Path<VersionInPath>,
) -> Result<Json<WrittenContent>, Refusal> {
    let content = app.store.content(&item.handle, version).await?.ok_or(Refusal::NotFound)?;
    let node: Node = serde_json::from_str(&content).map_err(|_| Refusal::Internal)?;
    Ok(Json(WrittenContent { html: export::html(&node), content: node }))
}

#[derive(Deserialize)]
pub struct ImageInPath {
    blob: String,
}

/// An image in it.
pub async fn image(
    State(app): State<SharedApp>,
    item: Item,
    Path(ImageInPath { blob }): Path<ImageInPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let blob: BlobId = blob.parse().map_err(|_| Refusal::NoSuchImage)?;
    let image = app.store.item_image(&item.handle, &blob).await?.ok_or(Refusal::NoSuchImage)?;
    let etag = format!("\"{blob}\"");
    if is_known(&headers, &etag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let bytes = app.blobs.read(&blob).await.map_err(storage)?.ok_or(Refusal::NoSuchImage)?;
    Ok((about_picture(&image.media_type, &etag)?, bytes).into_response())
}

async fn file(app: &SharedApp, item: &Item, version: u32, place: u32) -> Result<ItemFile, Refusal> {
    app.store.item_file(&item.handle, version, place).await?.ok_or(Refusal::NotFound)
}
