//! Files that call themselves something else, or are two things at once.

use image::ImageFormat;
use shared::library::Unfit;

use super::files::{film, lesson_pdf, mp3, ole, picture, wav};
use super::zips::{Part, office, zip};
use super::{Expected, Hostile};

pub fn all() -> Vec<Hostile> {
    let families = [pretending, running, turned, polyglots];
    families.into_iter().flat_map(|family| family()).collect()
}

const INSTALLER: &[u8; 16] = b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

fn pretending() -> Vec<Hostile> {
    let programs: Vec<Vec<u8>> = vec![
        [b"MZ\x90\0\x03\0\0\0".as_slice(), &[0; 200], b"PE\0\0"].concat(),
        b"\x7fELF\x02\x01\x01\0".to_vec(),
        b"\xcf\xfa\xed\xfe\x07\0\0\x01".to_vec(),
        b"\xca\xfe\xba\xbe\0\0\0\x02".to_vec(),
        b"dex\n035\0".to_vec(),
        b"\0asm\x01\0\0\0".to_vec(),
        b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F".to_vec(),
        ole(&["Binary.x"], INSTALLER),
        zip(&[Part::stored("META-INF/MANIFEST.MF", b"x"), Part::stored("A.class", b"\xca\xfe\xba\xbe")]),
        zip(&[Part::stored("AndroidManifest.xml", b"x"), Part::stored("classes.dex", b"dex\n")]),
    ];
    let liars = [
        "#!/bin/sh\nrm -rf ~\n",
        "@echo off\r\ndel /q *\r\n",
        "Remove-Item -Recurse $HOME\r\n",
        "<!DOCTYPE html><script>alert(1)</script>",
        "<html><body onload=alert(1)>",
        "  \n<script>alert(1)</script>",
        "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "<svg onload='alert(1)'/>",
        "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html>",
        "lesson",
    ];
    let names = ["教案.docx", "课件.pptx", "成绩.xlsx", "教案.pdf", "图.png", "图.jpg", "课.mp4", "学具.zip"];
    let mut all = Vec::new();
    for name in names {
        for program in &programs {
            all.push(Hostile::new("programs", name, program.clone(), Expected::Refused(Unfit::Program)));
        }
        for liar in liars {
            all.push(Hostile::new("lying names", name, liar, Expected::Refused(Unfit::Lies)));
        }
    }
    for name in ["成绩.xls", "教案.doc"] {
        let page = "<html><table></table><script>alert(1)</script></html>";
        all.push(Hostile::new("lying names", name, page, Expected::Refused(Unfit::Lies)));
    }
    all
}

/// Harmless inside, but a click runs it.
fn running() -> Vec<Hostile> {
    let endings = [
        "exe", "EXE", "scr", "bat", "cmd", "com", "ps1", "vbs", "js", "jse", "wsf", "hta", "msi", "lnk", "pif", "cpl",
        "reg", "jar", "apk", "sh", "url", "docx.exe", "exe. .", "txt .bat",
    ];
    let run =
        |ending| Hostile::new("names that run", format!("教案.{ending}"), "lesson", Expected::Refused(Unfit::Program));
    endings.into_iter().map(run).collect()
}

fn turned() -> Vec<Hostile> {
    let marks =
        ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{200f}', '\u{061c}'];
    let lies = Expected::Refused(Unfit::Lies);
    marks
        .into_iter()
        .map(|mark| Hostile::new("turned names", format!("教案{mark}fdp.docx"), office("docx", "x"), lies))
        .collect()
}

fn polyglots() -> Vec<Hostile> {
    let hosts = [
        ("教案.pdf", lesson_pdf()),
        ("图.png", picture(ImageFormat::Png)),
        ("图.jpg", picture(ImageFormat::Jpeg)),
        ("图.gif", picture(ImageFormat::Gif)),
        ("图.webp", picture(ImageFormat::WebP)),
        ("图.bmp", picture(ImageFormat::Bmp)),
        ("课.mp4", film()),
        ("听力.wav", wav()),
        ("听力.mp3", mp3()),
    ];
    let archive = zip(&[Part::deflated("evil.txt", b"evil")]);
    let mut moved = archive.clone();
    let two = Expected::Refused(Unfit::TwoThings);
    let mut all = Vec::new();
    for (name, host) in hosts {
        all.push(Hostile::new("two things", name, [host.as_slice(), &archive].concat(), two));
        // Its offsets count from the beginning of all.
        let end = moved.len();
        let directory = u32::from_le_bytes(archive[end - 6..end - 2].try_into().unwrap()) + host.len() as u32;
        moved[end - 6..end - 2].copy_from_slice(&directory.to_le_bytes());
        all.push(Hostile::new("two things", name, [host.as_slice(), &moved].concat(), two));
        for page in ["<script>alert(1)</script>", "<HTML><body>", "\n<!DOCTYPE html>", "<?php system('x');"] {
            all.push(Hostile::new("two things", name, [host.as_slice(), page.as_bytes()].concat(), two));
        }
    }
    let front = [
        ("图.gif", b"GIF89a/*<script>*/=1;".as_slice()),
        ("图.bmp", b"BM\x30\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0<html><script>alert(1)</script>"),
        ("图.jpg", b"\xff\xd8\xff\xfe\0\x40<html><script src=x></script>"),
        ("图.png", b"\x89PNG\r\n\x1a\n\0\0\0\0tEXt<iframe src=x>"),
        ("图.png", b"\x89PNG\r\n\x1a\n\0\0\0\0tEXt%PDF-1.7 1 0 obj"),
        ("教案.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>\n1 0 obj\n<<>>\nendobj"),
    ];
    all.extend(front.map(|(name, bytes)| Hostile::new("two things", name, bytes, two)));
    for front in ["junk", "lesson", "<p>", "\u{1}\u{2}\u{3}\u{80}"] {
        let hidden = [front.as_bytes(), &office("docx", "x")].concat();
        all.push(Hostile::new("hidden archives", "学具.bin", hidden, two));
        let behind = [office("docx", "x").as_slice(), front.as_bytes()].concat();
        all.push(Hostile::new("something behind", "教案.docx", behind, two));
    }
    // The directory knows nothing of what lies before the first entry.
    let inner = zip(&[Part::stored("a", b"b")]);
    all.push(Hostile::new("hidden archives", "学具.zip", [inner.as_slice(), &archive].concat(), two));
    all
}
