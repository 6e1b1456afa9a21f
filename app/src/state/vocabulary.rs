//! A region's vocabulary while the operator writes in it: nothing is stored before they say so.

use leptos::prelude::*;
use shared::organisation::{Record, Region, Sizes, Vocabulary};

use super::organisation::{Organisation, Said};
use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::wording::vocabulary::{self, Difference, Entry, List, Wrong};

/// A line of a list. It keeps its key wherever it is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    pub key: u32,
    pub entry: RwSignal<Entry>,
}

/// Where a line goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
}

#[derive(Debug, Clone, Copy)]
pub struct VocabularyForm {
    organisation: Organisation,
    /// The id of the region that was asked for, of several.
    pub chosen: RwSignal<String>,
    /// As it is on the server.
    pub stored: Memo<Option<Region>>,
    lists: StoredValue<Vec<(List, RwSignal<Vec<Line>>)>>,
    pub most_schools: RwSignal<String>,
    pub most_pupils: RwSignal<String>,
    /// What is wrong is said from the first try to store on.
    pub tried: RwSignal<bool>,
    next: StoredValue<u32>,
    /// Lines are made when buttons are pressed, and live as long as the page.
    owner: StoredValue<Owner>,
}

impl VocabularyForm {
    pub fn new(organisation: Organisation) -> Self {
        let chosen = RwSignal::new(String::new());
        let stored = Memo::new(move |_| {
            organisation.look(|view| {
                let asked = view.regions.iter().find(|region| chosen.with(|id| region.id.as_str() == id));
                asked.or(view.regions.first()).cloned()
            })
        });
        let form = Self {
            organisation,
            chosen,
            stored,
            lists: StoredValue::new(List::ALL.map(|list| (list, RwSignal::new(Vec::new()))).to_vec()),
            most_schools: RwSignal::new(String::new()),
            most_pupils: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
            next: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().expect("a page has an owner")),
        };
        Effect::new(move |before: Option<Option<Region>>| {
            let now = stored.get();
            // What somebody writes stays; what they have not touched follows the server.
            let untouched = before.flatten().is_none_or(|before| {
                now.as_ref().is_none_or(|now| now.id != before.id) || !untrack(|| form.differs_from(&before.vocabulary))
            });
            if untouched {
                form.reset();
            }
            now
        });
        form
    }

    pub fn lines(self, list: List) -> RwSignal<Vec<Line>> {
        self.lists.with_value(|lists| {
            let found = lists.iter().find(|(of, _)| *of == list);
            found.expect("every list is there").1
        })
    }

    /// Everything as the server has it.
    pub fn reset(self) {
        let words = self.stored.with_untracked(|region| region.as_ref().map(|region| region.vocabulary.clone()));
        let Some(words) = words else { return };
        for list in List::ALL {
            let entries = vocabulary::entries(&words, list, clock::offset_minutes);
            self.lines(list).set(entries.into_iter().map(|entry| self.line(entry)).collect());
        }
        let [schools, pupils] = sizes_text(words.sizes);
        self.most_schools.set(schools);
        self.most_pupils.set(pupils);
        self.tried.set(false);
    }

    fn line(self, entry: Entry) -> Line {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        Line { key, entry: self.owner.with_value(|owner| owner.with(|| RwSignal::new(entry))) }
    }

    /// Adds an empty line at the end.
    pub fn add(self, list: List) -> Line {
        let id = if list.has_ids() { clock::fresh_id() } else { String::new() };
        let line = self.line(Entry::new(list, id));
        self.lines(list).update(|lines| lines.push(line));
        line
    }

    pub fn remove(self, list: List, key: u32) {
        self.lines(list).update(|lines| lines.retain(|line| line.key != key));
    }

    pub fn shift(self, list: List, key: u32, to: Move) {
        self.lines(list).update(|lines| {
            let Some(at) = lines.iter().position(|line| line.key == key) else { return };
            let other = match to {
                Move::Up => at.checked_sub(1),
                Move::Down => Some(at + 1).filter(|other| *other < lines.len()),
            };
            if let Some(other) = other {
                lines.swap(at, other);
            }
        });
    }

    /// How many groups or seats use the word of a line.
    pub fn uses(self, list: List, id: &str) -> u32 {
        let region = self.stored.with_untracked(|region| region.as_ref().map(|region| region.id.clone()));
        untrack(|| {
            self.organisation.look(|view| {
                let uses = view.uses.iter().find(|(of, _)| Some(of) == region.as_ref()).map(|(_, uses)| uses)?;
                match list {
                    List::Kinds => Some(uses.of_kind(&id.parse().ok()?)),
                    List::Posts => Some(uses.of_post(&id.parse().ok()?)),
                    List::Subjects | List::Domains | List::Stages | List::Terms => None,
                }
            })
        })
        .unwrap_or_default()
    }

    fn entries(self, list: List) -> Vec<Entry> {
        self.lines(list).with(|lines| lines.iter().map(|line| line.entry.get()).collect())
    }

    fn sizes(self) -> Sizes {
        let read = |text: RwSignal<String>| text.with(|text| text.trim().parse::<u32>().ok());
        Sizes { schools: read(self.most_schools), pupils: read(self.most_pupils) }
    }

    /// What storing would change, list by list, with names in the language of field `name`.
    pub fn differences(self, words: &Vocabulary, name: usize) -> Vec<Difference> {
        let of = |list| {
            let before = vocabulary::entries(words, list, clock::offset_minutes);
            vocabulary::difference(list, &before, &self.entries(list), name)
        };
        List::ALL.into_iter().filter_map(of).collect()
    }

    pub fn changes_sizes(self, words: &Vocabulary) -> bool {
        self.sizes() != words.sizes
    }

    fn differs_from(self, words: &Vocabulary) -> bool {
        self.changes_sizes(words) || !self.differences(words, vocabulary::ZH).is_empty()
    }

    /// Whether something is written here that is not stored.
    pub fn is_dirty(self) -> bool {
        self.stored.with(|region| region.as_ref().is_some_and(|region| self.differs_from(&region.vocabulary)))
    }

    /// What is wrong with a line, once storing was tried.
    pub fn wrong(self, list: List, key: u32) -> Option<Wrong> {
        if !self.tried.get() {
            return None;
        }
        let at = self.lines(list).with(|lines| lines.iter().position(|line| line.key == key))?;
        vocabulary::wrongs(list, &self.entries(list), clock::offset_minutes)[at]
    }

    /// The first line with something wrong, if there is any.
    pub fn first_wrong(self) -> Option<Line> {
        List::ALL.into_iter().find_map(|list| {
            let wrongs = vocabulary::wrongs(list, &self.entries(list), clock::offset_minutes);
            let at = wrongs.iter().position(Option::is_some)?;
            self.lines(list).with(|lines| lines.get(at).copied())
        })
    }

    /// Stores all of it, or nothing if a line is wrong.
    pub async fn store(self, said: Said) -> Result<(), Failure> {
        let region = untrack(|| {
            let region = self.stored.get()?;
            let lists = List::ALL.map(|list| (list, self.entries(list)));
            let words = vocabulary::vocabulary(&region.vocabulary, &lists, self.sizes(), clock::offset_minutes)?;
            Some((region.clone(), Region { vocabulary: words, ..region }))
        });
        match region {
            Some((read, region)) => {
                self.organisation.change(vec![Record::Region(read)], vec![Record::Region(region)], said).await
            }
            None => Ok(()),
        }
    }
}

fn sizes_text(sizes: Sizes) -> [String; 2] {
    [sizes.schools, sizes.pupils].map(|most| most.map(|most| most.to_string()).unwrap_or_default())
}
