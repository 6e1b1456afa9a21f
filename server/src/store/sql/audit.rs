//! The audit log: appended to in the transaction of the deed itself, each line's checksum covering the one before it.
//! Where it ends stands in the table `organisation`, too.

use shared::access::Grantee;
use shared::api::ImportedLine;
use shared::organisation::{Body, Change, Directory, Record, Shelf};
use shared::words::UnixMillis;
use sqlx::{AssertSqlSafe, Row};

use super::Connection;
use super::connections::Connections;
use super::rows::{beginning_with, grantee_columns, parsed};
use crate::store::{AuditChain, AuditEntry, AuditQuery, AuditReach, By, StoredAudit};

/// What the first line's checksum covers in place of one before it.
const START: [u8; 32] = [0; 32];

/// Appends the lines in order; gives the number of the first.
pub async fn append(connection: &mut Connection, entries: &[AuditEntry]) -> sqlx::Result<Option<u64>> {
    if entries.is_empty() {
        return Ok(None);
    }
    // Not from the lines themselves: if some have gone, what follows must not hide it.
    let (mut seq, mut checksum) = end(connection).await?;
    let first = seq + 1;
    for AuditEntry { by, at, act, subject, details } in entries {
        seq += 1;
        let details = details.to_string();
        checksum = chained(&checksum, seq, at.0, by.name(), act, subject, &details);
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, act, subject, details, checksum) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(seq)
        .bind(at.0)
        .bind(by.name())
        .bind(act.as_ref())
        .bind(subject)
        .bind(details)
        .bind(&checksum)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query("UPDATE organisation SET audit_seq = $1, audit_checksum = $2")
        .bind(seq)
        .bind(&checksum)
        .execute(&mut *connection)
        .await?;
    Ok(Some(first as u64))
}

/// The number and checksum of the last line ever written.
async fn end(connection: &mut Connection) -> sqlx::Result<(i64, Vec<u8>)> {
    let (seq, checksum): (i64, Option<Vec<u8>>) =
        sqlx::query_as("SELECT audit_seq, audit_checksum FROM organisation").fetch_one(connection).await?;
    Ok((seq, checksum.unwrap_or_else(|| START.to_vec())))
}

/// blake3 over the checksum before, the number, the time and the texts, each with its length before it.
fn chained(before: &[u8], seq: i64, at: i64, actor: &str, act: &str, subject: &str, details: &str) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before).update(&seq.to_le_bytes()).update(&at.to_le_bytes());
    for text in [actor, act, subject, details] {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.finalize().as_bytes().to_vec()
}

/// What a change will be called in the log; nothing if it changes nothing.
pub fn of_change(directory: &Directory, change: &Change, by: &By, at: UnixMillis) -> Option<AuditEntry> {
    let (key, after) = match change {
        Change::Put(record) => (record.key(), Some(record)),
        Change::Remove(key) => (key.clone(), None),
    };
    let before = directory.record(&key);
    if before.as_ref() == after {
        return None;
    }
    let act = act(before.as_ref(), after);
    let subject = subject(before.as_ref().or(after)?);
    let details = serde_json::json!({ "before": before, "after": after });
    Some(AuditEntry { by: by.clone(), at, act: act.into(), subject, details })
}

/// The lines of an import, with one about all of it before them.
pub fn as_import(
    act: &'static str,
    details: &ImportedLine,
    group: &str,
    mut entries: Vec<AuditEntry>,
) -> Vec<AuditEntry> {
    let Some(AuditEntry { by, at, .. }) = entries.first() else { return entries };
    let whole = AuditEntry {
        by: by.clone(),
        at: *at,
        act: act.into(),
        subject: group.to_owned(),
        details: serde_json::json!(details),
    };
    for entry in &mut entries {
        entry.details["import"] = serde_json::json!({ "id": details.import, "group": group });
    }
    entries.insert(0, whole);
    entries
}

/// The group and what was done, if the line is about an import as a whole.
pub async fn import_of(read: &Connections, seq: u64) -> sqlx::Result<Option<(String, ImportedLine)>> {
    let line: Option<(String, String)> =
        sqlx::query_as("SELECT subject, details FROM audit WHERE seq = $1 AND act = 'roster.imported'")
            .bind(seq as i64)
            .fetch_optional(read)
            .await?;
    Ok(line.and_then(|(group, details)| Some((group, serde_json::from_str(&details).ok()?))))
}

fn act(before: Option<&Record>, after: Option<&Record>) -> String {
    let verb = match (before, after) {
        (None, Some(_)) => "added",
        (Some(_), None) => "removed",
        (Some(Record::Person(before)), Some(Record::Person(after))) => match (before, after) {
            _ if before.closed.is_none() && after.closed.is_some() => "closed",
            _ if before.suspended.is_none() && after.suspended.is_some() => "suspended",
            _ if before.suspended.is_some() && after.suspended.is_none() => "resumed",
            _ => "changed",
        },
        (Some(Record::Seat(before)), Some(Record::Seat(after))) if ends(before.span, after.span) => "ended",
        (Some(Record::Membership(before)), Some(Record::Membership(after))) if ends(before.span, after.span) => "ended",
        _ => "changed",
    };
    let noun = match before.or(after) {
        Some(Record::Region(_)) => "region",
        Some(Record::Group(_)) => "group",
        Some(Record::School(_)) => "school",
        Some(Record::Membership(_)) => "membership",
        Some(Record::Team(_)) => "team",
        Some(Record::Person(_)) => "person",
        Some(Record::Seat(_)) => "seat",
        None => "nothing",
    };
    format!("{noun}.{verb}")
}

fn ends(before: shared::words::Span, after: shared::words::Span) -> bool {
    before.until != after.until && after.until.is_some()
}

/// Seats are found under their person, memberships under their school.
fn subject(record: &Record) -> String {
    match record {
        Record::Region(region) => format!("region:{}", region.id),
        Record::Group(group) => format!("group:{}", group.id),
        Record::School(school) => format!("school:{}", school.id),
        Record::Membership(membership) => format!("school:{}", membership.school),
        Record::Team(team) => format!("team:{}", team.id),
        Record::Person(person) => format!("person:{}", person.id),
        Record::Seat(seat) => format!("person:{}", seat.person),
    }
}

/// Lines that may lie in somebody's reach. `$6` is who asks; the rest is JSON: `$9` subjects, `$10` subjects of which only
/// seats and memberships are, `$11` shelves, `$12` pairs of type and id of
/// whom documents may be shared with. `$13` is whose documents and items.
const IN_REACH: &str = "(actor = $6 OR subject IN (SELECT value FROM json_each($9)) \
    OR (subject IN (SELECT value FROM json_each($10)) AND (act LIKE 'seat.%' OR act LIKE 'membership.%')) \
    OR subject IN (SELECT 'document:' || id FROM documents WHERE author = $13 \
        OR shelf IN (SELECT value FROM json_each($11)) \
        UNION ALL SELECT 'item:' || id FROM items WHERE author = $13 OR shelf IN (SELECT value FROM json_each($11)) \
        UNION ALL SELECT 'collection:' || id FROM collections WHERE author = $13 \
        OR shelf IN (SELECT value FROM json_each($11)) \
        UNION ALL SELECT 'document:' || document FROM json_each($12) AS body JOIN shares \
        ON shares.grantee_type = body.value ->> 0 AND shares.grantee = body.value ->> 1 \
        WHERE shares.access = 'manage'))";

/// Lines that match, newest first.
pub async fn list(read: &Connections, query: &AuditQuery) -> sqlx::Result<Vec<StoredAudit>> {
    let mut sql = "SELECT * FROM audit WHERE ($1 IS NULL OR seq < $1) \
         AND ($2 IS NULL OR actor = $2) AND ($3 IS NULL OR act LIKE $3 ESCAPE '\\') AND ($4 IS NULL OR at >= $4) \
         AND ($5 IS NULL OR at < $5) AND ($7 IS NULL OR subject = $7)"
        .to_owned();
    if query.import.is_some() {
        sql += " AND details ->> '$.import.id' = $14";
    }
    if query.folded.is_some() {
        sql += " AND (details ->> '$.import.id' IS NULL OR NOT (actor = $15 OR $16 IS NULL \
             OR details ->> '$.import.group' IN (SELECT value FROM json_each($16))))";
    }
    if query.reach.is_some() {
        sql += " AND ";
        sql += IN_REACH;
    }
    sql += " ORDER BY seq DESC LIMIT $8";
    let reach = query.reach.as_ref();
    let json = |part: fn(&AuditReach) -> serde_json::Value| reach.map(|reach| part(reach).to_string());
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(query.before.map(|before| before as i64))
        .bind(query.actor.as_ref().map(|actor| actor.as_str().to_owned()))
        .bind(query.act.as_ref().map(|act| beginning_with(&act.to_lowercase())))
        .bind(query.since.map(|since| since.0))
        .bind(query.until.map(|until| until.0))
        .bind(reach.map(|reach| reach.me.as_str().to_owned()))
        .bind(query.subject.clone())
        .bind(i64::from(query.limit))
        .bind(json(|reach| serde_json::json!(reach.subjects)))
        .bind(json(|reach| serde_json::json!(reach.placed)))
        .bind(json(|reach| reach.shelves.iter().map(Shelf::to_string).collect()))
        .bind(json(|reach| grantees(reach).iter().map(|with| serde_json::json!(grantee_columns(with))).collect()))
        .bind(reach.and_then(|reach| reach.author.as_ref()).map(|author| author.as_str().to_owned()))
        .bind(query.import.clone())
        .bind(query.folded.as_ref().map(|folded| folded.me.as_str().to_owned()))
        .bind(query.folded.as_ref().and_then(|folded| Some(serde_json::json!(folded.groups.as_ref()?).to_string())))
        .fetch_all(read)
        .await?;
    rows.iter()
        .map(|row| {
            let actor: String = row.try_get("actor")?;
            let details: String = row.try_get("details")?;
            Ok(StoredAudit {
                seq: row.try_get::<i64, _>("seq")? as u64,
                at: UnixMillis(row.try_get("at")?),
                actor: if actor.is_empty() { None } else { Some(parsed(actor)?) },
                act: row.try_get("act")?,
                subject: row.try_get("subject")?,
                details: serde_json::from_str(&details).unwrap_or(serde_json::Value::Null),
                checksum: Some(hex(&row.try_get::<Vec<u8>, _>("checksum")?)),
            })
        })
        .collect()
}

/// With whom a document may be shared for it to reach them.
fn grantees(reach: &AuditReach) -> Vec<Grantee> {
    let bodies = reach.grantees.iter().map(|body| match body {
        Body::Group(id) => Grantee::Group(id.clone()),
        Body::School(id) => Grantee::School(id.clone()),
        Body::Team(id) => Grantee::Team(id.clone()),
    });
    bodies.chain([Grantee::Person(reach.me.clone())]).collect()
}

/// Reads every line, as they are at one moment.
pub async fn check(connection: &mut Connection) -> sqlx::Result<AuditChain> {
    const AT_ONCE: i64 = 1_000;
    let (last, last_checksum) = end(connection).await?;
    let (mut seq, mut checksum) = (0_i64, START.to_vec());
    let broken = |what: String| Ok(AuditChain::Broken(what));
    loop {
        let rows = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(seq)
            .bind(AT_ONCE)
            .fetch_all(&mut *connection)
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let (found, at): (i64, i64) = (row.try_get("seq")?, row.try_get("at")?);
            let text = |name: &str| row.try_get::<String, _>(name);
            let (actor, act, subject, details) = (text("actor")?, text("act")?, text("subject")?, text("details")?);
            let stored: Vec<u8> = row.try_get("checksum")?;
            seq += 1;
            if found != seq {
                return broken(format!("line {seq} of the audit log is missing"));
            }
            if stored != chained(&checksum, seq, at, &actor, &act, &subject, &details) {
                return broken(format!("line {seq} of the audit log is not what was written"));
            }
            checksum = stored;
        }
    }
    if seq < last {
        return broken(format!("the audit log ends with line {seq}, and {last} were written"));
    }
    if (seq, &checksum) != (last, &last_checksum) {
        return broken(format!("line {last} was the last of the audit log, and now line {seq} is another"));
    }
    Ok(AuditChain::Whole { lines: seq as u64, end: hex(&checksum) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
