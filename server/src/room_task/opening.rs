//! Opening a room from the store, and checking that a snapshot opens again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use bytes::Bytes;
use shared::sync::room::{Room, RoomSeed};
use shared::words::{DocumentId, Seq};

use crate::rooms::Rooms;

/// Where the log and its cache stand at opening.
pub struct Opened {
    pub last: Seq,
    pub snapshot_at: Seq,
}

/// Reads the document and builds its room; `None` if that can't be done, which is logged here.
pub async fn open(rooms: &Rooms, document: &DocumentId) -> Option<(Room, Opened)> {
    let started = Instant::now();
    let stored = match rooms.log().load(document).await {
        Ok(Some(stored)) => stored,
        Ok(None) => {
            tracing::warn!(%document, "document {document} is not in the store");
            return None;
        }
        Err(error) => {
            tracing::error!(%document, "{error}");
            return None;
        }
    };
    let opened =
        Opened { last: stored.tail(), snapshot_at: stored.snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq) };
    let seed = RoomSeed {
        document: document.clone(),
        epoch: stored.epoch,
        snapshot: stored.snapshot.map(|snapshot| snapshot.bytes),
        updates: stored.updates.into_iter().map(|update| update.bytes).collect(),
        last: opened.last,
        authors: stored.bindings,
    };
    // A long history takes a while to read: not on a thread that serves sockets.
    let room = tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| Room::open(seed)))).await;
    metrics::histogram!("gongbei_room_open_seconds").record(started.elapsed().as_secs_f64());
    match room {
        Ok(Ok(Ok(room))) => Some((room, opened)),
        Ok(Ok(Err(error))) => {
            tracing::error!(%document, "{error}");
            None
        }
        Ok(Err(_)) | Err(_) => {
            tracing::error!(%document, "opening document {document} panicked");
            None
        }
    }
}

/// Whether the snapshot opens again as the same document.
pub fn reads_back(document: DocumentId, update: Bytes, upto: Seq, state_vector: &Bytes) -> bool {
    let epoch = "check".parse().expect("a word is an epoch");
    let seed = RoomSeed {
        document,
        epoch,
        snapshot: Some(update.clone()),
        updates: Vec::new(),
        last: upto,
        authors: Vec::new(),
    };
    let again = Room::open(seed).ok().and_then(|room| room.snapshot());
    again.is_some_and(|again| again.state_vector == *state_vector && again.update.len() <= update.len())
}
