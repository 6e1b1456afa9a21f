//! Which names have to be asked about, with what they may stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Likely, Making, Questions, SchoolAnswer, SchoolQuestion, TeamAnswer, TeamQuestion};
use super::cells::Cells;
use super::likeness::{Folded, Likeness};
use super::names::{Home, Names, SchoolMeaning, TeamMeaning};
use super::places::squeeze;
use super::{Asked, Unknown, guesses};
use crate::access::{Right, administers};
use crate::organisation::{Body, Group, Vocabulary};

/// With more unknown names than this the table is not of this group, and nobody looks at what each may be.
const LOOKED_AT: usize = 300;
/// With more teams asked about nobody is offered to make one across schools: each would name all the others.
const OFFERED_ACROSS: usize = 1_000;
/// So many likely names are shown for one.
const SHOWN: usize = 3;

/// A name that nobody knows, with how many rows have it.
struct Unheard {
    name: String,
    rows: usize,
}

/// The same of a team.
struct UnheardTeam {
    home: Home,
    name: Unheard,
    /// Whether what was answered is something.
    is_answered: bool,
}

pub(super) fn collect(
    asked: &Asked<'_>,
    group: &Group,
    vocabulary: &Vocabulary,
    names: &Names<'_>,
    rows: &[Cells],
) -> Questions {
    let makers = Makers { asked, group };
    let schools = schools(asked, &makers, names, rows);
    Questions { schools, teams: teams(asked, vocabulary, &makers, names, rows) }
}

fn schools(asked: &Asked<'_>, makers: &Makers<'_>, names: &Names<'_>, rows: &[Cells]) -> Vec<SchoolQuestion> {
    let mut found: Vec<Unheard> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for name in rows.iter().flat_map(|cells| &cells.schools) {
        if names.known_school(name).is_some()
            || (asked.options.schools, names.school_answer(name)) == (Unknown::Created, None)
        {
            continue;
        }
        let next = found.len();
        let at = *at.entry(squeeze(name)).or_insert(next);
        if at == next {
            found.push(Unheard { name: name.clone(), rows: 0 });
        }
        found[at].rows += 1;
    }
    let simple = asked.simplified;
    let there: Vec<_> =
        names.known.schools.values().map(|place| (place, Folded::school(&simple(&place.name)))).collect();
    let folded: Vec<Folded> = found.iter().map(|unheard| Folded::school(&simple(&unheard.name))).collect();
    let stands =
        |name: &str| !matches!(names.school_answer(name), Some(SchoolAnswer::LeftOut | SchoolAnswer::SameAs { .. }));
    // What leads to nothing that is there or asked about is asked again.
    let answers = |name: &str, answer: &SchoolAnswer| match names.school(name) {
        SchoolMeaning::Asked { name: last } => {
            matches!(answer, SchoolAnswer::SameAs { .. })
                && squeeze(&last) != squeeze(name)
                && at.contains_key(&squeeze(&last))
        }
        SchoolMeaning::There(_)
        | SchoolMeaning::New { .. }
        | SchoolMeaning::Elsewhere { .. }
        | SchoolMeaning::LeftOut => true,
    };
    let questions = found.iter().zip(&folded).map(|(Unheard { name, rows }, fold)| {
        let mut likely = Vec::new();
        if found.len() <= LOOKED_AT {
            likely.extend(there.iter().filter_map(|(place, other)| {
                let Body::School(id) = &place.body else { return None };
                let likely = Likely::There { id: id.clone(), name: place.name.clone(), home: String::new() };
                Some((fold.like(other)?, likely))
            }));
            likely
                .extend(in_table(*rows, fold, found.iter().zip(&folded)).filter(|(_, other)| stands(other)).map(named));
        }
        SchoolQuestion {
            name: name.clone(),
            rows: *rows,
            sort: guesses::school_sort(name),
            likely: likeliest(likely),
            making: makers.of(None),
            namesake: names.known.namesake(&squeeze(name)),
            answer: names.school_answer(name).filter(|answer| answers(name, answer)).cloned(),
        }
    });
    questions.collect()
}

fn teams(
    asked: &Asked<'_>,
    vocabulary: &Vocabulary,
    makers: &Makers<'_>,
    names: &Names<'_>,
    rows: &[Cells],
) -> Vec<TeamQuestion> {
    let mut found: Vec<UnheardTeam> = Vec::new();
    let mut at: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for cells in rows {
        let Some(home) = names.home(cells).filter(|_| !cells.teams.is_empty()) else { continue };
        for written in &cells.teams {
            let is_known = names.known_team(cells, written).is_some();
            let answer = names.team_answer(&home, &written.full);
            if is_known || (asked.options.teams, answer) == (Unknown::Created, None) {
                continue;
            }
            let next = found.len();
            let at = *at.entry((squeeze(&home.name), squeeze(&written.full))).or_insert(next);
            if at == next {
                let is_answered = !matches!(names.team(cells, &home, written), TeamMeaning::Asked);
                let name = Unheard { name: written.full.clone(), rows: 0 };
                found.push(UnheardTeam { home: home.clone(), name, is_answered });
                homes.entry(squeeze(&written.full)).or_default().insert(home.name.clone());
            }
            found[at].name.rows += 1;
        }
    }
    let subjects = || vocabulary.subjects.iter().map(|subject| subject.zh.as_str());
    let fold = |name: &str| Folded::team(&(asked.simplified)(name), subjects());
    let there: Vec<_> = names.known.teams.iter().map(|((home, _), place)| (home, place, fold(&place.name))).collect();
    let folded: Vec<Folded> = found.iter().map(|unheard| fold(&unheard.name.name)).collect();
    let stands = |home: &Home, name: &str| {
        !matches!(names.team_answer(home, name), Some(TeamAnswer::LeftOut | TeamAnswer::SameAs { .. }))
    };
    let goes_on = |home: &Home, name: &str, answer: &TeamAnswer| match answer {
        TeamAnswer::SameAs { name: other } => {
            squeeze(other) != squeeze(name) && at.contains_key(&(squeeze(&home.name), squeeze(other)))
        }
        TeamAnswer::New { .. } | TeamAnswer::There { .. } | TeamAnswer::Across { .. } | TeamAnswer::LeftOut => false,
    };
    let offers_across = names.known.runs_group && found.len() <= OFFERED_ACROSS;
    let questions = found.iter().zip(&folded).map(|(UnheardTeam { home, name, is_answered }, fold)| {
        let Unheard { name, rows } = name;
        let mut likely = Vec::new();
        if found.len() <= LOOKED_AT {
            likely.extend(there.iter().filter_map(|(of, place, other)| {
                let Body::Team(id) = &place.body else { return None };
                let like = fold.like(other)?;
                let is_near = home.body.as_ref() == Some(of) || matches!(of, Body::Group(_));
                let home = asked.directory.name_of(of).unwrap_or_default().to_owned();
                // In another school only what is called the same.
                let counts = is_near || like == Likeness::Spelling;
                counts.then(|| (like, Likely::There { id: id.clone(), name: place.name.clone(), home }))
            }));
            let beside = found.iter().zip(&folded).filter(|(other, _)| other.home.name == home.name);
            let beside = in_table(*rows, fold, beside.map(|(unheard, folded)| (&unheard.name, folded)));
            likely.extend(beside.filter(|(_, other)| stands(home, other)).map(named));
        }
        let also_in = homes.get(&squeeze(name)).into_iter().flatten();
        let also_in = also_in.filter(|other| **other != home.name && !home.name.is_empty() && !other.is_empty());
        TeamQuestion {
            school: home.name.clone(),
            name: name.clone(),
            rows: *rows,
            sort: guesses::team_sort(name),
            likely: likeliest(likely),
            also_in: if offers_across { also_in.cloned().collect() } else { Vec::new() },
            making: makers.of(home.body.as_ref()),
            answer: names.team_answer(home, name).filter(|answer| *is_answered || goes_on(home, name, answer)).cloned(),
        }
    });
    questions.collect()
}

/// Names of the table that stand in at least twice as many rows: what is written seldom is mistyped sooner.
fn in_table<'t>(
    rows: usize,
    fold: &'t Folded,
    others: impl Iterator<Item = (&'t Unheard, &'t Folded)> + 't,
) -> impl Iterator<Item = (Likeness, String)> + 't {
    let others = others.filter(move |(other, _)| other.rows >= 2 * rows);
    let likes = others.filter_map(|(other, folded)| Some((fold.like(folded)?, other.name.clone())));
    // Of two new schools the one is often called after the other's town.
    likes.filter(|(like, _)| *like != Likeness::Part)
}

fn named<Id>((like, name): (Likeness, String)) -> (Likeness, Likely<Id>) {
    (like, Likely::InTable { name })
}

fn likeliest<Id>(mut likely: Vec<(Likeness, Likely<Id>)>) -> Vec<Likely<Id>> {
    likely.sort_by_key(|(like, _)| *like);
    likely.into_iter().take(SHOWN).map(|(_, likely)| likely).collect()
}

struct Makers<'a> {
    asked: &'a Asked<'a>,
    group: &'a Group,
}

impl Makers<'_> {
    /// Who makes a school, or a team in `home`; what is not there yet is the group's to make.
    fn of(&self, home: Option<&Body>) -> Making {
        let Asked { directory, actor, now, .. } = *self.asked;
        let group = Body::Group(self.group.id.clone());
        let home = home.unwrap_or(&group);
        if actor.is_none_or(|actor| administers(directory, actor, home, now)) {
            return Making::Yours;
        }
        let manage = |body: &Body| {
            let seats = directory.seats_in(body).filter(|seat| seat.span.holds(now));
            let seats = seats.filter(|seat| directory.post(seat).is_some_and(|post| post.right == Right::Manage));
            let people = seats.filter_map(|seat| directory.person(&seat.person)).filter(|person| person.is_active());
            people.map(|person| person.name.clone()).collect::<BTreeSet<_>>()
        };
        let mut people = manage(home);
        if people.is_empty() {
            people = manage(&group);
        }
        Making::Others { people: people.into_iter().collect() }
    }
}
