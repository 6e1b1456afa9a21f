//! Days as people write them, and as spreadsheets count them.

use crate::words::UnixMillis;

/// A day, month or year as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    /// The midnight with which it begins.
    pub begins: UnixMillis,
    /// The midnight with which it ends.
    pub ends: UnixMillis,
}

/// Midnight in China is so long before midnight in Greenwich.
const CHINA_AHEAD: i64 = 8 * 3600 * 1000;
/// Spreadsheets count days from here: 1899-12-30.
const SPREADSHEET_ZERO: i64 = -25_569;
/// As a day of a spreadsheet these are 1954 to 2119: smaller numbers are years, larger ones dates without separators.
const SPREADSHEET_DAYS: std::ops::RangeInclusive<i64> = 20_000..=80_000;

/// Reads `2026-09-01`, `2026年9月1日`, `2026.9`, `2026/9/1`, `20260901`, a year alone, or the number of a day in a
/// spreadsheet; a time of day after it is left out. `None` for anything else.
pub(super) fn read(text: &str) -> Option<Period> {
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    // What comes after the point of such a number is the time of day.
    let whole = text.split('.').next().unwrap_or_default();
    if whole.len() == 5
        && let Ok(day) = whole.parse::<i64>()
        && SPREADSHEET_DAYS.contains(&day)
    {
        return Some(of_days(SPREADSHEET_ZERO + day, SPREADSHEET_ZERO + day + 1));
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_parts(&[&text[..4], &text[4..6], &text[6..]]);
    }
    let text = text.trim_end_matches(['日', '号', '月', '年', '.', '/', '-']);
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '．', '－', '／']).collect();
    of_parts(&parts)
}

fn of_parts(parts: &[&str]) -> Option<Period> {
    let number = |text: &&str| if text.len() <= 4 { text.parse::<u16>().ok().map(i64::from) } else { None };
    let numbers: Vec<i64> = parts.iter().map(number).collect::<Option<_>>()?;
    let year = *numbers.first()?;
    let month = numbers.get(1).copied();
    let day = numbers.get(2).copied();
    if !(1950..=2150).contains(&year) || numbers.len() > 3 || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return None;
    }
    match (month, day) {
        (None, _) => Some(of_days(days(year, 1, 1), days(year + 1, 1, 1))),
        (Some(month), None) => Some(of_days(days(year, month, 1), days_of_next(year, month))),
        (Some(month), Some(day)) => {
            let at = days(year, month, 1) + day - 1;
            (day >= 1 && at < days_of_next(year, month)).then(|| of_days(at, at + 1))
        }
    }
}

fn of_days(begins: i64, ends: i64) -> Period {
    let midnight = |day: i64| UnixMillis(day * UnixMillis::DAY - CHINA_AHEAD);
    Period { begins: midnight(begins), ends: midnight(ends) }
}

fn days_of_next(year: i64, month: i64) -> i64 {
    if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) }
}

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        // 2026-09-01T00:00+08:00.
        const FIRST: i64 = 1_788_192_000_000;
        let day = (FIRST, FIRST + UnixMillis::DAY);
        let month = (FIRST, FIRST + 30 * UnixMillis::DAY);
        let cases = [
            ("2026-09-01", Some(day)),
            ("2026年9月1日", Some(day)),
            ("2026/9/1", Some(day)),
            ("2026.9.1", Some(day)),
            ("20260901", Some(day)),
            ("2026-09-01 00:00:00", Some(day)),
            ("46266", Some(day)),
            ("46266.5", Some(day)),
            ("2026.9", Some(month)),
            ("2026年9月", Some(month)),
            ("2026.09", Some(month)),
            ("2026-13-01", None),
            ("2026-02-30", None),
            ("1-2-3-4", None),
            ("", None),
            ("开学", None),
            ("99999999", None),
        ];
        for (text, expected) in cases {
            let found = read(text).map(|period| (period.begins.0, period.ends.0));
            assert_eq!(found, expected, "{text:?}");
        }
        let leap = read("2028-02-29").map(|period| period.ends);
        assert_eq!(leap, read("2028-03-01").map(|period| period.begins));
    }
}
