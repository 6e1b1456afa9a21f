//! Files on their way, as lines: how far each has come, what is safe, what one can do.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use super::words::{extent, unfit_words};
use crate::browser::files::{Dropped, carries_files};
use crate::browser::page;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::put_in::PutIn;
use crate::state::library::uploads::{Stage, UploadRow};
use crate::wording::size::{share, size};

/// What is on its way or waits for its file, above whatever the page shows.
#[component]
pub fn UploadRows() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let rows = put_in.uploads.rows;
    // What is there already only waits to be put in.
    let unready = move || rows.get().into_iter().filter(|row| !row.is_ready()).collect::<Vec<_>>();
    Effect::new(move || spawn_local(put_in.uploads.list_earlier()));
    page::warn_before_leaving(move || untrack(|| put_in.uploads.is_unfinished()));
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <section class="upload-rows" aria-label=move || t_string!(i18n, put_in.on_the_way)>
                <ul class="uploads"><For each=unready key=|row| row.key let:row><UploadLine row/></For></ul>
                <p class="small"><a href="/library/new">{t!(i18n, put_in.to_drafts)}</a></p>
            </section>
        </Show>
    }
}

/// One file on its way.
#[component]
pub fn UploadLine(row: UploadRow) -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let uploads = put_in.uploads;
    let name = row.name.get_value();
    let stage = row.stage;
    let figure = move || match stage.get() {
        Stage::Waiting | Stage::Unreadable => size(row.bytes),
        Stage::Comparing(read) => t_string!(i18n, put_in.comparing, share = share(read, row.bytes)).to_string(),
        Stage::Sending | Stage::Paused | Stage::Cut | Stage::Wanted => {
            t_string!(i18n, put_in.sent, share = share(row.sent.get(), row.bytes)).to_string()
        }
        Stage::Checking | Stage::Ready(_) | Stage::Unfit(_) | Stage::Failed(_) => size(row.bytes),
    };
    let words = move || match stage.get() {
        Stage::Waiting => t_string!(i18n, put_in.waiting).to_string(),
        Stage::Comparing(_) => t_string!(i18n, put_in.comparing_words).to_string(),
        Stage::Sending => t_string!(i18n, put_in.sending).to_string(),
        Stage::Paused => t_string!(i18n, put_in.paused).to_string(),
        Stage::Cut => t_string!(i18n, put_in.cut).to_string(),
        Stage::Checking => t_string!(i18n, put_in.checking).to_string(),
        Stage::Ready(facts) => match extent(&facts) {
            Some(extent) => t_string!(i18n, put_in.ready_with, extent = extent).to_string(),
            None => t_string!(i18n, put_in.ready).to_string(),
        },
        Stage::Unfit(why) => unfit_words(why),
        Stage::Failed(failure) => failure_words(&failure),
        Stage::Unreadable => t_string!(i18n, put_in.unreadable).to_string(),
        Stage::Wanted => t_string!(i18n, put_in.wanted).to_string(),
    };
    let is_bad = move || matches!(stage.get(), Stage::Unfit(_) | Stage::Failed(_) | Stage::Unreadable);
    let percent = move || match (stage.get(), row.bytes) {
        (_, 0) | (Stage::Checking | Stage::Ready(_), _) => 100,
        (Stage::Comparing(read), bytes) => read * 100 / bytes,
        (_, bytes) => (row.sent.get() * 100 / bytes).min(100),
    };
    let manner = move || match stage.get() {
        Stage::Paused | Stage::Cut | Stage::Wanted | Stage::Waiting => Some("paused"),
        Stage::Unfit(_) | Stage::Failed(_) | Stage::Unreadable => Some("warn"),
        Stage::Comparing(_) | Stage::Sending | Stage::Checking | Stage::Ready(_) => None,
    };
    let deed = move || {
        match stage.get() {
        Stage::Comparing(_) | Stage::Sending => view! { <button class="button" data-size="small" type="button" on:click=move |_| uploads.pause(row)>{t!(i18n, put_in.pause)}</button> }.into_any(),
        Stage::Paused => view! { <button class="button" data-size="small" type="button" on:click=move |_| uploads.go_on(row)>{t!(i18n, put_in.go_on)}</button> }.into_any(),
        Stage::Cut | Stage::Failed(_) => view! { <button class="button" data-size="small" type="button" on:click=move |_| uploads.go_on(row)>{t!(i18n, put_in.try_now)}</button> }.into_any(),
        Stage::Waiting | Stage::Checking | Stage::Ready(_) | Stage::Unfit(_) | Stage::Unreadable | Stage::Wanted => ().into_any(),
    }
    };
    let (label, stop) = (name.clone(), name.clone());
    view! {
        <li class="upload inset">
            <div class="progress grow">
                <div class="label"><span class="truncate file-name">{name}</span><span class="quiet number nowrap">{figure}</span></div>
                <progress max="100" prop:value=move || percent().to_string() data-kind=manner aria-label=move || t_string!(i18n, put_in.progress_of, name = label.clone()).to_string()></progress>
                <small role="status" class:warn=is_bad>{words}</small>
            </div>
            {deed}
            <button class="icon-button" type="button" aria-label=move || t_string!(i18n, put_in.stop, name = stop.clone()).to_string() on:click=move |_| put_in.take_away(row)>{icon("close")}</button>
        </li>
    }
}

/// Takes files and folders that are dropped anywhere on the page.
#[component]
pub fn DropPlace() -> impl IntoView {
    let i18n = use_i18n();
    let put_in: PutIn = expect_context();
    let over = RwSignal::new(false);
    let navigate = use_navigate();
    page::hear(ev::dragover, move |event| {
        if carries_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    page::hear(ev::dragleave, move |event| {
        // Only out of the window: inside it one element is left for the next.
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    page::hear(ev::drop, move |event| {
        over.set(false);
        if !carries_files(&event) {
            return;
        }
        event.prevent_default();
        let dropped = Dropped::of(&event);
        if dropped.is_empty() {
            return;
        }
        navigate("/library/new", Default::default());
        spawn_local(async move {
            let files = put_in.uploads.unfold(dropped).await;
            put_in.add_when_known(files);
        });
    });
    view! {
        <div class="drop-veil" hidden=move || !over.get() aria-hidden="true"><p>{icon("upload")}{t!(i18n, put_in.drop)}</p></div>
    }
}
