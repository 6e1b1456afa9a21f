//! Bodies about accounts: coming in, one's own account, its end, and the first start of a server.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PersonCard, SchoolCard};
use crate::organisation::{Body, Person, SchoolSort, Seat, Shelf, Wording};
use crate::words::{GroupKindId, PostId, UnixMillis, UserId};

/// The answer 202 to `POST /api/session`, `POST /api/join/{code}` and a single sign-on of somebody with one-time
/// passwords: right so far. Then comes [`SecondStep`].
#[derive(Clone, Serialize, Deserialize)]
pub struct SecondStepNeeded {
    /// Good for five minutes and a few tries.
    pub ticket: String,
}

/// `POST /api/session/second`; answered like `POST /api/session` with a `Me`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SecondStep {
    pub ticket: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// `GET /api/oidc`: the name of the single sign-on, or `null`. Its button is a link to `GET /api/oidc/start`, which ends
/// on `/`, on `/signin#second={ticket}`, or on `/signin?problem={slug}` with the slug of a problem type: `sign-on-stale`,
/// `sign-on-denied`, `sign-on-failing`, `sign-on-unknown` or `sign-on-taken`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleSignOn {
    pub label: String,
}

/// `POST /api/invitations`: a start code for each of these people, answered with [`StartCode`]s. With a new code the older
/// one ends. Who has forgotten their password gets one, too; nothing else changes until it is used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invite {
    /// 1 to 500.
    pub people: Vec<UserId>,
    /// How long it lasts, 1 to 90; 14 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// What is printed and cut out for one person. The link is `/join/{code}`. Shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct StartCode {
    pub person: PersonCard,
    pub login: String,
    /// `XXXX-XXXX-XXXX`; read without regard to case, dashes and spaces.
    pub code: String,
    pub expires: UnixMillis,
}

/// `POST /api/invitations/open`: a code with which several people take a seat of their own accord, answered with a
/// [`CreatedOpenInvitation`]. For posts that neither manage nor look down.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InviteOpenly {
    pub body: Body,
    pub post: PostId,
    /// 1 to 500.
    pub uses: u32,
    /// Until when one can come in with it; 90 days from now at most.
    pub ends: UnixMillis,
    /// When the seats end that are taken with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats_until: Option<UnixMillis>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct CreatedOpenInvitation {
    /// Shown once; the link is `/join/{code}`.
    pub code: String,
    pub invitation: OpenInvitation,
}

/// One line of `GET /api/invitations/open`: those into bodies whose people the asking person looks after.
/// `DELETE /api/invitations/open/{id}` ends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvitation {
    pub id: String,
    pub body: Body,
    /// Of the body.
    pub name: String,
    pub post: PostId,
    pub post_name: Wording,
    pub uses: u32,
    pub used: u32,
    pub made: UnixMillis,
    pub made_by: Option<PersonCard>,
    pub ends: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats_until: Option<UnixMillis>,
}

/// `GET /api/join/{code}`: who is invited. A wrong, used or ended code is refused with `/problems/no-such-code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "invitation")]
pub enum Invited {
    /// One person, who chooses a password.
    Person {
        name: String,
        school: Option<SchoolCard>,
        login: String,
        /// They have been here before and have forgotten their password.
        again: bool,
        expires: UnixMillis,
    },
    /// Whoever has the code, into this body.
    Open { body: Body, name: String, post_name: Wording, ends: UnixMillis },
}

/// `POST /api/join/{code}`: comes in and is signed in; answered like `POST /api/session`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "join")]
pub enum Join {
    /// With a start code: the first password, or a new one.
    Start {
        password: String,
        #[serde(default)]
        shared_computer: bool,
    },
    /// With an open invitation, as somebody who has no account.
    New {
        name: String,
        login: String,
        password: String,
        #[serde(default)]
        shared_computer: bool,
    },
    /// With an open invitation, as the person who is signed in.
    Myself,
}

/// `GET /api/account`: my own account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub person: Person,
    /// With the name of the body and of the post.
    pub seats: Vec<(Seat, String, Option<Wording>)>,
    /// When the password was set; `None` for somebody who only comes by single sign-on.
    pub password_set: Option<UnixMillis>,
    /// Whether one-time passwords are asked for when signing in.
    pub one_time: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
    /// Whether this server demands one-time passwords of this person.
    pub one_time_demanded: bool,
    /// Whether an account of the single sign-on belongs to this one. `DELETE /api/account/sign-on` parts them.
    pub single_sign_on: bool,
}

/// `PUT /api/account/profile`, answered with [`Account`]: what one says of oneself. Empty and absent is the same.
#[derive(Clone, Serialize, Deserialize)]
pub struct SetProfile {
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub teaches: String,
    /// Asked for when telephone or e-mail change: one signs in with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// `POST /api/account/password`: this session goes on, every other session and all tokens end.
#[derive(Clone, Serialize, Deserialize)]
pub struct ChangePassword {
    pub old: String,
    pub new: String,
}

/// One line of `GET /api/account/sessions`: where I am signed in. `DELETE /api/account/sessions/{id}` ends one,
/// `DELETE /api/account/sessions` all of them with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    pub id: String,
    /// E.g. `Chrome 131`; `None` for what nobody knows.
    pub browser: Option<String>,
    /// E.g. `Windows`.
    pub system: Option<String>,
    /// The address as far as it tells subscribers apart.
    pub network: Option<String>,
    pub created: UnixMillis,
    pub seen: UnixMillis,
    /// The one that asks.
    pub this: bool,
    pub shared_computer: bool,
}

/// `POST /api/account/one-time`: begins to set up one-time passwords, answered with [`OneTimeSecret`].
#[derive(Clone, Serialize, Deserialize)]
pub struct SetUpOneTime {
    pub password: String,
}

/// Nothing is asked for when signing in until `POST /api/account/one-time/confirm`.
#[derive(Clone, Serialize, Deserialize)]
pub struct OneTimeSecret {
    /// For typing: base32.
    pub secret: String,
    /// `otpauth://totp/…`.
    pub uri: String,
    /// The same as a QR code: the `d` of an SVG path, dark squares of side 1.
    pub qr_path: String,
    /// The width of the code with its quiet zone, for the `viewBox`.
    pub qr_size: u32,
}

/// `POST /api/account/one-time/confirm` with six digits of the new secret, answered with [`RecoveryCodes`].
#[derive(Clone, Serialize, Deserialize)]
pub struct ConfirmOneTime {
    pub code: String,
}

/// Each is good once in place of a one-time password. Shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

/// `POST /api/account/one-time/end`. `POST /api/people/{person}/one-time/end` without a body is the operator's, for
/// somebody who has lost their telephone.
#[derive(Clone, Serialize, Deserialize)]
pub struct EndOneTime {
    pub password: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// What a token may do. `POST /api/tokens` without scopes means reading and writing documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    #[serde(rename = "documents:read")]
    DocumentsRead,
    #[serde(rename = "documents:write")]
    DocumentsWrite,
    #[serde(rename = "organisation:read")]
    OrganisationRead,
    #[serde(rename = "organisation:write")]
    OrganisationWrite,
}

impl Scope {
    pub const ALL: [Self; 4] =
        [Self::DocumentsRead, Self::DocumentsWrite, Self::OrganisationRead, Self::OrganisationWrite];
    /// What a token may do if nothing is said.
    pub const USUAL: [Self; 2] = [Self::DocumentsRead, Self::DocumentsWrite];

    pub fn name(self) -> &'static str {
        match self {
            Self::DocumentsRead => "documents:read",
            Self::DocumentsWrite => "documents:write",
            Self::OrganisationRead => "organisation:read",
            Self::OrganisationWrite => "organisation:write",
        }
    }

    /// The scope with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a token may do if nothing is said.
pub fn usual_scopes() -> Vec<Scope> {
    Scope::USUAL.to_vec()
}

/// `GET /api/people/{person}/close`: what closing this account would mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub person: PersonCard,
    /// On the person's own shelf, with those in the bin: they go to the heir.
    pub documents: u32,
    /// Items of the library there, likewise.
    #[serde(default)]
    pub items: u32,
    /// Documents of theirs on other shelves: they stay there.
    pub elsewhere: u32,
    /// Documents on the own shelf that are shared: the shares stay.
    pub shared: u32,
    /// Seats that would end.
    pub seats: u32,
}

/// `POST /api/people/{person}/close`: closes the account for good and hands over what lies on its shelf.
#[derive(Clone, Serialize, Deserialize)]
pub struct Close {
    /// Another person's shelf, or a team's or school's that the closed account belongs to.
    pub heir: Shelf,
    /// One's own, for one's own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// The answer to [`Close`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Documents that were handed over.
    pub documents: u32,
}

/// One line of `GET /api/account/kept`: what is kept about me. `GET /api/account/export` is all of it as a zip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    /// E.g. `sessions`.
    pub what: String,
    pub count: u64,
    /// In the request's language, with the count.
    pub sentence: String,
}

/// `GET /api/setup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupState {
    /// Nobody has an account yet: whoever has the code of the link that the server has printed may begin.
    pub empty: bool,
}

/// `POST /api/setup`: the first account, region, group and lead school, all at once; signed in after it, answered with a
/// `Me`. The link that the server prints is `/setup#{code}`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SetUp {
    pub code: String,
    pub name: String,
    pub login: String,
    pub password: String,
    /// The name of the region; the group's if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub group: FirstGroup,
    /// The lead school.
    pub school: FirstSchool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstGroup {
    pub name: String,
    /// One of `Vocabulary::usual()`: `close`, `fused`, …
    pub kind: GroupKindId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSchool {
    pub name: String,
    /// One character; the first of the name if nothing is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    pub sort: SchoolSort,
}
