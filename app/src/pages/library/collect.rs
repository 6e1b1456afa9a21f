//! Putting an item into a collection, from the item's own page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CollectionCard, CollectionView, CreateCollection, WishedLine, WishedOf};
use shared::organisation::Shelf;
use shared::words::{CollectionId, ItemId};

use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::collections::{add, create, take_out, to_put_into};
use crate::state::session::Session;
use crate::state::toasts::Toasts;

#[component]
pub fn Collect(item: ItemId) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let item = StoredValue::new(item);
    view! {
        <button class="button" data-size="small" type="button" on:click=move |_| open.set(true)>{icon("outline")}{t!(i18n, collection.collect)}</button>
        <Dialog open title=Signal::derive(move || t_string!(i18n, collection.collect).to_string())>
            <Choose item=item.get_value() open/>
        </Dialog>
    }
}

/// Those that one may change, and a new one of one's own.
#[component]
fn Choose(item: ItemId, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let toasts: Toasts = expect_context();
    let item = StoredValue::new(item);
    let cards = RwSignal::new(None::<Vec<CollectionCard>>);
    let failure = RwSignal::new(None::<Failure>);
    let title = RwSignal::new(String::new());
    // The same at each try: what has arrived is not made twice.
    let name = StoredValue::new(clock::fresh_id().parse().ok());
    let read = move || {
        spawn_local(async move {
            match to_put_into(session, &item.get_value()).await {
                Ok(found) => drop(cards.try_set(Some(found))),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    read();
    // The dialog is gone by then.
    let undo = move |view: CollectionView, item: ItemId| {
        spawn_local(async move {
            if let Err(reason) = take_out(session, &view, &item).await {
                toasts.say_refused(reason);
            }
        });
    };
    let put = move |collection: CollectionId| {
        failure.set(None);
        let item = item.get_value();
        spawn_local(async move {
            match add(session, &collection, item.clone()).await {
                Ok(view) => {
                    let words = t_string!(i18n, collection.collected, title = view.card.title.clone()).to_string();
                    toasts.say_with_undo(words, move || undo(view.clone(), item.clone()));
                    let _ = open.try_set(false);
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(person) = session.person().filter(|_| !title.with_untracked(|title| title.trim().is_empty())) else {
            return;
        };
        failure.set(None);
        let line = WishedLine { id: None, what: WishedOf::Item { item: item.get_value(), note: String::new() } };
        let wish = CreateCollection {
            id: name.get_value(),
            title: title.get_untracked(),
            description: String::new(),
            shelf: Shelf::Person(person),
            lines: vec![line],
        };
        spawn_local(async move {
            match create(session, &wish).await {
                Ok(_) => {
                    toasts.say(t_string!(i18n, collection.collected, title = wish.title).to_string());
                    let _ = open.try_set(false);
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let line = move |card: CollectionCard| {
        let id = StoredValue::new(card.id);
        let has = card.has;
        view! {
            <li class="row">
                {icon("outline")}
                <div class="grow"><b>{card.title.clone()}</b><p class="second">{card.shelf.name}</p></div>
                {if has {
                    view! { <span class="small second">{icon("check")}{t!(i18n, collection.has)}</span> }.into_any()
                } else {
                    let label = t_string!(i18n, collection.put_into, title = card.title).to_string();
                    view! { <button class="button" data-size="small" type="button" aria-label=label on:click=move |_| put(id.get_value())>{t!(i18n, collection.put)}</button> }.into_any()
                }}
            </li>
        }
    };
    view! {
        <div class="body">
            {move || failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| read()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || match cards.get() {
                None if failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(cards) if cards.is_empty() => view! { <p class="small second">{t!(i18n, collection.none_yet)}</p> }.into_any(),
                Some(cards) => view! { <ul class="take-lines">{cards.into_iter().map(line).collect_view()}</ul> }.into_any(),
            }}
            <form class="field" on:submit=make>
                <label for="new-collection">{t!(i18n, collection.new_collection)}</label>
                <div class="cluster nowrap-line"><input class="input grow" id="new-collection" autocomplete="off" maxlength="200" prop:value=title on:input=move |event| title.set(event_target_value(&event))/>
                <button class="button" type="submit">{t!(i18n, collection.make_submit)}</button></div>
            </form>
        </div>
    }
}
