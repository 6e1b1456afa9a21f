//! What schools give one another by the library: figures of what was taken into people's own work, with their evidence.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::access::{Circle, administers};
use shared::api::{Exchange, ExchangeLine, LibrarySchool, LibrarySchools, SchoolCard, TitledItem};
use shared::organisation::Body;
use shared::words::{ItemId, SchoolId, UserId};

use super::caller::Query;
use super::item_uses::titled_item;
use super::items::sees;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::library::cards::Reader;
use crate::store::StoredItem;

/// Uses that a school's exchange is made of.
const MOST_USES: u32 = 10_000;
const ITEMS_A_LINE: usize = 5;

/// `GET /api/library/schools`: those that the caller knows of, their own first.
pub async fn schools(State(app): State<SharedApp>, caller: Caller) -> Json<LibrarySchools> {
    let (directory, now) = (app.store.directory(), clock::now());
    let circle = Circle::of(&directory, &caller.person, now);
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let own = directory.school_of(&caller.person, now).map(|school| &school.id);
    let mut schools: Vec<_> = circle.schools.iter().filter_map(|id| reader.school(id)).collect();
    schools.sort_by_key(|school| (own != Some(&school.id), !school.lead, school.name.clone()));
    let keeps_room = |id: &SchoolId| administers(&directory, &caller.person, &Body::School(id.clone()), now);
    let line = |school: SchoolCard| LibrarySchool { keeps_room: keeps_room(&school.id), school };
    Json(LibrarySchools {
        schools: schools.into_iter().map(line).collect(),
        sets_room: directory.person(&caller.person).is_some_and(|person| person.operator),
    })
}

#[derive(Deserialize)]
pub struct Parameters {
    school: Option<SchoolId>,
}

/// `GET /api/library/exchange?school=`: the caller's own school unless another is named that they know of.
pub async fn show(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(Parameters { school }): Query<Parameters>,
) -> Result<Json<Exchange>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let own = || directory.school_of(&caller.person, now).map(|school| school.id.clone());
    let school = school.or_else(own).ok_or(Refusal::NotFound)?;
    let circle = Circle::of(&directory, &caller.person, now);
    if !circle.schools.contains(&school) {
        return Err(Refusal::NotFound);
    }
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let card = reader.school(&school).ok_or(Refusal::NotFound)?;
    // Only what the caller may see is counted: else a number would tell of what they may not know.
    let uses = app.store.uses_with(&school, MOST_USES).await?;
    let ids: BTreeSet<ItemId> = uses.iter().map(|one| one.item.clone()).collect();
    let items = app.store.items(&ids.into_iter().collect::<Vec<_>>()).await?;
    let seen: BTreeMap<ItemId, StoredItem> = items
        .into_iter()
        .filter(|item| sees(&app, &caller, &item.access()))
        .map(|item| (item.id.clone(), item))
        .collect();
    let mut sides = (Side::default(), Side::default());
    for one in uses {
        let (side, other) = if one.from == school { (&mut sides.0, one.to) } else { (&mut sides.1, one.from) };
        if seen.contains_key(&one.item) && circle.schools.contains(&other) {
            side.add(other, one.item, one.person);
        }
    }
    let titled = |id: &ItemId| seen.get(id).map(|item| titled_item(&app, item));
    let lines = |side: &Side| side.lines(|id| reader.school(id), titled);
    let (given, taken) = (sides.0.people.len() as u32, sides.1.people.len() as u32);
    Ok(Json(Exchange { school: card, given, taken, given_to: lines(&sides.0), taken_from: lines(&sides.1) }))
}

/// What went one way: by school and item, whoever took it.
#[derive(Default)]
struct Side {
    schools: BTreeMap<SchoolId, BTreeMap<ItemId, BTreeSet<UserId>>>,
    people: BTreeSet<UserId>,
}

impl Side {
    fn add(&mut self, school: SchoolId, item: ItemId, person: UserId) {
        self.people.insert(person.clone());
        self.schools.entry(school).or_default().entry(item).or_default().insert(person);
    }

    fn lines(
        &self,
        card: impl Fn(&SchoolId) -> Option<SchoolCard>,
        titled: impl Fn(&ItemId) -> Option<TitledItem>,
    ) -> Vec<ExchangeLine> {
        let lines = self.schools.iter().filter_map(|(school, items)| {
            let mut by_use: Vec<_> = items.iter().map(|(item, people)| (people.len(), item)).collect();
            by_use.sort_by(|a, b| b.cmp(a));
            let uses = by_use.iter().map(|(count, _)| *count as u32).sum();
            let items = by_use.iter().take(ITEMS_A_LINE).filter_map(|(_, item)| titled(item)).collect();
            Some(ExchangeLine { school: card(school)?, uses, items })
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.uses));
        lines
    }
}
