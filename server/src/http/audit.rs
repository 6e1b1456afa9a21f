//! What was done by whom: read, never changed.

use axum::Json;
use axum::extract::State;
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
    /// What one import did, by the id that stands in its line.
    import: Option<String>,
    /// One line for each import.
    #[serde(default)]
    fold: bool,
    limit: Option<u32>,
}

pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<AuditParameters>,
) -> Result<Json<AuditList>, Refusal> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let which = if asked.fold { Lines::Folded } else { Lines::All };
    let AuditPage { lines, next } = read(&app, &caller.person, which, asked, limit).await?;
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

/// The lines that were asked for, as many as go into a file.
pub(super) async fn for_export(
    app: &SharedApp,
    me: &UserId,
    asked: AuditParameters,
) -> Result<Vec<StoredAudit>, Refusal> {
    Ok(read(app, me, Lines::All, asked, EXPORTED).await?.lines)
}

async fn read(
    app: &SharedApp,
    me: &UserId,
    which: Lines,
    asked: AuditParameters,
    limit: u32,
) -> Result<AuditPage, Refusal> {
    let AuditParameters { before, actor, act, since, until, subject, import, fold: _, limit: _ } = asked;
    let query = AuditQuery {
        before,
        actor: actor.map(|actor| actor.parse().map_err(|_| Refusal::BadRequest)).transpose()?,
        act: act.filter(|act| act.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'-')),
        since: since.map(UnixMillis),
        until: until.map(UnixMillis),
        subject,
        import,
        reach: None,
        folded: None,
        limit,
    };
    Ok(audit::read(&*app.store, me, which, &query).await?)
}

pub(super) fn subject_name(directory: &Directory, subject: &str) -> String {
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
