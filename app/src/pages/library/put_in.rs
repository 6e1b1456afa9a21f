use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::UploadRoom;
use shared::pages::Program;

use super::lend::LendDialog;
use super::upload_rows::{DropPlace, UploadLine};
use super::words_fields::{FieldIds, MainFields, MoreFields, PlaceFields};
use crate::browser::{dom, fetch, files, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::empty::Empty;
use crate::components::form::{CheckField, SelectField, TextField};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::folder::{FolderCollection, FolderStage};
use crate::state::library::put_in::{Draft, DraftStage, PutIn, shelf_key};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::way::{Trace, use_way};
use crate::wording::size::size;

/// Files on their way with what is said of them; one press puts all of them in.
#[component]
pub fn PutInPage() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    Effect::new(move || dom::set_title(t_string!(i18n, put_in.tab)));
    Effect::new(move || {
        spawn_local(async move {
            put_in.uploads.list_earlier().await;
        });
    });
    // What is ready or wants its file has a draft here, also what was begun elsewhere.
    Effect::new(move || {
        if vocabulary.view.with(Option::is_some) {
            put_in.uploads.rows.get().into_iter().for_each(|row| put_in.begin(row));
        }
    });
    let drafts = put_in.drafts;
    let lends = RwSignal::new(false);
    let several = move || drafts.with(Vec::len) > 1;
    view! {
        <main class="main put-in" id="main" tabindex="-1">
            <DropPlace/>
            <StayOrGo/>
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a><h1>{t!(i18n, put_in.title)}</h1><p>{t!(i18n, put_in.words)}</p></div>
            </div>
            {move || vocabulary.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <Choose lends/>
            <Room/>
            <LendDialog open=lends/>
            <Show when=move || drafts.with(|drafts| !drafts.is_empty())>
                <ForAll/>
                <AsCollection/>
                <Show when=several>
                    <div class="cluster">
                        <button class="button" data-size="small" type="button" on:click=move |_| put_in.spread()>{t!(i18n, put_in.spread)}</button>
                        <button class="button" data-size="small" type="button" on:click=move |_| put_in.join()>{t!(i18n, put_in.join)}</button>
                    </div>
                </Show>
                <ol class="drafts"><For each=move || drafts.get() key=|draft| draft.key let:draft><DraftCard draft/></For></ol>
                <Finish/>
            </Show>
        </main>
    }
}

/// Files, or a folder with all that is in it.
#[component]
fn Choose(lends: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let (files, folder) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let buttons = move || {
        view! {
            <div class="cluster">
                <button class="button" type="button" on:click=move |_| files::open(files)>{icon("upload")}{t!(i18n, put_in.choose)}</button>
                <button class="button" type="button" on:click=move |_| lends.set(true)>{icon("clock")}{t!(i18n, put_in.lend)}</button>
                <button class="button wide-only" type="button" on:click=move |_| files::open_folder(folder)>{t!(i18n, put_in.choose_folder)}</button>
            </div>
        }
    };
    view! {
        <input class="visually-hidden" id="put-in-files" type="file" multiple tabindex="-1" aria-hidden="true" node_ref=files on:change=move |_| put_in.add_when_known(files::chosen(files))/>
        <input class="visually-hidden" type="file" multiple tabindex="-1" aria-hidden="true" node_ref=folder on:change=move |_| put_in.add_when_known(files::chosen(folder))/>
        {move || if put_in.drafts.with(Vec::is_empty) {
            view! {
                <div class="card">
                    <Empty picture="upload" title=Signal::derive(move || t_string!(i18n, put_in.none).to_string()) words=Signal::derive(move || t_string!(i18n, put_in.none_words).to_string())>{buttons()}</Empty>
                </div>
            }.into_any()
        } else {
            buttons().into_any()
        }}
    }
}

/// What counts for all: where they are to lie.
#[component]
fn ForAll() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    // The field says what holds.
    Effect::new(move || {
        let key = put_in.chosen_shelf().map(|shelf| shelf_key(&shelf));
        if let Some(key) = key.filter(|key| put_in.shelf.with_untracked(|known| known != key)) {
            put_in.shelf.set(key);
        }
    });
    let shelves = move || {
        vocabulary.with(|view| {
            view.shelves.iter().map(|card| (shelf_key(&card.shelf), card.name.clone())).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="for-all">
            <SelectField id="put-in-shelf" label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=put_in.shelf options=Signal::derive(shelves)
                hint=Signal::derive(move || t_string!(i18n, put_in.shelf_hint).to_string())/>
        </div>
    }
}

/// A folder that was dropped becomes a collection, too, if that is wanted.
#[component]
fn AsCollection() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let folder = Memo::new(move |_| put_in.drafts.with(|drafts| FolderCollection::folder(drafts)));
    let FolderCollection { wanted, title, stage, .. } = put_in.folder;
    let label = Signal::derive(move || {
        t_string!(i18n, put_in.as_collection, name = folder.get().unwrap_or_default()).to_string()
    });
    Effect::new(move || {
        if let Some(folder) = folder.get().filter(|_| title.with_untracked(String::is_empty)) {
            title.set(folder);
        }
    });
    let again = move |_| stage.set(FolderStage::Open);
    view! {
        {move || folder.get().map(|_| match stage.get() {
            FolderStage::Done(id) => view! {
                <p class="split" role="status"><span>{icon("check")}" "{move || t_string!(i18n, put_in.collection_made, title = title.get()).to_string()}</span><a class="button" data-size="small" href=format!("/library/collections/{id}")>{t!(i18n, put_in.look)}</a></p>
            }.into_any(),
            FolderStage::Failed(failure) => view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=again>{t!(i18n, common.try_again)}</button> }>{t!(i18n, put_in.collection_failed)}" "{failure_words(&failure)}</Banner>
            }.into_any(),
            FolderStage::Open | FolderStage::Making => view! {
                <div class="for-all stack-small">
                    <CheckField label value=wanted/>
                    <Show when=move || wanted.get()><TextField id="put-in-collection" label=Signal::derive(move || t_string!(i18n, put_in.collection_title).to_string()) value=title hint=Signal::derive(move || t_string!(i18n, put_in.collection_hint).to_string())/></Show>
                </div>
            }.into_any(),
        })}
    }
}

/// How much the sender's school keeps, of how much it may.
#[component]
fn Room() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let room = RwSignal::new(None::<UploadRoom>);
    // Anew after each file that has come.
    let ready = Memo::new(move |_| put_in.uploads.rows.with(|rows| rows.iter().filter(|row| row.is_ready()).count()));
    Effect::new(move || {
        ready.track();
        spawn_local(async move {
            // Without it files are put in all the same, and one that has no room is told so.
            if let Ok(known) = fetch::get::<UploadRoom>("/api/uploads/room?bytes=0").await {
                let _ = room.try_set(Some(known));
            }
        });
    });
    let words = move || {
        let UploadRoom { used, limit, free } = room.get()?;
        let scarce = free.saturating_mul(10) < limit;
        let disk = free < limit.saturating_sub(used);
        let words = match scarce {
            true if disk => t_string!(i18n, put_in.disk_scarce, free = size(free)),
            true => t_string!(i18n, put_in.room_scarce, used = size(used), limit = size(limit), free = size(free)),
            false => t_string!(i18n, put_in.room, used = size(used), limit = size(limit)),
        };
        Some(words.to_string())
    };
    view! { <p class="small quiet room">{words}</p> }
}

/// A draft: its files, and what it is.
#[component]
fn DraftCard(draft: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let ids = FieldIds::of(draft.key);
    let tried: Signal<bool> = put_in.tried.into();
    let title = move || draft.words.title.get();
    let done = move || match draft.stage.get() {
        DraftStage::Done(id) => Some(id),
        DraftStage::Open | DraftStage::Waiting | DraftStage::Putting | DraftStage::Failed(_) => None,
    };
    let said = move || match draft.stage.get() {
        DraftStage::Failed(failure) => {
            Some(view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any())
        }
        DraftStage::Waiting | DraftStage::Putting => {
            Some(view! { <p class="small second" role="status">{t!(i18n, put_in.put_in_soon)}</p> }.into_any())
        }
        DraftStage::Open | DraftStage::Done(_) => None,
    };
    let wrong_below = move || tried.get() && draft.words.wrong().is_some();
    view! {
        <li class="card draft">
            {move || match done() {
                Some(id) => view! {
                    <p class="split" role="status"><span>{icon("check")}" "{move || t_string!(i18n, put_in.done, title = title()).to_string()}</span><a class="button" data-size="small" href=format!("/library/items/{id}")>{t!(i18n, put_in.look)}</a></p>
                }.into_any(),
                None => view! {
                    {said}
                    <ul class="uploads">{move || draft.files.get().into_iter().map(|row| view! { <UploadLine row/> }).collect_view()}</ul>
                    <div class="fields"><MainFields form=draft.words ids tried/><PlaceFields form=draft.words ids/></div>
                    <details open=wrong_below>
                        <summary>{t!(i18n, put_in.more_words)}</summary>
                        <div class="fields"><MoreFields form=draft.words ids tried/></div>
                    </details>
                }.into_any(),
            }}
        </li>
    }
}

/// The one button, and what it says of what is still on its way.
#[component]
fn Finish() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let left = move || put_in.drafts.with(|drafts| drafts.iter().filter(|draft| !draft.is_done()).count());
    let done = move || put_in.drafts.with(|drafts| drafts.iter().any(|draft| draft.is_done()));
    let under_way = move || {
        put_in
            .drafts
            .with(|drafts| drafts.iter().any(|draft| draft.files.with(|files| files.iter().any(|row| !row.is_ready()))))
    };
    let finish = move |_| {
        if !put_in.put_in() {
            page::later(0, dom::focus_wrong_anywhere);
        }
    };
    view! {
        <footer class="put-in-foot">
            {move || match left() {
                0 => view! { <a class="button" data-kind="primary" href="/library" on:click=move |_| put_in.tidy()>{t!(i18n, put_in.to_library)}</a> }.into_any(),
                count => view! { <button class="button" data-kind="primary" type="button" on:click=finish>{move || match count {
                    1 => t_string!(i18n, put_in.submit).to_string(),
                    count => t_string!(i18n, put_in.submit_all, count = count).to_string(),
                }}</button> }.into_any(),
            }}
            {move || (left() > 0 && under_way() && !done()).then(|| view! { <p class="small second">{t!(i18n, put_in.meanwhile)}</p> })}
        </footer>
    }
}

/// Asks before the program is left with something unfinished. Inside the library files go on.
#[component]
fn StayOrGo() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let way = StoredValue::new_local(use_way());
    let asked = RwSignal::new(None::<String>);
    let open = open_while(asked);
    let at_risk = move || untrack(|| put_in.is_unfinished()) && !put_in.drafts.with_untracked(Vec::is_empty);
    let leaving = StoredValue::new(false);
    page::warn_before_leaving(move || at_risk() && !leaving.get_value());
    let here = page::address();
    let inside = here.clone();
    let holds = move || {
        let to = page::address();
        // By the browser's arrows the address has changed already; by a link it is still this one.
        at_risk() && (to == inside || Program::at(&to) != Program::Library)
    };
    page::hold_inside(here, holds, move |to| match Program::at(&to) {
        Program::Library => way.with_value(|way| way(&to, Trace::Leave)),
        Program::App | Program::Office | Program::Tutoring => asked.set(Some(to)),
    });
    let go = move |_| {
        if let Some(to) = asked.get_untracked() {
            leaving.set_value(true);
            way.with_value(|way| way(&to, Trace::Leave));
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, put_in.leave_title).to_string())>
            <div class="body"><p>{t!(i18n, put_in.leave_words)}</p></div>
            <footer>
                <button class="button" data-kind="danger" type="button" on:click=go>{t!(i18n, put_in.leave)}</button>
                <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, put_in.stay)}</button>
            </footer>
        </Dialog>
    }
}
