//! 定稿入库: what stands in a document now becomes an item, or the next version of one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::access::Right;
use shared::api::{DocumentCard, ItemCard};
use shared::organisation::Shelf;
use shared::words::{DocumentId, ItemId};

use super::words_fields::{FieldIds, MainFields, MoreFields, PlaceFields};
use crate::browser::dom;
use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::missing::MissingPage;
use crate::pages::words::failure_words;
use crate::state::library::publish::{Publishing, kind_of};
use crate::state::library::put_in::shelf_key;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::words::WordsForm;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// Forms of the page that puts in have the numbers of their drafts.
const PUBLISH_FORM: u32 = u32::MAX - 1;

#[component]
pub fn PublishPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<DocumentId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Publish id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

#[component]
fn Publish(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    let back = format!("/documents/{id}");
    let publishing = Publishing::of(session, id);
    let missing = move || publishing.failure.with(|failure| failure.as_ref().and_then(Failure::status) == Some(404));
    Effect::new(move || dom::set_title(t_string!(i18n, publish.tab)));
    // What is filled in stays, whatever is read again.
    let ready = Memo::new(move |_| publishing.card.with(Option::is_some) && vocabulary.view.with(Option::is_some));
    let opening = Signal::derive(move || t_string!(i18n, common.opening).to_string());
    move || {
        if missing() {
            return view! { <MissingPage/> }.into_any();
        }
        let back = back.clone();
        view! {
            <main class="main put-in" id="main" tabindex="-1">
                <div class="lead">
                    <div><a class="button" data-kind="quiet" href=back.clone() rel="external">{icon("left")}{t!(i18n, publish.back)}</a><h1>{t!(i18n, publish.title)}</h1><p>{t!(i18n, publish.words)}</p></div>
                </div>
                {move || publishing.failure.get().or_else(|| vocabulary.failure.get()).map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                {move || match publishing.card.get_untracked().filter(|_| ready.get()) {
                    Some(card) if card.right == Right::Manage => view! { <Form publishing card back=back.clone()/> }.into_any(),
                    Some(_) => view! { <Banner tone=Tone::Calm>{t!(i18n, publish.not_yours)}</Banner> }.into_any(),
                    None if publishing.failure.with(Option::is_some) => ().into_any(),
                    None => view! { <Skeleton label=opening/> }.into_any(),
                }}
            </main>
        }
        .into_any()
    }
}

#[component]
fn Form(publishing: Publishing, card: DocumentCard, back: String) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let way = StoredValue::new_local(use_way());
    let guess = vocabulary.guess(&card.title);
    let form = WordsForm::guessed(&guess, vocabulary);
    if guess.kind.is_none() {
        form.kind.set(kind_of(card.kind).as_str().to_owned());
    }
    form.title.set(card.title);
    let ids = FieldIds::of(PUBLISH_FORM);
    let (tried, note) = (RwSignal::new(false), RwSignal::new(String::new()));
    let shelf = RwSignal::new(shelf_key(&first_shelf(card.shelf.shelf, vocabulary)));
    // The id of the item that gets a version; empty for one of its own.
    let as_version = RwSignal::new(first_of(publishing).unwrap_or_default());
    let is_new = move || as_version.with(String::is_empty);
    let done = RwSignal::new(None::<ItemId>);
    let deed = Callback::new(move |()| {
        tried.set(true);
        let item = as_version.with_untracked(|id| id.parse::<ItemId>().ok());
        if item.is_none() && untrack(|| form.wrong()).is_some() {
            return None;
        }
        let shelf = vocabulary.with(|view| {
            let chosen = shelf.get_untracked();
            view.shelves.iter().map(|card| card.shelf.clone()).find(|shelf| shelf_key(shelf) == chosen)
        });
        let (words, note) = (form.words(), note.get_untracked().trim().to_owned());
        let deed: Deed = Box::pin(async move {
            let made = match (item, shelf) {
                (Some(item), _) => publishing.as_version(item, note).await,
                (None, Some(shelf)) => publishing.as_new(words, shelf).await,
                (None, None) => Err(Failure::Unreadable),
            };
            match made {
                Ok(item) => {
                    let _ = done.try_set(Some(item));
                    Ok(())
                }
                Err(failure) => {
                    // Only the answer may have been lost: then it stands in the list.
                    publishing.read();
                    Err(failure)
                }
            }
        });
        Some(deed)
    });
    let close = Callback::new(move |()| {
        let to = done.get_untracked().map_or_else(|| back.clone(), |item| format!("/library/items/{item}"));
        way.with_value(|way| way(&to, Trace::Leave));
    });
    let targets = move || {
        let next = |item: ItemCard| {
            let words = t_string!(i18n, publish.as_version, title = item.title, number = item.version + 1).to_string();
            (item.id.to_string(), words)
        };
        let items = publishing.items.get().unwrap_or_default();
        let new = (String::new(), t_string!(i18n, publish.as_new).to_string());
        items.into_iter().map(next).chain([new]).collect::<Vec<_>>()
    };
    let has_items = move || publishing.items.with(|items| items.as_ref().is_some_and(|items| !items.is_empty()));
    let shelves = move || {
        vocabulary.with(|view| {
            view.shelves.iter().map(|card| (shelf_key(&card.shelf), card.name.clone())).collect::<Vec<_>>()
        })
    };
    view! {
        <section class="card draft">
            <DeedForm submit=Signal::derive(move || t_string!(i18n, publish.submit).to_string()) words=failure_words deed close>
                <Show when=has_items>
                    <SelectField id="publish-as" label=Signal::derive(move || t_string!(i18n, publish.becomes).to_string()) value=as_version options=Signal::derive(targets)/>
                </Show>
                {move || if is_new() {
                    view! {
                        <SelectField id="publish-shelf" label=Signal::derive(move || t_string!(i18n, put_in.shelf).to_string()) value=shelf options=Signal::derive(shelves)
                            hint=Signal::derive(move || t_string!(i18n, put_in.shelf_hint).to_string())/>
                        <div class="fields"><MainFields form ids tried=tried.into()/><PlaceFields form ids/><MoreFields form ids tried=tried.into()/></div>
                    }.into_any()
                } else {
                    view! { <TextField id="publish-note" label=Signal::derive(move || t_string!(i18n, library.version_note).to_string()) value=note/> }.into_any()
                }}
            </DeedForm>
        </section>
    }
}

/// Where the document lies; of what lies with a person alone, the school, where others find it.
fn first_shelf(lies: Shelf, vocabulary: LibraryVocabulary) -> Shelf {
    let is_schools = |shelf: &Shelf| matches!(shelf, Shelf::School(_));
    let school = vocabulary.with(|view| view.shelves.iter().map(|card| card.shelf.clone()).find(is_schools));
    match lies {
        Shelf::Person(_) => school.unwrap_or(lies),
        Shelf::Team(_) | Shelf::School(_) | Shelf::Group(_) => lies,
    }
}

/// The newest item of the document.
fn first_of(publishing: Publishing) -> Option<String> {
    publishing.items.with_untracked(|items| items.as_ref()?.first().map(|item| item.id.to_string()))
}
