//! Both ends of docs/protocol.md as state machines: inputs in, effects out, no sockets, no clock, no disk.

pub mod admit;
pub mod client;
pub mod packed;
pub mod room;

use serde::{Deserialize, Serialize};

use crate::api::PersonCard;
use crate::words::{Tone, UserId};

/// Milliseconds of a clock that never goes back; only differences mean anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// Milliseconds from `earlier` to here, 0 if it is later.
    pub fn since(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn plus(self, millis: u64) -> Millis {
        Millis(self.0.saturating_add(millis))
    }
}

/// The `user` of a presence entry, written by the server from the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentPerson {
    pub id: UserId,
    pub name: String,
    /// `#rrggbb`, for stock clients that know no tones.
    pub color: String,
    pub tone: Tone,
    pub school: Option<String>,
    /// One character, e.g. 实.
    pub seal: Option<String>,
    pub lead: bool,
}

impl From<&PersonCard> for PresentPerson {
    fn from(card: &PersonCard) -> Self {
        let school = card.school.as_ref();
        Self {
            id: card.id.clone(),
            name: card.name.clone(),
            color: card.tone.hex().to_owned(),
            tone: card.tone,
            school: school.map(|school| school.name.clone()),
            seal: school.map(|school| school.seal.clone()),
            lead: school.is_some_and(|school| school.lead),
        }
    }
}
