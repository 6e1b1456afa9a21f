//! A document as a file to take away.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::document::change::Node;
use shared::document::export;
use shared::words::Title;

use super::caller::{Document, Query};
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::content;

#[derive(Deserialize)]
pub struct ExportParameters {
    format: String,
}

#[derive(Clone, Copy)]
enum Format {
    Markdown,
    Html,
    Json,
}

impl Format {
    fn named(name: &str) -> Option<Self> {
        match name {
            "md" => Some(Format::Markdown),
            "html" => Some(Format::Html),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Markdown => "text/markdown; charset=utf-8",
            Format::Html => "text/html; charset=utf-8",
            Format::Json => "application/json",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Markdown => "md",
            Format::Html => "html",
            Format::Json => "json",
        }
    }
}

/// The document as it is stored, as a download: it is not a page of this site.
pub async fn download(
    State(app): State<SharedApp>,
    document: Document,
    Query(ExportParameters { format }): Query<ExportParameters>,
) -> Result<Response, Refusal> {
    let format = Format::named(&format).ok_or(Refusal::UnknownFormat)?;
    let handle = document.handle;
    let title = handle.title().clone();
    let file_name = file_name(title.as_str(), format);
    let content = content::read(&*app.log, handle.id()).await?;
    let written =
        tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| write(format, &title, &content))));
    let body = match written.await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) | Err(_) => {
            tracing::error!(document = %handle.id(), "exporting document {} panicked", handle.id());
            return Err(Refusal::Internal);
        }
    };
    let disposition = HeaderValue::from_str(&file_name).map_err(|_| Refusal::Internal)?;
    let about: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    Ok((about, body).into_response())
}

fn write(format: Format, title: &Title, content: &Node) -> String {
    match format {
        Format::Markdown => export::markdown(title, content),
        Format::Html => export::html_page(title, content, |_| None),
        Format::Json => export::json(content),
    }
}

/// `Content-Disposition` with the title as file name, in UTF-8 (RFC 8187) with a plain one for old programs.
fn file_name(title: &str, format: Format) -> String {
    let ending = format.ending();
    let mut encoded = String::new();
    for byte in title.replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "_").bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"gongbei.{ending}\"; filename*=UTF-8''{encoded}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain_ascii_and_keeps_to_its_folder() {
        let cases = [
            ("plan", "attachment; filename=\"gongbei.md\"; filename*=UTF-8''plan.md"),
            ("教案", "attachment; filename=\"gongbei.md\"; filename*=UTF-8''%E6%95%99%E6%A1%88.md"),
            ("../a\"b", "attachment; filename=\"gongbei.md\"; filename*=UTF-8''.._a_b.md"),
        ];
        for (title, expected) in cases {
            assert_eq!(file_name(title, Format::Markdown), expected);
        }
    }
}
