//! Finding Chinese names by what people type.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Readings of one name that are indexed, at most: names are short, and few characters have several readings.
const READINGS: usize = 16;

/// Every common reading of a name, joined and as initials, separated by spaces:
/// `周明远` gives `zhoumingyuan zmy`. Anything that is not Chinese stays, in lower case.
pub fn pinyin_index(name: &str) -> String {
    let mut readings: Vec<(String, String)> = vec![(String::new(), String::new())];
    for c in name.chars().filter(|c| !c.is_whitespace()) {
        let syllables = syllables(c);
        let mut longer = Vec::with_capacity(readings.len() * syllables.len());
        for (whole, initials) in &readings {
            for syllable in &syllables {
                if longer.len() < READINGS {
                    let initial = syllable.chars().next().map(String::from).unwrap_or_default();
                    longer.push((format!("{whole}{syllable}"), format!("{initials}{initial}")));
                }
            }
        }
        readings = longer;
    }
    let mut words: Vec<String> = Vec::new();
    for (whole, initials) in readings {
        for word in [whole, initials] {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words.join(" ")
}

fn syllables(c: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if let Some(common) = c.to_pinyin() {
        found.push(common.plain().replace('ü', "v"));
    }
    if let Some(several) = c.to_pinyin_multi() {
        for reading in several {
            let plain = reading.plain().replace('ü', "v");
            if !found.contains(&plain) {
                found.push(plain);
            }
        }
    }
    if found.is_empty() {
        found.push(c.to_lowercase().collect());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_every_way_to_type_it() {
        let cases: &[(&str, &[&str])] = &[
            ("周明远", &["zhoumingyuan", "zmy"]),
            ("单雨", &["shanyu", "danyu", "sy"]),
            ("吕丽", &["lvli", "ll"]),
            ("Anna 王", &["annawang", "aw"]),
            ("", &[]),
        ];
        for (name, typed) in cases {
            let index = pinyin_index(name);
            for typed in *typed {
                assert!(index.contains(typed), "{name} is indexed as {index:?}, not found by {typed}");
            }
        }
    }

    #[test]
    fn a_long_name_of_many_readings_stays_short() {
        assert!(pinyin_index(&"行".repeat(40)).split(' ').count() <= 2 * READINGS);
    }
}
