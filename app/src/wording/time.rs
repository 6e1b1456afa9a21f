//! Times as people say them: 刚刚, 8 分钟前, 17:20, 昨天 17:20, 11月19日, 2025年11月19日.

use shared::words::UnixMillis;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What to say of a past moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    JustNow,
    MinutesAgo(i64),
    /// The time alone.
    Today,
    /// "Yesterday" and the time.
    Yesterday,
    /// Day and month.
    ThisYear,
    /// Day, month and year.
    Earlier,
}

/// How to speak of `then` at `now`; `offset` is what local time adds to UTC, in minutes.
///
/// A clock that runs ahead of the server's makes no odd words: the future is "just now".
pub fn speak(then: UnixMillis, now: UnixMillis, offset: i64) -> Spoken {
    let passed = now.0 - then.0;
    let day = |at: UnixMillis| (at.0 + offset * MINUTE).div_euclid(DAY);
    if passed < MINUTE {
        Spoken::JustNow
    } else if passed < 60 * MINUTE {
        Spoken::MinutesAgo(passed / MINUTE)
    } else {
        match day(now) - day(then) {
            0 => Spoken::Today,
            1 => Spoken::Yesterday,
            _ if year(day(now)) == year(day(then)) => Spoken::ThisYear,
            _ => Spoken::Earlier,
        }
    }
}

/// The Gregorian year of a day counted from 1970-01-01.
///
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras have 400 years.
fn year(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let starts_next = day_of_year >= 306;
    era * 400 + year_of_era + i64::from(starts_next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes since 1970 of a UTC time.
    fn at(day: i64, hour: i64, minute: i64) -> UnixMillis {
        UnixMillis(day * DAY + (hour * 60 + minute) * MINUTE)
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        const NOV_22_2026: i64 = 20_779;
        const CHINA: i64 = 8 * 60;
        // 16:30 in Beijing.
        let now = at(NOV_22_2026, 8, 30);
        let cases = [
            (at(NOV_22_2026, 8, 30), Spoken::JustNow),
            (at(NOV_22_2026, 8, 31), Spoken::JustNow),
            (at(NOV_22_2026, 8, 29), Spoken::MinutesAgo(1)),
            (at(NOV_22_2026, 7, 31), Spoken::MinutesAgo(59)),
            (at(NOV_22_2026, 7, 30), Spoken::Today),
            // 00:00 and 23:59 the day before, in Beijing
            (at(NOV_22_2026 - 1, 16, 0), Spoken::Today),
            (at(NOV_22_2026 - 1, 15, 59), Spoken::Yesterday),
            (at(NOV_22_2026 - 2, 15, 59), Spoken::ThisYear),
            // New Year's Day in Beijing, and the evening before
            (at(20_453, 16, 0), Spoken::ThisYear),
            (at(20_453, 15, 59), Spoken::Earlier),
        ];
        for (then, said) in cases {
            assert_eq!(speak(then, now, CHINA), said, "{then:?}");
        }
    }

    #[test]
    fn an_hour_across_midnight_is_still_minutes() {
        let now = at(100, 0, 10);
        assert_eq!(speak(at(99, 23, 50), now, 0), Spoken::MinutesAgo(20));
    }

    #[test]
    fn years_turn_on_new_years_day() {
        let cases = [
            (0, 1970),
            (-1, 1969),
            (364, 1970),
            (365, 1971),
            (11_016, 2000),
            (11_322, 2000),
            (11_323, 2001),
            (20_454, 2026),
        ];
        for (day, expected) in cases {
            assert_eq!(year(day), expected, "{day}");
        }
    }
}
