//! The records of the organisation. Nothing is ever thrown away: what has ended has a date.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::vocabulary::Vocabulary;
use crate::words::{
    GroupId, GroupKindId, InvalidId, MembershipId, PostId, RegionId, SchoolId, SeatId, Span, TeamId, UnixMillis, UserId,
};

/// Where people have seats.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "id")]
pub enum Body {
    Group(GroupId),
    School(SchoolId),
    Team(TeamId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    Group,
    School,
    Team,
}

impl Body {
    pub fn kind(&self) -> BodyKind {
        match self {
            Body::Group(_) => BodyKind::Group,
            Body::School(_) => BodyKind::School,
            Body::Team(_) => BodyKind::Team,
        }
    }
}

/// To whom a document or resource belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "id")]
pub enum Shelf {
    Person(UserId),
    Team(TeamId),
    School(SchoolId),
    Group(GroupId),
}

impl Shelf {
    /// Whether it is this body's.
    pub fn is_of(&self, body: &Body) -> bool {
        match (self, body) {
            (Shelf::Team(id), Body::Team(other)) => id == other,
            (Shelf::School(id), Body::School(other)) => id == other,
            (Shelf::Group(id), Body::Group(other)) => id == other,
            (Shelf::Person(_) | Shelf::Team(_) | Shelf::School(_) | Shelf::Group(_), _) => false,
        }
    }

    /// The body whose shelf it is; `None` for a person's.
    pub fn body(&self) -> Option<Body> {
        match self {
            Shelf::Person(_) => None,
            Shelf::Team(id) => Some(Body::Team(id.clone())),
            Shelf::School(id) => Some(Body::School(id.clone())),
            Shelf::Group(id) => Some(Body::Group(id.clone())),
        }
    }
}

/// What is not `type:id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected person:, team:, school: or group: with an id")]
pub struct NotAPlace;

impl From<InvalidId> for NotAPlace {
    fn from(_: InvalidId) -> Self {
        NotAPlace
    }
}

/// `type:id`, as it stands in the database.
impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shelf::Person(id) => write!(f, "person:{id}"),
            Shelf::Team(id) => write!(f, "team:{id}"),
            Shelf::School(id) => write!(f, "school:{id}"),
            Shelf::Group(id) => write!(f, "group:{id}"),
        }
    }
}

impl FromStr for Shelf {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (kind, id) = text.split_once(':').ok_or(NotAPlace)?;
        match kind {
            "person" => Ok(Shelf::Person(id.parse()?)),
            "team" => Ok(Shelf::Team(id.parse()?)),
            "school" => Ok(Shelf::School(id.parse()?)),
            "group" => Ok(Shelf::Group(id.parse()?)),
            _ => Err(NotAPlace),
        }
    }
}

/// `type:id`, as it stands in the database.
impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Group(id) => write!(f, "group:{id}"),
            Body::School(id) => write!(f, "school:{id}"),
            Body::Team(id) => write!(f, "team:{id}"),
        }
    }
}

impl FromStr for Body {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        text.parse::<Shelf>()?.body().ok_or(NotAPlace)
    }
}

/// A bureau's area: it sets the words, and groups and schools lie in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    pub id: RegionId,
    pub name: String,
    pub vocabulary: Vocabulary,
}

/// An education group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub region: RegionId,
    pub name: String,
    pub kind: GroupKindId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub founded: Option<UnixMillis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchoolSort {
    Kindergarten,
    Primary,
    Junior,
    /// 九年一贯制学校.
    NineYear,
    Senior,
    Vocational,
    Special,
    /// No school: a bureau's research office and the like.
    Institution,
}

/// A school, campus or kindergarten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    pub id: SchoolId,
    pub region: RegionId,
    pub name: String,
    /// One character, e.g. 实.
    pub seal: String,
    pub sort: SchoolSort,
    /// In a village (村小).
    #[serde(default)]
    pub rural: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pupils: Option<u32>,
}

/// A school's time in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub id: MembershipId,
    pub group: GroupId,
    pub school: SchoolId,
    /// The group's lead school.
    pub leads: bool,
    #[serde(flatten)]
    pub span: Span,
    /// Why it left.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What was handed over when it left.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handed_over: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TeamSort {
    /// 教研组.
    Research,
    /// 备课组.
    Preparation,
    /// 名师工作室.
    Studio,
}

/// Teachers, often of several campuses, who work together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub id: TeamId,
    /// The group or school it is of.
    pub home: Body,
    pub name: String,
    pub sort: TeamSort,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// When it was dissolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<UnixMillis>,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    /// What they sign in with, beside phone and e-mail; lower case.
    pub login: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they teach, as they say it: 数学 三年级.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub teaches: String,
    /// The operator of this server.
    #[serde(default)]
    pub operator: bool,
    pub created: UnixMillis,
    /// Since when they may do nothing for the time being.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<UnixMillis>,
    /// When the account was closed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<UnixMillis>,
}

impl Person {
    /// An account that is just made, without phone and e-mail. White space around the name goes, and the login is made
    /// lower case.
    pub fn new(id: UserId, name: &str, login: &str, created: UnixMillis) -> Self {
        Self {
            id,
            name: name.trim().to_owned(),
            login: login.trim().to_lowercase(),
            phone: None,
            email: None,
            teaches: String::new(),
            operator: false,
            created,
            suspended: None,
            closed: None,
        }
    }

    /// Whether they may do anything at all.
    pub fn is_active(&self) -> bool {
        self.suspended.is_none() && self.closed.is_none()
    }
}

/// What a person is in a school, team or group, and from when until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub id: SeatId,
    pub person: UserId,
    pub body: Body,
    pub post: PostId,
    /// Of several schools, the one whose seal they wear.
    #[serde(default)]
    pub main: bool,
    #[serde(flatten)]
    pub span: Span,
}

/// One thing of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "record")]
pub enum Record {
    Region(Region),
    Group(Group),
    School(School),
    Membership(Membership),
    Team(Team),
    Person(Person),
    Seat(Seat),
}

/// Names a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "record", content = "id")]
pub enum Key {
    Region(RegionId),
    Group(GroupId),
    School(SchoolId),
    Membership(MembershipId),
    Team(TeamId),
    Person(UserId),
    Seat(SeatId),
}

impl Record {
    pub fn key(&self) -> Key {
        match self {
            Record::Region(region) => Key::Region(region.id.clone()),
            Record::Group(group) => Key::Group(group.id.clone()),
            Record::School(school) => Key::School(school.id.clone()),
            Record::Membership(membership) => Key::Membership(membership.id.clone()),
            Record::Team(team) => Key::Team(team.id.clone()),
            Record::Person(person) => Key::Person(person.id.clone()),
            Record::Seat(seat) => Key::Seat(seat.id.clone()),
        }
    }
}
