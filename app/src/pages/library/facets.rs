use leptos::prelude::*;
use shared::api::NamedCount;
use shared::library::Facet;

use super::words::{facet_name, value_name};
use crate::components::icon::small_icon;
use crate::components::person::seal;
use crate::i18n::*;
use crate::state::library::asked::Question;
use crate::state::library::search::Search;
use crate::state::library::vocabulary::LibraryVocabulary;

/// The order in which facets are shown: by what teachers narrow first.
const SHOWN: [Facet; 11] = [
    Facet::Kind,
    Facet::Subject,
    Facet::Grade,
    Facet::Unit,
    Facet::School,
    Facet::Edition,
    Facet::Volume,
    Facet::LessonType,
    Facet::File,
    Facet::Tag,
    Facet::Stage,
];

/// Values of a facet that are shown before one asks for more.
const FEW: usize = 6;

/// By what results can be narrowed, with how many each leaves.
#[component]
pub fn Facets(
    search: Search,
    question: Signal<Question>,
    choose: Callback<(Facet, String)>,
    open: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    view! {
        <aside class="facets" id="facets" data-open=move || open.get().then_some("") aria-label=move || t_string!(i18n, library.filter)>
            {SHOWN.map(|facet| {
                let values = Memo::new(move |_| values(search, question, facet));
                view! {
                    <Show when=move || values.with(|values| !values.is_empty())>
                        <fieldset>
                            <legend>{move || facet_name(facet)}</legend>
                            {move || {
                                let mut first = values.get();
                                let rest = if first.len() > FEW + 1 { first.split_off(FEW) } else { Vec::new() };
                                let line = |value: NamedCount| view! { <Value facet value question choose/> };
                                view! {
                                    {first.into_iter().map(line).collect_view()}
                                    {(!rest.is_empty()).then(|| view! {
                                        <details>
                                            <summary>{t!(i18n, library.more_values, count = rest.len())}</summary>
                                            {rest.clone().into_iter().map(line).collect_view()}
                                        </details>
                                    })}
                                }
                            }}
                        </fieldset>
                    </Show>
                }
            })}
            <p class="small"><a href="/library/exchange">{t!(i18n, exchange.title)}</a></p>
            {move || vocabulary.with(|view| view.keeps_textbooks).then(|| view! { <p class="small"><a href="/library/textbooks">{t!(i18n, textbooks.title)}</a></p> })}
        </aside>
    }
}

/// The values that are there, and those that are chosen even if nothing has them.
fn values(search: Search, question: Signal<Question>, facet: Facet) -> Vec<NamedCount> {
    let mut values = search
        .answer
        .with(|answer| answer.as_ref().and_then(|answer| answer.facets.get(&facet)).cloned().unwrap_or_default());
    let chosen = question.with(|question| question.filters.get(&facet).cloned()).unwrap_or_default();
    // One value leaves nothing to choose.
    if values.len() < 2 && chosen.is_empty() && facet != Facet::Kind {
        return Vec::new();
    }
    for value in chosen {
        if !values.iter().any(|known| known.count.value == value) {
            let count = shared::library::FacetCount { value, count: 0 };
            values.push(NamedCount { count, name: String::new(), school: None });
        }
    }
    values
}

#[component]
fn Value(
    facet: Facet,
    value: NamedCount,
    question: Signal<Question>,
    choose: Callback<(Facet, String)>,
) -> impl IntoView {
    let NamedCount { count, name, school } = value;
    let key = StoredValue::new(count.value.clone());
    let words = move || value_name(facet, &key.get_value(), &name);
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || question.with(|question| question.has(facet, &key.get_value()))
                on:change=move |_| choose.run((facet, key.get_value()))/>
            <span class="grow">{school.as_ref().map(seal)}{school.as_ref().map(|_| " ")}{words}</span>
            <span class="number">{count.count}</span>
        </label>
    }
}

/// What is chosen, each with a way to let it go.
#[component]
pub fn Chosen(search: Search, question: Signal<Question>, choose: Callback<(Facet, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let named = move |facet: Facet, value: &str| {
        let name = search.answer.with(|answer| {
            let values = answer.as_ref()?.facets.get(&facet)?;
            let known = values.iter().find(|known| known.count.value == value)?;
            Some(known.school.as_ref().map_or_else(|| known.name.clone(), |school| school.name.clone()))
        });
        value_name(facet, value, &name.unwrap_or_default())
    };
    let chosen = move || {
        let filters = question.with(|question| question.filters.clone());
        filters.into_iter().flat_map(|(facet, values)| values.into_iter().map(move |value| (facet, value)))
    };
    move || {
        chosen()
            .map(|(facet, value)| {
                let words = named(facet, &value);
                let label = t_string!(i18n, library.filter_off, name = words.clone()).to_string();
                view! {
                    <button class="chip" type="button" aria-pressed="true" aria-label=label on:click=move |_| choose.run((facet, value.clone()))>
                        {words}" "{small_icon("close")}
                    </button>
                }
            })
            .collect_view()
    }
}
