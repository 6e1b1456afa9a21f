//! What whoever has the right may do with a collection: publish it, another shelf, the bin.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Right;
use shared::api::{CollectionView, MoveCollection};
use shared::library::TermName;

use super::move_form::MoveForm;
use super::words::term_name;
use crate::components::dialog::Dialog;
use crate::components::form::Deed;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::library::collections::OpenCollection;
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
    let is_menu = !view.card.menus.is_empty();
    let move_to = Callback::new(move |shelf| -> Deed {
        Box::pin(async move { collection.move_to(MoveCollection { shelf }).await })
    });
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
        <Dialog open=moving title=Signal::derive(move || t_string!(i18n, library.move_title).to_string())><MoveForm id="move-shelf" lies=view.with_value(|view| view.card.shelf.clone()) hint=Signal::derive(move || t_string!(i18n, collection.shelf_hint).to_string()) move_to open=moving>{is_menu.then(|| view! { <p>{t!(i18n, collection.move_menu)}</p> })}</MoveForm></Dialog>
    }
}
