//! The request's language, and refusals written in it.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use shared::api::MisfitIn;

use super::refusal::{self, Language, Refusal};

/// Marks an error answer that is to stay as it is.
#[derive(Clone, Copy)]
pub struct Spoken;

/// Turns refusals, and bare error statuses of the framework, into problem documents.
pub async fn render(request: Request, next: Next) -> Response {
    let language = of(request.headers());
    let response = next.run(request).await;
    let refusal = match response.extensions().get::<Refusal>() {
        Some(refusal) => *refusal,
        None if is_bare_error(&response) => Refusal::of_status(response.status()),
        None => return response,
    };
    let mut answer = match response.extensions().get::<MisfitIn>() {
        Some(misfit) => refusal::does_not_fit(misfit.clone(), language),
        None => refusal.in_language(language),
    };
    for (name, value) in response.headers() {
        let is_kept = [header::SET_COOKIE, header::ALLOW, header::RETRY_AFTER].contains(name);
        if is_kept || name.as_str().starts_with("tus-") {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    // The framework's own errors are plain text or nothing; ours that are pages or lines for programs stay.
    let words =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    (status.is_client_error() || status.is_server_error()) && words && response.extensions().get::<Spoken>().is_none()
}

/// The best of ours in `Accept-Language`; Chinese if it names none.
pub fn of(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut best = (0.0, Language::Chinese);
    for range in wanted.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or("").trim().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        let language = match tag.split('-').next() {
            Some("zh") => Language::Chinese,
            Some("en") => Language::English,
            _ => continue,
        };
        if quality > best.0 {
            best = (quality, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_best_of_ours() {
        let cases = [
            ("", Language::Chinese),
            ("de, fr;q=0.9", Language::Chinese),
            ("en-US,en;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("zh;q=0.2, en;q=0.7", Language::English),
            ("en;q=nonsense", Language::English),
            (";;,,", Language::Chinese),
        ];
        for (wanted, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, wanted.parse().unwrap());
            assert_eq!(of(&headers), expected, "{wanted:?}");
        }
    }
}
