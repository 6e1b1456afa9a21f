//! What the library's page needs beside results: subjects, textbooks, shelves.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::access::{Circle, keeps_textbooks, may_put};
use shared::api::{LibraryView, ShelfCard, StageLine, TaxonList};
use shared::library::{TaxonSort, Taxonomy};
use shared::organisation::{Body as Place, Directory, Shelf, Vocabulary};
use shared::words::{RegionId, TaxonId, UserId};

use super::caller::Query;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::library::cards::Reader;
use crate::library::taxonomies::inside;

/// The usual types of lessons.
const LESSON_TYPES: [&str; 6] = ["新授课", "练习课", "复习课", "讲评课", "实验课", "综合实践课"];

pub async fn show(State(app): State<SharedApp>, caller: Caller) -> Json<LibraryView> {
    let (directory, now) = (app.store.directory(), clock::now());
    let circle = Circle::of(&directory, &caller.person, now);
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let region = region_of(&directory, &caller.person);
    let vocabulary = region.as_ref().and_then(|id| directory.region(id)).map(|region| &region.vocabulary);
    let usual = Vocabulary::usual();
    let words = vocabulary.unwrap_or(&usual);
    let names = |wordings: &[shared::organisation::Wording]| wordings.iter().map(|word| word.zh.clone()).collect();
    let stages =
        words.stages.iter().map(|stage| StageLine { name: stage.name.zh.clone(), grades: stage.grades.clone() });
    let taxonomy = region.as_ref().map(|id| app.taxonomies.of(id)).unwrap_or_default();
    let own: Vec<_> = directory.current_seats_of(&caller.person, now).map(|seat| seat.body.clone()).collect();
    let shelves = own_shelves(&circle, &caller.person).into_iter();
    let shelves = shelves.filter(|shelf| may_put(&directory, &caller.person, shelf, now).is_ok());
    Json(LibraryView {
        subjects: names(&words.subjects),
        domains: names(&words.domains),
        stages: stages.collect(),
        lesson_types: LESSON_TYPES.map(str::to_owned).into(),
        shelves: shelves.map(|shelf| ShelfCard::of(&directory, &shelf)).collect(),
        schools: own
            .iter()
            .filter_map(|body| match body {
                Place::School(id) => reader.school(id),
                Place::Group(_) | Place::Team(_) => None,
            })
            .collect(),
        groups: circle.groups.iter().map(|id| ShelfCard::of(&directory, &Shelf::Group(id.clone()))).collect(),
        taxa: above_units(&taxonomy),
        keeps_textbooks: region.is_some_and(|id| keeps_textbooks(&directory, &caller.person, &id, now)),
    })
}

/// The region that somebody's groups or schools are in. Who runs the server and is nowhere looks after the first.
pub fn region_of(directory: &Directory, person: &UserId) -> Option<RegionId> {
    let circle = Circle::of(directory, person, clock::now());
    let groups = circle.groups.iter().map(|id| Place::Group(id.clone()));
    let mut places = groups.chain(circle.schools.iter().map(|id| Place::School(id.clone())));
    let found = places.find_map(|place| directory.region_of(&place));
    let runs = directory.person(person).is_some_and(|person| person.operator);
    found.or_else(|| directory.regions().next().filter(|_| runs)).map(|region| region.id.clone())
}

/// Every shelf that the person may perhaps put something on, their own first.
fn own_shelves(circle: &Circle, person: &UserId) -> Vec<Shelf> {
    let mut shelves = vec![Shelf::Person(person.clone())];
    shelves.extend(circle.teams.iter().map(|id| Shelf::Team(id.clone())));
    shelves.extend(circle.schools.iter().map(|id| Shelf::School(id.clone())));
    shelves.extend(circle.groups.iter().map(|id| Shelf::Group(id.clone())));
    shelves
}

/// Editions and volumes: units and lessons are many, and asked for when somebody looks into a volume.
fn above_units(taxonomy: &Taxonomy) -> Vec<shared::library::Taxon> {
    let editions = taxonomy.under(None);
    let mut taxa = Vec::new();
    for edition in editions {
        let volumes = taxonomy.under(Some(&edition.id));
        if !volumes.is_empty() {
            taxa.push(edition.clone());
            taxa.extend(volumes.into_iter().cloned());
        }
    }
    taxa
}

#[derive(Deserialize)]
pub struct TaxonomyParameters {
    under: TaxonId,
}

/// Units and lessons of a volume, each unit before its lessons.
pub async fn taxonomy(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(TaxonomyParameters { under }): Query<TaxonomyParameters>,
) -> Result<Json<TaxonList>, Refusal> {
    let directory = app.store.directory();
    let region = region_of(&directory, &caller.person);
    let taxonomy = region.map(|id| app.taxonomies.of(&id)).unwrap_or_default();
    let volume = taxonomy.get(&under).filter(|node| node.sort == TaxonSort::Volume).ok_or(Refusal::NotFound)?;
    Ok(Json(TaxonList { taxa: inside(&taxonomy, &volume.id).into_iter().cloned().collect() }))
}
