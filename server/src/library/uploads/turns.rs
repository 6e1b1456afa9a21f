//! One at a time for each upload, and whoever comes later ends the turn before: a line that was cut leaves a request that
//! would wait for its bytes for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::words::UploadId;
use tokio::sync::{OwnedMutexGuard, watch};

#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<UploadId, Line>>>);

struct Line {
    /// Counts who has come.
    last: watch::Sender<u64>,
    one: Arc<tokio::sync::Mutex<()>>,
    /// Who has or waits for a turn.
    people: usize,
}

/// As long as it lasts nobody else does anything with the upload.
pub struct Turn {
    number: u64,
    last: watch::Receiver<u64>,
    // Given up before the place in the line, which may be the last to hold it.
    _one: OwnedMutexGuard<()>,
    _place: Place,
}

struct Place {
    turns: Turns,
    upload: UploadId,
}

impl Turns {
    /// Tells whoever has the turn that it is over, and waits for its end.
    pub async fn take(&self, upload: &UploadId) -> Turn {
        let (number, last, one, place) = self.queue(upload);
        let one = one.lock_owned().await;
        Turn { number, last, _one: one, _place: place }
    }

    fn queue(&self, upload: &UploadId) -> (u64, watch::Receiver<u64>, Arc<tokio::sync::Mutex<()>>, Place) {
        let mut lines = self.lines();
        let line = lines.entry(upload.clone()).or_insert_with(|| Line {
            last: watch::Sender::new(0),
            one: Arc::default(),
            people: 0,
        });
        line.people += 1;
        let number = *line.last.borrow() + 1;
        line.last.send_replace(number);
        let place = Place { turns: self.clone(), upload: upload.clone() };
        (number, line.last.subscribe(), line.one.clone(), place)
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<UploadId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Comes back once somebody else waits.
    pub async fn is_over(&self) {
        let number = self.number;
        // The line is kept as long as somebody stands in it, so it does not end.
        self.last.clone().wait_for(|last| *last != number).await.ok();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        if let Some(line) = lines.get_mut(&self.upload) {
            line.people -= 1;
            if line.people == 0 {
                lines.remove(&self.upload);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_later_ends_the_turn_before_and_nothing_is_left_of_the_line() {
        let turns = Turns::default();
        let upload: UploadId = "lesson".parse().unwrap();
        let first = turns.take(&upload).await;
        assert!(first.is_over().now_or_never().is_none());
        let other = turns.take(&"other".parse().unwrap()).now_or_never();
        assert!(other.is_some(), "another upload has a line of its own");
        let mut second = Box::pin(turns.take(&upload));
        assert!(second.as_mut().now_or_never().is_none(), "one at a time");
        first.is_over().await;
        {
            let mut gone = Box::pin(turns.take(&upload));
            assert!(gone.as_mut().now_or_never().is_none());
        }
        drop(first);
        let second = second.await;
        second.is_over().now_or_never().expect("who came after it and left has ended it, too");
        drop((second, other));
        assert!(turns.lines().is_empty());
    }
}
