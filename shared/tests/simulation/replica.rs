//! A page's copy of the document, and a stand-in for the person who edits it.

use shared::document::{CONTENT, Replica as Document};
use shared::sync::client::{Replica, ReplicaError};

use yrs::{Array, Doc, GetString, Map, ReadTxn, Text, Transact};

use super::chance::Chance;

/// Nobody else writes this.
const TEMPLATE: &str = "教学目标、学情分析";

pub struct Copy {
    document: Document,
}

impl Copy {
    pub fn new(client_id: u64) -> Self {
        let copy = Self { document: Document::new(client_id) };
        copy.doc().get_or_insert_text("text");
        copy.doc().get_or_insert_map(CONTENT);
        copy.doc().get_or_insert_array(CONTENT);
        copy
    }

    pub fn doc(&self) -> &Doc {
        self.document.doc()
    }

    /// One edit of a random kind, as the update it makes.
    pub fn edit(&mut self, chance: &mut Chance) -> Vec<u8> {
        const WORDS: [&str; 8] = ["备课", "a", "教学目标\n", "😀", "the ", "三年级", "x", "分数墙"];
        let text = self.doc().get_or_insert_text("text");
        let map = self.doc().get_or_insert_map(CONTENT);
        let list = self.doc().get_or_insert_array(CONTENT);
        let mut txn = self.doc().transact_mut();
        let len = u64::from(text.len(&txn));
        match chance.within(0, 20) {
            0..=9 => {
                let word = WORDS[chance.within(0, 8) as usize];
                // Never between the halves of a 4-byte character: the end of the text or its start.
                let at = if chance.one_in(3) { 0 } else { len };
                text.insert(&mut txn, at as u32, word);
            }
            10..=12 => {
                let content = text.get_string(&txn);
                let at = chance.within(0, len.max(1)) as usize;
                let units: Vec<_> = content.chars().map(char::len_utf16).collect();
                let mut start = 0usize;
                for width in units {
                    if start >= at {
                        text.remove_range(&mut txn, start as u32, width as u32);
                        break;
                    }
                    start += width;
                }
            }
            13..=14 => {
                let key = ["title", "kind", "school"][chance.within(0, 3) as usize];
                map.insert(&mut txn, key, chance.within(0, 1000) as i64);
            }
            15..=16 => {
                let at = chance.within(0, u64::from(list.len(&txn)) + 1) as u32;
                list.insert(&mut txn, at, format!("item {}", chance.within(0, 1000)));
            }
            17 if list.len(&txn) > 0 => {
                let at = chance.within(0, u64::from(list.len(&txn))) as u32;
                list.remove(&mut txn, at);
            }
            18 => {
                // A paste.
                let pasted = "学情分析与教学重难点。".repeat(if chance.one_in(8) { 300 } else { 12 });
                text.insert(&mut txn, len as u32, &pasted);
            }
            _ => {
                map.remove(&mut txn, "title");
            }
        }
        txn.encode_update_v1()
    }

    /// What the server writes into a new document.
    pub fn begin(&self) -> Vec<u8> {
        let list = self.doc().get_or_insert_array(CONTENT);
        let mut txn = self.doc().transact_mut();
        list.insert(&mut txn, 0, TEMPLATE);
        txn.encode_update_v1()
    }

    pub fn clocks(&self) -> Vec<(u64, u32)> {
        let state_vector = self.doc().transact().state_vector();
        state_vector.iter().map(|(client, clock)| (client.get(), *clock)).collect()
    }

    pub fn clock_of(&self, client: u64) -> u32 {
        self.doc().transact().state_vector().get(&yrs::ClientID::new(client))
    }

    /// Everything two replicas have to agree on.
    pub fn state(&self) -> State {
        let (text, map) = (self.doc().get_or_insert_text("text"), self.doc().get_or_insert_map(CONTENT));
        let list = self.doc().get_or_insert_array(CONTENT);
        let txn = self.doc().transact();
        let mut entries: Vec<_> = map.iter(&txn).map(|(key, value)| (key.to_string(), value.to_string(&txn))).collect();
        entries.sort();
        State {
            text: text.get_string(&txn),
            map: entries,
            list: list.iter(&txn).map(|value| value.to_string(&txn)).collect(),
            snapshot: txn.snapshot(),
            pending: !self.document.is_whole(),
        }
    }
}

#[derive(PartialEq)]
pub struct State {
    text: String,
    map: Vec<(String, String)>,
    list: Vec<String>,
    /// State vector and delete set.
    snapshot: yrs::Snapshot,
    pending: bool,
}

impl State {
    /// How often what the server began with is in there.
    pub fn beginnings(&self) -> usize {
        self.list.iter().filter(|item| *item == TEMPLATE).count()
    }

    /// What is not the same, in a line.
    pub fn differs(&self, other: &State) -> Option<String> {
        let content = self.text == other.text && self.map == other.map && self.list == other.list;
        let (ours, theirs) = (&self.snapshot, &other.snapshot);
        (self != other).then(|| {
            format!(
                "content equal: {content}; pending {} {}; state vectors {:?} {:?}; delete sets equal: {}",
                self.pending,
                other.pending,
                ours.state_map,
                theirs.state_map,
                ours.delete_set == theirs.delete_set
            )
        })
    }
}

impl Replica for Copy {
    fn state_vector(&self) -> Vec<u8> {
        self.document.state_vector()
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        self.document.diff(state_vector).map_err(|e| ReplicaError(e.to_string()))
    }

    fn is_whole(&self) -> bool {
        self.document.is_whole()
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        self.document.apply(update).map_err(|e| ReplicaError(e.to_string()))
    }
}
