//! Days as a date field writes them: 2026-11-22.

use shared::words::UnixMillis;

const MINUTE: i64 = 60_000;

/// The day of a moment; `offset` is what local time adds to UTC, in minutes.
pub fn write_day(at: UnixMillis, offset: i64) -> String {
    let (year, month, day) = civil((at.0 + offset * MINUTE).div_euclid(UnixMillis::DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The midnight with which a day begins; `None` for what is no day.
pub fn read_day(text: &str, offset: i64) -> Option<UnixMillis> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let days = days(year, month, day);
    (parts.next().is_none() && civil(days) == (year, month, day))
        .then_some(UnixMillis(days * UnixMillis::DAY - offset * MINUTE))
}

/// A day counted from 1970-01-01, as a date field writes it.
pub fn day_name(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// … and read again.
pub fn day_number(text: &str) -> Option<i64> {
    read_day(text, 0).map(|at| at.0.div_euclid(UnixMillis::DAY))
}

/// The local day of a moment.
pub fn day_of(at: UnixMillis, offset: i64) -> i64 {
    (at.0 + offset * MINUTE).div_euclid(UnixMillis::DAY)
}

/// Which of its month a day is, from 1.
pub fn day_of_month(day: i64) -> i64 {
    civil(day).2
}

/// The first day of the month so many months after that of a day.
pub fn first_of_month(day: i64, months: i64) -> i64 {
    let (year, month, _) = civil(day);
    let months = year * 12 + month - 1 + months;
    days(months.div_euclid(12), months.rem_euclid(12) + 1, 1)
}

/// The days that a calendar shows of the month of a day: whole weeks that begin on Monday.
pub fn shown_of_month(day: i64) -> std::ops::Range<i64> {
    // 1970-01-01 was a Thursday.
    let weekday = |day: i64| (day + 3).rem_euclid(7);
    let (first, next) = (first_of_month(day, 0), first_of_month(day, 1));
    first - weekday(first)..next + (7 - weekday(next)) % 7
}

/// Year, month and day of a day counted from 1970-01-01.
///
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras have 400 years.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The way back from [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINA: i64 = 480;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for (text, millis) in [
            ("1970-01-01", -CHINA * MINUTE),
            ("2026-11-22", 20_779 * UnixMillis::DAY - CHINA * MINUTE),
            ("2024-02-29", 19_782 * UnixMillis::DAY - CHINA * MINUTE),
            ("2000-03-01", 11_017 * UnixMillis::DAY - CHINA * MINUTE),
        ] {
            assert_eq!(read_day(text, CHINA), Some(UnixMillis(millis)), "{text}");
            assert_eq!(write_day(UnixMillis(millis), CHINA), text);
            assert_eq!(write_day(UnixMillis(millis + UnixMillis::DAY - 1), CHINA), text);
        }
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_monday() {
        for (month, first, last) in [
            ("2026-11-24", "2026-10-26", "2026-12-06"),
            ("2027-02-01", "2027-02-01", "2027-02-28"),
            ("2026-12-31", "2026-11-30", "2027-01-03"),
        ] {
            let shown = shown_of_month(day_number(month).unwrap());
            assert_eq!(
                (day_name(shown.start), day_name(shown.end - 1)),
                (first.to_owned(), last.to_owned()),
                "{month}"
            );
        }
        let day = day_number("2026-11-24").unwrap();
        assert_eq!(day_name(first_of_month(day, 2)), "2027-01-01");
        assert_eq!(day_name(first_of_month(day, -11)), "2025-12-01");
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in ["", "2026", "2026-02-30", "2026-13-01", "2026-1-1-1", "明天", "2026-00-10"] {
            assert_eq!(read_day(text, CHINA), None, "{text}");
        }
    }
}
