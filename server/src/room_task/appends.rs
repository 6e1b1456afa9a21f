//! Appends between a room and the store: how many are under way, and which was the first to fail.

use std::collections::VecDeque;

use shared::words::Seq;
use tokio::sync::mpsc;

use crate::store::{Appended, Cause, Log, NewUpdate};

/// Appends on their way to the disk, at most; beyond that the room reads no further.
const APPENDS_UNDER_WAY: usize = 1024;
/// The same in bytes.
const BYTES_UNDER_WAY: usize = 32 << 20;

/// Appends between the room and the store.
pub struct Appends {
    done: mpsc::UnboundedSender<Appended>,
    stored: mpsc::UnboundedReceiver<Appended>,
    /// Sizes of those without an answer yet, oldest first; the store answers in this order.
    under_way: VecDeque<usize>,
    bytes: usize,
    /// The first that failed. The room hears of it once nothing is under way any more, so that nothing
    /// appended before can still be stored behind its back.
    failed: Option<(Seq, Cause)>,
}

impl Appends {
    pub fn new() -> Self {
        let (done, stored) = mpsc::unbounded_channel();
        Self { done, stored, under_way: VecDeque::new(), bytes: 0, failed: None }
    }

    /// Hands an update to the store; after a failure not: the room appends it again with the one that failed.
    pub fn hand_over(&mut self, update: NewUpdate, log: &dyn Log) {
        if self.failed.is_none() {
            self.under_way.push_back(update.bytes.len());
            self.bytes += update.bytes.len();
            log.append(update, self.done.clone());
        }
    }

    pub fn have_room(&self) -> bool {
        self.under_way.len() < APPENDS_UNDER_WAY && self.bytes < BYTES_UNDER_WAY
    }

    /// Waits for the store's next answer and takes all that have come with it; gives the last number stored.
    pub async fn answer(&mut self) -> Option<Seq> {
        let mut stored = None;
        let mut next = self.stored.recv().await;
        while let Some(appended) = next {
            stored = self.count(appended).or(stored);
            next = self.stored.try_recv().ok();
        }
        stored
    }

    pub fn are_settled(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The first that failed, once nothing is under way.
    pub fn take_failure(&mut self) -> Option<(Seq, Cause)> {
        if self.are_settled() { self.failed.take() } else { None }
    }

    /// Counts an answer; gives the number if the update is stored.
    fn count(&mut self, appended: Appended) -> Option<Seq> {
        self.bytes -= self.under_way.pop_front().unwrap_or(0);
        match appended.outcome {
            Ok(()) => Some(appended.seq),
            Err(cause) => {
                self.failed.get_or_insert((appended.seq, cause));
                None
            }
        }
    }
}
