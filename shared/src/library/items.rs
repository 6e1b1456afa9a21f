//! Kinds of items, what others may do with them, and where they belong in teaching.

use serde::{Deserialize, Serialize};

use crate::words::TaxonId;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in URLs, JSON and the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The one of that name, if there is one.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What an item is for.
    ItemKind {
        /// 教案
        LessonDesign = "lesson-design",
        /// 微课
        MicroLesson = "micro-lesson",
        /// 课件
        Courseware = "courseware",
        /// 课堂实录
        RecordedLesson = "recorded-lesson",
        /// 教学案例
        TeachingCase = "teaching-case",
        /// 学具与习题
        QuestionSet = "question-set",
        /// 教研成果
        ResearchResult = "research-result",
        /// 管理模板
        Template = "template",
        /// 器材, lent by a school
        Equipment = "equipment",
        /// 场地, lent by a school
        Venue = "venue",
    }
}

impl ItemKind {
    /// A thing or a place: it is lent, and has no files that one could use.
    pub fn is_lent(self) -> bool {
        matches!(self, ItemKind::Equipment | ItemKind::Venue)
    }
}

named! {
    /// What others may do with an item.
    Licence {
        /// Use and change within the group, naming author and school
        GroupAdapt = "group-adapt",
        /// Use within the group, unchanged
        GroupUse = "group-use",
        /// CC BY 4.0
        By = "cc-by",
        /// CC BY-SA 4.0
        BySa = "cc-by-sa",
        /// CC BY-NC-SA 4.0
        ByNcSa = "cc-by-nc-sa",
        /// Nobody's any more, or never anybody's
        Free = "public-domain",
        /// From elsewhere, with leave to use it here; the source says whose
        Elsewhere = "elsewhere",
    }
}

impl Licence {
    /// Whether what is made of it may differ from it.
    pub fn lets_adapt(self) -> bool {
        match self {
            Licence::GroupAdapt | Licence::By | Licence::BySa | Licence::ByNcSa | Licence::Free => true,
            Licence::GroupUse | Licence::Elsewhere => false,
        }
    }
}

/// Tags of one item.
pub const MAX_TAGS: usize = 20;
pub const MAX_DESCRIPTION_CHARS: usize = 4_000;

/// A word that can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWord {
    #[error("the word is empty")]
    Empty,
    #[error("the word has {0} characters, {max} at most", max = Tag::MAX_CHARS)]
    TooLong(usize),
}

/// A word of one's own to find an item by: 1 to 20 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    pub const MAX_CHARS: usize = 20;

    /// Folds white space and control characters to single spaces, then checks the length.
    pub fn new(text: &str) -> Result<Self, InvalidWord> {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let tag = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        match tag.chars().count() {
            0 => Err(InvalidWord::Empty),
            n if n > Self::MAX_CHARS => Err(InvalidWord::TooLong(n)),
            _ => Ok(Self(tag)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = InvalidWord;

    fn try_from(text: String) -> Result<Self, InvalidWord> {
        Self::new(&text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> String {
        tag.0
    }
}

/// Where an item belongs in teaching. Empty words say nothing; the words are those of the region's vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placing {
    /// E.g. 小学.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// A subject, or a kindergarten's domain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// E.g. 三年级.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
    /// The deepest known place in a textbook: edition, volume, unit or lesson.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxon: Option<TaxonId>,
    /// E.g. 新授课.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lesson_type: String,
}
