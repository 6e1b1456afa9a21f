//! Which addresses and colours may stand in an export.

use crate::pages::is_inside;

/// The address of a link, if its scheme is one of http, https, mailto and tel, or it stays on this site.
pub fn safe_link(href: &str) -> Option<&str> {
    let href = href.trim_matches(|char: char| char.is_whitespace() || char.is_control());
    if is_inside(href) {
        return Some(href);
    }
    let (scheme, rest) = href.split_once(':')?;
    let known = ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (known && !rest.is_empty() && !href.contains(char::is_control)).then_some(href)
}

/// The address of an image, if it is one of ours (`/api/documents/…`, `/api/items/…`) or comes by https.
pub fn safe_image(src: &str) -> Option<&str> {
    let web = src.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let fits =
        is_own_image(src) || (web && src.len() > 8 && !src.contains(|c: char| c.is_control() || c.is_whitespace()));
    fits.then_some(src)
}

/// Is this the path of an image on this server?
pub(super) fn is_own_image(src: &str) -> bool {
    let path = src.strip_prefix("/api/documents/").or_else(|| src.strip_prefix("/api/items/"));
    path.is_some_and(|path| {
        path.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
    })
}

/// The colour, if it is written as `#rrggbb`.
pub fn safe_colour(colour: &str) -> Option<&str> {
    let digits = colour.strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(colour)
}
