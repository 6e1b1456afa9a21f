//! A row's seats: which posts in which group, schools and teams, and from when until when.

use super::attempt::{Attempt, Phase, Step, id};
use super::cells::Cells;
use super::places::Place;
use super::{Column, Doing, Problem, Trouble, guesses};
use crate::access::Right;
use crate::organisation::{Body, BodyKind, Post, Record, SchoolSort, Seat, TeamSort};
use crate::words::Span;

/// A place to sit in, and what as; without a post whatever one usually is there.
struct Wanted<'a> {
    place: Place,
    post: Option<&'a Post>,
}

impl<'a> Attempt<'a, '_> {
    pub(super) fn row(&mut self, at: usize, cells: &Cells) {
        let mut troubles = Vec::new();
        let mut take = |place: Result<Place, Trouble>| place.map_err(|trouble| troubles.push(trouble)).ok();
        let mut schools: Vec<Place> = cells.schools.iter().filter_map(|name| take(self.school(at, name))).collect();
        schools.dedup_by(|one, other| one.body == other.body);
        let mut teams = Vec::new();
        if schools.len() == cells.schools.len() || cells.schools.is_empty() {
            teams.extend(cells.teams.iter().filter_map(|team| take(self.team(at, cells, team, &schools))));
        }
        let wanted = self.wanted(cells, &schools, &teams).map_err(|trouble| troubles.push(trouble));
        let Ok(wanted) = wanted else {
            self.troubles[at] = troubles;
            return;
        };
        if !troubles.is_empty() {
            self.troubles[at] = troubles;
            return;
        }
        let known_before = self.people.drafts().count();
        let found = match self.person(at, cells, &schools) {
            Ok(found) => found,
            Err(trouble) => {
                self.troubles[at].push(trouble);
                return;
            }
        };
        for wanted in wanted {
            if let Err(trouble) = self.sit(at, found, &wanted, cells) {
                self.troubles[at].push(trouble);
            }
        }
        let draft = self.people.draft(found);
        if self.does[at].is_empty() && self.troubles[at].is_empty() && found < known_before && draft.rows.len() > 1 {
            let row = draft.first_row;
            self.troubles[at].push(Trouble::of_row(Problem::SameAs { row }));
        }
    }

    fn wanted(&self, cells: &Cells, schools: &[Place], teams: &[Place]) -> Result<Vec<Wanted<'a>>, Trouble> {
        let mut wanted: Vec<Wanted<'a>> = Vec::new();
        let mut stated = [false; 3];
        let group =
            Place { body: Body::Group(self.group.id.clone()), name: self.group.name.clone(), sort: None, team: None };
        for name in &cells.posts {
            let post = self.post(name, schools, teams)?;
            let places: Vec<&Place> = match post.at {
                BodyKind::Group => vec![&group],
                BodyKind::School => schools.iter().filter(|place| place.sort.is_some()).collect(),
                BodyKind::Team => meant(post, teams),
            };
            let is_unknown = match post.at {
                BodyKind::Group | BodyKind::School => schools.is_empty() && !cells.schools.is_empty(),
                BodyKind::Team => teams.is_empty() && !cells.teams.is_empty(),
            };
            // What is named and not known has its own trouble; mended, this one would be gone with it.
            if is_unknown {
                continue;
            }
            if places.is_empty() {
                let name = name.clone();
                return Err(match post.at {
                    BodyKind::Group | BodyKind::School => {
                        Trouble::of(Column::School, Problem::PostNeedsSchool { name })
                    }
                    BodyKind::Team => Trouble::of(Column::Team, Problem::PostNeedsTeam { name }),
                });
            }
            stated[post.at as usize] = true;
            wanted.extend(places.into_iter().map(|place| Wanted { place: place.clone(), post: Some(post) }));
        }
        for place in schools.iter().chain(teams) {
            let kind = place.body.kind();
            let has_one = wanted.iter().any(|known| known.place.body == place.body);
            if kind == BodyKind::Group && !stated[BodyKind::Group as usize] {
                return Err(Trouble::of(Column::Post, Problem::Missing));
            }
            if !has_one {
                wanted.push(Wanted { place: place.clone(), post: None });
            }
        }
        // Known schools that are not understood have their own trouble.
        if wanted.is_empty() && cells.schools.is_empty() && cells.teams.is_empty() {
            return Err(Trouble::of(Column::School, Problem::Missing));
        }
        Ok(wanted)
    }

    /// By its name in either language, or as it is called in the place.
    fn post(&self, name: &str, schools: &[Place], teams: &[Place]) -> Result<&'a Post, Trouble> {
        let named = |name: &str| {
            let lower = name.to_lowercase();
            let mut posts = self.vocabulary.posts.iter();
            posts.find(|post| post.name.zh == name || post.name.en.to_lowercase() == lower || post.id.as_str() == lower)
        };
        let kindergarten = schools.iter().any(|place| place.sort == Some(SchoolSort::Kindergarten));
        let called = match name.to_lowercase().as_str() {
            "校长" | "园长" | "principal" | "head" | "headmaster" if kindergarten => "园长",
            "校长" | "principal" | "headmaster" => "执行校长",
            "成员" => "组员",
            "主持人" | "工作室主持人" => "名师工作室主持人",
            "组长" => match teams.first().and_then(|team| team.team) {
                Some(TeamSort::Preparation) => "备课组长",
                Some(TeamSort::Studio) => "名师工作室主持人",
                Some(TeamSort::Research) | None => "教研组长",
            },
            job if named(name).is_none() && guesses::is_a_teacher(job) => "教师",
            _ => name,
        };
        let found = named(name).filter(|_| !kindergarten || called == name).or_else(|| named(called));
        found.ok_or_else(|| Trouble::of(Column::Post, Problem::UnknownPost { name: name.to_owned() }))
    }

    /// What one is in a place unless the row says: the weakest that is not for a time only.
    fn usual(&self, kind: BodyKind) -> Option<&'a Post> {
        let usual = if kind == BodyKind::Team { "member" } else { "teacher" };
        let posts = || self.vocabulary.posts.iter().filter(move |post| post.at == kind);
        let weakest = || posts().filter(|post| !post.for_a_time).min_by_key(|post| post.right);
        posts().find(|post| post.id.as_str() == usual).or_else(weakest)
    }

    fn sit(&mut self, at: usize, found: usize, wanted: &Wanted<'_>, cells: &Cells) -> Result<(), Trouble> {
        let Wanted { place, post } = wanted;
        let now = self.asked.now;
        let directory = self.asked.directory;
        let person = self.people.draft(found).person.id.clone();
        let lasting = |seat: &&Seat| seat.span.until.is_none_or(|until| now < until);
        let given = self.people.draft(found).seats.clone();
        let stored = directory.seats_of(&person).filter(lasting);
        let seats: Vec<&Seat> = given.iter().chain(stored).collect();
        let here = |seat: &&&Seat| seat.body == place.body && post.is_none_or(|post| seat.post == post.id);
        if let Some(seat) = seats.iter().find(here) {
            let span = Span { since: cells.since.unwrap_or(seat.span.since), until: cells.until.or(seat.span.until) };
            if span != seat.span {
                let seat = Seat { span, ..(**seat).clone() };
                let post = directory.post(&seat).or(*post);
                let name =
                    post.map(|post| post.name.clone()).unwrap_or_else(|| crate::organisation::Wording::new("", ""));
                self.does[at].push(Doing::Dates { body: place.name.clone(), post: name, until: seat.span.until });
                self.seat_step(at, found, seat, post, place);
            }
            return Ok(());
        }
        let usual = post.or_else(|| self.usual(place.body.kind()));
        let post = usual.ok_or_else(|| Trouble::of(Column::Post, Problem::Missing))?;
        let in_school = matches!(place.body, Body::School(_));
        let comes = !matches!(place.body, Body::Team(_)) && seats.iter().all(|seat| seat.body != place.body);
        let has_main = seats.iter().any(|seat| seat.main);
        let seat = Seat {
            id: id(self.fresh),
            person,
            body: place.body.clone(),
            post: post.id.clone(),
            main: in_school && !has_main,
            span: Span { since: cells.since.unwrap_or(now), until: cells.until },
        };
        if comes {
            self.say_from_where(at, found);
        }
        self.does[at].push(Doing::Joins { body: place.name.clone(), post: post.name.clone(), until: cells.until });
        self.seat_step(at, found, seat, Some(post), place);
        Ok(())
    }

    /// Whose account it is that the row was found to mean is not left to be guessed.
    fn say_from_where(&mut self, at: usize, found: usize) {
        let draft = self.people.draft(found);
        let (id, new) = (draft.person.id.clone(), draft.new);
        let at_home = if new { None } else { self.house_of(&id) };
        let name = at_home.and_then(|body| self.asked.directory.name_of(body)).map(str::to_owned);
        let said = self.does[at].iter().any(|doing| matches!(doing, Doing::Finds { .. }));
        self.does[at].extend(name.filter(|_| !said).map(|name| Doing::Finds { at: name }));
    }

    fn seat_step(&mut self, at: usize, found: usize, seat: Seat, post: Option<&Post>, place: &Place) {
        let manages = post.is_some_and(|post| post.right == Right::Manage && post.at == BodyKind::School);
        let phase = match (manages, post.is_some_and(|post| post.spans)) {
            (true, true) => Phase::Heads,
            (true, false) => Phase::Managers,
            (false, _) => Phase::Seats,
        };
        let column = match place.body.kind() {
            BodyKind::Team => Column::Team,
            BodyKind::School | BodyKind::Group => Column::Post,
        };
        let draft = self.people.draft(found);
        draft.touched = true;
        draft.seats.retain(|given| given.id != seat.id);
        draft.seats.push(seat.clone());
        self.steps.push(Step { phase, column, rows: vec![at], record: Record::Seat(seat) });
    }
}

/// A leader of preparation groups leads those of the row's teams that are some.
fn meant<'t>(post: &Post, teams: &'t [Place]) -> Vec<&'t Place> {
    let sort = [("备课", TeamSort::Preparation), ("工作室", TeamSort::Studio), ("教研组", TeamSort::Research)];
    let sort = sort.into_iter().find(|(word, _)| post.name.zh.contains(word)).map(|(_, sort)| sort);
    let fitting: Vec<&Place> = teams.iter().filter(|team| sort.is_none() || team.team == sort).collect();
    if fitting.is_empty() { teams.iter().take(1).collect() } else { fitting }
}
