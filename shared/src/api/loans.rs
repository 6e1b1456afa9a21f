//! Bodies of borrowing things and places. Times are Unix milliseconds on the half hour; pages show them by the clock of whoever looks.

use serde::{Deserialize, Serialize};

use super::{PersonCard, TitledItem};
use crate::library::LoanState;
use crate::words::{LoanId, UnixMillis};

/// What is wanted of a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoanWish {
    /// To borrow; who manages the item decides.
    #[default]
    Ask,
    /// To have it, by who manages it.
    Agree,
    /// That nobody has it, by who manages it.
    Block,
}

/// `POST /api/items/{item}/loans`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskLoan {
    /// Chosen at random by who asks. The same again is the same request.
    pub id: LoanId,
    pub since: UnixMillis,
    /// After `since`, by 31 days at most, and at most 366 days from now.
    pub until: UnixMillis,
    /// What for: 1 to 300 characters.
    pub purpose: String,
    #[serde(default)]
    pub wish: LoanWish,
}

/// `PUT /api/items/{item}/loans/{loan}`: agreed, declined or returned by who manages the item, withdrawn by who asked; a
/// block is lifted by `withdrawn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideLoan {
    pub state: LoanState,
    /// At most 300 characters.
    #[serde(default)]
    pub words: String,
}

/// A stretch of time in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanCard {
    pub id: LoanId,
    pub since: UnixMillis,
    pub until: UnixMillis,
    pub state: LoanState,
    /// Who has it then. Who has only asked is named to themselves and to who manages the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonCard>,
    /// To who asked and who manages the item.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    pub mine: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonCard>,
    /// What was said with the decision, to who asked and who manages the item.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// `GET /api/items/{item}/loans?since=&until=`: the calendar of a thing or place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanCalendar {
    /// Those that touch the stretch, in their order, at most 500.
    pub loans: Vec<LoanCard>,
    /// The asking person decides.
    pub decides: bool,
}

/// A request of the asking person's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanLine {
    #[serde(flatten)]
    pub loan: LoanCard,
    /// Nothing if they can't see it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<TitledItem>,
    /// What it is called, if it lies in the bin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
}

/// `GET /api/library/loans?before=`: what the asking person has asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanList {
    /// Newest first, at most 30.
    pub loans: Vec<LoanLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
