//! Finding people by what one types: name, pinyin, initials, login; and by school, team and subject.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use shared::access::{Circle, may_administer};
use shared::api::{Found, GroupName, PersonCard, SchoolName, TeamCard};
use shared::organisation::{Body, Directory, Person};
use shared::words::{UnixMillis, UserId};

use crate::names::{Order, Sounds, fold, pinyin_index};

/// Who matches what was typed, of those of whom the asker knows.
pub struct Matches {
    /// All people who match.
    pub total: u32,
    /// The first of each sort.
    pub found: Found,
    /// Whether one of these people is called just what was typed, in characters or full pinyin.
    pub named: bool,
    /// All teams, schools and groups.
    pub places: u32,
}

/// An index of everybody, made anew when the directory has changed.
#[derive(Default)]
pub struct People(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Of which directory the index is.
    directory: Option<Arc<Directory>>,
    index: Arc<Index>,
    /// Working out the readings is most of the work, and names stay.
    names: HashMap<String, Arc<Name>>,
}

/// A name as it is looked for and sorted by.
#[derive(Default)]
struct Name {
    folded: String,
    sounds: Sounds,
    order: Order,
}

impl Name {
    fn of(text: &str) -> Self {
        let folded: String = fold(text).split_whitespace().collect();
        Self { folded, sounds: Sounds::of(text), order: Order::of(text) }
    }

    /// Whether the word is in the name, or says a part of it.
    fn is_called(&self, word: &str) -> bool {
        self.folded.contains(word) || self.sounds.begin_with(word)
    }

    /// Whether the word is in the name, or spells several of its syllables: where one looks for somebody else, initials
    /// and single syllables would find everything.
    fn is_spelt(&self, word: &str) -> bool {
        self.folded.contains(word) || self.sounds.are_spelt(word)
    }
}

/// Everybody in the order of their pinyin, and the places they are in.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
    places: Vec<Place>,
}

struct Entry {
    person: UserId,
    name: Arc<Name>,
    login: String,
    teaches: Arc<Name>,
    /// Which of the places, until when.
    seats: Vec<(usize, Option<UnixMillis>)>,
}

struct Place {
    body: Body,
    name: Arc<Name>,
    /// Of a team.
    subject: String,
}

/// How well somebody matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// By who they are.
    Called,
    /// By where they are or what they teach, too.
    Placed,
}

/// What was typed, and in which places each word is.
struct Wanted<'a> {
    words: &'a [String],
    places: Vec<Vec<bool>>,
    now: UnixMillis,
}

impl Entry {
    fn matches(&self, wanted: &Wanted, looks_after: &dyn Fn(&UserId) -> bool) -> Option<Match> {
        let mut best = Match::Called;
        for (word, places) in wanted.words.iter().zip(&wanted.places) {
            let by_login = || &self.login == word || (self.login.contains(word.as_str()) && looks_after(&self.person));
            if self.name.is_called(word) || by_login() {
                continue;
            }
            let lasts = |until: &Option<UnixMillis>| until.is_none_or(|until| wanted.now < until);
            let placed = || self.seats.iter().any(|(place, until)| places[*place] && lasts(until));
            if !self.teaches.is_spelt(word) && !placed() {
                return None;
            }
            best = Match::Placed;
        }
        Some(best)
    }
}

impl Index {
    /// Those who match every one of the words, in order; who is found by their name stands before who is found by their
    /// school, team or subject. `words` as they were typed. Of whom one looks after part of the login is enough; of others
    /// it must be whole, or it could be spelt out letter by letter, and many a login is a telephone number.
    pub fn find(&self, words: &str, looks_after: impl Fn(&UserId) -> bool, now: UnixMillis) -> Vec<&UserId> {
        let words = words_of(words);
        let among = |word: &String| {
            let holds = |place: &Place| place.name.is_spelt(word) || place.subject.contains(word.as_str());
            self.places.iter().map(holds).collect()
        };
        let wanted = Wanted { places: words.iter().map(among).collect(), words: &words, now };
        let (mut called, mut placed) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            match entry.matches(&wanted, &looks_after) {
                Some(Match::Called) => called.push(&entry.person),
                Some(Match::Placed) => placed.push(&entry.person),
                None => {}
            }
        }
        called.append(&mut placed);
        called
    }

    /// The places of which `knows` says so and that every word is of, in order.
    fn places<'a>(&'a self, words: &str, knows: impl Fn(&Body) -> bool + 'a) -> impl Iterator<Item = &'a Body> {
        let words = words_of(words);
        let named = move |place: &&Place| words.iter().all(|word| place.name.is_called(word)) && knows(&place.body);
        self.places.iter().filter(named).map(|place| &place.body)
    }
}

/// Whether the words are all of the name.
fn is_name(name: &str, words: &str) -> bool {
    let joined = |text: &str| fold(text).split_whitespace().collect::<String>();
    let (typed, index) = (joined(words), pinyin_index(name));
    !typed.is_empty() && (typed == joined(name) || index.split(' ').next() == Some(&typed))
}

fn words_of(typed: &str) -> Vec<String> {
    fold(typed).split_whitespace().map(str::to_owned).collect()
}

impl People {
    /// The index of this directory.
    pub fn index(&self, directory: &Arc<Directory>) -> Arc<Index> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.directory.as_ref().is_some_and(|of| Arc::ptr_eq(of, directory)) {
            let before = std::mem::take(&mut known.names);
            let (index, names) = made(directory, before);
            *known = Known { directory: Some(directory.clone()), index: Arc::new(index), names };
        }
        known.index.clone()
    }

    /// People, teams, schools and groups that `person` knows of and that match; at most `most` of each.
    pub fn find(
        &self,
        directory: &Arc<Directory>,
        person: &UserId,
        words: &str,
        most: usize,
        now: UnixMillis,
    ) -> Found {
        self.matches(directory, person, words, most, now).found
    }

    /// The same, with how many there are of whom `person` knows.
    pub fn matches(
        &self,
        directory: &Arc<Directory>,
        person: &UserId,
        words: &str,
        most: usize,
        now: UnixMillis,
    ) -> Matches {
        let circle = Circle::of(directory, person, now);
        let open = |id: &&UserId| directory.person(id).is_some_and(|person| person.closed.is_none());
        let index = self.index(directory);
        let looks_after = |id: &UserId| may_administer(directory, person, id, now);
        let people = index.find(words, looks_after, now).into_iter().filter(open);
        let people: Vec<&UserId> = people.filter(|id| circle.has(directory, id, now)).collect();
        let mut places = 0;
        let mut found = Found {
            people: people.iter().take(most).filter_map(|id| PersonCard::of(directory, id, now)).collect(),
            teams: Vec::new(),
            schools: Vec::new(),
            groups: Vec::new(),
        };
        let knows = |body: &Body| match body {
            Body::Team(id) => circle.teams.contains(id) && directory.team(id).is_some_and(|team| team.ended.is_none()),
            Body::School(id) => circle.schools.contains(id),
            Body::Group(id) => circle.groups.contains(id),
        };
        for body in index.places(words, knows) {
            places += 1;
            match body {
                Body::Team(id) if found.teams.len() < most => found.teams.extend(TeamCard::of(directory, id, now)),
                Body::School(id) if found.schools.len() < most => {
                    let name = directory.school(id).map(|school| school.name.clone());
                    found.schools.extend(name.map(|name| SchoolName { id: id.clone(), name }));
                }
                Body::Group(id) if found.groups.len() < most => {
                    let name = directory.group(id).map(|group| group.name.clone());
                    found.groups.extend(name.map(|name| GroupName { id: id.clone(), name }));
                }
                Body::Team(_) | Body::School(_) | Body::Group(_) => {}
            }
        }
        let named = found.people.iter().any(|card| is_name(&card.name, words));
        Matches { total: u32::try_from(people.len()).unwrap_or(u32::MAX), found, named, places }
    }
}

/// The index, and the names in it.
fn made(directory: &Directory, mut before: HashMap<String, Arc<Name>>) -> (Index, HashMap<String, Arc<Name>>) {
    let mut names = HashMap::new();
    let mut name = |text: &str| -> Arc<Name> {
        if let Some(known) = names.get(text) {
            return Arc::clone(known);
        }
        let name = before.remove(text).unwrap_or_else(|| Arc::new(Name::of(text)));
        names.insert(text.to_owned(), name.clone());
        name
    };
    let groups = directory.groups().map(|group| (Body::Group(group.id.clone()), &group.name, ""));
    let schools = directory.schools().map(|school| (Body::School(school.id.clone()), &school.name, ""));
    let teams = directory.teams().map(|team| (Body::Team(team.id.clone()), &team.name, team.subject.as_str()));
    let places = groups.chain(schools).chain(teams);
    let places = places.map(|(body, text, subject)| Place { body, name: name(text), subject: fold(subject) });
    let mut places: Vec<Place> = places.collect();
    places.sort_by(|one, other| (&one.name.order, &one.body).cmp(&(&other.name.order, &other.body)));
    let at: BTreeMap<&Body, usize> = places.iter().enumerate().map(|(at, place)| (&place.body, at)).collect();
    let mut entry = |person: &Person| Entry {
        person: person.id.clone(),
        name: name(&person.name),
        login: person.login.clone(),
        teaches: name(&person.teaches),
        seats: directory
            .seats_of(&person.id)
            .filter_map(|seat| Some((*at.get(&seat.body)?, seat.span.until)))
            .collect(),
    };
    let mut entries: Vec<Entry> = directory.people().map(&mut entry).collect();
    entries.sort_by(|one, other| (&one.name.order, &one.person).cmp(&(&other.name.order, &other.person)));
    (Index { entries, places }, names)
}
