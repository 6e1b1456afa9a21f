use super::*;

/// A PNG of this size with one chunk of pixels, which nobody decodes here.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", &header[..]), (b"tEXt", b"a\0b"), (b"IDAT", b"pixels"), (b"IEND", b"")] {
        bytes.extend((content.len() as u32).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(content);
        bytes.extend([0; 4]);
    }
    bytes
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xff, marker];
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
    bytes
}

/// A JPEG with the segments before its frame, two scans, and what cameras leave after the end.
fn jpeg(frame: u8, width: u16, height: u16, before: &[Vec<u8>]) -> Vec<u8> {
    let [w, h] = [width, height].map(u16::to_be_bytes);
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend(segment(0xe0, b"JFIF\0\x01\x01"));
    bytes.extend(before.concat());
    bytes.extend([0xff, 0xff]); // a fill byte before a marker
    bytes.extend(&segment(frame, &[8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0])[1..]);
    for _scan in 0..2 {
        bytes.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
        bytes.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56]);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn exif(order: &[u8; 2], orientation: u16) -> Vec<u8> {
    let little = order == b"II";
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let mut content = b"Exif\0\0".to_vec();
    content.extend(order);
    content.extend(short(42));
    content.extend(long(8));
    content.extend(short(2));
    for (tag, value) in [(0x010f, 7), (0x0112, orientation)] {
        content.extend(short(tag));
        content.extend(short(3));
        content.extend(long(1));
        content.extend(short(value));
        content.extend([0, 0]);
    }
    segment(0xe1, &content)
}

const FRAME: &[u8] = b"\x2c\0\0\0\0\x05\0\x04\0\0\x02\x03abc\x01d\0";

fn gif(width: u16, height: u16, blocks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(*b"\x80\0\0red\0\0\0"); // two colours
    bytes.extend(blocks.concat());
    bytes
}

fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut content = b"WEBP".to_vec();
    for (kind, chunk) in chunks {
        content.extend(*kind);
        content.extend((chunk.len() as u32).to_le_bytes());
        content.extend(*chunk);
        content.extend(vec![0; chunk.len() % 2]);
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

const VP8: (&[u8; 4], &[u8]) = (b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a\x05\x00\x04\x00data!");
/// 5 × 4 in two fields of 14 bits, each one less.
const VP8L: (&[u8; 4], &[u8]) = (b"VP8L", b"\x2f\x04\xc0\x00\x00data");
const VP8X: (&[u8; 4], &[u8]) = (b"VP8X", b"\x02\0\0\0\x07\0\0\x08\0\0");

#[test]
fn s5_an_image_is_what_its_bytes_say() {
    use ImageKind::*;
    let extension: &[u8] = b"\x21\xfe\x05hello\0";
    let cases = [
        ("png", png(5, 4), Png, 5, 4),
        ("largest side", png(16_000, 3_000), Png, 16_000, 3_000),
        ("jpeg", jpeg(0xc0, 5, 4, &[]), Jpeg, 5, 4),
        ("progressive jpeg", jpeg(0xc2, 5, 4, &[]), Jpeg, 5, 4),
        ("upright photo", jpeg(0xc0, 5, 4, &[exif(b"II", 6)]), Jpeg, 4, 5),
        ("upright photo, big endian", jpeg(0xc0, 5, 4, &[exif(b"MM", 8)]), Jpeg, 4, 5),
        ("upside down photo", jpeg(0xc0, 5, 4, &[exif(b"MM", 3)]), Jpeg, 5, 4),
        ("exif cut short", jpeg(0xc0, 5, 4, &[segment(0xe1, b"Exif\0\0II*\0\xff\xff\xff\xff")]), Jpeg, 5, 4),
        ("jpeg and more after it", [jpeg(0xc0, 5, 4, &[]), b"depth map".to_vec()].concat(), Jpeg, 5, 4),
        ("gif", gif(5, 4, &[FRAME, b";"]), Gif, 5, 4),
        ("moving gif", gif(5, 4, &[extension, FRAME, FRAME, b";"]), Gif, 5, 4),
        ("gif without a trailer", gif(5, 4, &[FRAME]), Gif, 5, 4),
        ("lossy webp", webp(&[VP8]), Webp, 5, 4),
        ("lossless webp", webp(&[VP8L]), Webp, 5, 4),
        ("webp with a canvas", webp(&[VP8X, (b"ICCP", b"odd"), VP8]), Webp, 8, 9),
        ("moving webp", webp(&[VP8X, (b"ANIM", b"abcdef"), (b"ANMF", b"frame")]), Webp, 8, 9),
    ];
    for (name, bytes, kind, width, height) in cases {
        assert_eq!(inspect(&bytes), Ok(ImageFacts { kind, width, height }), "{name}");
    }
}

#[test]
fn s5_what_is_no_image_is_refused_by_name() {
    let cases: [(&[u8], &str); 12] = [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><!-- x --><SVG/>", "SVG"),
        (b"<html><script>alert(1)</script>", "web page"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (b"BM\x1e\0\0\0", "BMP"),
        (b"II*\0", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "office"),
        (b"GIF88a", "known kind"),
    ];
    for (bytes, word) in cases {
        let refusal = inspect(bytes).unwrap_err();
        assert!(matches!(refusal, NotAnImage::Other(_)) && refusal.to_string().contains(word), "{word}: {refusal}");
    }
    assert_eq!(inspect(b""), Err(NotAnImage::Empty));
    let large = [png(5, 4), vec![0; MAX_BYTES]].concat();
    assert_eq!(inspect(&large), Err(NotAnImage::TooLarge(large.len())));
}

#[test]
fn s5_a_size_that_fills_a_memory_is_refused() {
    let bombs = [
        png(16_001, 1),
        png(1, 16_001),
        png(8_000, 8_000),
        png(u32::MAX, u32::MAX),
        jpeg(0xc0, 65_000, 65_000, &[]),
        gif(65_000, 65_000, &[FRAME, b";"]),
        gif(5, 4, &[b"\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x01a\0;"]),
        webp(&[(b"VP8X", b"\0\0\0\0\xff\xff\xff\xff\xff\xff"), VP8]),
    ];
    for bomb in bombs {
        assert!(matches!(inspect(&bomb), Err(NotAnImage::TooBig { .. })), "{:?}", inspect(&bomb));
    }
}

#[test]
fn s5_a_damaged_file_is_refused() {
    use ImageKind::*;
    let no_pixels = [&png(5, 4)[..33], &png(5, 4)[66..]].concat();
    let cases = [
        ("png without pixels", no_pixels, Png),
        ("png without a size", png(0, 4), Png),
        ("png with its end first", [&png(5, 4)[..8], &png(5, 4)[66..]].concat(), Png),
        ("jpeg without a scan", b"\xff\xd8\xff\xc0\0\x0b\x08\0\x04\0\x05\x01\x01\x11\0\xff\xd9".to_vec(), Jpeg),
        ("jpeg without a frame", b"\xff\xd8\xff\xda\0\x02\x12\xff\xd9".to_vec(), Jpeg),
        ("jpeg of a kind browsers lack", jpeg(0xc3, 5, 4, &[]), Jpeg),
        ("jpeg whose height comes later", jpeg(0xc0, 5, 0, &[]), Jpeg),
        ("jpeg segment shorter than its length", b"\xff\xd8\xff\xe0\0\x01".to_vec(), Jpeg),
        ("gif without a frame", gif(5, 4, &[b";"]), Gif),
        ("gif with an unknown block", gif(5, 4, &[b"\x55"]), Gif),
        ("webp that is a later frame", webp(&[(b"VP8 ", b"\x31\x01\x00\x9d\x01\x2a\x05\x00\x04\x00")]), Webp),
        ("webp frames without a canvas", webp(&[(b"ANMF", b"frame")]), Webp),
        ("webp with the wrong mark", webp(&[(b"VP8L", b"\x2e\x04\xc0\x00\x00")]), Webp),
    ];
    for (name, bytes, kind) in cases {
        assert_eq!(inspect(&bytes), Err(NotAnImage::Damaged(kind)), "{name}");
    }
}

#[test]
fn s5_wherever_a_file_is_cut_it_is_refused() {
    let photo = jpeg(0xc2, 5, 4, &[exif(b"II", 6)]);
    let files = [png(5, 4), photo, gif(5, 4, &[FRAME, b";"]), webp(&[VP8X, (b"ICCP", b"odd"), VP8]), webp(&[VP8L])];
    for file in files {
        let kind = inspect(&file).unwrap().kind;
        for length in 12..file.len() {
            // A GIF's trailer is the one thing that may be missing.
            let whole = kind == ImageKind::Gif && length == file.len() - 1;
            let cut = inspect(&file[..length]);
            assert_eq!(cut.is_ok(), whole, "{kind} cut at {length}: {cut:?}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn h1_no_bytes_make_it_panic(which in 0..5usize, at in 0..200usize, junk: Vec<u8>) {
        let files = [
            png(5, 4),
            jpeg(0xc2, 5, 4, &[exif(b"MM", 6)]),
            gif(5, 4, &[FRAME, b";"]),
            webp(&[VP8X, (b"ICCP", b"odd"), VP8]),
            webp(&[VP8L]),
        ];
        let mut bytes = files[which].clone();
        let at = at.min(bytes.len());
        bytes.splice(at..(at + junk.len()).min(bytes.len()), junk);
        if let Ok(facts) = inspect(&bytes) {
            proptest::prop_assert!(u64::from(facts.width) * u64::from(facts.height) <= MAX_PIXELS);
        }
    }
}

#[test]
fn nothing_is_left_beside_the_picture_but_which_side_is_up() {
    let place = segment(0xe1, b"Exif\0\0GPS 31.2N 103.9E");
    let xmp = segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0GPS");
    let film = segment(0xe2, b"MPF\0GPS");
    let profile = segment(0xe2, b"ICC_PROFILE\0\x01\x01colours");
    let comment = segment(0xfe, b"GPS");
    let parts = [place, xmp, exif(b"II", 6), film, profile, comment];
    let mut photo = jpeg(0xc0, 40, 30, &parts);
    photo.extend(b"a film GPS behind the end");
    let mut chunks = png(20, 10);
    let end = chunks.len() - 12;
    chunks.splice(end..end, [&6_u32.to_be_bytes()[..], b"eXIfGPS GP", &[0; 4]].concat());
    let mut riff =
        b"WEBPVP8X\x0a\0\0\0\x0c\0\0\0\x0f\0\0\x07\0\0VP8L\x05\0\0\0\x2f\x0f\xc0\x01\0\0EXIF\x04\0\0\0GPS ".to_vec();
    riff.splice(0..0, [b"RIFF", &(riff.len() as u32).to_le_bytes()[..]].concat());
    for (kind, bytes) in [(ImageKind::Jpeg, photo), (ImageKind::Png, chunks), (ImageKind::Webp, riff)] {
        let before = inspect(&bytes).unwrap_or_else(|why| panic!("{kind}: {why}"));
        let bare = bare(kind, &bytes).unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(inspect(&bare), Ok(before), "{kind}");
        assert!(!bare.windows(3).any(|part| part == b"GPS"), "{kind}");
        assert_eq!(super::bare(kind, &bare), Some(bare), "{kind}: once more changes nothing");
    }
    let bare = bare(ImageKind::Jpeg, &jpeg(0xc0, 40, 30, &parts)).unwrap();
    assert!(bare.windows(7).any(|part| part == b"colours"));
    assert_eq!(super::bare(ImageKind::Gif, FRAME), None);
}
