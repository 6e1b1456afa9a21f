//! Numbers in both writings: people type 3年级 for 三年级, and 第十二课 for 第12课.

use super::typed::Part;

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const TEN: char = '十';
/// What is counted in textbooks. Elsewhere a 一 is rather part of a word.
const COUNTED: [char; 9] = ['年', '单', '课', '册', '章', '节', '班', '期', '级'];

/// The parts with each number in its other writing; `None` if there is no number beside a character.
pub fn other_numerals(parts: &[Part]) -> Option<Vec<Part>> {
    let mut other = Vec::with_capacity(parts.len());
    let mut changed = false;
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let han_beside = is_han(parts.get(at + 1)) || at > 0 && is_han(parts.get(at - 1));
        let number = match part {
            Part::Word(word) if han_beside => written(word).map(|parts| (parts, 1)),
            Part::Word(_) => None,
            // Not from within a number that is none: 十十年.
            Part::Han(_) if at > 0 && numeral(&parts[at - 1]).is_some() => None,
            Part::Han(_) => counted(&parts[at..]).map(|(word, length)| (vec![Part::Word(word)], length)),
        };
        changed |= number.is_some();
        let (written, length) = number.unwrap_or_else(|| (vec![part.clone()], 1));
        other.extend(written);
        at += length;
    }
    changed.then_some(other)
}

fn is_han(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Han(_)))
}

/// 1 to 99 in characters.
fn written(word: &str) -> Option<Vec<Part>> {
    let number: usize = word.parse().ok().filter(|number| (1..100).contains(number))?;
    let (tens, ones) = (number / 10, number % 10);
    let tens_of = (tens > 1).then(|| DIGITS[tens]).into_iter().chain((tens > 0).then_some(TEN));
    Some(tens_of.chain((ones > 0).then(|| DIGITS[ones])).map(Part::Han).collect())
}

/// 1 to 10.
fn numeral(part: &Part) -> Option<usize> {
    match part {
        Part::Han(c) if *c == TEN => Some(10),
        Part::Han(c) => DIGITS.iter().position(|digit| digit == c).filter(|value| *value > 0),
        Part::Word(_) => None,
    }
}

/// A number at the beginning that counts what stands behind it, in digits, and how many parts it was.
fn counted(parts: &[Part]) -> Option<(String, usize)> {
    let values: Vec<usize> = parts.iter().map_while(numeral).collect();
    let number = match values[..] {
        [one] => one,
        [10, one] if one < 10 => 10 + one,
        [ten, 10] if ten < 10 => ten * 10,
        [ten, 10, one] if ten < 10 && one < 10 => ten * 10 + one,
        _ => return None,
    };
    let counts = matches!(parts.get(values.len()), Some(Part::Han(c)) if COUNTED.contains(c));
    counts.then(|| (number.to_string(), values.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::search::typed::Typed;

    #[test]
    fn a_number_is_written_in_both_ways() {
        for (typed, expected) in [
            ("3年级", Some("三年级")),
            ("三年级上册", Some("3年级上册")),
            ("第十二课", Some("第12课")),
            ("第12课", Some("第十二课")),
            ("第二十课", Some("第20课")),
            ("第21课", Some("第二十一课")),
            ("10以内", Some("十以内")),
            ("一起来", None),
            ("十十年", None),
            ("2024年", None),
            ("0年", None),
            ("unit3", None),
        ] {
            let parts = &Typed::of(typed).terms[0].parts;
            let expected = expected.map(|text| Typed::of(text).terms[0].parts.clone());
            assert_eq!(other_numerals(parts), expected, "{typed}");
        }
    }
}
