use leptos::prelude::*;
use shared::api::{CollectionCard, DocumentCard, FoundEntry, FoundQuestion, Hit, ItemCard};
use shared::library::Piece;
use shared::pages::document_address;
use shared::words::ItemId;

use super::words::{authors, extent, item_icon, item_kind_name, marked};
use crate::components::icon::{icon, kind_icon};
use crate::components::person::by;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::kind_name;
use crate::state::library::item::file_address;
use crate::state::way::Way;
use crate::wording::size::size;

/// A result: an item, whose title opens it beside the list, or a document or collection, whose title leads to it.
#[component]
pub fn HitRow(
    hit: Hit,
    /// Where the title of an item leads.
    address: Callback<ItemId, String>,
    /// The item that lies open.
    open: Signal<Option<ItemId>>,
) -> impl IntoView {
    let Hit { what, title, snippet } = hit;
    match what {
        FoundEntry::Item(card) => item_row(*card, title, &snippet, address, open),
        FoundEntry::Document(card) => document_row(&card, &title, &snippet),
        FoundEntry::Collection(card) => collection_row(&card, &title, &snippet),
        FoundEntry::Question(card) => question_row(&card, &title, &snippet),
    }
}

fn item_row(
    card: ItemCard,
    title: Vec<Piece>,
    snippet: &[Piece],
    address: Callback<ItemId, String>,
    open: Signal<Option<ItemId>>,
) -> AnyView {
    let i18n = use_i18n();
    let id = StoredValue::new(card.id.clone());
    let second = {
        let (kind, facts, place) = (card.kind, card.file.clone(), card.place.join(" "));
        move || {
            let parts = [Some(item_kind_name(kind)), facts.as_ref().and_then(extent), Some(place.clone())];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }
    };
    let (uses, bytes, mine, changed) = (card.uses, card.bytes, card.mine, card.changed);
    view! {
        <li class="row" aria-current=move || (open.get() == Some(id.get_value())).then_some("true")>
            {thumb(&card)}
            <div class="grow">
                <a class="title" data-noscroll href=move || address.run(id.get_value())>{marked(&title)}</a>
                <p class="second">{second}</p>
                {passage(snippet)}
                <p class="meta">
                    {authors(&card)}
                    {move || (uses > 0).then(|| view! { <span>{t_string!(i18n, library.used_by, count = uses).to_string()}</span> })}
                    {(bytes > 0).then(|| view! { <span class="quiet number">{size(bytes)}</span> })}
                    <span class="quiet">{move || if mine { t_string!(i18n, library.yours).to_string() } else { spoken(changed) }}</span>
                </p>
            </div>
        </li>
    }
    .into_any()
}

/// A small picture of the first file, or what the item is. Always of one size, so that nothing moves when it comes.
pub fn thumb(card: &ItemCard) -> AnyView {
    let inside = match &card.file {
        Some(file) if file.has_thumbnail => {
            let src = format!("{}/thumbnail", file_address(&card.id, card.version, 1));
            view! { <img src=src alt="" width="72" height="54" loading="lazy" decoding="async"/> }.into_any()
        }
        file => icon(item_icon(card.kind, file.as_ref())),
    };
    view! { <span class="thumb" aria-hidden="true">{inside}</span> }.into_any()
}

fn document_row(card: &DocumentCard, title: &[Piece], snippet: &[Piece]) -> AnyView {
    let way: Way = expect_context();
    let href = document_address(card.kind, &card.id);
    let rel = way.rel(&href);
    let (kind, shelf, changed) = (card.kind, card.shelf.name.clone(), card.changed);
    view! {
        <li class="row">
            <span class="thumb" aria-hidden="true">{kind_icon(card.kind)}</span>
            <div class="grow">
                <a class="title" href=href rel=rel>{marked(title)}</a>
                <p class="second">{move || [kind_name(kind), shelf.clone()].join(" · ")}</p>
                {passage(snippet)}
                <p class="meta">{by(&card.owner)}<span class="quiet">{move || spoken(changed)}</span></p>
            </div>
        </li>
    }
    .into_any()
}

fn collection_row(card: &CollectionCard, title: &[Piece], snippet: &[Piece]) -> AnyView {
    let i18n = use_i18n();
    let (shelf, items, changed) = (card.shelf.name.clone(), card.items, card.changed);
    view! {
        <li class="row">
            <span class="thumb" aria-hidden="true">{icon("outline")}</span>
            <div class="grow">
                <a class="title" href=format!("/library/collections/{}", card.id)>{marked(title)}</a>
                <p class="second">{move || [t_string!(i18n, collection.title).to_string(), shelf.clone()].join(" · ")}</p>
                {passage(snippet)}
                <p class="meta">{by(&card.by)}<span class="quiet">{t!(i18n, collection.items, count = move || items)}</span><span class="quiet">{move || spoken(changed)}</span></p>
            </div>
        </li>
    }
    .into_any()
}

fn question_row(card: &FoundQuestion, title: &[Piece], snippet: &[Piece]) -> AnyView {
    let i18n = use_i18n();
    let (asked_in, answered) = (card.asked_in.clone(), card.answered);
    view! {
        <li class="row">
            <span class="thumb" aria-hidden="true">{icon("quote")}</span>
            <div class="grow">
                <a class="title" rel="external" href=format!("/tutoring/{}?question={}", card.session, card.id)>{marked(title)}</a>
                <p class="second">{t!(i18n, find.asked_in, title = move || asked_in.clone())}</p>
                {passage(snippet)}
                <p class="meta">{by(&card.host)}<span class="quiet">{move || spoken(answered)}</span></p>
            </div>
        </li>
    }
    .into_any()
}

fn passage(snippet: &[Piece]) -> Option<AnyView> {
    (!snippet.is_empty()).then(|| view! { <p class="snippet">{marked(snippet)}</p> }.into_any())
}
