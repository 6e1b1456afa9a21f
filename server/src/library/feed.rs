//! What is new for somebody: what their subscriptions, schools and groups bring, as far as they may see it now.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use shared::access::{Circle, sight};
use shared::api::{FeedLine, News, TopicCard};
use shared::library::Topic;
use shared::organisation::{Body, Shelf};
use shared::words::{CollectionId, ItemId, SchoolId, UnixMillis};

use super::collected::Curated;
use crate::clock;
use crate::store::{CollectionHandle, NewsOf, NewsReach, Result, StoredItem, StoredNews};

/// Nothing older is told.
const REACHES_BACK: Duration = Duration::from_secs(183 * 24 * 3600);
/// For whoever never said how far they have read, what is older counts as read.
const FIRST_UNREAD: Duration = Duration::from_secs(14 * 24 * 3600);
/// Read from the store at a time.
const AT_ONCE: u32 = 200;
/// How often at most: somebody who subscribes to what seldom changes is shown the next page with what was found so far.
const TIMES: usize = 20;
/// Items shown of those that came into a collection at once.
const SHOWN_LINES: usize = 5;
/// Above that nobody counts.
pub const MOST_UNREAD: usize = 99;

/// What concerns a person, and why.
pub struct Interests {
    /// Those of what they may see now.
    pub topics: Vec<TopicCard>,
    schools: BTreeSet<SchoolId>,
    own: BTreeSet<Shelf>,
    /// In which subscribed collection an item is.
    collected: HashMap<ItemId, CollectionId>,
}

/// A part of the feed.
pub struct Told {
    pub lines: Vec<FeedLine>,
    /// Where to go on, if there may be more.
    pub next: Option<(UnixMillis, String)>,
}

/// How far somebody has read, if they never said so.
pub fn first_seen() -> UnixMillis {
    clock::before(clock::now(), FIRST_UNREAD)
}

impl Curated<'_> {
    pub async fn interests(&self) -> Result<Interests> {
        let (directory, now) = (self.directory, clock::now());
        let circle = Circle::of(directory, self.person, now);
        let topics = self.topics(&circle).await?;
        let ids: Vec<CollectionId> = topics
            .iter()
            .filter_map(|card| match &card.topic {
                Topic::Collection(id) => Some(id.clone()),
                Topic::Subject(_) | Topic::Taxon(_) | Topic::School(_) => None,
            })
            .collect();
        let mut collected = HashMap::new();
        for (collection, items) in self.store.items_in(&ids).await? {
            collected.extend(items.into_iter().map(|(item, _)| (item, collection.clone())));
        }
        let schools: BTreeSet<SchoolId> = directory
            .current_seats_of(self.person, now)
            .filter_map(|seat| match &seat.body {
                Body::School(id) => Some(id.clone()),
                Body::Group(_) | Body::Team(_) => None,
            })
            .collect();
        let own = schools.iter().map(|id| Shelf::School(id.clone()));
        let own = own.chain(circle.groups.iter().map(|id| Shelf::Group(id.clone()))).collect();
        Ok(Interests { topics, schools, own, collected })
    }

    /// What they subscribe to, without what they may not see any more.
    async fn topics(&self, circle: &Circle) -> Result<Vec<TopicCard>> {
        let mut cards = Vec::new();
        for topic in self.store.subscriptions(self.person).await? {
            cards.extend(self.topic(topic, circle).await?);
        }
        Ok(cards)
    }

    /// `None` for what is not there and for what they may not see.
    pub async fn topic(&self, topic: Topic, circle: &Circle) -> Result<Option<TopicCard>> {
        let (name, school) = match &topic {
            Topic::Subject(name) => (Some(name.clone()), None),
            Topic::Taxon(id) => {
                let path = self.taxonomies.path(id);
                let name = path.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(" ");
                ((!path.is_empty()).then_some(name), None)
            }
            Topic::School(id) if circle.schools.contains(id) => {
                let school = self.reader().school(id);
                (school.as_ref().map(|school| school.name.clone()), school)
            }
            Topic::School(_) => (None, None),
            Topic::Collection(id) => {
                let handle = CollectionHandle::open(self.store, self.person, id).await?;
                let stored = handle.as_ref().map(CollectionHandle::stored).filter(|stored| stored.binned.is_none());
                (stored.map(|stored| stored.title.as_str().to_owned()), None)
            }
        };
        Ok(name.map(|name| TopicCard { topic, name, school }))
    }

    /// The newest lines behind `before`, at most `most` of them.
    pub async fn told(
        &self,
        interests: &Interests,
        since: Option<UnixMillis>,
        before: Option<(UnixMillis, String)>,
        most: usize,
    ) -> Result<Told> {
        let now = clock::now();
        let mut reach = NewsReach {
            person: self.person.clone(),
            shelves: sight(self.directory, self.person, now).shelves,
            collections: interests.collections().collect(),
            since: clock::before(now, REACHES_BACK).max(since.unwrap_or(UnixMillis(0))),
            before,
            limit: AT_ONCE,
        };
        let mut lines = Vec::new();
        for _ in 0..TIMES {
            let found = self.store.news(&reach).await?;
            let is_last = found.len() < AT_ONCE as usize;
            let mut concerning = Vec::new();
            for one in found {
                reach.before = Some((one.at, one.key.clone()));
                if let Some(why) = interests.why(self, &one).filter(|_| self.sees(&one.access)) {
                    concerning.push((one, why.cloned()));
                }
            }
            for line in self.lines_of(concerning).await? {
                if lines.len() == most {
                    let next = lines.last().map(|line: &FeedLine| (line.at, line.key.clone()));
                    return Ok(Told { lines, next });
                }
                lines.push(line);
            }
            if is_last {
                return Ok(Told { lines, next: None });
            }
        }
        Ok(Told { lines, next: reach.before })
    }

    /// As people read it, with everything in it judged once more.
    async fn lines_of(&self, news: Vec<(StoredNews, Option<TopicCard>)>) -> Result<Vec<FeedLine>> {
        let (mut items, mut ids) = (Vec::new(), BTreeSet::new());
        for (one, _) in &news {
            match &one.of {
                NewsOf::Version { item, .. } => items.push(item.clone()),
                NewsOf::Lines { collection, items: lines } => {
                    ids.insert(collection.clone());
                    items.extend(lines.iter().cloned());
                }
                NewsOf::Collection(id) | NewsOf::Menu { collection: id, term: _ } => {
                    ids.insert(id.clone());
                }
            }
        }
        let items = self.items(items).await?;
        let stored = self.store.collections(&ids.into_iter().collect::<Vec<_>>()).await?;
        let handles = stored.into_iter().filter_map(|one| CollectionHandle::judge(self.directory, self.person, one));
        let handles: Vec<_> = handles.filter(|handle| handle.stored().binned.is_none()).collect();
        let cards = self.cards(&handles, None).await?;
        let cards: HashMap<_, _> = cards.into_iter().map(|card| (card.id.clone(), card)).collect();
        let reader = self.reader();
        let card = |item: &StoredItem| reader.item(item);
        let collection = |id: &CollectionId| cards.get(id).cloned().map(Box::new);
        let what = |of: &NewsOf| {
            Some(match of {
                NewsOf::Version { item, number: 1, .. } => News::Item { item: Box::new(card(items.get(item)?)) },
                NewsOf::Version { item, number, note, .. } => {
                    News::Version { item: Box::new(card(items.get(item)?)), number: *number, note: note.clone() }
                }
                NewsOf::Collection(id) => News::Collection { collection: collection(id)? },
                NewsOf::Menu { collection: id, term } => News::Menu { collection: collection(id)?, term: *term },
                NewsOf::Lines { collection: id, items: lines } => {
                    let seen: Vec<&StoredItem> = lines.iter().filter_map(|item| items.get(item)).collect();
                    seen.first()?;
                    News::Lines {
                        collection: collection(id)?,
                        count: u32::try_from(seen.len()).unwrap_or(u32::MAX),
                        items: seen.into_iter().take(SHOWN_LINES).map(card).collect(),
                    }
                }
            })
        };
        let line = |(one, because): (StoredNews, Option<TopicCard>)| {
            let what = what(&one.of)?;
            Some(FeedLine { at: one.at, by: reader.person(&one.by), because, what, key: one.key })
        };
        Ok(news.into_iter().filter_map(line).collect())
    }
}

impl Interests {
    fn collections(&self) -> impl Iterator<Item = CollectionId> {
        self.topics.iter().filter_map(|card| match &card.topic {
            Topic::Collection(id) => Some(id.clone()),
            Topic::Subject(_) | Topic::Taxon(_) | Topic::School(_) => None,
        })
    }

    /// Whether it concerns them, and by which subscription; by none if it does by their school or group.
    fn why(&self, reader: &Curated<'_>, one: &StoredNews) -> Option<Option<&TopicCard>> {
        let by = |is_it: &dyn Fn(&Topic) -> bool| self.topics.iter().find(|card| is_it(&card.topic));
        let own = self.own.contains(&one.access.shelf);
        let topic = match &one.of {
            NewsOf::Version { item, school, subject, taxon, .. } => {
                let path = taxon.as_ref().map(|id| reader.taxonomies.path(id)).unwrap_or_default();
                let of_school = school.as_ref().is_some_and(|school| self.schools.contains(school));
                if self.topics.is_empty() {
                    return (own || of_school).then_some(None);
                }
                by(&|topic| match topic {
                    Topic::Subject(name) => name == subject,
                    Topic::Taxon(id) => path.iter().any(|node| node.id == *id),
                    Topic::School(id) => school.as_ref() == Some(id),
                    Topic::Collection(id) => self.collected.get(item) == Some(id),
                })?
            }
            NewsOf::Collection(id) | NewsOf::Menu { collection: id, term: _ } => {
                let topic = by(&|topic| match topic {
                    Topic::School(school) => one.access.shelf == Shelf::School(school.clone()),
                    Topic::Collection(known) => known == id,
                    Topic::Subject(_) | Topic::Taxon(_) => false,
                });
                return if own || topic.is_some() { Some(topic) } else { None };
            }
            NewsOf::Lines { collection, items: _ } => by(&|topic| *topic == Topic::Collection(collection.clone()))?,
        };
        Some(Some(topic))
    }
}
