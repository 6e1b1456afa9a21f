//! Bodies of the import of a roster.

use serde::{Deserialize, Serialize};

use crate::organisation::roster::{Answers, PlannedRow, Preview, WrongRows};
use crate::words::{UnixMillis, UserId};

/// `POST /api/organisation/roster`: what importing the file would do. Nothing is done yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterPlan {
    /// For `POST /api/organisation/roster/{plan}?shown=`.
    pub plan: String,
    /// Which preview of the plan it is: each is another one.
    pub shown: u64,
    pub expires: UnixMillis,
    pub preview: Preview,
}

/// `PUT /api/organisation/roster/{plan}`: all answers given so far. The answer is the plan as it is with them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterAnswers {
    #[serde(flatten)]
    pub answers: Answers,
    #[serde(default)]
    pub wrong_rows: WrongRows,
}

/// What the audit log says of an import as a whole, and of taking it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDetails {
    /// Who was added or got something new.
    pub people: usize,
    /// Those among them who had no account.
    pub new_people: usize,
    /// The names of those that were made.
    pub schools: Vec<String>,
    /// How many were made.
    pub teams: usize,
}

/// The details of its line in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedLine {
    #[serde(flatten)]
    pub did: ImportDetails,
    /// Its own lines: `GET /api/audit?import=`.
    pub import: String,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    /// Only previewed.
    Waiting,
    /// Looked at anew, as the organisation is now. It can still be cancelled.
    Checking,
    /// All of it is written at once.
    Storing,
    Done,
    /// Somebody has changed what it builds on; nothing was imported. Asked for again, what is shown now is done.
    Changed,
    /// Nothing was imported.
    Cancelled,
    /// The storage did not take it; nothing was imported.
    Failed,
}

/// `GET /api/organisation/roster/{plan}`, and the answer to doing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterProgress {
    pub state: ImportState,
    /// Which preview is done, or would be.
    pub shown: u64,
    /// Rows looked at.
    pub checked: usize,
    /// Rows stored: none, or all that are neither left out nor skipped.
    pub stored: usize,
    pub total: usize,
    /// Who got an account and can't sign in yet: they are to be invited.
    pub new_people: Vec<UserId>,
    /// `POST /api/organisation/changes/{undo}/undo` takes all of it back.
    pub undo: Option<u64>,
    /// Rows that would do something else now than when they were previewed.
    pub changed: Vec<PlannedRow>,
}
