//! Finding people by what one types: name, pinyin, initials, login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::access::{Circle, may_administer};
use shared::api::{Found, GroupName, PersonCard, SchoolName, TeamCard};
use shared::organisation::{Directory, Person};
use shared::words::{UnixMillis, UserId};

use crate::names::pinyin_index;

/// An index of everybody, made anew when the directory has changed.
#[derive(Default)]
pub struct People(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Of which directory the index is.
    directory: Option<Arc<Directory>>,
    index: Arc<Index>,
    /// Working out the readings is most of the work, and names stay.
    readings: HashMap<String, String>,
}

/// Everybody in the order of their pinyin.
#[derive(Default)]
pub struct Index(Vec<Entry>);

pub struct Entry {
    pub person: UserId,
    name: String,
    pinyin: String,
    login: String,
}

impl Entry {
    /// Whether `words`, in lower case, are in the name, or begin a reading of it or one of its syllables.
    fn is_called(&self, words: &str) -> bool {
        words.is_empty() || self.name.contains(words) || self.pinyin.contains(words)
    }
}

impl Index {
    /// Those who match, in order. `words` as they were typed. Of whom one looks after part of the login is enough; of others
    /// it must be whole, or it could be spelt out letter by letter, and many a login is a telephone number.
    pub fn find<'a>(
        &'a self,
        words: &str,
        looks_after: impl Fn(&UserId) -> bool + 'a,
    ) -> impl Iterator<Item = &'a UserId> {
        let words: String = words.to_lowercase().split_whitespace().collect();
        let matches = move |entry: &&Entry| {
            let by_login = || entry.login == words || (entry.login.contains(&words) && looks_after(&entry.person));
            entry.is_called(&words) || by_login()
        };
        self.0.iter().filter(matches).map(|entry| &entry.person)
    }
}

impl People {
    /// The index of this directory.
    pub fn index(&self, directory: &Arc<Directory>) -> Arc<Index> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.directory.as_ref().is_some_and(|of| Arc::ptr_eq(of, directory)) {
            let Known { directory: of, index, readings } = &mut *known;
            let mut before = std::mem::take(readings);
            for person in directory.people() {
                let pinyin = before.remove(&person.name).unwrap_or_else(|| pinyin_index(&person.name));
                readings.insert(person.name.clone(), pinyin);
            }
            let entry = |person: &Person| Entry {
                person: person.id.clone(),
                name: person.name.to_lowercase(),
                pinyin: readings.get(&person.name).cloned().unwrap_or_default(),
                login: person.login.clone(),
            };
            let mut entries: Vec<_> = directory.people().map(entry).collect();
            entries.sort_by(|one, other| (&one.pinyin, &one.person).cmp(&(&other.pinyin, &other.person)));
            *of = Some(directory.clone());
            *index = Arc::new(Index(entries));
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
        let circle = Circle::of(directory, person, now);
        let open = |id: &&UserId| directory.person(id).is_some_and(|person| person.closed.is_none());
        let index = self.index(directory);
        let looks_after = |id: &UserId| may_administer(directory, person, id, now);
        let people = index.find(words, looks_after).filter(open).filter(|id| circle.has(directory, id, now)).take(most);
        let people = people.filter_map(|id| PersonCard::of(directory, id, now)).collect();
        let wanted: String = words.to_lowercase().split_whitespace().collect();
        let named = |name: &str| name.to_lowercase().contains(&wanted) || pinyin_index(name).contains(&wanted);
        let mut teams: Vec<_> = circle.teams.iter().filter_map(|id| directory.team(id)).collect();
        teams.retain(|team| team.ended.is_none() && named(&team.name));
        teams.sort_by(|one, other| one.name.cmp(&other.name));
        let teams = teams.into_iter().take(most).filter_map(|team| TeamCard::of(directory, &team.id, now)).collect();
        let schools = circle.schools.iter().filter_map(|id| directory.school(id)).filter(|school| named(&school.name));
        let schools = schools.map(|school| SchoolName { id: school.id.clone(), name: school.name.clone() });
        let groups = circle.groups.iter().filter_map(|id| directory.group(id)).filter(|group| named(&group.name));
        let groups = groups.map(|group| GroupName { id: group.id.clone(), name: group.name.clone() });
        Found { people, teams, schools: schools.take(most).collect(), groups: groups.take(most).collect() }
    }
}
