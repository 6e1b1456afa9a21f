//! Bytes of a blob on their way out: whole or a stretch of it, in constant memory, and never as something that runs (R15).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::library::FileKind;
use shared::words::BlobId;

use super::refusal::Refusal;
use crate::blobs::Blobs;

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What it is called when it is saved.
    pub name: &'a str,
    pub kind: FileKind,
    pub disposition: Disposition,
}

/// What a browser does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Shows or plays it, if its kind can't hold anything that runs; saves it otherwise.
    Inline,
    /// Saves it.
    Attachment,
}

/// Answers GET and HEAD with the blob or the stretch of it that is asked for.
///
/// Whoever calls this has asked the judge. A blob that is not there is a refusal, for it was said to be.
pub async fn answer(
    blobs: &Blobs,
    blob: &BlobId,
    about: About<'_>,
    headers: &HeaderMap,
    method: &Method,
) -> Result<Response, Refusal> {
    let size = blobs.size(blob).await.map_err(storage)?.ok_or(Refusal::NoSuchFile)?;
    let etag = format!("\"{blob}\"");
    let mut answer = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match asked(headers, &etag, size) {
            Asked::Whole => {
                ([(header::CONTENT_LENGTH, HeaderValue::from(size))], body(blobs, blob, 0..size, method).await?)
                    .into_response()
            }
            Asked::Stretch(range) => (
                StatusCode::PARTIAL_CONTENT,
                [
                    (header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start)),
                    (header::CONTENT_RANGE, value(format!("bytes {}-{}/{size}", range.start, range.end - 1))),
                ],
                body(blobs, blob, range, method).await?,
            )
                .into_response(),
            Asked::Beyond => {
                let range = [(header::CONTENT_RANGE, value(format!("bytes */{size}")))];
                (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
            }
        }
    };
    answer.headers_mut().extend(said(&about, &etag));
    Ok(answer)
}

async fn body(blobs: &Blobs, blob: &BlobId, range: std::ops::Range<u64>, method: &Method) -> Result<Body, Refusal> {
    if method == Method::HEAD || range.is_empty() {
        return Ok(Body::empty());
    }
    let stream = blobs.stream(blob, range).await.map_err(storage)?.ok_or(Refusal::NoSuchFile)?;
    Ok(Body::from_stream(stream))
}

fn said(About { name, kind, disposition }: &About<'_>, etag: &str) -> [(HeaderName, HeaderValue); 7] {
    let shown = shown_as(*kind).filter(|_| *disposition == Disposition::Inline);
    let word = if shown.is_some() { "inline" } else { "attachment" };
    [
        (header::ETAG, value(etag.to_owned())),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        // The right may end and the next person at the computer may have none: the judge is asked each time.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_DISPOSITION, value(format!("{word}; {}", named(name)))),
        (header::CONTENT_TYPE, HeaderValue::from_static(shown.unwrap_or("application/octet-stream"))),
    ]
}

/// The media type of kinds that hold no code, and that browsers show or play.
fn shown_as(kind: FileKind) -> Option<&'static str> {
    match kind {
        FileKind::Png => Some("image/png"),
        FileKind::Jpeg => Some("image/jpeg"),
        FileKind::Gif => Some("image/gif"),
        FileKind::Webp => Some("image/webp"),
        FileKind::Bmp => Some("image/bmp"),
        FileKind::Mp3 => Some("audio/mpeg"),
        FileKind::M4a => Some("audio/mp4"),
        FileKind::Wav => Some("audio/wav"),
        FileKind::Ogg => Some("audio/ogg"),
        FileKind::Mp4 => Some("video/mp4"),
        FileKind::Webm => Some("video/webm"),
        FileKind::Docx
        | FileKind::Pptx
        | FileKind::Xlsx
        | FileKind::OldOffice
        | FileKind::Pdf
        | FileKind::Svg
        | FileKind::Film
        | FileKind::Text
        | FileKind::Csv
        | FileKind::Markdown
        | FileKind::Html
        | FileKind::Zip
        | FileKind::Rar
        | FileKind::SevenZip
        | FileKind::Other => None,
    }
}

/// As RFC 6266 has it: for old programs in ASCII, and for all others as it is.
fn named(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | '/') || c == ' ' { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// Whether whoever asks has it already.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or("");
    known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag)
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Stretch(std::ops::Range<u64>),
    Beyond,
}

/// What of it is wanted (RFC 9110, 14.2): several ranges at once, and what can't be read, are the whole.
fn asked(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    if headers.get(header::IF_RANGE).is_some_and(|same| same.as_bytes() != etag.as_bytes()) {
        return Asked::Whole;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
        return Asked::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>());
    match (first, last) {
        ("", "") => Asked::Whole,
        ("", suffix) => match number(suffix) {
            Some(Ok(0)) => Asked::Beyond,
            Some(length) => stretch(size.saturating_sub(length.unwrap_or(u64::MAX)), size, size),
            None => Asked::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => stretch(first.unwrap_or(u64::MAX), size, size),
            None => Asked::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) => {
                let (first, last) = (first.unwrap_or(u64::MAX), last.unwrap_or(u64::MAX));
                if last < first { Asked::Whole } else { stretch(first, last.saturating_add(1), size) }
            }
            _ => Asked::Whole,
        },
    }
}

fn stretch(from: u64, to: u64, size: u64) -> Asked {
    if from >= size { Asked::Beyond } else { Asked::Stretch(from..to.min(size)) }
}

/// Of characters that may stand in a header: all that is put here was made so.
fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// A disk or a bucket that does not do as it should.
pub fn storage(error: std::io::Error) -> Refusal {
    tracing::error!("cannot reach a blob: {error}");
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Refusal::StorageFull,
        // A bucket: this machine's disk is well.
        std::io::ErrorKind::HostUnreachable => Refusal::FilesUnreachable,
        _ => Refusal::StorageFailing,
    }
}

#[cfg(test)]
mod tests;
