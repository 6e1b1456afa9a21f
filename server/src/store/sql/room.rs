//! How much of the disk whoever keeps, and what gives it back.

use shared::words::{SchoolId, UnixMillis};

use super::{Connection, audit, renditions};
use crate::clock;
use crate::store::{Account, AuditEntry, By, HELD_FOR, USUAL_QUOTA, Usage};

/// Whose bytes came since then still hold room for all that is to come.
pub fn held_since(now: UnixMillis) -> UnixMillis {
    clock::before(now, HELD_FOR)
}

/// Uploads of whoever is named by `$1` that are on their way; `$2` is [`held_since`].
macro_rules! on_the_way {
    ($whose:literal) => {
        concat!(
            "SELECT CAST(coalesce(sum(CASE WHEN state = 'checking' OR touched > $2 THEN bytes ELSE received END), 0) ",
            "AS BIGINT) FROM uploads WHERE state IN ('receiving', 'checking') AND ",
            $whose
        )
    };
}

/// Their files, each once, and of that what only items in the bin have.
macro_rules! files {
    ($whose:literal) => {
        concat!(
            "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT), ",
            "CAST(coalesce(sum(CASE WHEN binned THEN bytes ELSE 0 END), 0) AS BIGINT) FROM (",
            "SELECT u.blob, max(u.bytes) AS bytes, min(CASE WHEN i.binned IS NULL THEN 0 ELSE 1 END) = 1 AS binned FROM uploads AS u ",
            "LEFT JOIN items AS i ON i.id = u.item WHERE u.state = 'ready' AND ",
            $whose,
            " GROUP BY u.blob) AS kept"
        )
    };
}

/// What is written in the versions of items, and the images in them.
macro_rules! written {
    ($whose:literal) => {
        concat!(
            "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT), ",
            "CAST(coalesce(sum(CASE WHEN binned THEN bytes ELSE 0 END), 0) AS BIGINT) FROM (",
            "SELECT v.bytes, i.binned IS NOT NULL AS binned FROM item_versions AS v JOIN items AS i ON i.id = v.item ",
            "WHERE v.bytes > 0 AND ",
            $whose,
            " UNION ALL SELECT max(p.bytes), min(CASE WHEN i.binned IS NULL THEN 0 ELSE 1 END) = 1 FROM item_images AS p ",
            "JOIN items AS i ON i.id = p.item WHERE ",
            $whose,
            " GROUP BY p.blob) AS kept"
        )
    };
}

/// Photos and voice clips of sessions.
macro_rules! said {
    ($whose:literal) => {
        concat!("SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM tutoring_media WHERE ", $whose)
    };
}

pub async fn usage(connection: &mut Connection, of: &Account, now: UnixMillis) -> sqlx::Result<Usage> {
    let (way, files, written, said, whose) = match of {
        Account::School(school) => (
            on_the_way!("school = $1"),
            files!("u.school = $1"),
            written!("i.school = $1"),
            said!("school = $1"),
            school.as_str(),
        ),
        Account::Person(person) => (
            on_the_way!("school IS NULL AND person = $1"),
            files!("u.school IS NULL AND u.person = $1"),
            written!("i.school IS NULL AND i.author = $1"),
            said!("payer = $1"),
            person.as_str(),
        ),
    };
    let way: i64 = sqlx::query_scalar(way).bind(whose).bind(held_since(now).0).fetch_one(&mut *connection).await?;
    let (of_files, binned_files): (i64, i64) = sqlx::query_as(files).bind(whose).fetch_one(&mut *connection).await?;
    let (of_words, binned_words): (i64, i64) = sqlx::query_as(written).bind(whose).fetch_one(&mut *connection).await?;
    let of_sessions: i64 = sqlx::query_scalar(said).bind(whose).fetch_one(&mut *connection).await?;
    let limit: Option<i64> = match of {
        Account::School(school) => {
            let query = sqlx::query_scalar("SELECT bytes FROM school_quotas WHERE school = $1").bind(school.as_str());
            query.fetch_optional(&mut *connection).await?
        }
        Account::Person(_) => None,
    };
    Ok(Usage {
        used: (way + of_files + of_words + of_sessions) as u64,
        limit: limit.map_or(USUAL_QUOTA, |limit| limit as u64),
        binned: (binned_files + binned_words) as u64,
    })
}

pub async fn set_quota(
    connection: &mut Connection,
    school: &SchoolId,
    bytes: Option<u64>,
    by: By,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let set = match bytes {
        Some(bytes) => sqlx::query(
            "INSERT INTO school_quotas (school, bytes) VALUES ($1, $2) \
             ON CONFLICT (school) DO UPDATE SET bytes = excluded.bytes",
        )
        .bind(school.as_str())
        .bind(bytes as i64),
        None => sqlx::query("DELETE FROM school_quotas WHERE school = $1").bind(school.as_str()),
    };
    set.execute(&mut *connection).await?;
    let details = serde_json::json!({ "bytes": bytes });
    let entry = AuditEntry { by, at, act: "quota.set".into(), subject: format!("school:{school}"), details };
    audit::append(connection, &[entry]).await.map(drop)
}

/// What stays of an item is what others need: that it was there, how it was called, whose it was, what they made of it.
pub async fn remove_binned(
    connection: &mut Connection,
    before: UnixMillis,
    at: UnixMillis,
    most: u32,
) -> sqlx::Result<u32> {
    let items: Vec<(String, String)> =
        sqlx::query_as("SELECT id, title FROM items WHERE binned < $1 AND removed IS NULL ORDER BY binned LIMIT $2")
            .bind(before.0)
            .bind(i64::from(most))
            .fetch_all(&mut *connection)
            .await?;
    let removed = items.len() as u32;
    for (item, title) in items {
        let images: Vec<String> = sqlx::query_scalar("SELECT blob FROM item_images WHERE item = $1")
            .bind(&item)
            .fetch_all(&mut *connection)
            .await?;
        for emptied in [
            "DELETE FROM item_files WHERE item = $1",
            "DELETE FROM item_versions WHERE item = $1",
            "DELETE FROM item_images WHERE item = $1",
            "DELETE FROM item_tags WHERE item = $1",
            "DELETE FROM uploads WHERE item = $1",
            "DELETE FROM loan_slots WHERE item = $1",
        ] {
            sqlx::query(emptied).bind(&item).execute(&mut *connection).await?;
        }
        sqlx::query("UPDATE items SET removed = $2, description = '', source = '', document = NULL WHERE id = $1")
            .bind(&item)
            .bind(at.0)
            .execute(&mut *connection)
            .await?;
        let details = serde_json::json!({ "title": title });
        let (by, act, subject) = (By::Server, "item.removed".into(), format!("item:{item}"));
        audit::append(connection, &[AuditEntry { by, at, act, subject, details }]).await?;
        // Other items may have them: that is asked when they are removed.
        for blob in images {
            renditions::leave(connection, &blob).await?;
        }
    }
    Ok(removed)
}
