//! Packing older parts of the log into segments, which loses nothing of them.
//!
//! What the older of a document's two snapshots stands for is read again only when somebody looks back, or when both
//! snapshots are gone. A segment and the rows that it replaces change places in one transaction of the writing
//! connection, after it was unpacked again and compared; until then nothing is touched.

use std::time::Instant;

use futures_util::TryStreamExt;
use shared::words::{DocumentId, Seq};

use super::chain::{Bound, LogRow, Place, SegmentRow, Walk, read_end_of_segments};
use super::connections::Connections;
use super::log::{log_row, read_bindings};
use super::rows::parsed;
use super::transaction::Transaction;
use super::{Deed, damaged};
use crate::store::segment::{self, ENCODING, Entry};
use crate::store::{Compacted, Result};

/// Updates in one segment, at most: so many rows are deleted in one transaction, for which appends wait.
const SEGMENT_UPDATES: usize = 2_048;
/// … and bytes of them, but for the last.
const SEGMENT_BYTES: usize = 1 << 20;

#[derive(Clone)]
pub struct Packer {
    read: Connections,
    write: Connections,
}

/// A segment that is ready to take the place of its rows.
struct Segment {
    first: Seq,
    end: Place,
    bytes: Vec<u8>,
    /// What the rows took.
    before: u64,
}

impl Packer {
    pub fn new(read: Connections, write: Connections) -> Self {
        Self { read, write }
    }

    /// Packs one segment, unless fewer than `least` updates could be packed in all.
    pub async fn pack_some(&self, document: &DocumentId, least: u64) -> Result<Option<Compacted>> {
        let Some(segment) = self.next_segment(document, least).await? else { return Ok(None) };
        let started = Instant::now();
        let packed = self.put(document, &segment).await?;
        let took = started.elapsed();
        metrics::histogram!("gongbei_pack_seconds").record(took.as_secs_f64());
        metrics::counter!("gongbei_updates_packed_total").increment(packed.updates);
        tracing::debug!(%document, "packed {} updates of document {document} in {took:?}", packed.updates);
        // Another process that serves the folder polls for the lock: it shall find it free half of the time at least.
        tokio::time::sleep(took).await;
        Ok(Some(packed))
    }

    async fn next_segment(&self, document: &DocumentId, least: u64) -> Result<Option<Segment>> {
        let deed = || format!("read what is to be packed of document {document}");
        let mut reading = Transaction::begin_to_read(&self.read).await.deed(deed)?;
        let older: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM snapshots WHERE document = $1 ORDER BY seq DESC LIMIT 1 OFFSET 1")
                .bind(document.as_str())
                .fetch_optional(&mut *reading)
                .await
                .deed(deed)?;
        let from = read_end_of_segments(&mut reading, document).await.deed(deed)?;
        let upto = older.map_or(from.seq, |older| Seq(older as u64));
        if upto.0 - from.seq.0.min(upto.0) < least {
            reading.commit().await.deed(deed)?;
            return Ok(None);
        }
        let bound = read_bindings(&mut reading, document).await.deed(deed)?;
        let mut rows = Vec::new();
        let mut bytes = 0;
        let mut found = sqlx::query(
            "SELECT seq, author, at, checksum, bytes FROM updates \
             WHERE document = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4",
        )
        .bind(document.as_str())
        .bind(from.seq.0 as i64)
        .bind(upto.0 as i64)
        .bind(SEGMENT_UPDATES as i64)
        .fetch(&mut *reading);
        while bytes < SEGMENT_BYTES
            && let Some(row) = found.try_next().await.deed(deed)?
        {
            let row = log_row(&row).deed(deed)?;
            bytes += row.entry.bytes.len();
            rows.push(row);
        }
        drop(found);
        reading.commit().await.deed(deed)?;
        let packed = tokio::task::spawn_blocking({
            let document = document.clone();
            move || pack_rows(&document, from, &bound, rows)
        });
        let packed = packed.await.unwrap_or_else(|_| Err("packing it panicked".to_owned()));
        packed.map(Some).map_err(|what| damaged(deed(), what))
    }

    /// Puts the segment in the place of its rows, or does nothing.
    async fn put(&self, document: &DocumentId, segment: &Segment) -> Result<Compacted> {
        let Segment { first, end, bytes, before } = segment;
        let deed = || format!("put updates {} to {} of document {document} into a segment", first.0, end.seq.0);
        let mut transaction = Transaction::begin(&self.write).await.deed(deed)?;
        let put = sqlx::query(
            "INSERT INTO segments (document, first, last, checksum, encoding, hash, bytes) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (document, first) DO NOTHING",
        )
        .bind(document.as_str())
        .bind(first.0 as i64)
        .bind(end.seq.0 as i64)
        .bind(&end.checksum[..])
        .bind(ENCODING)
        .bind(&blake3::hash(bytes).as_bytes()[..])
        .bind(&bytes[..])
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        if put.rows_affected() == 0 {
            // Another process has packed this document meanwhile.
            transaction.commit().await.deed(deed)?;
            return Ok(Compacted::default());
        }
        let updates = end.seq.0 - first.0 + 1;
        let deleted = sqlx::query("DELETE FROM updates WHERE document = $1 AND seq BETWEEN $2 AND $3")
            .bind(document.as_str())
            .bind(first.0 as i64)
            .bind(end.seq.0 as i64)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        if deleted.rows_affected() != updates {
            // Not committed, so nothing has happened.
            return Err(damaged(deed(), format!("there are {} of them", deleted.rows_affected())));
        }
        transaction.commit().await.deed(deed)?;
        Ok(Compacted { updates, segments: 1, before: *before, after: segment_size(document, bytes.len()) })
    }

    /// Documents of which at least `least` updates could be packed.
    pub async fn worth_it(&self, least: u64) -> Result<Vec<DocumentId>> {
        let deed = || "look for logs that can be packed".to_owned();
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM snapshots GROUP BY document HAVING count(*) > 1 AND min(seq) - \
             coalesce((SELECT max(last) FROM segments WHERE segments.document = snapshots.document), 0) >= $1",
        )
        .bind(i64::try_from(least).unwrap_or(i64::MAX))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        documents.into_iter().map(parsed).collect::<Result<_, _>>().deed(deed)
    }
}

/// Checks the rows, which follow `from`, packs them, and reads the segment as it will be read later.
fn pack_rows(document: &DocumentId, from: Place, bound: &[Bound], rows: Vec<LogRow>) -> Result<Segment, String> {
    let first = Seq(from.seq.0 + 1);
    if rows.is_empty() {
        return Err(format!("update {} is missing", first.0));
    }
    let before = rows.iter().map(|row| row_size(document, row)).sum();
    let entries: Vec<Entry> = rows.iter().map(|row| row.entry.clone()).collect();
    let mut walk = Walk::new(document, from, bound);
    let updates = rows.into_iter().map(|row| walk.row(row)).collect::<Result<Vec<_>, _>>()?;
    let end = walk.place();
    let bytes = segment::pack(&entries);
    let stored = SegmentRow {
        first,
        last: end.seq,
        checksum: end.checksum.to_vec(),
        encoding: ENCODING,
        hash: blake3::hash(&bytes).as_bytes().to_vec(),
        bytes: bytes.clone(),
    };
    if Walk::new(document, from, bound).segment(stored)? != updates {
        return Err("what comes out of the segment is not what went in".to_owned());
    }
    Ok(Segment { first, end, bytes, before })
}

/// What the columns of a row in `updates` hold, about.
fn row_size(document: &DocumentId, row: &LogRow) -> u64 {
    let LogRow { seq: _, checksum, entry } = row;
    (document.as_str().len() + 16 + entry.author.as_str().len() + checksum.len() + entry.bytes.len()) as u64
}

/// What the columns of a row in `segments` hold, about.
fn segment_size(document: &DocumentId, bytes: usize) -> u64 {
    (document.as_str().len() + 24 + 64 + bytes) as u64
}
