//! One pass over the rows. What it would do is carried out on a copy of the directory, step by step, under the same
//! judge and the same rules as when it is done: a preview that promises more than is possible would be worth nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{self, Cells};
use super::columns::Table;
use super::match_people::{Draft, People};
use super::names::Names;
use super::places::{self, Created, Known, squeeze};
use super::{
    Asked, Column, Doing, Plan, PlannedRow, Preview, Problem, Questions, Standing, Trouble, Verdict, WrongRows,
    may_import, nothing, questions,
};
use crate::access::{Circle, administers, may_change};
use crate::organisation::{Body, Change, Directory, Group, Misfit, Person, Record, Vocabulary};
use crate::words::{InvalidId, UserId};

/// The order in which it is done. Heads come late: until a school has one, the group's office may fill its seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Schools,
    Teams,
    People,
    Seats,
    Heads,
    Managers,
}

/// A record to put, and the rows that want it.
pub(super) struct Step {
    pub phase: Phase,
    pub column: Column,
    pub rows: Vec<usize>,
    pub record: Record,
}

pub(super) struct Attempt<'a, 'f> {
    pub asked: &'a Asked<'a>,
    pub fresh: &'f mut dyn FnMut() -> String,
    pub group: &'a Group,
    pub vocabulary: &'a Vocabulary,
    pub known: &'a Known,
    pub names: &'a Names<'a>,
    pub people: People<'a>,
    pub created: Created,
    pub seals: BTreeSet<String>,
    pub steps: Vec<Step>,
    pub does: Vec<Vec<Doing>>,
    pub troubles: Vec<Vec<Trouble>>,
    /// Logins that rows ask for by name.
    pub asked_logins: &'a BTreeSet<String>,
    /// The next number to try behind a proposed login.
    pub numbers: BTreeMap<String, u32>,
}

/// Rows that are left out can make others wrong; after so many rounds somebody has to look at it.
const ROUNDS: usize = 10;

/// Tries the rows, without the wrong ones if those may be skipped, until the rest fits.
pub(super) fn settle(table: &Table<'_>, asked: &Asked<'_>, fresh: &mut dyn FnMut() -> String) -> Plan {
    let group = asked
        .directory
        .group(asked.group)
        .filter(|group| asked.actor.is_none_or(|actor| may_import(asked.directory, &group.id, actor, asked.now)));
    let region = group.and_then(|group| asked.directory.region(&group.region));
    let (Some(group), Some(region)) = (group, region) else { return nothing(Problem::NoGroup) };
    let rows: Vec<Cells> = table.rows.iter().map(|(row, cells)| cells::read(*row, cells, &table.headings)).collect();
    let known = known(asked, group, &rows);
    let names = Names::of(&known, group, asked.options, asked.answers);
    let questions = questions::collect(asked, group, &region.vocabulary, &names, &rows);
    let left_out: BTreeSet<usize> = (0..rows.len()).filter(|at| names.is_left_out(&rows[*at])).collect();
    let mut wrong: BTreeMap<usize, Vec<Trouble>> = BTreeMap::new();
    for (at, cells) in
        rows.iter().enumerate().filter(|(at, cells)| !cells.troubles.is_empty() && !left_out.contains(at))
    {
        wrong.insert(at, cells.troubles.clone());
    }
    let asked_logins: BTreeSet<String> = rows.iter().filter_map(|cells| cells.login.clone()).collect();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let good = |at: &usize| !wrong.contains_key(at) && !left_out.contains(at);
        let mut attempt = Attempt {
            asked,
            fresh: &mut *fresh,
            group,
            vocabulary: &region.vocabulary,
            known: &known,
            names: &names,
            people: People::of(
                asked,
                group,
                rows.iter().enumerate().filter(|(at, _)| good(at)).map(|(_, cells)| cells),
            ),
            created: Created::default(),
            seals: seals(asked, group),
            steps: Vec::new(),
            does: vec![Vec::new(); rows.len()],
            troubles: vec![Vec::new(); rows.len()],
            asked_logins: &asked_logins,
            numbers: BTreeMap::new(),
        };
        for (at, cells) in rows.iter().enumerate().filter(|(at, _)| good(at)) {
            attempt.row(at, cells);
        }
        let records = attempt.carry_out();
        let new: Vec<_> = (0..rows.len()).filter(|at| !attempt.troubles[*at].is_empty()).collect();
        for at in &new {
            wrong.insert(*at, std::mem::take(&mut attempt.troubles[*at]));
        }
        let settled = new.is_empty() && (wrong.is_empty() || asked.options.wrong_rows == WrongRows::Skip);
        if settled || asked.options.wrong_rows == WrongRows::Stop || rounds == ROUNDS {
            let waits = wrong.values().any(|troubles| troubles.iter().all(Trouble::is_question));
            let settled = settled && questions.open() == 0 && !waits;
            let records = if settled { records } else { Vec::new() };
            return finished(
                asked,
                Settled { table, rows: &rows, attempt, wrong, left_out, questions, records, settled },
            );
        }
    }
}

fn known(asked: &Asked<'_>, group: &Group, rows: &[Cells]) -> Known {
    let directory = asked.directory;
    let current = directory.schools_of(&group.id).filter(|place| place.span.holds(asked.now));
    let schools: Vec<_> = current.filter_map(|place| directory.school(&place.school)).collect();
    let mut all_schools: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for school in directory.schools().filter(|school| school.region == group.region) {
        all_schools.entry(squeeze(&school.name)).or_default().push(school.id.clone());
    }
    let left = directory.schools_of(&group.id).filter(|place| place.span.until.is_some_and(|until| until <= asked.now));
    let former = left.filter_map(|place| directory.school(&place.school)).map(|school| squeeze(&school.name));
    let (mut teams, mut teams_named) = (BTreeMap::new(), BTreeMap::<String, Vec<_>>::new());
    let homes = schools.iter().map(|school| Body::School(school.id.clone())).chain([Body::Group(group.id.clone())]);
    for home in homes {
        let open = |id| directory.exists(&Body::Team(id), asked.now);
        for team in directory.teams_of(&home).filter(|team| open(team.id.clone())) {
            let place = places::place_of_team(team);
            teams_named.entry(squeeze(&team.name)).or_default().push(place.clone());
            teams.insert((home.clone(), squeeze(&team.name)), place);
        }
    }
    let named = rows.iter().flat_map(|cells| &cells.schools);
    let around: BTreeSet<String> = schools.iter().map(|school| &school.name).chain(named).cloned().collect();
    let whole = Body::Group(group.id.clone());
    Known {
        schools: schools.iter().map(|school| (squeeze(&school.name), places::place_of(school))).collect(),
        all_schools,
        former: former.collect(),
        around: around.into_iter().collect(),
        teams,
        teams_named,
        circle: asked.actor.map(|actor| Circle::of(directory, actor, asked.now)),
        runs_group: asked.actor.is_none_or(|actor| administers(directory, actor, &whole, asked.now)),
    }
}

fn seals(asked: &Asked<'_>, group: &Group) -> BTreeSet<String> {
    let schools = asked.directory.schools_of(&group.id).filter_map(|place| asked.directory.school(&place.school));
    schools.map(|school| school.seal.clone()).collect()
}

/// An id of any sort.
pub(super) fn id<Id: TryFrom<String, Error = InvalidId>>(fresh: &mut dyn FnMut() -> String) -> Id {
    Id::try_from(fresh()).expect("a source of ids gives ids")
}

impl Attempt<'_, '_> {
    /// Does every step that may be done and fits, and blames the rows of the others.
    fn carry_out(&mut self) -> Vec<Record> {
        self.add_people();
        let mut after: Directory = self.asked.directory.clone();
        let mut steps = std::mem::take(&mut self.steps);
        steps.sort_by_key(|step| step.phase);
        let mut records = Vec::with_capacity(steps.len());
        for Step { phase: _, column, rows, record } in steps {
            let change = Change::Put(record);
            let allowed = self.asked.actor.is_none_or(|actor| may_change(&after, actor, &change, self.asked.now));
            let done = if allowed { after.change(std::slice::from_ref(&change)).map(drop) } else { Ok(()) };
            let trouble = match (allowed, done, &change) {
                (false, _, _) => Some(Trouble::of(column, Problem::NotYours)),
                (true, Err(misfit), Change::Put(record)) => Some(blamed(column, misfit.misfit, record)),
                (true, Err(_), Change::Remove(_)) | (true, Ok(()), _) => None,
            };
            match (trouble, change) {
                (Some(trouble), _) => self.blame(&rows, &trouble),
                (None, Change::Put(record)) => records.push(record),
                (None, Change::Remove(_)) => {}
            }
        }
        records
    }

    /// What follows from an earlier trouble of the same row is not worth saying.
    fn blame(&mut self, rows: &[usize], trouble: &Trouble) {
        for at in rows {
            if self.troubles[*at].is_empty() {
                self.troubles[*at].push(trouble.clone());
            }
        }
    }

    fn add_people(&mut self) {
        for Draft { person, rows, changed, .. } in self.people.drafts() {
            if *changed {
                let record = Record::Person(person.clone());
                self.steps.push(Step { phase: Phase::People, column: Column::Name, rows: rows.clone(), record });
            }
        }
    }
}

/// Whose fault it is that a record does not fit.
fn blamed(column: Column, misfit: Misfit, record: &Record) -> Trouble {
    match (misfit, record) {
        (Misfit::Taken(name), Record::Person(person)) => {
            Trouble::of(column_of(&name, person), Problem::Taken { by: None, row: None })
        }
        (Misfit::Dates, _) => Trouble::of(Column::Until, Problem::EndsBeforeBeginning),
        (misfit, _) => Trouble::of(column, Problem::Misfit { misfit }),
    }
}

fn column_of(name: &str, person: &Person) -> Column {
    if person.phone.as_deref() == Some(name) {
        Column::Phone
    } else if person.email.as_deref() == Some(name) {
        Column::Email
    } else {
        Column::Login
    }
}

/// What the rounds have come to.
struct Settled<'s, 'a, 'f> {
    table: &'s Table<'s>,
    rows: &'s [Cells],
    attempt: Attempt<'a, 'f>,
    wrong: BTreeMap<usize, Vec<Trouble>>,
    left_out: BTreeSet<usize>,
    questions: Questions,
    records: Vec<Record>,
    settled: bool,
}

fn finished(asked: &Asked<'_>, of: Settled<'_, '_, '_>) -> Plan {
    let Settled { table, rows, attempt, mut wrong, left_out, questions, records, settled } = of;
    let planned = rows.iter().zip(attempt.does).enumerate().map(|(at, (cells, does))| {
        let troubles = wrong.remove(&at).unwrap_or_default();
        let standing = match troubles.as_slice() {
            _ if left_out.contains(&at) => Standing::LeftOut,
            [] => Standing::Good,
            troubles if troubles.iter().all(Trouble::is_question) => Standing::Waiting,
            [..] => Standing::Wrong,
        };
        PlannedRow {
            row: cells.row,
            name: cells.name.clone(),
            school: cells.school.clone(),
            standing,
            does: if standing == Standing::Good { does } else { Vec::new() },
            troubles,
        }
    });
    let planned: Vec<_> = planned.collect();
    let count = |standing| planned.iter().filter(|row| row.standing == standing).count();
    let (new_people, changed_people) = attempt.people.counts();
    let preview = Preview {
        verdict: match (settled, records.is_empty()) {
            (false, _) if questions.open() > 0 || count(Standing::Waiting) > 0 => Verdict::Asking,
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::NothingToDo,
            (true, false) => Verdict::Ready,
        },
        troubles: Vec::new(),
        columns: table.headings.iter().map(|heading| (heading.text.clone(), heading.column)).collect(),
        ignored: table.ignored.clone(),
        questions,
        unchanged_rows: planned.iter().filter(|row| row.does.is_empty() && row.standing == Standing::Good).count(),
        waiting_rows: count(Standing::Waiting),
        left_out_rows: count(Standing::LeftOut),
        wrong_rows: count(Standing::Wrong),
        rows: planned,
        schools: attempt.created.shown_schools,
        teams: attempt.created.shown_teams,
        new_people: new_people.len(),
        changed_people,
        left_alone: left_alone(asked, &attempt.people),
    };
    Plan { preview, records, new_people: if settled { new_people } else { Vec::new() } }
}

fn left_alone(asked: &Asked<'_>, people: &People<'_>) -> usize {
    let directory = asked.directory;
    let places = directory.schools_of(asked.group).filter(|place| place.span.holds(asked.now));
    let bodies = places.map(|place| Body::School(place.school.clone())).chain([Body::Group(asked.group.clone())]);
    let mut there: BTreeSet<&UserId> = BTreeSet::new();
    for body in bodies {
        there.extend(directory.people_in(&body, asked.now));
    }
    there.into_iter().filter(|id| !people.has(id)).count()
}
