//! Lists of collections.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::api::{CollectionCard, CreateCollection};

use super::words::term_name;
use crate::browser::{clock, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::empty::Empty;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::person::by;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::collections::{CollectionLists, Which, create};
use crate::state::library::put_in::shelf_key;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::session::Session;

/// How long to wait for the next key before asking, in milliseconds.
const PAUSE: u32 = 200;

#[component]
pub fn CollectionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    let lists = CollectionLists::new(session);
    let making = RwSignal::new(false);
    Effect::new(move || dom::set_title(t_string!(i18n, collection.tab)));
    let again = move || view! { <button class="button" data-size="small" type="button" on:click=move |_| lists.pages.again()>{t!(i18n, common.try_again)}</button> };
    view! {
        <main class="main lib-collections" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a><h1>{t!(i18n, collection.title)}</h1><p>{t!(i18n, collection.about)}</p></div>
                <button class="button" data-kind="primary" type="button" on:click=move |_| making.set(true)>{icon("plus")}{t!(i18n, collection.make)}</button>
            </div>
            <Narrow lists/>
            {move || lists.pages.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn" deed=again>{failure_words(&failure)}</Banner> })}
            {move || match lists.pages.lines.with(|cards| cards.as_ref().map(Vec::len)) {
                None if lists.pages.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(0) => view! { <Nothing lists/> }.into_any(),
                Some(_) => view! { <ul class="rows" id="collections">{move || lists.pages.lines.get().unwrap_or_default().into_iter().map(row).collect_view()}</ul> }.into_any(),
            }}
            <Pager label=Signal::derive(move || t_string!(i18n, collection.more).to_string()) more=Signal::derive(move || lists.pages.has_more()) busy=lists.pages.busy go_on=move |()| lists.pages.more()/>
            <Dialog open=making title=Signal::derive(move || t_string!(i18n, collection.make).to_string())><MakeForm open=making/></Dialog>
        </main>
    }
}

/// Whose, and a part of the title.
#[component]
fn Narrow(lists: CollectionLists) -> impl IntoView {
    let i18n = use_i18n();
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let type_in = move |words: String| {
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        waiting.set_value(Some(page::later(PAUSE, move || drop(lists.words.try_set(words)))));
    };
    let name = move |which: Which| match which {
        Which::All => t_string!(i18n, collection.which_all),
        Which::Mine => t_string!(i18n, collection.which_mine),
        Which::Teams => t_string!(i18n, collection.which_teams),
        Which::Schools => t_string!(i18n, collection.which_schools),
        Which::Groups => t_string!(i18n, collection.which_groups),
        Which::Bin => t_string!(i18n, collection.which_bin),
    };
    view! {
        <search class="narrow cluster">
            <div class="segmented" role="radiogroup" aria-label=move || t_string!(i18n, collection.which)>
                {Which::ALL.into_iter().map(|which| view! {
                    <label><input type="radio" name="which" prop:checked=move || lists.which.get() == which on:change=move |_| lists.which.set(which)/>{move || name(which).to_string()}</label>
                }).collect_view()}
            </div>
            <div class="input-group">
                {icon("search")}
                <input class="input" type="search" autocomplete="off" aria-label=move || t_string!(i18n, collection.find) placeholder=move || t_string!(i18n, collection.find)
                    on:input=move |event| if !dom::is_composing(&event) { type_in(event_target_value(&event)) }
                    on:compositionend=move |event| type_in(event_target_value(&event))/>
            </div>
        </search>
    }
}

fn row(card: CollectionCard) -> AnyView {
    let i18n = use_i18n();
    let href = format!("/library/collections/{}", card.id);
    let (shelf, items, changed) = (card.shelf.name, card.items, card.changed);
    let second = move || [shelf.clone(), t_string!(i18n, collection.items, count = items).to_string()].join(" · ");
    view! {
        <li class="row">
            {icon("outline")}
            <div class="grow"><a class="title" href=href>{card.title}</a><p class="second">{second}</p></div>
            <div class="facts">
                {card.menus.into_iter().map(|term| view! { <span class="badge" data-kind="accent">{move || t_string!(i18n, collection.menu_of, term = term_name(term)).to_string()}</span> }).collect_view()}
                {by(&card.by)}<span class="quiet">{move || spoken(changed)}</span>
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Nothing(lists: CollectionLists) -> impl IntoView {
    let i18n = use_i18n();
    let sought = move || lists.words.with(|words| !words.trim().is_empty());
    let title = Signal::derive(move || match (sought(), lists.which.get()) {
        (true, _) => t_string!(i18n, library.nothing).to_string(),
        (false, Which::Bin) => t_string!(i18n, collection.bin_empty).to_string(),
        (false, _) => t_string!(i18n, collection.empty).to_string(),
    });
    let words = Signal::derive(move || match (sought(), lists.which.get()) {
        (true, _) => t_string!(i18n, collection.nothing_words).to_string(),
        (false, Which::Bin) => t_string!(i18n, collection.bin_empty_words).to_string(),
        (false, _) => t_string!(i18n, collection.empty_words).to_string(),
    });
    view! { <div class="card"><Empty picture="outline" title words/></div> }
}

/// A title and a shelf; what is in it comes then.
#[component]
fn MakeForm(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    let (title, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let shelf = RwSignal::new(String::new());
    // The same at each try: what has arrived is not made twice.
    let name = StoredValue::new(clock::fresh_id().parse().ok());
    let navigate = StoredValue::new_local(use_navigate());
    let shelves = Memo::new(move |_| vocabulary.with(|view| view.shelves.clone()));
    let empty = move || title.with(|title| title.trim().is_empty());
    let wrong =
        Signal::derive(move || (tried.get() && empty()).then(|| t_string!(i18n, collection.no_title).to_string()));
    let deed = Callback::new(move |()| {
        tried.set(true);
        let chosen = shelf.get_untracked();
        let card = shelves.with_untracked(|shelves| {
            shelves.iter().find(|card| shelf_key(&card.shelf) == chosen).or(shelves.first()).cloned()
        })?;
        if untrack(empty) {
            return None;
        }
        let wish = CreateCollection {
            id: name.get_value(),
            title: title.get_untracked(),
            description: String::new(),
            shelf: card.shelf,
            lines: Vec::new(),
        };
        let deed: Deed = Box::pin(async move {
            let id = create(session, &wish).await?;
            // The page may be left by then.
            let _ = navigate
                .try_with_value(|navigate| navigate(&format!("/library/collections/{id}"), NavigateOptions::default()));
            Ok(())
        });
        Some(deed)
    });
    let options = move || shelves.get().into_iter().map(|card| (shelf_key(&card.shelf), card.name)).collect::<Vec<_>>();
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, collection.make_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <TextField id="collection-title" label=Signal::derive(move || t_string!(i18n, item_form.title).to_string()) value=title wrong/>
            <SelectField id="collection-shelf" label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=shelf options=Signal::derive(options)
                hint=Signal::derive(move || t_string!(i18n, collection.shelf_hint).to_string())/>
        </DeedForm>
    }
}
