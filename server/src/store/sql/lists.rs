//! Lists of documents: SQL narrows down, the judge decides.

use std::collections::HashMap;
use std::sync::Arc;

use shared::access::{DocumentAccess, Share, sight};
use shared::api::{DocumentCard, PersonCard, ShelfCard, TeamCard, Which};
use shared::organisation::{Directory, Shelf};
use shared::tutoring::OfSession;
use shared::words::{DocumentId, Tone, UnixMillis, UserId};
use sqlx::{AssertSqlSafe, QueryBuilder, Row};

use super::connections::Connections;
use super::organisation::unreadable;
use super::rows::{anywhere, grantee, kind, parsed, right, title};
use super::tutoring_rows::of_documents;
use super::{Db, DbRow};
use crate::clock;
use crate::store::{Cursor, DocumentFacts, DocumentHandle, ListQuery, Page};

/// `$1` is the person. `sort` is what the list is ordered by, newest first.
fn select(sort: &str) -> String {
    format!(
        "SELECT d.id AS id, d.kind AS kind, d.title AS title, d.created AS created, d.changed AS changed, \
         d.binned AS binned, d.author AS author, d.changed_by AS changed_by, d.shelf AS shelf, d.session AS session, {sort} AS sort, \
         visits.at AS opened FROM documents AS d \
         LEFT JOIN visits ON visits.document = d.id AND visits.person = $1"
    )
}

/// Documents that may concern the person; whether they do is for the judge to say. `$7` are the shelves in their sight,
/// `$8` the bodies they are in as pairs of type and id, both in JSON.
const CONCERNS: &str = "(d.shelf IN (SELECT value FROM json_each($7)) \
    OR d.id IN (SELECT document FROM shares WHERE grantee_type = 'person' AND grantee = $1) \
    OR d.id IN (SELECT document FROM json_each($8) AS body JOIN shares \
        ON shares.grantee_type = body.value ->> 0 AND shares.grantee = body.value ->> 1))";

pub async fn card(
    read: &Connections,
    directory: &Directory,
    document: &DocumentHandle,
) -> Result<Option<DocumentCard>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{} WHERE d.id = $2", select("d.changed"))))
        .bind(document.person().as_str())
        .bind(document.id().as_str())
        .fetch_optional(read)
        .await?;
    row.map(|row| read_card(&row, directory, document)).transpose()
}

pub async fn page(
    read: &Connections,
    directory: &Directory,
    person: &UserId,
    query: &ListQuery,
) -> Result<Page, sqlx::Error> {
    let limit = query.limit.clamp(1, 200);
    let sight = sight(directory, person, clock::now());
    let shelves: Vec<String> = sight.shelves.iter().map(Shelf::to_string).collect();
    let bodies: Vec<String> = sight.bodies.iter().map(ToString::to_string).collect();
    let pairs: Vec<_> = bodies.iter().filter_map(|body| body.split_once(':')).collect();
    let concerns = Concerns {
        person,
        shelves: serde_json::json!(shelves).to_string(),
        bodies: serde_json::json!(pairs).to_string(),
    };
    let mut documents = Vec::new();
    let mut before = query.before.clone();
    // The judge may take out some of what SQL found, so more is fetched until the page is full.
    loop {
        let rows = fetch(read, &concerns, query, before.as_ref(), limit).await?;
        let last_fetch = rows.len() < limit as usize;
        let mut shares = shares_of(read, &rows).await?;
        let mut sessions = of_documents(read, &rows).await?;
        for row in &rows {
            let id: DocumentId = parsed(row.try_get("id")?)?;
            before = Some(Cursor { at: UnixMillis(row.try_get("sort")?), id: id.clone() });
            let shares = shares.remove(id.as_str()).unwrap_or_default();
            let facts = facts(row, shares, sessions.remove(id.as_str()))?;
            let Some(handle) = DocumentHandle::judge(directory, person, &id, facts) else { continue };
            documents.push(read_card(row, directory, &handle)?);
            if documents.len() == limit as usize {
                return Ok(Page { documents, next: before });
            }
        }
        if last_fetch {
            return Ok(Page { documents, next: None });
        }
    }
}

/// What [`CONCERNS`] is asked with.
struct Concerns<'a> {
    person: &'a UserId,
    shelves: String,
    bodies: String,
}

async fn fetch(
    read: &Connections,
    concerns: &Concerns<'_>,
    query: &ListQuery,
    before: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<DbRow>, sqlx::Error> {
    let (sort, filter) = match query.which {
        Which::All => ("d.changed", "d.binned IS NULL"),
        Which::Recent => ("visits.at", "d.binned IS NULL AND visits.at IS NOT NULL"),
        Which::Mine => ("d.changed", "d.binned IS NULL AND d.author = $1"),
        Which::Shared => ("d.changed", "d.binned IS NULL AND d.author <> $1"),
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
        .bind(concerns.person.as_str())
        .bind(query.kind.map(|kind| kind.as_str()))
        .bind(query.q.as_ref().map(|q| anywhere(&q.to_lowercase())))
        .bind(before.map(|before| before.at.0))
        .bind(before.map(|before| before.id.as_str().to_owned()))
        .bind(i64::from(limit))
        .bind(&concerns.shelves)
        .bind(&concerns.bodies)
        .fetch_all(read)
        .await
}

pub async fn shares_of(read: &Connections, rows: &[DbRow]) -> Result<HashMap<String, Vec<Share>>, sqlx::Error> {
    let mut found: HashMap<String, Vec<Share>> = HashMap::new();
    if rows.is_empty() {
        return Ok(found);
    }
    let mut query: QueryBuilder<Db> =
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

pub fn facts(row: &DbRow, shares: Vec<Share>, session: Option<Arc<OfSession>>) -> Result<DocumentFacts, sqlx::Error> {
    Ok(DocumentFacts {
        access: DocumentAccess {
            author: parsed::<UserId>(row.try_get("author")?)?,
            shelf: row.try_get::<String, _>("shelf")?.parse().map_err(|_| unreadable("a shelf"))?,
            shares,
            binned: row.try_get::<Option<i64>, _>("binned")?.is_some(),
            session,
        },
        kind: kind(row.try_get("kind")?)?,
        title: title(row.try_get("title")?)?,
    })
}

fn read_card(row: &DbRow, directory: &Directory, document: &DocumentHandle) -> Result<DocumentCard, sqlx::Error> {
    let now = clock::now();
    let access = &document.facts().access;
    let team = match &access.shelf {
        Shelf::Team(team) => TeamCard::of(directory, team, now),
        Shelf::Person(_) | Shelf::School(_) | Shelf::Group(_) => None,
    };
    let changed_by = row.try_get::<Option<String>, _>("changed_by")?.map(parsed::<UserId>).transpose()?;
    Ok(DocumentCard {
        id: document.id().clone(),
        kind: document.kind(),
        title: document.title().as_str().to_owned(),
        owner: card_of(directory, &access.author, now),
        team,
        shelf: ShelfCard::of(directory, &access.shelf),
        right: document.right(),
        created: UnixMillis(row.try_get("created")?),
        changed: UnixMillis(row.try_get("changed")?),
        changed_by: changed_by.map(|person| card_of(directory, &person, now)),
        opened: row.try_get::<Option<i64>, _>("opened")?.map(UnixMillis),
        binned: row.try_get::<Option<i64>, _>("binned")?.map(UnixMillis),
        here: Vec::new(),
    })
}

/// Somebody who has written is always somebody, also when the directory is a moment behind the documents.
fn card_of(directory: &Directory, person: &UserId, now: UnixMillis) -> PersonCard {
    PersonCard::of(directory, person, now).unwrap_or_else(|| PersonCard {
        id: person.clone(),
        name: String::new(),
        tone: Tone::of(person),
        school: None,
    })
}
