//! A subscription, to begin and to end.

use leptos::prelude::*;
use shared::library::{Facet, Topic};

use super::words::value_name;
use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::state::library::asked::Question;
use crate::state::library::news::Subscriptions;
use crate::state::library::search::Search;

/// Nothing until it is known whether the person subscribes to it.
#[component]
pub fn SubscribeButton(topic: Topic, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let subscriptions: Subscriptions = expect_context();
    subscriptions.want();
    let topic = StoredValue::new(topic);
    let name = StoredValue::new(name);
    let on = move || topic.with_value(|topic| subscriptions.has(topic));
    let press = move |_| match on() {
        _ if subscriptions.busy.get_untracked() => {}
        Some(true) => subscriptions.end(topic.get_value()),
        Some(false) => subscriptions.begin(topic.get_value()),
        None => {}
    };
    move || {
        on().map(|on| {
            let words = match on {
                true => t_string!(i18n, news.subscribed, name = name.get_value()).to_string(),
                false => t_string!(i18n, news.subscribe, name = name.get_value()).to_string(),
            };
            view! {
                <button class="chip" type="button" aria-pressed=on.to_string() on:click=press>{small_icon(if on { "check" } else { "plus" })}{words}</button>
            }
        })
    }
}

/// For each subject, unit and school that results are narrowed to.
#[component]
pub fn SubscribeToChosen(search: Search, question: Signal<Question>) -> impl IntoView {
    let topics = Memo::new(move |_| {
        let filters = question.with(|question| question.filters.clone());
        let chosen =
            filters.into_iter().flat_map(|(facet, values)| values.into_iter().map(move |value| (facet, value)));
        chosen.filter_map(|(facet, value)| Some((topic_of(facet, &value)?, facet, value))).collect::<Vec<_>>()
    });
    let name = move |facet: Facet, value: &str| {
        let known = search.answer.with_untracked(|answer| {
            let values = answer.as_ref()?.facets.get(&facet)?;
            let known = values.iter().find(|known| known.count.value == value)?;
            Some(known.school.as_ref().map_or_else(|| known.name.clone(), |school| school.name.clone()))
        });
        value_name(facet, value, &known.unwrap_or_default())
    };
    move || {
        // A name comes with the answer.
        search.answer.track();
        topics
            .get()
            .into_iter()
            .map(|(topic, facet, value)| view! { <SubscribeButton topic name=name(facet, &value)/> })
            .collect_view()
    }
}

fn topic_of(facet: Facet, value: &str) -> Option<Topic> {
    match facet {
        Facet::Subject => Some(Topic::Subject(value.to_owned())),
        Facet::Volume | Facet::Unit => value.parse().ok().map(Topic::Taxon),
        Facet::School => value.parse().ok().map(Topic::School),
        Facet::Kind | Facet::Stage | Facet::Grade | Facet::Edition | Facet::LessonType | Facet::File | Facet::Tag => {
            None
        }
    }
}
