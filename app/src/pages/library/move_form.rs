//! Another shelf for an item or a collection.

use leptos::prelude::*;
use shared::api::ShelfCard;
use shared::organisation::Shelf;

use crate::components::form::{Deed, DeedForm, SelectField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::put_in::shelf_key;
use crate::state::library::vocabulary::LibraryVocabulary;

/// Offers where the person may put things, and where it lies now.
#[component]
pub fn MoveForm(
    id: &'static str,
    lies: ShelfCard,
    #[prop(into)] hint: Signal<String>,
    move_to: Callback<Shelf, Deed>,
    open: RwSignal<bool>,
    /// What is to be known before.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let shelf = RwSignal::new(shelf_key(&lies.shelf));
    let lies = StoredValue::new(lies);
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
        Some(move_to.run(card.shelf))
    });
    let options = move || shelves.get().into_iter().map(|card| (shelf_key(&card.shelf), card.name)).collect::<Vec<_>>();
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, library.move_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            {children.map(|children| children())}
            <SelectField id label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=shelf options=Signal::derive(options) hint=hint/>
        </DeedForm>
    }
}
