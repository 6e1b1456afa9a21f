//! Rows as the types of the API.

use shared::access::{Grantee, Right};
use shared::words::{DocumentKind, Title};

use super::connections::Connections;
use crate::wish::Wish;

/// What `sql` finds of the thing with this id; `None` also if there is no such thing.
pub async fn wish(read: &Connections, sql: &'static str, id: &str) -> Result<Option<Wish>, sqlx::Error> {
    let stored: Option<Option<Vec<u8>>> = sqlx::query_scalar(sql).bind(id).fetch_optional(read).await?;
    let Some(stored) = stored.flatten() else { return Ok(None) };
    Wish::from_bytes(&stored).map(Some).ok_or_else(|| unreadable("a wish".to_owned()))
}

pub fn kind(name: &str) -> Result<DocumentKind, sqlx::Error> {
    DocumentKind::named(name).ok_or_else(|| unreadable(format!("the document kind {name}")))
}

pub fn title(stored: String) -> Result<Title, sqlx::Error> {
    Title::new(&stored).map_err(|error| unreadable(format!("a title: {error}")))
}

const RIGHTS: [(Right, &str); 5] = [
    (Right::View, "view"),
    (Right::Comment, "comment"),
    (Right::Suggest, "suggest"),
    (Right::Edit, "edit"),
    (Right::Manage, "manage"),
];

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
        Grantee::School(id) => ("school", id.as_str()),
        Grantee::Group(id) => ("group", id.as_str()),
    }
}

pub fn grantee(kind: &str, id: String) -> Result<Grantee, sqlx::Error> {
    match kind {
        "person" => Ok(Grantee::Person(parsed(id)?)),
        "team" => Ok(Grantee::Team(parsed(id)?)),
        "school" => Ok(Grantee::School(parsed(id)?)),
        "group" => Ok(Grantee::Group(parsed(id)?)),
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

/// `text` as a LIKE pattern that finds it anywhere; use with `ESCAPE '\'`, and both sides in small letters: whether LIKE tells
/// large ones from them is the database's affair.
pub fn anywhere(text: &str) -> String {
    format!("%{}%", literally(text))
}

/// The same for what begins with it.
pub fn beginning_with(text: &str) -> String {
    format!("{}%", literally(text))
}

fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    // No text in a database has the sign that ends texts, and Postgres does not even take it in a question.
    for c in text.chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
