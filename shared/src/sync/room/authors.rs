//! Whose each client id is (rules E3 and E4).

use std::collections::BTreeMap;

use super::ParticipantId;
use crate::sync::admit::Owner;
use crate::words::{Seq, UserId};

/// Ids one socket may keep from others without writing under them.
const MAX_RESERVED: usize = 8;

#[derive(Debug)]
pub(super) struct Authors {
    bound: BTreeMap<u64, UserId>,
    /// Bound, but not durably yet: up to this place the log has to be stored first.
    binding: BTreeMap<u64, Seq>,
    /// Handed out or announced, not written under yet.
    reserved: BTreeMap<u64, (ParticipantId, UserId)>,
}

impl Authors {
    pub fn new(bound: Vec<(u64, UserId)>) -> Self {
        Self { bound: bound.into_iter().collect(), binding: BTreeMap::new(), reserved: BTreeMap::new() }
    }

    /// Keeps a client id for this participant's person until they leave, if nobody else has it.
    pub fn reserve(&mut self, client: u64, who: ParticipantId, person: &UserId) {
        if self.bound.contains_key(&client) || self.reserved.contains_key(&client) {
            return;
        }
        if self.reserved.values().filter(|(holder, _)| *holder == who).count() < MAX_RESERVED {
            self.reserved.insert(client, (who, person.clone()));
        }
    }

    pub fn release(&mut self, who: ParticipantId) {
        self.reserved.retain(|_, (holder, _)| *holder != who);
    }

    /// `in_document`: the document has structs of this client.
    pub fn owner(&self, client: u64, person: &UserId, in_document: bool) -> Owner {
        match (self.bound.get(&client), self.reserved.get(&client)) {
            (Some(owner), _) if owner == person => Owner::Sender,
            (Some(_), _) => Owner::SomebodyElse,
            (None, Some((_, owner))) if owner != person => Owner::SomebodyElse,
            (None, _) if in_document => Owner::SomebodyElse,
            (None, _) => Owner::Nobody,
        }
    }

    pub fn may_announce(&self, client: u64, person: &UserId) -> bool {
        match (self.bound.get(&client), self.reserved.get(&client)) {
            (Some(owner), _) | (None, Some((_, owner))) => owner == person,
            (None, None) => true,
        }
    }

    pub fn bind(&mut self, client: u64, person: &UserId, seq: Seq) {
        self.reserved.remove(&client);
        self.bound.insert(client, person.clone());
        self.binding.insert(client, seq);
    }

    /// The place in the log that has to be stored before these ids may be written under.
    pub fn bound_at(&self, clients: impl Iterator<Item = u64>) -> Option<Seq> {
        if self.binding.is_empty() {
            return None;
        }
        clients.filter_map(|client| self.binding.get(&client)).max().copied()
    }

    pub fn stored(&mut self, upto: Seq) {
        self.binding.retain(|_, seq| *seq > upto);
    }
}
