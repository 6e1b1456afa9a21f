//! The group's library beside the text: a passage, a picture or a card of an item goes into the document with its origin.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::api::{Deed, NoteUse};
use shared::library::FileKind;
use shared::words::ItemId;

use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{carry, dom, fragment, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::editor::passages::{PASSAGES, PassagesView, TakenTable};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::brief::{BriefItem, BriefSearch};
use crate::state::library::item::{file_address, read_into};
use crate::state::library::pace::pause;
use crate::state::open_document::OpenDocument;
use crate::state::session::Session;
use crate::wording::origin::{Origin, card_html, picture_html, quote_html};

/// Characters of a quote that are kept as evidence.
const EVIDENCE: usize = 200;

/// Open while `open` says so, at an item if one was asked for.
#[component]
pub fn LibraryPanel(document: OpenDocument, open: RwSignal<bool>, item: RwSignal<Option<ItemId>>) -> impl IntoView {
    let i18n = use_i18n();
    let back_to_text = move || {
        open.set(false);
        document.with_view(crate::browser::editor::Editor::focus);
    };
    let words = RwSignal::new(String::new());
    view! {
        <Show when=move || open.get()>
            <aside class="panel doc-library" id="library" aria-label=move || t_string!(i18n, library.title) on:keydown=move |event| if event.key() == "Escape" && !dom::is_composing(&event) { back_to_text() }>
                <header>
                    <h2>{t!(i18n, library.title)}</h2>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| back_to_text()>{icon("close")}</button>
                </header>
                <div class="body">
                    {move || match item.get() {
                        None => view! { <Finder document words item open/> }.into_any(),
                        Some(id) => view! { <Item document id item/> }.into_any(),
                    }}
                </div>
            </aside>
        </Show>
    }
}

#[component]
fn Finder(
    document: OpenDocument,
    words: RwSignal<String>,
    item: RwSignal<Option<ItemId>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let search = BriefSearch::new(session);
    words.with_untracked(|words| search.ask(words));
    let field = NodeRef::<html::Input>::new();
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let type_in = move |text: String| {
        words.set(text.clone());
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        waiting.set_value(Some(page::later(pause(search.is_busy()), move || search.ask(&text))));
    };
    // A second stroke is meant for the text.
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "/" && words.with_untracked(String::is_empty) && !dom::is_composing(&event) {
            event.prevent_default();
            open.set(false);
            document.exec("insertHtml", json!({ "html": "/" }));
        }
    };
    Effect::new(move || {
        if field.get().is_some() {
            page::later(0, move || dom::select_all(field));
        }
    });
    view! {
        <input node_ref=field class="input" type="search" autocomplete="off" aria-label=move || t_string!(i18n, library.find) placeholder=move || t_string!(i18n, library.find)
            prop:value=words on:keydown=on_key on:input=move |event| if !dom::is_composing(&event) { type_in(event_target_value(&event)) }
            on:compositionend=move |event| type_in(event_target_value(&event))/>
        {move || search.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
        <p class="small quiet" role="status">{move || search.found.with(|found| found.as_ref().is_some_and(Vec::is_empty)).then(|| t_string!(i18n, library.nothing).to_string())}</p>
        <ul class="rows">{move || search.found.get().unwrap_or_default().into_iter().map(|card| view! { <Line document card item/> }).collect_view()}</ul>
    }
}

#[component]
fn Line(document: OpenDocument, card: BriefItem, item: RwSignal<Option<ItemId>>) -> impl IntoView {
    let id = card.id.clone();
    let second = [card.by(), school_name(&card)].join(" ");
    let (title, card) = (card.title.clone(), StoredValue::new(card));
    let drag = move |event: leptos::ev::DragEvent| {
        card.with_value(|card| carry::give(&event, &card_html(&origin(card)), &card.title));
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        if carry::was_taken(&event) {
            card.with_value(|card| note(document, card, Deed::Cited, String::new()));
        }
    };
    view! {
        <li class="row" draggable="true" on:dragstart=drag on:dragend=dropped>
            <div class="grow"><button class="title" type="button" on:click=move |_| item.set(Some(id.clone()))>{title}</button><p class="second">{second}</p></div>
        </li>
    }
}

/// An item to take from: its text to select in, its picture, its card.
#[component]
fn Item(document: OpenDocument, id: ItemId, item: RwSignal<Option<ItemId>>) -> impl IntoView {
    let i18n = use_i18n();
    let read = RwSignal::new(None::<Result<BriefItem, Failure>>);
    read_into(format!("/api/items/{id}"), read);
    view! {
        <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| item.set(None)>{icon("left")}{t!(i18n, library.other)}</button>
        {move || read.get().map(|read| match read {
            Ok(item) => taken_from(document, item),
            Err(failure) => view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any(),
        })}
    }
}

fn taken_from(document: OpenDocument, mut item: BriefItem) -> AnyView {
    let i18n = use_i18n();
    let off = move || !document.may_edit();
    let version = std::mem::take(&mut item.versions).into_iter().next();
    let picture = version.as_ref().and_then(|version| {
        let file = version.files.iter().find(|file| is_picture(file.kind))?;
        Some(file_address(&item.id, version.number, file.place))
    });
    let text = version.and_then(|version| match version.written {
        true => Some(format!("/api/items/{}/versions/{}/content", item.id, version.number)),
        false => {
            let place = version.files.iter().find(|file| has_text(file.kind))?.place;
            Some(format!("{}/text", file_address(&item.id, version.number, place)))
        }
    });
    let title = item.title.clone();
    let card = StoredValue::new(item);
    let unselected = RwSignal::new(false);
    let quoted = move || {
        let (html, text) = dom::selected_in(PASSAGES)?;
        Some((card.with_value(|card| quote_html(&fragment::bare(&html), &origin(card))), text))
    };
    let put = move |html: String, deed: Deed, said: String| {
        document.exec("insertHtml", json!({ "html": html }));
        card.with_value(|card| note(document, card, deed, said));
    };
    let quote = move |_| match quoted() {
        Some((html, text)) => {
            unselected.set(false);
            put(html, Deed::Copied, text);
        }
        None => unselected.set(true),
    };
    let put_card = move |_| put(card.with_value(|card| card_html(&origin(card))), Deed::Cited, String::new());
    let put_table = Callback::new(move |TakenTable { html, text }| {
        put(card.with_value(|card| quote_html(&html, &origin(card))), Deed::Copied, text);
    });
    // At the end of a drag the selection is where it was let go of.
    let carried = StoredValue::new(String::new());
    let drag = move |event: leptos::ev::DragEvent| {
        if let Some((html, text)) = quoted() {
            carry::give(&event, &html, &text);
            carried.set_value(text);
        }
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        if carry::was_taken(&event) {
            card.with_value(|card| note(document, card, Deed::Copied, carried.get_value()));
        }
    };
    let has_text = text.is_some();
    view! {
        <h3>{title}</h3>
        <div class="cluster">
            {has_text.then(|| view! { <button class="button" data-size="small" type="button" disabled=off on:mousedown=|event| event.prevent_default() on:click=quote>{icon("quote")}{t!(i18n, library.quote)}</button> })}
            {picture.clone().map(|address| view! { <button class="button" data-size="small" type="button" disabled=off on:click=move |_| put(card.with_value(|card| picture_html(&address, &origin(card))), Deed::Copied, String::new())>{icon("image")}{t!(i18n, library.put_picture)}</button> })}
            <button class="button" data-size="small" type="button" disabled=off on:click=put_card>{icon("link")}{t!(i18n, library.put_card)}</button>
        </div>
        <p class="tiny quiet" role="status">{move || has_text.then(|| match unselected.get() {
            true => t_string!(i18n, library.select_first).to_string(),
            false => t_string!(i18n, library.select).to_string(),
        })}</p>
        {picture.map(|address| view! { <Picture document card address/> })}
        {text.map(|address| view! { <div on:dragstart=drag on:dragend=dropped><PassagesView address off=Signal::derive(off) put_table/></div> })}
    }
    .into_any()
}

/// A picture to look at, and to drag into the text.
#[component]
fn Picture(document: OpenDocument, card: StoredValue<BriefItem>, address: String) -> impl IntoView {
    let src = address.clone();
    let drag = move |event: leptos::ev::DragEvent| {
        card.with_value(|card| carry::give(&event, &picture_html(&address, &origin(card)), &card.title));
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        if carry::was_taken(&event) {
            card.with_value(|card| note(document, card, Deed::Copied, String::new()));
        }
    };
    let alt = card.with_value(|card| card.title.clone());
    view! { <figure class="slide" on:dragstart=drag on:dragend=dropped><img src=src alt=alt draggable="true"/></figure> }
}

/// Tells the author where it went. What stands in the text stays there if that can't be noted now.
fn note(document: OpenDocument, card: &BriefItem, deed: Deed, quote: String) {
    let address = format!("/api/items/{}/uses", card.id);
    let quote = quote.chars().take(EVIDENCE).collect();
    let noted = NoteUse { deed, version: card.version, document: document.id(), quote };
    spawn_local(async move {
        let _ = fetch::tell(Verb::POST, &address, &noted).await;
    });
}

fn origin(card: &BriefItem) -> Origin {
    let i18n = use_i18n();
    Origin {
        address: format!("{}/library/items/{}", page::origin(), card.id),
        title: card.title.clone(),
        by: card.by(),
        school: school_name(card),
        version: t_string!(i18n, library.version_number, number = card.version).to_string(),
    }
}

fn school_name(card: &BriefItem) -> String {
    card.school.as_ref().map(|school| school.name.clone()).unwrap_or_default()
}

fn is_picture(kind: FileKind) -> bool {
    matches!(kind, FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp)
}

fn has_text(kind: FileKind) -> bool {
    use FileKind::{Csv, Docx, Markdown, Pdf, Pptx, Text, Xlsx};
    matches!(kind, Csv | Docx | Markdown | Pdf | Pptx | Text | Xlsx)
}
