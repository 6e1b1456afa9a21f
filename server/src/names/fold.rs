//! One form for what is written in several.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use shared::organisation::phone::narrow;

/// Traditional characters as their simplified forms and all others as they are, for each block of [`HAN`] in its order. By
/// the character: what a phrase would decide differently need not be found by half of it.
static FORMS: LazyLock<[Vec<char>; 2]> = LazyLock::new(|| {
    let simplified = |c: char| hanconv::t2s(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c);
    HAN.map(|block| block.map(simplified).collect())
});

/// The blocks of Unicode with the characters that names are written in.
const HAN: [RangeInclusive<char>; 2] = ['\u{3400}'..='\u{9fff}', '\u{f900}'..='\u{faff}'];

/// The text in simplified characters and lower case, wide letters as narrow ones, `ü` as `v`: two texts that people would
/// take for the same are the same then.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// One character of a folded text: there are as many of them as in the text itself.
pub fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let block = HAN.iter().position(|block| block.contains(&c));
    if let Some(block) = block {
        let place = (u32::from(c) - u32::from(*HAN[block].start())) as usize;
        return FORMS[block][place];
    }
    match narrow(c) {
        'ü' | 'Ü' => 'v',
        // Lower case is more than one character only where a dot or an accent follows.
        c => c.to_lowercase().next().unwrap_or(c),
    }
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
