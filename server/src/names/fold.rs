//! One form for what is written in several.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use shared::organisation::phone::narrow;

/// Traditional characters and their simplified forms, by the character: what a phrase would decide differently need not be
/// found by half of it.
static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let simplified = |c: char| hanconv::t2s(c.encode_utf8(&mut [0; 4])).chars().next();
    let pairs = HAN.into_iter().flatten().filter_map(|c| Some((c, simplified(c)?)));
    pairs.filter(|(from, to)| from != to).collect()
});

/// The blocks of Unicode with the characters that names are written in.
const HAN: [RangeInclusive<char>; 2] = ['\u{3400}'..='\u{9fff}', '\u{f900}'..='\u{faff}'];

/// The text in simplified characters and lower case, wide letters as narrow ones, `ü` as `v`: two texts that people would
/// take for the same are the same then.
pub fn fold(text: &str) -> String {
    let folded = text.chars().map(narrow).map(|c| match c {
        'ü' | 'Ü' => 'v',
        c => FORMS.get(&c).copied().unwrap_or(c),
    });
    folded.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_to_people_is_the_same() {
        for (written, folded) in
            [("歐陽馬克", "欧阳马克"), ("欧阳马克", "欧阳马克"), ("張葉Ｗei", "张叶wei"), ("Lü", "lv"), ("", "")]
        {
            assert_eq!(fold(written), folded, "{written}");
            assert_eq!(fold(folded), folded, "{folded} stays");
        }
    }
}
