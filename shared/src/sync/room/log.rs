//! Appends on their way to the store: in order, held back after a failure, bounded (rules S1 to S5).

use std::collections::VecDeque;

use super::{Append, ParticipantId, RoomEffect};
use crate::sync::Millis;
use crate::wire::Trouble;
use crate::words::{Seq, UserId};
use bytes::Bytes;

/// What may wait for the store before further edits are refused.
pub(super) const MAX_UNSAVED: usize = 8_192;
pub(super) const MAX_UNSAVED_BYTES: usize = 16 << 20;

const RETRY_MILLIS: u64 = 2_000;

#[derive(Debug)]
pub(super) struct Log {
    last: Seq,
    unsaved: VecDeque<Append>,
    unsaved_bytes: usize,
    failing: Option<Failing>,
}

#[derive(Debug)]
struct Failing {
    trouble: Trouble,
    /// `None` while an attempt is under way.
    retry_at: Option<Millis>,
}

impl Log {
    pub fn new(last: Seq) -> Self {
        Self { last, unsaved: VecDeque::new(), unsaved_bytes: 0, failing: None }
    }

    /// The last number given out.
    pub fn last(&self) -> Seq {
        self.last
    }

    pub fn is_settled(&self) -> bool {
        self.unsaved.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.unsaved.len() >= MAX_UNSAVED || self.unsaved_bytes >= MAX_UNSAVED_BYTES
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.failing.as_ref().map(|failing| failing.trouble)
    }

    pub fn retry_at(&self) -> Option<Millis> {
        self.failing.as_ref().and_then(|failing| failing.retry_at)
    }

    /// Whether everything up to `seq` is durable.
    pub fn has_stored(&self, seq: Seq) -> bool {
        self.unsaved.front().is_none_or(|first| seq < first.seq)
    }

    /// Numbers an update and sends it to the store, unless the store has to recover first.
    pub fn append(
        &mut self,
        from: ParticipantId,
        author: &UserId,
        binds: Vec<u64>,
        update: Bytes,
        effects: &mut Vec<RoomEffect>,
    ) -> Seq {
        self.last = Seq(self.last.0 + 1);
        let append = Append { seq: self.last, author: author.clone(), from, binds, update };
        self.unsaved_bytes += append.update.len();
        if self.retry_at().is_none() {
            effects.push(RoomEffect::Append(append.clone()));
        }
        self.unsaved.push_back(append);
        self.last
    }

    /// Returns whether the store has just recovered.
    pub fn stored(&mut self, upto: Seq) -> bool {
        let mut progress = false;
        while let Some(first) = self.unsaved.front().filter(|first| first.seq <= upto) {
            self.unsaved_bytes -= first.update.len();
            self.unsaved.pop_front();
            progress = true;
        }
        progress && self.failing.take().is_some()
    }

    /// Returns whether this trouble is news.
    pub fn failed(&mut self, now: Millis, trouble: Trouble) -> bool {
        let news = self.trouble() != Some(trouble);
        self.failing = Some(Failing { trouble, retry_at: Some(now.plus(RETRY_MILLIS)) });
        news
    }

    /// Sends everything that is not stored again, oldest first, when it is time.
    pub fn retry(&mut self, now: Millis, effects: &mut Vec<RoomEffect>) {
        if let Some(failing) = &mut self.failing
            && failing.retry_at.is_some_and(|at| now >= at)
        {
            failing.retry_at = None;
            effects.extend(self.unsaved.iter().cloned().map(RoomEffect::Append));
        }
    }
}
