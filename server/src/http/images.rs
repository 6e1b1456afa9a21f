//! Images in documents: taken by their content, kept by their hash, shown to those who may see the document.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use imagesize::ImageType;
use serde::Deserialize;
use shared::api::StoredImage;
use shared::words::BlobId;

use super::caller::Document;
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;
use crate::store::NewImage;

/// Largest image, in bytes.
const MAX_BYTES: usize = 10 << 20;
/// Widest and highest, and the product of both: a small file can unpack to a picture that fills a memory.
const MAX_SIDE: usize = 16_000;
const MAX_PIXELS: usize = 50_000_000;

pub async fn upload(
    State(app): State<SharedApp>,
    document: Document,
    body: Body,
) -> Result<(StatusCode, Json<StoredImage>), Refusal> {
    let editing = document.handle.editing().ok_or(Refusal::OnlyEditors)?;
    let bytes = to_bytes(body, MAX_BYTES).await.map_err(|_| Refusal::TooLarge)?;
    let (media_type, width, height) = inspect(&bytes)?;
    let size = bytes.len() as u64;
    let blob = app.blobs.keep(bytes).await.map_err(storage)?;
    let image = NewImage {
        blob: blob.clone(),
        media_type,
        width,
        height,
        bytes: size,
        author: document.caller.person.id.clone(),
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
    document: Document,
    Path(InPath { blob }): Path<InPath>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let blob: BlobId = blob.parse().map_err(|_| Refusal::NoSuchImage)?;
    let media_type = app.store.image_type(&document.handle, &blob).await?.ok_or(Refusal::NoSuchImage)?;
    let etag = format!("\"{blob}\"");
    let about = [
        (header::ETAG, HeaderValue::from_str(&etag).map_err(|_| Refusal::NoSuchImage)?),
        // The right may end, so no cache but the person's own; the bytes never change under their hash.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::CONTENT_TYPE, HeaderValue::from_str(&media_type).map_err(|_| Refusal::Internal)?),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let bytes: Bytes = app.blobs.read(&blob).await.map_err(storage)?.ok_or(Refusal::NoSuchImage)?;
    Ok((about, bytes).into_response())
}

/// What the bytes are, by their content alone; the declared type and the name say nothing.
fn inspect(bytes: &[u8]) -> Result<(&'static str, u32, u32), Refusal> {
    let media_type = match imagesize::image_type(bytes).map_err(|_| Refusal::NotAnImage)? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        _ => return Err(Refusal::NotAnImage),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| Refusal::NotAnImage)?;
    let (width, height) = (size.width, size.height);
    if width == 0 || height == 0 {
        return Err(Refusal::NotAnImage);
    }
    if width > MAX_SIDE || height > MAX_SIDE || width.saturating_mul(height) > MAX_PIXELS {
        return Err(Refusal::ImageTooBig);
    }
    Ok((media_type, width as u32, height as u32))
}

fn storage(error: std::io::Error) -> Refusal {
    tracing::error!("cannot reach a blob: {error}");
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Refusal::StorageFull,
        _ => Refusal::StorageFailing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of a PNG of this size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn s5_an_image_is_what_its_bytes_say() {
        let gif = b"GIF89a\x02\0\x03\0\0\0\0;".to_vec();
        let cases: Vec<(&str, Vec<u8>, Result<(&str, u32, u32), Refusal>)> = vec![
            ("png", png(3, 4), Ok(("image/png", 3, 4))),
            ("gif", gif, Ok(("image/gif", 2, 3))),
            ("empty", vec![], Err(Refusal::NotAnImage)),
            ("html", b"<html><script>alert(1)</script>".to_vec(), Err(Refusal::NotAnImage)),
            ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), Err(Refusal::NotAnImage)),
            ("bmp", b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0".to_vec(), Err(Refusal::NotAnImage)),
            ("no size", png(0, 4), Err(Refusal::NotAnImage)),
            ("too wide", png(16_001, 1), Err(Refusal::ImageTooBig)),
            ("a bomb", png(16_000, 16_000), Err(Refusal::ImageTooBig)),
            ("half a png", png(3, 4)[..12].to_vec(), Err(Refusal::NotAnImage)),
        ];
        for (name, bytes, expected) in cases {
            assert_eq!(inspect(&bytes), expected, "{name}");
        }
    }
}
