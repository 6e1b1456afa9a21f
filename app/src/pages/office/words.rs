//! Words for the values of the organisation.

use shared::api::OrganisationView;
use shared::organisation::phone::NoPhone;
use shared::organisation::{Body, BodyKind, SchoolSort, Team, TeamSort, Warning, Wording};
use shared::words::UnixMillis;

use crate::browser::clock::{self, Shape, write_number};
use crate::i18n::*;
use crate::state::organisation::Look;
use crate::state::preferences::tag;
use crate::wording::day;

type I18n = leptos_i18n::I18nContext<Locale>;

/// A word of a region in the interface's language.
pub fn word(i18n: I18n, wording: &Wording) -> String {
    match i18n.get_locale() {
        Locale::zh_CN => wording.zh.clone(),
        Locale::en => wording.en.clone(),
    }
}

pub fn school_sort(i18n: I18n, sort: SchoolSort) -> String {
    match sort {
        SchoolSort::Kindergarten => t_string!(i18n, people.sort_kindergarten),
        SchoolSort::Primary => t_string!(i18n, people.sort_primary),
        SchoolSort::Junior => t_string!(i18n, people.sort_junior),
        SchoolSort::NineYear => t_string!(i18n, people.sort_nine_year),
        SchoolSort::Senior => t_string!(i18n, people.sort_senior),
        SchoolSort::Vocational => t_string!(i18n, people.sort_vocational),
        SchoolSort::Special => t_string!(i18n, people.sort_special),
        SchoolSort::Institution => t_string!(i18n, people.sort_institution),
    }
    .to_string()
}

pub const SCHOOL_SORTS: [(SchoolSort, &str); 8] = [
    (SchoolSort::Primary, "primary"),
    (SchoolSort::Kindergarten, "kindergarten"),
    (SchoolSort::Junior, "junior"),
    (SchoolSort::NineYear, "nine-year"),
    (SchoolSort::Senior, "senior"),
    (SchoolSort::Vocational, "vocational"),
    (SchoolSort::Special, "special"),
    (SchoolSort::Institution, "institution"),
];

/// Why something is no telephone number, and how it is written.
pub fn no_phone(i18n: I18n, why: NoPhone) -> String {
    match why {
        NoPhone::Signs => t_string!(i18n, people.phone_signs),
        NoPhone::Rounded => t_string!(i18n, people.phone_rounded),
        NoPhone::MobileLength => t_string!(i18n, people.phone_length),
        NoPhone::MobileBeginning => t_string!(i18n, people.phone_beginning),
        NoPhone::NoAreaCode => t_string!(i18n, people.phone_area),
        NoPhone::LandlineLength => t_string!(i18n, people.phone_landline),
        NoPhone::AbroadLength => t_string!(i18n, people.phone_abroad),
    }
    .to_string()
}

pub fn team_sort(i18n: I18n, sort: TeamSort) -> String {
    match sort {
        TeamSort::Research => t_string!(i18n, people.team_research),
        TeamSort::Preparation => t_string!(i18n, people.team_preparation),
        TeamSort::Studio => t_string!(i18n, people.team_studio),
    }
    .to_string()
}

pub const TEAM_SORTS: [(TeamSort, &str); 3] =
    [(TeamSort::Preparation, "preparation"), (TeamSort::Research, "research"), (TeamSort::Studio, "studio")];

/// The sort of this name in a table of sorts.
pub fn named<S: Copy>(sorts: &[(S, &str)], name: &str) -> Option<S> {
    sorts.iter().find(|(_, known)| *known == name).map(|(sort, _)| *sort)
}

pub fn warning_words(i18n: I18n, warning: &Warning) -> String {
    match warning {
        Warning::TooManySchools { group: _, schools, most } => {
            t_string!(i18n, people.too_many_schools, schools = *schools, most = *most).to_string()
        }
        Warning::TooManyPupils { group: _, pupils, most } => {
            t_string!(i18n, people.too_many_pupils, pupils = *pupils, most = *most).to_string()
        }
        Warning::NoLeadSchool { group: _ } => t_string!(i18n, people.no_lead).to_string(),
        Warning::SeveralLeadSchools { group: _ } => t_string!(i18n, people.several_leads).to_string(),
    }
}

pub fn body_kind(i18n: I18n, kind: BodyKind) -> String {
    match kind {
        BodyKind::Group => t_string!(i18n, people.kind_group),
        BodyKind::School => t_string!(i18n, people.kind_school),
        BodyKind::Team => t_string!(i18n, people.kind_team),
    }
    .to_string()
}

/// What a body is called among others: a team that shares its name with one of them says whose it is.
pub fn name_among(i18n: I18n, view: &OrganisationView, body: &Body, others: &[Body]) -> Option<String> {
    let name = view.name_of(body)?;
    let is_namesake = |other: &&Body| *other != body && view.name_of(other).as_ref() == Some(&name);
    let Body::Team(id) = body else { return Some(name) };
    let home = view.teams.iter().find(|team| team.id == *id).and_then(|team| view.name_of(&team.home));
    match home.filter(|_| others.iter().any(|other| is_namesake(&other))) {
        Some(home) => Some(t_string!(i18n, people.team_of, team = name, home = home).to_string()),
        None => Some(name),
    }
}

/// Whether a body is a team that was dissolved.
pub fn is_over(view: &OrganisationView, body: &Body) -> bool {
    let over = |team: &Team| team.ended.is_some_and(|ended| ended <= clock::wall());
    matches!(body, Body::Team(id) if view.teams.iter().any(|team| team.id == *id && over(team)))
}

/// How many people there are.
pub fn members(i18n: I18n, count: u32) -> String {
    match count {
        1 => t_string!(i18n, people.member).to_string(),
        count => t_string!(i18n, people.members, count = count).to_string(),
    }
}

/// How many teachers there are.
pub fn teachers(i18n: I18n, count: u32) -> String {
    match count {
        1 => t_string!(i18n, people.teacher).to_string(),
        count => t_string!(i18n, people.teachers, count = write_number(count, tag(i18n.get_locale()))).to_string(),
    }
}

pub fn date(i18n: I18n, at: UnixMillis, shape: Shape) -> String {
    clock::write_date(at, shape, tag(i18n.get_locale()))
}

/// The last day of what ends at `until`, which is the midnight after it or a moment of it.
pub fn last_day(i18n: I18n, until: UnixMillis) -> String {
    date(i18n, UnixMillis(until.0 - 1), Shape::DayAndYear)
}

/// Today as a date field writes it.
pub fn today() -> String {
    let now = clock::wall();
    day::write_day(now, clock::offset_minutes(now))
}

/// The moment with which the day of a date field begins.
pub fn begin_of(text: &str) -> Option<UnixMillis> {
    day::read_day(text, clock::offset_minutes(clock::wall()))
}

/// The moment with which the day of a date field ends.
pub fn end_of(text: &str) -> Option<UnixMillis> {
    begin_of(text).map(|begin| UnixMillis(begin.0 + UnixMillis::DAY))
}

/// The moment from which something holds that begins on the day of a date field: for today, at once.
pub fn since_of(text: &str) -> Option<UnixMillis> {
    let now = clock::wall();
    if text == today() { Some(now) } else { begin_of(text) }
}

/// The address of the table with the people of a body.
pub fn href_of(body: &Body) -> String {
    format!("/people?body={body}")
}
