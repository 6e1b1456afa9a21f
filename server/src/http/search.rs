//! Searching over documents, items, collections and people. Rights are part of the question.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use shared::api::{Hit, NamedCount, SearchAnswer};
use shared::library::{Facet, FacetCount, Question, Scope, Sort};

use super::found_cards::FoundCards;
use super::pressed::Pressed;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::cards::Reader;
use crate::library::catalogue::NotFound;
use crate::library::search::Marker;
use crate::people::Matches;

const USUAL: u32 = 20;
const MOST: u32 = 50;
pub const MAX_QUERY_CHARS: usize = 100;
/// Values that a question is narrowed down by, together.
const MAX_FILTERS: usize = 50;
/// Values shown of a facet.
const MOST_VALUES: usize = 30;
const MOST_PEOPLE: usize = 5;
const SNIPPET_CHARS: usize = 80;
/// A snippet is looked for in the beginning of a text.
pub const SNIPPET_FROM_CHARS: u32 = 30_000;

pub async fn search(
    State(app): State<SharedApp>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Pressed<SearchAnswer>, Refusal> {
    let question = asked(query.as_deref().unwrap_or_default())?;
    let marker = Marker::of(&question.q);
    let is_first = question.offset == 0;
    let words = question.q.clone();
    let filters = question.filters.clone();
    let answer = app.findable.find(&caller.person, question).await?;
    let numbers: Vec<u32> = answer.hits.iter().map(|hit| hit.number).collect();
    let mut texts = app.store.entry_texts(&numbers, SNIPPET_FROM_CHARS).await?;
    let mut found = FoundCards::read(&app, &caller, answer.hits.iter().map(|hit| hit.key.as_str())).await?;
    let hits = answer.hits.iter().filter_map(|hit| {
        let card = found.take(&hit.key)?;
        let text = card.text(texts.remove(&hit.number).unwrap_or_default());
        let snippet = marker.snippet(&text, SNIPPET_CHARS);
        Some(Hit { title: marker.highlight(&card.title), what: card.what, snippet })
    });
    let hits = hits.collect();
    let facets = answer.facets.into_iter().map(|(facet, counts)| {
        let chosen = filters.get(&facet).map(Vec::as_slice).unwrap_or_default();
        (facet, named(&app, &caller, facet, counts, chosen))
    });
    let people = is_first.then(|| people(&app, &caller, &words)).flatten();
    let answer = SearchAnswer {
        total: answer.total,
        relaxed: answer.relaxed,
        partial: answer.partial,
        hits,
        facets: facets.collect(),
        people_total: people.as_ref().map_or(0, |matches| matches.total),
        people: people.map(|matches| matches.found.people).unwrap_or_default(),
    };
    Ok(Pressed::new(&headers, answer))
}

/// The question in the address: `q`, `in`, `sort`, `after`, `limit`, and values by the names of facets.
fn asked(query: &str) -> Result<Question, Refusal> {
    let mut question = Question {
        q: String::new(),
        scope: Scope::Everywhere,
        filters: BTreeMap::new(),
        sort: Sort::Relevance,
        offset: 0,
        limit: USUAL,
    };
    let mut filters = 0;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "q" => question.q = value.trim().chars().take(MAX_QUERY_CHARS).collect(),
            "in" => question.scope = value.parse().map_err(|_| Refusal::BadRequest)?,
            "sort" => question.sort = Sort::named(&value).ok_or(Refusal::BadRequest)?,
            "after" => question.offset = value.parse().map_err(|_| Refusal::BadRequest)?,
            "limit" => question.limit = value.parse().map_err(|_| Refusal::BadRequest)?,
            other => {
                let Some(facet) = Facet::named(other) else { continue };
                filters += 1;
                if filters > MAX_FILTERS {
                    return Err(Refusal::BadRequest);
                }
                question.filters.entry(facet).or_default().push(value.into_owned());
            }
        }
    }
    question.limit = question.limit.clamp(1, MOST);
    Ok(question)
}

/// Values with their names, those that are chosen always among them.
fn named(app: &App, caller: &Caller, facet: Facet, counts: Vec<FacetCount>, chosen: &[String]) -> Vec<NamedCount> {
    let directory = app.store.directory();
    let shown = counts.into_iter().enumerate();
    let shown = shown.filter(|(place, count)| *place < MOST_VALUES || chosen.contains(&count.value));
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let named = shown.map(|(_, count)| {
        let (name, school) = match facet {
            Facet::Edition | Facet::Volume | Facet::Unit => {
                (count.value.parse().ok().and_then(|id| app.taxonomies.name(&id)), None)
            }
            // What nothing was found of is somebody's guess, and not named.
            Facet::School if count.count == 0 => (None, None),
            Facet::School => {
                let school = count.value.parse().ok().and_then(|id| reader.school(&id));
                (school.as_ref().map(|school| school.name.clone()), school)
            }
            Facet::Kind
            | Facet::Stage
            | Facet::Subject
            | Facet::Grade
            | Facet::LessonType
            | Facet::File
            | Facet::Tag => (None, None),
        };
        NamedCount { count, name: name.unwrap_or_default(), school }
    });
    named.collect()
}

/// Nobody is meant where nothing was typed.
fn people(app: &App, caller: &Caller, words: &str) -> Option<Matches> {
    let words: String = words.chars().take(64).collect();
    let directory = app.store.directory();
    (!words.is_empty()).then(|| app.people.matches(&directory, &caller.person, &words, MOST_PEOPLE, clock::now()))
}

impl From<NotFound> for Refusal {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Store(error) => error.into(),
            NotFound::Index(_) | NotFound::Ended(_) => {
                tracing::error!("cannot search: {error}");
                Refusal::SearchFailing
            }
        }
    }
}
