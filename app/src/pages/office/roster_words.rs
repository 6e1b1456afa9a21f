//! Words for what a roster would do, and for what is wrong with it.

use shared::organisation::Misfit;
use shared::organisation::roster::{Column, Doing, Problem, Trouble};
use shared::words::UnixMillis;

use super::words::{last_day, no_phone, word};
use crate::i18n::*;

type I18n = leptos_i18n::I18nContext<Locale>;

pub fn column(i18n: I18n, column: Column) -> String {
    match column {
        Column::Name => t_string!(i18n, people.name),
        Column::School => t_string!(i18n, people.school),
        Column::Post => t_string!(i18n, people.seat_post),
        Column::Subject => t_string!(i18n, people.team_subject),
        Column::Grade => t_string!(i18n, roster.grade),
        Column::Team => t_string!(i18n, people.kind_team),
        Column::Phone => t_string!(i18n, people.phone),
        Column::Email => t_string!(i18n, people.email),
        Column::Login => t_string!(i18n, people.login),
        Column::Since => t_string!(i18n, people.seat_since),
        Column::Until => t_string!(i18n, people.seat_until),
    }
    .to_string()
}

/// The last day of a seat, if it has one.
fn ending(i18n: I18n, until: Option<UnixMillis>) -> String {
    let day = until.map(|until| last_day(i18n, until));
    day.map(|day| t_string!(i18n, roster.until, day = day).to_string()).unwrap_or_default()
}

pub fn doing(i18n: I18n, doing: &Doing) -> String {
    match doing {
        Doing::Adds { login, .. } => t_string!(i18n, roster.adds, login = login.clone()).to_string(),
        Doing::Finds { at } => t_string!(i18n, roster.finds, place = at.clone()).to_string(),
        Doing::Joins { body, post, until } => {
            t_string!(i18n, roster.joins, place = body.clone(), post = word(i18n, post)).to_string()
                + &ending(i18n, *until)
        }
        Doing::Dates { body, post, until } => {
            t_string!(i18n, roster.dates, place = body.clone(), post = word(i18n, post)).to_string()
                + &ending(i18n, *until)
        }
        Doing::Changes { column: of, from, to } => {
            let of = column(i18n, *of);
            if from.is_empty() {
                t_string!(i18n, roster.fills, column = of, to = to.clone()).to_string()
            } else {
                t_string!(i18n, roster.changes, column = of, from = from.clone(), to = to.clone()).to_string()
            }
        }
    }
}

/// What is wrong, with its column in front.
pub fn trouble(i18n: I18n, trouble: &Trouble) -> String {
    let words = problem(i18n, &trouble.problem);
    match trouble.column {
        Some(of) => t_string!(i18n, roster.in_column, column = column(i18n, of), words = words).to_string(),
        None => words,
    }
}

fn problem(i18n: I18n, problem: &Problem) -> String {
    match problem {
        Problem::NoGroup => t_string!(i18n, roster.no_group).to_string(),
        Problem::NoHeadings => t_string!(i18n, roster.no_headings).to_string(),
        Problem::Empty => t_string!(i18n, roster.empty).to_string(),
        Problem::TooManyRows { most } => t_string!(i18n, roster.too_many_rows, most = *most).to_string(),
        Problem::TooManyColumns { most } => t_string!(i18n, roster.too_many_columns, most = *most).to_string(),
        Problem::Missing => t_string!(i18n, roster.missing).to_string(),
        Problem::TooLong { most } => t_string!(i18n, roster.too_long, most = *most).to_string(),
        Problem::TooManyPlaces { most } => t_string!(i18n, roster.too_many_places, most = *most).to_string(),
        Problem::Unreadable { text } => t_string!(i18n, roster.unreadable, text = text.clone()).to_string(),
        Problem::NoPhone { text, why } => {
            t_string!(i18n, roster.no_phone, text = text.clone(), why = no_phone(i18n, *why)).to_string()
        }
        Problem::UnknownSchool { name } => t_string!(i18n, roster.unknown_school, name = name.clone()).to_string(),
        Problem::SchoolElsewhere { name } => t_string!(i18n, roster.school_elsewhere, name = name.clone()).to_string(),
        Problem::UnknownTeam { name } => t_string!(i18n, roster.unknown_team, name = name.clone()).to_string(),
        Problem::UnknownPost { name } => t_string!(i18n, roster.unknown_post, name = name.clone()).to_string(),
        Problem::PostNeedsSchool { name } => t_string!(i18n, roster.post_needs_school, name = name.clone()).to_string(),
        Problem::PostNeedsTeam { name } => t_string!(i18n, roster.post_needs_team, name = name.clone()).to_string(),
        Problem::Namesakes { people } => t_string!(i18n, roster.namesakes, people = *people).to_string(),
        Problem::Taken { by: Some(by), row: _ } => t_string!(i18n, roster.taken_by, name = by.clone()).to_string(),
        Problem::Taken { by: None, row: Some(row) } => t_string!(i18n, roster.taken_in_row, row = *row).to_string(),
        Problem::Taken { by: None, row: None } => t_string!(i18n, roster.taken).to_string(),
        Problem::EndsBeforeBeginning => t_string!(i18n, people.until_wrong).to_string(),
        Problem::SameAs { row } => t_string!(i18n, roster.same_as, row = *row).to_string(),
        Problem::AccountElsewhere => t_string!(i18n, roster.account_elsewhere).to_string(),
        Problem::AccountClosed => t_string!(i18n, roster.account_closed).to_string(),
        Problem::NotYours => t_string!(i18n, roster.not_yours).to_string(),
        Problem::Misfit { misfit: Misfit::Taken(text) } => {
            t_string!(i18n, roster.unreadable_taken, text = text.clone()).to_string()
        }
        Problem::Misfit { misfit: _ } => t_string!(i18n, roster.misfit).to_string(),
    }
}
