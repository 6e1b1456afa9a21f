//! The schools and teams that rows speak of: those that are there, and those that would be created.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::{Attempt, Phase, Step, id};
use super::cells::{Cells, Written};
use super::{Column, NewSchool, NewTeam, Problem, Trouble, Unknown, guesses};
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
    /// The row's school of that name. The group itself counts as one, for those who work in its office.
    pub(super) fn school(&mut self, at: usize, name: &str) -> Result<Place, Trouble> {
        let squeezed = squeeze(name);
        if squeezed == squeeze(&self.group.name) {
            return Ok(Place {
                body: Body::Group(self.group.id.clone()),
                name: self.group.name.clone(),
                sort: None,
                team: None,
            });
        }
        if let Some(place) = self.known.school(&squeezed) {
            return Ok(place.clone());
        }
        if let Some((place, step)) = self.created.schools.get(&squeezed) {
            self.steps[*step].rows.push(at);
            // Its membership comes right after it.
            self.steps[*step + 1].rows.push(at);
            return Ok(place.clone());
        }
        let problem = if self.knows_elsewhere(&squeezed) {
            Problem::SchoolElsewhere { name: name.to_owned() }
        } else {
            match self.asked.options.schools {
                Unknown::Created => return Ok(self.create_school(at, name, squeezed)),
                Unknown::Refused => Problem::UnknownSchool { name: name.to_owned() },
            }
        };
        Err(Trouble::of(Column::School, problem))
    }

    /// Whether the asking person may know that there is a school of this name outside the group.
    fn knows_elsewhere(&self, squeezed: &str) -> bool {
        let named = self.known.all_schools.get(squeezed).into_iter().flatten();
        let circle = self.known.circle.as_ref();
        named.into_iter().any(|id| circle.is_none_or(|circle| circle.schools.contains(id)))
    }

    fn create_school(&mut self, at: usize, name: &str, squeezed: String) -> Place {
        let around = self.known.around.iter().map(String::as_str).chain([self.group.name.as_str()]);
        let seal = guesses::seal(name, around, &self.seals);
        self.seals.insert(seal.clone());
        let school = School {
            id: id(self.fresh),
            region: self.group.region.clone(),
            name: name.to_owned(),
            seal,
            sort: guesses::school_sort(name),
            rural: guesses::is_rural(name),
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

    /// The row's team: of one of its schools, else of the group, else the only one of that name in the group.
    pub(super) fn team(&mut self, at: usize, written: &Written, schools: &[Place]) -> Result<Place, Trouble> {
        let names = [squeeze(&written.text), squeeze(&written.full)];
        let homes = schools.iter().map(|place| place.body.clone()).chain([Body::Group(self.group.id.clone())]);
        for home in homes.collect::<Vec<_>>() {
            for name in &names {
                if let Some(place) = self.known.teams.get(&(home.clone(), name.clone())) {
                    return Ok(place.clone());
                }
                if let Some((place, step)) = self.created.teams.get(&(home.clone(), name.clone())) {
                    self.steps[*step].rows.push(at);
                    return Ok(place.clone());
                }
            }
        }
        for name in &names {
            if let Some([place]) = self.known.teams_named.get(name).map(Vec::as_slice) {
                return Ok(place.clone());
            }
        }
        match self.asked.options.teams {
            Unknown::Created => Ok(self.create_team(at, written, schools)),
            Unknown::Refused => Err(Trouble::of(Column::Team, Problem::UnknownTeam { name: written.full.clone() })),
        }
    }

    fn create_team(&mut self, at: usize, written: &Written, schools: &[Place]) -> Place {
        let squeezed = squeeze(&written.full);
        let spread = self.spread.get(&squeezed).map_or(0, BTreeSet::len);
        let own = schools.iter().find(|place| matches!(place.body, Body::School(_)));
        let (home, home_name) = match own {
            Some(school) if spread <= 1 || !self.known.runs_group => (school.body.clone(), school.name.clone()),
            Some(_) | None => (Body::Group(self.group.id.clone()), self.group.name.clone()),
        };
        let subject = self.vocabulary.subjects.iter().find(|subject| written.full.contains(&subject.zh));
        let mut grades = self.vocabulary.stages.iter().flat_map(|stage| &stage.grades);
        let team = Team {
            id: id(self.fresh),
            home: home.clone(),
            name: written.full.clone(),
            sort: guesses::team_sort(&written.full),
            subject: subject.map(|subject| subject.zh.clone()).unwrap_or_default(),
            stage: grades.find(|grade| written.full.contains(*grade)).cloned().unwrap_or_default(),
            ended: None,
        };
        self.created.shown_teams.push(NewTeam { name: team.name.clone(), sort: team.sort, home: home_name });
        let place = place_of_team(&team);
        self.created.teams.insert((home, squeezed), (place.clone(), self.steps.len()));
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

/// In how many schools each team that rows name is named.
pub(super) fn spread<'a>(rows: impl Iterator<Item = &'a Cells>) -> BTreeMap<String, BTreeSet<String>> {
    let mut spread: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for cells in rows {
        for team in &cells.teams {
            let schools = spread.entry(squeeze(&team.full)).or_default();
            schools.extend(cells.schools.iter().map(|school| squeeze(school)));
        }
    }
    spread
}

/// What is there before the roster, found once.
pub(super) struct Known {
    pub schools: BTreeMap<String, Place>,
    pub all_schools: BTreeMap<String, Vec<SchoolId>>,
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
    fn school(&self, squeezed: &str) -> Option<&Place> {
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
}
