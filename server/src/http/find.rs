//! The box in every page's bar: a few of everything, as somebody types.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::api::{AuthorCard, FoundEntry, Glance, GlanceGroup, GlanceLine, GlanceOf, PersonCard, Which};
use shared::library::Piece;
use shared::pages::document_address;

use super::caller::Query;
use super::found_cards::{FoundCard, FoundCards};
use super::pressed::Pressed;
use super::refusal::Refusal;
use super::search::{MAX_QUERY_CHARS, SNIPPET_FROM_CHARS};
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::library::search::{Glimpse, GlimpsedGroup, Hit, Marker, What};
use crate::people::Matches;
use crate::store::ListQuery;

/// Lines of a group.
const EACH: usize = 5;
const MOST_RECENT: u32 = 7;
const SNIPPET_CHARS: usize = 40;
const MOST_CHARS_OF_PEOPLE: usize = 64;

#[derive(Deserialize)]
pub struct FindParameters {
    #[serde(default)]
    q: String,
}

pub async fn find(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(FindParameters { q }): Query<FindParameters>,
    headers: HeaderMap,
) -> Result<Pressed<Glance>, Refusal> {
    let q: String = q.trim().chars().take(MAX_QUERY_CHARS).collect();
    let glance = match q.is_empty() {
        true => recent(&app, &caller).await?,
        false => found(&app, &caller, &q).await?,
    };
    Ok(Pressed::new(&headers, glance))
}

/// What the caller had open last.
async fn recent(app: &SharedApp, caller: &Caller) -> Result<Glance, Refusal> {
    app.visits.write(&app.store).await;
    let query = ListQuery { which: Which::Recent, kind: None, q: None, before: None, limit: MOST_RECENT };
    let documents = app.store.list(&caller.person, &query).await?.documents;
    let nothing = Marker::of("");
    let lines = documents.into_iter().map(|card| {
        let title = nothing.highlight(&card.title);
        line(FoundEntry::Document(Box::new(card)), title, Vec::new())
    });
    let lines: Vec<_> = lines.collect();
    let total = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    Ok(Glance { groups: in_use([GlanceGroup { of: GlanceOf::Recent, total, lines }]), partial: false })
}

async fn found(app: &SharedApp, caller: &Caller, q: &str) -> Result<Glance, Refusal> {
    let glimpse = app.findable.glimpse(&caller.person, q, EACH).await?;
    let marker = Marker::of(q);
    let words: String = q.chars().take(MOST_CHARS_OF_PEOPLE).collect();
    let people = app.people.matches(&app.store.directory(), &caller.person, &words, EACH, clock::now());
    let partial = glimpse.partial;
    let mut groups = entries(app, caller, &marker, glimpse).await?;
    // Whoever types a whole name means the person, not all that they have written.
    let at = if people.named { 0 } else { groups.len() };
    groups.splice(at..at, of_people(&marker, people));
    Ok(Glance { groups: in_use(groups), partial })
}

fn in_use(groups: impl IntoIterator<Item = GlanceGroup>) -> Vec<GlanceGroup> {
    groups.into_iter().filter(|group| !group.lines.is_empty()).collect()
}

async fn entries(
    app: &SharedApp,
    caller: &Caller,
    marker: &Marker,
    glimpse: Glimpse,
) -> Result<Vec<GlanceGroup>, Refusal> {
    let hits = || glimpse.groups.values().flat_map(|group| &group.hits);
    let mut cards = FoundCards::read(app, caller, hits().map(|hit| hit.key.as_str())).await?;
    let found: Vec<(&Hit, FoundCard, Vec<Piece>)> = hits()
        .filter_map(|hit| {
            let card = cards.take(&hit.key)?;
            let title = marker.highlight(&card.title);
            Some((hit, card, title))
        })
        .collect();
    // Texts are long: only those are read of which the title doesn't say why they were found.
    let unsaid = found.iter().filter(|(_, _, title)| !title.iter().any(|piece| piece.hit));
    let unsaid: Vec<u32> = unsaid.map(|(hit, ..)| hit.number).collect();
    let mut texts = app.store.entry_texts(&unsaid, SNIPPET_FROM_CHARS).await?;
    let mut lines: Vec<(u32, GlanceLine)> = Vec::with_capacity(found.len());
    for (hit, card, title) in found {
        let snippet = match unsaid.contains(&hit.number) {
            true => marker.snippet(&card.text(texts.remove(&hit.number).unwrap_or_default()), SNIPPET_CHARS),
            false => Vec::new(),
        };
        // Without a mark it would say nothing, either.
        let snippet = if snippet.iter().any(|piece| piece.hit) { snippet } else { Vec::new() };
        lines.push((hit.number, line(card.what, title, snippet)));
    }
    let group = |(what, group): (&What, &GlimpsedGroup)| {
        let of = match what {
            What::Document => GlanceOf::Documents,
            What::Item => GlanceOf::Items,
            What::Collection => GlanceOf::Collections,
            What::Question => GlanceOf::Questions,
        };
        let is_in = |number: &u32| group.hits.iter().any(|hit| hit.number == *number);
        let lines = lines.iter().filter(|(number, _)| is_in(number)).map(|(_, line)| line.clone()).collect();
        GlanceGroup { of, total: group.total, lines }
    };
    Ok(glimpse.groups.iter().map(group).collect())
}

fn line(what: FoundEntry, title: Vec<Piece>, snippet: Vec<Piece>) -> GlanceLine {
    let (href, kind, place, by) = match what {
        FoundEntry::Document(card) => (
            document_address(card.kind, &card.id),
            format!("document:{}", card.kind.as_str()),
            card.shelf.name,
            card.owner.name,
        ),
        FoundEntry::Item(card) => {
            let by = card.authors.into_iter().next().map(|author| match author {
                AuthorCard::Person(card) => card.name,
                AuthorCard::Name(name) => name,
            });
            let place = card.school.map_or(card.shelf.name, |school| school.name);
            (format!("/library/items/{}", card.id), card.kind.as_str().to_owned(), place, by.unwrap_or_default())
        }
        FoundEntry::Collection(card) => {
            (format!("/library/collections/{}", card.id), "collection".to_owned(), card.shelf.name, card.by.name)
        }
        FoundEntry::Question(card) => {
            let href = format!("/tutoring/{}?question={}", card.session, card.id);
            (href, "question".to_owned(), card.asked_in, card.host.name)
        }
    };
    GlanceLine { href, kind, title, snippet, place, by }
}

fn of_people(marker: &Marker, matches: Matches) -> [GlanceGroup; 2] {
    let Matches { total, found, places, named: _ } = matches;
    let plain = |href: String, kind: &str, name: &str, place: String| GlanceLine {
        href,
        kind: kind.to_owned(),
        title: marker.highlight(name),
        snippet: Vec::new(),
        place,
        by: String::new(),
    };
    let person = |PersonCard { id, name, tone: _, school }: &PersonCard| {
        let school = school.as_ref().map(|school| school.name.clone()).unwrap_or_default();
        plain(format!("/people/person/{id}"), "person", name, school)
    };
    let lines = found.people.iter().map(person).collect();
    let people = GlanceGroup { of: GlanceOf::People, total, lines };
    let place =
        |sort: &str, id: &str, name: &str| plain(format!("/people?body={sort}:{id}"), sort, name, String::new());
    let schools = found.schools.iter().map(|one| place("school", one.id.as_str(), &one.name));
    let teams = found.teams.iter().map(|one| place("team", one.id.as_str(), &one.name));
    let groups = found.groups.iter().map(|one| place("group", one.id.as_str(), &one.name));
    let lines = schools.chain(teams).chain(groups).take(EACH).collect();
    [people, GlanceGroup { of: GlanceOf::Places, total: places, lines }]
}
