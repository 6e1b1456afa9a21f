//! Telephone numbers: one form in which they are stored and looked up, and the reasons why a text is none.

use serde::{Deserialize, Serialize};

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoPhone {
    /// There is something between the digits that does not belong there.
    Signs,
    /// `1.38E+10`: a spreadsheet has rounded the number, and its end is lost.
    Rounded,
    /// A mobile number has 11 digits.
    MobileLength,
    /// The second digit of a mobile number is 3 to 9.
    MobileBeginning,
    /// A landline is called from elsewhere by its area code, as in 0571.
    NoAreaCode,
    /// After its area code a landline has 7 or 8 digits, and no extension.
    LandlineLength,
    /// With its country's code a number has 7 to 15 digits.
    AbroadLength,
}

/// The number as it is stored: mobile numbers of the mainland have 11 digits and no `+86`, landlines begin with the 0 of
/// their area code, those of elsewhere with `+` and the country's code.
pub fn read(typed: &str) -> Result<String, NoPhone> {
    let number = plain(typed);
    match number.strip_prefix('+') {
        Some(digits) if is_all_digits(digits) => abroad(digits).map(|()| number),
        None if is_all_digits(&number) => mainland(&number).map(|()| number),
        Some(_) | None if is_rounded(&number) => Err(NoPhone::Rounded),
        Some(_) | None => Err(NoPhone::Signs),
    }
}

/// Without what people put between the digits, wide digits as narrow ones, and without `+86`. Any text whatever is taken.
pub fn plain(typed: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')' | '‐' | '‑' | '–' | '—' | '·');
    let number: String = typed.chars().map(narrow).filter(|c| !between(*c)).collect();
    match number.strip_prefix("+86") {
        // No area code but that of Beijing begins with 1.
        Some(mobile) if mobile.starts_with('1') && !mobile.starts_with("10") => mobile.to_owned(),
        Some(landline) if landline.starts_with('0') => landline.to_owned(),
        Some(landline) => format!("0{landline}"),
        None => number,
    }
}

/// `ｗ` as `w`: the wide forms of ASCII stand in the same order.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

const MOBILE: usize = 11;

fn mainland(digits: &str) -> Result<(), NoPhone> {
    match digits.as_bytes() {
        [b'1', b'3'..=b'9', ..] if digits.len() == MOBILE => Ok(()),
        [b'1', b'0'..=b'2', ..] if digits.len() == MOBILE => Err(NoPhone::MobileBeginning),
        // Beijing and the other largest towns have codes of three digits, all others of four.
        [b'0', b'1'..=b'2', rest @ ..] => of_length(rest.len(), 8..=9, NoPhone::LandlineLength),
        [b'0', b'3'..=b'9', rest @ ..] => of_length(rest.len(), 9..=10, NoPhone::LandlineLength),
        [b'2'..=b'9', ..] if (7..=8).contains(&digits.len()) => Err(NoPhone::NoAreaCode),
        [b'0', ..] => Err(NoPhone::LandlineLength),
        _ => Err(NoPhone::MobileLength),
    }
}

/// E.164: no country's code begins with 0.
fn abroad(digits: &str) -> Result<(), NoPhone> {
    if digits.starts_with('0') {
        return Err(NoPhone::AbroadLength);
    }
    of_length(digits.len(), 7..=15, NoPhone::AbroadLength)
}

fn of_length(length: usize, fitting: std::ops::RangeInclusive<usize>, why: NoPhone) -> Result<(), NoPhone> {
    if fitting.contains(&length) { Ok(()) } else { Err(why) }
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_rounded(text: &str) -> bool {
    let parts = text.split_once(['e', 'E']);
    parts.is_some_and(|(figures, power)| {
        let power = power.strip_prefix('+').unwrap_or(power);
        is_all_digits(power) && figures.contains('.') && figures.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_stored_in_one_form_or_it_is_said_why_not() {
        let cases = [
            ("13812345678", Ok("13812345678")),
            (" 138-1234 5678 ", Ok("13812345678")),
            ("１３８１２３４５６７８", Ok("13812345678")),
            ("+86 138 1234 5678", Ok("13812345678")),
            ("(+86)13812345678", Ok("13812345678")),
            ("(0571) 8765 4321", Ok("057187654321")),
            ("0571-8765432", Ok("05718765432")),
            ("010-62781234", Ok("01062781234")),
            ("+86 10 6278 1234", Ok("01062781234")),
            ("+86 571 8765 4321", Ok("057187654321")),
            ("+852 1234 5678", Ok("+85212345678")),
            ("+44 20 7946 0018", Ok("+442079460018")),
            ("1381000", Err(NoPhone::MobileLength)),
            ("138123456789", Err(NoPhone::MobileLength)),
            ("12", Err(NoPhone::MobileLength)),
            ("+86 1381000", Err(NoPhone::MobileLength)),
            ("12012345678", Err(NoPhone::MobileBeginning)),
            ("87654321", Err(NoPhone::NoAreaCode)),
            ("010-1234", Err(NoPhone::LandlineLength)),
            ("010-62781234-8001", Err(NoPhone::LandlineLength)),
            ("0012025550100", Err(NoPhone::LandlineLength)),
            ("+123456", Err(NoPhone::AbroadLength)),
            ("+1234567890123456", Err(NoPhone::AbroadLength)),
            ("+0123456789", Err(NoPhone::AbroadLength)),
            ("1.38E+10", Err(NoPhone::Rounded)),
            ("1.38e10", Err(NoPhone::Rounded)),
            ("1390000000x", Err(NoPhone::Signs)),
            ("13812345678、13912345678", Err(NoPhone::Signs)),
            ("+", Err(NoPhone::Signs)),
            ("", Err(NoPhone::Signs)),
        ];
        for (typed, expected) in cases {
            assert_eq!(read(typed), expected.map(str::to_owned), "{typed}");
            if let Ok(stored) = expected {
                assert_eq!(read(stored).as_deref(), Ok(stored), "what is stored is a number itself");
            }
        }
    }
}
