//! Entries of a board: which key each value is of, and how many values each key has seen.
//!
//! A board has tens of thousands of keys that have nothing to do with one another; what finding a place for a value costs
//! is a matter of its own key alone.

use std::collections::BTreeMap;

use crate::board::Key;

/// A key's place in [`Entries`].
pub(super) type EntryId = u32;

/// Of a value whose key is none; older rules may have let it pass.
pub(super) const NO_ENTRY: EntryId = EntryId::MAX;

#[derive(Debug, Default)]
pub(super) struct Entries {
    keys: Vec<(Key, u32)>,
    ids: BTreeMap<Key, EntryId>,
}

/// What a draft adds.
#[derive(Debug, Default)]
pub(super) struct NewEntries {
    keys: Vec<Key>,
    ids: BTreeMap<Key, EntryId>,
    values: BTreeMap<EntryId, u32>,
}

impl Entries {
    pub fn take(&mut self, new: NewEntries) {
        self.keys.extend(new.keys.into_iter().map(|key| (key, 0)));
        self.ids.extend(new.ids);
        for (id, values) in new.values {
            self.keys[id as usize].1 += values;
        }
    }

    /// The place of a key, which it gets if it has none.
    pub fn id(&self, new: &mut NewEntries, key: Key) -> EntryId {
        if let Some(id) = self.ids.get(&key).or_else(|| new.ids.get(&key)) {
            return *id;
        }
        let id = (self.keys.len() + new.keys.len()) as EntryId;
        new.keys.push(key);
        new.ids.insert(key, id);
        id
    }

    pub fn key(&self, new: &NewEntries, id: EntryId) -> Option<Key> {
        let known = self.keys.get(id as usize).map(|(key, _)| *key);
        known.or_else(|| new.keys.get((id as usize).checked_sub(self.keys.len())?).copied())
    }

    /// How many values the key has seen, deleted ones included.
    pub fn values(&self, new: &NewEntries, id: EntryId) -> u32 {
        let known = self.keys.get(id as usize).map_or(0, |(_, values)| *values);
        known + new.values.get(&id).copied().unwrap_or(0)
    }

    pub fn add_value(&self, new: &mut NewEntries, id: EntryId) {
        if id != NO_ENTRY {
            *new.values.entry(id).or_default() += 1;
        }
    }
}
