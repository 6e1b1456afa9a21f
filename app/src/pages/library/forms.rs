//! What whoever has the right may do with an item: change, a new version, another shelf, the bin.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Right;
use shared::api::{AddVersion, ChangeItem, ItemView, MoveItem, Substance};

use super::move_form::MoveForm;
use super::upload_rows::UploadLine;
use super::words_fields::{FieldIds, MainFields, MoreFields, PlaceFields};
use crate::browser::fetch::Failure;
use crate::browser::{files, page};
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, TextField};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::item::OpenItem;
use crate::state::library::put_in::PutIn;
use crate::state::library::uploads::{Stage, UploadRow};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::words::WordsForm;
use crate::state::toasts::Toasts;

/// Forms of the page that puts in have the numbers of their drafts.
const CHANGE_FORM: u32 = u32::MAX;
/// How often it is looked whether the files of a new version are there, in milliseconds.
const LOOK_AGAIN: u32 = 250;

#[component]
pub fn Deeds(item: OpenItem, view: ItemView) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    let toasts: Toasts = expect_context();
    let (edits, manages) = (view.right.may_edit(), view.right == Right::Manage);
    let title = StoredValue::new(view.card.title.clone());
    let (changing, renewing, moving) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let undo = move || {
        spawn_local(async move {
            if let Err(failure) = item.restore().await {
                let _ = item.failure.try_set(Some(failure));
            }
        });
    };
    let throw = move |_| {
        spawn_local(async move {
            match item.throw().await {
                Ok(()) => {
                    toasts.say_with_undo(t_string!(i18n, library.binned, title = title.get_value()).to_string(), undo)
                }
                Err(failure) => drop(item.failure.try_set(Some(failure))),
            }
        });
    };
    let move_to =
        Callback::new(move |shelf| -> Deed { Box::pin(async move { item.move_to(MoveItem { shelf }).await }) });
    let binned = view.binned.is_some();
    let lent = view.card.kind.is_lent();
    let view = StoredValue::new(view);
    view! {
        {(edits || manages).then(|| view! {
            <div class="cluster">
                {edits.then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| changing.set(true)>{t!(i18n, library.change)}</button> })}
                {(edits && !lent).then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| renewing.set(true)>{t!(i18n, library.new_version)}</button> })}
                {manages.then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| moving.set(true)>{t!(i18n, library.move_it)}</button> })}
                {manages.then(|| if binned {
                    view! { <button class="button" data-size="small" type="button" on:click=move |_| undo()>{icon("restore")}{t!(i18n, documents.restore)}</button> }.into_any()
                } else {
                    view! { <button class="button" data-size="small" data-kind="danger" type="button" on:click=throw>{t!(i18n, documents.to_bin)}</button> }.into_any()
                })}
            </div>
        })}
        <Dialog open=changing title=Signal::derive(move || t_string!(i18n, library.change_title).to_string())><ChangeForm item view=view.get_value() open=changing/></Dialog>
        <Dialog open=renewing title=Signal::derive(move || t_string!(i18n, library.new_version).to_string())><VersionForm item view=view.get_value() open=renewing/></Dialog>
        <Dialog open=moving title=Signal::derive(move || t_string!(i18n, library.move_title).to_string())><MoveForm id="item-shelf" lies=view.with_value(|view| view.card.shelf.clone()) hint=Signal::derive(move || t_string!(i18n, put_in.shelf_hint).to_string()) move_to open=moving/></Dialog>
    }
}

/// What was filled in stays when somebody else was quicker: pressed again, it counts.
#[component]
fn ChangeForm(item: OpenItem, view: ItemView, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let form = WordsForm::of(&view, vocabulary);
    let tried = RwSignal::new(false);
    let revision = RwSignal::new(view.revision);
    let ids = FieldIds::of(CHANGE_FORM);
    let deed = Callback::new(move |()| {
        tried.set(true);
        if untrack(|| form.wrong()).is_some() {
            return None;
        }
        let change = ChangeItem { words: form.words(), revision: revision.get_untracked() };
        let deed: Deed = Box::pin(async move {
            let answer = item.change(change).await;
            if answer.as_ref().is_err_and(|failure| failure.status() == Some(409)) {
                let fresh = item.revision_now().await;
                let _ = revision.try_update(|known| *known = fresh.unwrap_or(*known));
            }
            answer
        });
        Some(deed)
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, library.store).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <MainFields form ids tried=tried.into()/>
            <PlaceFields form ids/>
            <MoreFields form ids tried=tried.into()/>
        </DeedForm>
    }
}

/// New files in the place of the old ones, or what stands in the linked document by now.
#[component]
fn VersionForm(item: OpenItem, view: ItemView, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let rows = RwSignal::new(Vec::<UploadRow>::new());
    let note = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let document = StoredValue::new(view.document.map(|document| document.id));
    let taken = move |_| {
        missing.set(false);
        let added = put_in.uploads.add(files::chosen(input));
        added.iter().for_each(|row| row.has_item.set_value(true));
        rows.update(|rows| rows.extend(added));
    };
    let deed = Callback::new(move |()| {
        let chosen = rows.get_untracked();
        let document = document.get_value();
        if chosen.is_empty() && document.is_none() {
            missing.set(true);
            return None;
        }
        let note = note.get_untracked().trim().to_owned();
        let deed: Deed = Box::pin(async move {
            let substance = match document.filter(|_| chosen.is_empty()) {
                Some(document) => Substance::Document(document),
                None => {
                    all_there(&chosen).await?;
                    Substance::Files(chosen.iter().filter_map(|row| row.id.get_untracked()).collect())
                }
            };
            item.add_version(AddVersion { substance, note }).await?;
            chosen.into_iter().for_each(|row| put_in.uploads.forget(row));
            Ok(())
        });
        Some(deed)
    });
    let has_document = document.with_value(Option::is_some);
    let hint = move || match has_document {
        true => t_string!(i18n, library.version_of_document).to_string(),
        false => t_string!(i18n, library.version_files).to_string(),
    };
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, library.version_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p>{hint}</p>
            <ul class="uploads">{move || rows.get().into_iter().map(|row| view! { <UploadLine row/> }).collect_view()}</ul>
            <div><button class="button" type="button" aria-invalid=move || missing.get().then_some("true") on:click=move |_| files::open(input)>{icon("upload")}{t!(i18n, put_in.choose)}</button></div>
            {move || missing.get().then(|| view! { <p class="error" role="alert">{t!(i18n, library.version_none)}</p> })}
            <input class="visually-hidden" type="file" multiple tabindex="-1" aria-hidden="true" node_ref=input on:change=taken/>
            <TextField id="version-note" label=Signal::derive(move || t_string!(i18n, library.version_note).to_string()) value=note/>
        </DeedForm>
    }
}

/// Waits until all files are there; a file that is not taken ends it.
async fn all_there(rows: &[UploadRow]) -> Result<(), Failure> {
    loop {
        let stages: Vec<_> = rows.iter().filter_map(|row| row.stage.try_get_untracked()).collect();
        if stages.iter().all(|stage| matches!(stage, Stage::Ready(_))) {
            return Ok(());
        }
        for stage in stages {
            match stage {
                Stage::Failed(failure) => return Err(failure),
                // Its line says why.
                Stage::Unfit(_) | Stage::Unreadable | Stage::Wanted => return Err(Failure::Unreadable),
                Stage::Waiting
                | Stage::Comparing(_)
                | Stage::Sending
                | Stage::Paused
                | Stage::Cut
                | Stage::Checking
                | Stage::Ready(_) => {}
            }
        }
        page::pause(LOOK_AGAIN).await;
    }
}
