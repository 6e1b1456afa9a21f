//! What one can subscribe to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::words::{CollectionId, SchoolId, TaxonId};

/// Whatever is new under it stands in one's feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "of")]
pub enum Topic {
    /// A subject, or a kindergarten's domain: at most 40 characters.
    Subject(String),
    /// A place in a textbook, with all that lies under it.
    Taxon(TaxonId),
    /// What comes from a school.
    School(SchoolId),
    /// A collection, and new versions of what is in it.
    Collection(CollectionId),
}

/// A text that names no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no topic")]
pub struct NotATopic;

impl Topic {
    pub const MAX_SUBJECT_CHARS: usize = 40;
}

/// `type:id`, as it stands in the database.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Subject(name) => write!(f, "subject:{name}"),
            Topic::Taxon(id) => write!(f, "taxon:{id}"),
            Topic::School(id) => write!(f, "school:{id}"),
            Topic::Collection(id) => write!(f, "collection:{id}"),
        }
    }
}

impl FromStr for Topic {
    type Err = NotATopic;

    fn from_str(text: &str) -> Result<Self, NotATopic> {
        match text.split_once(':').ok_or(NotATopic)? {
            ("subject", name) if (1..=Self::MAX_SUBJECT_CHARS).contains(&name.chars().count()) => {
                Ok(Topic::Subject(name.to_owned()))
            }
            ("taxon", id) => id.parse().map(Topic::Taxon).map_err(|_| NotATopic),
            ("school", id) => id.parse().map(Topic::School).map_err(|_| NotATopic),
            ("collection", id) => id.parse().map(Topic::Collection).map_err(|_| NotATopic),
            _ => Err(NotATopic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_as_it_is_written() {
        for text in ["subject:数学", "taxon:rj-math-3a-8", "school:beiguan", "collection:c1"] {
            assert_eq!(text.parse::<Topic>().map(|topic| topic.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "subject:", "person:ann", "taxon:a b", "school"] {
            assert_eq!(text.parse::<Topic>(), Err(NotATopic), "{text}");
        }
    }
}
