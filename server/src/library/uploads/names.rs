//! What a file is called: only to be shown, and offered when it is saved.

use shared::unseen::{is_unseen, turns_round};

/// Longest, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// The last part of the path, on one line and in the order in which it is read, at most [`MAX_NAME_CHARS`] long with its
/// ending kept; `file` if nothing is left.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !hides(*c)).collect();
    let shown = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.chars().all(|c| c == '.') {
        return "file".to_owned();
    }
    shorten(&shown)
}

/// Control characters, and those that turn the direction of reading or are not seen: `gpj.exe` would be shown as `exe.jpg`.
fn hides(c: char) -> bool {
    turns_round(c) || is_unseen(c) || (c.is_control() && !c.is_whitespace())
}

fn shorten(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 16 => (stem, format!(".{ending}")),
        Some(_) | None => (name, String::new()),
    };
    let room = MAX_NAME_CHARS - ending.chars().count();
    stem.chars().take(room).collect::<String>() + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_it_is_and_leads_nowhere() {
        let cases = [
            ("分数的初步认识.pptx", "分数的初步认识.pptx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\lin\\教案.docx", "教案.docx"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("two\r\nlines\0.txt", "two lines.txt"),
            ("  a   b .pdf ", "a b .pdf"),
            ("CON.txt", "CON.txt"),
            ("..", "file"),
            ("", "file"),
            ("folder/", "file"),
            ("\u{feff}课.mp4", "课.mp4"),
        ];
        for (name, expected) in cases {
            assert_eq!(clean(name), expected, "{name:?}");
        }
        let long = clean(&format!("{}.docx", "课".repeat(300)));
        assert!(long.chars().count() == MAX_NAME_CHARS && long.ends_with("课.docx"));
        assert_eq!(clean(&"x".repeat(300)).len(), MAX_NAME_CHARS);
    }
}
