//! The person's own edits: numbered, kept, sent, saved (rules C4 to C8).

use std::collections::VecDeque;

use bytes::Bytes;
use yrs::merge_updates_v1;

use super::{ClientEffect, ClientSync, Link, Moment, Replica, Saving, StopReason};
use crate::sync::Millis;
use crate::wire::{MAX_FIRST_SYNC, MAX_FRAME, Message, Refused, RefusedReason, Trouble, update};
use crate::words::UnixMillis;

/// Above so many unsent bytes local updates wait for the socket and are merged.
const SOCKET_BYTES: usize = 16 << 10;
/// So many updates are merged at once; more are told apart as a difference.
const MAX_MERGED: usize = 256;
/// Room for what a frame has around its update.
const FRAME_HEAD: usize = 16;
const RESYNC_MILLIS: u64 = 1_000;
const MAX_RESYNC_MILLIS: u64 = 15_000;
/// So often the server may lack what our edits build on before they are put aside: whoever made it may come back with
/// it. Eight seconds apart on average, that is ten minutes.
const MAX_RESYNCS: u32 = 75;

#[derive(Debug)]
pub(super) struct Edits {
    /// Numbers of local updates: made, on this device, on the server.
    made: u64,
    kept: u64,
    saved: u64,
    /// Updates of earlier page loads are not known to be on the server.
    kept_before: bool,
    /// The first edit that storage of this device did not take; only the server can make good for it.
    not_kept: Option<u64>,
    saved_at: Option<UnixMillis>,
    /// Update-carrying frames sent on this connection.
    frames: u64,
    had_step2: bool,
    covers: VecDeque<Cover>,
    /// Made, not sent: the socket is busy.
    held: Vec<Bytes>,
    waiting_bytes: usize,
    resync: Resync,
    resyncs: u32,
    /// The copy here may hold what a room handed on and never stored: the server has to see all of it once.
    pub compare: bool,
}

/// When frame `frame` is saved, everything up to `upto` is; a `whole` difference holds earlier page loads' too.
#[derive(Debug)]
struct Cover {
    frame: u64,
    upto: u64,
    whole: bool,
}

/// After a refusal nothing is sent before the two sides have compared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resync {
    NotNeeded,
    At(Millis),
    Asked,
}

impl Edits {
    pub fn new(kept_before: bool) -> Self {
        Self {
            made: 0,
            kept: 0,
            saved: 0,
            kept_before,
            not_kept: None,
            saved_at: None,
            frames: 0,
            had_step2: false,
            covers: VecDeque::new(),
            held: Vec::new(),
            waiting_bytes: 0,
            resync: Resync::NotNeeded,
            resyncs: 0,
            compare: false,
        }
    }

    pub fn saving(&self, trouble: Option<Trouble>) -> Saving {
        let safe = self.kept.max(self.saved);
        Saving {
            in_tab: self.made - safe,
            on_device: safe - self.saved + u64::from(self.kept_before),
            on_server: self.saved_at,
            device_full: self.not_kept.is_some(),
            trouble,
        }
    }

    pub fn has_unsaved(&self) -> bool {
        self.made > self.saved || self.kept_before
    }

    /// What comes after an edit that is not on the device is not safe there either: it builds on it.
    pub fn kept(&mut self, n: u64) {
        let before_the_gap = self.not_kept.map_or(u64::MAX, |first| first - 1);
        self.kept = self.kept.max(n.min(self.made).min(before_the_gap));
    }

    pub fn keep_failed(&mut self, n: u64) {
        if n > self.kept.max(self.saved) {
            self.not_kept = Some(self.not_kept.map_or(n, |first| first.min(n)));
        }
    }

    /// Returns whether something has left since the last time.
    pub fn socket_waits(&mut self, bytes: usize) -> bool {
        bytes < std::mem::replace(&mut self.waiting_bytes, bytes)
    }

    /// So much waits in the socket that what is sent now comes late.
    pub fn is_held_up(&self) -> bool {
        const HELD_UP_BYTES: usize = 2 << 10;
        self.waiting_bytes > HELD_UP_BYTES
    }

    pub fn resync_at(&self) -> Option<Millis> {
        match self.resync {
            Resync::At(at) => Some(at),
            Resync::NotNeeded | Resync::Asked => None,
        }
    }

    /// A new connection knows nothing of the old one's frames.
    pub fn disconnected(&mut self) {
        self.frames = 0;
        self.had_step2 = false;
        self.covers.clear();
        self.held.clear();
        self.waiting_bytes = 0;
        self.resync = Resync::NotNeeded;
    }

    /// The server has nothing to ask for and we nothing to send.
    pub fn note_all_saved(&mut self, at: UnixMillis) {
        if !self.has_unsaved() {
            self.saved_at = Some(at);
        }
    }

    fn send(&mut self, message: &Message, whole: bool, effects: &mut Vec<ClientEffect>) {
        self.frames += 1;
        self.covers.push_back(Cover { frame: self.frames, upto: self.made, whole });
        effects.push(ClientEffect::Send(message.encode()));
    }
}

impl ClientSync {
    pub(super) fn local_update(
        &mut self,
        at: Moment,
        update: Bytes,
        replica: &mut dyn Replica,
        effects: &mut Vec<ClientEffect>,
    ) {
        if update == update::EMPTY {
            return;
        }
        self.edits.made += 1;
        effects.push(ClientEffect::Keep { n: self.edits.made, update: update.clone() });
        if self.link == Link::Live && self.edits.resync == Resync::NotNeeded {
            self.edits.held.push(update);
            self.flush(at, replica, effects);
        }
    }

    /// Sends what is held, merged to one frame, unless the socket is still busy.
    pub(super) fn flush(&mut self, at: Moment, replica: &mut dyn Replica, effects: &mut Vec<ClientEffect>) {
        let waits = self.edits.held.is_empty() || self.edits.waiting_bytes > SOCKET_BYTES;
        if waits || self.link != Link::Live || self.edits.resync != Resync::NotNeeded {
            return;
        }
        let held = std::mem::take(&mut self.edits.held);
        let merged = match held.as_slice() {
            [only] => Some(only.clone()),
            many if many.len() <= MAX_MERGED => merge_updates_v1(many).ok().map(Bytes::from),
            _ => None,
        };
        match merged {
            Some(update) if update.len() + FRAME_HEAD <= MAX_FRAME => {
                self.edits.send(&Message::Update(update), false, effects);
            }
            // Too many or too much for a frame of its own: the difference is never more than that.
            Some(_) | None => self.resync(at, replica, effects),
        }
    }

    /// Compares with the server again, on a new connection if a large first difference may be due (C7).
    fn resync(&mut self, at: Moment, replica: &dyn Replica, effects: &mut Vec<ClientEffect>) {
        if self.edits.had_step2 {
            effects.push(ClientEffect::Disconnect);
            self.connect(at, effects);
        } else {
            self.edits.resync = Resync::Asked;
            effects.push(self.question(replica.state_vector()));
        }
    }

    /// The server says what it has: it gets what it lacks, if there can be anything.
    pub(super) fn send_difference(
        &mut self,
        at: Moment,
        theirs: &[u8],
        replica: &dyn Replica,
        effects: &mut Vec<ClientEffect>,
    ) {
        self.edits.resync = Resync::NotNeeded;
        self.edits.held.clear();
        let unsaved = self.edits.has_unsaved();
        if !unsaved && !self.edits.compare {
            return self.edits.note_all_saved(at.wall);
        }
        if self.right.is_some_and(|right| !right.may_edit()) {
            let reason = if unsaved { StopReason::Refused(RefusedReason::ViewOnly) } else { StopReason::StartAfresh };
            return self.stop(reason, effects);
        }
        let Ok(difference) = replica.diff(theirs) else {
            return self.stop(StopReason::Protocol, effects);
        };
        let len = difference.len() + FRAME_HEAD;
        if len > MAX_FIRST_SYNC {
            self.stop(StopReason::Refused(RefusedReason::TooLarge), effects);
        } else if len > MAX_FRAME && self.edits.had_step2 {
            effects.push(ClientEffect::Disconnect);
            self.connect(at, effects);
        } else {
            self.edits.had_step2 = true;
            let whole = replica.is_whole();
            self.edits.send(&Message::Step2(difference.into()), whole, effects);
            if !whole {
                // What earlier loads kept builds on what a crash took from the server: its author has to come back.
                self.resync_later(at, RefusedReason::Missing, effects);
            }
        }
    }

    pub(super) fn saved(&mut self, at: Moment, frames: u64, effects: &mut Vec<ClientEffect>) {
        let edits = &mut self.edits;
        let before = edits.saved;
        while let Some(cover) = edits.covers.pop_front_if(|cover| cover.frame <= frames) {
            edits.saved = edits.saved.max(cover.upto);
            edits.not_kept = edits.not_kept.filter(|first| *first > edits.saved);
            if cover.whole {
                edits.resyncs = 0;
                edits.compare = false;
            }
            if cover.whole && edits.kept_before {
                edits.kept_before = false;
                effects.push(ClientEffect::ForgetEarlier);
            }
        }
        if edits.saved > before {
            effects.push(ClientEffect::Forget { upto: edits.saved });
        }
        edits.note_all_saved(at.wall);
    }

    /// Nothing that is on its way counts any more; either it fits later, or it stays here for good (C8).
    pub(super) fn refused(&mut self, at: Moment, refused: Refused, effects: &mut Vec<ClientEffect>) {
        if !self.edits.covers.iter().any(|cover| cover.frame == refused.frame) {
            return;
        }
        self.edits.covers.clear();
        self.resync_later(at, refused.reason, effects);
    }

    fn resync_later(&mut self, at: Moment, reason: RefusedReason, effects: &mut Vec<ClientEffect>) {
        self.edits.resyncs = self.edits.resyncs.saturating_add(1);
        let hopeless = self.edits.resyncs > MAX_RESYNCS && reason != RefusedReason::StorageFull;
        if hopeless && !self.edits.has_unsaved() {
            return self.stop(StopReason::StartAfresh, effects);
        }
        if hopeless || !reason.is_passing() {
            return self.stop(StopReason::Refused(reason), effects);
        }
        let cap = (RESYNC_MILLIS << self.edits.resyncs.min(5)).min(MAX_RESYNC_MILLIS);
        let wait = RESYNC_MILLIS / 2 + (cap as f64 * at.chance) as u64;
        self.edits.resync = Resync::At(at.now.plus(wait));
    }

    pub(super) fn resync_if_due(&mut self, at: Moment, replica: &dyn Replica, effects: &mut Vec<ClientEffect>) {
        if self.edits.resync_at().is_some_and(|due| at.now >= due) {
            self.edits.resync = Resync::Asked;
            effects.push(self.question(replica.state_vector()));
        }
    }
}
