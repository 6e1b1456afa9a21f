use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::access::Right;
use shared::api::{DocumentCard, Which};
use shared::words::DocumentKind;

use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::chip::Chip;
use crate::components::document_row::DocumentRow;
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::create::{CreateDialog, KINDS};
use crate::pages::words::{failure_words, kind_name};
use crate::state::documents::{Documents, Narrow, move_to_bin, restore, which_name, which_named};
use crate::state::session::Session;
use crate::state::toasts::Toasts;

const TABS: [Which; 5] = [Which::All, Which::Recent, Which::Mine, Which::Shared, Which::Bin];
/// How long to wait for the next key before asking, in milliseconds.
const PAUSE: u32 = 250;

/// Everything I may see. What it is narrowed to stands in the address, so that back, reload and bookmarks work.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let query = use_query_map();
    let documents = Documents::new(session);
    let narrow = Memo::new(move |_| {
        query.with(|query| Narrow {
            which: query.get("which").map(|name| which_named(&name)).unwrap_or_default(),
            kind: query.get("kind").and_then(|name| DocumentKind::named(&name)),
            words: query.get("q").unwrap_or_default(),
        })
    });
    Effect::new(move || documents.show(&narrow.get()));
    Effect::new(move || dom::set_title(t_string!(i18n, documents.tab)));
    let creating = RwSignal::new(None::<DocumentKind>);
    view! {
        <main class="main documents" id="main" tabindex="-1">
            <div class="lead">
                <h1>{t!(i18n, documents.title)}</h1>
                <div class="actions">
                    <button class="button" data-kind="primary" type="button" on:click=move |_| creating.set(Some(DocumentKind::LessonPlan))>{icon("plus")}{t!(i18n, documents.make)}</button>
                </div>
            </div>
            <nav class="tabs documents-tabs" aria-label=move || t_string!(i18n, documents.which)>
                {TABS.map(|which| view! {
                    <a href=move || address(&Narrow { which, ..narrow.get() }) aria-current=move || (narrow.with(|narrow| narrow.which) == which).then_some("page")>{move || which_words(which)}</a>
                })}
            </nav>
            <Tools narrow/>
            <Lines documents narrow creating/>
            <CreateDialog kind=creating/>
        </main>
    }
}

#[component]
fn Tools(narrow: Memo<Narrow>) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let typed = RwSignal::new(narrow.get_untracked().words);
    Effect::new(move || typed.set(narrow.with(|narrow| narrow.words.clone())));
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let ask = {
        let navigate = navigate.clone();
        move |words: String| {
            if let Some(earlier) = waiting.get_value() {
                earlier.clear();
            }
            let navigate = navigate.clone();
            waiting.set_value(Some(page::later(PAUSE, move || {
                if let Some(narrow) = narrow.try_get_untracked() {
                    let words = words.trim().to_owned();
                    if words != narrow.words {
                        navigate(
                            &address(&Narrow { words, ..narrow }),
                            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
                        );
                    }
                }
            })));
        }
    };
    let ask_composed = ask.clone();
    view! {
        <div class="documents-tools">
            <div class="input-group">
                {icon("search")}
                <input class="input" type="search" autocomplete="off" aria-label=move || t_string!(i18n, documents.search) placeholder=move || t_string!(i18n, documents.search)
                    prop:value=typed
                    on:input=move |event| if !dom::is_composing(&event) { ask(event_target_value(&event)) }
                    on:compositionend=move |event| ask_composed(event_target_value(&event))/>
            </div>
            <div class="kinds" role="group" aria-label=move || t_string!(i18n, documents.kinds)>
                {KINDS.map(|kind| {
                    let navigate = StoredValue::new_local(navigate.clone());
                    let pressed = Signal::derive(move || narrow.with(|narrow| narrow.kind) == Some(kind));
                    let press = move |()| {
                        let next = (!pressed.get_untracked()).then_some(kind);
                        let to = address(&Narrow { kind: next, ..narrow.get_untracked() });
                        navigate.with_value(|navigate| navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() }));
                    };
                    view! { <Chip words=Signal::derive(move || kind_name(kind)) pressed press/> }
                })}
            </div>
        </div>
    }
}

#[component]
fn Lines(documents: Documents, narrow: Memo<Narrow>, creating: RwSignal<Option<DocumentKind>>) -> impl IntoView {
    let i18n = use_i18n();
    let opening = Signal::derive(move || t_string!(i18n, common.opening).to_string());
    view! {
        {move || documents.failure.get().map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| documents.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })}
        {move || match documents.lines.get() {
            None if documents.failure.with(Option::is_some) => ().into_any(),
            None => view! { <Skeleton label=opening/> }.into_any(),
            Some(lines) if lines.is_empty() => view! { <Nothing narrow creating/> }.into_any(),
            Some(lines) => view! { <ul class="rows">{lines.into_iter().map(|card| view! { <Line card documents/> }).collect_view()}</ul> }.into_any(),
        }}
        <Pager label=Signal::derive(move || t_string!(i18n, documents.more).to_string()) more=Signal::derive(move || documents.has_more()) busy=documents.busy go_on=move |()| documents.more()/>
    }
}

#[component]
fn Line(card: DocumentCard, documents: Documents) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let toasts: Toasts = expect_context();
    let (id, title) = (card.id.clone(), card.title.clone());
    let binned = card.binned.is_some();
    let put_back = {
        let (id, title) = (id.clone(), title.clone());
        move || {
            let (id, title) = (id.clone(), title.clone());
            documents.take_out(&id);
            leptos::task::spawn_local(async move {
                match restore(session, &id).await {
                    Ok(()) => toasts.say(t_string!(i18n, documents.restored, title = title).to_string()),
                    Err(failure) => {
                        documents.failure.set(Some(failure));
                    }
                }
            });
        }
    };
    let throw = move || {
        let (id, title) = (id.clone(), title.clone());
        documents.take_out(&id);
        leptos::task::spawn_local(async move {
            match move_to_bin(session, &id).await {
                Ok(()) => {
                    toasts.say_with_undo(t_string!(i18n, documents.binned, title = title).to_string(), move || {
                        let id = id.clone();
                        leptos::task::spawn_local(async move {
                            if let Err(failure) = restore(session, &id).await {
                                let _ = documents.failure.try_set(Some(failure));
                            } else {
                                documents.again();
                            }
                        });
                    })
                }
                Err(failure) => {
                    documents.again();
                    documents.failure.set(Some(failure));
                }
            }
        });
    };
    let deeds: Option<ViewFn> = (card.right == Right::Manage).then(|| {
        if binned {
            ViewFn::from(move || {
                let put_back = put_back.clone();
                view! { <button class="button" data-size="small" type="button" on:click=move |_| put_back()>{icon("restore")}{t!(i18n, documents.restore)}</button> }
            })
        } else {
            ViewFn::from(move || {
                let throw = throw.clone();
                view! { <button class="icon-button" type="button" aria-label=move || t_string!(i18n, documents.to_bin) data-tip=move || t_string!(i18n, documents.to_bin) data-tip-side="end" on:click=move |_| throw()>{icon("trash")}</button> }
            })
        }
    });
    match deeds {
        Some(deeds) => view! { <DocumentRow card deeds/> }.into_any(),
        None => view! { <DocumentRow card/> }.into_any(),
    }
}

#[component]
fn Nothing(narrow: Memo<Narrow>, creating: RwSignal<Option<DocumentKind>>) -> impl IntoView {
    let i18n = use_i18n();
    let narrowed = move || narrow.with(|narrow| narrow.kind.is_some() || !narrow.words.is_empty());
    let bin = move || narrow.with(|narrow| narrow.which == Which::Bin);
    let title = Signal::derive(move || {
        if narrowed() {
            t_string!(i18n, documents.none_found)
        } else if bin() {
            t_string!(i18n, documents.bin_empty)
        } else {
            t_string!(i18n, documents.none)
        }
        .to_string()
    });
    let words = Signal::derive(move || {
        if narrowed() {
            t_string!(i18n, documents.none_found_words)
        } else if bin() {
            t_string!(i18n, documents.bin_words)
        } else {
            t_string!(i18n, documents.none_words)
        }
        .to_string()
    });
    view! {
        <div class="card">
            <Empty picture="doc" title words>
                {move || if narrowed() {
                    view! { <a class="button" href=move || address(&Narrow { which: narrow.get().which, ..Narrow::default() })>{t!(i18n, documents.show_all)}</a> }.into_any()
                } else if bin() {
                    ().into_any()
                } else {
                    view! { <button class="button" type="button" on:click=move |_| creating.set(Some(DocumentKind::LessonPlan))>{t!(i18n, documents.make)}</button> }.into_any()
                }}
            </Empty>
        </div>
    }
}

fn which_words(which: Which) -> String {
    let i18n = use_i18n();
    match which {
        Which::All => t_string!(i18n, documents.which_all),
        Which::Recent => t_string!(i18n, documents.which_recent),
        Which::Mine => t_string!(i18n, documents.which_mine),
        Which::Shared => t_string!(i18n, documents.which_shared),
        Which::Bin => t_string!(i18n, documents.which_bin),
    }
    .to_string()
}

fn address(narrow: &Narrow) -> String {
    let mut parts = Vec::new();
    if narrow.which != Which::All {
        parts.push(format!("which={}", which_name(narrow.which)));
    }
    if let Some(kind) = narrow.kind {
        parts.push(format!("kind={}", kind.as_str()));
    }
    if !narrow.words.is_empty() {
        parts.push(format!("q={}", dom::encode(&narrow.words)));
    }
    if parts.is_empty() { "/documents".to_owned() } else { format!("/documents?{}", parts.join("&")) }
}
