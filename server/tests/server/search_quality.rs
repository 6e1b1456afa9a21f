//! The judged queries of the demo library, and that they are fair: whatever is asked for is there and may be seen.

use std::collections::{BTreeMap, BTreeSet};

use server::demo::{self, library};
use server::library::search::quality::{self, Quality};
use shared::library::{Facet, Question, Scope, Sort};

use crate::world::World;

use judged::{Expect, collected, judged, relevant, sees};

pub mod judged;

/// Fewer would say little.
const AT_LEAST: usize = 220;

#[test]
fn each_judged_query_can_be_answered_by_what_the_asker_may_see() {
    let items = library::items();
    let ids: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    assert!(judged().len() >= AT_LEAST, "{} queries", judged().len());
    for one in judged() {
        let found = relevant(one, &items);
        match one.expects {
            Expect::Ids(meant) => assert_eq!(found.len(), meant.len(), "{} of {}: {found:?}", one.query, one.asker),
            Expect::All(_) | Expect::Any(_) => {
                assert!(!found.is_empty(), "{} of {} {:?}", one.query, one.asker, one.filters)
            }
            Expect::Hidden(hidden) => {
                assert!(!hidden.is_empty() && hidden.iter().all(|id| ids.contains(id)), "{}", one.query);
                let seen = items.iter().find(|item| hidden.contains(&item.id.as_str()) && sees(one.asker, item));
                assert!(seen.is_none(), "{} sees {:?}", one.asker, seen.map(|item| &item.title));
            }
            Expect::Nothing => {}
        }
    }
}

#[test]
fn no_query_is_asked_twice_by_the_same_person_in_the_same_way() {
    let mut asked = BTreeSet::new();
    for one in judged() {
        let filters: Vec<_> = one.filters.iter().map(|(facet, value)| (facet.as_str(), *value)).collect();
        assert!(asked.insert((one.asker, one.query, filters)), "{}", one.query);
    }
    let families: BTreeSet<_> = judged().iter().map(|one| one.family).collect();
    assert!(families.len() >= 15, "{families:?}");
    assert!(judged().iter().filter(|one| matches!(one.expects, Expect::Hidden(_) | Expect::Nothing)).count() >= 15);
}

/// What was reached when this was written, less a little: who changes the search sees what it costs.
const RECALL_AT_10: f64 = 0.965;
const MRR: f64 = 0.97;

/// Of the demo's five collections.
const RECALL_OF_COLLECTIONS: f64 = 0.95;
const MRR_OF_COLLECTIONS: f64 = 0.9;

/// The items found, the first first. Documents are found, too, but not judged here.
pub async fn found(world: &World, one: &judged::Judged) -> Vec<String> {
    let mut filters: BTreeMap<Facet, Vec<String>> = BTreeMap::new();
    for (facet, value) in one.filters {
        filters.entry(*facet).or_default().push((*value).to_owned());
    }
    let question = Question {
        q: one.query.to_owned(),
        scope: Scope::Everywhere,
        filters,
        sort: Sort::Relevance,
        offset: 0,
        limit: 50,
    };
    let answer = world.app.findable.find(&one.asker.parse().unwrap(), question).await.unwrap();
    answer.hits.into_iter().filter_map(|hit| Some(hit.key.strip_prefix("item:")?.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_queries_find_what_they_should_among_the_first_ten_and_nothing_that_is_hidden() {
    let world = World::start().await;
    demo::fill_library(&world.app).await.unwrap();
    world.app.findable.index_changed().await.unwrap();
    let items = library::items();
    let mut families: BTreeMap<&str, Vec<(quality::Judged, Vec<String>)>> = BTreeMap::new();
    for one in judged() {
        let found = found(&world, one).await;
        match one.expects {
            Expect::Hidden(hidden) => {
                let leaked: Vec<_> = found.iter().filter(|id| hidden.contains(&id.as_str())).collect();
                assert!(leaked.is_empty(), "{} found {leaked:?} by {}", one.asker, one.query);
            }
            Expect::Nothing => assert!(found.is_empty(), "{} found {found:?} by {}", one.asker, one.query),
            Expect::Ids(_) | Expect::All(_) | Expect::Any(_) => {
                let expected = relevant(one, &items).into_iter().map(str::to_owned).collect();
                let judged = quality::Judged { q: one.query.to_owned(), filters: BTreeMap::new(), expected };
                families.entry(one.family).or_default().push((judged, found));
            }
        }
    }
    let measure = |judged: &[(quality::Judged, Vec<String>)]| -> Quality {
        let questions: Vec<_> = judged.iter().map(|(question, _)| question.clone()).collect();
        let mut answers = judged.iter().map(|(_, found)| found.clone());
        quality::measure(&questions, |_| answers.next().unwrap())
    };
    for (family, judged) in &families {
        let Quality { questions, recall_at_10, mrr, missed } = measure(judged);
        println!("{family:<28} {questions:>4}  recall@10 {recall_at_10:.3}  MRR {mrr:.3}  {missed:?}");
    }
    let all = measure(&families.into_values().flatten().collect::<Vec<_>>());
    println!("{:<28} {:>4}  recall@10 {:.3}  MRR {:.3}", "all", all.questions, all.recall_at_10, all.mrr);
    assert!(all.recall_at_10 >= RECALL_AT_10 && all.mrr >= MRR, "{:.3} {:.3}", all.recall_at_10, all.mrr);
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_queries_find_collections_among_everything_and_none_that_is_hidden() {
    let world = World::start().await;
    demo::fill_library(&world.app).await.unwrap();
    world.app.findable.index_changed().await.unwrap();
    let (mut judged, mut answers) = (Vec::new(), Vec::new());
    for one in collected::JUDGED {
        let question = Question {
            q: one.query.to_owned(),
            scope: Scope::Everywhere,
            filters: BTreeMap::new(),
            sort: Sort::Relevance,
            offset: 0,
            limit: 50,
        };
        let answer = world.app.findable.find(&one.asker.parse().unwrap(), question).await.unwrap();
        let keys: Vec<String> = answer.hits.into_iter().map(|hit| hit.key).collect();
        match one.expects {
            collected::Expect::Hidden(id) => {
                assert!(!keys.contains(&format!("collection:{id}")), "{} found {id} by {}", one.asker, one.query);
            }
            collected::Expect::Finds(ids) => {
                let expected = ids.iter().map(|id| format!("collection:{id}")).collect();
                let filters = BTreeMap::new();
                judged.push(quality::Judged { q: one.query.to_owned(), filters, expected });
                answers.push(keys);
            }
        }
    }
    let mut answers = answers.into_iter();
    let Quality { questions, recall_at_10, mrr, missed } = quality::measure(&judged, |_| answers.next().unwrap());
    println!("collections {questions}  recall@10 {recall_at_10:.3}  MRR {mrr:.3}  {missed:?}");
    assert!(recall_at_10 >= RECALL_OF_COLLECTIONS && mrr >= MRR_OF_COLLECTIONS, "{recall_at_10:.3} {mrr:.3}");
}
