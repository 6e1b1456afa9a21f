//! One socket as the room sees it: its queue, its right, what it waits for.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::live::Allowance;
use super::{Dialect, ParticipantId, REPORT_BYTES, REPORT_FRAMES, RoomEffect};
use crate::access::Right;
use crate::api::PersonCard;
use crate::sync::admit::{Carrier, Clocks};
use crate::sync::{Millis, PresentPerson};
use crate::wire::{CloseCode, Message, Refused, RefusedReason, Trouble};
use crate::words::{Seq, Title};

/// What may wait for one socket (L1).
pub(super) const MAX_QUEUE_FRAMES: u32 = 256;
pub(super) const MAX_QUEUE_BYTES: usize = 256 << 10;
/// How long a socket may take nothing while more is due (L4).
const STUCK_MILLIS: u64 = 45_000;
/// … and longer for what is on its way: a large document goes in one frame, over thin lines too.
const BYTES_PER_MILLI: u64 = 32;
/// Stock clients reconnect when they hear nothing for 30 s.
const SILENCE_MILLIS: u64 = 20_000;
/// Frames that may wait for a client id to be bound.
const MAX_PARKED: usize = 256;
const MAX_PARKED_BYTES: usize = 9 << 20;
/// Refusals that may wait for a slow socket.
const MAX_REFUSALS: usize = 64;

#[derive(Debug)]
pub(super) struct Participant {
    pub person: PersonCard,
    /// The `user` of their presence entry, as JSON.
    pub user: String,
    pub dialect: Dialect,
    /// They have said that a step 2 may come packed.
    pub unpacks: bool,
    pub right: Right,
    /// Update-carrying frames so far.
    pub received: u64,
    pub had_step2: bool,
    /// Frames taken, with the place in the log up to which they need it stored.
    pub unsaved: VecDeque<(u64, Seq)>,
    pub saved: u64,
    pub parked: Parked,
    queue: Queue,
    behind: Option<Behind>,
    /// Bytes of answers so far.
    pub answered: u64,
    pub live: Allowance,
    /// They have had what they looked at.
    pub has_looked: bool,
    last_sent: Millis,
    closed: bool,
}

/// Frames that wait for their client id to be bound durably.
#[derive(Debug, Default)]
pub(super) struct Parked {
    pub until: Option<Seq>,
    pub frames: VecDeque<ParkedFrame>,
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct ParkedFrame {
    pub number: u64,
    pub carrier: Carrier,
    pub update: Bytes,
    pub frame: Bytes,
}

impl Parked {
    pub fn takes(&self, frame: &Bytes) -> bool {
        self.frames.len() < MAX_PARKED && self.bytes + frame.len() <= MAX_PARKED_BYTES
    }

    pub fn push(&mut self, frame: ParkedFrame) {
        self.bytes += frame.frame.len();
        self.frames.push_back(frame);
    }

    pub fn push_front(&mut self, frame: ParkedFrame) {
        self.bytes += frame.frame.len();
        self.frames.push_front(frame);
    }

    pub fn pop(&mut self) -> Option<ParkedFrame> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.frame.len();
        Some(frame)
    }
}

/// Sent, and not reported as gone.
#[derive(Debug, Default)]
struct Queue {
    frames: u32,
    bytes: usize,
}

impl Queue {
    /// What is larger than the bound goes when little else waits.
    fn takes(&self, frames: usize, bytes: usize) -> bool {
        let fits = self.frames as usize + frames <= MAX_QUEUE_FRAMES as usize && self.bytes + bytes <= MAX_QUEUE_BYTES;
        self.is_low() || fits
    }

    /// Little enough is left that it may all have gone without a report being due.
    fn is_low(&self) -> bool {
        self.frames < REPORT_FRAMES && self.bytes < REPORT_BYTES
    }
}

/// A participant whose queue is full: nothing is queued any more, what they miss is kept as facts.
#[derive(Debug, Default)]
struct Behind {
    /// Since when they have taken nothing.
    since: Millis,
    /// What they have, or will have once their queue is read; `None` if they miss no update.
    has: Option<Arc<Clocks>>,
    /// They asked for a difference themselves.
    asked: bool,
    refusals: Vec<Refused>,
    saved: bool,
    right: bool,
    title: Option<Title>,
    trouble: Option<Option<Trouble>>,
    /// Something outside the document changed.
    told: bool,
}

/// The difference a participant needs to be up to date again.
pub(super) struct CatchUp {
    pub has: Option<Arc<Clocks>>,
    pub asked: bool,
}

impl Participant {
    pub fn new(person: PersonCard, dialect: Dialect, right: Right, now: Millis) -> Self {
        let user = serde_json::to_string(&PresentPerson::from(&person)).expect("names and flags are JSON");
        Self {
            person,
            user,
            dialect,
            unpacks: false,
            right,
            received: 0,
            had_step2: false,
            unsaved: VecDeque::new(),
            saved: 0,
            parked: Parked::default(),
            queue: Queue::default(),
            behind: None,
            answered: 0,
            live: Allowance::new(now),
            has_looked: false,
            last_sent: now,
            closed: false,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn is_behind(&self) -> bool {
        self.behind.is_some()
    }

    pub fn close(&mut self, who: ParticipantId, code: CloseCode, reason: &'static str, effects: &mut Vec<RoomEffect>) {
        if !self.closed {
            self.closed = true;
            effects.push(RoomEffect::Close { who, code, reason });
        }
    }

    /// Counts a frame into the queue if it fits; then it must be sent.
    pub fn queue(&mut self, now: Millis, len: usize) -> bool {
        let fits = !self.closed && self.behind.is_none() && self.queue.takes(1, len);
        if fits {
            self.queue.frames += 1;
            self.queue.bytes += len;
            self.last_sent = now;
        }
        fits
    }

    /// Sends a whole answer if it fits: what is large goes when little else waits.
    pub fn send_answer(
        &mut self,
        who: ParticipantId,
        now: Millis,
        frames: &[Bytes],
        effects: &mut Vec<RoomEffect>,
    ) -> bool {
        let bytes = frames.iter().map(Bytes::len).sum();
        let fits = !self.closed && self.behind.is_none() && self.queue.takes(frames.len(), bytes);
        if fits {
            frames.iter().for_each(|frame| self.send_anyway(who, now, frame.clone(), effects));
        }
        fits
    }

    /// They are not sent an update; `has` is what the document had before it.
    pub fn miss(&mut self, now: Millis, has: impl FnOnce() -> Arc<Clocks>) {
        if !self.closed {
            self.behind(now).has.get_or_insert_with(has);
        }
    }

    /// They asked for a difference while they can't be sent one.
    pub fn ask_later(&mut self, now: Millis, has: Clocks) {
        let behind = self.behind(now);
        behind.has = Some(Arc::new(has));
        behind.asked = true;
    }

    fn behind(&mut self, now: Millis) -> &mut Behind {
        self.behind.get_or_insert_with(|| Behind { since: now, ..Behind::default() })
    }

    /// Sends a frame that only repeats what will be said again: when the queue is full it is let go.
    pub fn send(&mut self, who: ParticipantId, now: Millis, frame: Bytes, effects: &mut Vec<RoomEffect>) {
        if self.queue(now, frame.len()) {
            effects.push(RoomEffect::Send { to: who, frame });
        }
    }

    /// Sends what belongs to the difference before it, whatever the queue holds.
    pub fn send_anyway(&mut self, who: ParticipantId, now: Millis, frame: Bytes, effects: &mut Vec<RoomEffect>) {
        self.queue.frames += 1;
        self.queue.bytes += frame.len();
        self.last_sent = now;
        effects.push(RoomEffect::Send { to: who, frame });
    }

    /// Says up to which frame everything is durable, now or when they have caught up.
    pub fn tell_saved(&mut self, who: ParticipantId, now: Millis, effects: &mut Vec<RoomEffect>) {
        let frame = Message::Saved { frames: self.saved };
        self.tell(who, now, frame, effects, |behind| behind.saved = true);
    }

    pub fn tell_right(&mut self, who: ParticipantId, now: Millis, effects: &mut Vec<RoomEffect>) {
        let frame = Message::Right(self.right);
        self.tell(who, now, frame, effects, |behind| behind.right = true);
    }

    pub fn tell_title(&mut self, who: ParticipantId, now: Millis, title: &Title, effects: &mut Vec<RoomEffect>) {
        let frame = Message::Title(title.clone());
        self.tell(who, now, frame, effects, |behind| behind.title = Some(title.clone()));
    }

    pub fn tell_trouble(
        &mut self,
        who: ParticipantId,
        now: Millis,
        trouble: Option<Trouble>,
        effects: &mut Vec<RoomEffect>,
    ) {
        let frame = trouble.map_or(Message::TroubleOver, Message::Trouble);
        self.tell(who, now, frame, effects, |behind| behind.trouble = Some(trouble));
    }

    /// Hands on what the server tells; to one who was behind, that something was told.
    pub fn tell_told(&mut self, who: ParticipantId, now: Millis, payload: &Bytes, effects: &mut Vec<RoomEffect>) {
        self.tell(who, now, Message::Told(payload.clone()), effects, |behind| behind.told = true);
    }

    /// Sends our own client a frame it may not miss, or notes what it says for later.
    fn tell(
        &mut self,
        who: ParticipantId,
        now: Millis,
        message: Message,
        effects: &mut Vec<RoomEffect>,
        note: impl FnOnce(&mut Behind),
    ) {
        if self.dialect == Dialect::Stock || self.closed {
            return;
        }
        let frame = message.encode();
        if self.queue(now, frame.len()) {
            effects.push(RoomEffect::Send { to: who, frame });
        } else {
            note(self.behind(now));
        }
    }

    /// Says that a frame was not taken; a stock client can only be sent away.
    pub fn refuse(&mut self, who: ParticipantId, now: Millis, refused: Refused, effects: &mut Vec<RoomEffect>) {
        match self.dialect {
            Dialect::Gongbei if self.behind.as_ref().is_some_and(|b| b.refusals.len() >= MAX_REFUSALS) => {
                self.close(who, CloseCode::TooSlow, "too slow", effects);
            }
            Dialect::Gongbei => {
                self.tell(who, now, Message::Refused(refused), effects, |behind| behind.refusals.push(refused));
            }
            Dialect::Stock => match refused.reason {
                RefusedReason::LeftOut => {}
                RefusedReason::ViewOnly => self.close(who, CloseCode::NoRight, "view only", effects),
                RefusedReason::NotYours => {
                    self.close(who, CloseCode::NoRight, "client id of somebody else", effects);
                }
                RefusedReason::TooLarge => self.close(who, CloseCode::Malformed, "too large", effects),
                RefusedReason::Content => self.close(who, CloseCode::Malformed, "unacceptable content", effects),
                RefusedReason::DocumentFull => self.close(who, CloseCode::Malformed, "document full", effects),
                RefusedReason::Missing => self.close(who, CloseCode::TooSlow, "sync again", effects),
                RefusedReason::StorageFull => self.close(who, CloseCode::RoomClosed, "storage full", effects),
            },
        }
    }

    /// Counts down what has left the queue; gives what is due if they may catch up now.
    pub fn drained(&mut self, now: Millis, frames: u32, bytes: usize) -> Option<CatchUp> {
        self.queue.frames = self.queue.frames.saturating_sub(frames);
        self.queue.bytes = self.queue.bytes.saturating_sub(bytes);
        self.behind.as_mut()?.since = now;
        self.due()
    }

    /// What they miss, if they may catch up now.
    pub fn due(&self) -> Option<CatchUp> {
        let behind = self.behind.as_ref()?;
        (self.has_read() && !self.closed).then(|| CatchUp { has: behind.has.clone(), asked: behind.asked })
    }

    /// Next to nothing is on its way to them.
    pub fn has_read(&self) -> bool {
        self.queue.is_low()
    }

    /// The difference, whatever its size, and what else they missed.
    pub fn catch_up(&mut self, who: ParticipantId, now: Millis, difference: Vec<Bytes>, effects: &mut Vec<RoomEffect>) {
        let Some(behind) = self.behind.take() else { return };
        for frame in difference {
            self.send_anyway(who, now, frame, effects);
        }
        for refused in behind.refusals {
            self.refuse(who, now, refused, effects);
        }
        if behind.saved {
            self.tell_saved(who, now, effects);
        }
        if behind.right {
            self.tell_right(who, now, effects);
        }
        if let Some(title) = behind.title {
            self.tell_title(who, now, &title, effects);
        }
        if let Some(trouble) = behind.trouble {
            self.tell_trouble(who, now, trouble, effects);
        }
        if behind.told {
            self.tell_told(who, now, &Bytes::new(), effects);
        }
    }

    pub fn look_after(&mut self, who: ParticipantId, now: Millis, effects: &mut Vec<RoomEffect>) {
        let patience = STUCK_MILLIS + self.queue.bytes as u64 / BYTES_PER_MILLI;
        if self.behind.as_ref().is_some_and(|behind| now.since(behind.since) >= patience) {
            self.close(who, CloseCode::TooSlow, "too slow", effects);
        } else if self.dialect == Dialect::Stock && now.since(self.last_sent) >= SILENCE_MILLIS {
            let nothing = Message::Awareness(Bytes::from_static(&[0])).encode();
            self.send(who, now, nothing, effects);
        }
    }
}
