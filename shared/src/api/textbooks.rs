//! Bodies of the textbooks of a region: their volumes, each as text.

use serde::{Deserialize, Serialize};

use crate::words::TaxonId;

/// `GET /api/library/volumes/{volume}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeText {
    pub volume: TaxonId,
    pub edition: String,
    pub name: String,
    pub subject: String,
    pub grade: String,
    /// As `shared::library::outline` writes it.
    pub outline: String,
    /// Names this state of it.
    pub read: String,
}

/// `PUT /api/library/volumes`: makes or changes a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutVolume {
    /// The one to change; otherwise the one of that edition, subject and name, or a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<TaxonId>,
    pub edition: String,
    pub name: String,
    pub subject: String,
    #[serde(default)]
    pub grade: String,
    /// A unit a line, lessons behind white space under their unit; at most 400 lines of 60 characters.
    pub outline: String,
    /// The state that the form was made from; another one is refused as `stale-form`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Says what would change, and stores nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_ask: bool,
}

/// What a volume became, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutVolumeAnswer {
    /// `None` as long as it is new and only asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<TaxonId>,
    /// Names of what is new.
    pub added: Vec<String>,
    pub renamed: Vec<RenamedTaxon>,
    /// Names of what is not taught from any more. What lies there keeps its place.
    pub ended: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenamedTaxon {
    pub before: String,
    pub after: String,
}
