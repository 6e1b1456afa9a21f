//! The schools and teams that rows speak of: those that are there, and those that would be created.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::{Attempt, Phase, Step, id};
use super::cells::{Cells, Written};
use super::names::{NewHome, SchoolMeaning, TeamMeaning};
use super::{Column, Namesake, NewSchool, NewTeam, Problem, Trouble, guesses};
use crate::access::Circle;
use crate::organisation::{Body, Membership, Record, School, SchoolSort, Team, TeamSort};
use crate::words::{SchoolId, Span};

/// A body that a row speaks of.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub body: Body,
    pub name: String,
    pub sort: Option<SchoolSort>,
    pub team: Option<TeamSort>,
}

/// What this roster would create, by squeezed name.
#[derive(Default)]
pub(super) struct Created {
    schools: BTreeMap<String, (Place, usize)>,
    teams: BTreeMap<(Body, String), (Place, usize)>,
    pub shown_schools: Vec<NewSchool>,
    pub shown_teams: Vec<NewTeam>,
}

/// Names that differ in white space and case only are one.
pub(super) fn squeeze(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl Attempt<'_, '_> {
    /// The row's school of that name.
    pub(super) fn school(&mut self, at: usize, written: &str) -> Result<Place, Trouble> {
        let problem = match self.names.school(written) {
            SchoolMeaning::There(place) => return Ok(place),
            SchoolMeaning::New { name, sort } => return Ok(self.new_school(at, name, sort)),
            SchoolMeaning::Elsewhere { name } => Problem::SchoolElsewhere { name },
            SchoolMeaning::Asked { .. } | SchoolMeaning::LeftOut => Problem::UnknownSchool { name: written.to_owned() },
        };
        Err(Trouble::of(Column::School, problem))
    }

    fn new_school(&mut self, at: usize, name: String, sort: SchoolSort) -> Place {
        let squeezed = squeeze(&name);
        match self.created.schools.get(&squeezed) {
            Some((place, step)) => {
                self.steps[*step].rows.push(at);
                // Its membership comes right after it.
                self.steps[*step + 1].rows.push(at);
                place.clone()
            }
            None => self.create_school(at, name, sort, squeezed),
        }
    }

    fn create_school(&mut self, at: usize, name: String, sort: SchoolSort, squeezed: String) -> Place {
        let around = self.known.around.iter().map(String::as_str).chain([self.group.name.as_str()]);
        let seal = guesses::seal(&name, around, &self.seals);
        self.seals.insert(seal.clone());
        let school = School {
            id: id(self.fresh),
            region: self.group.region.clone(),
            rural: guesses::is_rural(&name),
            name,
            seal,
            sort,
            pupils: None,
        };
        let membership = Membership {
            id: id(self.fresh),
            group: self.group.id.clone(),
            school: school.id.clone(),
            leads: false,
            span: Span::from(self.asked.now),
            reason: String::new(),
            handed_over: String::new(),
        };
        self.created.shown_schools.push(NewSchool {
            name: school.name.clone(),
            seal: school.seal.clone(),
            sort: school.sort,
            rural: school.rural,
        });
        let place = place_of(&school);
        self.created.schools.insert(squeezed, (place.clone(), self.steps.len()));
        for record in [Record::School(school), Record::Membership(membership)] {
            self.steps.push(Step { phase: Phase::Schools, column: Column::School, rows: vec![at], record });
        }
        place
    }

    /// The row's team.
    pub(super) fn team(
        &mut self,
        at: usize,
        cells: &Cells,
        written: &Written,
        schools: &[Place],
    ) -> Result<Place, Trouble> {
        let meaning = self.names.home(cells).map(|home| self.names.team(cells, &home, written));
        match meaning {
            Some(TeamMeaning::There(place)) => Ok(place),
            Some(TeamMeaning::New { name, sort, home }) => Ok(self.new_team(at, name, sort, home, schools)),
            Some(TeamMeaning::Asked | TeamMeaning::LeftOut) | None => {
                Err(Trouble::of(Column::Team, Problem::UnknownTeam { name: written.full.clone() }))
            }
        }
    }

    fn new_team(&mut self, at: usize, name: String, sort: TeamSort, home: NewHome, schools: &[Place]) -> Place {
        let own = schools.iter().find(|place| home == NewHome::Own && matches!(place.body, Body::School(_)));
        let group = (Body::Group(self.group.id.clone()), self.group.name.clone());
        let (home, home_name) = own.map_or(group, |school| (school.body.clone(), school.name.clone()));
        let key = (home.clone(), squeeze(&name));
        if let Some((place, step)) = self.created.teams.get(&key) {
            self.steps[*step].rows.push(at);
            return place.clone();
        }
        let subject = self.vocabulary.subjects.iter().find(|subject| name.contains(&subject.zh));
        let mut grades = self.vocabulary.stages.iter().flat_map(|stage| &stage.grades);
        let team = Team {
            id: id(self.fresh),
            home,
            sort,
            subject: subject.map(|subject| subject.zh.clone()).unwrap_or_default(),
            stage: grades.find(|grade| name.contains(*grade)).cloned().unwrap_or_default(),
            name,
            ended: None,
        };
        self.created.shown_teams.push(NewTeam { name: team.name.clone(), sort, home: home_name });
        let place = place_of_team(&team);
        self.created.teams.insert(key, (place.clone(), self.steps.len()));
        self.steps.push(Step { phase: Phase::Teams, column: Column::Team, rows: vec![at], record: Record::Team(team) });
        place
    }
}

pub(super) fn place_of(school: &School) -> Place {
    Place { body: Body::School(school.id.clone()), name: school.name.clone(), sort: Some(school.sort), team: None }
}

pub(super) fn place_of_team(team: &Team) -> Place {
    Place { body: Body::Team(team.id.clone()), name: team.name.clone(), sort: None, team: Some(team.sort) }
}

/// What is there before the roster, found once.
pub(super) struct Known {
    pub schools: BTreeMap<String, Place>,
    pub all_schools: BTreeMap<String, Vec<SchoolId>>,
    /// Names of schools that have been in the group.
    pub former: BTreeSet<String>,
    /// Names of schools that may begin with the same town.
    pub around: Vec<String>,
    pub teams: BTreeMap<(Body, String), Place>,
    pub teams_named: BTreeMap<String, Vec<Place>>,
    /// `None` for the server's own command line, which knows everything.
    pub circle: Option<Circle>,
    pub runs_group: bool,
}

impl Known {
    /// By its name, or by the end of it if that is enough to tell: 实验小学 for 清河实验小学.
    pub(super) fn school(&self, squeezed: &str) -> Option<&Place> {
        if let Some(place) = self.schools.get(squeezed) {
            return Some(place);
        }
        const TELLING: usize = 4;
        if squeezed.chars().count() < TELLING {
            return None;
        }
        let mut ending = self.schools.iter().filter(|(name, _)| name.ends_with(squeezed)).map(|(_, place)| place);
        ending.next().filter(|_| ending.next().is_none())
    }

    /// Whether there is a school of exactly this name that is not in the group. To its own people that is no secret: a
    /// second one would be seen by everybody.
    pub(super) fn namesake(&self, squeezed: &str) -> Option<Namesake> {
        if self.schools.contains_key(squeezed) || !self.all_schools.contains_key(squeezed) {
            None
        } else if self.former.contains(squeezed) {
            Some(Namesake::Left)
        } else {
            Some(Namesake::Region)
        }
    }

    /// Whether the asking person may know that there is a school of this name outside the group.
    pub(super) fn knows_elsewhere(&self, squeezed: &str) -> bool {
        let mut named = self.all_schools.get(squeezed).into_iter().flatten();
        named.any(|id| self.circle.as_ref().is_none_or(|circle| circle.schools.contains(id)))
    }
}
