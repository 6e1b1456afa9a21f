//! Ids and titles take what they should and nothing else.

use shared::words::{DocumentId, DocumentKind, InvalidTitle, Title, Tone, UserId};

#[test]
fn a_title_is_one_line_of_reasonable_length() {
    let long = "备".repeat(Title::MAX_CHARS);
    let cases = [
        ("分数的初步认识（一）", Ok("分数的初步认识（一）")),
        ("  两端\t有空白\n还换行 ", Ok("两端 有空白 还换行")),
        ("\u{0}\u{7}", Err(InvalidTitle::Empty)),
        ("", Err(InvalidTitle::Empty)),
        (long.as_str(), Ok(long.as_str())),
    ];
    for (text, expected) in cases {
        assert_eq!(Title::new(text).as_ref().map(Title::as_str), expected.as_ref().copied(), "{text:?}");
    }
    assert_eq!(Title::new(&"备".repeat(10_000)), Err(InvalidTitle::TooLong(10_000)));
}

#[test]
fn an_id_can_stand_in_a_url() {
    for good in ["a", "d-1_B", &"x".repeat(64)] {
        assert!(good.parse::<DocumentId>().is_ok(), "{good}");
    }
    for bad in ["", "a/b", "..", "备", "a b", &"x".repeat(65)] {
        assert!(bad.parse::<DocumentId>().is_err(), "{bad}");
    }
    assert!(serde_json::from_str::<DocumentId>("\"../etc\"").is_err(), "checked on the way in from JSON too");
}

#[test]
fn every_kind_is_found_by_its_name() {
    for kind in DocumentKind::ALL {
        assert_eq!(DocumentKind::named(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("{:?}", kind.as_str()));
    }
    assert_eq!(DocumentKind::named("lesson_plan"), None);
}

#[test]
fn a_tone_is_one_of_ten_and_stays() {
    for name in ["zhou", "lin", "chen", "a", "z9"] {
        let person: UserId = name.parse().unwrap();
        let tone = Tone::of(&person);
        assert!((1..=10).contains(&tone.number()));
        assert_eq!(tone, Tone::of(&person));
        assert!(tone.hex().starts_with('#'));
    }
}
