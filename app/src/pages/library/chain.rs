//! Where an item comes from, and where it lives on.

use leptos::prelude::*;
use shared::api::{Chain, ItemCard, TitledItem, UseLine};

use super::words::{author_names, deed_words};
use crate::components::person::{by, seal};
use crate::components::time::spoken;
use crate::i18n::*;
use crate::state::library::item::OpenItem;
use crate::state::way::Way;

#[component]
pub fn Ways(item: OpenItem, card: ItemCard) -> impl IntoView {
    let i18n = use_i18n();
    let card = StoredValue::new(card);
    move || {
        item.chain.get().map(|chain| {
            let figures = (chain.adopters, chain.downloads);
            let lines: Vec<_> = chain.uses.iter().filter(|line| line.item.is_none()).cloned().collect();
            view! {
                <h3>{t!(i18n, library.ways)}</h3>
                <ul class="tree" aria-label=move || t_string!(i18n, library.ways_of)>{tree(&chain, &card.get_value())}</ul>
                <h3>{t!(i18n, library.went)}</h3>
                <p class="small second">{move || match figures {
                    (0, 0) => t_string!(i18n, library.not_used).to_string(),
                    (adopters, downloads) => t_string!(i18n, library.figures, adopters = adopters, downloads = downloads).to_string(),
                }}</p>
                {(!lines.is_empty()).then(|| view! { <ul class="uses">{lines.into_iter().map(use_line).collect_view()}</ul> })}
            }
        })
    }
}

/// The origins one under the other, this one, and under it what was made of it.
fn tree(chain: &Chain, card: &ItemCard) -> AnyView {
    let made: Vec<_> =
        chain.uses.iter().filter_map(|line| line.item.clone()).map(|item| view! { <li>{node(item)}</li> }).collect();
    let authors = author_names(card);
    let this = view! {
        <li aria-current="true">
            <span class="node">{card.school.as_ref().map(seal)}{card.title.clone()}{(!authors.is_empty()).then(|| view! { <span class="aside">{authors.clone()}</span> })}</span>
            {(!made.is_empty()).then(|| view! { <ul>{made.into_iter().collect_view()}</ul> })}
        </li>
    }
    .into_any();
    chain
        .origins
        .iter()
        .rev()
        .cloned()
        .fold(this, |below, origin| view! { <li>{node(origin)}<ul>{below}</ul></li> }.into_any())
}

fn node(item: TitledItem) -> AnyView {
    let href = format!("/library/items/{}", item.id);
    view! { <a class="node" href=href>{item.school.as_ref().map(seal)}{item.title}</a> }.into_any()
}

fn use_line(line: UseLine) -> AnyView {
    let way: Way = expect_context();
    let UseLine { deed, at, by: person, document, session, quote, .. } = line;
    let document = document.map(|document| {
        let href = session
            .as_ref()
            .map_or_else(|| format!("/documents/{}", document.id), |session| format!("/tutoring/{session}"));
        let rel = way.rel(&href);
        view! { <a href=href rel=rel>"《"{document.title}"》"</a> }
    });
    view! {
        <li>
            <p class="small">{by(&person)}" "{move || deed_words(deed)}" "{document}" "<span class="quiet nowrap">{move || spoken(at)}</span></p>
            {(!quote.is_empty()).then(|| view! { <p class="tiny second use-quote">{quote}</p> })}
        </li>
    }
    .into_any()
}
