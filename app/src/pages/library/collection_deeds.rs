//! What whoever has the right may do with a collection: publish it, another shelf, the bin.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Right;
use shared::api::{CollectionView, MoveCollection};
use shared::library::TermName;

use super::words::term_name;
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, SelectField};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::collections::OpenCollection;
use crate::state::library::put_in::shelf_key;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::toasts::Toasts;

#[component]
pub fn CollectionDeeds(collection: OpenCollection, view: CollectionView) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let title = StoredValue::new(view.card.title.clone());
    let moving = RwSignal::new(false);
    let run = move |deed: Deed| {
        spawn_local(async move {
            if let Err(failure) = deed.await {
                let _ = collection.failure.try_set(Some(failure));
            }
        });
    };
    let restore = move || run(Box::pin(async move { collection.restore().await }));
    let throw = move |_| {
        run(Box::pin(async move {
            collection.throw().await?;
            toasts.say_with_undo(t_string!(i18n, collection.binned, title = title.get_value()).to_string(), restore);
            Ok(())
        }));
    };
    let end = move |term: TermName| run(Box::pin(async move { collection.end_menu(term).await }));
    let publish = move |term: TermName, name: String| {
        run(Box::pin(async move {
            collection.publish(term).await?;
            let words = t_string!(i18n, collection.published, term = name).to_string();
            toasts.say_with_undo(words, move || end(term));
            Ok(())
        }));
    };
    let menus = view.card.menus.clone();
    let terms = view.may_publish.clone().into_iter().map(|term| (term, term_name(term)));
    let terms = terms.map(|(term, name)| match menus.contains(&term) {
        true => view! { <button class="button" data-size="small" type="button" on:click=move |_| end(term)>{move || t_string!(i18n, collection.end_menu, term = term_name(term)).to_string()}</button> }.into_any(),
        false => view! { <button class="button" data-size="small" type="button" on:click=move |_| publish(term, name.clone())>{icon("share")}{move || t_string!(i18n, collection.publish, term = term_name(term)).to_string()}</button> }.into_any(),
    });
    let terms: Vec<_> = terms.collect();
    let manages = view.card.right == Right::Manage;
    let binned = view.binned.is_some();
    let view = StoredValue::new(view);
    view! {
        {(manages || !terms.is_empty()).then(|| view! {
            <div class="cluster collection-deeds no-print">
                {terms}
                {manages.then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| moving.set(true)>{t!(i18n, library.move_it)}</button> })}
                {manages.then(|| if binned {
                    view! { <button class="button" data-size="small" type="button" on:click=move |_| restore()>{icon("restore")}{t!(i18n, documents.restore)}</button> }.into_any()
                } else {
                    view! { <button class="button" data-size="small" data-kind="danger" type="button" on:click=throw>{t!(i18n, documents.to_bin)}</button> }.into_any()
                })}
            </div>
        })}
        <Dialog open=moving title=Signal::derive(move || t_string!(i18n, library.move_title).to_string())><MoveForm collection view=view.get_value() open=moving/></Dialog>
    }
}

#[component]
fn MoveForm(collection: OpenCollection, view: CollectionView, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let shelf = RwSignal::new(shelf_key(&view.card.shelf.shelf));
    let lies = StoredValue::new(view.card.shelf);
    let is_menu = !view.card.menus.is_empty();
    let shelves = Memo::new(move |_| {
        let offered = vocabulary.with(|view| view.shelves.clone());
        let lies = lies.get_value();
        let here = (!offered.iter().any(|card| card.shelf == lies.shelf)).then_some(lies);
        here.into_iter().chain(offered).collect::<Vec<_>>()
    });
    let deed = Callback::new(move |()| {
        let chosen = shelf.get_untracked();
        let card =
            shelves.with_untracked(|shelves| shelves.iter().find(|card| shelf_key(&card.shelf) == chosen).cloned())?;
        let deed: Deed = Box::pin(async move { collection.move_to(MoveCollection { shelf: card.shelf }).await });
        Some(deed)
    });
    let options = move || shelves.get().into_iter().map(|card| (shelf_key(&card.shelf), card.name)).collect::<Vec<_>>();
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, library.move_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            {is_menu.then(|| view! { <p>{t!(i18n, collection.move_menu)}</p> })}
            <SelectField id="move-shelf" label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=shelf options=Signal::derive(options)
                hint=Signal::derive(move || t_string!(i18n, collection.shelf_hint).to_string())/>
        </DeedForm>
    }
}
