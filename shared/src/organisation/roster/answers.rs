//! What is asked about schools and teams that are named in the table and not there, and what somebody answers.

use serde::{Deserialize, Serialize};

use crate::organisation::{SchoolSort, TeamSort};
use crate::words::{SchoolId, TeamId};

/// What a school is that the table names and nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum SchoolAnswer {
    /// A new school of the group, of this name.
    New { name: String, sort: SchoolSort },
    /// It is there, and called otherwise.
    There { school: SchoolId },
    /// The same as another name in the table.
    SameAs { name: String },
    /// Rows that name it are left out.
    LeftOut,
}

/// What a team is that the table names and nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum TeamAnswer {
    /// A new team of the school, or of the group if the rows name no school.
    New { name: String, sort: TeamSort },
    /// It is there, and called otherwise.
    There { team: TeamId },
    /// The same as another name in the table, of the same school.
    SameAs { name: String },
    /// One new team of the group for all schools where it is answered so.
    Across { sort: TeamSort },
    /// Rows that name it are left out.
    LeftOut,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutSchool {
    /// As in [`SchoolQuestion`].
    pub name: String,
    pub answer: SchoolAnswer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutTeam {
    /// As in [`TeamQuestion`].
    pub school: String,
    pub name: String,
    pub answer: TeamAnswer,
}

/// All answers given so far. Those to what nobody asks count for nothing; of several to one question the last counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    #[serde(default)]
    pub schools: Vec<AboutSchool>,
    #[serde(default)]
    pub teams: Vec<AboutTeam>,
}

/// What the name may stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "likely")]
pub enum Likely<Id> {
    There {
        id: Id,
        name: String,
        /// Whose team it is; empty for schools.
        home: String,
    },
    /// Another name that nobody knows, in more rows of the table.
    InTable { name: String },
}

/// Whose it is to make what is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "making")]
pub enum Making {
    Yours,
    /// By name, those who could; nobody if there is none.
    Others {
        people: Vec<String>,
    },
}

/// A school that is called exactly as the table says and is not in the group: none is made beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Namesake {
    /// It has left the group.
    Left,
    /// It is in the same region.
    Region,
}

/// A name of a school that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolQuestion {
    pub name: String,
    /// In so many rows.
    pub rows: usize,
    /// As its name tells.
    pub sort: SchoolSort,
    /// The likeliest first.
    pub likely: Vec<Likely<SchoolId>>,
    #[serde(flatten)]
    pub making: Making,
    pub namesake: Option<Namesake>,
    pub answer: Option<SchoolAnswer>,
}

/// A name of a team that is not there, in one school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamQuestion {
    /// Empty: the rows name no school, and it would be the group's.
    pub school: String,
    pub name: String,
    pub rows: usize,
    pub sort: TeamSort,
    pub likely: Vec<Likely<TeamId>>,
    /// Other schools whose rows name a team so, if one team across all of them is the asking person's to make.
    pub also_in: Vec<String>,
    #[serde(flatten)]
    pub making: Making,
    pub answer: Option<TeamAnswer>,
}

/// What has to be answered before the roster can be imported, and what has been.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Questions {
    pub schools: Vec<SchoolQuestion>,
    pub teams: Vec<TeamQuestion>,
}

impl Questions {
    /// How many have no answer yet.
    pub fn open(&self) -> usize {
        let schools = self.schools.iter().filter(|question| question.answer.is_none()).count();
        schools + self.teams.iter().filter(|question| question.answer.is_none()).count()
    }
}
