//! Records of the organisation as rows.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::organisation::{Group, Key, Membership, Person, Record, Region, School, Seat, Team, Vocabulary};
use shared::words::{Span, UnixMillis};
use sqlx::Row;

use super::connections::Connections;
use super::organisation::{Trace, WayBack, unreadable};
use super::rows::parsed;
use super::{Connection, DbRow};
use crate::store::By;

type Read = fn(&DbRow) -> sqlx::Result<Record>;

const TABLES: [(&str, Read); 7] = [
    ("SELECT * FROM regions", region),
    ("SELECT * FROM groups", group),
    ("SELECT * FROM schools", school),
    ("SELECT * FROM memberships", membership),
    ("SELECT * FROM teams", team),
    ("SELECT * FROM people", person),
    ("SELECT * FROM seats", seat),
];

/// Every record there is.
pub async fn all(connection: &mut Connection) -> sqlx::Result<Vec<Record>> {
    let mut records = Vec::new();
    for (sql, read) in TABLES {
        for row in sqlx::query(sql).fetch_all(&mut *connection).await? {
            records.push(read(&row)?);
        }
    }
    Ok(records)
}

fn region(row: &DbRow) -> sqlx::Result<Record> {
    let vocabulary: String = row.try_get("vocabulary")?;
    // A data folder of before there were regions has the usual words.
    let vocabulary = match vocabulary.as_str() {
        "" => Vocabulary::usual(),
        json => serde_json::from_str(json).map_err(|_| unreadable("a vocabulary"))?,
    };
    Ok(Record::Region(Region { id: parsed(row.try_get("id")?)?, name: row.try_get("name")?, vocabulary }))
}

fn group(row: &DbRow) -> sqlx::Result<Record> {
    Ok(Record::Group(Group {
        id: parsed(row.try_get("id")?)?,
        region: parsed(row.try_get("region")?)?,
        name: row.try_get("name")?,
        kind: parsed(row.try_get("kind")?)?,
        founded: time(row, "founded")?,
    }))
}

fn school(row: &DbRow) -> sqlx::Result<Record> {
    let pupils: Option<i64> = row.try_get("pupils")?;
    Ok(Record::School(School {
        id: parsed(row.try_get("id")?)?,
        region: parsed(row.try_get("region")?)?,
        name: row.try_get("name")?,
        seal: row.try_get("seal")?,
        sort: named(row.try_get("sort")?)?,
        rural: flag(row, "rural")?,
        pupils: pupils.map(|pupils| u32::try_from(pupils).unwrap_or(u32::MAX)),
    }))
}

fn membership(row: &DbRow) -> sqlx::Result<Record> {
    Ok(Record::Membership(Membership {
        id: parsed(row.try_get("id")?)?,
        group: parsed(row.try_get("group_id")?)?,
        school: parsed(row.try_get("school")?)?,
        leads: flag(row, "leads")?,
        span: span(row)?,
        reason: row.try_get("reason")?,
        handed_over: row.try_get("handed_over")?,
    }))
}

fn team(row: &DbRow) -> sqlx::Result<Record> {
    Ok(Record::Team(Team {
        id: parsed(row.try_get("id")?)?,
        home: place(row.try_get("home")?)?,
        name: row.try_get("name")?,
        sort: named(row.try_get("sort")?)?,
        subject: row.try_get("subject")?,
        stage: row.try_get("stage")?,
        ended: time(row, "ended")?,
    }))
}

fn person(row: &DbRow) -> sqlx::Result<Record> {
    Ok(Record::Person(Person {
        id: parsed(row.try_get("id")?)?,
        name: row.try_get("name")?,
        login: row.try_get("login")?,
        phone: row.try_get("phone")?,
        email: row.try_get("email")?,
        teaches: row.try_get("teaches")?,
        operator: flag(row, "operator")?,
        created: UnixMillis(row.try_get("created")?),
        suspended: time(row, "suspended")?,
        closed: time(row, "closed")?,
    }))
}

fn seat(row: &DbRow) -> sqlx::Result<Record> {
    Ok(Record::Seat(Seat {
        id: parsed(row.try_get("id")?)?,
        person: parsed(row.try_get("person")?)?,
        body: place(row.try_get("body")?)?,
        post: parsed(row.try_get("post")?)?,
        main: flag(row, "main")?,
        span: span(row)?,
    }))
}

fn span(row: &DbRow) -> sqlx::Result<Span> {
    Ok(Span { since: UnixMillis(row.try_get("since")?), until: time(row, "until")? })
}

fn time(row: &DbRow, column: &str) -> sqlx::Result<Option<UnixMillis>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(UnixMillis))
}

fn flag(row: &DbRow, column: &str) -> sqlx::Result<bool> {
    Ok(row.try_get::<i64, _>(column)? != 0)
}

fn place<T: std::str::FromStr>(text: String) -> sqlx::Result<T> {
    text.parse().map_err(|_| unreadable("a place"))
}

/// A unit variant by its name in JSON.
fn named<T: DeserializeOwned>(name: String) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|_| unreadable("a name of a fixed list"))
}

fn name_of<T: Serialize>(variant: T) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => unreachable!("unit variants are strings in JSON"),
    }
}

/// Adds the record's row, or puts it in the place of the one with its id.
pub async fn upsert(connection: &mut Connection, record: &Record) -> sqlx::Result<()> {
    let query = match record {
        Record::Region(Region { id, name, vocabulary }) => sqlx::query(
            "INSERT INTO regions (id, name, vocabulary) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, vocabulary = excluded.vocabulary",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(serde_json::to_string(vocabulary).map_err(|_| unreadable("a vocabulary"))?),
        Record::Group(Group { id, region, name, kind, founded }) => sqlx::query(
            "INSERT INTO groups (id, region, name, kind, founded) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET region = excluded.region, name = excluded.name, kind = excluded.kind, \
             founded = excluded.founded",
        )
        .bind(id.as_str())
        .bind(region.as_str())
        .bind(name)
        .bind(kind.as_str())
        .bind(founded.map(|founded| founded.0)),
        Record::School(School { id, region, name, seal, sort, rural, pupils }) => sqlx::query(
            "INSERT INTO schools (id, region, name, seal, sort, rural, pupils) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET region = excluded.region, name = excluded.name, seal = excluded.seal, \
             sort = excluded.sort, rural = excluded.rural, pupils = excluded.pupils",
        )
        .bind(id.as_str())
        .bind(region.as_str())
        .bind(name)
        .bind(seal)
        .bind(name_of(sort))
        .bind(i64::from(*rural))
        .bind(pupils.map(i64::from)),
        Record::Membership(Membership { id, group, school, leads, span, reason, handed_over }) => sqlx::query(
            "INSERT INTO memberships (id, group_id, school, leads, since, until, reason, handed_over) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (id) DO UPDATE SET leads = excluded.leads, since = excluded.since, until = excluded.until, \
             reason = excluded.reason, handed_over = excluded.handed_over",
        )
        .bind(id.as_str())
        .bind(group.as_str())
        .bind(school.as_str())
        .bind(i64::from(*leads))
        .bind(span.since.0)
        .bind(span.until.map(|until| until.0))
        .bind(reason)
        .bind(handed_over),
        Record::Team(Team { id, home, name, sort, subject, stage, ended }) => sqlx::query(
            "INSERT INTO teams (id, home, name, sort, subject, stage, ended) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort = excluded.sort, subject = excluded.subject, \
             stage = excluded.stage, ended = excluded.ended",
        )
        .bind(id.as_str())
        .bind(home.to_string())
        .bind(name)
        .bind(name_of(sort))
        .bind(subject)
        .bind(stage)
        .bind(ended.map(|ended| ended.0)),
        Record::Person(person) => {
            let Person { id, name, login, phone, email, teaches, operator, created, suspended, closed } = person;
            sqlx::query(
                "INSERT INTO people (id, name, login, phone, email, teaches, operator, created, suspended, closed) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, login = excluded.login, phone = excluded.phone, \
                 email = excluded.email, teaches = excluded.teaches, operator = excluded.operator, \
                 suspended = excluded.suspended, closed = excluded.closed",
            )
            .bind(id.as_str())
            .bind(name)
            .bind(login)
            .bind(phone)
            .bind(email)
            .bind(teaches)
            .bind(i64::from(*operator))
            .bind(created.0)
            .bind(suspended.map(|suspended| suspended.0))
            .bind(closed.map(|closed| closed.0))
        }
        Record::Seat(Seat { id, person, body, post, main, span }) => sqlx::query(
            "INSERT INTO seats (id, person, body, post, main, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET post = excluded.post, main = excluded.main, since = excluded.since, \
             until = excluded.until",
        )
        .bind(id.as_str())
        .bind(person.as_str())
        .bind(body.to_string())
        .bind(post.as_str())
        .bind(i64::from(*main))
        .bind(span.since.0)
        .bind(span.until.map(|until| until.0)),
    };
    query.execute(connection).await.map(drop)
}

/// Takes the record's row out.
pub async fn delete(connection: &mut Connection, key: &Key) -> sqlx::Result<()> {
    let (sql, id) = match key {
        Key::Region(id) => ("DELETE FROM regions WHERE id = $1", id.as_str()),
        Key::Group(id) => ("DELETE FROM groups WHERE id = $1", id.as_str()),
        Key::School(id) => ("DELETE FROM schools WHERE id = $1", id.as_str()),
        Key::Membership(id) => ("DELETE FROM memberships WHERE id = $1", id.as_str()),
        Key::Team(id) => ("DELETE FROM teams WHERE id = $1", id.as_str()),
        Key::Person(id) => {
            sqlx::query("DELETE FROM passwords WHERE person = $1").bind(id.as_str()).execute(&mut *connection).await?;
            ("DELETE FROM people WHERE id = $1", id.as_str())
        }
        Key::Seat(id) => ("DELETE FROM seats WHERE id = $1", id.as_str()),
    };
    sqlx::query(sql).bind(id).execute(connection).await.map(drop)
}

/// Whether the trace has been left since then.
pub async fn is_left(connection: &mut Connection, trace: &Trace, since: UnixMillis) -> sqlx::Result<bool> {
    let asked = match trace {
        Trace::Person(person) => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM passwords WHERE person = $1) \
             OR EXISTS (SELECT 1 FROM documents WHERE author = $1) \
             OR EXISTS (SELECT 1 FROM documents WHERE shelf = 'person:' || $1) \
             OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = 'person' AND grantee = $1) \
             OR EXISTS (SELECT 1 FROM visits WHERE person = $1) OR EXISTS (SELECT 1 FROM sessions WHERE person = $1)",
        )
        .bind(person.to_string()),
        Trace::Body(body) => {
            let named = body.to_string();
            let (kind, id) = named.split_once(':').unwrap_or_default();
            sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM documents WHERE shelf = $1) \
                 OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = $2 AND grantee = $3) \
                 OR EXISTS (SELECT 1 FROM open_invitations WHERE body = $1)",
            )
            .bind(named.clone())
            .bind(kind.to_owned())
            .bind(id.to_owned())
        }
        Trace::Decided(person) => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE person = $1 AND seen > $2) \
             OR EXISTS (SELECT 1 FROM visits WHERE person = $1 AND at > $2) \
             OR EXISTS (SELECT 1 FROM passwords WHERE person = $1 AND changed > $2) \
             OR EXISTS (SELECT 1 FROM audit WHERE actor = $1 AND at > $2)",
        )
        .bind(person.to_string())
        .bind(since.0),
    };
    asked.fetch_one(connection).await
}

pub struct StoredWayBack {
    pub actor: String,
    pub at: UnixMillis,
    pub undone: bool,
    pub way: WayBack,
}

pub async fn keep_way_back(
    connection: &mut Connection,
    audit: u64,
    by: &By,
    at: UnixMillis,
    way: &WayBack,
) -> sqlx::Result<()> {
    let changes = serde_json::to_string(way).map_err(|_| unreadable("a way back"))?;
    sqlx::query("INSERT INTO ways_back (audit, actor, at, changes) VALUES ($1, $2, $3, $4)")
        .bind(audit as i64)
        .bind(by.name())
        .bind(at.0)
        .bind(changes)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn way_back(read: &Connections, audit: u64) -> sqlx::Result<Option<StoredWayBack>> {
    let row = sqlx::query("SELECT actor, at, changes, undone FROM ways_back WHERE audit = $1")
        .bind(audit as i64)
        .fetch_optional(read)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let changes: String = row.try_get("changes")?;
    Ok(Some(StoredWayBack {
        actor: row.try_get("actor")?,
        at: UnixMillis(row.try_get("at")?),
        undone: row.try_get::<Option<i64>, _>("undone")?.is_some(),
        way: serde_json::from_str(&changes).map_err(|_| unreadable("a way back"))?,
    }))
}

pub async fn mark_undone(connection: &mut Connection, audit: u64, at: UnixMillis) -> sqlx::Result<()> {
    sqlx::query("UPDATE ways_back SET undone = $2 WHERE audit = $1")
        .bind(audit as i64)
        .bind(at.0)
        .execute(connection)
        .await
        .map(drop)
}
