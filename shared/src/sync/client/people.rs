//! The others' carets, and one's own (rule P7).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{ClientEffect, ClientSync, Link, Presence};
use crate::sync::{Millis, PresentPerson};
use crate::wire::{FrameError, MAX_PRESENCE, PresenceEntry, presence_entries, presence_frame};

/// One's caret is told at most so often …
const GATHER_MILLIS: u64 = 100;
/// … and again after so long, or others take one for gone.
const RENEW_MILLIS: u64 = 15_000;
/// Whom nobody has told of for so long is gone, whether or not we heard it.
const EXPIRY_MILLIS: u64 = 45_000;

#[derive(Debug, Default)]
pub(super) struct People {
    present: BTreeMap<u64, (Presence, Millis)>,
}

impl People {
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Presence)> {
        self.present.iter().map(|(client, (presence, _))| (*client, presence))
    }

    /// Returns whether there was anybody.
    pub fn clear(&mut self) -> bool {
        let anybody = !self.present.is_empty();
        self.present.clear();
        anybody
    }

    /// Returns whether anything changed. The server tells one's own entry too; it is passed over.
    pub fn hear(&mut self, now: Millis, payload: &[u8], own: u64) -> Result<bool, FrameError> {
        let mut changed = false;
        for entry in presence_entries(payload)?.into_iter().filter(|entry| entry.client_id != own) {
            changed |= match read_state(entry.state) {
                Some(presence) => match self.present.get_mut(&entry.client_id) {
                    Some((known, heard)) => {
                        *heard = now;
                        let moved = *known != presence;
                        *known = presence;
                        moved
                    }
                    None => self.present.insert(entry.client_id, (presence, now)).is_none(),
                },
                None => self.present.remove(&entry.client_id).is_some(),
            };
        }
        Ok(changed)
    }

    /// When somebody will have been silent for too long.
    pub fn due(&self) -> Option<Millis> {
        self.present.values().map(|(_, heard)| heard.plus(EXPIRY_MILLIS)).min()
    }

    /// Returns whether anybody was silent for too long.
    pub fn expire(&mut self, now: Millis) -> bool {
        let before = self.present.len();
        self.present.retain(|_, (_, heard)| now.since(*heard) < EXPIRY_MILLIS);
        self.present.len() < before
    }
}

fn read_state(state: &str) -> Option<Presence> {
    #[derive(Deserialize)]
    struct State {
        user: PresentPerson,
        cursor: Option<Value>,
    }
    let State { user, cursor } = serde_json::from_str(state).ok()?;
    Some(Presence { person: user, cursor })
}

#[derive(Debug, Default)]
pub(super) struct Caret {
    cursor: Option<Value>,
    clock: u32,
    changed: bool,
    told: Option<Millis>,
}

impl Caret {
    pub fn set(&mut self, cursor: Option<Value>) {
        self.changed |= self.cursor != cursor;
        self.cursor = cursor;
    }

    /// It has to be told again, whether it moved or not.
    pub fn renew(&mut self) {
        self.changed = true;
    }

    pub fn forget_told(&mut self) {
        self.told = None;
    }

    pub fn due(&self) -> Millis {
        let wait = if self.changed { GATHER_MILLIS } else { RENEW_MILLIS };
        self.told.map_or(Millis(0), |told| told.plus(wait))
    }

    fn state(&self) -> String {
        let cursor = self.cursor.as_ref().map(Value::to_string).filter(|json| json.len() < MAX_PRESENCE / 2);
        format!(r#"{{"cursor":{}}}"#, cursor.as_deref().unwrap_or("null"))
    }
}

impl ClientSync {
    pub(super) fn show_caret(&mut self, now: Millis, effects: &mut Vec<ClientEffect>) {
        if self.link == Link::Live && now >= self.caret.due() {
            self.caret.told = Some(now);
            self.caret.changed = false;
            self.caret.clock += 1;
            let state = self.caret.state();
            let entry = PresenceEntry { client_id: self.id(), clock: self.caret.clock, state: &state };
            effects.push(ClientEffect::Send(presence_frame(std::iter::once(entry))));
        }
    }
}
