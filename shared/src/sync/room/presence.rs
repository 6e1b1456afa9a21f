//! Who is here and where their caret is (rules P1 to P6 and P8). Never stored.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::Value;

use super::live::{Allowance, Rate};
use super::{Dialect, ParticipantId, Room, RoomEffect};
use crate::sync::Millis;
use crate::wire::{CloseCode, MAX_PRESENCE, PresenceEntry, presence_entries, presence_frame};
use crate::words::UserId;

const EXPIRY_MILLIS: u64 = 30_000;
/// Changes are gathered so long: with few people nobody sees it, with many it keeps the room quiet.
const GATHER_MILLIS: u64 = 100;
const GATHER_MILLIS_PER_PARTICIPANT: u64 = 5;
/// So much of what one person says of where they are is told, on all their sockets together: carets are 200 bytes, told ten
/// times a second at most.
const RATE: Rate = Rate { messages: 1_000, bytes: 4 << 10 };
/// How long the clock of an entry that left is remembered.
const MEMORY_MILLIS: u64 = 300_000;

#[derive(Debug, Default)]
pub(super) struct PresenceTable {
    entries: BTreeMap<u64, Entry>,
    /// The one entry of each socket.
    held: BTreeMap<ParticipantId, u64>,
    left: BTreeMap<u64, Left>,
    /// Entries that came, changed or left since the last frame.
    changed: BTreeSet<u64>,
    flushed: Option<Millis>,
    /// What each person may still say.
    left_to_say: BTreeMap<UserId, Allowance>,
}

#[derive(Debug)]
struct Entry {
    holder: ParticipantId,
    clock: u32,
    /// `{"cursor":…,"user":…}`
    state: String,
    heard: Millis,
}

#[derive(Debug)]
struct Left {
    clock: u32,
    at: Millis,
}

impl PresenceTable {
    /// When a frame of changes is due.
    pub fn due(&self, participants: usize) -> Option<Millis> {
        let gather = GATHER_MILLIS.max(GATHER_MILLIS_PER_PARTICIPANT * participants as u64);
        (!self.changed.is_empty()).then(|| self.flushed.map_or(Millis(0), |flushed| flushed.plus(gather)))
    }

    /// Everybody who is here except this socket, if there is anybody.
    pub fn frame_for_all_but(&self, who: ParticipantId) -> Option<Bytes> {
        let others: Vec<_> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.holder != who)
            .map(|(client, entry)| PresenceEntry { client_id: *client, clock: entry.clock, state: &entry.state })
            .collect();
        (!others.is_empty()).then(|| presence_frame(others.into_iter()))
    }

    /// The same for somebody who may have missed that others left.
    pub fn frame_after_a_gap(&self, who: ParticipantId) -> Option<Bytes> {
        let here = self.entries.iter().filter(|(_, entry)| entry.holder != who);
        let here = here.map(|(client, entry)| (*client, entry.clock, entry.state.as_str()));
        let left = self.left.iter().map(|(client, left)| (*client, left.clock, "null"));
        let entries: Vec<_> =
            here.chain(left).map(|(client_id, clock, state)| PresenceEntry { client_id, clock, state }).collect();
        (!entries.is_empty()).then(|| presence_frame(entries.into_iter()))
    }

    /// The id under which this socket is here.
    pub fn client_of(&self, who: ParticipantId) -> Option<u64> {
        self.held.get(&who).copied()
    }

    pub fn leave(&mut self, now: Millis, who: ParticipantId) {
        if let Some(client) = self.held.remove(&who)
            && let Some(entry) = self.entries.remove(&client)
        {
            self.left.insert(client, Left { clock: entry.clock.saturating_add(1), at: now });
            self.changed.insert(client);
        }
    }

    pub fn expire(&mut self, now: Millis) {
        let silent = |entry: &Entry| now.since(entry.heard) >= EXPIRY_MILLIS;
        let expired: Vec<_> = self.entries.values().filter(|entry| silent(entry)).map(|entry| entry.holder).collect();
        for who in expired {
            self.leave(now, who);
        }
        let changed = &self.changed;
        self.left_to_say.retain(|_, allowance| now.since(allowance.asked()) < EXPIRY_MILLIS);
        self.left.retain(|client, left| changed.contains(client) || now.since(left.at) < MEMORY_MILLIS);
    }

    /// Whether so much more of them may be told now; if not, the newest of it is told later.
    fn may_tell(&mut self, now: Millis, person: &UserId, bytes: usize) -> bool {
        if !self.left_to_say.contains_key(person) {
            self.left_to_say.insert(person.clone(), Allowance::of(RATE, now));
        }
        self.left_to_say.get_mut(person).is_some_and(|allowance| allowance.takes(now, bytes))
    }

    fn set(&mut self, now: Millis, who: ParticipantId, entry: &PresenceEntry<'_>, state: String) {
        let before = self.entries.get(&entry.client_id).map(|entry| entry.clock);
        let before = before.max(self.left.remove(&entry.client_id).map(|left| left.clock));
        // A clock near the top could not be followed by another one: the room counts on by itself then.
        let theirs = if entry.clock < u32::MAX / 2 { entry.clock } else { 0 };
        let clock = before.map_or(theirs, |before| theirs.max(before.saturating_add(1)));
        if let Some(old) = self.entries.insert(entry.client_id, Entry { holder: who, clock, state, heard: now })
            && old.holder != who
        {
            self.held.remove(&old.holder);
        }
        self.held.insert(who, entry.client_id);
        self.changed.insert(entry.client_id);
    }
}

impl Room {
    /// One entry a socket: the first it names that nobody else holds; stock clients repeat those of others.
    pub(super) fn presence_heard(
        &mut self,
        now: Millis,
        from: ParticipantId,
        payload: &[u8],
        effects: &mut Vec<RoomEffect>,
    ) {
        let Ok(entries) = presence_entries(payload) else {
            if let Some(participant) = self.participants.get_mut(&from) {
                participant.close(from, CloseCode::Malformed, "malformed presence", effects);
            }
            return;
        };
        let Some(participant) = self.participants.get(&from) else { return };
        let person = &participant.person.id;
        let own = match self.presence.held.get(&from) {
            Some(own) => Some(*own),
            None => entries.iter().map(|entry| entry.client_id).find(|client| {
                let holder = self.presence.entries.get(client).map(|entry| entry.holder);
                let holder = holder.and_then(|holder| self.participants.get(&holder));
                holder.is_none_or(|holder| holder.person.id == *person) && self.authors.may_announce(*client, person)
            }),
        };
        let Some(entry) = own.and_then(|own| entries.iter().find(|entry| entry.client_id == own)) else { return };
        if entry.state == "null" {
            self.presence.leave(now, from);
        } else if let Some(state) = cleaned(entry.state, &participant.user) {
            self.authors.reserve(entry.client_id, from, &participant.person.id);
            self.presence.set(now, from, entry, state);
        }
        self.flush_presence_if_due(now, effects);
    }

    /// Whether its person has been told of so much lately that this entry has to wait. That somebody left never waits.
    fn must_wait(&mut self, now: Millis, client: u64) -> bool {
        let Some((holder, bytes)) = self.presence.entries.get(&client).map(|entry| (entry.holder, entry.state.len()))
        else {
            return false;
        };
        self.participants.get(&holder).is_some_and(|holder| !self.presence.may_tell(now, &holder.person.id, bytes))
    }

    /// Our own client passes over its own entry; a stock client would take it for a newer one, so it gets none.
    pub(super) fn flush_presence_if_due(&mut self, now: Millis, effects: &mut Vec<RoomEffect>) {
        if self.presence.due(self.participants.len()).is_none_or(|due| now < due) {
            return;
        }
        self.presence.flushed = Some(now);
        let mut changed = std::mem::take(&mut self.presence.changed);
        let waits: BTreeSet<u64> = changed.iter().copied().filter(|client| self.must_wait(now, *client)).collect();
        changed.retain(|client| !waits.contains(client));
        let table = &mut self.presence;
        table.changed = waits;
        if changed.is_empty() {
            return;
        }
        let entries: Vec<_> = changed
            .iter()
            .filter_map(|client| {
                let present = table.entries.get(client).map(|entry| (entry.clock, entry.state.as_str()));
                let (clock, state) = present.or_else(|| table.left.get(client).map(|left| (left.clock, "null")))?;
                Some(PresenceEntry { client_id: *client, clock, state })
            })
            .collect();
        let for_all = presence_frame(entries.iter().copied());
        let mut to = Vec::new();
        for (who, participant) in &mut self.participants {
            let own = table.held.get(who).filter(|own| changed.contains(own));
            match (participant.dialect, own) {
                (Dialect::Gongbei, _) | (Dialect::Stock, None) => {
                    if participant.queue(now, for_all.len()) {
                        to.push(*who);
                    }
                }
                (Dialect::Stock, Some(own)) => {
                    let others: Vec<_> = entries.iter().filter(|entry| entry.client_id != *own).copied().collect();
                    if !others.is_empty() {
                        participant.send(*who, now, presence_frame(others.into_iter()), effects);
                    }
                }
            }
        }
        if !to.is_empty() {
            effects.push(RoomEffect::SendAll { to, frame: for_all });
        }
    }
}

/// The entry as everybody may see it: a caret, and the person as their account says; `None` if it is no entry.
fn cleaned(state: &str, user: &str) -> Option<String> {
    if state.len() > MAX_PRESENCE {
        return None;
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_str(state) else { return None };
    let cursor = match fields.remove("cursor") {
        Some(Value::Object(cursor)) => Value::Object(cursor),
        _ => Value::Null,
    };
    Some(format!(r#"{{"cursor":{cursor},"user":{user}}}"#))
}
