//! Tutoring sessions as the judge and the pages need them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use shared::library::Placing;
use shared::tutoring::{Invitation, OfSession, Part, Role, SessionAccess, TutoringKind, TutoringState};
use shared::words::{TutoringId, UnixMillis, UserId};
use sqlx::Row;

use super::DbRow;
use super::connections::Connections;
use super::item_rows::decoded;
use super::organisation::unreadable;
use super::rows::{grantee, parsed, title};
use crate::store::{Plan, StoredSessionPlan};

/// What those of these documents are of a session that are of one, by document; `rows` have `id` and `session`.
pub async fn of_documents(read: &Connections, rows: &[DbRow]) -> sqlx::Result<HashMap<String, Arc<OfSession>>> {
    let mut of: Vec<(String, String)> = Vec::new();
    for row in rows {
        if let Some(session) = row.try_get::<Option<String>, _>("session")? {
            of.push((row.try_get("id")?, session));
        }
    }
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = of.iter().map(|(_, session)| session.as_str()).collect();
    let sessions: HashMap<_, _> =
        by_ids(read, &ids).await?.into_iter().map(|stored| (stored.id.to_string(), stored)).collect();
    let mut found = HashMap::with_capacity(of.len());
    for (document, session) in of {
        let stored = sessions.get(&session).ok_or_else(|| unreadable("the session of a document"))?;
        let part = if stored.board.as_str() == document { Part::Board } else { Part::Notes };
        found.insert(document, Arc::new(OfSession { part, session: stored.access.clone() }));
    }
    Ok(found)
}

/// The sessions of these ids, in no order; what is not there is left out.
pub async fn by_ids(read: &Connections, ids: &[&str]) -> sqlx::Result<Vec<StoredSessionPlan>> {
    let ids = serde_json::json!(ids).to_string();
    let rows = sqlx::query("SELECT * FROM tutoring_sessions WHERE id IN (SELECT value FROM json_each($1))")
        .bind(&ids)
        .fetch_all(read)
        .await?;
    with_people(read, &rows).await
}

/// The sessions of these rows, in their order.
pub async fn with_people(read: &Connections, rows: &[DbRow]) -> sqlx::Result<Vec<StoredSessionPlan>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.try_get("id")).collect::<sqlx::Result<Vec<String>>>()?;
    let mut people = people(read, &serde_json::json!(ids).to_string()).await?;
    rows.iter().zip(&ids).map(|(row, id)| stored(row, people.remove(id).unwrap_or_default())).collect()
}

#[derive(Default)]
struct People {
    invited: Vec<Invitation>,
    removed: Vec<UserId>,
    pens: Vec<UserId>,
    guests: Vec<UserId>,
}

/// Of the sessions of these ids, in JSON.
async fn people(read: &Connections, ids: &str) -> sqlx::Result<BTreeMap<String, People>> {
    let mut people: BTreeMap<String, People> = BTreeMap::new();
    // One question for the four lists: this is asked for each document of a session.
    let rows = sqlx::query(
        "SELECT session, 'invited' AS sort, grantee_type AS one, grantee AS two, role FROM tutoring_invited \
         WHERE session IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT session, 'removed', person, '', '' FROM tutoring_removed \
         WHERE session IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT session, 'pen', person, '', '' FROM tutoring_signs \
         WHERE sign = 'pen' AND session IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT g.session, 'guest', g.id, '', '' FROM tutoring_guests AS g \
         JOIN tutoring_sessions AS s ON s.id = g.session \
         WHERE g.sent_away IS NULL AND (g.let_in IS NOT NULL OR s.lobby = 0) \
         AND g.session IN (SELECT value FROM json_each($1)) ORDER BY 1, 2, 3, 4",
    )
    .bind(ids)
    .fetch_all(read)
    .await?;
    for row in &rows {
        let of = people.entry(row.try_get("session")?).or_default();
        let one: String = row.try_get("one")?;
        match row.try_get::<&str, _>("sort")? {
            "invited" => of.invited.push(Invitation {
                with: grantee(&one, row.try_get("two")?)?,
                role: decoded("a role", Role::named, row.try_get("role")?)?,
            }),
            "removed" => of.removed.push(parsed(one)?),
            "pen" => of.pens.push(parsed(one)?),
            _ => of.guests.push(parsed(one)?),
        }
    }
    Ok(people)
}

fn stored(row: &DbRow, people: People) -> sqlx::Result<StoredSessionPlan> {
    let People { invited, removed, pens, guests } = people;
    let host: UserId = parsed(row.try_get("host")?)?;
    let at = |column: &str| row.try_get::<Option<i64>, _>(column).map(|at| at.map(UnixMillis));
    let access = SessionAccess {
        author: parsed(row.try_get("author")?)?,
        shelf: row.try_get::<String, _>("shelf")?.parse().map_err(|_| unreadable("a shelf"))?,
        host: host.clone(),
        state: decoded("the state of a session", TutoringState::named, row.try_get("state")?)?,
        invited,
        removed,
        pens,
        guests,
    };
    let plan = Plan {
        kind: decoded("a kind of session", TutoringKind::named, row.try_get("kind")?)?,
        title: title(row.try_get("title")?)?,
        about: row.try_get("about")?,
        host,
        placing: placing(row)?,
        begins: UnixMillis(row.try_get("begins")?),
        minutes: row.try_get::<i64, _>("minutes")? as u32,
        plan: row.try_get::<Option<String>, _>("plan")?.map(parsed).transpose()?,
        item: row.try_get::<Option<String>, _>("item")?.map(parsed).transpose()?,
        lobby: row.try_get::<i64, _>("lobby")? != 0,
    };
    Ok(StoredSessionPlan {
        number: row.try_get::<i64, _>("number")? as u64,
        id: parsed::<TutoringId>(row.try_get("id")?)?,
        plan,
        opened: at("opened")?,
        ended: at("ended")?,
        board: parsed(row.try_get("board")?)?,
        notes: parsed(row.try_get("notes")?)?,
        code: row.try_get("code")?,
        created: UnixMillis(row.try_get("created")?),
        revision: row.try_get::<i64, _>("revision")? as u64,
        access,
    })
}

pub fn placing(row: &DbRow) -> sqlx::Result<Placing> {
    Ok(Placing {
        stage: row.try_get("stage")?,
        subject: row.try_get("subject")?,
        grade: row.try_get("grade")?,
        taxon: row.try_get::<Option<String>, _>("taxon")?.map(parsed).transpose()?,
        lesson_type: row.try_get("lesson_type")?,
    })
}
