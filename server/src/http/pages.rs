//! The front end, embedded in the binary; every address of a page gets the page of its program.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use shared::pages::Program;

use super::bytes::is_known;
use super::pressed::takes;
use super::refusal::Refusal;
use crate::app::SharedApp;

pub struct File {
    /// Below `dist`, with `/`.
    path: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page that loads a program, as `app/build.mjs` names it.
fn page_of(program: Program) -> &'static str {
    match program {
        Program::App => "index.html",
        Program::Office => "office.html",
        Program::Library => "library.html",
        Program::Tutoring => "tutoring.html",
    }
}

/// Shown by a server built before its front end was.
const NO_FRONT_END: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>共备</title>\
    <h1>共备</h1><p>这个服务器里还没有网页。请运行 <code>cargo xtask run</code>。</p>\
    <p>This server was built without its front end. Run <code>cargo xtask run</code>.</p></html>";

pub async fn page(State(app): State<SharedApp>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    // What the API does not know must not look like a page to a program.
    if path.starts_with("api/") || path.starts_with("sync/") {
        return Refusal::NoSuchAddress.into_response();
    }
    // Nobody can sign in yet: the page of the first start says how it begins.
    if matches!(path, "" | "signin") && app.accounts.is_empty() {
        return Redirect::to("/setup").into_response();
    }
    match (find(path), is_page(path)) {
        (Some(file), _) => serve(file, &headers),
        (None, true) => match find(page_of(Program::at(path))) {
            Some(page) => serve(page, &headers),
            None => (StatusCode::SERVICE_UNAVAILABLE, Html(NO_FRONT_END)).into_response(),
        },
        (None, false) => Refusal::NoSuchAddress.into_response(),
    }
}

fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &FILES[at])
}

/// Addresses of pages have no file ending; the client itself says so when there is no such page.
fn is_page(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or("").contains('.')
}

fn serve(file: &'static File, headers: &HeaderMap) -> Response {
    let cache = if is_named_by_content(file.path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let about = [
        (header::ETAG, HeaderValue::from_static(file.etag)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type(file.path))),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if is_known(headers, file.etag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let (bytes, encoding) = match (file.brotli, file.gzip) {
        (Some(brotli), _) if takes(headers, "br") => (brotli, Some("br")),
        (_, Some(gzip)) if takes(headers, "gzip") => (gzip, Some("gzip")),
        _ => (file.plain, None),
    };
    let mut response = (about, bytes).into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether the name carries a hash of the content, as the front end's build gives it: `app-0123456789abcdef_bg.wasm`.
fn is_named_by_content(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or("");
    let parts = stem.split(['-', '_']).skip(1);
    parts.into_iter().any(|part| part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_cached_for_good() {
        let cases = [
            ("index.html", false),
            ("app-0123456789abcdef.js", true),
            ("app-0123456789abcdef_bg.wasm", true),
            ("assets/style-0123456789abcdef.css", true),
            ("robots.txt", false),
            ("deadbeefdeadbeef.js", false),
            ("editor-view.js", false),
        ];
        for (path, expected) in cases {
            assert_eq!(is_named_by_content(path), expected, "{path}");
        }
    }

    #[test]
    fn pages_have_no_ending_files_do() {
        for (path, expected) in
            [("", true), ("documents/abc", true), ("signin", true), ("app.js", false), ("a/b.css", false)]
        {
            assert_eq!(is_page(path), expected, "{path}");
        }
    }
}
