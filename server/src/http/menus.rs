//! Menus of the term: publishing, taking back, and what of them was used.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use shared::access::Circle;
use shared::api::{CollectionUses, CollectionView, MenuCard, MenuList, UseLine, UsedItem};
use shared::library::TermName;
use shared::organisation::{Body, Shelf};
use shared::words::{ItemId, UserId};

use super::caller::Query;
use super::collections::{Collection, again, curated};
use super::item_uses::{line, titled_item};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::library::collected::item_of;
use crate::store::CollectionHandle;

/// Uses that are counted of one collection.
const MOST_USES: u32 = 10_000;
/// Uses shown of one item.
const EVIDENCE: usize = 50;

#[derive(Deserialize)]
pub struct OfTerm {
    term: String,
}

/// `PUT /api/collections/{collection}/menus/{term}`.
pub async fn publish(
    State(app): State<SharedApp>,
    collection: Collection,
    Path(OfTerm { term }): Path<OfTerm>,
) -> Result<Json<CollectionView>, Refusal> {
    let directory = app.store.directory();
    let publishing = collection.handle.publishing(&directory)?;
    let (term, now) = (term.parse::<TermName>().map_err(|_| Refusal::TermNotOpen)?, TermName::at(clock::now()));
    if ![now, now.next()].contains(&term) {
        return Err(Refusal::TermNotOpen);
    }
    app.store.publish_menu(publishing, term, clock::now()).await?;
    again(&app, &collection).await
}

/// `DELETE /api/collections/{collection}/menus/{term}`.
pub async fn end(
    State(app): State<SharedApp>,
    collection: Collection,
    Path(OfTerm { term }): Path<OfTerm>,
) -> Result<Json<CollectionView>, Refusal> {
    let directory = app.store.directory();
    let publishing = collection.handle.publishing(&directory)?;
    let term = term.parse::<TermName>().map_err(|_| Refusal::TermNotOpen)?;
    app.store.end_menu(publishing, term, clock::now()).await?;
    again(&app, &collection).await
}

/// `GET /api/library/menus`: those of this term, of the caller's groups and then of their schools.
pub async fn current(State(app): State<SharedApp>, caller: Caller) -> Result<Json<MenuList>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let term = TermName::at(now);
    let circle = Circle::of(&directory, &caller.person, now);
    let mut shelves: Vec<Shelf> = circle.groups.iter().map(|id| Shelf::Group(id.clone())).collect();
    shelves.extend(directory.current_seats_of(&caller.person, now).filter_map(|seat| match &seat.body {
        Body::School(id) => Some(Shelf::School(id.clone())),
        Body::Group(_) | Body::Team(_) => None,
    }));
    let mut menus = app.store.menus_of(&shelves, term).await?;
    let ids: Vec<_> = menus.iter().map(|menu| menu.collection.clone()).collect();
    let stored = app.store.collections(&ids).await?;
    let handles = stored.into_iter().filter_map(|one| CollectionHandle::judge(&directory, &caller.person, one));
    let handles: Vec<_> = handles.collect();
    menus.retain(|menu| handles.iter().any(|handle| *handle.id() == menu.collection));
    menus.sort_by_key(|menu| {
        let shelf = handles.iter().find(|handle| *handle.id() == menu.collection).map(|handle| &handle.stored().shelf);
        shelves.iter().position(|known| Some(known) == shelf)
    });
    let curated = curated(&app, &caller, &directory);
    let cards: BTreeMap<_, _> =
        curated.cards(&handles, None).await?.into_iter().map(|card| (card.id.clone(), card)).collect();
    let menus = menus.into_iter().filter_map(|menu| {
        let collection = cards.get(&menu.collection)?.clone();
        Some(MenuCard { term, collection, by: curated.reader().person(&menu.by), at: menu.at })
    });
    Ok(Json(MenuList { term, menus: menus.collect() }))
}

#[derive(Deserialize)]
pub struct UsesParameters {
    term: Option<String>,
}

/// `GET /api/collections/{collection}/uses?term=`: this term's unless another is named.
pub async fn uses(
    State(app): State<SharedApp>,
    collection: Collection,
    Query(UsesParameters { term }): Query<UsesParameters>,
) -> Result<Json<CollectionUses>, Refusal> {
    let directory = app.store.directory();
    let now = TermName::at(clock::now());
    let term = term.map_or(Ok(now), |term| term.parse()).map_err(|_| Refusal::BadRequest)?;
    let words = collection.handle.stored().shelf.body().and_then(|body| directory.vocabulary(&body));
    let since = term.begins(words);
    let curated = curated(&app, &collection.caller, &directory);
    let lines = app.store.lines(&collection.handle).await?;
    let items = curated.items(lines.iter().filter_map(|line| item_of(line).cloned())).await?;
    let ids: Vec<ItemId> = items.keys().cloned().collect();
    let mut used: BTreeMap<ItemId, (BTreeSet<UserId>, Vec<UseLine>)> = BTreeMap::new();
    for (item, one) in app.store.uses_since(&ids, since, MOST_USES).await? {
        let person = one.person.clone();
        // What the caller may not know of is neither shown nor counted.
        let Some(line) = line(&app, &collection.caller, one).await? else { continue };
        let (people, lines) = used.entry(item).or_default();
        people.insert(person);
        if lines.len() < EVIDENCE {
            lines.push(line);
        }
    }
    let all: BTreeSet<&UserId> = used.values().flat_map(|(people, _)| people).collect();
    let people = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut used: Vec<UsedItem> = used
        .into_iter()
        .filter_map(|(id, (people, uses))| {
            let item = titled_item(&app, items.get(&id)?);
            Some(UsedItem { item, people: u32::try_from(people.len()).unwrap_or(u32::MAX), uses })
        })
        .collect();
    used.sort_by_key(|used| std::cmp::Reverse(used.people));
    Ok(Json(CollectionUses { term, since, people, items: used }))
}
