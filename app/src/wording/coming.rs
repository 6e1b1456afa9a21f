//! Moments around now, most of them to come: 今天 15:30, 明天 15:30, 11月25日 星期三 15:30; and how long it is until then.

use shared::words::UnixMillis;

use super::day::{day_of, write_day};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Which day to say before the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Yesterday,
    Today,
    Tomorrow,
    AfterTomorrow,
    ThisYear,
    AnotherYear,
}

/// How to speak of the day of `at` at `now`; `offset` is what local time adds to UTC, in minutes.
pub fn day(at: UnixMillis, now: UnixMillis, offset: i64) -> Day {
    match day_of(at, offset) - day_of(now, offset) {
        -1 => Day::Yesterday,
        0 => Day::Today,
        1 => Day::Tomorrow,
        2 => Day::AfterTomorrow,
        _ if year(at, offset) == year(now, offset) => Day::ThisYear,
        _ => Day::AnotherYear,
    }
}

fn year(at: UnixMillis, offset: i64) -> Option<String> {
    write_day(at, offset).split('-').next().map(str::to_owned)
}

/// How long it is until something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Days(i64),
    Hours(i64),
    Minutes(i64),
    /// Its time has come.
    Now,
}

/// Rounded up to minutes, down to hours and to days that have gone by the calendar.
pub fn until(at: UnixMillis, now: UnixMillis, offset: i64) -> Until {
    let left = at.0 - now.0;
    let days = day_of(at, offset) - day_of(now, offset);
    match left {
        ..=0 => Until::Now,
        1..HOUR => Until::Minutes((left + MINUTE - 1) / MINUTE),
        HOUR..DAY => Until::Hours(left / HOUR),
        _ => Until::Days(days),
    }
}

#[cfg(test)]
mod tests {
    use super::super::day::read_day;
    use super::*;

    const CHINA: i64 = 8 * 60;

    fn at(date: &str, time: &str) -> UnixMillis {
        let (hours, minutes) = time.split_once(':').unwrap();
        let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
        UnixMillis(read_day(date, CHINA).unwrap().0 + minutes * MINUTE)
    }

    #[test]
    fn the_days_around_today_have_names() {
        let now = at("2026-11-23", "23:50");
        let cases = [
            ("2026-11-22", Day::Yesterday),
            ("2026-11-23", Day::Today),
            ("2026-11-24", Day::Tomorrow),
            ("2026-11-25", Day::AfterTomorrow),
            ("2026-11-26", Day::ThisYear),
            ("2026-11-21", Day::ThisYear),
            ("2027-01-01", Day::AnotherYear),
        ];
        for (date, said) in cases {
            assert_eq!(day(at(date, "00:05"), now, CHINA), said, "{date}");
        }
    }

    #[test]
    fn how_long_it_is_until_then() {
        let now = at("2026-11-23", "15:00");
        let cases = [
            ("2026-11-23", "14:59", Until::Now),
            ("2026-11-23", "15:00", Until::Now),
            ("2026-11-23", "15:01", Until::Minutes(1)),
            ("2026-11-23", "15:59", Until::Minutes(59)),
            ("2026-11-23", "16:00", Until::Hours(1)),
            ("2026-11-24", "14:59", Until::Hours(23)),
            ("2026-11-24", "15:00", Until::Days(1)),
            ("2026-11-25", "08:00", Until::Days(2)),
        ];
        for (date, time, expected) in cases {
            assert_eq!(until(at(date, time), now, CHINA), expected, "{date} {time}");
        }
    }
}
