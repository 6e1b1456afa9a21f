//! A person in little room.

/// What stands in the round avatar: the last 汉字 of a Chinese name, else the first letter.
pub fn glyph(name: &str) -> String {
    let name = name.trim();
    let is_han = |c: &char| matches!(*c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}');
    match name.chars().last().filter(is_han) {
        Some(last) => last.to_string(),
        None => name.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::glyph;

    #[test]
    fn a_name_gives_its_last_han_or_its_first_letter() {
        let cases = [
            ("林秀兰", "兰"),
            (" 周明远 ", "远"),
            ("张𣲘", "𣲘"),
            ("ann", "A"),
            ("Ólafur", "Ó"),
            ("运维2", "运"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(glyph(name), expected, "{name}");
        }
    }
}
