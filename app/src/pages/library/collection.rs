//! A collection: to read, to print, and for whoever may, to edit in its place.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{CollectionLine, CollectionUses, CollectionView, ItemCard, LineOf, UsedItem};
use shared::library::Topic;
use shared::words::CollectionId;

use super::collection_deeds::CollectionDeeds;
use super::collection_edit::EditForm;
use super::rows::thumb;
use super::subscribe::SubscribeButton;
use super::words::{authors, deed_words, item_kind_name, term_name};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::person::{by, seal};
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::missing::MissingPage;
use crate::pages::words::failure_words;
use crate::state::library::collections::OpenCollection;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::session::Session;

#[component]
pub fn CollectionPage() -> impl IntoView {
    let params = use_params_map();
    // Another collection is another page: nothing of the first may stay.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<CollectionId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Whole id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

#[component]
fn Whole(id: CollectionId) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    let collection = OpenCollection::open(session, id);
    let editing = RwSignal::new(false);
    let missing = Memo::new(move |_| {
        collection.view.with(Option::is_none)
            && collection.failure.with(|failure| failure.as_ref().and_then(|failure| failure.status()) == Some(404))
    });
    let title = Memo::new(move |_| collection.view.with(|view| view.as_ref().map(|view| view.card.title.clone())));
    Effect::new(move || {
        let tab = t_string!(i18n, collection.tab).to_string();
        dom::set_title(&title.get().map_or(tab.clone(), |title| format!("{title} · {tab}")));
    });
    let inside = move || match collection.view.get() {
        None if collection.failure.with(Option::is_some) => ().into_any(),
        None => {
            view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any()
        }
        // What one is changing is not replaced by what comes from the server meanwhile.
        Some(_) if editing.get() => ().into_any(),
        Some(view) => view! { <Read collection view editing/> }.into_any(),
    };
    view! {
        {move || if missing.get() {
            view! { <MissingPage/> }.into_any()
        } else {
            view! {
                <main class="main lib-collection" id="main" tabindex="-1">
                    <a class="button no-print" data-kind="quiet" href="/library/collections">{icon("left")}{t!(i18n, collection.back)}</a>
                    {move || collection.failure.get().map(|failure| view! {
                        <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| collection.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
                    })}
                    {inside}
                    {move || editing.get().then(|| view! { <EditForm collection editing/> })}
                </main>
            }.into_any()
        }}
    }
}

#[component]
fn Read(collection: OpenCollection, view: CollectionView, editing: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let card = view.card.clone();
    let (shelf, items, changed) = (card.shelf.name.clone(), card.items, card.changed);
    let facts = move || {
        let count = t_string!(i18n, collection.items, count = items).to_string();
        [shelf.clone(), count, t_string!(i18n, collection.changed_at, time = spoken(changed)).to_string()].join(" · ")
    };
    let may_edit = card.right.may_edit() && view.binned.is_none();
    let empty = view.lines.is_empty();
    let topic = Topic::Collection(card.id.clone());
    let name = StoredValue::new(String::new());
    view! {
        <article class="card">
            <header class="collection-head">
                <div class="grow">
                    <h1>{card.title.clone()}</h1>
                    <p class="small second">{facts}" "{by(&card.by)}</p>
                    <p class="cluster">{card.menus.iter().map(|term| { let term = *term; view! { <span class="badge" data-kind="accent">{move || t_string!(i18n, collection.menu_of, term = term_name(term)).to_string()}</span> } }).collect_view()}</p>
                </div>
                <div class="cluster no-print">
                    {view.binned.is_none().then(|| view! { <SubscribeButton topic=topic.clone() name=name.get_value()/> })}
                    <button class="button" data-size="small" type="button" on:click=move |_| page::print()>{icon("print")}{t!(i18n, collection.print)}</button>
                    {may_edit.then(|| view! { <button class="button" data-size="small" data-kind="primary" type="button" on:click=move |_| editing.set(true)>{t!(i18n, collection.edit)}</button> })}
                </div>
            </header>
            {view.binned.is_some().then(|| view! { <p class="inset small">{t!(i18n, collection.is_binned)}</p> })}
            {(!view.description.is_empty()).then(|| view! { <p class="description">{view.description.clone()}</p> })}
            {match empty {
                true => {
                    let words = Signal::derive(move || match may_edit {
                        true => t_string!(i18n, collection.nothing_in_it_yours).to_string(),
                        false => t_string!(i18n, collection.nothing_in_it_words).to_string(),
                    });
                    view! { <Empty picture="outline" title=Signal::derive(move || t_string!(i18n, collection.nothing_in_it).to_string()) words><a class="button" href="/library">{t!(i18n, library.back)}</a></Empty> }.into_any()
                }
                false => view! { <div class="collection-lines">{chapters(view.lines.clone())}</div> }.into_any(),
            }}
            <CollectionDeeds collection view=view.clone()/>
        </article>
        {move || collection.uses.get().filter(|_| !empty).map(uses)}
    }
}

/// What stands under a heading, or before the first: items with their notes.
#[derive(Default)]
struct Chapter {
    heading: Option<String>,
    items: Vec<(ItemCard, String)>,
}

/// Each heading over its list.
fn chapters(lines: Vec<CollectionLine>) -> AnyView {
    let mut chapters = vec![Chapter::default()];
    for line in lines {
        match line.what {
            LineOf::Heading { text } => chapters.push(Chapter { heading: Some(text), items: Vec::new() }),
            LineOf::Item { item, note } => {
                if let Some(chapter) = chapters.last_mut() {
                    chapter.items.push((*item, note));
                }
            }
        }
    }
    let shown = chapters.into_iter().filter(|chapter| chapter.heading.is_some() || !chapter.items.is_empty());
    shown
        .map(|Chapter { heading, items }| view! {
            {heading.map(|heading| view! { <h2>{heading}</h2> })}
            {(!items.is_empty()).then(|| view! { <ul class="rows">{items.into_iter().map(|(item, note)| item_line(item, note)).collect_view()}</ul> })}
        })
        .collect_view()
        .into_any()
}

fn item_line(card: ItemCard, note: String) -> AnyView {
    let i18n = use_i18n();
    let href = format!("/library/items/{}", card.id);
    let (kind, place, uses) = (card.kind, card.place.join(" "), card.uses);
    let second = move || {
        [item_kind_name(kind), place.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <li class="row">
            {thumb(&card)}
            <div class="grow">
                <a class="title" href=href>{card.title.clone()}</a>
                {(!note.is_empty()).then(|| view! { <p class="note">{note}</p> })}
                <p class="second">{second}</p>
                <p class="meta">{authors(&card)}{move || (uses > 0).then(|| view! { <span>{t_string!(i18n, library.used_by, count = uses).to_string()}</span> })}</p>
            </div>
        </li>
    }
    .into_any()
}

/// What was used since the term began, open to who and when.
fn uses(uses: CollectionUses) -> AnyView {
    let i18n = use_i18n();
    let (term, people, count) = (uses.term, uses.people, uses.items.len());
    let said = move || match people {
        0 => t_string!(i18n, collection.unused, term = term_name(term)).to_string(),
        people => t_string!(i18n, collection.used, term = term_name(term), people = people, count = count).to_string(),
    };
    view! {
        <section class="card collection-uses no-print" aria-labelledby="uses">
            <h2 id="uses">{t!(i18n, collection.uses)}</h2>
            <p>{said}</p>
            {uses.items.into_iter().map(used_item).collect_view()}
        </section>
    }
    .into_any()
}

fn used_item(used: UsedItem) -> AnyView {
    let i18n = use_i18n();
    let people = used.people;
    let href = format!("/library/items/{}", used.item.id);
    let lines = used.uses.into_iter().map(|line| {
        let (deed, at) = (line.deed, line.at);
        let what = line.document.map(|document| document.title).or(line.item.map(|item| item.title));
        view! { <li class="small">{by(&line.by)}" "{move || deed_words(deed)}" "{what.map(|title| format!("《{title}》"))}" "<span class="quiet nowrap">{move || spoken(at)}</span></li> }
    });
    view! {
        <details>
            <summary>{used.item.school.as_ref().map(seal)}" "{used.item.title}" · "{move || t_string!(i18n, collection.people, count = people).to_string()}</summary>
            <ul class="uses">{lines.collect_view()}</ul>
            <a class="small" href=href>{t!(i18n, collection.look)}</a>
        </details>
    }
    .into_any()
}
