//! What was done by whom: read and exported, never changed.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde::Deserialize;
use shared::api::{AuditLine, AuditList, PersonCard};
use shared::organisation::{Body, Directory};
use shared::words::{UnixMillis, UserId};

use super::caller::Query;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::audit::{self, AuditPage, Lines};
use crate::clock;
use crate::store::{AuditQuery, StoredAudit, UNDO_WITHIN};

const PAGE: u32 = 100;
/// Lines in one exported file.
const EXPORTED: u32 = 100_000;

#[derive(Deserialize)]
pub struct AuditParameters {
    before: Option<u64>,
    actor: Option<String>,
    /// The act or how it begins: `seat.` finds all about seats.
    act: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    subject: Option<String>,
    limit: Option<u32>,
}

pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<AuditParameters>,
) -> Result<Json<AuditList>, Refusal> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let AuditPage { lines, next } = read(&app, &caller.person, asked, limit).await?;
    let now = clock::now();
    let undoable = app.store.undoable(&caller.person, UnixMillis(now.0 - UNDO_WITHIN)).await?;
    let directory = app.store.directory();
    let lines = lines.into_iter().map(|stored| {
        let StoredAudit { seq, at, actor, act, subject, details, checksum: _ } = stored;
        AuditLine {
            undo: undoable.contains(&seq).then_some(seq),
            actor: actor.and_then(|actor| PersonCard::of(&directory, &actor, now)),
            name: subject_name(&directory, &subject),
            seq,
            at,
            act,
            subject,
            details,
        }
    });
    Ok(Json(AuditList { lines: lines.collect(), next }))
}

/// The same lines as a table for a spreadsheet program: UTF-8 with a mark that Excel looks for.
pub async fn export(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<AuditParameters>,
) -> Result<([(HeaderName, &'static str); 2], String), Refusal> {
    let AuditPage { lines, next: _ } = read(&app, &caller.person, asked, EXPORTED).await?;
    let directory = app.store.directory();
    let mut table = String::from("\u{feff}seq,time,actor,act,subject,name,details,checksum\r\n");
    for StoredAudit { seq, at, actor, act, subject, details, checksum } in lines {
        let actor = actor.and_then(|actor| directory.person(&actor)).map_or("", |person| &person.name);
        let name = subject_name(&directory, &subject);
        let (details, checksum) = (details.to_string(), checksum.unwrap_or_default());
        let cells = [seq.to_string(), clock::rfc3339(at), actor.to_owned(), act, subject, name, details, checksum];
        let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, table))
}

/// A cell of CSV (RFC 4180). One that a spreadsheet program would take for a formula begins with an apostrophe.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

async fn read(app: &SharedApp, me: &UserId, asked: AuditParameters, limit: u32) -> Result<AuditPage, Refusal> {
    let AuditParameters { before, actor, act, since, until, subject, limit: _ } = asked;
    let query = AuditQuery {
        before,
        actor: actor.map(|actor| actor.parse().map_err(|_| Refusal::BadRequest)).transpose()?,
        act: act.filter(|act| act.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'-')),
        since: since.map(UnixMillis),
        until: until.map(UnixMillis),
        subject,
        reach: None,
        limit,
    };
    Ok(audit::read(&*app.store, me, Lines::All, &query).await?)
}

fn subject_name(directory: &Directory, subject: &str) -> String {
    if let Ok(body) = subject.parse::<Body>() {
        return directory.name_of(&body).unwrap_or_default().to_owned();
    }
    match subject.split_once(':') {
        Some(("person", id)) => {
            let person = id.parse().ok().and_then(|id: UserId| directory.person(&id));
            person.map(|person| person.name.clone()).unwrap_or_default()
        }
        Some(_) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_a_cell_is_no_formula() {
        for (cell, expected) in [("=1+1", "\"'=1+1\""), ("a\"b", "\"a\"\"b\""), ("周", "\"周\""), ("@x", "\"'@x\"")] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
