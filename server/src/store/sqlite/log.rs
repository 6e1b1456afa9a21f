//! Reading the update log, and its snapshots.

use async_trait::async_trait;
use bytes::Bytes;
use shared::words::{DocumentId, DocumentKind, Seq, UnixMillis, UserId};
use tokio::sync::mpsc;

use super::{Connection, Deed, SqliteStore, damaged};
use crate::store::{Appended, Log, NewSnapshot, NewUpdate, Result, Snapshot, StoredDocument, StoredUpdate};

/// What precedes a document's first update in the chain.
pub const CHAIN_START: [u8; 32] = [0; 32];

/// The checksum of an update: blake3 over the checksum before it and everything the log says of it.
pub fn chained_checksum(
    before: &[u8; 32],
    document: &DocumentId,
    seq: Seq,
    author: &UserId,
    at: UnixMillis,
    binds: &[u64],
    bytes: &[u8],
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before);
    for text in [document.as_str(), author.as_str()] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(&seq.0.to_le_bytes());
    hasher.update(&at.0.to_le_bytes());
    hasher.update(&(binds.len() as u64).to_le_bytes());
    for client in binds {
        hasher.update(&client.to_le_bytes());
    }
    hasher.update(bytes);
    *hasher.finalize().as_bytes()
}

#[async_trait]
impl Log for SqliteStore {
    fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>) {
        self.log.append(update, done);
    }

    async fn load(&self, document: &DocumentId) -> Result<Option<StoredDocument>> {
        let deed = || format!("load document {document}");
        let head: Option<(String, String)> = sqlx::query_as("SELECT kind, epoch FROM documents WHERE id = $1")
            .bind(document.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        let Some((kind, epoch)) = head else { return Ok(None) };
        let kind = DocumentKind::named(&kind).ok_or_else(|| damaged(deed(), format!("kind {kind}")))?;
        let newest: Option<(i64, Vec<u8>, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT seq, log_checksum, hash, bytes FROM snapshots WHERE document = $1 ORDER BY seq DESC LIMIT 1",
        )
        .bind(document.as_str())
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        // A snapshot is a cache: one that does not match its hash is passed over, the log has it all.
        let newest = newest.and_then(|(seq, log_checksum, hash, bytes)| {
            let whole = blake3::hash(&bytes).as_bytes() == hash.as_slice();
            let log_checksum = <[u8; 32]>::try_from(log_checksum).ok()?;
            whole.then(|| (log_checksum, Snapshot { seq: Seq(seq as u64), bytes: bytes.into() }))
        });
        let (checksum, snapshot) = match newest {
            Some((checksum, snapshot)) => (checksum, Some(snapshot)),
            None => (CHAIN_START, None),
        };
        let after = snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq);
        let bound = self.bindings(document).await?;
        let updates = self.updates_after(document, after, checksum, &bound).await?;
        let bindings = bound.into_iter().map(|bound| (bound.client, bound.person)).collect();
        let epoch = epoch.parse().map_err(|error| damaged(deed(), error))?;
        Ok(Some(StoredDocument { kind, epoch, snapshot, updates, bindings }))
    }

    async fn history(&self, document: &DocumentId) -> Result<Vec<StoredUpdate>> {
        let bound = self.bindings(document).await?;
        self.updates_after(document, Seq(0), CHAIN_START, &bound).await
    }

    async fn keep_snapshot(&self, document: &DocumentId, snapshot: NewSnapshot) -> Result<()> {
        let deed = || format!("keep a snapshot of document {document} at {}", snapshot.seq.0);
        let mut transaction = self.begin(deed).await?;
        sqlx::query(
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
        sqlx::query(
            "DELETE FROM snapshots WHERE document = $1 AND seq NOT IN \
             (SELECT seq FROM snapshots WHERE document = $1 ORDER BY seq DESC LIMIT 2)",
        )
        .bind(document.as_str())
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)
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
        self.log.flush().await;
        self.read.close().await;
        self.write.close().await;
    }
}

impl SqliteStore {
    /// By update, then by client id.
    async fn bindings(&self, document: &DocumentId) -> Result<Vec<Bound>> {
        let deed = || format!("read whose the client ids of document {document} are");
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT seq, client, person FROM client_bindings WHERE document = $1 ORDER BY seq, client")
                .bind(document.as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        let bound = |(seq, client, person): (i64, i64, String)| {
            let person = person.parse().map_err(|error| damaged(deed(), error))?;
            Ok(Bound { seq: Seq(seq as u64), client: client as u64, person })
        };
        rows.into_iter().map(bound).collect()
    }

    /// The updates after `after`, each checked against the chain that `checksum` begins.
    async fn updates_after(
        &self,
        document: &DocumentId,
        after: Seq,
        checksum: [u8; 32],
        bound: &[Bound],
    ) -> Result<Vec<StoredUpdate>> {
        type Row = (i64, String, i64, Vec<u8>, Vec<u8>);
        let deed = || format!("read the log of document {document}");
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT seq, author, at, checksum, bytes FROM updates \
             WHERE document = $1 AND seq > $2 ORDER BY seq",
        )
        .bind(document.as_str())
        .bind(after.0 as i64)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let mut bound = &bound[bound.partition_point(|bound| bound.seq <= after)..];
        let mut before = checksum;
        let mut updates = Vec::with_capacity(rows.len());
        for (seq, author, at, checksum, bytes) in rows {
            let seq = Seq(seq as u64);
            let due = Seq(after.0 + updates.len() as u64 + 1);
            if seq != due {
                return Err(damaged(deed(), format!("update {} is missing", due.0)));
            }
            let author: UserId = author.parse().map_err(|error| damaged(deed(), error))?;
            let at = UnixMillis(at);
            let here = bound.partition_point(|bound| bound.seq <= seq);
            let binds: Vec<u64> = bound[..here].iter().map(|bound| bound.client).collect();
            bound = &bound[here..];
            let expected = chained_checksum(&before, document, seq, &author, at, &binds, &bytes);
            if checksum != expected {
                return Err(damaged(deed(), format!("the checksum of update {} is wrong", seq.0)));
            }
            before = expected;
            updates.push(StoredUpdate { seq, author, at, bytes: Bytes::from(bytes), binds });
        }
        Ok(updates)
    }
}

/// A client id and whose it is, from which update on.
struct Bound {
    seq: Seq,
    client: u64,
    person: UserId,
}

/// The stored end of a document's log.
#[derive(Clone, Copy)]
pub struct Tail {
    pub seq: Seq,
    pub checksum: [u8; 32],
}

/// Reads the end of the log; `Seq(0)` if nothing is stored yet.
pub async fn read_tail(connection: &mut Connection, document: &DocumentId) -> Result<Tail, sqlx::Error> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, checksum FROM updates WHERE document = $1 ORDER BY seq DESC LIMIT 1")
            .bind(document.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(match row {
        Some((seq, checksum)) => {
            let checksum = checksum.try_into().map_err(|_| sqlx::Error::Protocol("a checksum has 32 bytes".into()))?;
            Tail { seq: Seq(seq as u64), checksum }
        }
        None => Tail { seq: Seq(0), checksum: CHAIN_START },
    })
}
