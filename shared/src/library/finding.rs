//! What is asked of the search and what it answers with.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::items::named;
use crate::words::{GroupId, SchoolId};

named! {
    /// By what results are narrowed down and counted.
    Facet {
        /// An item's kind, `document:` and a document's, or `collection`
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

/// As `in=` has it: `everywhere`, `mine`, `school:` or `group:` with an id.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Everywhere => f.write_str("everywhere"),
            Scope::School(id) => write!(f, "school:{id}"),
            Scope::Group(id) => write!(f, "group:{id}"),
            Scope::Mine => f.write_str("mine"),
        }
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no scope")]
pub struct NotAScope;

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        match text.split_once(':') {
            None if text == "everywhere" => Ok(Scope::Everywhere),
            None if text == "mine" => Ok(Scope::Mine),
            Some(("school", id)) => id.parse().map(Scope::School).map_err(|_| NotAScope),
            Some(("group", id)) => id.parse().map(Scope::Group).map_err(|_| NotAScope),
            None | Some(_) => Err(NotAScope),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        for text in ["everywhere", "mine", "school:beiguan", "group:qinghe"] {
            assert_eq!(text.parse::<Scope>().map(|scope| scope.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "school", "school:", "team:a", "everywhere:a", "mine:"] {
            assert_eq!(text.parse::<Scope>(), Err(NotAScope), "{text:?}");
        }
    }
}
