//! An edit's way through the room: admit, apply, append, hand on, say saved.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, Transact, Update};

use super::participant::ParkedFrame;
use super::{Audit, ParticipantId, Room, RoomEffect, deleted_ranges};
use crate::sync::Millis;
use crate::sync::admit::{self, Admitted, Carrier, Clocks, Refusal};
use crate::wire::update::{self, Deleted, Limits, Skeleton, UpdateError};
use crate::wire::{CloseCode, MAX_DOCUMENT, MAX_FIRST_SYNC, MAX_FRAME, Message, Refused, RefusedReason, Trouble};
use crate::words::Seq;

use super::Dialect;

/// How often the document is measured at most while it is full, and while it is full but somebody deletes.
const MEASURE_MILLIS: u64 = 10_000;
const MEASURE_DELETED_MILLIS: u64 = 1_000;

/// What applying an admitted update did.
enum Applied {
    Nothing,
    /// These bytes, applied to the document as it was, make it what it is.
    Changed(Bytes),
    /// yrs could not read it; the document is as it was.
    Unreadable,
    /// yrs gave up halfway.
    Broken,
}

impl Room {
    /// An update-carrying frame: counts it, then takes it, parks it or refuses it.
    pub(super) fn edit(
        &mut self,
        now: Millis,
        from: ParticipantId,
        carrier: Carrier,
        update: Bytes,
        frame: Bytes,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(participant) = self.participants.get_mut(&from) else { return };
        participant.received += 1;
        let number = participant.received;
        let limit = match carrier {
            Carrier::Step2 if !participant.had_step2 => MAX_FIRST_SYNC,
            Carrier::Step2 | Carrier::Update => MAX_FRAME,
        };
        participant.had_step2 |= carrier == Carrier::Step2;
        if frame.len() > limit {
            return self.refuse(now, from, number, RefusedReason::TooLarge, &frame, effects);
        }
        let parked = ParkedFrame { number, carrier, update, frame };
        if participant.parked.until.is_none() {
            self.take(now, from, parked, effects);
        } else if participant.parked.takes(&parked.frame) {
            participant.parked.push(parked);
        } else {
            self.refuse(now, from, number, RefusedReason::StorageFull, &parked.frame, effects);
        }
    }

    fn take(&mut self, now: Millis, from: ParticipantId, parked: ParkedFrame, effects: &mut Vec<RoomEffect>) {
        let Some(participant) = self.participants.get(&from) else { return };
        let ParkedFrame { number, carrier, ref update, ref frame } = parked;
        if !participant.right.may_edit() {
            return if participant.dialect == Dialect::Stock && self.has_all_structs(carrier, update) {
                self.settle(now, from, number, self.log.last(), effects);
            } else {
                self.refuse(now, from, number, RefusedReason::ViewOnly, frame, effects);
            };
        }
        if self.log.is_full() {
            return self.refuse(now, from, number, RefusedReason::StorageFull, frame, effects);
        }
        let person = participant.person.id.clone();
        let owner = |client| self.authors.owner(client, &person, self.clocks.contains_key(&client));
        let admitted = match admit::admit(update, carrier, &self.inventory, owner) {
            Ok(admitted) => admitted,
            Err(Refusal::Unbound(clients)) => {
                let nothing = Bytes::from_static(update::EMPTY);
                let seq = self.log.append(from, &person, clients.clone(), nothing, effects);
                for client in clients {
                    self.authors.bind(client, &person, seq);
                }
                return self.park(from, parked, seq);
            }
            Err(refusal) => return self.turn_away(now, from, number, refusal, frame, effects),
        };
        if let Some(seq) = self.authors.bound_at(admitted.advances.iter().map(|(client, _)| *client)) {
            return self.park(from, parked, seq);
        }
        if !admitted.advances.is_empty() && !self.has_room_for(now, admitted.update.len()) {
            return self.refuse(now, from, number, RefusedReason::DocumentFull, frame, effects);
        }
        match self.apply(carrier, &admitted) {
            Applied::Nothing => {}
            Applied::Unreadable => {
                return self.refuse(now, from, number, RefusedReason::Content, frame, effects);
            }
            Applied::Broken => {
                return effects.push(RoomEffect::Broken { culprit: admitted.update, from });
            }
            Applied::Changed(changed) => {
                let untouched = carrier == Carrier::Update && changed == *update;
                let handed_on = if untouched { frame.clone() } else { Message::Update(changed.clone()).encode() };
                self.whole.note(&handed_on);
                self.hand_on(now, from, handed_on, effects);
                self.clocks.extend(admitted.advances);
                self.inventory.take(admitted.additions);
                self.size += changed.len();
                self.log.append(from, &person, Vec::new(), changed, effects);
            }
        }
        if admitted.left_out {
            let refused = Refused { frame: number, reason: RefusedReason::LeftOut };
            if let Some(participant) = self.participants.get_mut(&from) {
                participant.refuse(from, now, refused, effects);
            }
        }
        self.settle(now, from, number, self.log.last(), effects);
    }

    /// Whether the document may grow by so many bytes. What its updates have together is more than its state has, and
    /// the state takes a while to write: it is measured only when it matters, and then not again and again.
    fn has_room_for(&mut self, now: Millis, bytes: usize) -> bool {
        let after = if self.has_deleted { MEASURE_DELETED_MILLIS } else { MEASURE_MILLIS };
        let is_due = self.measured.is_none_or(|measured| now.since(measured) >= after);
        if self.size + bytes > MAX_DOCUMENT && is_due {
            self.size = self.difference(&Clocks::new(), 0).len();
            self.measured = Some(now);
            self.has_deleted = false;
        }
        self.size + bytes <= MAX_DOCUMENT
    }

    /// A stock viewer answers our step 1 as every stock client does; that brings nothing and is no edit.
    fn has_all_structs(&self, carrier: Carrier, update: &[u8]) -> bool {
        let known = |client: &u64| self.clocks.get(client).copied().unwrap_or(0);
        carrier == Carrier::Step2
            && Skeleton::read(update, Limits::of_step2(update.len()))
                .is_ok_and(|skeleton| skeleton.sections.iter().all(|s| s.end() <= known(&s.client)))
    }

    fn apply(&mut self, carrier: Carrier, admitted: &Admitted) -> Applied {
        if admitted.is_empty() {
            return Applied::Nothing;
        }
        let Ok(decoded) = Update::decode_v1(&admitted.update) else {
            return Applied::Unreadable;
        };
        let mut txn = self.doc.transact_mut();
        if txn.apply_update(decoded).is_err() || txn.has_missing_updates() {
            return Applied::Broken;
        }
        let deleted = txn.delete_set();
        if txn.insert_set().is_empty() && deleted.is_empty() {
            return Applied::Nothing;
        }
        let deleted: Vec<Deleted> = deleted_ranges(deleted).collect();
        deleted.iter().for_each(|range| self.inventory.take_deleted(*range));
        self.has_deleted |= !deleted.is_empty();
        match carrier {
            Carrier::Update => Applied::Changed(admitted.update.clone()),
            Carrier::Step2 => Applied::Changed(admitted.with_deletes(&deleted)),
        }
    }

    /// To everybody else, one frame for all of them; who can't take it has missed it (L2).
    fn hand_on(&mut self, now: Millis, from: ParticipantId, frame: Bytes, effects: &mut Vec<RoomEffect>) {
        let mut to = Vec::with_capacity(self.participants.len());
        let mut before: Option<Arc<Clocks>> = None;
        for (who, participant) in self.participants.iter_mut().filter(|(who, _)| **who != from) {
            if participant.queue(now, frame.len()) {
                to.push(*who);
            } else {
                participant.miss(now, || Arc::clone(before.get_or_insert_with(|| Arc::new(self.clocks.clone()))));
            }
        }
        if !to.is_empty() {
            effects.push(RoomEffect::SendAll { to, frame });
        }
    }

    fn park(&mut self, from: ParticipantId, frame: ParkedFrame, until: Seq) {
        self.waiting.push_back((until, from));
        if let Some(participant) = self.participants.get_mut(&from) {
            participant.parked.until = Some(until);
            participant.parked.push_front(frame);
        }
    }

    fn turn_away(
        &mut self,
        now: Millis,
        from: ParticipantId,
        number: u64,
        refusal: Refusal,
        frame: &Bytes,
        effects: &mut Vec<RoomEffect>,
    ) {
        let reason = match refusal {
            Refusal::Missing => RefusedReason::Missing,
            Refusal::NotYours(_) => RefusedReason::NotYours,
            Refusal::Malformed(UpdateError::Sections(_) | UpdateError::Structs(_) | UpdateError::Deletes(_)) => {
                RefusedReason::TooLarge
            }
            Refusal::Malformed(
                UpdateError::Kind(_)
                | UpdateError::Type(_)
                | UpdateError::Value(_)
                | UpdateError::Depth
                | UpdateError::Values
                | UpdateError::Json,
            )
            | Refusal::Unfit(_) => RefusedReason::Content,
            Refusal::TooCostly => RefusedReason::TooLarge,
            Refusal::Malformed(_) | Refusal::Unbound(_) => {
                if let Some(participant) = self.participants.get_mut(&from) {
                    participant.close(from, CloseCode::Malformed, "malformed update", effects);
                }
                return;
            }
        };
        self.refuse(now, from, number, reason, frame, effects);
    }

    /// Says no with a reason (E7); the frame is dealt with once those before it are stored.
    fn refuse(
        &mut self,
        now: Millis,
        from: ParticipantId,
        number: u64,
        reason: RefusedReason,
        frame: &Bytes,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(participant) = self.participants.get_mut(&from) else { return };
        participant.refuse(from, now, Refused { frame: number, reason }, effects);
        match participant.unsaved.back() {
            Some((_, needs)) => {
                let needs = *needs;
                participant.unsaved.push_back((number, needs));
            }
            None => participant.saved = number,
        }
        match reason {
            RefusedReason::ViewOnly | RefusedReason::NotYours | RefusedReason::Content | RefusedReason::TooLarge => {
                let person = participant.person.id.clone();
                effects.push(RoomEffect::Audit(Audit { who: from, person, refused: reason, bytes: frame.len() }));
            }
            RefusedReason::Missing
            | RefusedReason::StorageFull
            | RefusedReason::LeftOut
            | RefusedReason::DocumentFull => {}
        }
    }

    /// The frame is saved once the log is stored up to `needs` (S2).
    fn settle(&mut self, now: Millis, from: ParticipantId, number: u64, needs: Seq, effects: &mut Vec<RoomEffect>) {
        let Some(participant) = self.participants.get_mut(&from) else { return };
        if participant.unsaved.is_empty() && self.log.has_stored(needs) {
            participant.saved = number;
            participant.tell_saved(from, now, effects);
        } else {
            participant.unsaved.push_back((number, needs));
            self.waiting.push_back((needs, from));
        }
    }

    pub(super) fn stored(&mut self, now: Millis, upto: Seq, effects: &mut Vec<RoomEffect>) {
        self.authors.stored(upto);
        if self.log.stored(upto) {
            self.tell_all_trouble(now, None, effects);
        }
        let mut touched = BTreeSet::new();
        while let Some((_, who)) = self.waiting.front().filter(|(needs, _)| *needs <= upto) {
            touched.insert(*who);
            self.waiting.pop_front();
        }
        for who in touched {
            let Some(participant) = self.participants.get_mut(&who) else { continue };
            let before = participant.saved;
            while let Some((number, _)) = participant.unsaved.front().filter(|(_, needs)| *needs <= upto) {
                participant.saved = *number;
                participant.unsaved.pop_front();
            }
            if participant.saved > before {
                participant.tell_saved(who, now, effects);
            }
            if participant.parked.until.is_some_and(|until| until <= upto) {
                participant.parked.until = None;
                self.unpark(now, who, effects);
            }
        }
    }

    fn unpark(&mut self, now: Millis, who: ParticipantId, effects: &mut Vec<RoomEffect>) {
        while let Some(participant) = self.participants.get_mut(&who)
            && participant.parked.until.is_none()
            && !participant.is_closed()
            && let Some(frame) = participant.parked.pop()
        {
            self.take(now, who, frame, effects);
        }
    }

    pub(super) fn store_failed(&mut self, now: Millis, from: Seq, trouble: Trouble, effects: &mut Vec<RoomEffect>) {
        if !self.log.has_stored(from) && self.log.failed(now, trouble) {
            self.tell_all_trouble(now, Some(trouble), effects);
        }
    }

    fn tell_all_trouble(&mut self, now: Millis, trouble: Option<Trouble>, effects: &mut Vec<RoomEffect>) {
        for (who, participant) in &mut self.participants {
            participant.tell_trouble(*who, now, trouble, effects);
        }
    }
}
