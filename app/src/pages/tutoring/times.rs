//! Words for when a session is.

use shared::words::UnixMillis;

use crate::browser::clock::{self, Shape};
use crate::i18n::*;
use crate::state::preferences::tag;
use crate::wording::coming::{Day, Until, day, until};

/// A moment around now, with its day and its time of day, as of now.
pub fn moment_words(at: UnixMillis) -> String {
    let i18n = use_i18n();
    let language = tag(i18n.get_locale());
    let time = clock::write_date(at, Shape::Time, language);
    let on = |shape| clock::write_date(at, shape, language);
    match day(at, clock::wall(), clock::offset_minutes(at)) {
        Day::Yesterday => t_string!(i18n, time.yesterday, time = time).to_string(),
        Day::Today => t_string!(i18n, coming.today, time = time).to_string(),
        Day::Tomorrow => t_string!(i18n, coming.tomorrow, time = time).to_string(),
        Day::AfterTomorrow => t_string!(i18n, coming.after_tomorrow, time = time).to_string(),
        Day::ThisYear => t_string!(i18n, coming.on_day, day = on(Shape::DayAndWeekday), time = time).to_string(),
        Day::AnotherYear => t_string!(i18n, coming.on_day, day = on(Shape::DayAndYear), time = time).to_string(),
    }
}

/// How long it is until then.
pub fn until_words(at: UnixMillis) -> String {
    let i18n = use_i18n();
    match until(at, clock::wall(), clock::offset_minutes(at)) {
        Until::Days(count) => t_string!(i18n, coming.until_days, count = count).to_string(),
        Until::Hours(count) => t_string!(i18n, coming.until_hours, count = count).to_string(),
        Until::Minutes(count) => t_string!(i18n, coming.until_minutes, count = count).to_string(),
        Until::Now => t_string!(i18n, coming.until_now).to_string(),
    }
}

/// When it begins and how long it takes.
pub fn time_words(begins: UnixMillis, minutes: u32) -> String {
    let i18n = use_i18n();
    let length = t_string!(i18n, room.minutes, minutes = minutes).to_string();
    format!("{} · {length}", moment_words(begins))
}
