//! The server: one room and its disk.

use bytes::Bytes;
use shared::sync::Millis;
use shared::sync::room::{ParticipantId, Room, RoomEffect, RoomInput};
use shared::wire::{CloseCode, Message, RefusedReason};

use super::{Event, World};
use crate::simulation::store::Outcome;

impl World {
    pub(super) fn tell_room(&mut self, input: RoomInput) {
        let Some(room) = &mut self.room else { return };
        for effect in room.handle(Millis(self.now), input) {
            match effect {
                RoomEffect::Send { to, frame } => self.send_down(to, frame),
                RoomEffect::SendAll { to, frame } => {
                    assert!(!to.is_empty());
                    for to in to {
                        self.send_down(to, frame.clone());
                    }
                }
                RoomEffect::Append(append) => {
                    self.store.in_flight.push_back(append);
                    if !self.commit_scheduled {
                        self.commit_scheduled = true;
                        let wait = self.chance.within(1, 30);
                        self.schedule(wait, Event::Commit);
                    }
                }
                RoomEffect::Close { who, code, reason: _ } => {
                    self.stats.slow_closed += u64::from(code == CloseCode::TooSlow);
                    assert_ne!(code, CloseCode::Malformed, "{}: a page of ours is understood", self.seed);
                    if let Some(connection) = self.connections.get_mut(&who.0) {
                        connection.closing = Some(code);
                        self.schedule(0, Event::LeftAtServer(who.0));
                        self.schedule_down(who.0);
                    }
                }
                RoomEffect::Audit(audit) => {
                    let explained = audit.refused == RefusedReason::ViewOnly && self.revoked_anybody;
                    assert!(explained, "{}: {audit:?} without a cause", self.seed);
                }
                RoomEffect::Broken { .. } => panic!("{}: the document broke", self.seed),
            }
        }
    }

    pub(super) fn send_down(&mut self, to: ParticipantId, frame: Bytes) {
        if let Ok(Message::Refused(_)) = Message::decode(&frame) {
            self.stats.refused += 1;
        }
        let seed = self.seed;
        let Some(connection) = self.connections.get_mut(&to.0) else { return };
        assert!(!connection.server_gone, "{seed}: nothing is sent to who has left");
        if connection.client_gone {
            return;
        }
        connection.down_bytes += frame.len();
        let large = frame.len();
        connection.largest = connection.largest.max(large);
        connection.down.push_back(frame);
        assert!(connection.down.len() <= 256, "{seed}: L1: {} frames wait", connection.down.len());
        let bound = (256 << 10).max(large + (64 << 10)).max(connection.largest + (64 << 10));
        assert!(connection.down_bytes <= bound, "{seed}: L1: {} bytes wait", connection.down_bytes);
        self.schedule_down(to.0);
    }

    pub(super) fn commit(&mut self) {
        self.commit_scheduled = false;
        match self.store.commit() {
            Outcome::Nothing => {}
            Outcome::Stored(upto) => self.tell_room(RoomInput::Stored { upto }),
            Outcome::Failed(from, trouble) => {
                self.stats.store_failures += 1;
                self.tell_room(RoomInput::StoreFailed { from, trouble });
            }
        }
    }

    pub(super) fn crash(&mut self) {
        if self.room.take().is_none() {
            return;
        }
        self.stats.crashes += 1;
        // Sometimes the last commit went through and nobody heard of it.
        if self.chance.one_in(3) {
            self.store.commit();
        }
        self.store.in_flight.clear();
        let all: Vec<_> = self.connections.keys().copied().collect();
        for id in all {
            let code = if self.chance.one_in(3) { CloseCode::Restarting.code() } else { 1006 };
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.server_gone = true;
                connection.up.clear();
                connection.down.clear();
                connection.down_bytes = 0;
            }
            let wait = self.chance.within(1, 300);
            self.schedule(wait, Event::ClosedAtClient(id, code));
        }
        let wait = self.chance.within(50, 4_000);
        self.schedule(wait, Event::Restart);
    }

    pub(super) fn restart(&mut self) {
        let snapshot_at = self.chance.within(0, self.store.committed.len() as u64 + 1) as usize;
        let room = Room::open(self.store.seed(snapshot_at));
        self.room = Some(room.unwrap_or_else(|error| panic!("{}: {error}", self.seed)));
    }
}
