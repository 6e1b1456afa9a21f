//! The audit log as files: a table for people, with the sentences of the page, and lines for programs, with which the
//! chain of checksums can be verified by others (docs/trust.md).

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, Local, Offset, TimeZone, Utc};
use serde::Deserialize;
use serde_json::json;
use shared::organisation::{Body, Directory, Record};
use shared::words::{UnixMillis, UserId};

use super::audit::{AuditParameters, for_export, subject_name};
use super::audit_words::{Column, column, other, sentence};
use super::caller::Query;
use super::language;
use super::refusal::{Language, Refusal};
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::store::StoredAudit;

/// A day and a little: no clock on earth is further from UTC.
const MAX_OFFSET_MINUTES: i32 = 15 * 60;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    #[default]
    Csv,
    Jsonl,
}

#[derive(Deserialize)]
pub struct ExportParameters {
    #[serde(default)]
    format: Format,
    /// Of the table, as a tag; else as the request says.
    language: Option<String>,
    /// How many minutes the asker's clock is ahead of UTC; else the server's own is taken.
    offset: Option<i32>,
}

pub async fn export(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<AuditParameters>,
    Query(ExportParameters { format, language, offset }): Query<ExportParameters>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let lines = for_export(&app, &caller.person, asked).await?;
    let directory = app.store.directory();
    let (kind, named, text) = match format {
        Format::Csv => {
            let language = match language.as_deref().and_then(|tag| tag.split('-').next()) {
                Some("zh") => Language::Chinese,
                Some("en") => Language::English,
                Some(_) | None => language::of(&headers),
            };
            let minutes = offset.map(|minutes| minutes.clamp(-MAX_OFFSET_MINUTES, MAX_OFFSET_MINUTES));
            let zone = minutes.and_then(|minutes| FixedOffset::east_opt(minutes * 60));
            ("text/csv; charset=utf-8", "audit.csv", table(&directory, &lines, language, zone))
        }
        Format::Jsonl => ("application/jsonl; charset=utf-8", "audit.jsonl", for_programs(&lines)),
    };
    let disposition = format!("attachment; filename=\"{named}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response())
}

/// For a spreadsheet program: UTF-8 with a mark that Excel looks for.
fn table(directory: &Directory, lines: &[StoredAudit], language: Language, zone: Option<FixedOffset>) -> String {
    let mut table = String::from("\u{feff}");
    let mut row = |cells: [&str; 8]| {
        table.push_str(&cells.map(quoted).join(","));
        table.push_str("\r\n");
    };
    row(Column::ALL.map(|which| column(language, which)));
    for line in lines {
        let actor = line.actor.as_ref().and_then(|actor| directory.person(actor)).map(|person| person.name.as_str());
        let server = other(language, "server");
        let source = if line.actor.is_some() { column(language, Column::ByPerson) } else { server };
        row([
            &written(line.at, zone),
            actor.unwrap_or(server),
            &sentence(language, directory, line, &subject_name(directory, &line.subject)),
            &name_of_subject(directory, line),
            &school_of(directory, line),
            source,
            &line.seq.to_string(),
            line.checksum.as_deref().unwrap_or_default(),
        ]);
    }
    table
}

/// `2026-11-23 08:31:09 +08:00`; without a zone, in the server's own.
pub(super) fn written(at: UnixMillis, zone: Option<FixedOffset>) -> String {
    let Some(at) = DateTime::<Utc>::from_timestamp_millis(at.0) else { return String::new() };
    let zone = zone.unwrap_or_else(|| Local.offset_from_utc_datetime(&at.naive_utc()).fix());
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn name_of_subject(directory: &Directory, line: &StoredAudit) -> String {
    let name = subject_name(directory, &line.subject);
    let of_record = || match record(line)? {
        Record::Region(region) => Some(region.name),
        Record::Group(group) => Some(group.name),
        Record::School(school) => Some(school.name),
        Record::Team(team) => Some(team.name),
        Record::Person(person) => Some(person.name),
        Record::Membership(_) | Record::Seat(_) => None,
    };
    // Of a document the page says no title either: what it is called is for whoever may open it.
    let id = || line.subject.split_once(':').map_or(line.subject.as_str(), |(_, id)| id).to_owned();
    if name.is_empty() { of_record().unwrap_or_else(id) } else { name }
}

/// Of the seat that the line is about, or else where the person is now.
fn school_of(directory: &Directory, line: &StoredAudit) -> String {
    let name = |body: &Body| match body {
        Body::School(_) => directory.name_of(body).map(str::to_owned),
        Body::Team(id) => directory.team(id).and_then(|team| match &team.home {
            Body::School(_) => directory.name_of(&team.home).map(str::to_owned),
            Body::Group(_) | Body::Team(_) => None,
        }),
        Body::Group(_) => None,
    };
    let seat = record(line).and_then(|record| match record {
        Record::Seat(seat) => name(&seat.body),
        Record::Team(team) => name(&team.home),
        Record::Region(_) | Record::Group(_) | Record::School(_) | Record::Membership(_) | Record::Person(_) => None,
    });
    let subject = || line.subject.parse::<Body>().ok().and_then(|body| name(&body));
    let person = || {
        let id: UserId = line.subject.strip_prefix("person:")?.parse().ok()?;
        directory.school_of(&id, clock::now()).map(|school| school.name.clone())
    };
    seat.or_else(subject).or_else(person).unwrap_or_default()
}

/// What was changed, as it was afterwards, or else before.
pub(super) fn record(line: &StoredAudit) -> Option<Record> {
    let record = |when: &str| serde_json::from_value(line.details.get(when)?.clone()).ok();
    record("after").or_else(|| record("before"))
}

/// One line of JSON for each, with all that its checksum covers; `details` as the text that was written.
fn for_programs(lines: &[StoredAudit]) -> String {
    let line = |line: &StoredAudit| {
        let StoredAudit { seq, at, actor, act, subject, details, checksum } = line;
        let actor = actor.as_ref().map(UserId::as_str).unwrap_or_default();
        let details = details.to_string();
        let line = json!({ "seq": seq, "at": at, "actor": actor, "act": act, "subject": subject, "details": details,
            "checksum": checksum });
        line.to_string() + "\n"
    };
    lines.iter().map(line).collect()
}

/// A cell of CSV (RFC 4180). One that a spreadsheet program would take for a formula begins with an apostrophe.
fn quoted(cell: &str) -> String {
    const BEGINS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    let guard = if cell.trim_start_matches(' ').starts_with(BEGINS) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_a_cell_is_no_formula() {
        for (cell, expected) in [
            ("=1+1", "\"'=1+1\""),
            (" =1+1", "\"' =1+1\""),
            ("＝1", "\"'＝1\""),
            ("-1", "\"'-1\""),
            ("\t=1", "\"'\t=1\""),
            ("@x", "\"'@x\""),
            ("a\"b", "\"a\"\"b\""),
            ("周-明", "\"周-明\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }

    #[test]
    fn a_time_is_written_with_its_zone() {
        let at = UnixMillis(1_795_370_018_558);
        for (minutes, expected) in [
            (480, "2026-11-23 01:53:38 +08:00"),
            (0, "2026-11-22 17:53:38 +00:00"),
            (-210, "2026-11-22 14:23:38 -03:30"),
        ] {
            assert_eq!(written(at, FixedOffset::east_opt(minutes * 60)), expected);
        }
    }
}
