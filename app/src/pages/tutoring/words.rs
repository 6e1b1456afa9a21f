//! Words for the values of a tutoring session.

use shared::api::PersonCard;
use shared::tutoring::{Role, TutoringKind, TutoringState};
use shared::words::UnixMillis;

use crate::browser::clock::{Shape, write_date};
use crate::i18n::*;
use crate::state::preferences::tag;
use crate::wording::length;

pub fn kind_name(kind: TutoringKind) -> String {
    let i18n = use_i18n();
    match kind {
        TutoringKind::Diagnosis => t_string!(i18n, room.diagnosis),
        TutoringKind::Questions => t_string!(i18n, room.questions_kind),
        TutoringKind::Coaching => t_string!(i18n, room.coaching),
    }
    .to_string()
}

pub fn state_name(state: TutoringState) -> String {
    let i18n = use_i18n();
    match state {
        TutoringState::Planned => t_string!(i18n, room.planned),
        TutoringState::Open => t_string!(i18n, room.open),
        TutoringState::Ended => t_string!(i18n, room.ended),
        TutoringState::Cancelled => t_string!(i18n, room.cancelled),
    }
    .to_string()
}

pub fn role_name(role: Role) -> String {
    let i18n = use_i18n();
    match role {
        Role::Listener => t_string!(i18n, room.listener),
        Role::Guest => t_string!(i18n, room.guest),
        Role::Participant => t_string!(i18n, room.participant),
        Role::Helper => t_string!(i18n, room.helper),
        Role::Host => t_string!(i18n, room.host),
    }
    .to_string()
}

/// 14:52
pub fn time_of(at: UnixMillis) -> String {
    write_date(at, Shape::Time, tag(use_i18n().get_locale()))
}

/// 11月25日 星期三 14:00
pub fn day_and_time_of(at: UnixMillis) -> String {
    let language = tag(use_i18n().get_locale());
    format!("{} {}", write_date(at, Shape::DayAndWeekday, language), write_date(at, Shape::Time, language))
}

/// A length of time, in milliseconds, as it is said: 18 分 32 秒.
pub fn as_said(millis: i64) -> String {
    let i18n = use_i18n();
    let (minutes, seconds) = length::minutes(millis.max(0).unsigned_abs());
    t_string!(i18n, room.minutes_seconds, minutes = minutes, seconds = seconds).to_string()
}

/// The name with what one knows them by: that of their school, or what a guest says of theirs.
pub fn with_school(person: &PersonCard, said: &str) -> String {
    let school = person.school.as_ref().map_or(said, |school| school.name.as_str());
    if school.is_empty() { person.name.clone() } else { format!("{}，{school}", person.name) }
}
