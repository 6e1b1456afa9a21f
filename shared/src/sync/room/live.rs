//! What somebody draws at this moment, and what the server has to tell: handed on at once, stored nowhere (rules V1 to V4).

use std::collections::BTreeSet;

use bytes::Bytes;

use super::{Dialect, ParticipantId, Room, RoomEffect};
use crate::sync::Millis;
use crate::wire::{CloseCode, MAX_LIVE, live_frame};
use crate::words::UserId;

/// Messages of several people go in one frame; so long they wait for one another: not at all among eight, at most 80 ms.
const GATHER_MILLIS_PER_EIGHT: u64 = 2;
const MAX_GATHER_MILLIS: u64 = 80;

/// What one socket may say live: so many messages and bytes a second, and twice that at once.
const MESSAGES_PER_SECOND: u64 = 60;
const BYTES_PER_SECOND: u64 = 16 << 10;
/// Messages over that are let go; after so many without a pause the sender is.
const MAX_EXCESS: u32 = 2_000;

#[derive(Debug, Default)]
pub(super) struct LiveTable {
    pending: Vec<Pending>,
    flushed: Option<Millis>,
}

#[derive(Debug)]
struct Pending {
    from: ParticipantId,
    client: u64,
    payload: Bytes,
}

impl LiveTable {
    /// When what waits is due.
    pub fn due(&self, participants: usize) -> Option<Millis> {
        let gather = (participants as u64 / 8 * GATHER_MILLIS_PER_EIGHT).min(MAX_GATHER_MILLIS);
        (!self.pending.is_empty()).then(|| self.flushed.map_or(Millis(0), |flushed| flushed.plus(gather)))
    }
}

/// So many messages and bytes a second, and twice that at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub messages: u64,
    pub bytes: u64,
}

/// What is left of what may be said.
#[derive(Debug)]
pub(super) struct Allowance {
    rate: Rate,
    /// In thousandths.
    messages: u64,
    bytes: u64,
    filled: Millis,
    excess: u32,
}

impl Allowance {
    /// For live messages.
    pub fn new(now: Millis) -> Self {
        Self::of(Rate { messages: MESSAGES_PER_SECOND, bytes: BYTES_PER_SECOND }, now)
    }

    pub fn of(rate: Rate, now: Millis) -> Self {
        Self { rate, messages: 2 * rate.messages * 1_000, bytes: 2 * rate.bytes * 1_000, filled: now, excess: 0 }
    }

    /// When it was asked last.
    pub fn asked(&self) -> Millis {
        self.filled
    }

    pub fn takes(&mut self, now: Millis, bytes: usize) -> bool {
        let passed = now.since(self.filled);
        self.filled = now;
        let fill = |left: u64, per_second: u64| (left + passed * per_second).min(2 * per_second * 1_000);
        self.messages = fill(self.messages, self.rate.messages);
        self.bytes = fill(self.bytes, self.rate.bytes);
        let cost = bytes as u64 * 1_000;
        let fits = self.messages >= 1_000 && self.bytes >= cost;
        if fits {
            self.messages -= 1_000;
            self.bytes -= cost;
            self.excess = 0;
        } else {
            self.excess += 1;
        }
        fits
    }
}

impl Room {
    pub(super) fn live_heard(
        &mut self,
        now: Millis,
        from: ParticipantId,
        payload: Bytes,
        effects: &mut Vec<RoomEffect>,
    ) {
        // Whose presence is not known yet can't be named.
        let client = self.presence.client_of(from);
        let Some(participant) = self.participants.get_mut(&from) else { return };
        if payload.len() > MAX_LIVE {
            return participant.close(from, CloseCode::Malformed, "live message too large", effects);
        }
        if !participant.live.takes(now, payload.len()) {
            if participant.live.excess > MAX_EXCESS {
                participant.close(from, CloseCode::Malformed, "too many live messages", effects);
            }
            return;
        }
        if let Some(client) = client.filter(|_| participant.right.may_edit()) {
            self.live.pending.push(Pending { from, client, payload });
        }
        self.flush_live_if_due(now, effects);
    }

    /// Who has not read what was sent before misses it: the next message says more than the last.
    pub(super) fn flush_live_if_due(&mut self, now: Millis, effects: &mut Vec<RoomEffect>) {
        if self.live.due(self.participants.len()).is_none_or(|due| now < due) {
            return;
        }
        self.live.flushed = Some(now);
        let pending = std::mem::take(&mut self.live.pending);
        let frame = live_frame(pending.iter().map(|message| (message.client, message.payload.as_ref())));
        let senders: BTreeSet<ParticipantId> = pending.iter().map(|message| message.from).collect();
        let alone = senders.first().copied().filter(|_| senders.len() == 1);
        let mut to = Vec::new();
        for (who, participant) in &mut self.participants {
            let wants = participant.dialect == Dialect::Gongbei && Some(*who) != alone && participant.has_read();
            if wants && participant.queue(now, frame.len()) {
                to.push(*who);
            }
        }
        if !to.is_empty() {
            effects.push(RoomEffect::SendAll { to, frame });
        }
    }

    /// Something outside the document changed: tells everybody, or those people.
    pub(super) fn told(
        &mut self,
        now: Millis,
        payload: &Bytes,
        to: Option<&BTreeSet<UserId>>,
        effects: &mut Vec<RoomEffect>,
    ) {
        for (who, participant) in &mut self.participants {
            if to.is_none_or(|to| to.contains(&participant.person.id)) {
                participant.tell_told(*who, now, payload, effects);
            }
        }
    }
}
