//! Reading the update log, and its snapshots.

use async_trait::async_trait;
use shared::words::{DocumentId, DocumentKind, Epoch, Seq, UnixMillis, UserId};
use sqlx::Row;
use tokio::sync::mpsc;

use super::chain::{Bound, LogRow, Place, SegmentRow, Walk};
use super::connections::Connections;
use super::rows::parsed;
use super::{Connection, DbRow, Deed, SqlStore, damaged};
use crate::store::segment::Entry;
use crate::store::{Appended, Log, NewSnapshot, NewUpdate, Result, Snapshot, StoredDocument, StoredUpdate};

/// Bytes of a log that are checked sooner than another thread would begin with it.
const SHORT: usize = 64 << 10;

#[async_trait]
impl Log for SqlStore {
    fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>) {
        self.log.append(update, done);
    }

    async fn load(&self, document: &DocumentId) -> Result<Option<StoredDocument>> {
        let deed = || format!("load document {document}");
        // A snapshot is a cache: from one that is damaged, or does not fit the log, nothing is taken. The one before
        // it does as well, and the log has it all.
        let mut below = i64::MAX;
        loop {
            let Look { head, bound, kept, parts } = Look::at(&self.read, document, below).await.deed(deed)?;
            let Some(head) = head else { return Ok(None) };
            let (kind, epoch) = parse_head(head, deed)?;
            let (from, snapshot) = match kept {
                Some(kept) => {
                    below = kept.seq.0 as i64;
                    let Some(from) = kept.place() else {
                        tracing::error!(%document, "the snapshot of document {document} at {below} is damaged");
                        continue;
                    };
                    (from, Some(Snapshot { seq: kept.seq, bytes: kept.bytes.into() }))
                }
                None => (Place::START, None),
            };
            let bindings = bound.iter().map(|bound| (bound.client, bound.person.clone())).collect();
            match (parts.join(document, from, bound).await, snapshot) {
                (Ok(updates), snapshot) => {
                    return Ok(Some(StoredDocument { kind, epoch, snapshot, updates, bindings }));
                }
                (Err(what), Some(snapshot)) => {
                    tracing::error!(%document, "behind the snapshot of document {document} at {}: {what}", snapshot.seq.0);
                }
                (Err(what), None) => return Err(damaged(deed(), what)),
            }
        }
    }

    async fn load_snapshot(&self, document: &DocumentId, below: Seq) -> Result<Option<StoredDocument>> {
        let deed = || format!("load a snapshot of document {document}");
        let mut reading = self.begin_to_read(deed).await?;
        let head = read_head(&mut reading, document).await.deed(deed)?;
        let bound = read_bindings(&mut reading, document).await.deed(deed)?;
        let mut below = i64::try_from(below.0).unwrap_or(i64::MAX);
        let mut whole = None;
        while let (None, Some(kept)) = (&whole, read_snapshot_below(&mut reading, document, below).await.deed(deed)?) {
            below = kept.seq.0 as i64;
            whole = kept.place().map(|_| Snapshot { seq: kept.seq, bytes: kept.bytes.into() });
        }
        reading.commit().await.deed(deed)?;
        let (Some(head), Some(snapshot)) = (head, whole) else { return Ok(None) };
        let (kind, epoch) = parse_head(head, deed)?;
        let bindings = bound.into_iter().map(|bound| (bound.client, bound.person)).collect();
        Ok(Some(StoredDocument { kind, epoch, snapshot: Some(snapshot), updates: Vec::new(), bindings }))
    }

    async fn history(&self, document: &DocumentId) -> Result<Vec<StoredUpdate>> {
        let deed = || format!("read the log of document {document}");
        let mut reading = self.begin_to_read(deed).await?;
        let bound = read_bindings(&mut reading, document).await.deed(deed)?;
        let parts = Parts::read(&mut reading, document, Seq(0)).await.deed(deed)?;
        reading.commit().await.deed(deed)?;
        parts.join(document, Place::START, bound).await.map_err(|what| damaged(deed(), what))
    }

    async fn keep_snapshot(&self, document: &DocumentId, snapshot: NewSnapshot) -> Result<()> {
        let deed = || format!("keep a snapshot of document {document} at {}", snapshot.seq.0);
        let mut transaction = self.begin(deed).await?;
        let kept = sqlx::query(
            "INSERT INTO snapshots (document, seq, log_checksum, hash, bytes) \
             SELECT document, seq, checksum, $3, $4 FROM updates WHERE document = $1 AND seq = $2 \
             ON CONFLICT (document, seq) DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes, \
             log_checksum = excluded.log_checksum",
        )
        .bind(document.as_str())
        .bind(snapshot.seq.0 as i64)
        .bind(&blake3::hash(&snapshot.bytes).as_bytes()[..])
        .bind(&snapshot.bytes[..])
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        if kept.rows_affected() == 0 {
            // A later one has come first, and what this one stands for is packed already.
            return transaction.commit().await.deed(deed);
        }
        sqlx::query(
            "DELETE FROM snapshots WHERE document = $1 AND seq NOT IN \
             (SELECT seq FROM snapshots WHERE document = $1 ORDER BY seq DESC LIMIT 2)",
        )
        .bind(document.as_str())
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)?;
        if let Some(packing) = &self.packing {
            packing.look_at(document);
        }
        Ok(())
    }

    async fn is_writable(&self) -> Result<()> {
        let deed = || "write to the store".to_owned();
        // Something must really be written: a full disk is only found that way.
        sqlx::query("INSERT INTO probe (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at")
            .bind(crate::clock::now().0)
            .execute(&self.write)
            .await
            .deed(deed)
            .map(|_| ())
    }

    async fn close(&self) {
        if let Some(packing) = &self.packing {
            packing.stop().await;
        }
        self.log.flush().await;
        self.read.close().await;
        self.write.close().await;
    }
}

impl SqlStore {
    /// For [`crate::store::Upkeep::unfit_snapshots`].
    pub(super) async fn snapshots_that_do_not_fit(&self, document: &DocumentId) -> Result<Vec<Seq>> {
        let deed = || format!("read the snapshots of document {document}");
        let mut reading = self.begin_to_read(deed).await?;
        let mut unfit = Vec::new();
        let mut below = i64::MAX;
        while let Some(kept) = read_snapshot_below(&mut reading, document, below).await.deed(deed)? {
            below = kept.seq.0 as i64;
            if kept.place().is_none() {
                unfit.push(kept.seq);
            }
        }
        reading.commit().await.deed(deed)?;
        Ok(unfit)
    }
}

/// Kind and epoch, as they are written.
type Head = (String, String);

async fn read_head(connection: &mut Connection, document: &DocumentId) -> Result<Option<Head>, sqlx::Error> {
    let head = sqlx::query_as("SELECT kind, epoch FROM documents WHERE id = $1");
    head.bind(document.as_str()).fetch_optional(connection).await
}

fn parse_head((kind, epoch): Head, deed: impl Fn() -> String) -> Result<(DocumentKind, Epoch)> {
    let kind = DocumentKind::named(&kind).ok_or_else(|| damaged(deed(), format!("kind {kind}")))?;
    Ok((kind, epoch.parse().map_err(|error| damaged(deed(), error))?))
}

/// A snapshot as it was found.
struct KeptSnapshot {
    seq: Seq,
    log_checksum: Vec<u8>,
    /// What the log has at its place.
    of_log: Option<Vec<u8>>,
    hash: Vec<u8>,
    bytes: Vec<u8>,
}

impl KeptSnapshot {
    /// Where in the log it stands; `None` if it is not what was kept, or its place is not in this log.
    fn place(&self) -> Option<Place> {
        let checksum = self.log_checksum.as_slice().try_into().ok()?;
        let whole = blake3::hash(&self.bytes).as_bytes() == self.hash.as_slice();
        let in_place = self.of_log.as_ref() == Some(&self.log_checksum);
        (whole && in_place).then_some(Place { seq: self.seq, checksum })
    }
}

async fn read_snapshot_below(
    connection: &mut Connection,
    document: &DocumentId,
    below: i64,
) -> Result<Option<KeptSnapshot>, sqlx::Error> {
    let newest = sqlx::query(
        "SELECT seq, log_checksum, hash, bytes, coalesce( \
             (SELECT checksum FROM updates WHERE document = $1 AND seq = snapshots.seq), \
             (SELECT checksum FROM segments WHERE document = $1 AND last = snapshots.seq)) AS of_log \
         FROM snapshots WHERE document = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1",
    );
    let row = newest.bind(document.as_str()).bind(below).fetch_optional(connection).await?;
    let kept = |row: DbRow| {
        let (seq, log_checksum) = (Seq(row.try_get::<i64, _>("seq")? as u64), row.try_get("log_checksum")?);
        let (of_log, hash) = (row.try_get("of_log")?, row.try_get("hash")?);
        Ok(KeptSnapshot { seq, log_checksum, of_log, hash, bytes: row.try_get("bytes")? })
    };
    row.map(kept).transpose()
}

/// By update, then by client id.
pub async fn read_bindings(connection: &mut Connection, document: &DocumentId) -> Result<Vec<Bound>, sqlx::Error> {
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT seq, client, person FROM client_bindings WHERE document = $1 ORDER BY seq, client")
            .bind(document.as_str())
            .fetch_all(connection)
            .await?;
    let bound =
        |(seq, client, person)| Ok(Bound { seq: Seq(seq as u64), client: client as u64, person: parsed(person)? });
    rows.into_iter().map(bound).collect()
}

/// A row of `updates`: its columns `seq`, `author`, `at`, `checksum`, `bytes`.
pub fn log_row(row: &DbRow) -> Result<LogRow, sqlx::Error> {
    let author: UserId = parsed(row.try_get("author")?)?;
    let entry = Entry { author, at: UnixMillis(row.try_get("at")?), bytes: row.try_get::<Vec<u8>, _>("bytes")?.into() };
    Ok(LogRow { seq: Seq(row.try_get::<i64, _>("seq")? as u64), checksum: row.try_get("checksum")?, entry })
}

/// Everything a room starts from: the newest snapshot below some update, and what came after it.
struct Look {
    head: Option<Head>,
    /// By update, then by client id.
    bound: Vec<Bound>,
    kept: Option<KeptSnapshot>,
    parts: Parts,
}

/// One statement: what it finds fits together, whatever is written or packed meanwhile, and a room that opens waits for one
/// turn of the connection's thread instead of eight. Columns have the names of what most rows have there, and its type.
const LOOK: &str = "\
    WITH start (seq) AS (SELECT coalesce(max(seq), 0) FROM snapshots WHERE document = $1 AND seq < $2) \
    SELECT CAST(0 AS BIGINT) AS part, reached AS seq, kind AS author, CAST(NULL AS BIGINT) AS at, \
        CAST(NULL AS BYTEA) AS checksum, CAST(NULL AS BYTEA) AS hash, CAST(NULL AS BYTEA) AS bytes \
        FROM documents WHERE id = $1 \
    UNION ALL SELECT 1, 0, epoch, NULL, NULL, NULL, NULL FROM documents WHERE id = $1 \
    UNION ALL SELECT 2, seq, person, client, NULL, NULL, NULL FROM client_bindings WHERE document = $1 \
    UNION ALL SELECT 3, seq, NULL, NULL, log_checksum, hash, bytes \
        FROM snapshots WHERE document = $1 AND seq = (SELECT seq FROM start) \
    UNION ALL SELECT 4, seq, NULL, NULL, checksum, NULL, NULL \
        FROM updates WHERE document = $1 AND seq = (SELECT seq FROM start) \
    UNION ALL SELECT 4, last, NULL, NULL, checksum, NULL, NULL \
        FROM segments WHERE document = $1 AND last = (SELECT seq FROM start) \
    UNION ALL SELECT 5, first, CAST(encoding AS TEXT), last, checksum, hash, bytes \
        FROM segments WHERE document = $1 AND last > (SELECT seq FROM start) \
    UNION ALL SELECT 6, seq, author, at, checksum, NULL, bytes \
        FROM updates WHERE document = $1 AND seq > (SELECT seq FROM start)";

impl Look {
    async fn at(read: &Connections, document: &DocumentId, below: i64) -> Result<Self, sqlx::Error> {
        let found = sqlx::query(LOOK).bind(document.as_str()).bind(below).fetch_all(read).await?;
        let parts = Parts { segments: Vec::new(), rows: Vec::with_capacity(found.len()), reached: Seq(0) };
        let mut look = Self { head: None, bound: Vec::new(), kept: None, parts };
        let (mut kind, mut epoch, mut of_log) = (None, None, None);
        for row in &found {
            match row.try_get::<i64, _>("part")? {
                0 => {
                    kind = Some(row.try_get("author")?);
                    look.parts.reached = Seq(row.try_get::<i64, _>("seq")? as u64);
                }
                1 => epoch = Some(row.try_get("author")?),
                4 => of_log = Some(row.try_get("checksum")?),
                part => look.take(part, row)?,
            }
        }
        look.head = kind.zip(epoch);
        if let Some(kept) = &mut look.kept {
            kept.of_log = of_log;
        }
        // In which order the parts of a statement come is the database's affair.
        look.bound.sort_by_key(|bound| (bound.seq, bound.client));
        look.parts.segments.sort_by_key(|segment| segment.first);
        look.parts.rows.sort_by_key(|row| row.seq);
        Ok(look)
    }

    /// A row of those parts that have lists.
    fn take(&mut self, part: i64, row: &DbRow) -> Result<(), sqlx::Error> {
        let seq = Seq(row.try_get::<i64, _>("seq")? as u64);
        match part {
            2 => {
                let client = row.try_get::<i64, _>("at")? as u64;
                self.bound.push(Bound { seq, client, person: parsed(row.try_get("author")?)? });
            }
            3 => {
                let (log_checksum, hash) = (row.try_get("checksum")?, row.try_get("hash")?);
                self.kept = Some(KeptSnapshot { seq, log_checksum, of_log: None, hash, bytes: row.try_get("bytes")? });
            }
            5 => {
                let encoding: String = row.try_get("author")?;
                self.parts.segments.push(SegmentRow {
                    first: seq,
                    last: Seq(row.try_get::<i64, _>("at")? as u64),
                    checksum: row.try_get("checksum")?,
                    encoding: encoding.parse().map_err(|_| sqlx::Error::Decode("an encoding is a number".into()))?,
                    hash: row.try_get("hash")?,
                    bytes: row.try_get("bytes")?,
                });
            }
            _ => self.parts.rows.push(log_row(row)?),
        }
        Ok(())
    }
}

/// The log behind some update as it lies there: segments, and then rows.
struct Parts {
    segments: Vec<SegmentRow>,
    rows: Vec<LogRow>,
    /// It goes so far at least.
    reached: Seq,
}

impl Parts {
    async fn read(connection: &mut Connection, document: &DocumentId, after: Seq) -> Result<Self, sqlx::Error> {
        let segments = sqlx::query(
            "SELECT first, last, checksum, encoding, hash, bytes FROM segments \
             WHERE document = $1 AND last > $2 ORDER BY first",
        );
        let segments = segments.bind(document.as_str()).bind(after.0 as i64).fetch_all(&mut *connection).await?;
        let rows = sqlx::query(
            "SELECT seq, author, at, checksum, bytes FROM updates WHERE document = $1 AND seq > $2 ORDER BY seq",
        );
        let rows = rows.bind(document.as_str()).bind(after.0 as i64).fetch_all(&mut *connection).await?;
        let reached: Option<i64> = sqlx::query_scalar("SELECT reached FROM documents WHERE id = $1")
            .bind(document.as_str())
            .fetch_optional(connection)
            .await?;
        let segment = |row: &DbRow| {
            Ok(SegmentRow {
                first: Seq(row.try_get::<i64, _>("first")? as u64),
                last: Seq(row.try_get::<i64, _>("last")? as u64),
                checksum: row.try_get("checksum")?,
                encoding: row.try_get("encoding")?,
                hash: row.try_get("hash")?,
                bytes: row.try_get("bytes")?,
            })
        };
        Ok(Self {
            segments: segments.iter().map(segment).collect::<Result<_, sqlx::Error>>()?,
            rows: rows.iter().map(log_row).collect::<Result<_, _>>()?,
            reached: Seq(reached.unwrap_or(0) as u64),
        })
    }

    /// All the updates in one sequence, each checked against the chain that goes on from `from`; or what is wrong.
    async fn join(self, document: &DocumentId, from: Place, bound: Vec<Bound>) -> Result<Vec<StoredUpdate>, String> {
        let document = document.clone();
        let is_short =
            self.segments.is_empty() && self.rows.iter().map(|row| row.entry.bytes.len()).sum::<usize>() <= SHORT;
        let join = move || {
            let Self { segments, rows, reached } = self;
            let mut walk = Walk::new(&document, from, &bound);
            let mut updates = Vec::with_capacity(rows.len());
            for segment in segments {
                updates.extend(walk.segment(segment)?);
            }
            for row in rows {
                updates.push(walk.row(row)?);
            }
            if walk.place().seq < reached {
                return Err(format!("update {} is missing", walk.place().seq.0 + 1));
            }
            Ok(updates)
        };
        // A long log takes a while to check: not on a thread that serves sockets.
        if is_short {
            return join();
        }
        let joined = tokio::task::spawn_blocking(join);
        joined.await.unwrap_or_else(|_| Err("reading it panicked".to_owned()))
    }
}
