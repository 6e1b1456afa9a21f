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
    fn what_is_no_day_is_not_read() {
        for text in ["", "2026", "2026-02-30", "2026-13-01", "2026-1-1-1", "明天", "2026-00-10"] {
            assert_eq!(read_day(text, CHINA), None, "{text}");
        }
    }
}
