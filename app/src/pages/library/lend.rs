//! Putting in a thing or a place that is lent: it has no files, so its form is short.

use leptos::prelude::*;
use shared::api::{CreateItem, Substance};

use super::words_fields::{FieldIds, MainFields, MoreFields, PlaceFields};
use crate::browser::clock;
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, SelectField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::item::create;
use crate::state::library::put_in::{PutIn, shelf_key};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::words::WordsForm;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// Forms of drafts count from 0, and that of a change is the last number.
const LEND_FORM: u32 = u32::MAX - 1;

#[component]
pub fn LendDialog(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, put_in.lend_title).to_string())><LendForm open/></Dialog>
    }
}

#[component]
fn LendForm(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let (session, vocabulary): (Session, LibraryVocabulary) = (expect_context(), expect_context());
    let put_in: PutIn = expect_context();
    let way = StoredValue::new_local(use_way());
    let form = WordsForm::lent();
    // The same at each try: what has arrived is not made twice.
    let name = StoredValue::new(clock::fresh_id().parse().ok());
    let (ids, tried) = (FieldIds::of(LEND_FORM), RwSignal::new(false));
    let shelf = RwSignal::new(untrack(|| put_in.chosen_shelf()).map(|shelf| shelf_key(&shelf)).unwrap_or_default());
    let shelves = move || {
        vocabulary.with(|view| {
            view.shelves.iter().map(|card| (shelf_key(&card.shelf), card.name.clone())).collect::<Vec<_>>()
        })
    };
    let deed = Callback::new(move |()| {
        tried.set(true);
        let chosen = shelf.get_untracked();
        let card = untrack(|| {
            vocabulary.with(|view| view.shelves.iter().find(|card| shelf_key(&card.shelf) == chosen).cloned())
        })?;
        if untrack(|| form.wrong()).is_some() {
            return None;
        }
        let words = form.words();
        let id = name.get_value();
        let wish = CreateItem { id, words, shelf: card.shelf, substance: Substance::Nothing, adapted_from: None };
        let deed: Deed = Box::pin(async move {
            let id = create(session, &wish).await?;
            way.with_value(|way| way(&format!("/library/items/{id}"), Trace::Leave));
            Ok(())
        });
        Some(deed)
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, put_in.lend_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p class="small second">{t!(i18n, put_in.lend_words)}</p>
            <MainFields form ids tried=tried.into()/>
            <SelectField id="lend-shelf" label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=shelf options=Signal::derive(shelves)
                hint=Signal::derive(move || t_string!(i18n, put_in.shelf_hint).to_string())/>
            <MoreFields form ids tried=tried.into()/>
            <PlaceFields form ids/>
        </DeedForm>
    }
}
