//! The words of the product as types: ids, kinds, titles.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An identifier that is not of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 1 to 64 letters, digits, '-' or '_'")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 1 to 64 ASCII letters, digits, `-` or `_`, so it can stand in a URL as it is.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(id: String) -> Result<Self, InvalidId> {
                let fits = (1..=64).contains(&id.len())
                    && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                if fits { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(id: &str) -> Result<Self, InvalidId> {
                Self::try_from(id.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A co-edited document.
    DocumentId
);
id!(
    /// A person with an account.
    UserId
);
id!(
    /// An education group (教育集团).
    GroupId
);
id!(
    /// A school, campus or kindergarten.
    SchoolId
);
id!(
    /// Teachers of several campuses who work together (教研组, 备课组, 名师工作室).
    TeamId
);
id!(
    /// A bureau's area (区域): its vocabularies and several groups.
    RegionId
);
id!(
    /// The place of a school in a group, with dates.
    MembershipId
);
id!(
    /// A person's seat in a school, team or group (成员), with dates.
    SeatId
);
id!(
    /// A kind of group (融合型, 协作型 …) in a region's vocabulary.
    GroupKindId
);
id!(
    /// A post (总校长, 教师 …) in a region's vocabulary.
    PostId
);
id!(
    /// The content hash of a blob: blake3, 64 hexadecimal digits.
    BlobId
);
id!(
    /// An entry of the library (资源).
    ItemId
);
id!(
    /// A curated list of items (专题).
    CollectionId
);
id!(
    /// A line of a collection, for as long as it stands there.
    LineId
);
id!(
    /// A file on its way to the server, and until it is put somewhere.
    UploadId
);
id!(
    /// Something said of an item; whoever says it chooses the id.
    RemarkId
);
id!(
    /// A request to borrow a thing or a place; whoever asks chooses the id.
    LoanId
);
id!(
    /// A tutoring session (走网课堂); whoever plans it chooses the id.
    TutoringId
);
id!(
    /// A question in a tutoring session; whoever asks chooses the id.
    QuestionId
);
id!(
    /// A quick check in a tutoring session; whoever writes it chooses the id.
    CheckId
);
id!(
    /// A photo or voice clip in a tutoring session; whoever sends it chooses the id.
    MediaId
);
id!(
    /// A school's wish for a tutoring session; whoever asks chooses the id.
    WishId
);
id!(
    /// A node of a region's taxonomy: an edition, volume, unit or lesson.
    TaxonId
);
id!(
    /// Which life of a document this is: chosen when it is created, and anew when a backup is restored.
    /// Content of two epochs is never merged.
    Epoch
);

/// Place of an update in its document's log: 1, 2, 3 … without gaps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

/// Milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    pub const DAY: i64 = 24 * 3600 * 1000;
}

/// From when until when something holds: `since` is within it, `until` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub since: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
}

impl Span {
    /// From then on, without an end.
    pub fn from(since: UnixMillis) -> Self {
        Self { since, until: None }
    }

    pub fn holds(self, at: UnixMillis) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }

    /// Its end, or the end of time.
    pub fn last(self) -> UnixMillis {
        self.until.unwrap_or(UnixMillis(i64::MAX))
    }

    pub fn is_over(self, at: UnixMillis) -> bool {
        self.last() <= at
    }

    /// Whether it has no end, or one that is not before its beginning.
    pub fn is_in_order(self) -> bool {
        self.until.is_none_or(|until| self.since <= until)
    }
}

/// What a document is for. All but `Board` open in the rich-text editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    LessonPlan,
    UnitPlan,
    Resource,
    Agenda,
    Page,
    Board,
}

impl DocumentKind {
    pub const ALL: [DocumentKind; 6] = [
        DocumentKind::LessonPlan,
        DocumentKind::UnitPlan,
        DocumentKind::Resource,
        DocumentKind::Agenda,
        DocumentKind::Page,
        DocumentKind::Board,
    ];

    /// The name in URLs, JSON and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::LessonPlan => "lesson-plan",
            DocumentKind::UnitPlan => "unit-plan",
            DocumentKind::Resource => "resource",
            DocumentKind::Agenda => "agenda",
            DocumentKind::Page => "page",
            DocumentKind::Board => "board",
        }
    }

    /// The kind of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A title that can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTitle {
    #[error("the title is empty")]
    Empty,
    #[error("the title has {0} characters, {max} at most", max = Title::MAX_CHARS)]
    TooLong(usize),
}

/// A document's title: 1 to 200 characters on one line, without white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    pub const MAX_CHARS: usize = 200;

    /// Folds white space and control characters to single spaces, then checks the length.
    pub fn new(text: &str) -> Result<Self, InvalidTitle> {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let title = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        match title.chars().count() {
            0 => Err(InvalidTitle::Empty),
            n if n > Self::MAX_CHARS => Err(InvalidTitle::TooLong(n)),
            _ => Ok(Self(title)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person's colour: one of ten tones of the design tokens, kept for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tone(u8);

impl Tone {
    /// The tone of a person, the same wherever and whenever it is asked for (FNV-1a of the id).
    pub fn of(person: &UserId) -> Self {
        let hash = person
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self((hash % 10) as u8 + 1)
    }

    /// 1 to 10.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The light theme's colour of this tone as `#rrggbb`, for stock clients that know no tones.
    pub fn hex(self) -> &'static str {
        const LIGHT: [&str; 10] = [
            "#3f51a3", "#8a3f87", "#8a5a00", "#0e6b82", "#a8375f", "#596814", "#2a66ae", "#7d4a30", "#6a4bb5",
            "#525d68",
        ];
        LIGHT[usize::from(self.0.clamp(1, 10)) - 1]
    }
}
