//! What is asked of the search and what it answers with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::items::named;
use crate::words::{GroupId, SchoolId};

named! {
    /// By what results are narrowed down and counted.
    Facet {
        /// An item's kind or `document:` and a document's
        Kind = "kind",
        Stage = "stage",
        Subject = "subject",
        Grade = "grade",
        /// Textbook edition, volume and unit, as ids
        Edition = "edition",
        Volume = "volume",
        Unit = "unit",
        LessonType = "lesson-type",
        /// The school it comes from
        School = "school",
        /// What its file is
        File = "file",
        Tag = "tag",
    }
}

named! {
    /// The order of results.
    Sort {
        Relevance = "relevance",
        Newest = "newest",
        /// By whoever took it into their own work
        MostUsed = "most-used",
    }
}

/// Where to look; never further than the person may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "id")]
pub enum Scope {
    #[default]
    Everywhere,
    School(SchoolId),
    Group(GroupId),
    /// What the person made or put in.
    Mine,
}

/// A question to the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As typed. Empty: everything, to browse.
    pub q: String,
    pub scope: Scope,
    /// Values of one facet are alternatives; all facets must fit.
    pub filters: BTreeMap<Facet, Vec<String>>,
    pub sort: Sort,
    pub offset: u32,
    pub limit: u32,
}

/// How many of the results have this value, if nothing else were chosen of its facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    pub value: String,
    pub count: u32,
}

/// A stretch of text, marked where it fits the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hit: bool,
}
