//! Bodies of wishes for tutoring sessions: a school asks, whoever plans there decides.

use serde::{Deserialize, Serialize};

use super::{PersonCard, SchoolCard, ShelfCard};
use crate::library::Placing;
use crate::organisation::Shelf;
use crate::tutoring::{TutoringKind, WishState};
use crate::words::{TutoringId, UnixMillis, UserId, WishId};

/// A time that would suit, of the same bounds as that of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishedTime {
    pub begins: UnixMillis,
    pub minutes: u32,
}

/// `POST /api/tutoring/wishes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskForSession {
    /// Random, drawn once by the form that asks: what comes again under it is one wish.
    pub id: WishId,
    pub kind: TutoringKind,
    pub title: String,
    /// What it is about: at most [`crate::tutoring::MAX_WISH_CHARS`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    #[serde(default)]
    pub placing: Placing,
    /// One to [`crate::tutoring::MAX_WISHED_TIMES`].
    pub times: Vec<WishedTime>,
    /// Who is to plan it: a team, school or group that the asking person knows of.
    pub shelf: Shelf,
}

/// `PUT /api/tutoring/wishes/{wish}`: what is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum DecideWish {
    /// By whoever asked.
    Withdraw,
    /// By whoever plans there, with at most [`crate::tutoring::MAX_WISH_ANSWER_CHARS`] characters.
    Decline { said: String },
    /// By whoever plans there: a session of that time, to which the school that asked and who plans it are invited.
    Accept {
        /// Random, drawn once.
        session: TutoringId,
        host: UserId,
        begins: UnixMillis,
        minutes: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        said: String,
    },
}

/// A wish, to whoever asked and to whoever plans there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishCard {
    pub id: WishId,
    pub person: PersonCard,
    /// For which it is asked.
    pub school: SchoolCard,
    pub shelf: ShelfCard,
    pub kind: TutoringKind,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    #[serde(default)]
    pub placing: Placing,
    /// The names of edition, volume, unit and lesson, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    pub times: Vec<WishedTime>,
    pub state: WishState,
    pub at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonCard>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<TutoringId>,
    /// The asking person asked for it.
    pub mine: bool,
    /// … or may decide on it, as long as nobody has.
    pub decides: bool,
}

/// `GET /api/tutoring/wishes?whose=mine|shelves&before=`: the newest first, at most 30.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishList {
    pub wishes: Vec<WishCard>,
    /// Pass as `before` to get the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Of all that wait for the asking person's decision.
    pub waiting: u32,
}
