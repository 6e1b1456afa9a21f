//! The judged queries of the demo library, and that they are fair: whatever is asked for is there and may be seen.

use std::collections::BTreeSet;

use server::demo::library;

use judged::{Expect, judged, relevant, sees};

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
