//! Opening a room from the store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use bytes::Bytes;
use shared::sync::room::Room;
use shared::words::{DocumentId, Seq};

use crate::rooms::Rooms;
use crate::store::{Cause, StoredDocument};

/// Where the log and its cache stand at opening.
pub struct Opened {
    pub last: Seq,
    pub snapshot_at: Seq,
}

/// Bytes of a document that is open sooner than another thread would begin with it.
const SHORT: usize = 16 << 10;

/// Why a document can't be opened as it is stored.
enum Unread {
    /// It may do later, or there is no such document.
    Absent,
    /// What is stored makes no document.
    Broken,
}

/// Reads the document and builds its room, as an earlier state of it if need be (E15); `None` if that can't be done
/// either, which is logged here.
pub async fn open(rooms: &Rooms, document: &DocumentId) -> Option<(Room, Opened)> {
    let mut opening = rooms.guard().begin(document);
    if opening.is_suspicious() && !rooms.guard().survives(document).await {
        opening.stays_suspicious();
        tracing::error!(%document, "document {document} ends whatever process opens it: an earlier state is shown");
        if opening.is_hopeless() {
            tracing::error!(%document, "document {document} is not opened any more; `gongbei check` says what is wrong");
            return None;
        }
        return open_sealed(rooms, document).await;
    }
    let started = Instant::now();
    let room = open_whole(rooms, document).await;
    metrics::histogram!("gongbei_room_open_seconds").record(started.elapsed().as_secs_f64());
    match room {
        Ok(room) => Some(room),
        Err(Unread::Absent) => None,
        Err(Unread::Broken) => open_sealed(rooms, document).await,
    }
}

async fn open_whole(rooms: &Rooms, document: &DocumentId) -> Result<(Room, Opened), Unread> {
    match rooms.log().load(document).await {
        Ok(Some(stored)) => build(document, stored).await.ok_or(Unread::Broken),
        Ok(None) => {
            tracing::warn!(%document, "document {document} is not in the store");
            Err(Unread::Absent)
        }
        Err(error) => {
            tracing::error!(%document, "{error}");
            Err(if matches!(error.cause, Cause::Damaged(_)) { Unread::Broken } else { Unread::Absent })
        }
    }
}

/// The newest snapshot that makes a document, for everybody to look at.
async fn open_sealed(rooms: &Rooms, document: &DocumentId) -> Option<(Room, Opened)> {
    let mut below = Seq(u64::MAX);
    loop {
        let stored = match rooms.log().load_snapshot(document, below).await {
            Ok(stored) => stored?,
            Err(error) => {
                tracing::error!(%document, "{error}");
                return None;
            }
        };
        below = stored.tail();
        if let Some((room, opened)) = build(document, stored).await {
            tracing::error!(%document, "document {document} is shown as it was at update {}, for reading only", below.0);
            metrics::counter!("gongbei_rooms_sealed_total").increment(1);
            return Some((room.sealed(), opened));
        }
    }
}

async fn build(document: &DocumentId, stored: StoredDocument) -> Option<(Room, Opened)> {
    let opened =
        Opened { last: stored.tail(), snapshot_at: stored.snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq) };
    let seed = stored.seed(document);
    let bytes = seed.snapshot.iter().chain(&seed.updates).map(Bytes::len).sum::<usize>();
    let open = move || catch_unwind(AssertUnwindSafe(|| Room::open(seed)));
    // A long history takes a while to read: not on a thread that serves sockets.
    let room = if bytes > SHORT { tokio::task::spawn_blocking(open).await } else { Ok(open()) };
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
