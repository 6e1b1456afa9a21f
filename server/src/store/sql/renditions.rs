//! Small renditions, and bytes that are still to be removed.

use async_trait::async_trait;
use shared::words::{BlobId, UnixMillis};
use sqlx::Row;

use super::item_rows::read_facts;
use super::organisation::unreadable;
use super::rows::parsed;
use super::{Connection, DbRow, Deed, SqlStore};
use crate::store::{Outcome, Rendition, Renditions, Result, Source};

/// Films and recordings of which something may be made; `$1` is now. The kinds are those of the index. Whatever their names
/// claim, they read alike.
macro_rules! without_rendition {
    ($what:literal, $then:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM files LEFT JOIN renditions AS r ON r.of_blob = files.blob ",
            "WHERE files.kind IN ('mp3', 'm4a', 'wav', 'ogg', 'mp4', 'webm', 'film') ",
            "AND (r.of_blob IS NULL OR (r.state = 'failed' AND r.again <= $1)) ",
            "AND EXISTS (SELECT 1 FROM item_files WHERE item_files.blob = files.blob)",
            $then
        )
    };
}

#[async_trait]
impl Renditions for SqlStore {
    async fn next_without_rendition(&self, now: UnixMillis) -> Result<Option<Source>> {
        let deed = || "look for a film of which nothing was made".to_owned();
        let row = sqlx::query(without_rendition!(
            "files.blob, files.bytes, coalesce(r.tries, 0) AS tries, \
             (SELECT facts FROM readings WHERE readings.blob = files.blob ORDER BY claim LIMIT 1) AS facts",
            " ORDER BY files.checked DESC, files.blob LIMIT 1"
        ))
        .bind(now.0)
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        row.as_ref().map(source).transpose().deed(deed)
    }

    async fn count_without_rendition(&self, now: UnixMillis) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(without_rendition!("count(*)", ""))
            .bind(now.0)
            .fetch_one(&self.read)
            .await
            .deed(|| "count the films of which nothing was made".to_owned())?;
        Ok(count as u64)
    }

    async fn note_rendition(&self, of: &BlobId, outcome: &Outcome, at: UnixMillis) -> Result<bool> {
        let deed = || format!("note what became of file {of}");
        let (state, made, failed) = match outcome {
            Outcome::Made { blob, bytes } => ("made", Some((blob.as_str(), *bytes as i64)), None),
            Outcome::Needless => ("needless", None, None),
            Outcome::Failed { why, tries, again } => ("failed", None, Some((why, i64::from(*tries), again))),
        };
        let noted = sqlx::query(
            "INSERT INTO renditions (of_blob, state, blob, bytes, why, tries, again, at) \
             SELECT blob, $2, $3, $4, $5, $6, $7, $8 FROM files WHERE blob = $1 \
             ON CONFLICT (of_blob) DO UPDATE SET state = excluded.state, blob = excluded.blob, bytes = excluded.bytes, \
             why = excluded.why, tries = excluded.tries, again = excluded.again, at = excluded.at",
        )
        .bind(of.as_str())
        .bind(state)
        .bind(made.map(|(blob, _)| blob))
        .bind(made.map(|(_, bytes)| bytes))
        .bind(failed.map(|(why, _, _)| why))
        .bind(failed.map_or(0, |(_, tries, _)| tries))
        .bind(failed.and_then(|(_, _, again)| again.as_ref()).map(|again| again.0))
        .bind(at.0)
        .execute(&self.write)
        .await
        .deed(deed)?;
        Ok(noted.rows_affected() > 0)
    }

    async fn forget_rendition(&self, of: &BlobId) -> Result<()> {
        let deed = || format!("forget what was made of file {of}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query(
            "INSERT INTO blobs_left (blob) SELECT blob FROM renditions WHERE of_blob = $1 AND blob IS NOT NULL \
             ON CONFLICT (blob) DO NOTHING",
        )
        .bind(of.as_str())
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        sqlx::query("DELETE FROM renditions WHERE of_blob = $1")
            .bind(of.as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn forget_renditions(&self) -> Result<()> {
        sqlx::query("DELETE FROM renditions WHERE state = 'made'")
            .execute(&self.write)
            .await
            .deed(|| "forget what was made of films".to_owned())
            .map(drop)
    }

    async fn rendition_blobs(&self) -> Result<Vec<BlobId>> {
        let deed = || "list what was made of films".to_owned();
        let blobs: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT blob FROM renditions WHERE blob IS NOT NULL ORDER BY blob")
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        blobs.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn note_left(&self, blob: &BlobId) -> Result<()> {
        sqlx::query("INSERT INTO blobs_left (blob) VALUES ($1) ON CONFLICT (blob) DO NOTHING")
            .bind(blob.as_str())
            .execute(&self.write)
            .await
            .deed(|| format!("note the bytes {blob} as left"))
            .map(drop)
    }

    async fn blobs_left(&self) -> Result<Vec<BlobId>> {
        let deed = || "list the bytes that are left".to_owned();
        let mut transaction = self.begin(deed).await?;
        // What is named again since is nothing to be removed.
        sqlx::query(
            "DELETE FROM blobs_left WHERE EXISTS (SELECT 1 FROM files WHERE files.blob = blobs_left.blob) \
             OR EXISTS (SELECT 1 FROM files WHERE files.thumbnail = blobs_left.blob) \
             OR EXISTS (SELECT 1 FROM renditions WHERE renditions.blob = blobs_left.blob) \
             OR EXISTS (SELECT 1 FROM tutoring_media WHERE tutoring_media.blob = blobs_left.blob) \
             OR EXISTS (SELECT 1 FROM images WHERE images.blob = blobs_left.blob) \
             OR EXISTS (SELECT 1 FROM item_images WHERE item_images.blob = blobs_left.blob)",
        )
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        let blobs: Vec<String> = sqlx::query_scalar("SELECT blob FROM blobs_left ORDER BY blob")
            .fetch_all(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)?;
        blobs.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn blob_is_gone(&self, blob: &BlobId) -> Result<()> {
        sqlx::query("DELETE FROM blobs_left WHERE blob = $1")
            .bind(blob.as_str())
            .execute(&self.write)
            .await
            .deed(|| format!("note that the bytes {blob} are gone"))
            .map(drop)
    }
}

/// In a transaction that takes a name from these bytes.
pub async fn leave(connection: &mut Connection, blob: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO blobs_left (blob) VALUES ($1) ON CONFLICT (blob) DO NOTHING")
        .bind(blob)
        .execute(connection)
        .await
        .map(drop)
}

fn source(row: &DbRow) -> sqlx::Result<Source> {
    Ok(Source {
        blob: parsed(row.try_get("blob")?)?,
        bytes: row.try_get::<i64, _>("bytes")? as u64,
        facts: read_facts(row.try_get("facts")?)?,
        tries: row.try_get::<i64, _>("tries")? as u32,
    })
}

/// Of a file in an item, if anything is known.
pub fn rendition(row: &DbRow) -> sqlx::Result<Option<Rendition>> {
    let state: Option<String> = row.try_get("rendition")?;
    Ok(match state.as_deref() {
        None => None,
        Some("made") => Some(Rendition::Made {
            blob: parsed(row.try_get("small_blob")?)?,
            bytes: row.try_get::<i64, _>("small_bytes")? as u64,
        }),
        Some("needless") => Some(Rendition::Needless),
        Some("failed") => Some(Rendition::Failed),
        Some(other) => return Err(unreadable(&format!("the state of a rendition: {other}"))),
    })
}
