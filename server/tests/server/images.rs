//! Uploading and showing images.

use reqwest::{Method, Response};
use serde_json::Value;

use crate::world::{Person, World, problem};

/// The smallest whole PNG: one transparent pixel.
pub const PIXEL: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\
    \x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0b\x49\x44\x41\x54\x78\x9c\x63\x60\x00\x02\x00\
    \x00\x05\x00\x01\x7a\x5e\xab\x3f\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

pub async fn upload(person: &Person, document: &str, bytes: impl Into<Vec<u8>>) -> Response {
    let path = format!("/api/documents/{document}/images");
    let request = person.request(Method::POST, &path).header("content-type", "image/png").body(bytes.into());
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_kept_once_and_shown_to_those_who_may_see_the_document() {
    let world = World::start().await;
    let (zhou, lin, sun) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("sun").await);
    let document = zhou.document("有图").await;
    zhou.share(&document, &[("lin", "view")]).await;
    let stored: Value = upload(&zhou, &document, PIXEL).await.json().await.unwrap();
    assert_eq!((&stored["width"], &stored["height"]), (&1.into(), &1.into()));
    let again: Value = upload(&zhou, &document, PIXEL).await.json().await.unwrap();
    assert_eq!(stored, again);
    let src = stored["src"].as_str().unwrap();
    for person in [&zhou, &lin] {
        let shown = person.get(src).await;
        assert_eq!(shown.status(), 200);
        let headers = shown.headers();
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        assert_eq!(headers["cache-control"], "private, no-cache", "the right may end: the judge is asked each time");
        assert_eq!(shown.bytes().await.unwrap(), PIXEL);
    }
    assert_eq!(problem(sun.get(src).await).await, (404, "not-found".to_owned()));
    let other = zhou.document("没有图").await;
    let borrowed = src.replace(&document, &other);
    assert_eq!(problem(zhou.get(&borrowed).await).await, (404, "no-such-image".to_owned()));
    assert_eq!(problem(upload(&lin, &document, PIXEL).await).await, (403, "only-editors".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_what_is_no_image_is_refused_whatever_it_claims() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("不是图").await;
    let too_large = [PIXEL, &vec![0; 10 << 20]].concat();
    let cases: [(&[u8], u16, &str); 5] = [
        (b"", 415, "not-an-image"),
        (b"<script>alert(1)</script>", 415, "not-an-image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415, "not-an-image"),
        (&PIXEL[..20], 422, "damaged-image"),
        (&too_large, 413, "too-large"),
    ];
    for (bytes, status, slug) in cases {
        let refused = problem(upload(&zhou, &document, bytes).await).await;
        assert_eq!(refused, (status, slug.to_owned()), "{} bytes", bytes.len());
    }
}
