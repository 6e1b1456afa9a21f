//! The chain of checksums through a document's log, and walking along it.

use shared::words::{DocumentId, Seq, UnixMillis, UserId};

use super::Connection;
use crate::store::StoredUpdate;
use crate::store::segment::{self, Entry};

/// A place in a document's log: its last update, and the checksum of that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub seq: Seq,
    pub checksum: [u8; 32],
}

impl Place {
    /// Before the first update.
    pub const START: Place = Place { seq: Seq(0), checksum: [0; 32] };
}

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

/// A client id and whose it is, from which update on.
#[derive(Debug, Clone)]
pub struct Bound {
    pub seq: Seq,
    pub client: u64,
    pub person: UserId,
}

/// A row of `updates`, as it was found.
#[derive(Debug)]
pub struct LogRow {
    pub seq: Seq,
    pub checksum: Vec<u8>,
    pub entry: Entry,
}

/// A row of `segments`, as it was found.
pub struct SegmentRow {
    pub first: Seq,
    pub last: Seq,
    pub checksum: Vec<u8>,
    pub encoding: i64,
    pub hash: Vec<u8>,
    pub bytes: Vec<u8>,
}

/// Goes along a log update by update, and finds where it is not what was written.
pub struct Walk<'a> {
    document: &'a DocumentId,
    at: Place,
    /// By update, those behind `at` only.
    bound: &'a [Bound],
}

impl<'a> Walk<'a> {
    /// From behind `at`; `bound` is ordered by update.
    pub fn new(document: &'a DocumentId, at: Place, bound: &'a [Bound]) -> Self {
        Self { document, at, bound: &bound[bound.partition_point(|bound| bound.seq <= at.seq)..] }
    }

    pub fn place(&self) -> Place {
        self.at
    }

    /// The next update out of a row.
    pub fn row(&mut self, row: LogRow) -> Result<StoredUpdate, String> {
        let LogRow { seq, checksum, entry } = row;
        self.due(seq)?;
        let update = self.entry(entry)?;
        if checksum != self.at.checksum {
            return Err(format!("the checksum of update {} is wrong", seq.0));
        }
        Ok(update)
    }

    /// The next updates out of a segment.
    pub fn segment(&mut self, row: SegmentRow) -> Result<Vec<StoredUpdate>, String> {
        let SegmentRow { first, last, checksum, encoding, hash, bytes } = row;
        self.due(first)?;
        let named = |what: &dyn std::fmt::Display| format!("the segment of updates {} to {}: {what}", first.0, last.0);
        if blake3::hash(&bytes).as_bytes() != hash.as_slice() {
            return Err(named(&"its bytes are not those that were written"));
        }
        let entries = segment::unpack(encoding, &bytes).map_err(|error| named(&error))?;
        let updates = entries.into_iter().map(|entry| self.entry(entry)).collect::<Result<Vec<_>, _>>()?;
        if self.at.seq != last || checksum != self.at.checksum {
            return Err(named(&"its checksum is wrong"));
        }
        Ok(updates)
    }

    fn due(&self, seq: Seq) -> Result<(), String> {
        let due = self.at.seq.0 + 1;
        if seq.0 == due { Ok(()) } else { Err(format!("update {due} is missing")) }
    }

    /// Takes what the log says of the next update, and goes there.
    fn entry(&mut self, entry: Entry) -> Result<StoredUpdate, String> {
        let seq = Seq(self.at.seq.0 + 1);
        let (here, behind) = self.bound.split_at(self.bound.partition_point(|bound| bound.seq <= seq));
        self.bound = behind;
        let Entry { author, at, bytes } = entry;
        // Not in the checksum, and no need: a client id is bound to whoever first wrote under it.
        if let Some(other) = here.iter().find(|bound| bound.person != author) {
            return Err(format!("client {} is not {author}'s, who wrote update {}", other.client, seq.0));
        }
        let binds: Vec<u64> = here.iter().map(|bound| bound.client).collect();
        let checksum = chained_checksum(&self.at.checksum, self.document, seq, &author, at, &binds, &bytes);
        self.at = Place { seq, checksum };
        Ok(StoredUpdate { seq, author, at, bytes, binds })
    }
}

/// Reads where the log ends.
pub async fn read_end(connection: &mut Connection, document: &DocumentId) -> Result<Place, sqlx::Error> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT seq, checksum FROM updates WHERE document = $1 \
         UNION ALL SELECT last, checksum FROM segments WHERE document = $1 ORDER BY 1 DESC LIMIT 1",
    )
    .bind(document.as_str())
    .fetch_optional(connection)
    .await?;
    place(row)
}

/// Reads where the packed part of the log ends.
pub async fn read_end_of_segments(connection: &mut Connection, document: &DocumentId) -> Result<Place, sqlx::Error> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT last, checksum FROM segments WHERE document = $1 ORDER BY first DESC LIMIT 1")
            .bind(document.as_str())
            .fetch_optional(connection)
            .await?;
    place(row)
}

fn place(row: Option<(i64, Vec<u8>)>) -> Result<Place, sqlx::Error> {
    let Some((seq, checksum)) = row else { return Ok(Place::START) };
    let checksum = checksum.try_into().map_err(|_| sqlx::Error::Protocol("a checksum has 32 bytes".into()))?;
    Ok(Place { seq: Seq(seq as u64), checksum })
}
