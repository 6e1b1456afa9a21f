//! Bodies about who is who.

use serde::{Deserialize, Serialize};

use super::{PersonCard, ShelfCard};
use crate::access::{Right, WhyKind};
use crate::organisation::{
    Body, Group, Membership, Misfit, Person, Post, Record, Region, School, Seat, Team, Uses, Warning, Wording,
};
use crate::words::{RegionId, UnixMillis};

/// `GET /api/organisation`: what the asking person knows of it; people come by [`FoundPeople`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganisationView {
    pub regions: Vec<Region>,
    pub groups: Vec<Group>,
    pub schools: Vec<School>,
    /// Those that are over among them.
    pub memberships: Vec<Membership>,
    pub teams: Vec<Team>,
    /// Who manages or leads each body, and who looks down from it; strongest post first.
    pub heads: Vec<SeatLine>,
    /// How many people each body has.
    pub sizes: Vec<(Body, u32)>,
    pub warnings: Vec<Warning>,
    /// The bodies whose people the asking person looks after.
    pub administers: Vec<Body>,
    /// Those of them that are the asking person's to run: to give and end seats there, to change or dissolve the team.
    pub runs: Vec<Body>,
    /// Everything: the operator of this server.
    pub operator: bool,
    /// How often each region's words are used, which is why they can't be dropped; only for the operator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<(RegionId, Uses)>,
}

/// A seat with who sits on it and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeatLine {
    pub seat: Seat,
    pub person: PersonCard,
    pub post: Option<Post>,
}

/// One line of the table of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonLine {
    pub card: PersonCard,
    /// All of it for those who look after the person; else without login, phone and e-mail.
    pub person: Person,
    /// Those that hold now or will, with the names of the bodies.
    pub seats: Vec<(Seat, String, Option<Post>)>,
    /// When they were here last, to the minute; `None` for never, or if it is not the asking person's to know.
    pub seen: Option<UnixMillis>,
    /// Whether they have signed in at least once.
    pub arrived: bool,
    /// Whether the asking person may rename and suspend this account (`shared::access::may_look_after`) …
    pub looked_after: bool,
    /// … and whether they may do with it what its owner could: invite anew, say what is signed in with, close
    /// (`shared::access::may_administer`).
    pub administered: bool,
}

/// `GET /api/organisation/people?q=&body=&filter=&before=&limit=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundPeople {
    pub people: Vec<PersonLine>,
    /// How many there are with these words in this body …
    pub all: u32,
    /// … of them, who have never signed in …
    pub never: u32,
    /// … whose last seat ends within 30 days …
    pub ending: u32,
    /// … and who are suspended.
    pub suspended: u32,
    /// Pass as `after` to get the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// `POST /api/organisation/changes`: all of them are made, or none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedChanges {
    /// Each is added, or put in the place of the one with its id.
    pub records: Vec<Record>,
    /// Of those that were read before, how they were then: if one is otherwise by now, nothing is changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<Record>,
    /// Only look whether it could be done.
    #[serde(default)]
    pub dry: bool,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// `POST /api/organisation/changes/{undo}/undo` takes all of it back; `None` if nothing was done.
    pub undo: Option<u64>,
    pub warnings: Vec<Warning>,
}

/// The `problem` of a change that does not fit: which, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MisfitIn {
    /// From 0.
    pub at: usize,
    pub misfit: Misfit,
}

/// `GET /api/documents/{id}/who`: who can see this, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhoMay {
    pub shelf: ShelfCard,
    pub lines: Vec<WhoLine>,
    /// Groups whose kind keeps those who lead them out of what lies here.
    pub closed_to: Vec<ClosedTo>,
}

/// A group whose leaders can't see it, because its kind leaves its schools their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedTo {
    pub group: String,
    pub kind: Wording,
}

/// People with the same right for the same reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhoLine {
    pub why: WhyKind,
    /// What the place or person that the reason speaks of is called.
    pub name: String,
    /// What those with a seat there are.
    pub post: Option<Wording>,
    pub right: Right,
    pub count: u32,
    /// The first of them, by name.
    pub people: Vec<PersonCard>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    pub seq: u64,
    pub at: UnixMillis,
    /// `None` for the server itself and its command line.
    pub actor: Option<PersonCard>,
    /// E.g. `seat.added`.
    pub act: String,
    /// `type:id`.
    pub subject: String,
    /// What the subject is called now.
    pub name: String,
    pub details: serde_json::Value,
    /// Whether it may still be undone by the asking person, with its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<u64>,
}

/// `GET /api/audit`; newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditList {
    pub lines: Vec<AuditLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
