//! Taking an item: into a lesson plan of one's own, or as files.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CopyItem, ItemView, Which};
use shared::words::DocumentKind;

use super::words::{file_words, time_to_load};
use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::browser::page;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::icon::{icon, kind_icon};
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::documents::{Documents, Narrow};
use crate::state::library::item::{OpenItem, file_address};
use crate::state::session::Session;
use crate::state::way::Way;
use crate::wording::size::size;

/// Documents that are offered: those of late are meant.
const OFFERED: usize = 8;

#[component]
pub fn Take(item: OpenItem, view: ItemView) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let lent = view.card.kind.is_lent();
    let id = view.card.id.clone();
    let newest = view.versions.first().cloned();
    let number = newest.as_ref().map_or(1, |version| version.number);
    let files = newest.map(|version| version.files).unwrap_or_default();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let single = files.len() == 1;
    let address = move |place: u32| format!("{}?download", file_address(&id, number, place));
    let downloads = if single {
        let href = address(1);
        view! { <a class="button" href=href download rel="external">{icon("download")}{t_string!(i18n, library.download, size = size(bytes)).to_string()}</a> }.into_any()
    } else {
        ().into_any()
    };
    let list = (files.len() > 1).then(|| {
        let lines = files.iter().map(|file| {
            let href = address(file.place);
            let words = file_words(file);
            let label = t_string!(i18n, library.download_named, name = file.name.clone()).to_string();
            view! {
                <li class="split"><span class="grow"><b class="file-name">{file.name.clone()}</b><br/><span class="tiny quiet">{words}</span></span>
                    <a class="icon-button" href=href download rel="external" aria-label=label>{icon("download")}</a></li>
            }
        });
        view! { <ul class="file-lines">{lines.collect_view()}</ul> }
    });
    view! {
        {(!lent).then(|| view! {
            <div class="cluster">
                <button class="button" data-kind="primary" type="button" on:click=move |_| open.set(true)>{t!(i18n, library.take)}</button>
                {downloads}
            </div>
            {move || time_to_load(bytes).map(|words| view! { <p class="tiny quiet">{words}</p> })}
            {list}
        })}
        <Dialog open title=Signal::derive(move || t_string!(i18n, library.take).to_string())>
            <TakeForm item/>
        </Dialog>
    }
}

/// A new lesson plan that begins as the item, or one of those on which one was at work.
#[component]
fn TakeForm(item: OpenItem) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way: Way = expect_context();
    let documents = Documents::new(session);
    documents.show(&Narrow { which: Which::Recent, kind: Some(DocumentKind::LessonPlan), words: String::new() });
    let busy = RwSignal::new(false);
    // The same at each try: what has arrived is not made twice.
    let name = StoredValue::new(clock::fresh_id().parse().ok());
    let failure = RwSignal::new(None::<Failure>);
    let begin = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let made = item.copy(CopyItem { id: name.get_value(), title: None, shelf: None }).await;
            let _ = busy.try_set(false);
            match made {
                Ok(document) => page::load(&format!("/documents/{document}")),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let offered = move || {
        documents
            .lines
            .get()
            .map(|lines| lines.into_iter().filter(|card| card.right.may_edit()).take(OFFERED).collect::<Vec<_>>())
    };
    view! {
        <div class="body">
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <button class="button" data-kind="primary" type="button" aria-busy=move || busy.get().then_some("true") on:click=begin>{icon("plus")}{t!(i18n, library.take_new)}</button>
            <div>
                <h3>{t!(i18n, library.take_into)}</h3>
                {move || match offered() {
                    None if documents.failure.with(Option::is_some) => documents.failure.get().map(|failure| view! { <p class="small">{failure_words(&failure)}</p> }).into_any(),
                    None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                    Some(lines) if lines.is_empty() => view! { <p class="small quiet">{t!(i18n, library.take_none)}</p> }.into_any(),
                    Some(lines) => view! {
                        <ul class="take-lines">
                            {lines.into_iter().map(|card| {
                                let href = format!("/documents/{}?library={}", card.id, item.id());
                                let rel = way.rel(&href);
                                let changed = card.changed;
                                view! { <li class="row">{kind_icon(card.kind)}<div class="grow"><a class="title" href=href rel=rel>{card.title}</a><p class="second">{move || spoken(changed)}</p></div></li> }
                            }).collect_view()}
                        </ul>
                    }.into_any(),
                }}
            </div>
        </div>
    }
}
