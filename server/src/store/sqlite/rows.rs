//! Rows as the types of the API.

use shared::access::{Grantee, Right};
use shared::api::{PersonCard, SchoolCard, TeamCard};
use shared::words::{DocumentKind, Title, Tone, UserId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The columns of `person_cards` under a prefix: `{prefix}id`, `{prefix}name` and so on; `None` if the id is null.
pub fn person_card(row: &SqliteRow, prefix: &str) -> Result<Option<PersonCard>, sqlx::Error> {
    let column = |name: &str| format!("{prefix}{name}");
    let Some(id) = row.try_get::<Option<String>, _>(column("id").as_str())? else { return Ok(None) };
    let id: UserId = parsed(id)?;
    let school = match row.try_get::<Option<String>, _>(column("school").as_str())? {
        Some(school) => Some(SchoolCard {
            id: parsed(school)?,
            name: row.try_get(column("school_name").as_str())?,
            seal: row.try_get(column("seal").as_str())?,
            lead: row.try_get::<i64, _>(column("lead").as_str())? != 0,
        }),
        None => None,
    };
    Ok(Some(PersonCard { name: row.try_get(column("name").as_str())?, tone: Tone::of(&id), id, school }))
}

/// The columns `id`, `name`, `members`.
pub fn team_card(row: &SqliteRow) -> Result<TeamCard, sqlx::Error> {
    Ok(TeamCard {
        id: parsed(row.try_get("id")?)?,
        name: row.try_get("name")?,
        members: u32::try_from(row.try_get::<i64, _>("members")?).unwrap_or(u32::MAX),
    })
}

pub fn kind(name: &str) -> Result<DocumentKind, sqlx::Error> {
    DocumentKind::named(name).ok_or_else(|| unreadable(format!("the document kind {name}")))
}

pub fn title(stored: String) -> Result<Title, sqlx::Error> {
    Title::new(&stored).map_err(|error| unreadable(format!("a title: {error}")))
}

const RIGHTS: [(Right, &str); 4] =
    [(Right::View, "view"), (Right::Comment, "comment"), (Right::Edit, "edit"), (Right::Manage, "manage")];

pub fn right_name(right: Right) -> &'static str {
    RIGHTS.iter().find(|(known, _)| *known == right).map_or("view", |(_, name)| name)
}

pub fn right(name: &str) -> Result<Right, sqlx::Error> {
    let known = RIGHTS.iter().find(|(_, known)| *known == name).map(|(right, _)| *right);
    known.ok_or_else(|| unreadable(format!("the right {name}")))
}

pub fn grantee_columns(grantee: &Grantee) -> (&'static str, &str) {
    match grantee {
        Grantee::Person(id) => ("person", id.as_str()),
        Grantee::Team(id) => ("team", id.as_str()),
    }
}

pub fn grantee(kind: &str, id: String) -> Result<Grantee, sqlx::Error> {
    match kind {
        "person" => Ok(Grantee::Person(parsed(id)?)),
        "team" => Ok(Grantee::Team(parsed(id)?)),
        other => Err(unreadable(format!("the grantee type {other}"))),
    }
}

/// Parts of few sizes, so that statements about so many rows stay prepared.
pub fn in_parts<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = [64, 16, 4, 1].into_iter().find(|size| *size <= rest.len())?;
        rest.split_off(..size)
    })
}

/// An id out of the database.
pub fn parsed<T: TryFrom<String>>(id: String) -> Result<T, sqlx::Error> {
    T::try_from(id).map_err(|_| unreadable("an id".to_owned()))
}

fn unreadable(what: String) -> sqlx::Error {
    sqlx::Error::Decode(format!("cannot read {what}").into())
}

/// `text` as a LIKE pattern that finds it anywhere; use with `ESCAPE '\'`.
pub fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
