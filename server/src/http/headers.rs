//! Headers on every answer, and a log line for every request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::SharedApp;

/// No inline code or style anywhere; wasm may be compiled; nothing from elsewhere; in nobody's frame. What somebody has just
/// recorded is heard from a `blob:` before it is sent.
///
/// Browsers before Safari 15.4 don't count `ws:` of the same host as 'self', so it is named.
fn page_policy(host: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self' ws://{host} wss://{host}; manifest-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

pub async fn secure(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let public = app.origin.as_deref().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let host = public.unwrap_or(host).trim_end_matches('/').to_owned();
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = match is_page && is_plain_host(&host) {
            true => HeaderValue::from_str(&page_policy(&host)).ok(),
            false => None,
        };
        let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // A tutoring session has voices and photos; the browser still asks the person before it lets a page hear or see.
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"),
    );
    if app.secure {
        // A browser that has been here once does not try without TLS again, whatever a link or a hotspot says.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A host as it may stand in a policy: nothing that could end the directive.
fn is_plain_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

pub async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // The route, not the path: ids stay out of metrics, and what people search for out of the log.
    let route = request.extensions().get::<MatchedPath>().map_or("page".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("gongbei_request_seconds", "route" => route.clone()).record(seconds);
    tracing::debug!(%method, route, status, "{method} {route} → {status} in {:.1} ms", seconds * 1000.0);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_a_host_can_not_end_a_directive() {
        let cases =
            [("gongbei.test:8080", true), ("[::1]:80", true), ("a; script-src *", false), ("a b", false), ("", false)];
        for (host, expected) in cases {
            assert_eq!(is_plain_host(host), expected, "{host:?}");
        }
    }

    #[test]
    fn s2_no_inline_code_or_style() {
        let policy = page_policy("gongbei.test");
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
