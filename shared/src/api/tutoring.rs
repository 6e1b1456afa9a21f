//! Bodies of the tutoring sessions (走网课堂).

use serde::{Deserialize, Serialize};

use super::{PersonCard, ShelfCard, TitledDocument, TitledItem};
use crate::library::Placing;
use crate::organisation::Shelf;
use crate::tutoring::{Invitation, Role, Sign, TutoringKind, TutoringState};
use crate::words::{DocumentId, ItemId, TutoringId, UnixMillis, UserId};

/// What is said of a session before it takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPlan {
    pub kind: TutoringKind,
    pub title: String,
    /// What it is about; at most [`crate::tutoring::MAX_ABOUT_CHARS`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Somebody the planner knows of.
    pub host: UserId,
    #[serde(default)]
    pub placing: Placing,
    pub begins: UnixMillis,
    /// [`crate::tutoring::MIN_MINUTES`] to [`crate::tutoring::MAX_MINUTES`].
    pub minutes: u32,
    /// A lesson plan or an item that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<DocumentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// Guests wait until somebody lets them in.
    #[serde(default = "yes")]
    pub lobby: bool,
}

fn yes() -> bool {
    true
}

/// `POST /api/tutoring`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSession {
    /// Random, drawn once by the form that asks: what comes again under it is one session.
    pub id: TutoringId,
    #[serde(flatten)]
    pub plan: SessionPlan,
    /// A team, school or group that the planner may plan for.
    pub shelf: Shelf,
    #[serde(default)]
    pub invited: Vec<Invitation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSession {
    pub id: TutoringId,
}

/// `PUT /api/tutoring/{session}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSession {
    #[serde(flatten)]
    pub plan: SessionPlan,
    /// Of the plan that was read: with another one nothing is changed.
    pub revision: u64,
}

/// `PUT /api/tutoring/{session}/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveSession {
    pub state: TutoringState,
}

/// `PUT /api/tutoring/{session}/invited`: replaces the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteToSession {
    pub invited: Vec<Invitation>,
}

/// A session in a list, and the head of its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCard {
    pub id: TutoringId,
    pub kind: TutoringKind,
    pub title: String,
    pub host: PersonCard,
    /// Who plans it.
    pub shelf: ShelfCard,
    #[serde(default)]
    pub placing: Placing,
    /// The names of edition, volume, unit and lesson, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    pub begins: UnixMillis,
    pub minutes: u32,
    pub state: TutoringState,
    /// What the asking person is in it; absent for whoever sees it by its shelf alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether the asking person plans, invites, opens, ends and cancels.
    pub runs: bool,
    /// People and guests who are there at the moment.
    pub present: u32,
}

/// `GET /api/tutoring?when=coming|past&before=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionList {
    pub sessions: Vec<SessionCard>,
    /// Pass as `before` to get the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where the asking person may plan.
    pub may_plan: Vec<ShelfCard>,
}

/// Somebody who is asked to come, with what it says on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedLine {
    #[serde(flatten)]
    pub invitation: Invitation,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonCard>,
}

/// Somebody in a session, with an account or by the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendeeCard {
    /// Of a guest: an id that is nobody's elsewhere.
    pub person: PersonCard,
    /// A guest's school, in their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub school: String,
    /// Absent for whoever is there by managing the shelf, or was sent away since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A hand that is up, a pen, the floor; in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignLine {
    pub sign: Sign,
    pub who: AttendeeCard,
    pub at: UnixMillis,
}

/// `GET /api/tutoring/{session}`: everything of it that the asking person may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    #[serde(flatten)]
    pub card: SessionCard,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Its documents; absent as long as the asking person may not see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<DocumentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<DocumentId>,
    /// What it is about; absent for whoever may not see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<TitledDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<TitledItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<UnixMillis>,
    pub lobby: bool,
    pub revision: u64,
    /// Whom one sees there: [`UserId`] of the asking person or guest.
    pub me: UserId,
    /// Who is asked to come; nothing for guests.
    pub invited: Vec<InvitedLine>,
    /// Who is there at the moment.
    pub here: Vec<AttendeeCard>,
    pub signs: Vec<SignLine>,
    /// What follows is for whoever lets in and sends away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<LeadView>,
}

/// What only those see who let in and send away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadView {
    /// What guests come in by, as `XXXX-XXXX`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub removed: Vec<PersonCard>,
    /// All that ever came by the code, in the order in which they did.
    pub guests: Vec<GuestLine>,
}

/// A guest as host and helpers see them: without `let_in` they wait, unless there is no lobby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestLine {
    pub id: UserId,
    pub name: String,
    pub school: String,
    pub at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_in: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_away: Option<UnixMillis>,
}

/// `PUT /api/tutoring/{session}/code`: another code, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCode {
    pub on: bool,
}

/// `POST /api/tutoring/join/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinSession {
    /// At most [`crate::tutoring::MAX_GUEST_NAME_CHARS`] characters.
    pub name: String,
    /// At most [`crate::tutoring::MAX_GUEST_SCHOOL_CHARS`] characters.
    pub school: String,
}

/// `GET /api/tutoring/join/{code}`: what a code leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAtDoor {
    pub id: TutoringId,
    pub kind: TutoringKind,
    pub title: String,
    pub host: PersonCard,
    pub begins: UnixMillis,
    pub minutes: u32,
    pub state: TutoringState,
    pub lobby: bool,
}

/// `GET /api/tutoring/guest`, and the answer to joining: who waits, and whether they may go in by now. In they go while the
/// session is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestView {
    /// What the page names itself by, in the header [`super::ASKS_AS`] and as `person` of its socket.
    pub id: UserId,
    pub name: String,
    pub school: String,
    pub let_in: bool,
    pub sent_away: bool,
    pub session: SessionAtDoor,
}

/// What is told in the room of the board, as JSON: what changed, or only that it did, to be read anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionNews {
    /// Plan or state.
    Plan,
    /// Who is asked, or was sent away.
    People,
    /// Guests who wait, came or went; to host and helpers alone.
    Lobby,
    /// All signs as they are now.
    Signs(Vec<SignLine>),
    /// A question as it is now, without what it is to whoever hears of it.
    Question(Box<super::QuestionCard>),
    Questions,
    /// Quick checks were opened, closed, shown …
    Checks,
    /// Somebody answered one; to host and helpers alone.
    Answers,
    /// Somebody said something to all.
    Clip(Box<super::ClipCard>),
    /// A clip was withdrawn, or is too much to be told.
    Clips,
    /// Too much to be told.
    Anew,
}

/// `GET /api/tutoring/{session}/attendance`, for host and helpers: in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceList {
    pub stays: Vec<AttendanceStay>,
}

/// Somebody's time in a session. Who was there twice, or on two machines, has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceStay {
    pub number: u64,
    pub who: AttendeeCard,
    pub since: UnixMillis,
    /// Absent while they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
    /// When it was corrected by hand, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<PersonCard>,
}

/// `PUT /api/tutoring/{session}/attendance/{stay}`: both within the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectStay {
    pub since: UnixMillis,
    pub until: UnixMillis,
}
