//! What the vocabulary's lists, their settings and their changes are called.

use super::words::body_kind;
use crate::i18n::*;
use crate::pages::words::right_name;
use crate::wording::vocabulary::{
    Difference, EN, FIRST, FOR_A_TIME, List, PLACES, REACHES, RIGHTS, SECOND, SPANS, Wrong, ZH,
};
use shared::organisation::Reach;

type I18n = leptos_i18n::I18nContext<Locale>;

/// How a setting is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Day,
    Choice,
    Box,
}

/// The fields of a line, in the order of the form.
pub fn fields(list: List) -> &'static [(usize, Kind)] {
    match list {
        List::Subjects | List::Domains => &[(ZH, Kind::Text), (EN, Kind::Text)],
        List::Stages => &[(ZH, Kind::Text), (EN, Kind::Text), (FIRST, Kind::Text)],
        List::Terms => &[(ZH, Kind::Text), (EN, Kind::Text), (FIRST, Kind::Day), (SECOND, Kind::Day)],
        List::Posts => &[
            (ZH, Kind::Text),
            (EN, Kind::Text),
            (FIRST, Kind::Choice),
            (SECOND, Kind::Choice),
            (SPANS, Kind::Box),
            (FOR_A_TIME, Kind::Box),
        ],
        List::Kinds => &[(ZH, Kind::Text), (EN, Kind::Text), (FIRST, Kind::Choice), (SECOND, Kind::Choice)],
    }
}

/// The name of a list in ids and style sheets.
pub fn list_id(list: List) -> &'static str {
    match list {
        List::Subjects => "subjects",
        List::Domains => "domains",
        List::Stages => "stages",
        List::Terms => "terms",
        List::Posts => "posts",
        List::Kinds => "kinds",
    }
}

pub fn list_name(i18n: I18n, list: List) -> String {
    match list {
        List::Subjects => t_string!(i18n, words.subjects),
        List::Domains => t_string!(i18n, words.domains),
        List::Stages => t_string!(i18n, words.stages),
        List::Terms => t_string!(i18n, words.terms),
        List::Posts => t_string!(i18n, words.posts),
        List::Kinds => t_string!(i18n, words.kinds),
    }
    .to_string()
}

/// What one should know before changing the list.
pub fn list_about(i18n: I18n, list: List) -> String {
    match list {
        List::Subjects => t_string!(i18n, words.subjects_about),
        List::Domains => t_string!(i18n, words.domains_about),
        List::Stages => t_string!(i18n, words.stages_about),
        List::Terms => t_string!(i18n, words.terms_about),
        List::Posts => t_string!(i18n, words.posts_about),
        List::Kinds => t_string!(i18n, words.kinds_about),
    }
    .to_string()
}

pub fn field_name(i18n: I18n, list: List, field: usize) -> String {
    match (list, field) {
        (_, ZH) => t_string!(i18n, words.zh),
        (_, EN) => t_string!(i18n, words.en),
        (List::Stages, _) => t_string!(i18n, words.grades),
        (List::Terms, FIRST) => t_string!(i18n, words.first_day),
        (List::Terms, _) => t_string!(i18n, people.last_day),
        (List::Kinds, FIRST) => t_string!(i18n, words.lead_reads),
        (List::Kinds, _) => t_string!(i18n, words.members_read),
        (_, FIRST) => t_string!(i18n, words.at),
        (_, SPANS) => t_string!(i18n, words.spans),
        (_, FOR_A_TIME) => t_string!(i18n, words.for_a_time),
        (_, _) => t_string!(i18n, words.right),
    }
    .to_string()
}

/// What is read without anybody sharing it.
pub fn reach_words(i18n: I18n, reach: Reach) -> String {
    match reach {
        Reach::Nothing => t_string!(i18n, words.reach_nothing),
        Reach::Shelves => t_string!(i18n, words.reach_shelves),
        Reach::Drafts => t_string!(i18n, words.reach_drafts),
    }
    .to_string()
}

/// What one can choose for a setting, as key and words.
pub fn choices(i18n: I18n, list: List, field: usize) -> Vec<(&'static str, String)> {
    match (list, field) {
        (List::Kinds, _) => REACHES.map(|(of, key)| (key, reach_words(i18n, of))).to_vec(),
        (_, FIRST) => PLACES.map(|(of, key)| (key, body_kind(i18n, of))).to_vec(),
        (_, _) => RIGHTS.map(|(of, key)| (key, right_name(of))).to_vec(),
    }
}

pub fn wrong_words(i18n: I18n, wrong: Wrong) -> String {
    match wrong {
        Wrong::NoName => t_string!(i18n, people.no_name),
        Wrong::Twice => t_string!(i18n, words.twice),
        Wrong::Dates => t_string!(i18n, words.dates),
    }
    .to_string()
}

/// What storing would do to a list.
pub fn difference_words(i18n: I18n, difference: &Difference) -> String {
    let Difference { list, added, removed, changed, moved } = difference;
    let (comma, pause) = if matches!(i18n.get_locale(), Locale::en) { (", ", ", ") } else { ("、", "，") };
    let named = |names: &[String]| {
        let names = names.iter().filter(|name| !name.is_empty()).map(|name| format!("“{name}”"));
        Some(names.collect::<Vec<_>>().join(comma)).filter(|names| !names.is_empty())
    };
    let parts = [
        named(added).map(|names| t_string!(i18n, words.added, names = names).to_string()),
        named(removed).map(|names| t_string!(i18n, words.removed, names = names).to_string()),
        named(changed).map(|names| t_string!(i18n, words.changed, names = names).to_string()),
        moved.then(|| t_string!(i18n, words.moved).to_string()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let changes = if parts.is_empty() { t_string!(i18n, words.new_line).to_string() } else { parts.join(pause) };
    t_string!(i18n, words.in_list, list = list_name(i18n, *list), changes = changes).to_string()
}
