//! The sockets of a room, and what is on its way to them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use shared::sync::room::ParticipantId;
use shared::wire::CloseCode;
use shared::words::UserId;

use crate::outbox::{Framed, Gone, Outbox};

/// Writing to all sockets is work: when it took longer than the first, what comes next is gathered for some times as
/// long, so that a room spends at most a fifth of its time on it; but nobody waits longer than the last. Rooms with few
/// people, or with pauses, never notice.
const BUSY: Duration = Duration::from_micros(500);
const GATHER_TIMES: u32 = 4;
const GATHER_AT_MOST: Duration = Duration::from_millis(8);

pub(super) struct Outboxes {
    sockets: HashMap<ParticipantId, Socket>,
    /// Who has been given something that is not on its way yet.
    to_flush: Vec<ParticipantId>,
    /// Until then it is gathered.
    flush_from: Instant,
    /// Counters looked up once a room, not once a frame.
    frames_out: metrics::Counter,
    bytes_out: metrics::Counter,
}

struct Socket {
    outbox: Outbox,
    person: UserId,
    is_to_flush: bool,
}

/// Whoever is still here when the room ends, however it ends, is sent away.
impl Drop for Socket {
    fn drop(&mut self) {
        metrics::gauge!("gongbei_participants").decrement(1.0);
        self.outbox.close(CloseCode::RoomClosed, "come back");
    }
}

impl Outboxes {
    pub fn new() -> Self {
        Self {
            sockets: HashMap::new(),
            to_flush: Vec::new(),
            flush_from: Instant::now(),
            frames_out: metrics::counter!("gongbei_frames_out_total"),
            bytes_out: metrics::counter!("gongbei_bytes_out_total"),
        }
    }

    pub fn enter(&mut self, who: ParticipantId, person: UserId, outbox: Outbox) {
        metrics::gauge!("gongbei_participants").increment(1.0);
        self.sockets.insert(who, Socket { outbox, person, is_to_flush: false });
    }

    /// Returns whether they were here.
    pub fn leave(&mut self, who: ParticipantId) -> bool {
        self.sockets.remove(&who).is_some()
    }

    pub fn leave_all(&mut self) {
        self.sockets.clear();
    }

    pub fn close(&self, who: ParticipantId, code: CloseCode, reason: &'static str) {
        if let Some(socket) = self.sockets.get(&who) {
            socket.outbox.close(code, reason);
        }
    }

    pub fn person_of(&self, who: ParticipantId) -> Option<UserId> {
        self.sockets.get(&who).map(|socket| socket.person.clone())
    }

    /// Each person once.
    pub fn people(&self) -> Vec<UserId> {
        let mut people: Vec<UserId> = self.sockets.values().map(|socket| socket.person.clone()).collect();
        people.sort();
        people.dedup();
        people
    }

    pub fn of_person(&self, person: &UserId) -> Vec<ParticipantId> {
        self.sockets.iter().filter(|(_, socket)| socket.person == *person).map(|(who, _)| *who).collect()
    }

    /// Encodes a frame once and puts it into the queues of all who get it.
    pub fn put(&mut self, to: &[ParticipantId], frame: Bytes) {
        self.frames_out.increment(to.len() as u64);
        self.bytes_out.increment((to.len() * frame.len()) as u64);
        let framed = Framed::new(frame);
        for who in to {
            let Some(socket) = self.sockets.get_mut(who) else { continue };
            socket.outbox.put(&framed);
            if !std::mem::replace(&mut socket.is_to_flush, true) {
                self.to_flush.push(*who);
            }
        }
    }

    /// When [`Outboxes::flush`] is to be called, if there is anything to write.
    pub fn due(&self) -> Option<Instant> {
        (!self.to_flush.is_empty()).then_some(self.flush_from)
    }

    /// Writes what one round of messages has brought, once for each socket: the more there is to do, the more frames
    /// go in one call. Says of whom much has gone.
    pub fn flush(&mut self) -> Vec<(ParticipantId, Gone)> {
        let begun = Instant::now();
        let mut reports = Vec::new();
        for who in std::mem::take(&mut self.to_flush) {
            let Some(socket) = self.sockets.get_mut(&who) else { continue };
            socket.is_to_flush = false;
            reports.extend(socket.outbox.flush().map(|gone| (who, gone)));
        }
        let took = begun.elapsed();
        let gather = if took > BUSY { (took * GATHER_TIMES).min(GATHER_AT_MOST) } else { Duration::ZERO };
        self.flush_from = begun + took + gather;
        reports
    }
}
