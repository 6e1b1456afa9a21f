//! A roster: from a table of people, as a school's office keeps it, to the records that would change, row by row.
//!
//! Pure: whoever asks brings the directory, the time, fresh ids and a way to propose logins. A row says what is so, not
//! what is not: people who are absent from it are left alone, and an empty cell changes nothing.
//!
//! Dates are days in China (UTC+8): somebody's seat holds from the midnight with which the first day begins to the one
//! with which the last day ends.

use serde::{Deserialize, Serialize};

use super::change::Misfit;
use super::directory::Directory;
use super::phone::NoPhone;
use super::records::{Body, Record, SchoolSort, TeamSort};
use super::vocabulary::Wording;
use crate::access::administers;
use crate::words::{GroupId, UnixMillis, UserId};

mod answers;
mod attempt;
mod cells;
mod columns;
mod dates;
mod guesses;
mod likeness;
mod match_people;
mod names;
mod places;
mod questions;
mod seats;

pub use answers::{
    AboutSchool, AboutTeam, Answers, Likely, Making, Namesake, Questions, SchoolAnswer, SchoolQuestion, TeamAnswer,
    TeamQuestion,
};

/// A table has so many rows at most, the headings among them.
pub const MAX_ROWS: usize = 20_000;
pub const MAX_COLUMNS: usize = 64;
/// A row is in so many schools and in so many teams at most.
pub const MAX_PLACES: usize = 8;
/// A cell with more characters is wrong.
pub const MAX_CELL_CHARS: usize = 200;

/// What a column of the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    Name,
    School,
    Post,
    Subject,
    Grade,
    Team,
    Phone,
    Email,
    Login,
    Since,
    Until,
}

/// What to do about a school or team that is not there, and about which nobody has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Nothing is imported before somebody has answered.
    #[default]
    Asked,
    /// It is made, a team in its row's school.
    Created,
}

/// What to do about rows with something wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrongRows {
    /// Nothing is imported as long as there are any.
    #[default]
    Stop,
    /// The others are imported.
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterOptions {
    pub schools: Unknown,
    pub teams: Unknown,
    pub wrong_rows: WrongRows,
}

/// What is asked of a roster.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub directory: &'a Directory,
    /// The group whose roster it is.
    pub group: &'a GroupId,
    /// Who asks, and is judged by it; `None` is the server's own command line.
    pub actor: Option<&'a UserId>,
    pub now: UnixMillis,
    pub options: RosterOptions,
    pub answers: &'a Answers,
    /// A login for a name, which need not be free.
    pub propose: &'a dyn Fn(&str) -> String,
    /// A name in simplified characters.
    pub simplified: &'a dyn Fn(&str) -> String,
}

/// What is wrong with a row or with the whole table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum Problem {
    /// There is no such group, or it is not the asking person's.
    NoGroup,
    /// No row names its columns: there must be one for names and one more.
    NoHeadings,
    /// There is nobody in the table.
    Empty,
    TooManyRows {
        most: usize,
    },
    TooManyColumns {
        most: usize,
    },
    /// The cell is empty, and has to say something.
    Missing,
    TooLong {
        most: usize,
    },
    /// More schools or teams than anybody is in.
    TooManyPlaces {
        most: usize,
    },
    /// That is no e-mail address, login, name or date.
    Unreadable {
        text: String,
    },
    NoPhone {
        text: String,
        why: NoPhone,
    },
    /// To be answered first.
    UnknownSchool {
        name: String,
    },
    /// It is there, but not in this group.
    SchoolElsewhere {
        name: String,
    },
    /// To be answered first.
    UnknownTeam {
        name: String,
    },
    UnknownPost {
        name: String,
    },
    /// One has this post in a school, and the row names none.
    PostNeedsSchool {
        name: String,
    },
    /// One has this post in a team, and the row names none.
    PostNeedsTeam {
        name: String,
    },
    /// Several people are called so there: a login or phone number would tell them apart.
    Namesakes {
        people: usize,
    },
    /// Somebody else has it: whom the asking person may find, or who is in another row.
    Taken {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        row: Option<usize>,
    },
    EndsBeforeBeginning,
    /// Another row says the same.
    SameAs {
        row: usize,
    },
    /// Somebody has it who has never had a seat in the group, its schools or what else the asking person looks after:
    /// an account that others made for somebody of that name is not taken for theirs.
    AccountElsewhere,
    /// The account was closed for good.
    AccountClosed,
    /// The asking person may not do that.
    NotYours,
    Misfit {
        misfit: Misfit,
    },
}

/// A problem with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// `None`: of the whole row or table.
    pub column: Option<Column>,
    #[serde(flatten)]
    pub problem: Problem,
}

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "does")]
pub enum Doing {
    /// Somebody new, of whom this will be stored.
    Adds {
        login: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        /// Subject and grade.
        teaches: String,
    },
    /// No new account: there is one of somebody from this school or group.
    Finds { at: String },
    /// A seat in a group, school or team of this name.
    Joins {
        body: String,
        post: Wording,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<UnixMillis>,
    },
    /// A seat that is there gets other dates.
    Dates {
        body: String,
        post: Wording,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<UnixMillis>,
    },
    /// Something about a known person.
    Changes { column: Column, from: String, to: String },
}

/// How it is with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Good,
    /// Something about its school or team has to be answered first.
    Waiting,
    /// Somebody has answered so.
    LeftOut,
    Wrong,
}

/// One row of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRow {
    /// As the table program counts: the first row is 1.
    pub row: usize,
    pub name: String,
    /// As it stands in the table.
    pub school: String,
    pub standing: Standing,
    /// Empty if all of it is so already.
    pub does: Vec<Doing>,
    /// Empty if the row is good or left out.
    pub troubles: Vec<Trouble>,
}

/// A school that would be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSchool {
    pub name: String,
    pub seal: String,
    pub sort: SchoolSort,
    pub rural: bool,
}

/// A team that would be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTeam {
    pub name: String,
    pub sort: TeamSort,
    /// The group or school it would be of.
    pub home: String,
}

/// Whether the roster can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Ready,
    /// All of it is so already.
    NothingToDo,
    /// First some questions have to be answered.
    Asking,
    /// First something has to be put right.
    Wrong,
}

/// What the person who imports is shown. Two with the same rows, schools and teams do the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub verdict: Verdict,
    /// Of the table as a whole.
    pub troubles: Vec<Trouble>,
    /// What was taken for what: heading and meaning.
    pub columns: Vec<(String, Column)>,
    /// Headings nobody understood; those columns are left out.
    pub ignored: Vec<String>,
    /// About names of schools and teams that are not there, answered ones among them.
    pub questions: Questions,
    pub rows: Vec<PlannedRow>,
    pub schools: Vec<NewSchool>,
    pub teams: Vec<NewTeam>,
    pub new_people: usize,
    /// People already there who get or change something.
    pub changed_people: usize,
    /// Rows that are so already.
    pub unchanged_rows: usize,
    pub waiting_rows: usize,
    pub left_out_rows: usize,
    pub wrong_rows: usize,
    /// People of the group who are not in the table: nothing happens to them.
    pub left_alone: usize,
}

/// A preview with what it takes to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub preview: Preview,
    /// To be put in this order, all or none; empty unless the verdict is [`Verdict::Ready`].
    pub records: Vec<Record>,
    /// Those among them who get an account.
    pub new_people: Vec<UserId>,
}

/// What importing `table` would do. Takes any table whatever.
///
/// `fresh` gives an id at each call, of the form all ids have, never one twice.
pub fn plan(table: &[Vec<String>], asked: &Asked<'_>, fresh: &mut dyn FnMut() -> String) -> Plan {
    match columns::find(table) {
        Ok(found) => attempt::settle(&found, asked, fresh),
        Err(problem) => nothing(problem),
    }
}

/// Whether `person` looks after the group or one of its schools: others don't import rosters there.
pub fn may_import(directory: &Directory, group: &GroupId, person: &UserId, now: UnixMillis) -> bool {
    let looks_after = |body: &Body| administers(directory, person, body, now);
    let mut places = directory.schools_of(group).filter(|place| place.span.holds(now));
    let there = directory.group(group).is_some();
    there
        && (looks_after(&Body::Group(group.clone()))
            || places.any(|place| looks_after(&Body::School(place.school.clone()))))
}

fn nothing(problem: Problem) -> Plan {
    let preview = Preview {
        verdict: Verdict::Wrong,
        troubles: vec![Trouble { column: None, problem }],
        columns: Vec::new(),
        ignored: Vec::new(),
        rows: Vec::new(),
        schools: Vec::new(),
        teams: Vec::new(),
        new_people: 0,
        changed_people: 0,
        questions: Questions::default(),
        unchanged_rows: 0,
        waiting_rows: 0,
        left_out_rows: 0,
        wrong_rows: 0,
        left_alone: 0,
    };
    Plan { preview, records: Vec::new(), new_people: Vec::new() }
}

impl Trouble {
    fn of_row(problem: Problem) -> Self {
        Self { column: None, problem }
    }

    /// It is gone once somebody has answered.
    fn is_question(&self) -> bool {
        matches!(self.problem, Problem::UnknownSchool { .. } | Problem::UnknownTeam { .. })
    }

    fn of(column: Column, problem: Problem) -> Self {
        Self { column: Some(column), problem }
    }
}
