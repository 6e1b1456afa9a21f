//! What somebody may read of the audit log: each line is judged by what is so now, not by when it was written.
//!
//! Lines about people are for those who look after them, lines about seats, memberships, teams, schools and groups for
//! those who administer the place, lines about documents and items for those who manage them. Everybody sees what they did
//! themselves, without the details if they may not read those any more. The operator reads everything.

use std::collections::{BTreeSet, HashMap};

use shared::access::{DocumentAccess, Right, administers, managed_shelves, may_look_after, right, sight};
use shared::organisation::{Body, Directory};
use shared::words::{CollectionId, UnixMillis, UserId};

use crate::clock;
use crate::store::{AuditQuery, AuditReach, Folded, Result, Store, StoredAudit, StoredCollection};

/// Lines judged at a time, at least.
const AT_ONCE: u32 = 100;

/// Of which lines somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// All that they may read.
    All,
    /// All that they may read; of an import one line instead of hundreds, if they may read that one.
    Folded,
    /// Those by them or about them.
    Own,
}

pub struct AuditPage {
    /// Newest first.
    pub lines: Vec<StoredAudit>,
    /// What to ask for lines before, if there may be more.
    pub next: Option<u64>,
}

/// Up to `query.limit` lines that match and that `me` may read.
pub async fn read(store: &dyn Store, me: &UserId, which: Lines, query: &AuditQuery) -> Result<AuditPage> {
    let directory = store.directory();
    let most = query.limit as usize;
    let mut judge = Judge::of(&directory, me, clock::now());
    let mut asked = AuditQuery {
        limit: query.limit.max(AT_ONCE),
        reach: judge.reach(which),
        folded: judge.folded(which),
        ..query.clone()
    };
    let mut lines = Vec::new();
    loop {
        let found = store.audit(&asked).await?;
        let last_fetch = found.len() < asked.limit as usize;
        for line in found {
            asked.before = Some(line.seq);
            lines.extend(judge.shown(store, line).await?);
            if lines.len() == most {
                return Ok(AuditPage { lines, next: asked.before });
            }
        }
        if last_fetch {
            return Ok(AuditPage { lines, next: None });
        }
    }
}

struct Judge<'a> {
    directory: &'a Directory,
    me: &'a UserId,
    now: UnixMillis,
    operator: bool,
    /// What they administer.
    bodies: BTreeSet<Body>,
    /// Whom they look after, and they themselves.
    people: BTreeSet<UserId>,
    /// Documents, items and collections by their subjects, and whether they manage them.
    managed: HashMap<String, bool>,
}

impl<'a> Judge<'a> {
    fn of(directory: &'a Directory, me: &'a UserId, now: UnixMillis) -> Self {
        let operator = directory.person(me).is_some_and(|person| person.operator && person.is_active());
        let (mut bodies, mut people) = (BTreeSet::new(), BTreeSet::from([me.clone()]));
        // Nothing is kept from the operator, so nothing is to be found out.
        if !operator {
            bodies.extend(all_bodies(directory).filter(|body| administers(directory, me, body, now)));
            let seats: BTreeSet<_> =
                bodies.iter().flat_map(|body| directory.seats_in(body)).map(|s| &s.person).collect();
            people.extend(seats.into_iter().filter(|id| may_look_after(directory, me, id, now)).cloned());
        }
        Self { directory, me, now, operator, bodies, people, managed: HashMap::new() }
    }

    /// Where to look; `None` is everywhere.
    fn reach(&self, which: Lines) -> Option<AuditReach> {
        let about_me = vec![format!("person:{}", self.me)];
        match which {
            Lines::All | Lines::Folded if self.operator => None,
            Lines::Own => Some(AuditReach::of(self.me.clone(), about_me)),
            Lines::All | Lines::Folded => {
                let people = self.people.iter().map(|id| format!("person:{id}"));
                let subjects = people.chain(self.bodies.iter().map(Body::to_string)).collect();
                let sight = sight(self.directory, self.me, self.now);
                Some(AuditReach {
                    author: Some(self.me.clone()),
                    placed: self.placed(),
                    shelves: managed_shelves(self.directory, self.me, self.now),
                    grantees: sight.bodies.into_iter().collect(),
                    ..AuditReach::of(self.me.clone(), subjects)
                })
            }
        }
    }

    fn folded(&self, which: Lines) -> Option<Folded> {
        match which {
            Lines::All | Lines::Own => None,
            Lines::Folded => {
                let groups = self.bodies.iter().filter(|body| matches!(body, Body::Group(_)));
                let groups = (!self.operator).then(|| groups.map(Body::to_string).collect());
                Some(Folded { me: self.me.clone(), groups })
            }
        }
    }

    /// People and schools that were ever where the reader administers: lines about that bear their names.
    fn placed(&self) -> Vec<String> {
        let mut placed = BTreeSet::new();
        for body in &self.bodies {
            placed.extend(self.directory.seats_in(body).map(|seat| format!("person:{}", seat.person)));
            if let Body::Group(group) = body {
                placed.extend(self.directory.schools_of(group).map(|place| format!("school:{}", place.school)));
            }
        }
        placed.into_iter().collect()
    }

    /// The line as the reader may see it.
    async fn shown(&mut self, store: &dyn Store, line: StoredAudit) -> Result<Option<StoredAudit>> {
        if self.operator {
            return Ok(Some(line));
        }
        let line = StoredAudit { checksum: None, ..line };
        if self.may_read(store, &line).await? {
            return Ok(Some(line));
        }
        let own = line.actor.as_ref() == Some(self.me);
        // How many they were, and the schools that the reader has made.
        if own && line.act.starts_with("roster.") {
            return Ok(Some(line));
        }
        Ok(own.then(|| StoredAudit { details: serde_json::json!({}), ..line }))
    }

    async fn may_read(&mut self, store: &dyn Store, line: &StoredAudit) -> Result<bool> {
        Ok(match line.subject.split_once(':') {
            Some(("person", id)) => {
                let mine = id == self.me.as_str();
                match line.act.starts_with("seat.") {
                    true => mine || self.administers_all(&line.details, |seat| seat.get("body").cloned()),
                    false => id.parse().is_ok_and(|id: UserId| self.people.contains(&id)),
                }
            }
            Some(("document" | "item" | "collection", _)) => self.manages(store, &line.subject).await?,
            Some(("group" | "school" | "team", _)) => {
                let there = line.subject.parse().is_ok_and(|body: Body| self.bodies.contains(&body));
                let group =
                    |place: &serde_json::Value| Some(serde_json::json!({ "type": "group", "id": place.get("group")? }));
                there || (line.act.starts_with("membership.") && self.administers_all(&line.details, group))
            }
            // What regions are is for operators.
            Some(_) | None => false,
        })
    }

    /// Whether the reader administers each body that the record has been of, before and after.
    fn administers_all(
        &self,
        details: &serde_json::Value,
        body_of: impl Fn(&serde_json::Value) -> Option<serde_json::Value>,
    ) -> bool {
        let records = ["before", "after"].into_iter().filter_map(|when| details.get(when)).filter(|r| !r.is_null());
        let mut bodies = records.map(|record| serde_json::from_value::<Body>(body_of(record)?).ok()).peekable();
        bodies.peek().is_some() && bodies.all(|body| body.is_some_and(|body| self.bodies.contains(&body)))
    }

    /// Whether they manage a document, an item or a collection.
    async fn manages(&mut self, store: &dyn Store, subject: &str) -> Result<bool> {
        if let Some(known) = self.managed.get(subject) {
            return Ok(*known);
        }
        let access = access(store, subject).await?;
        let right = access.and_then(|access| right(self.directory, self.me, &access, self.now));
        let manages = right == Some(Right::Manage);
        self.managed.insert(subject.to_owned(), manages);
        Ok(manages)
    }
}

/// How the document, item or collection lies that a line is about.
async fn access(store: &dyn Store, subject: &str) -> Result<Option<DocumentAccess>> {
    let (sort, id) = subject.split_once(':').unwrap_or_default();
    Ok(match sort {
        "document" => match id.parse() {
            Ok(id) => store.facts(&id).await?.map(|facts| facts.access),
            Err(_) => None,
        },
        "item" => match id.parse() {
            Ok(id) => store.item_facts(&id).await?.map(|facts| facts.access),
            Err(_) => None,
        },
        "collection" => match id.parse::<CollectionId>() {
            Ok(id) => store.collections(&[id]).await?.first().map(StoredCollection::access),
            Err(_) => None,
        },
        _ => None,
    })
}

fn all_bodies(directory: &Directory) -> impl Iterator<Item = Body> {
    let groups = directory.groups().map(|group| Body::Group(group.id.clone()));
    let schools = directory.schools().map(|school| Body::School(school.id.clone()));
    groups.chain(schools).chain(directory.teams().map(|team| Body::Team(team.id.clone())))
}
