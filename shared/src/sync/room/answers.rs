//! What somebody lacks, and when they get it (J2, J3, L2, L3, L5, L7).

use bytes::Bytes;
use yrs::{ClientID, ReadTxn, StateVector, Transact};

use super::participant::{CatchUp, MAX_QUEUE_BYTES};
use super::{Dialect, ParticipantId, Room, RoomEffect, RoomInput};
use crate::board::glance::{self, View};
use crate::sync::Millis;
use crate::sync::admit::Clocks;
use crate::sync::packed;
use crate::wire::update::read_state_vector;
use crate::wire::{CloseCode, Message};

/// Bytes that a room writes for large answers in a millisecond, on average: a tenth of what a core can. Who asks beyond
/// that waits.
const BYTES_PER_MILLI: u64 = 8 << 10;
/// The same for answers up to a reader's queue: hundreds who fell behind together are soon up to date again.
const SMALL_BYTES_PER_MILLI: u64 = 64 << 10;
/// A longer difference is not packed for one reader alone.
const PACKED_ALONE: usize = 1 << 20;
/// Updates that go after the whole document before that is written anew, and their bytes.
const MAX_SINCE: usize = 64;
const MAX_SINCE_BYTES: usize = 64 << 10;
/// A document from this size on keeps a thread busy while an answer is written.
const LONG: usize = 256 << 10;

/// A document under this size is there as soon as a glance of it.
const WORTH_A_GLANCE: usize = 64 << 10;

/// The whole document as a step 2, one for all who ask. For our own client one letter more does not make it stale: what
/// came since goes after it, and the end of it all is told (J3). A stock client takes the step 2 for all there is.
#[derive(Default)]
pub(super) struct Whole {
    plain: Option<Bytes>,
    packed: Option<Bytes>,
    /// Since `packed` was written.
    since: Vec<Bytes>,
    since_bytes: usize,
}

impl Whole {
    /// An update was handed on in this frame.
    pub fn note(&mut self, frame: &Bytes) {
        self.plain = None;
        let Some(base) = self.packed.as_ref().map(Bytes::len) else { return };
        self.since.push(frame.clone());
        self.since_bytes += frame.len();
        let most = (base / 4).clamp(packed::WORTH, MAX_SINCE_BYTES);
        if self.since.len() > MAX_SINCE || self.since_bytes > most {
            *self = Self::default();
        }
    }

    fn base(&self, unpacks: bool) -> Option<&Bytes> {
        if unpacks { self.packed.as_ref() } else { self.plain.as_ref() }
    }
}

impl Room {
    /// Step 1: answers with what the asker lacks, and asks our own client back (J2, J3).
    pub(super) fn answer(
        &mut self,
        now: Millis,
        who: ParticipantId,
        state_vector: &[u8],
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(participant) = self.participants.get_mut(&who) else { return };
        let Ok(entries) = read_state_vector(state_vector) else {
            return participant.close(who, CloseCode::Malformed, "malformed state vector", effects);
        };
        // Only whom the document has: yrs takes ages to hash ids that were chosen to collide.
        let has: Clocks = entries.into_iter().filter(|(client, _)| self.clocks.contains_key(client)).collect();
        if participant.is_behind() {
            return participant.ask_later(now, has);
        }
        let (unpacks, asks_back) = (participant.unpacks, participant.dialect == Dialect::Gongbei);
        if !self.is_time_for(now, &has, unpacks) {
            self.deferring = true;
            return self.ask_later(now, who, has);
        }
        let mut frames = self.lacking(now, who, &has, unpacks);
        if asks_back {
            frames.push(Message::Step1(self.state_vector()).encode());
        }
        if !self.participants.get_mut(&who).is_some_and(|p| p.send_answer(who, now, &frames, effects)) {
            self.ask_later(now, who, has);
        }
    }

    /// What somebody looks at, before all the rest (J7): only of a document that takes a while, and once a connection.
    pub(super) fn look(&mut self, now: Millis, who: ParticipantId, view: &[u8], effects: &mut Vec<RoomEffect>) {
        let is_worth_it = self.size >= WORTH_A_GLANCE;
        let Some(participant) = self.participants.get_mut(&who) else { return };
        let Ok(view) = View::decode(view) else {
            return participant.close(who, CloseCode::Malformed, "malformed view", effects);
        };
        if is_worth_it && !std::mem::replace(&mut participant.has_looked, true) {
            let seen = Message::Glance(glance::glance(&self.doc, &view).into()).encode();
            participant.send(who, now, seen, effects);
        }
    }

    fn ask_later(&mut self, now: Millis, who: ParticipantId, has: Clocks) {
        if let Some(participant) = self.participants.get_mut(&who) {
            participant.ask_later(now, has);
        }
    }

    /// A slow reader has read: when little is left they get the difference (L3).
    pub(super) fn drained(
        &mut self,
        now: Millis,
        who: ParticipantId,
        frames: u32,
        bytes: usize,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(participant) = self.participants.get_mut(&who) else { return };
        if let Some(due) = participant.drained(now, frames, bytes) {
            self.catch_up(now, who, due, effects);
        }
    }

    /// Answers those who had to wait for it, whoever has had least first (L7).
    pub(super) fn answer_deferred(&mut self, now: Millis, effects: &mut Vec<RoomEffect>) {
        while self.deferring && now >= self.answers_from {
            let waiting = self.participants.iter().filter_map(|(who, p)| {
                let due = p.due().filter(|due| due.has.is_some())?;
                Some((p.answered, *who, due))
            });
            match waiting.min_by_key(|(answered, who, _)| (*answered, *who)) {
                Some((_, who, due)) => self.catch_up(now, who, due, effects),
                None => self.deferring = false,
            }
        }
    }

    /// When the next of them is due.
    pub(super) fn deferred_until(&self) -> Option<Millis> {
        self.deferring.then_some(self.answers_from)
    }

    /// Taking this in may keep a thread busy for many milliseconds: an answer about a long document is to be written.
    pub fn takes_long(&self, input: &RoomInput) -> bool {
        self.is_long()
            && match input {
                RoomInput::Frame { frame, .. } => Message::is_question(frame),
                RoomInput::Drained { who, .. } => self.participants.get(who).is_some_and(|p| p.is_behind()),
                RoomInput::Tick => self.deferring,
                RoomInput::Join(_)
                | RoomInput::Leave { .. }
                | RoomInput::Stored { .. }
                | RoomInput::StoreFailed { .. }
                | RoomInput::RightChanged { .. }
                | RoomInput::Renamed { .. }
                | RoomInput::Told { .. }
                | RoomInput::Stop => false,
            }
    }

    /// Reading or writing the whole document takes many milliseconds.
    pub fn is_long(&self) -> bool {
        self.size >= LONG
    }

    fn catch_up(&mut self, now: Millis, who: ParticipantId, due: CatchUp, effects: &mut Vec<RoomEffect>) {
        let Some(participant) = self.participants.get(&who) else { return };
        let (unpacks, asks_back) = (participant.unpacks, due.asked && participant.dialect == Dialect::Gongbei);
        let mut frames = match &due.has {
            Some(has) if !self.is_time_for(now, has, unpacks) => return self.deferring = true,
            Some(has) => self.lacking(now, who, has, unpacks),
            None => Vec::new(),
        };
        if asks_back {
            frames.push(Message::Step1(self.state_vector()).encode());
        }
        frames.extend(self.presence.frame_after_a_gap(who));
        if let Some(participant) = self.participants.get_mut(&who) {
            participant.catch_up(who, now, frames, effects);
        }
    }

    /// Whether the answer is there already, or may be written now.
    fn is_time_for(&self, now: Millis, has: &Clocks, unpacks: bool) -> bool {
        now >= self.answers_from || (has.is_empty() && self.whole.base(unpacks).is_some())
    }

    /// The frames somebody needs who has this. What is large is the same for all: a reader who never reads holds nothing
    /// of their own (L7).
    fn lacking(&mut self, now: Millis, who: ParticipantId, has: &Clocks, unpacks: bool) -> Vec<Bytes> {
        let frames =
            if has.is_empty() { self.whole(now, unpacks) } else { self.difference_or_whole(now, who, has, unpacks) };
        if let Some(participant) = self.participants.get_mut(&who) {
            participant.answered += frames.iter().map(Bytes::len).sum::<usize>() as u64;
        }
        frames
    }

    fn difference_or_whole(&mut self, now: Millis, who: ParticipantId, has: &Clocks, unpacks: bool) -> Vec<Bytes> {
        let difference = self.difference(has, if unpacks { PACKED_ALONE } else { 0 });
        self.charge(now, difference.len());
        if difference.len() > MAX_QUEUE_BYTES {
            let whole = self.whole(now, unpacks);
            let taken = self.alone.and_then(|who| self.participants.get(&who)).is_some_and(|p| !p.has_read());
            if taken || difference.len() > whole[0].len() / 4 {
                return whole;
            }
            self.alone = Some(who);
        }
        vec![difference]
    }

    fn whole(&mut self, now: Millis, unpacks: bool) -> Vec<Bytes> {
        if self.whole.base(unpacks).is_none() {
            let base = self.difference(&Clocks::new(), if unpacks { usize::MAX } else { 0 });
            self.charge(now, base.len());
            *(if unpacks { &mut self.whole.packed } else { &mut self.whole.plain }) = Some(base);
        }
        let since = if unpacks { self.whole.since.as_slice() } else { &[] };
        self.whole.base(unpacks).into_iter().chain(since).cloned().collect()
    }

    fn charge(&mut self, now: Millis, bytes: usize) {
        let small = bytes.min(MAX_QUEUE_BYTES);
        let (small, large) = (small as u64, (bytes - small) as u64);
        let millis = small / SMALL_BYTES_PER_MILLI + large / BYTES_PER_MILLI;
        self.answers_from = self.answers_from.max(now).plus(millis);
    }

    /// A step 2 with what is lacked by somebody who has this; packed if that is worth it and no more than so many bytes
    /// are to be packed (W8).
    pub(super) fn difference(&self, has: &Clocks, pack_up_to: usize) -> Bytes {
        let has: StateVector = has.iter().map(|(client, clock)| (ClientID::new(*client), *clock)).collect();
        let txn = self.doc.transact();
        if pack_up_to > 0 {
            let update = txn.encode_diff_v2(&has);
            if (packed::WORTH..=pack_up_to).contains(&update.len()) {
                return Message::Packed(packed::pack(&update)).encode();
            }
        }
        Message::Step2(txn.encode_diff_v1(&has).into()).encode()
    }
}
