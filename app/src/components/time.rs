use shared::words::UnixMillis;

use crate::browser::clock::{self, Shape};
use crate::i18n::*;
use crate::state::preferences::tag;
use crate::wording::time::{Spoken, speak};

/// A past moment in the words of the interface's language, as of now.
pub fn spoken(at: UnixMillis) -> String {
    let i18n = use_i18n();
    let language = tag(i18n.get_locale());
    let written = |shape| clock::write_date(at, shape, language);
    match speak(at, clock::wall(), clock::offset_minutes(at)) {
        Spoken::JustNow => t_string!(i18n, time.just_now).to_string(),
        Spoken::MinutesAgo(minutes) => t_string!(i18n, time.minutes_ago, minutes = minutes).to_string(),
        Spoken::Today => written(Shape::Time),
        Spoken::Yesterday => t_string!(i18n, time.yesterday, time = written(Shape::Time)).to_string(),
        Spoken::ThisYear => written(Shape::Day),
        Spoken::Earlier => written(Shape::DayAndYear),
    }
}
