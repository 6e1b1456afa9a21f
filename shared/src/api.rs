//! Bodies of the HTTP API. Field names are the JSON names; times are Unix milliseconds.

use serde::{Deserialize, Serialize};

use crate::access::{Right, Share};
use crate::organisation::{Body, Directory, Shelf};
use crate::words::{BlobId, DocumentId, DocumentKind, GroupId, SchoolId, TeamId, Tone, UnixMillis, UserId};

mod accounts;
mod checks;
mod collections;
mod glance;
mod library;
mod loans;
mod media;
mod organisation;
mod questions;
mod roster;
mod talk;
mod textbooks;
mod tutoring;
mod uploads;
mod wishes;

pub use accounts::{
    Account, ChangePassword, Close, Closed, Closing, ConfirmOneTime, CreatedOpenInvitation, EndOneTime, FirstGroup,
    FirstSchool, Invite, InviteOpenly, Invited, Join, KeptLine, OneTimeSecret, OpenInvitation, RecoveryCodes, Scope,
    SecondStep, SecondStepNeeded, SessionLine, SetProfile, SetUp, SetUpOneTime, SetupState, SingleSignOn, StartCode,
};
pub use checks::{
    CheckAnswer, CheckCard, CheckList, CheckResults, CheckView, CheckWords, DecideCheck, NamedAnswer, SchoolCounted,
    WriteCheck,
};
pub use collections::{
    AddLine, ChangeCollection, CollectionCard, CollectionLine, CollectionList, CollectionUses, CollectionView,
    CreateCollection, CreatedCollection, Feed, FeedLine, LineOf, MarkSeen, MenuCard, MenuList, MoveCollection, News,
    Subscribe, SubscriptionList, TopicCard, UsedItem, WishedLine, WishedOf,
};
pub use glance::{Glance, GlanceGroup, GlanceLine, GlanceOf};
pub use library::{
    AddVersion, Author, AuthorCard, Chain, ChangeItem, CopyItem, CreateItem, CreatedItem, Deed, Exchange, ExchangeLine,
    FileCard, FileText, Found as FoundEntry, Hit, ItemCard, ItemView, ItemWords, LibrarySchool, LibrarySchools,
    LibraryView, Making, MoveItem, NamedCount, NoteUse, PublishedItems, SearchAnswer, SmallCard, StageLine, Substance,
    TaxonList, TitledDocument, TitledItem, UseLine, VersionCard, WrittenContent,
};
pub use loans::{AskLoan, DecideLoan, LoanCalendar, LoanCard, LoanLine, LoanList, LoanWish};
pub use media::{ClipCard, ClipList, MediaCard, SayClip, SendMedia};
pub use organisation::{
    AskedChanges, AuditLine, AuditList, Changed, ClosedTo, FoundPeople, MisfitIn, OrganisationView, PersonLine,
    SeatLine, WhoLine, WhoMay,
};
pub use questions::{
    AskQuestion, BoardPlace, DecideQuestion, FoundQuestion, QuestionCard, QuestionList, WaitingQuestion,
    WaitingQuestions,
};
pub use roster::{ImportDetails, ImportState, ImportedLine, RosterAnswers, RosterPlan, RosterProgress};
pub use talk::{
    ChangeRemark, CorrectionCard, DecideCorrection, HideRemark, Rate, RatingCard, Ratings, ReadAnswers, RemarkCard,
    Say, Saying, Talk, Thread, Waiting, WaitingLine, WaitingList,
};
pub use textbooks::{PutVolume, PutVolumeAnswer, RenamedTaxon, VolumeText};
pub use tutoring::{
    AttendanceList, AttendanceStay, AttendeeCard, ChangeSession, CorrectStay, GuestLine, GuestView, InviteToSession,
    InvitedLine, JoinSession, LeadView, MoveSession, PlanSession, PlannedSession, SessionAtDoor, SessionCard,
    SessionList, SessionNews, SessionPlan, SessionView, SetCode, SignLine,
};
pub use uploads::{
    AnswerKnown, AskKnown, ByteRange, KnownChallenge, MAX_QUOTA, MAX_UPLOAD_BYTES, MAX_UPLOADS_UNDER_WAY, QuotaView,
    SetQuota, UPLOAD_ENDS_AFTER, UploadCard, UploadList, UploadRoom, UploadState,
};
pub use wishes::{AskForSession, DecideWish, WishCard, WishList, WishedTime};

/// The header in which a page names the person that it shows: their id. With somebody else's session it is refused (J5).
pub const ASKS_AS: &str = "x-gongbei-person";

/// `POST /api/session`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub login: String,
    pub password: String,
    /// Others use this computer, too: nothing of the person is to be left behind on it.
    #[serde(default)]
    pub shared_computer: bool,
}

/// Somebody, as shown wherever they appear: a round avatar in their tone with the square seal of their school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCard {
    pub id: UserId,
    pub name: String,
    pub tone: Tone,
    pub school: Option<SchoolCard>,
}

/// A school with the one-character glyph of its seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolCard {
    pub id: SchoolId,
    pub name: String,
    /// One character, e.g. 实.
    pub seal: String,
    /// The group's lead school: its seal is filled.
    pub lead: bool,
}

/// A team as offered in forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamCard {
    pub id: TeamId,
    pub name: String,
    pub members: u32,
}

impl PersonCard {
    /// The person as they appear now; `None` if nobody has that id.
    pub fn of(directory: &Directory, id: &UserId, now: UnixMillis) -> Option<Self> {
        let person = directory.person(id)?;
        let school = directory.school_of(id, now);
        let school = school.map(|school| SchoolCard {
            id: school.id.clone(),
            name: school.name.clone(),
            seal: school.seal.clone(),
            lead: directory.leads(&school.id, now),
        });
        Some(Self { id: id.clone(), name: person.name.clone(), tone: Tone::of(id), school })
    }
}

impl TeamCard {
    /// The team with those who are in it now; `None` if there is no such team.
    pub fn of(directory: &Directory, id: &TeamId, now: UnixMillis) -> Option<Self> {
        let team = directory.team(id)?;
        let members = directory.people_in(&Body::Team(id.clone()), now).len();
        let members = u32::try_from(members).unwrap_or(u32::MAX);
        Some(Self { id: id.clone(), name: team.name.clone(), members })
    }
}

/// Where a document lies, as it says on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfCard {
    pub shelf: Shelf,
    /// Of the person, team, school or group.
    pub name: String,
}

impl ShelfCard {
    pub fn of(directory: &Directory, shelf: &Shelf) -> Self {
        let name = match shelf {
            Shelf::Person(id) => directory.person(id).map(|person| &person.name),
            Shelf::Team(id) => directory.team(id).map(|team| &team.name),
            Shelf::School(id) => directory.school(id).map(|school| &school.name),
            Shelf::Group(id) => directory.group(id).map(|group| &group.name),
        };
        Self { shelf: shelf.clone(), name: name.cloned().unwrap_or_default() }
    }
}

/// The answer to signing in, and to `GET /api/session`, which says `null` to whoever is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub person: PersonCard,
    pub login: String,
    pub group: Option<String>,
    pub teams: Vec<TeamCard>,
    /// The operator of this server.
    pub operator: bool,
    /// Whether there are people that this person looks after.
    #[serde(default)]
    pub administers: bool,
    /// Signed in on a computer that others use, too: when signing out the page clears what it has stored.
    #[serde(default)]
    pub shared_computer: bool,
    /// This server demands one-time passwords of this person: until they are set up on `/account`, nothing else goes.
    #[serde(default)]
    pub must_set_up_one_time: bool,
}

/// `POST /api/tokens`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateToken {
    pub name: String,
    /// How long it lasts, 1 to 366; 90 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// What it may do; reading and writing documents if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
}

/// Shown once; only a hash is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedToken {
    pub token: String,
}

/// One line of `GET /api/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenLine {
    /// The first 16 digits of the hash: enough to name it, useless for signing in.
    pub id: String,
    pub name: String,
    pub created: UnixMillis,
    /// When it was last used, to the minute; a connection that stays open counts when it opens.
    pub used: Option<UnixMillis>,
    /// From here on it is good for nothing.
    pub expires: UnixMillis,
    #[serde(default = "accounts::usual_scopes")]
    pub scopes: Vec<Scope>,
}

/// `POST /api/documents`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateDocument {
    pub kind: DocumentKind,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Where it is to lie: on the asking person's own shelf if neither this nor a team is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<Shelf>,
    /// Without the template of its kind, for content that comes from elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedDocument {
    pub id: DocumentId,
}

/// One line of a list of documents, and the head of the document page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCard {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub title: String,
    pub owner: PersonCard,
    /// The team on whose shelf it lies.
    pub team: Option<TeamCard>,
    pub shelf: ShelfCard,
    pub right: Right,
    pub created: UnixMillis,
    /// Time of the last stored update, or of creation.
    pub changed: UnixMillis,
    pub changed_by: Option<PersonCard>,
    /// When the asking person last had it open.
    pub opened: Option<UnixMillis>,
    pub binned: Option<UnixMillis>,
    /// People who are in it at the moment.
    pub here: Vec<PersonCard>,
}

/// `GET /api/documents?which=&kind=&q=&before=`; newest change first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentList {
    pub documents: Vec<DocumentCard>,
    /// Pass as `before` to get the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `which` of [`DocumentList`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    #[default]
    All,
    /// Opened or changed by me, latest first.
    Recent,
    Mine,
    Shared,
    Bin,
}

/// `PUT /api/documents/{id}/shelf`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveDocument {
    pub shelf: Shelf,
}

/// `PATCH /api/documents/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenameDocument {
    pub title: String,
}

/// One line of the sharing form with what it says on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLine {
    pub share: Share,
    pub name: String,
    pub person: Option<PersonCard>,
    /// When the last seat of a guest ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
}

/// `GET /api/documents/{id}/shares`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shares {
    pub owner: PersonCard,
    pub team: Option<TeamCard>,
    pub shares: Vec<ShareLine>,
    /// Another number after every change of the list.
    pub version: u64,
}

/// `PUT /api/documents/{id}/shares`: replaces the whole list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetShares {
    pub shares: Vec<Share>,
    /// The list that this one was made from. If it has changed since, nothing is stored; without it, this one holds
    /// whatever was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// `GET /api/people?q=`: people, teams, schools and groups of mine, by name, pinyin or login.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    pub people: Vec<PersonCard>,
    pub teams: Vec<TeamCard>,
    pub schools: Vec<SchoolName>,
    pub groups: Vec<GroupName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolName {
    pub id: SchoolId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupName {
    pub id: GroupId,
    pub name: String,
}

/// `POST /api/documents/{id}/images` with the image's bytes as body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredImage {
    pub blob: BlobId,
    /// What goes into the document: `/api/documents/{id}/images/{blob}`.
    pub src: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, e.g. `/problems/title-too-long`.
    #[serde(rename = "type")]
    pub kind: String,
    pub status: u16,
    /// A sentence for a teacher in the request's language: what happened, what is safe, what to do.
    pub title: String,
}

/// The problem `/problems/does-not-fit` says besides which of the asked changes does not fit, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoesNotFit {
    #[serde(flatten)]
    pub problem: Problem,
    pub misfit: MisfitIn,
}
