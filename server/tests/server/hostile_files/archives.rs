//! Zips and office files that harm whoever unpacks or parses them.

use shared::library::{Unfit, Warning};

use super::zips::{KINDS, Part, office, office_instead, office_parts, office_with, zip, zip_counting};
use super::{Expected, Hostile};

pub fn all() -> Vec<Hostile> {
    let families = [names, links, bombs, nested, overlapping, lying, counts, entities, deep, marked];
    families.into_iter().flat_map(|family| family()).collect()
}

fn refused(family: &'static str, name: String, bytes: Vec<u8>, why: Unfit) -> Hostile {
    Hostile::new(family, name, bytes, Expected::Refused(why))
}

/// The same entry in a plain zip and in an office file.
fn both(family: &'static str, part: &Part, why: Unfit) -> Vec<Hostile> {
    let plain = zip(&[Part::stored("说明.txt", b"lesson"), part.clone()]);
    vec![
        refused(family, "学具.zip".to_owned(), plain, why),
        refused(family, "教案.docx".to_owned(), office_with("docx", part.clone()), why),
    ]
}

fn names() -> Vec<Hostile> {
    const NAMES: [&str; 26] = [
        "../gongbei.db",
        "../../../../etc/cron.d/x",
        "a/../../x",
        "a/b/../../../x",
        "..",
        "a/..",
        "../",
        "..\\x",
        "a\\..\\..\\x",
        "..\\..\\Windows\\win.ini",
        "/etc/passwd",
        "//server/share/x",
        "\\x",
        "\\\\server\\share\\x",
        "C:\\x",
        "c:x",
        "C:/Windows/x",
        "z:",
        "a/.. /x",
        "a\0b",
        "\0",
        "a\nb",
        "a\rb",
        "a\x1b[2Jb",
        "\x7f",
        "./../x",
    ];
    NAMES.iter().flat_map(|name| both("names that lead out", &Part::stored(name, b"x"), Unfit::Escapes)).collect()
}

fn links() -> Vec<Hostile> {
    let targets =
        ["/etc/passwd", "..", "../..", "/", "gongbei.db", "/proc/self/environ", "C:\\", "a", "//server/x", "~"];
    targets.iter().flat_map(|to| both("links", &Part::stored("link", to.as_bytes()).link(), Unfit::Escapes)).collect()
}

fn bombs() -> Vec<Hostile> {
    let mut all = Vec::new();
    for mebibytes in [2, 4, 8, 32] {
        let zeros = Part::deflated("word/media/x.bin", &vec![0; mebibytes << 20]);
        all.extend(both("bombs", &zeros, Unfit::Bomb));
        let text = Part::deflated("xl/sharedStrings.xml", &b"<t>a</t>".repeat(mebibytes << 17));
        all.push(refused("bombs", "成绩.xlsx".to_owned(), office_with("xlsx", text), Unfit::Bomb));
        // Many parts, each of which is small.
        let parts: Vec<_> = (0..mebibytes * 2).map(|n| Part::deflated(format!("{n}"), &vec![0; 1 << 20])).collect();
        all.push(refused("bombs", "学具.zip".to_owned(), zip(&parts), Unfit::Bomb));
    }
    all
}

/// As 42.zip: archives that pack well, in archives that pack well.
fn nested() -> Vec<Hostile> {
    let mut all = Vec::new();
    for (ending, count) in
        [("zip", 1), ("zip", 4), ("zip", 16), ("ZIP", 16), ("7z", 16), ("rar", 16), ("gz", 16), ("tgz", 3)]
    {
        let innermost = zip(&[Part::deflated("0.dll", &vec![0; 1 << 20])]);
        let inner: Vec<_> = (0..16).map(|n| Part::stored(format!("{n}.zip"), &innermost)).collect();
        let inner = zip(&inner);
        let outer: Vec<_> = (0..count).map(|n| Part::deflated(format!("lib {n}.{ending}"), &inner)).collect();
        all.push(refused("archives in archives", "42.zip".to_owned(), zip(&outer), Unfit::Bomb));
    }
    all
}

fn overlapping() -> Vec<Hostile> {
    let mut all = Vec::new();
    for count in [2_usize, 3, 5, 10, 50, 250, 1_000, 1_900] {
        // All in the same place.
        let kernel = Part::deflated("0", &vec![7; 100_000]);
        let parts: Vec<_> = (0..count)
            .map(|n| if n == 0 { kernel.clone() } else { Part::deflated(format!("{n}"), &vec![7; 100_000]).at(0) })
            .collect();
        all.push(refused("overlapping", "学具.zip".to_owned(), zip(&parts), Unfit::Bomb));
        // Each goes on over the headers of those behind it.
        let parts: Vec<_> = (0..count).map(|n| Part::stored(format!("{n:05}"), &[7; 20]).reaching(55)).collect();
        all.push(refused("overlapping", "学具.zip".to_owned(), zip(&parts), Unfit::Bomb));
    }
    all
}

fn lying() -> Vec<Hostile> {
    let mut all = Vec::new();
    let text = "分数的初步认识，几分之一。".repeat(200);
    let real = text.len() as u32;
    for said in [0, 1, real / 2, real - 1, real + 1, real * 2, real * 100, 0x7fff_ffff] {
        let part = Part::deflated("word/notes.txt", text.as_bytes());
        all.extend(both("lying sizes", &part.clone().saying(said), Unfit::Bomb));
        all.extend(both("two sizes", &part.listed_as(said), Unfit::TwoThings));
        all.extend(both("lying sizes", &Part::stored("word/notes.txt", text.as_bytes()).saying(said), Unfit::Bomb));
    }
    all
}

fn counts() -> Vec<Hostile> {
    let mut all = Vec::new();
    for count in [2_001, 3_000, 9_000] {
        let mut parts = office_parts("docx", "x");
        parts.extend((0..count).map(|n| Part::stored(format!("word/media/{n}"), b"")));
        all.push(refused("too many parts", "教案.docx".to_owned(), zip(&parts), Unfit::Bomb));
    }
    for count in [0, 1, 2, 4, 100, 65_534] {
        let said = zip_counting(&office_parts("docx", "x")[..2], count);
        let why = if count == 2 { continue } else { Unfit::TwoThings };
        all.push(refused("lying counts", "教案.docx".to_owned(), said, why));
    }
    for kind in KINDS {
        // Which of the two is read is up to the program.
        let twice = office_with(kind, Part::stored("[content_types].XML", b"<Types/>"));
        all.push(refused("parts twice", format!("教案.{kind}"), twice, Unfit::TwoThings));
        let mut two = office_parts("docx", "x");
        two.extend(office_parts("pptx", "x").split_off(1));
        all.push(refused("two documents", format!("教案.{kind}"), zip(&two), Unfit::TwoThings));
    }
    all
}

fn entities() -> Vec<Hostile> {
    let laughs: String = (1..10).map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10))).collect();
    let definitions = [
        format!("<!DOCTYPE x [<!ENTITY l0 'lol'>{laughs}]><x>&l9;</x>"),
        format!("<!DOCTYPE x [<!ENTITY a '{}'>]><x>{}</x>", "a".repeat(50_000), "&a;".repeat(5_000)),
        "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><x>&f;</x>".to_owned(),
        "<!DOCTYPE x [<!ENTITY f SYSTEM 'http://127.0.0.1/x'>]><x>&f;</x>".to_owned(),
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1/x.dtd'> %p;]><x/>".to_owned(),
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'><x/>".to_owned(),
        "<!DOCTYPE html><x/>".to_owned(),
        format!("<!--{}--><!DOCTYPE x><x/>", "-a".repeat(20_000)),
    ];
    let places = [
        ("docx", "word/document.xml"),
        ("docx", "docProps/app.xml"),
        ("pptx", "ppt/slides/slide1.xml"),
        ("pptx", "ppt/_rels/presentation.xml.rels"),
        ("xlsx", "xl/sharedStrings.xml"),
        ("xlsx", "[Content_Types].xml"),
    ];
    let mut all = Vec::new();
    for (kind, place) in places {
        for definition in &definitions {
            // Stored, so that it is no bomb before it is this.
            let file = office_instead(kind, Part::stored(place, definition.as_bytes()));
            all.push(refused("entities", format!("教案.{kind}"), file, Unfit::Entities));
        }
        let wide: Vec<u8> = "\u{feff}<!DOCTYPE x><x/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        all.push(refused(
            "entities",
            format!("教案.{kind}"),
            office_instead(kind, Part::stored(place, &wide)),
            Unfit::Entities,
        ));
        let undefined = Part::stored(place, b"<x><t>&undefined;</t></x>");
        if place == "word/document.xml" || place == "ppt/slides/slide1.xml" {
            all.push(refused("entities", format!("教案.{kind}"), office_instead(kind, undefined), Unfit::Entities));
        }
    }
    // The one that only repeats itself is what drawing programs write.
    for definition in [0, 2, 3, 4].map(|n| &definitions[n]) {
        let svg = definition.replace("<x", "<svg").replace("</x>", "</svg>");
        all.push(refused("entities", "图.svg".to_owned(), svg.into_bytes(), Unfit::Entities));
    }
    all
}

fn deep() -> Vec<Hostile> {
    let places =
        [("docx", "word/document.xml"), ("pptx", "ppt/slides/slide1.xml"), ("xlsx", "xl/worksheets/sheet1.xml")];
    let mut all = Vec::new();
    for (kind, place) in places {
        for depth in [300, 5_000, 100_000] {
            let xml = format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
            for (xml, why) in [(xml.as_str(), Unfit::TooMuch), (&xml[..xml.len() / 2], Unfit::TooMuch)] {
                let file = office_instead(kind, Part::stored(place, xml.as_bytes()));
                all.push(Hostile::new("deep XML", format!("教案.{kind}"), file, Expected::Unread(why)));
            }
        }
        for broken in ["<a><b></a>", "<a", "", "<a b='", "<a b=c d>", "]]>", "<a>&#x110000;</a>", "\u{0}"] {
            let file = office_instead(kind, Part::stored(place, broken.as_bytes()));
            all.push(Hostile::new("broken XML", format!("教案.{kind}"), file, Expected::Judged));
        }
    }
    all
}

/// What is kept, and whoever opens it is told.
fn marked() -> Vec<Hostile> {
    let mut all = Vec::new();
    let kept = |name: &str, bytes, expected| Hostile::new("marked", name, bytes, expected);
    for (kind, ending) in KINDS.into_iter().flat_map(|kind| [(kind, "docm"), (kind, kind)]) {
        let macros = office_with(kind, Part::stored("word/vbaProject.bin", b"\xcc\x61"));
        all.push(kept(&format!("教案.{ending}"), macros, Expected::Warned(Warning::Macros)));
        let template = "<Relationships><Relationship Id='r' Type='x/attachedTemplate' TargetMode='External' \
                        Target='http://127.0.0.1/x.dotm'/></Relationships>";
        let remote = office_with(kind, Part::deflated("word/_rels/settings.xml.rels", template.as_bytes()));
        all.push(kept(&format!("教案.{ending}"), remote, Expected::Warned(Warning::Remote)));
        let locked = office_with(kind, Part::stored("word/secret.bin", b"123").locked());
        all.push(kept(&format!("教案.{kind}"), locked, Expected::Unread(Unfit::Locked)));
        let wrong = if kind == "docx" { "pptx" } else { "docx" };
        all.push(kept(&format!("教案.{wrong}"), office(kind, "x"), Expected::Warned(Warning::OtherKind)));
    }
    all.push(kept("学具.zip", zip(&[Part::stored("setup.exe", b"MZ")]), Expected::Warned(Warning::Programs)));
    all.push(kept("学具.zip", zip(&[Part::stored("a", b"b").locked()]), Expected::Unread(Unfit::Locked)));
    let plain = zip(&[Part::deflated("a", b"lesson")]);
    all.push(kept("学具.docx", plain, Expected::Warned(Warning::OtherKind)));
    all
}
