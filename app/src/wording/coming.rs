//! Moments around now, most of them to come: 今天 15:30, 明天 15:30, 11月25日 星期三 15:30; and how long it is until then.

use shared::words::UnixMillis;

use super::day::{day_number, day_of, write_day};

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

/// The moment of what a date field and a time field hold, `2026-11-25` and `15:30`, at the offset of a moment near it.
pub fn moment(date: &str, time: &str, offset: impl Fn(UnixMillis) -> i64) -> Option<UnixMillis> {
    let (hour, minute) = time.split_once(':')?;
    // Some browsers add seconds.
    let minute = minute.split(':').next()?;
    let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute);
    let utc = UnixMillis(day_number(date).filter(|_| fits)? * DAY + hour * HOUR + minute * MINUTE);
    let near = UnixMillis(utc.0 - offset(utc) * MINUTE);
    Some(UnixMillis(utc.0 - offset(near) * MINUTE))
}

/// What a time field holds of a moment: `15:30`.
pub fn write_time(at: UnixMillis, offset: i64) -> String {
    let minutes = (at.0 + offset * MINUTE).rem_euclid(DAY) / MINUTE;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINA: i64 = 8 * 60;

    fn at(date: &str, time: &str) -> UnixMillis {
        moment(date, time, |_| CHINA).unwrap()
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

    #[test]
    fn fields_are_read_and_written() {
        let then = at("2026-11-25", "15:30");
        assert_eq!(then, UnixMillis(1_795_591_800_000));
        assert_eq!(write_time(then, CHINA), "15:30");
        assert_eq!(write_day(then, CHINA), "2026-11-25");
        assert_eq!(moment("2026-11-25", "15:30:00", |_| CHINA), Some(then));
        for (date, time) in [("2026-02-30", "10:00"), ("2026-11-25", "24:00"), ("2026-11-25", ""), ("", "10:00")] {
            assert_eq!(moment(date, time, |_| CHINA), None, "{date} {time}");
        }
    }

    #[test]
    fn an_hour_is_read_with_the_offset_that_holds_then() {
        // Summer time begins between the two.
        let begins = at("2026-03-29", "09:00");
        let offset = |at: UnixMillis| if at < begins { 60 } else { 120 };
        let before = moment("2026-03-29", "01:30", offset).unwrap();
        assert_eq!(write_time(before, offset(before)), "01:30");
        let after = moment("2026-03-29", "04:30", offset).unwrap();
        assert_eq!(write_time(after, offset(after)), "04:30");
    }
}
