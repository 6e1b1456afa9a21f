//! What stands in the cells of a row. Every cell is foreign: it is cleaned, bounded, and never more than text.

use super::columns::Heading;
use super::{Column, MAX_CELL_CHARS, MAX_PLACES, Problem, Trouble, dates};
use crate::organisation::change::{MAX_NAME_CHARS, is_email, is_login};
use crate::organisation::phone::{self, narrow};
use crate::words::UnixMillis;

/// A row as far as it can be understood by itself.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub row: usize,
    pub name: String,
    /// As it stands there.
    pub school: String,
    pub schools: Vec<String>,
    pub posts: Vec<String>,
    pub teaches: String,
    pub teams: Vec<Written>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub login: Option<String>,
    pub since: Option<UnixMillis>,
    pub until: Option<UnixMillis>,
    pub troubles: Vec<Trouble>,
}

/// A team as it is called in the table, and with what its heading adds: 数学 below 教研组.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Written {
    pub text: String,
    pub full: String,
}

pub(super) fn read(row: usize, cells: &[String], headings: &[Heading]) -> Cells {
    let mut read = Cells { row, ..Cells::default() };
    let (mut subject, mut grade) = (String::new(), String::new());
    for Heading { place, text: heading, column } in headings {
        let Some(cell) = cells.get(*place) else { continue };
        let long = cell.chars().nth(MAX_CELL_CHARS).is_some();
        let text: String = clean(&cell.chars().take(MAX_CELL_CHARS).collect::<String>());
        if long {
            read.troubles.push(Trouble::of(*column, Problem::TooLong { most: MAX_CELL_CHARS }));
        }
        if is_nothing(&text) {
            continue;
        }
        match column {
            Column::Name => read.name = joined(&text),
            Column::School => {
                read.schools = pieces(&text);
                read.school = text;
            }
            Column::Post => read.posts = pieces(&text),
            Column::Subject => subject = text,
            Column::Grade => grade = text,
            Column::Team => read.teams.extend(pieces(&text).into_iter().map(|text| Written::of(text, heading))),
            Column::Phone => match phone::read(&text) {
                Ok(phone) => read.phone = Some(phone),
                Err(why) => read.troubles.push(Trouble::of(*column, Problem::NoPhone { text, why })),
            },
            Column::Email => read.email = read.checked(*column, &text, email(&text)),
            Column::Login => read.login = read.checked(*column, &text, login(&text)),
            Column::Since => read.since = read.checked(*column, &text, dates::read(&text)).map(|date| date.begins),
            Column::Until if is_open_end(&text) => {}
            Column::Until => read.until = read.checked(*column, &text, dates::read(&text)).map(|date| date.ends),
        }
    }
    for (column, count) in [(Column::School, read.schools.len()), (Column::Team, read.teams.len())] {
        if count > MAX_PLACES {
            read.troubles.push(Trouble::of(column, Problem::TooManyPlaces { most: MAX_PLACES }));
        }
    }
    read.schools.truncate(MAX_PLACES);
    read.teams.truncate(MAX_PLACES);
    read.teaches = [subject, grade].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if read.name.is_empty() {
        read.troubles.push(Trouble::of(Column::Name, Problem::Missing));
    } else if read.name.chars().count() > MAX_NAME_CHARS {
        read.troubles.push(Trouble::of(Column::Name, Problem::TooLong { most: MAX_NAME_CHARS }));
    }
    if let (Some(since), Some(until)) = (read.since, read.until)
        && until <= since
    {
        read.troubles.push(Trouble::of(Column::Until, Problem::EndsBeforeBeginning));
    }
    read
}

impl Cells {
    fn checked<T>(&mut self, column: Column, text: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.troubles.push(Trouble::of(column, Problem::Unreadable { text: text.to_owned() }));
        }
        value
    }
}

impl Written {
    fn of(text: String, heading: &str) -> Self {
        let whole =
            ["组", "室", "队", "坊", "team", "group", "studio"].iter().any(|end| text.to_lowercase().ends_with(end));
        let adds = ["教研组", "备课组", "名师工作室", "工作室"].into_iter().find(|kind| heading.starts_with(kind));
        let full = adds.filter(|_| !whole).map_or_else(|| text.clone(), |kind| format!("{text}{kind}"));
        Self { text, full }
    }
}

/// One line without control characters, invisible ones, and white space at its ends; an apostrophe before a number, with
/// which spreadsheets mark text, is left out.
pub(super) fn clean(text: &str) -> String {
    let shown = |c: char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let spaced: String = text.chars().filter(|c| shown(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.strip_prefix('\'') {
        Some(rest) => rest.trim().to_owned(),
        None => words,
    }
}

/// What people write into a cell that is to stay empty.
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "无" | "-" | "--" | "—" | "——" | "/" | "、" | "N/A" | "n/a")
}

fn is_open_end(text: &str) -> bool {
    matches!(text, "至今" | "长期" | "现在" | "今")
}

/// 王 芳 is 王芳, for which tables are padded.
fn joined(text: &str) -> String {
    let chinese = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c) || c >= '\u{20000}';
    if text.chars().all(|c| c == ' ' || chinese(c)) { text.replace(' ', "") } else { text.to_owned() }
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for piece in text.split(['、', '，', ',', ';', '；', '/', '／', '|']).map(str::trim) {
        if !is_nothing(piece) && !pieces.iter().any(|known| known == piece) {
            pieces.push(piece.to_owned());
        }
    }
    pieces
}

fn email(text: &str) -> Option<String> {
    let text: String = text.chars().map(narrow).flat_map(char::to_lowercase).collect();
    is_email(&text).then_some(text)
}

fn login(text: &str) -> Option<String> {
    let text: String = text.chars().map(narrow).flat_map(char::to_lowercase).collect();
    is_login(&text).then_some(text)
}
