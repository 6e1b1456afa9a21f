//! Files that somebody sends to do harm, all of them made here, through the real `gongbei read-file`: none runs, none fills
//! memory, none is written, each gets its verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use image::ImageFormat;
use server::library::reading::{FileReader, MAX_TEXT_BYTES, MAX_THUMBNAIL_BYTES, Reading};
use shared::library::{FileKind, Unfit, Warning};

use files::{film, lesson_pdf, mp3, picture, wav};
use zips::{Part, office, office_with, zip};

mod archives;
mod documents;
pub mod files;
mod pretenders;
mod zips;

/// A file and what must come of it.
struct Hostile {
    family: &'static str,
    name: String,
    bytes: Vec<u8>,
    expected: Expected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Refused(Unfit),
    /// Kept, and read or not.
    Kept,
    Unread(Unfit),
    Warned(Warning),
    /// Anything, if only it comes in time: what random bytes are is decided by chance, if always the same.
    Judged,
}

impl Hostile {
    fn new(family: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self { family, name: name.into(), bytes: bytes.into(), expected }
    }
}

fn corpus() -> Vec<Hostile> {
    let mut all = archives::all();
    all.extend(documents::all());
    all.extend(pretenders::all());
    all
}

fn reader() -> FileReader {
    FileReader::new(PathBuf::from(env!("CARGO_BIN_EXE_gongbei")))
}

fn keeps(verdict: &Result<Reading, Unfit>, expected: Expected) -> bool {
    match (verdict, expected) {
        (_, Expected::Judged) => true,
        (Ok(_), Expected::Kept) => true,
        (Ok(reading), Expected::Unread(why)) => reading.facts.unread == Some(why),
        (Ok(reading), Expected::Warned(what)) => reading.facts.warnings.contains(&what),
        (Err(found), Expected::Refused(why)) => *found == why,
        (Ok(_) | Err(_), _) => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r15_s5_every_hostile_file_gets_its_verdict_and_none_does_harm() {
    const WITHIN: Duration = Duration::from_secs(15);
    let corpus = corpus();
    assert!(corpus.len() >= 500, "{} files", corpus.len());
    let place = tempfile::tempdir().unwrap();
    let (reader, begun) = (std::sync::Arc::new(reader()), Instant::now());
    let mut reading = tokio::task::JoinSet::new();
    let mut files = BTreeSet::new();
    for (number, hostile) in corpus.into_iter().enumerate() {
        let path = place.path().join(number.to_string());
        std::fs::write(&path, &hostile.bytes).unwrap();
        files.insert(path.clone());
        let reader = reader.clone();
        reading.spawn(async move {
            let verdict = reader.read(&path, &hostile.name).await;
            (path, hostile, verdict)
        });
    }
    let mut wrong = Vec::new();
    let mut families = BTreeMap::<_, usize>::new();
    while let Some(read) = reading.join_next().await {
        let (path, hostile, verdict) = read.expect("whoever asks for a file does not panic");
        let Hostile { family, name, bytes, expected } = hostile;
        *families.entry(family).or_default() += 1;
        assert!(std::fs::read(&path).unwrap() == bytes, "{family} {name} was written to");
        if let Ok(reading) = &verdict {
            assert!(reading.text.len() <= MAX_TEXT_BYTES && reading.facts.warnings.len() < 5);
            assert!(reading.thumbnail.as_ref().is_none_or(|bytes| bytes.len() <= MAX_THUMBNAIL_BYTES));
        }
        if !keeps(&verdict, expected) {
            let verdict = verdict.map(|reading| reading.facts);
            wrong.push(format!("{family}, {name}: {verdict:?} and not {expected:?} ({})", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let left: BTreeSet<_> = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, files, "nothing was written beside the files");
    let (took, count) = (begun.elapsed(), files.len());
    println!("{count} files of {} families in {:.1} s: {families:?}", families.len(), took.as_secs_f64());
    // Two at a time, each with its own clock: what hangs would take far longer than all of them may.
    assert!(took < WITHIN * 20, "{took:?}");
}

#[tokio::test]
async fn what_is_honest_is_read() {
    use FileKind as K;
    let place = tempfile::tempdir().unwrap();
    let reader = reader();
    let cases: Vec<(&str, Vec<u8>, FileKind, &str)> = vec![
        ("教案.docx", office("docx", "分数的初步认识 &amp; 折纸"), K::Docx, "分数的初步认识 & 折纸\n"),
        ("课件.pptx", office("pptx", "圆的面积"), K::Pptx, "圆的面积\n"),
        ("成绩.xlsx", office("xlsx", "王芳"), K::Xlsx, "成绩\n王芳\t\n"),
        ("教案.pdf", lesson_pdf(), K::Pdf, "分数的初步认识\nlesson one\n"),
        ("笔记.txt", encoding_rs::GB18030.encode("三年级上册 分数").0.into_owned(), K::Text, "三年级上册 分数"),
        ("图.png", picture(ImageFormat::Png), K::Png, ""),
        ("图.jpg", picture(ImageFormat::Jpeg), K::Jpeg, ""),
        ("图.gif", picture(ImageFormat::Gif), K::Gif, ""),
        ("图.webp", picture(ImageFormat::WebP), K::Webp, ""),
        ("图.bmp", picture(ImageFormat::Bmp), K::Bmp, ""),
        ("课.mp4", film(), K::Mp4, ""),
        ("听力.wav", wav(), K::Wav, ""),
        ("听力.mp3", mp3(), K::Mp3, ""),
        ("学具.zip", zip(&[Part::deflated("说明.txt", "折纸".as_bytes())]), K::Zip, ""),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><circle r='1'/></svg>".to_vec(), K::Svg, ""),
        ("网页.html", b"<!DOCTYPE html><p>lesson</p>".to_vec(), K::Html, ""),
        ("成绩.xls", b"<html><table><tr><td>98</td></tr></table>".to_vec(), K::Html, ""),
    ];
    for (name, bytes, kind, text) in cases {
        let path = place.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let reading = reader.read(&path, name).await.unwrap();
        assert_eq!((reading.facts.kind, reading.facts.unread), (kind, None), "{name}");
        assert_eq!(reading.text, text, "{name}");
        let shown = matches!(kind, K::Png | K::Jpeg | K::Gif | K::Webp | K::Bmp | K::Pdf);
        assert_eq!((reading.thumbnail.is_some(), reading.facts.has_thumbnail), (shown, shown), "{name}");
        let facts = (reading.facts.width, reading.facts.height, reading.facts.millis, reading.facts.pages);
        let expected = match kind {
            K::Png | K::Jpeg | K::Gif | K::Webp | K::Bmp => (Some(64), Some(48), None, None),
            K::Pdf => (Some(200), Some(200), None, Some(1)),
            K::Pptx | K::Xlsx => (None, None, None, Some(1)),
            K::Mp4 => (Some(640), Some(360), Some(90_500), None),
            K::Wav => (None, None, Some(2_000), None),
            K::Mp3 => (None, None, Some(1_042), None),
            _ => (None, None, None, None),
        };
        assert_eq!(facts, expected, "{name}");
    }
}

#[tokio::test]
async fn pages_of_a_pdf_are_pictures_of_the_width_that_was_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    std::fs::write(&path, lesson_pdf()).unwrap();
    let reader = reader();
    let page = reader.page(&path, 1, 600).await.unwrap();
    let picture = image::load_from_memory(&page).unwrap();
    assert_eq!((picture.width(), picture.height()), (600, 600));
    assert_eq!(reader.page(&path, 2, 600).await, Err(Unfit::Damaged), "there is one page");
    assert_eq!(reader.page(&path, 0, 600).await, Err(Unfit::Damaged));
    std::fs::write(&path, office("docx", "no PDF")).unwrap();
    assert_eq!(reader.page(&path, 1, 600).await, Err(Unfit::Damaged));
}

#[tokio::test]
async fn a_reader_that_is_not_there_or_a_file_that_is_not_keeps_nothing() {
    let gone = FileReader::new(PathBuf::from("/nowhere/gongbei"));
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    assert_eq!(reader().read(&path, "a.docx").await, Err(Unfit::Damaged));
    std::fs::write(&path, office_with("docx", Part::stored("x", b"y"))).unwrap();
    assert!(reader().read(&path, "a.docx").await.is_ok());
    assert_eq!(gone.read(&path, "a.docx").await, Err(Unfit::Damaged));
}
