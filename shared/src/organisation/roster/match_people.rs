//! Who a row is about: somebody who is there, somebody of an earlier row, or somebody new.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::{Attempt, id};
use super::cells::Cells;
use super::places::Place;
use super::{Asked, Column, Doing, Problem, Trouble};
use crate::access::administers;
use crate::organisation::{Body, Directory, Group, Person, Seat};
use crate::words::UserId;

/// A person as the rows so far make them.
pub(super) struct Draft {
    pub person: Person,
    pub new: bool,
    /// Whether the account itself is new or changed.
    pub changed: bool,
    /// Whether anything at all happens to them.
    pub touched: bool,
    /// From 0.
    pub rows: Vec<usize>,
    /// The first row, as the table program counts.
    pub first_row: usize,
    /// Seats that the rows so far give.
    pub seats: Vec<Seat>,
    said_phone: bool,
    said_email: bool,
    said_login: bool,
    said_teaches: bool,
}

/// Everybody the rows are about, and the ways to find them.
pub(super) struct People<'a> {
    directory: &'a Directory,
    drafts: Vec<Draft>,
    by_id: BTreeMap<UserId, usize>,
    /// Login, phone or e-mail of a draft.
    by_key: BTreeMap<String, usize>,
    by_place: BTreeMap<(String, Body), Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    known_by_place: BTreeMap<(String, Body), BTreeSet<UserId>>,
    known_by_name: BTreeMap<String, BTreeSet<UserId>>,
    /// Whom some row names by login, phone or e-mail.
    keyed: BTreeSet<UserId>,
}

impl<'a> People<'a> {
    pub(super) fn of<'r>(asked: &Asked<'a>, group: &Group, rows: impl Iterator<Item = &'r Cells>) -> Self {
        let directory = asked.directory;
        let mut people = Self {
            directory,
            drafts: Vec::new(),
            by_id: BTreeMap::new(),
            by_key: BTreeMap::new(),
            by_place: BTreeMap::new(),
            by_name: BTreeMap::new(),
            known_by_place: BTreeMap::new(),
            known_by_name: BTreeMap::new(),
            keyed: BTreeSet::new(),
        };
        let places = directory.schools_of(&group.id).filter(|place| place.span.holds(asked.now));
        let bodies = places.map(|place| Body::School(place.school.clone())).chain([Body::Group(group.id.clone())]);
        for body in bodies {
            for seat in directory.seats_in(&body) {
                let Some(person) = directory.person(&seat.person).filter(|person| person.closed.is_none()) else {
                    continue;
                };
                let place = (person.name.clone(), body.clone());
                people.known_by_place.entry(place).or_default().insert(person.id.clone());
                people.known_by_name.entry(person.name.clone()).or_default().insert(person.id.clone());
            }
        }
        for cells in rows {
            let found =
                keys(cells).filter_map(|(column, key)| directory.person_named(key).map(|found| (column, found)));
            let same = found.filter(|(column, found)| *column == Column::Login || found.name == cells.name);
            people.keyed.extend(same.map(|(_, found)| found.id.clone()));
        }
        people
    }

    pub(super) fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.drafts.iter()
    }

    pub(super) fn draft(&mut self, at: usize) -> &mut Draft {
        &mut self.drafts[at]
    }

    /// Who is new, and how many who are known get or change something.
    pub(super) fn counts(&self) -> (Vec<UserId>, usize) {
        let new = self.drafts.iter().filter(|draft| draft.new).map(|draft| draft.person.id.clone()).collect();
        (new, self.drafts.iter().filter(|draft| !draft.new && draft.touched).count())
    }

    pub(super) fn has(&self, person: &UserId) -> bool {
        self.by_id.contains_key(person)
    }

    fn add(&mut self, person: Person, new: bool, row: usize) -> usize {
        let at = self.drafts.len();
        self.by_id.insert(person.id.clone(), at);
        self.by_name.entry(person.name.clone()).or_default().push(at);
        self.drafts.push(Draft {
            person,
            new,
            changed: new,
            touched: new,
            rows: Vec::new(),
            first_row: row,
            seats: Vec::new(),
            said_phone: false,
            said_email: false,
            said_login: false,
            said_teaches: false,
        });
        at
    }

    fn known(&mut self, person: &Person, row: usize) -> usize {
        match self.by_id.get(&person.id) {
            Some(at) => *at,
            None => self.add(person.clone(), false, row),
        }
    }

    /// Who may be meant by name and place alone, without those of whom the row says otherwise.
    fn candidates(&self, cells: &Cells, places: &[Place]) -> Vec<Candidate> {
        let mut known: BTreeSet<&UserId> = BTreeSet::new();
        let mut drafted: BTreeSet<usize> = BTreeSet::new();
        if places.is_empty() {
            known.extend(self.known_by_name.get(&cells.name).into_iter().flatten());
            drafted.extend(self.by_name.get(&cells.name).into_iter().flatten());
        }
        for place in places {
            let key = (cells.name.clone(), place.body.clone());
            known.extend(self.known_by_place.get(&key).into_iter().flatten());
            drafted.extend(self.by_place.get(&key).into_iter().flatten());
        }
        drafted.extend(known.iter().filter_map(|id| self.by_id.get(*id)));
        let fresh = known.into_iter().filter(|id| !self.by_id.contains_key(*id));
        let fresh =
            fresh.filter(|id| !self.keyed.contains(*id) || self.directory.person(id).is_some_and(|p| agrees(cells, p)));
        let fresh: Vec<Candidate> = fresh.map(|id| Candidate::Known(id.clone())).collect();
        let drafted = drafted.into_iter().filter(|at| self.drafts[*at].agrees(cells)).map(Candidate::Drafted);
        fresh.into_iter().chain(drafted).collect()
    }
}

enum Candidate {
    Known(UserId),
    Drafted(usize),
}

/// Whether the row says nothing that is otherwise with this person.
fn agrees(cells: &Cells, person: &Person) -> bool {
    let same = |said: &Option<String>, known: Option<&String>| match (said, known) {
        (Some(said), Some(known)) => said == known,
        (None, _) | (_, None) => true,
    };
    same(&cells.phone, person.phone.as_ref())
        && same(&cells.email, person.email.as_ref())
        && same(&cells.login, Some(&person.login))
}

impl Draft {
    /// What no row has said so far can still be said.
    fn agrees(&self, cells: &Cells) -> bool {
        let differs =
            |said: bool, cell: &Option<String>, now: Option<&String>| said && cell.is_some() && cell.as_ref() != now;
        !differs(self.said_phone, &cells.phone, self.person.phone.as_ref())
            && !differs(self.said_email, &cells.email, self.person.email.as_ref())
            && !differs(self.said_login, &cells.login, Some(&self.person.login))
    }
}

/// The strongest first.
fn keys(cells: &Cells) -> impl Iterator<Item = (Column, &String)> {
    let keys = [(Column::Login, &cells.login), (Column::Phone, &cells.phone), (Column::Email, &cells.email)];
    keys.into_iter().filter_map(|(column, key)| key.as_ref().map(|key| (column, key)))
}

impl Attempt<'_, '_> {
    /// The person of the row, with what the row says about them. Gives their draft.
    pub(super) fn person(&mut self, at: usize, cells: &Cells, places: &[Place]) -> Result<usize, Trouble> {
        let found = match self.by_key(cells)? {
            Some(draft) => draft,
            None => match self.people.candidates(cells, places).as_slice() {
                [] => self.newcomer(at, cells),
                [Candidate::Drafted(draft)] => *draft,
                [Candidate::Known(id)] => match self.people.directory.person(id) {
                    Some(person) => self.people.known(person, cells.row),
                    None => self.newcomer(at, cells),
                },
                several => {
                    return Err(Trouble::of(Column::Name, Problem::Namesakes { people: several.len() }));
                }
            },
        };
        if self.people.drafts[found].person.closed.is_some() {
            return Err(Trouble::of_row(Problem::AccountClosed));
        }
        self.say(at, found, cells);
        for place in places {
            let there = self.people.by_place.entry((cells.name.clone(), place.body.clone())).or_default();
            if !there.contains(&found) {
                there.push(found);
            }
        }
        Ok(found)
    }

    fn by_key(&mut self, cells: &Cells) -> Result<Option<usize>, Trouble> {
        for (column, key) in keys(cells) {
            if let Some(draft) = self.people.by_key.get(key) {
                let other = &self.people.drafts[*draft];
                return if other.person.name == cells.name {
                    Ok(Some(*draft))
                } else {
                    let row = Some(other.first_row);
                    Err(Trouble::of(column, Problem::Taken { by: Some(other.person.name.clone()), row }))
                };
            }
            let Some(person) = self.people.directory.person_named(key) else { continue };
            let circle = self.known.circle.as_ref();
            let findable = circle.is_none_or(|circle| circle.has(self.asked.directory, &person.id, self.asked.now))
                || self.asked.actor.is_some_and(|actor| self.looks_after(actor, &person.id));
            if !findable {
                return Err(Trouble::of(column, Problem::AccountElsewhere));
            }
            if column == Column::Login || person.name == cells.name {
                if self.house_of(&person.id).is_none() {
                    return Err(Trouble::of(column, Problem::AccountElsewhere));
                }
                return Ok(Some(self.people.known(person, cells.row)));
            }
            return Err(Trouble::of(column, Problem::Taken { by: Some(person.name.clone()), row: None }));
        }
        Ok(None)
    }

    fn looks_after(&self, actor: &UserId, person: &UserId) -> bool {
        crate::access::may_administer(self.asked.directory, actor, person, self.asked.now)
    }

    /// A school or group where the person has or had a seat, so that those who run it know whose account it is: this
    /// group, a school of it, or what the asking person looks after. Whoever leads a team can make accounts, too, with
    /// seats in that team alone, and must not choose who comes with a roster.
    pub(super) fn house_of(&self, person: &UserId) -> Option<&Body> {
        let Asked { directory, group, actor, now, .. } = *self.asked;
        let is_here = |body: &Body| match body {
            Body::Group(id) => id == group,
            Body::School(id) => directory.groups_of(id).any(|place| place.group == *group && place.span.holds(now)),
            Body::Team(_) => false,
        };
        let is_house = |body: &Body| !matches!(body, Body::Team(_));
        let looks_after = |body: &Body| actor.is_none_or(|actor| administers(directory, actor, body, now));
        let seats = directory
            .seats_of(person)
            .filter(|seat| is_here(&seat.body) || is_house(&seat.body) && looks_after(&seat.body));
        seats.max_by_key(|seat| (seat.span.holds(now), seat.main, seat.span.since)).map(|seat| &seat.body)
    }

    fn newcomer(&mut self, at: usize, cells: &Cells) -> usize {
        let login = cells.login.clone().unwrap_or_else(|| self.free_login(&cells.name));
        self.does[at].push(Doing::Adds {
            login: login.clone(),
            phone: cells.phone.clone(),
            email: cells.email.clone(),
            teaches: cells.teaches.clone(),
        });
        self.people.by_key.insert(login.clone(), self.people.drafts.len());
        let person = Person {
            id: id(self.fresh),
            name: cells.name.clone(),
            login,
            phone: None,
            email: None,
            teaches: String::new(),
            operator: false,
            created: self.asked.now,
            suspended: None,
            closed: None,
        };
        self.people.add(person, true, cells.row)
    }

    /// The proposal, or the first of it with +2, +3 … that nobody has and no row asks for.
    fn free_login(&mut self, name: &str) -> String {
        let proposed = (self.asked.propose)(name);
        let fits = |c: &char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '.' | '-' | '_');
        let base: String = proposed.chars().flat_map(char::to_lowercase).filter(fits).take(56).collect();
        let base = if base.is_empty() { "user".to_owned() } else { base };
        let free = |login: &String| {
            !self.people.by_key.contains_key(login)
                && !self.asked_logins.contains(login)
                && self.people.directory.person_named(login).is_none()
        };
        let next = self.numbers.get(&base).copied().unwrap_or(2);
        if next == 2 && free(&base) {
            return base;
        }
        let number = (next..).find(|number| free(&format!("{base}{number}"))).unwrap_or(next);
        self.numbers.insert(base.clone(), number + 1);
        format!("{base}{number}")
    }

    /// Notes what the row says about the person; empty cells say nothing.
    fn say(&mut self, at: usize, found: usize, cells: &Cells) {
        let People { drafts, by_key, .. } = &mut self.people;
        let draft = &mut drafts[found];
        let mut changes = Vec::new();
        let mut change = |column, from: &str, to: &str| {
            if from != to {
                changes.push(Doing::Changes { column, from: from.to_owned(), to: to.to_owned() });
            }
        };
        change(Column::Name, &draft.person.name, &cells.name);
        draft.person.name.clone_from(&cells.name);
        if let Some(login) = &cells.login {
            change(Column::Login, &draft.person.login, login);
            draft.person.login.clone_from(login);
            draft.said_login = true;
        }
        if let Some(phone) = &cells.phone {
            change(Column::Phone, draft.person.phone.as_deref().unwrap_or_default(), phone);
            draft.person.phone = Some(phone.clone());
            draft.said_phone = true;
        }
        if let Some(email) = &cells.email {
            change(Column::Email, draft.person.email.as_deref().unwrap_or_default(), email);
            draft.person.email = Some(email.clone());
            draft.said_email = true;
        }
        if !cells.teaches.is_empty() {
            let teaches = match draft.said_teaches {
                // Another row of theirs: on two campuses they may teach two subjects.
                true if draft.person.teaches.contains(&cells.teaches) => draft.person.teaches.clone(),
                true => format!("{}、{}", draft.person.teaches, cells.teaches),
                false => cells.teaches.clone(),
            };
            change(Column::Subject, &draft.person.teaches, &teaches);
            draft.person.teaches = teaches;
            draft.said_teaches = true;
        }
        for (_, key) in keys(cells) {
            by_key.insert(key.clone(), found);
        }
        draft.rows.push(at);
        if !changes.is_empty() {
            draft.changed = true;
            draft.touched = true;
        }
        // What the first row of somebody new says stands there already.
        if !draft.new || draft.rows.len() > 1 {
            self.does[at].extend(changes);
        }
    }
}
