//! Whether a request comes from our own pages: the `Origin` header against the address people use.

use axum::http::{HeaderMap, header};

/// The browser says that the page has our origin, exactly. Missing and `null` are not ours.
pub fn is_ours(headers: &HeaderMap, public: Option<&str>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    if let Some(public) = public {
        return origin == public.trim_end_matches('/');
    }
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
}

/// The same, or no browser sent it: each of them names the origin of whatever changes something.
pub fn is_ours_or_no_browser(headers: &HeaderMap, public: Option<&str>) -> bool {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"same-origin" | b"none") | None => {}
        Some(_) => return false,
    }
    !headers.contains_key(header::ORIGIN) || is_ours(headers, public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_only_our_own_origin_is_ours() {
        let cases = [
            (Some("http://gongbei.test:8080"), None, true, true),
            (Some("https://gongbei.test:8080"), None, true, true),
            (Some("http://gongbei.test"), None, false, false),
            (Some("http://gongbei.test:80801"), None, false, false),
            (Some("http://a.gongbei.test:8080"), None, false, false),
            (Some("http://evil.test"), None, false, false),
            (Some("null"), None, false, false),
            (None, None, false, true),
            (Some("ftp://gongbei.test:8080"), None, false, false),
            (Some("https://public.test"), Some("https://public.test/"), true, true),
            (Some("http://gongbei.test:8080"), Some("https://public.test"), false, false),
        ];
        for (origin, public, ours, ours_or_no_browser) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "gongbei.test:8080".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(is_ours(&headers, public), ours, "{origin:?} {public:?}");
            assert_eq!(is_ours_or_no_browser(&headers, public), ours_or_no_browser, "{origin:?} {public:?}");
        }
    }

    #[test]
    fn s6_a_browser_that_says_cross_site_is_believed() {
        let mut headers = HeaderMap::new();
        for (site, expected) in [("same-origin", true), ("none", true), ("cross-site", false), ("same-site", false)] {
            headers.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(is_ours_or_no_browser(&headers, None), expected, "{site}");
        }
    }
}
