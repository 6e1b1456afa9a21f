//! The body of the answer to the box in every page's bar.

use serde::{Deserialize, Serialize};

use crate::library::Piece;

/// `GET /api/find?q=`: a few of everything that fits, as far as the asking person may see it. With nothing asked for: what
/// they had open last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// In the order in which they are shown; none is empty.
    pub groups: Vec<GlanceGroup>,
    /// There was no time to look through everything, so more may fit: one word more helps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlanceGroup {
    pub of: GlanceOf,
    /// All that fit, not only those below.
    pub total: u32,
    /// At most 5, what fits best first.
    pub lines: Vec<GlanceLine>,
}

/// Of what sort the lines of a group are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GlanceOf {
    /// Documents that the asking person had open, the last first.
    Recent,
    Documents,
    Items,
    Collections,
    /// Questions that were answered in tutoring sessions.
    Questions,
    People,
    /// Schools, teams and groups.
    Places,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlanceLine {
    /// The address of its page on this site.
    pub href: String,
    /// A kind of item, `document:` and a kind of document, `collection`, `question`, `person`, `school`, `team` or `group`.
    pub kind: String,
    pub title: Vec<Piece>,
    /// Where the text fits, if the title doesn't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snippet: Vec<Piece>,
    /// Where it lies, or somebody's school.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}
