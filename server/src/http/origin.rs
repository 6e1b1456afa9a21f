//! Whether a request comes from our own pages: the `Origin` header against the address people use.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::caller::{CookieName, bearer, cookie, session_cookie};
use super::refusal::Refusal;
use crate::app::{App, SharedApp};

/// Refuses whatever another site's page would change, before anything else looks at it. Who shows an access token is a
/// program: a page of another site can't do that without our leave, which nobody has.
pub async fn guard(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let may = match *request.method() {
        Method::GET | Method::HEAD => true,
        // A browser that asks for another site's page what it may ask for.
        Method::OPTIONS => is_ours_or_no_browser(request.headers(), app.site()),
        _ => may_change(request.headers(), &app),
    };
    if may { next.run(request).await } else { Refusal::CrossSite.into_response() }
}

/// Who brings a session must name our origin, exactly (R12); who brings nothing may also be no browser at all.
fn may_change(headers: &HeaderMap, app: &App) -> bool {
    let no_other_site = is_ours_or_no_browser(headers, app.site());
    let brought = session_cookie(headers, app).or_else(|| cookie(headers, CookieName::GUEST.on(app)));
    match (bearer(headers), brought) {
        (Some(_), _) => true,
        (None, Some(_)) => no_other_site && is_ours(headers, app.site()),
        (None, None) => no_other_site,
    }
}

/// The address under which our pages are known.
#[derive(Debug, Clone, Copy)]
pub enum Site<'a> {
    /// This, exactly.
    Public(&'a str),
    /// Whatever the `Host` header names, and only over TLS.
    Encrypted,
    /// Whatever the `Host` header names.
    Plain,
}

impl App {
    pub fn site(&self) -> Site<'_> {
        match (&self.origin, &self.tls) {
            (Some(public), _) => Site::Public(public),
            (None, Some(_)) => Site::Encrypted,
            (None, None) => Site::Plain,
        }
    }
}

/// The browser says that the page has our origin, exactly. Missing and `null` are not ours.
pub fn is_ours(headers: &HeaderMap, site: Site<'_>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let encrypted = origin.strip_prefix("https://");
    match site {
        Site::Public(public) => origin == public.trim_end_matches('/'),
        Site::Encrypted => encrypted.is_some_and(|origin| host() == Some(origin)),
        Site::Plain => {
            encrypted.or_else(|| origin.strip_prefix("http://")).is_some_and(|origin| host() == Some(origin))
        }
    }
}

/// The same, or no browser sent it: each of them names the origin of whatever changes something.
pub fn is_ours_or_no_browser(headers: &HeaderMap, site: Site<'_>) -> bool {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"same-origin" | b"none") | None => {}
        Some(_) => return false,
    }
    !headers.contains_key(header::ORIGIN) || is_ours(headers, site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_only_our_own_origin_is_ours() {
        let cases = [
            (Some("http://gongbei.test:8080"), Site::Plain, true, true),
            (Some("https://gongbei.test:8080"), Site::Plain, true, true),
            (Some("http://gongbei.test"), Site::Plain, false, false),
            (Some("http://gongbei.test:80801"), Site::Plain, false, false),
            (Some("http://a.gongbei.test:8080"), Site::Plain, false, false),
            (Some("http://evil.test"), Site::Plain, false, false),
            (Some("null"), Site::Plain, false, false),
            (None, Site::Plain, false, true),
            (Some("ftp://gongbei.test:8080"), Site::Plain, false, false),
            (Some("https://public.test"), Site::Public("https://public.test/"), true, true),
            (Some("http://gongbei.test:8080"), Site::Public("https://public.test"), false, false),
            (Some("https://gongbei.test:8080"), Site::Encrypted, true, true),
            (Some("http://gongbei.test:8080"), Site::Encrypted, false, false),
        ];
        for (origin, site, ours, ours_or_no_browser) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "gongbei.test:8080".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(is_ours(&headers, site), ours, "{origin:?} {site:?}");
            assert_eq!(is_ours_or_no_browser(&headers, site), ours_or_no_browser, "{origin:?} {site:?}");
        }
    }

    #[test]
    fn s6_a_browser_that_says_cross_site_is_believed() {
        let mut headers = HeaderMap::new();
        for (site, expected) in [("same-origin", true), ("none", true), ("cross-site", false), ("same-site", false)] {
            headers.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(is_ours_or_no_browser(&headers, Site::Plain), expected, "{site}");
        }
    }
}
