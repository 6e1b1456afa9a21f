//! Bytes from a line into a file, as they come and in constant memory.

use std::fs::File;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::task::{JoinHandle, spawn_blocking};

/// So much is read ahead of the disk.
const AHEAD: usize = 4 << 20;
/// The disk is told to keep what it has after so many bytes, but not more often than [`SYNC_APART`], and at the end: a
/// power cut costs a slow line four mebibytes at most, and a fast one what comes in that time and while the disk syncs.
const SYNC_EVERY: u64 = 4 << 20;
const SYNC_APART: Duration = Duration::from_millis(500);
/// A line on which nothing comes for so long is given up: what came is kept, and the rest comes over another.
const STALLS_AFTER: Duration = Duration::from_secs(60);

/// Why no more came.
#[derive(Debug)]
pub enum Ended {
    /// The sender has sent all it wanted to.
    Sent,
    /// The sender has sent more than there was to come; that is left out.
    TooMuch,
    /// The line broke.
    Cut,
    /// Nothing came for too long.
    Stalled,
    /// It was somebody else's turn.
    Over,
    /// The disk.
    Failed(io::Error),
}

/// Appends what comes, at most `room` bytes of it, and comes back when that is durable. How much that is, the file says.
pub async fn receive<E>(
    file: File,
    mut room: u64,
    body: impl Stream<Item = Result<Bytes, E>>,
    over: impl Future<Output = ()>,
) -> Ended {
    let (mut body, mut over) = (std::pin::pin!(body), std::pin::pin!(over));
    let mut disk = Disk::new(file);
    let mut ahead = Vec::new();
    let mut bytes_ahead = 0;
    let ended = loop {
        if !ahead.is_empty() && disk.is_idle() {
            disk.write(std::mem::take(&mut ahead));
            bytes_ahead = 0;
        }
        tokio::select! {
            biased;
            () = &mut over => break Ended::Over,
            written = disk.idle(), if !disk.is_idle() => {
                if let Err(error) = written {
                    break Ended::Failed(error);
                }
            }
            came = tokio::time::timeout(STALLS_AFTER, body.next()), if bytes_ahead < AHEAD => match came {
                Err(_) => break Ended::Stalled,
                Ok(None) => break Ended::Sent,
                Ok(Some(Err(_))) => break Ended::Cut,
                Ok(Some(Ok(bytes))) => {
                    let fits = bytes.slice(..bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
                    let too_much = fits.len() < bytes.len();
                    room -= fits.len() as u64;
                    bytes_ahead += fits.len();
                    ahead.push(fits);
                    if too_much {
                        break Ended::TooMuch;
                    }
                }
            },
        }
    };
    match disk.finish(ahead).await {
        Ok(()) => ended,
        Err(error) => Ended::Failed(error),
    }
}

/// A file that is written on another thread, and synced meanwhile on a third.
struct Disk {
    file: Option<File>,
    writing: Option<JoinHandle<io::Result<(File, u64)>>>,
    syncing: Option<JoinHandle<io::Result<()>>>,
    /// Bytes written since the last sync began, and when that was.
    unsynced: u64,
    synced_at: Instant,
}

impl Disk {
    fn new(file: File) -> Self {
        Self { file: Some(file), writing: None, syncing: None, unsynced: 0, synced_at: Instant::now() }
    }

    fn is_idle(&self) -> bool {
        self.writing.is_none()
    }

    fn write(&mut self, pieces: Vec<Bytes>) {
        let Some(file) = self.file.take() else { return };
        self.writing = Some(spawn_blocking(move || write(file, &pieces)));
    }

    /// Waits for what is being written. May be dropped and called again.
    async fn idle(&mut self) -> io::Result<()> {
        let Some(writing) = &mut self.writing else { return Ok(()) };
        let written = writing.await;
        self.writing = None;
        let (file, bytes) = written.map_err(io::Error::other)??;
        self.unsynced += bytes;
        let syncs = self.syncing.as_ref().is_some_and(|syncing| !syncing.is_finished());
        let is_due = self.unsynced >= SYNC_EVERY && self.synced_at.elapsed() >= SYNC_APART && !syncs;
        let synced = if is_due { Some(file.try_clone()) } else { None };
        self.file = Some(file);
        let Some(file) = synced else { return Ok(()) };
        self.synced().await?;
        let file = file?;
        self.syncing = Some(spawn_blocking(move || file.sync_data()));
        (self.unsynced, self.synced_at) = (0, Instant::now());
        Ok(())
    }

    /// Waits for the sync that goes on, if one does.
    async fn synced(&mut self) -> io::Result<()> {
        let Some(syncing) = &mut self.syncing else { return Ok(()) };
        let synced = syncing.await;
        self.syncing = None;
        synced.map_err(io::Error::other)?
    }

    async fn finish(mut self, pieces: Vec<Bytes>) -> io::Result<()> {
        self.idle().await?;
        // Without a file writing has failed before, and that was said.
        let Some(file) = self.file.take() else { return Ok(()) };
        // An error of the disk is told to one sync only, which may be this one.
        self.synced().await?;
        let written = spawn_blocking(move || {
            let (file, _) = write(file, &pieces)?;
            file.sync_all()
        });
        written.await.map_err(io::Error::other)?
    }
}

/// Gives the bytes, too.
fn write(mut file: File, pieces: &[Bytes]) -> io::Result<(File, u64)> {
    for piece in pieces {
        file.write_all(piece)?;
    }
    Ok((file, pieces.iter().map(|piece| piece.len() as u64).sum()))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn check(room: u64, came: Vec<Result<Bytes, ()>>, expected: &[u8]) -> Ended {
        let file = tempfile::NamedTempFile::new().unwrap();
        let appending = File::options().append(true).open(file.path()).unwrap();
        let ended = receive(appending, room, stream::iter(came), std::future::pending()).await;
        assert!(std::fs::read(file.path()).unwrap() == expected);
        ended
    }

    #[tokio::test]
    async fn all_that_came_before_the_end_is_in_the_file_and_never_more_than_was_to_come() {
        let piece = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        assert!(matches!(check(9, vec![], b"").await, Ended::Sent));
        assert!(matches!(check(6, vec![piece("abc"), piece("def")], b"abcdef").await, Ended::Sent));
        assert!(matches!(check(6, vec![piece("abc"), Err(())], b"abc").await, Ended::Cut));
        assert!(matches!(check(5, vec![piece("abc"), piece("def"), piece("ghi")], b"abcde").await, Ended::TooMuch));
        let many: Vec<_> = (0..=255u8).map(|n| Ok(Bytes::from(vec![n; 100_000]))).collect();
        let all: Vec<u8> = (0..=255u8).flat_map(|n| vec![n; 100_000]).collect();
        assert!(matches!(check(u64::MAX, many, &all).await, Ended::Sent));
    }

    #[tokio::test]
    async fn a_turn_that_is_over_leaves_what_came() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let appending = File::options().append(true).open(file.path()).unwrap();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let mut end = Some(end);
        let silent = stream::iter([Ok::<_, ()>(Bytes::from_static(b"abc"))]).chain(stream::poll_fn(move |_| {
            end.take();
            std::task::Poll::Pending
        }));
        let ended = receive(appending, 9, silent, async { drop(ended.await) }).await;
        assert!(matches!(ended, Ended::Over), "{ended:?}");
        assert_eq!(std::fs::read(file.path()).unwrap(), b"abc");
    }
}
