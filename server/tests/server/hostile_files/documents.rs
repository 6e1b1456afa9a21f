//! PDFs, pictures, films and texts that are broken, endless or far larger than they look.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::ImageFormat;
use shared::library::{Unfit, Warning};

use super::files::{boxed, film, lesson_pdf, mp3, ole, page, pdf, picture, stream, wav};
use super::zips::{Part, office, zip};
use super::{Expected, Hostile};

pub fn all() -> Vec<Hostile> {
    let families = [pdfs, huge_pictures, cut_off, films, texts, old_office, random];
    families.into_iter().flat_map(|family| family()).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// All of them are kept: what reads them here must come to an end.
fn pdfs() -> Vec<Hostile> {
    let catalogue = "<< /Type /Catalog /Pages 2 0 R >>".to_owned();
    let text = |objects: &[&str]| {
        let objects: Vec<String> =
            std::iter::once(catalogue.clone()).chain(objects.iter().map(|&o| o.to_owned())).collect();
        pdf(&objects)
    };
    let leaf = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>";
    let mut all = vec![
        text(&["<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
        text(&["<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>"]),
        text(&["<< /Type /Pages /Kids [3 0 R 3 0 R 3 0 R] /Count 4000000000 >>", leaf]),
        text(&["<< /Type /Pages /Kids 2 0 R /Count -1 >>"]),
        text(&["2 0 R"]),
        text(&["3 0 R", "2 0 R"]),
        text(&[]),
        pdf(&["<< /Type /Catalog >>"]),
        pdf(&["null"]),
        b"%PDF-1.7\n".to_vec(),
        b"%PDF-9.9\nstartxref\n99999999999999999999\n%%EOF".to_vec(),
        b"%PDF-1.7\nxref\n0 4294967295\ntrailer << /Size 4294967295 /Root 1 0 R >>\nstartxref\n9\n%%EOF".to_vec(),
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF"
            .to_vec(),
        format!("%PDF-1.7\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>", "[".repeat(100_000)).into_bytes(),
        format!("%PDF-1.7\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>", "<</A".repeat(100_000)).into_bytes(),
        format!("%PDF-1.7\n1 0 obj\n({}\nendobj", "(".repeat(100_000)).into_bytes(),
        "%PDF-1.7\n1 0 obj\n".repeat(20_000).into_bytes(),
    ];
    for side in
        ["0 0 0 0", "0 0 1e9 1e9", "0 0 1 1e9", "0 0 1e9 1", "-1e38 -1e38 1e38 1e38", "0 0 .001 .001", "a b c d"]
    {
        all.push(text(&["<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &leaf.replace("0 0 200 200", side)]));
    }
    // Twenty levels with ten kids each, all of them the same.
    let levels: Vec<String> = (0..20)
        .map(|n| format!("<< /Type /Pages /Kids [{}] /Count 10 >>", format!("{} 0 R ", n + 3).repeat(10)))
        .collect();
    let mut objects: Vec<&str> = levels.iter().map(String::as_str).collect();
    objects.push(leaf);
    all.push(text(&objects));
    let drawn = |content: &[u8], resources: &str, more: Vec<Vec<u8>>| {
        let mut objects = page(content, resources);
        objects.extend(more);
        pdf(&objects)
    };
    let form = |content: &[u8], inside: &str| {
        stream(&format!("/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << {inside} >>"), content)
    };
    let itself = "/XObject << /X 5 0 R >>";
    all.push(drawn(b"/X Do", itself, vec![form(b"/X Do", itself)]));
    all.push(drawn(b"/X Do", itself, vec![form(&b"/X Do ".repeat(1_000), itself)]));
    let both = "/XObject << /X 5 0 R /Y 6 0 R >>";
    all.push(drawn(b"/X Do", both, vec![form(b"/Y Do /Y Do", both), form(b"/X Do /X Do", both)]));
    // Each draws the next ten times, thirty deep.
    let tower = (0..30).map(|n| form(&b"/X Do ".repeat(10), &format!("/XObject << /X {} 0 R >>", n + 6))).collect();
    all.push(drawn(b"/X Do", itself, tower));
    let pattern = "/Pattern << /P 5 0 R >>";
    let tiles = stream(
        "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep .0001 /YStep .0001 /Resources << /Pattern << /P 5 0 R >> >>",
        b"/Pattern cs /P scn 0 0 1 1 re f",
    );
    all.push(drawn(b"/Pattern cs /P scn 0 0 200 200 re f", pattern, vec![tiles]));
    let glyphs = "/Font << /F 5 0 R >>";
    let font = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [1] /Encoding << /Differences [65 /A] >> /CharProcs << /A 6 0 R >> /Resources << /Font << /F 5 0 R >> >> >>";
    all.push(drawn(b"BT /F 10 Tf (AAAA) Tj ET", glyphs, vec![font.to_vec(), stream("", b"BT /F 1 Tf (AA) Tj ET")]));
    let mut packed = zlib(&vec![b' '; 64 << 20]);
    all.push(pdf(&swapped(&page(b"", ""), stream("/Filter /FlateDecode", &packed))));
    for layers in 2..4 {
        packed = zlib(&packed);
        let filters = "/FlateDecode ".repeat(layers);
        all.push(pdf(&swapped(&page(b"", ""), stream(&format!("/Filter [{filters}]"), &packed))));
    }
    all.push(pdf(&swapped(&page(b"", ""), stream(&format!("/Filter [{}]", "/ASCIIHexDecode ".repeat(5_000)), b"41>"))));
    for size in [
        "/Width 60000 /Height 60000",
        "/Width 4294967295 /Height 4294967295",
        "/Width -1 /Height 1",
        "/Width 1 /Height 2000000000",
    ] {
        let image = stream(
            &format!(
                "/Type /XObject /Subtype /Image {size} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
            ),
            &zlib(&[0; 3_000]),
        );
        all.push(drawn(b"200 0 0 200 0 0 cm /X Do", itself, vec![image]));
    }
    all.push(drawn(&b"q ".repeat(500_000), "", vec![]));
    all.push(drawn(&b"0 0 m 200 200 l S ".repeat(20_000), "", vec![]));
    let whole = lesson_pdf();
    let ends = (1..=20).map(|n| whole[..whole.len() * n / 21].to_vec());
    all.extend(ends.filter(|cut| cut.len() > 8));
    all.extend((0..20).map(|n| spoilt(&whole, n)));
    all.into_iter()
        .enumerate()
        .map(|(n, bytes)| Hostile::new("broken PDFs", format!("{n}.pdf"), bytes, Expected::Kept))
        .collect()
}

/// The page's content instead of what it has.
fn swapped(objects: &[Vec<u8>], content: Vec<u8>) -> Vec<Vec<u8>> {
    let mut objects = objects.to_vec();
    objects[3] = content;
    objects
}

/// Some bytes behind the first ten are others, always the same ones for a seed.
fn spoilt(bytes: &[u8], seed: u64) -> Vec<u8> {
    let (mut bytes, mut chance) = (bytes.to_vec(), Chance(seed));
    for _ in 0..12 {
        let at = 10 + chance.next() as usize % (bytes.len() - 10);
        bytes[at] = b"0 9<>[]()/RA"[chance.next() as usize % 12];
    }
    bytes
}

/// Numbers that look like chance (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn huge_pictures() -> Vec<Hostile> {
    let mut all = Vec::new();
    for (width, height) in [(60_000_u32, 60_000_u32), (10_000, 10_000), (30_000, 2_000), (65_535, 65_535)] {
        all.push(("图.png", png(width, height)));
        let mut bmp = picture(ImageFormat::Bmp);
        bmp[18..22].copy_from_slice(&width.to_le_bytes());
        bmp[22..26].copy_from_slice(&height.to_le_bytes());
        all.push(("图.bmp", bmp));
    }
    all.push(("图.png", png(2_147_483_647, 1)));
    all.push(("图.png", png(1_000_000_000, 2)));
    for side in [65_535_u16, 50_000, 20_000, 8_000] {
        let mut gif = picture(ImageFormat::Gif);
        gif[6..8].copy_from_slice(&side.to_le_bytes());
        gif[8..10].copy_from_slice(&side.to_le_bytes());
        all.push(("图.gif", gif));
        let mut jpeg = picture(ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|two| two == b"\xff\xc0").unwrap();
        jpeg[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
        jpeg[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
        all.push(("图.jpg", jpeg));
        // 14 bits of a side less one, twice.
        let bits = u32::from(side.min(16_000) - 1) * 0x4001;
        let mut webp = picture(ImageFormat::WebP);
        webp[21..25].copy_from_slice(&bits.to_le_bytes());
        all.push(("图.webp", webp));
    }
    let bomb = Expected::Refused(Unfit::Bomb);
    all.into_iter().map(|(name, bytes)| Hostile::new("huge pictures", name, bytes, bomb)).collect()
}

/// The header of a PNG, its checksum right, and nothing that it promises.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let pixels = [b"IDAT".to_vec(), zlib(&[0; 5_000])].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [header, pixels, b"IEND".to_vec()] {
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        file.extend(((chunk.len() - 4) as u32).to_be_bytes());
        file.extend(&chunk);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

/// Whatever of a file arrives, it is kept.
fn cut_off() -> Vec<Hostile> {
    let whole = [
        ("教案.docx", office("docx", "分数")),
        ("课件.pptx", office("pptx", "分数")),
        ("成绩.xlsx", office("xlsx", "分数")),
        ("学具.zip", zip(&[Part::deflated("说明.txt", "折纸".repeat(500).as_bytes())])),
        ("图.png", picture(ImageFormat::Png)),
        ("图.jpg", picture(ImageFormat::Jpeg)),
        ("图.gif", picture(ImageFormat::Gif)),
        ("图.webp", picture(ImageFormat::WebP)),
        ("图.bmp", picture(ImageFormat::Bmp)),
        ("课.mp4", film()),
        ("听力.wav", wav()),
        ("听力.mp3", mp3()),
    ];
    let mut all = Vec::new();
    for (name, bytes) in whole {
        for tenths in [1, 3, 5, 7, 9] {
            let cut = bytes[..(bytes.len() * tenths / 10).max(60)].to_vec();
            let unread = !matches!(name, "课.mp4" | "听力.wav" | "听力.mp3" | "图.gif" | "图.jpg");
            let expected = if unread { Expected::Unread(Unfit::Damaged) } else { Expected::Kept };
            all.push(Hostile::new("cut off", name, cut, expected));
        }
    }
    all
}

fn films() -> Vec<Hostile> {
    let start = boxed(b"ftyp", &[b"isom\0\0\0\0isommp42"]);
    let mut nested = boxed(b"mvhd", &[&[0; 100]]);
    for _ in 0..20_000 {
        nested = boxed(b"moov", &[&nested]);
        if nested.len() > 100_000 {
            break;
        }
    }
    let tracks = vec![boxed(b"trak", &[]); 5_000].concat();
    let mut all = vec![
        [start.as_slice(), &[0, 0, 0, 0], b"moov"].concat(),
        [start.as_slice(), b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"].concat(),
        [start.as_slice(), b"\0\0\0\x01moov\0\0\0\0\0\0\0\0"].concat(),
        [start.as_slice(), &[0, 0, 0, 4], b"moov"].concat(),
        [start.as_slice(), &boxed(b"free", &[]).repeat(50_000)].concat(),
        [start.as_slice(), &nested].concat(),
        [start.as_slice(), &boxed(b"moov", &[&boxed(b"mvhd", &[&[0xff; 100]]), &tracks])].concat(),
        [start.as_slice(), &boxed(b"moov", &[&boxed(b"mvhd", &[&[0; 4]])])].concat(),
    ];
    let webm = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm".as_slice();
    for rest in [
        b"\x18\x53\x80\x67\xff\x15\x49\xa9\x66\x88\x44\x89\x88\xff\xff\xff\xff\xff\xff\xff".as_slice(),
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x18\x53\x80\x67\x80",
    ] {
        all.push([webm, rest].concat());
    }
    let mut wav = wav();
    wav[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    all.push(wav);
    all.push([b"ID3\x04\0\0\x7f\x7f\x7f\x7f".as_slice(), &[0xff; 2_000]].concat());
    all.push(b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\x01vorbis".to_vec());
    all.push(b"RIFF\xff\xff\xff\xffAVI LIST\0\0\0\0hdrlavih\0\0\0\0".to_vec());
    let names = ["课.mp4", "课.webm", "听力.mp3", "听力.m4a"];
    all.into_iter().enumerate().map(|(n, bytes)| Hostile::new("films", names[n % 4], bytes, Expected::Kept)).collect()
}

fn texts() -> Vec<Hostile> {
    let mut all = vec![
        ("行.txt", "一".repeat(2 << 20).into_bytes()),
        ("行.csv", b",".repeat(5 << 20)),
        ("行.md", b"[".repeat(1 << 20)),
        ("行.txt", b"\n".repeat(1 << 20)),
        ("坏.txt", [b"lesson ".as_slice(), &[0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]].concat()),
        ("坏.txt", b"\xff\xfe\x00\xd8\x00\xd8".to_vec()),
        ("坏.txt", b"\xff\xfea".to_vec()),
        ("零.txt", vec![0; 10_000]),
        ("方向.txt", "\u{202e}\u{2066}".repeat(10_000).into_bytes()),
        ("后来.txt", [b"a".repeat(100_000).as_slice(), &[0; 100], b"MZ"].concat()),
    ];
    all.push(("叠.txt", ["a", &"\u{301}".repeat(100_000)].concat().into_bytes()));
    let mut all: Vec<_> =
        all.into_iter().map(|(name, bytes)| Hostile::new("texts", name, bytes, Expected::Kept)).collect();
    let empty = ["空.docx", "空.pdf", "空.png", "空.txt", "空.mp4", "空", ""];
    all.extend(empty.map(|name| Hostile::new("empty", name, [], Expected::Refused(Unfit::Empty))));
    all
}

fn old_office() -> Vec<Hostile> {
    let mut all = Vec::new();
    for (name, main) in [("教案.doc", "WordDocument"), ("成绩.xls", "Workbook"), ("课件.ppt", "PowerPoint Document")]
    {
        let with_macros = ole(&[main, "_VBA_PROJECT"], &[0; 16]);
        all.push(Hostile::new("old office", name, with_macros, Expected::Warned(Warning::Macros)));
        all.push(Hostile::new("old office", name, ole(&[main], &[0; 16])[..700].to_vec(), Expected::Kept));
    }
    let locked = ole(&["EncryptionInfo", "EncryptedPackage"], &[0; 16]);
    all.push(Hostile::new("old office", "教案.docx", locked, Expected::Unread(Unfit::Locked)));
    let mut nowhere = ole(&["WordDocument"], &[0; 16]);
    nowhere[48..52].copy_from_slice(&u32::MAX.to_le_bytes());
    all.push(Hostile::new("old office", "教案.doc", nowhere, Expected::Kept));
    all
}

fn random() -> Vec<Hostile> {
    let names = ["教案.docx", "课件.pptx", "成绩.xlsx", "教案.pdf", "图.png", "课.mp4", "学具.zip", "随便"];
    let random = (0..48_usize).map(|seed| {
        let mut chance = Chance(seed as u64);
        let bytes: Vec<u8> = (0..(seed + 1) * 97).map(|_| chance.next() as u8).collect();
        Hostile::new("random", names[seed % names.len()], bytes, Expected::Judged)
    });
    random.collect()
}
