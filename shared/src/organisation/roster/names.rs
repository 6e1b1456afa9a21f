//! What the names of schools and teams in the table stand for: what is there, what somebody has answered, or a question.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::answers::{AboutSchool, AboutTeam, Answers, SchoolAnswer, TeamAnswer};
use super::cells::{Cells, Written};
use super::places::{Known, Place, squeeze};
use super::{RosterOptions, Unknown, guesses};
use crate::organisation::{Body, Group, SchoolSort, TeamSort};

/// A team as a row writes it, with the row's schools as they stand there.
type Row = (String, Written);

pub(super) struct Names<'a> {
    pub known: &'a Known,
    options: RosterOptions,
    group: Place,
    schools: BTreeMap<String, &'a SchoolAnswer>,
    teams: BTreeMap<(String, String), &'a TeamAnswer>,
    /// What was found out already: thousands of rows have the same few names.
    found: Found,
}

#[derive(Default)]
struct Found {
    schools: RefCell<BTreeMap<String, SchoolMeaning>>,
    known_teams: RefCell<BTreeMap<Row, Option<Place>>>,
    teams: RefCell<BTreeMap<Row, TeamMeaning>>,
}

/// What a name leads to.
enum Leads<Meaning, Name> {
    To(Meaning),
    On(Name),
}

#[derive(Debug, Clone)]
pub(super) enum SchoolMeaning {
    /// The group or a school of it.
    There(Place),
    New {
        name: String,
        sort: SchoolSort,
    },
    /// It is there, but not in this group.
    Elsewhere {
        name: String,
    },
    /// Nobody has said.
    Asked {
        name: String,
    },
    LeftOut,
}

#[derive(Debug, Clone)]
pub(super) enum TeamMeaning {
    There(Place),
    New { name: String, sort: TeamSort, home: NewHome },
    Asked,
    LeftOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewHome {
    /// The row's school, or the group if it names none.
    Own,
    Group,
}

/// Whose team a row means.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// Empty for the group.
    pub name: String,
    /// As it stands in the table.
    written: String,
    /// If it is there.
    pub body: Option<Body>,
}

impl<'a> Names<'a> {
    pub(super) fn of(known: &'a Known, group: &Group, options: RosterOptions, answers: &'a Answers) -> Self {
        let schools = answers.schools.iter().map(|AboutSchool { name, answer }| (squeeze(name), answer));
        let teams = answers.teams.iter();
        let teams = teams.map(|AboutTeam { school, name, answer }| ((squeeze(school), squeeze(name)), answer));
        let group = Place { body: Body::Group(group.id.clone()), name: group.name.clone(), sort: None, team: None };
        Self { known, options, group, schools: schools.collect(), teams: teams.collect(), found: Found::default() }
    }

    /// The group itself counts as a school, for those who work in its office.
    pub(super) fn school(&self, name: &str) -> SchoolMeaning {
        let mut way = BTreeSet::new();
        let mut next = name.to_owned();
        let meaning = loop {
            if let Some(found) = self.found.schools.borrow().get(&next) {
                break found.clone();
            }
            // Answers that lead in a circle answer nothing.
            if !way.insert(next.clone()) {
                break SchoolMeaning::Asked { name: name.to_owned() };
            }
            match self.school_leads(next) {
                Leads::To(meaning) => break meaning,
                Leads::On(other) => next = other,
            }
        };
        self.found.schools.borrow_mut().extend(way.into_iter().map(|name| (name, meaning.clone())));
        meaning
    }

    fn school_leads(&self, name: String) -> Leads<SchoolMeaning, String> {
        if let Some(known) = self.known_school(&name) {
            return Leads::To(known);
        }
        Leads::To(match self.school_answer(&name) {
            None if self.options.schools == Unknown::Created => {
                let sort = guesses::school_sort(&name);
                self.new_school(&name, sort)
            }
            None => SchoolMeaning::Asked { name },
            Some(SchoolAnswer::LeftOut) => SchoolMeaning::LeftOut,
            Some(SchoolAnswer::New { name: new, sort }) => self.new_school(new, *sort),
            Some(SchoolAnswer::There { school }) => {
                let mut schools = self.known.schools.values();
                let found = schools.find(|place| matches!(&place.body, Body::School(id) if id == school));
                found.map_or(SchoolMeaning::Asked { name }, |place| SchoolMeaning::There(place.clone()))
            }
            Some(SchoolAnswer::SameAs { name: other }) => return Leads::On(other.clone()),
        })
    }

    /// What is to be made, unless something is called exactly so.
    fn new_school(&self, name: &str, sort: SchoolSort) -> SchoolMeaning {
        let squeezed = squeeze(name);
        if squeezed == squeeze(&self.group.name) {
            return SchoolMeaning::There(self.group.clone());
        }
        match self.known.schools.get(&squeezed) {
            Some(place) => SchoolMeaning::There(place.clone()),
            None if self.known.namesake(&squeezed).is_some() => SchoolMeaning::Elsewhere { name: name.to_owned() },
            None => SchoolMeaning::New { name: name.to_owned(), sort },
        }
    }

    /// What needs no answer.
    pub(super) fn known_school(&self, name: &str) -> Option<SchoolMeaning> {
        let squeezed = squeeze(name);
        if squeezed == squeeze(&self.group.name) {
            return Some(SchoolMeaning::There(self.group.clone()));
        }
        let there = self.known.school(&squeezed).map(|place| SchoolMeaning::There(place.clone()));
        let elsewhere = || SchoolMeaning::Elsewhere { name: name.to_owned() };
        there.or_else(|| self.known.knows_elsewhere(&squeezed).then(elsewhere))
    }

    pub(super) fn school_answer(&self, name: &str) -> Option<&'a SchoolAnswer> {
        self.schools.get(&squeeze(name)).copied()
    }

    /// Whose teams the row's are: its first school's, else the group's. Nothing if that school is of no use.
    pub(super) fn home(&self, cells: &Cells) -> Option<Home> {
        for written in &cells.schools {
            let (name, body) = match self.school(written) {
                SchoolMeaning::There(Place { body: Body::Group(_), .. }) => continue,
                SchoolMeaning::There(place) => (place.name, Some(place.body)),
                SchoolMeaning::New { name, sort: _ } | SchoolMeaning::Asked { name } => (name, None),
                SchoolMeaning::Elsewhere { .. } | SchoolMeaning::LeftOut => return None,
            };
            return Some(Home { name, written: written.clone(), body });
        }
        Some(Home { name: String::new(), written: String::new(), body: Some(self.group.body.clone()) })
    }

    pub(super) fn team(&self, cells: &Cells, home: &Home, written: &Written) -> TeamMeaning {
        let mut way = BTreeSet::new();
        let mut next = (cells.school.clone(), written.clone());
        let meaning = loop {
            if let Some(found) = self.found.teams.borrow().get(&next) {
                break found.clone();
            }
            if !way.insert(next.clone()) {
                break TeamMeaning::Asked;
            }
            match self.team_leads(cells, home, &next.1) {
                Leads::To(meaning) => break meaning,
                Leads::On(other) => next.1 = other,
            }
        };
        self.found.teams.borrow_mut().extend(way.into_iter().map(|name| (name, meaning.clone())));
        meaning
    }

    fn team_leads(&self, cells: &Cells, home: &Home, written: &Written) -> Leads<TeamMeaning, Written> {
        if let Some(place) = self.known_team(cells, written) {
            return Leads::To(TeamMeaning::There(place));
        }
        let name = written.full.clone();
        Leads::To(match self.team_answer(home, &name) {
            None if self.options.teams == Unknown::Created => {
                let sort = guesses::team_sort(&name);
                TeamMeaning::New { name, sort, home: NewHome::Own }
            }
            None => TeamMeaning::Asked,
            Some(TeamAnswer::LeftOut) => TeamMeaning::LeftOut,
            Some(TeamAnswer::New { name: new, sort }) => {
                let there = home.body.as_ref().and_then(|body| self.known.teams.get(&(body.clone(), squeeze(new))));
                let new = TeamMeaning::New { name: new.clone(), sort: *sort, home: NewHome::Own };
                there.map_or(new, |place| TeamMeaning::There(place.clone()))
            }
            Some(TeamAnswer::Across { sort }) => TeamMeaning::New { name, sort: *sort, home: NewHome::Group },
            Some(TeamAnswer::There { team }) => {
                let mut teams = self.known.teams.values();
                let found = teams.find(|place| matches!(&place.body, Body::Team(id) if id == team));
                found.map_or(TeamMeaning::Asked, |place| TeamMeaning::There(place.clone()))
            }
            Some(TeamAnswer::SameAs { name: other }) => {
                return Leads::On(Written { text: other.clone(), full: other.clone() });
            }
        })
    }

    /// Of one of the row's schools, else of the group, else, if the row names no school, the only one of that name.
    pub(super) fn known_team(&self, cells: &Cells, written: &Written) -> Option<Place> {
        let row = (cells.school.clone(), written.clone());
        if let Some(found) = self.found.known_teams.borrow().get(&row) {
            return found.clone();
        }
        let found = self.find_team(cells, written);
        self.found.known_teams.borrow_mut().insert(row, found.clone());
        found
    }

    fn find_team(&self, cells: &Cells, written: &Written) -> Option<Place> {
        let names = [squeeze(&written.text), squeeze(&written.full)];
        let schools = cells.schools.iter().filter_map(|name| match self.school(name) {
            SchoolMeaning::There(place) => Some(place.body),
            SchoolMeaning::New { .. } | SchoolMeaning::Elsewhere { .. } => None,
            SchoolMeaning::Asked { .. } | SchoolMeaning::LeftOut => None,
        });
        for home in schools.chain([self.group.body.clone()]) {
            for name in &names {
                if let Some(place) = self.known.teams.get(&(home.clone(), name.clone())) {
                    return Some(place.clone());
                }
            }
        }
        let only = |name: &String| match self.known.teams_named.get(name).map(Vec::as_slice) {
            Some([place]) => Some(place.clone()),
            Some(_) | None => None,
        };
        if cells.schools.is_empty() { names.iter().find_map(only) } else { None }
    }

    /// An answer that was given when the school was not yet known to be another one still counts.
    pub(super) fn team_answer(&self, home: &Home, name: &str) -> Option<&'a TeamAnswer> {
        let name = squeeze(name);
        let of = |school: &str| self.teams.get(&(squeeze(school), name.clone())).copied();
        of(&home.name).or_else(|| of(&home.written))
    }

    pub(super) fn is_left_out(&self, cells: &Cells) -> bool {
        let schools = cells.schools.iter().any(|name| matches!(self.school(name), SchoolMeaning::LeftOut));
        schools
            || self.home(cells).is_some_and(|home| {
                cells.teams.iter().any(|team| matches!(self.team(cells, &home, team), TeamMeaning::LeftOut))
            })
    }
}
