use axum::body::to_bytes;

use super::*;

#[test]
fn one_range_is_a_stretch_and_all_else_the_whole() {
    let cases = [
        (None, Asked::Whole),
        (Some("bytes=0-0"), Asked::Stretch(0..1)),
        (Some("bytes=2-4"), Asked::Stretch(2..5)),
        (Some("bytes=2-"), Asked::Stretch(2..10)),
        (Some("bytes=-3"), Asked::Stretch(7..10)),
        (Some("bytes=-30"), Asked::Stretch(0..10)),
        (Some("bytes=9-99"), Asked::Stretch(9..10)),
        (Some("bytes=0-99999999999999999999999"), Asked::Stretch(0..10)),
        (Some("bytes=10-"), Asked::Beyond),
        (Some("bytes=99999999999999999999999-"), Asked::Beyond),
        (Some("bytes=-0"), Asked::Beyond),
        (Some("bytes=0-1,4-5"), Asked::Whole),
        (Some("bytes=4-2"), Asked::Whole),
        (Some("bytes=-"), Asked::Whole),
        (Some("bytes=a-b"), Asked::Whole),
        (Some("bytes=+1-2"), Asked::Whole),
        (Some("lines=1-2"), Asked::Whole),
    ];
    for (range, expected) in cases {
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(header::RANGE, range.parse().unwrap());
        }
        assert_eq!(asked(&headers, "\"a\"", 10), expected, "{range:?}");
        headers.insert(header::IF_RANGE, "\"a\"".parse().unwrap());
        assert_eq!(asked(&headers, "\"a\"", 10), expected, "{range:?}");
        headers.insert(header::IF_RANGE, "\"b\"".parse().unwrap());
        assert_eq!(asked(&headers, "\"a\"", 10), Asked::Whole, "{range:?}");
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::RANGE, "bytes=0-".parse().unwrap());
    assert_eq!(asked(&headers, "\"a\"", 0), Asked::Beyond);
}

#[test]
fn a_name_can_not_end_its_header() {
    let cases = [
        ("课 1.mp4", "filename=\"_ 1.mp4\"; filename*=UTF-8''%E8%AF%BE%201.mp4"),
        ("a\"b\\c;d%.txt", "filename=\"a_b_c;d_.txt\"; filename*=UTF-8''a%22b%5Cc%3Bd%25.txt"),
        ("a\r\nb", "filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
    ];
    for (name, expected) in cases {
        assert_eq!(named(name), expected);
    }
}

#[test]
fn s5_only_what_can_not_run_is_shown_and_nothing_is_sniffed() {
    for kind in FileKind::ALL {
        let runs = matches!(kind, FileKind::Svg | FileKind::Html | FileKind::Pdf | FileKind::Text | FileKind::Other);
        assert!(!(runs && shown_as(*kind).is_some()), "{kind:?}");
        for disposition in [Disposition::Inline, Disposition::Attachment] {
            let said: HeaderMap = said(&About { name: "a", kind: *kind, disposition }, "\"e\"").into_iter().collect();
            let inline = said["content-disposition"].to_str().unwrap().starts_with("inline");
            assert_eq!(inline, disposition == Disposition::Inline && shown_as(*kind).is_some());
            assert_eq!(said["content-type"] == "application/octet-stream", !inline);
            assert_eq!(said["x-content-type-options"], "nosniff");
            assert_eq!(said["content-security-policy"], "default-src 'none'; sandbox");
        }
    }
}

#[tokio::test]
async fn a_blob_is_answered_whole_in_part_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
    let blob = blobs.keep((&b"0123456789"[..]).into()).await.unwrap();
    let etag = format!("\"{blob}\"");
    /// The method, what is asked, and the status, the range and the bytes of the answer.
    type Case<'a> = (&'a Method, &'a [(HeaderName, &'a str)], u16, &'a str, &'a str);
    let cases: [Case<'_>; 7] = [
        (&Method::GET, &[], 200, "", "0123456789"),
        (&Method::HEAD, &[], 200, "", ""),
        (&Method::GET, &[(header::RANGE, "bytes=2-4")], 206, "bytes 2-4/10", "234"),
        (&Method::GET, &[(header::RANGE, "bytes=2-4"), (header::IF_RANGE, "\"other\"")], 200, "", "0123456789"),
        (&Method::GET, &[(header::RANGE, "bytes=10-")], 416, "bytes */10", ""),
        (&Method::GET, &[(header::IF_NONE_MATCH, &etag)], 304, "", ""),
        (&Method::GET, &[(header::IF_NONE_MATCH, "\"other\"")], 200, "", "0123456789"),
    ];
    for (method, asked, status, range, expected) in cases {
        let asked: HeaderMap = asked.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let about = About { name: "课.mp4", kind: FileKind::Mp4, disposition: Disposition::Inline };
        let answer = answer(&blobs, &blob, about, &asked, method).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{asked:?}");
        assert_eq!(answer.headers()["etag"], etag.as_str());
        assert_eq!(answer.headers().get("content-range").map_or("", |range| range.to_str().unwrap()), range);
        if method == Method::HEAD {
            assert_eq!(answer.headers()["content-length"], "10");
        }
        assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), expected);
    }
    let absent: BlobId = "ab".parse().unwrap();
    let about = About { name: "a", kind: FileKind::Mp4, disposition: Disposition::Inline };
    let none = answer(&blobs, &absent, about, &HeaderMap::new(), &Method::GET).await;
    assert_eq!(none.unwrap_err(), Refusal::NoSuchFile);
}
