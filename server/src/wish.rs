//! What somebody asks for, so that it is known again when it comes a second time.

use serde::Serialize;

/// A hash of all of it, as it was understood. It is stored beside what was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish(blake3::Hash);

impl Wish {
    /// `what` names the sort of wish and what else it is about. Fields that are left out by serde when they are empty may be
    /// added later: what was asked for before keeps its hash.
    pub fn of(what: &[&str], asked: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::to_vec(&(what, asked)).map(|bytes| Self(blake3::hash(&bytes)))
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// As it is stored; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(blake3::Hash::from_bytes).map(Self)
    }
}
