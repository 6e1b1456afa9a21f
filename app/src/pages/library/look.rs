//! What is in a version: pages, pictures, sound, film, text. Nothing of it runs here.

use leptos::html;
use leptos::prelude::*;
use shared::api::{FileCard, VersionCard};
use shared::library::FileKind;
use shared::words::ItemId;

use super::play::{Play, making_words};
use super::words::{file_words, unfit_words};
use crate::browser::fetch::Failure;
use crate::browser::fragment;
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::item::{ReadText, WrittenContent, file_address, read_into};

/// A version to look at: what was written here, or one of its files.
#[component]
pub fn Look(item: ItemId, title: String, version: VersionCard) -> impl IntoView {
    let i18n = use_i18n();
    let number = version.number;
    if version.written {
        return view! { <Written address=format!("/api/items/{item}/versions/{number}/content")/> }.into_any();
    }
    let files = StoredValue::new(version.files);
    let place = RwSignal::new(1_u32);
    let choose = move || {
        let names =
            files.with_value(|files| files.iter().map(|file| (file.place, file.name.clone())).collect::<Vec<_>>());
        (names.len() > 1).then(|| view! {
            <span class="select" data-size="small">
                <select aria-label=move || t_string!(i18n, library.which_file) on:change=move |event| place.set(event_target_value(&event).parse().unwrap_or(1))>
                    {names.into_iter().map(|(place, name)| view! { <option value=place.to_string()>{name}</option> }).collect_view()}
                </select>
            </span>
        })
    };
    let shown = move || {
        let file = files.with_value(|files| files.iter().find(|file| file.place == place.get()).cloned());
        file.map(|file| show(&file, file_address(&item, number, file.place), title.clone()))
    };
    view! { {choose()}{shown} }.into_any()
}

fn show(file: &FileCard, address: String, title: String) -> AnyView {
    if let Some(why) = file.facts.unread {
        return view! { <p class="inset small">{move || unfit_words(why)}</p> }.into_any();
    }
    match file.facts.kind {
        FileKind::Pdf => view! { <Pages address count=file.facts.pages.unwrap_or(1) title/> }.into_any(),
        FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp | FileKind::Bmp => view! {
            <figure class="slide"><img src=address alt=title width=file.facts.width.map(|width| width.to_string()) height=file.facts.height.map(|height| height.to_string())/></figure>
        }
        .into_any(),
        FileKind::Mp3 | FileKind::M4a | FileKind::Wav | FileKind::Ogg | FileKind::Mp4 | FileKind::Webm => {
            view! { <Play file=file.clone() address title/> }.into_any()
        }
        FileKind::Film if file.small.is_some() => view! { <Play file=file.clone() address title/> }.into_any(),
        FileKind::Docx | FileKind::Pptx | FileKind::Xlsx | FileKind::Text | FileKind::Csv | FileKind::Markdown => {
            view! { <Text address=format!("{address}/text") thumbnail=file.facts.has_thumbnail.then(|| format!("{address}/thumbnail")) title/> }.into_any()
        }
        FileKind::OldOffice
        | FileKind::Svg
        | FileKind::Film
        | FileKind::Html
        | FileKind::Zip
        | FileKind::Rar
        | FileKind::SevenZip
        | FileKind::Other => nothing_to_see(file),
    }
}

fn nothing_to_see(file: &FileCard) -> AnyView {
    let i18n = use_i18n();
    let words = file_words(file);
    let making = file.making;
    view! {
        <p class="inset small">{icon("doc")}" "{words}<br/>{t!(i18n, library.not_here)}</p>
        {move || making_words(making).map(|words| view! { <p class="tiny quiet">{words}</p> })}
    }
    .into_any()
}

/// The pages of a PDF as pictures, one at a time; the next one is on its way while one reads.
#[component]
fn Pages(address: String, count: u32, title: String) -> impl IntoView {
    let i18n = use_i18n();
    let page = RwSignal::new(1_u32);
    let lost = RwSignal::new(false);
    let address = StoredValue::new(address);
    let title = StoredValue::new(title);
    let src = move |page: u32| format!("{}/pages/{page}", address.get_value());
    let alt = move || t_string!(i18n, library.page_alt, title = title.get_value(), page = page.get()).to_string();
    let turn = move |to: u32| {
        lost.set(false);
        page.set(to);
    };
    let (is_first, is_last) = (move || page.get() <= 1, move || page.get() >= count);
    let on_key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "PageDown" | "ArrowRight" if page.get_untracked() < count => {
            event.prevent_default();
            turn(page.get_untracked() + 1);
        }
        "PageUp" | "ArrowLeft" if page.get_untracked() > 1 => {
            event.prevent_default();
            turn(page.get_untracked() - 1);
        }
        _ => {}
    };
    view! {
        <figure class="slide" on:keydown=on_key>
            {move || if lost.get() {
                view! { <p class="inset small">{t!(i18n, library.page_lost)}</p> }.into_any()
            } else {
                view! { <img class="page" src=move || src(page.get()) alt=alt decoding="async" on:error=move |_| lost.set(true)/> }.into_any()
            }}
            {move || (page.get() < count).then(|| view! { <img hidden alt="" src=src(page.get() + 1)/> })}
            <figcaption class="split">
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, library.page_before) disabled=is_first on:click=move |_| turn(page.get_untracked() - 1)>{icon("left")}</button>
                <span class="number small" role="status">{move || t_string!(i18n, library.page_is, page = page.get(), count = count).to_string()}</span>
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, library.page_after) disabled=is_last on:click=move |_| turn(page.get_untracked() + 1)>{icon("next")}</button>
            </figcaption>
        </figure>
    }
}

/// The text that was read out of a file, under its small picture.
#[component]
fn Text(address: String, thumbnail: Option<String>, title: String) -> impl IntoView {
    let i18n = use_i18n();
    let read = RwSignal::new(None::<Result<ReadText, Failure>>);
    read_into(address, read);
    let opening = Signal::derive(move || t_string!(i18n, common.opening).to_string());
    view! {
        {thumbnail.map(|src| view! { <figure class="slide"><img src=src alt=title loading="lazy"/></figure> })}
        {move || match read.get() {
            None => view! { <Skeleton label=opening/> }.into_any(),
            Some(Err(failure)) => view! { <p class="inset small">{failure_words(&failure)}</p> }.into_any(),
            Some(Ok(ReadText { text })) if text.trim().is_empty() => view! { <p class="inset small">{t!(i18n, library.no_text)}</p> }.into_any(),
            Some(Ok(ReadText { text })) => view! { <pre class="read-text" tabindex="0" aria-label=move || t_string!(i18n, library.text_of)>{text}</pre> }.into_any(),
        }}
    }
}

/// What was written here and published.
#[component]
fn Written(address: String) -> impl IntoView {
    let i18n = use_i18n();
    let read = RwSignal::new(None::<Result<WrittenContent, Failure>>);
    read_into(address, read);
    let place = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let (Some(place), Some(Ok(WrittenContent { html }))) = (place.get(), read.get()) {
            fragment::show(&place, &html);
        }
    });
    let opening = Signal::derive(move || t_string!(i18n, common.opening).to_string());
    view! {
        {move || match read.get() {
            None => view! { <Skeleton label=opening/> }.into_any(),
            Some(Err(failure)) => view! { <p class="inset small">{failure_words(&failure)}</p> }.into_any(),
            Some(Ok(_)) => ().into_any(),
        }}
        <div class="text written" tabindex="0" role="region" aria-label=move || t_string!(i18n, library.text_of) node_ref=place></div>
    }
}
