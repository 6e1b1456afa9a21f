//! Lists of documents: SQL narrows down, the judge decides.

use std::collections::HashMap;

use shared::access::{DocumentAccess, Person, Share};
use shared::api::{DocumentCard, TeamCard, Which};
use shared::words::{DocumentId, UnixMillis, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite};

use super::connections::Connections;
use super::rows::{anywhere, grantee, kind, parsed, person_card, right, title};
use crate::store::{Cursor, DocumentFacts, DocumentHandle, ListQuery, Page};

/// `$1` is the person. `sort` is what the list is ordered by, newest first.
fn select(sort: &str) -> String {
    format!(
        "SELECT d.id AS id, d.kind AS kind, d.title AS title, d.created AS created, d.changed AS changed, \
         d.binned AS binned, d.owner AS owner, d.team AS team, {sort} AS sort, visits.at AS opened, teams.name AS team_name, \
         (SELECT COUNT(*) FROM team_members WHERE team_members.team = d.team AND team_members.until IS NULL) \
             AS team_size, \
         o.id AS owner_id, o.name AS owner_name, o.school AS owner_school, o.school_name AS owner_school_name, \
         o.seal AS owner_seal, o.lead AS owner_lead, \
         c.id AS changer_id, c.name AS changer_name, c.school AS changer_school, \
         c.school_name AS changer_school_name, c.seal AS changer_seal, c.lead AS changer_lead \
         FROM documents AS d \
         LEFT JOIN visits ON visits.document = d.id AND visits.person = $1 \
         LEFT JOIN teams ON teams.id = d.team \
         LEFT JOIN person_cards AS o ON o.id = d.owner \
         LEFT JOIN person_cards AS c ON c.id = d.changed_by"
    )
}

/// Documents that may concern the person; whether they do is for the judge to say.
const CONCERNS: &str = "(d.owner = $1 \
    OR d.team IN (SELECT team FROM team_members WHERE person = $1) \
    OR d.id IN (SELECT document FROM shares WHERE grantee_type = 'person' AND grantee = $1) \
    OR d.id IN (SELECT document FROM shares JOIN team_members ON team_members.team = shares.grantee \
        WHERE shares.grantee_type = 'team' AND team_members.person = $1))";

pub async fn card(read: &Connections, document: &DocumentHandle) -> Result<Option<DocumentCard>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{} WHERE d.id = $2", select("d.changed"))))
        .bind(document.person().as_str())
        .bind(document.id().as_str())
        .fetch_optional(read)
        .await?;
    row.map(|row| read_card(&row, document)).transpose()
}

pub async fn page(read: &Connections, person: &Person, query: &ListQuery) -> Result<Page, sqlx::Error> {
    let limit = query.limit.clamp(1, 200);
    let mut documents = Vec::new();
    let mut before = query.before.clone();
    // The judge may take out some of what SQL found, so more is fetched until the page is full.
    loop {
        let rows = fetch(read, person, query, before.as_ref(), limit).await?;
        let last_fetch = rows.len() < limit as usize;
        let mut shares = shares_of(read, &rows).await?;
        for row in &rows {
            let id: DocumentId = parsed(row.try_get("id")?)?;
            before = Some(Cursor { at: UnixMillis(row.try_get("sort")?), id: id.clone() });
            let shares = shares.remove(id.as_str()).unwrap_or_default();
            let Some(handle) = DocumentHandle::judge(person, &id, facts(row, shares)?) else { continue };
            documents.push(read_card(row, &handle)?);
            if documents.len() == limit as usize {
                return Ok(Page { documents, next: before });
            }
        }
        if last_fetch {
            return Ok(Page { documents, next: None });
        }
    }
}

async fn fetch(
    read: &Connections,
    person: &Person,
    query: &ListQuery,
    before: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let (sort, filter) = match query.which {
        Which::All => ("d.changed", "d.binned IS NULL"),
        Which::Recent => ("visits.at", "d.binned IS NULL AND visits.at IS NOT NULL"),
        Which::Mine => ("d.changed", "d.binned IS NULL AND d.owner = $1"),
        Which::Shared => ("d.changed", "d.binned IS NULL AND d.owner <> $1"),
        Which::Bin => ("d.binned", "d.binned IS NOT NULL"),
    };
    let sql = format!(
        "{} WHERE {filter} AND {CONCERNS} \
         AND ($2 IS NULL OR d.kind = $2) AND ($3 IS NULL OR lower(d.title) LIKE $3 ESCAPE '\\') \
         AND ($4 IS NULL OR {sort} < $4 OR ({sort} = $4 AND d.id < $5)) \
         ORDER BY {sort} DESC, d.id DESC LIMIT $6",
        select(sort)
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(person.id.as_str())
        .bind(query.kind.map(|kind| kind.as_str()))
        .bind(query.q.as_ref().map(|q| anywhere(&q.to_lowercase())))
        .bind(before.map(|before| before.at.0))
        .bind(before.map(|before| before.id.as_str().to_owned()))
        .bind(i64::from(limit))
        .fetch_all(read)
        .await
}

async fn shares_of(read: &Connections, rows: &[SqliteRow]) -> Result<HashMap<String, Vec<Share>>, sqlx::Error> {
    let mut found: HashMap<String, Vec<Share>> = HashMap::new();
    if rows.is_empty() {
        return Ok(found);
    }
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT document, grantee_type, grantee, access FROM shares WHERE document IN (");
    let mut ids = query.separated(", ");
    for row in rows {
        ids.push_bind(row.try_get::<String, _>("id")?);
    }
    query.push(")");
    for row in query.build().fetch_all(read).await? {
        let with = grantee(row.try_get("grantee_type")?, row.try_get("grantee")?)?;
        let share = Share { with, right: right(row.try_get("access")?)? };
        found.entry(row.try_get("document")?).or_default().push(share);
    }
    Ok(found)
}

pub fn facts(row: &SqliteRow, shares: Vec<Share>) -> Result<DocumentFacts, sqlx::Error> {
    Ok(DocumentFacts {
        access: DocumentAccess {
            owner: parsed::<UserId>(row.try_get("owner")?)?,
            team: row.try_get::<Option<String>, _>("team")?.map(parsed).transpose()?,
            shares,
            binned: row.try_get::<Option<i64>, _>("binned")?.is_some(),
        },
        kind: kind(row.try_get("kind")?)?,
        title: title(row.try_get("title")?)?,
    })
}

fn read_card(row: &SqliteRow, document: &DocumentHandle) -> Result<DocumentCard, sqlx::Error> {
    let team = match row.try_get::<Option<String>, _>("team")? {
        Some(team) => Some(TeamCard {
            id: parsed(team)?,
            name: row.try_get::<Option<String>, _>("team_name")?.unwrap_or_default(),
            members: u32::try_from(row.try_get::<i64, _>("team_size")?).unwrap_or(u32::MAX),
        }),
        None => None,
    };
    Ok(DocumentCard {
        id: document.id().clone(),
        kind: document.kind(),
        title: document.title().as_str().to_owned(),
        owner: person_card(row, "owner_")?.ok_or(sqlx::Error::RowNotFound)?,
        team,
        right: document.right(),
        created: UnixMillis(row.try_get("created")?),
        changed: UnixMillis(row.try_get("changed")?),
        changed_by: person_card(row, "changer_")?,
        opened: row.try_get::<Option<i64>, _>("opened")?.map(UnixMillis),
        binned: row.try_get::<Option<i64>, _>("binned")?.map(UnixMillis),
        here: Vec::new(),
    })
}
