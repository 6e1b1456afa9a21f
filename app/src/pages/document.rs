use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use shared::pages::document_address;
use shared::words::{DocumentId, DocumentKind, ItemId};

use crate::browser::{dom, page, settings};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::person::by;
use crate::components::save::{LineState, SaveState};
use crate::components::shell::MyItems;
use crate::components::skeleton::Skeleton;
use crate::editor::host::mounted;
use crate::editor::image::{ImageBar, ImageDialog};
use crate::editor::library::LibraryPanel;
use crate::editor::link::LinkDialog;
use crate::editor::outline::{self, Outline};
use crate::editor::people::People;
use crate::editor::shortcut_list::ShortcutList;
use crate::editor::shortcuts::Shortcut;
use crate::editor::title::TitleField;
use crate::editor::toolbar::Toolbar;
use crate::i18n::*;
use crate::pages::away::AwayDialog;
use crate::pages::draft::{Drafts, FileForm, keep_as_file};
use crate::pages::missing::MissingPage;
use crate::pages::saving::SavingDialog;
use crate::pages::share::ShareDialog;
use crate::pages::trouble::Troubles;
use crate::pages::words::kind_name;
use crate::state::documents::{move_to_bin, restore};
use crate::state::leaving::Leaving;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::state::way::{Trace, use_way};

/// A sheet on the desk: head, tools, outline, paper.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let params = use_params_map();
    // Another document is another page: nothing of the first may stay.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<DocumentId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Desk id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

#[component]
fn Desk(id: DocumentId) -> impl IntoView {
    let session: Session = expect_context();
    let document = OpenDocument::open(session, id);
    let missing = Memo::new(move |_| document.stage.get() == Stage::Missing);
    let way = use_way();
    Effect::new(move || {
        let kind = document.card.with(|card| card.as_ref().map(|card| card.kind));
        if let Some(kind @ DocumentKind::Board) = kind {
            way(&document_address(kind, &document.id()), Trace::Replace);
        }
    });
    view! {
        {move || if missing.get() {
            view! { <MissingPage><Drafts document/></MissingPage> }.into_any()
        } else {
            view! { <Sheet document/> }.into_any()
        }}
        <AwayDialog document/>
    }
}

#[component]
fn Sheet(document: OpenDocument) -> impl IntoView {
    let i18n = use_i18n();
    let outline_open = RwSignal::new(outline_stands());
    let wide = StoredValue::new(outline::has_room());
    page::hear(leptos::ev::resize, move |_| {
        let now = outline::has_room();
        if wide.get_value() != now {
            wide.set_value(now);
            outline_open.set(outline_stands());
        }
    });
    let (link_open, image_open, share_open) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    // Whoever comes from an item of the library has it beside the text.
    let item = use_query_map().with_untracked(|query| query.get("library")).and_then(|id| id.parse::<ItemId>().ok());
    let (library_open, item) = (RwSignal::new(item.is_some()), RwSignal::new(item));
    let (saving_open, shortcuts_open) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move || {
        let title = document.card.with(|card| card.as_ref().map(|card| card.title.clone()));
        let tab = t_string!(i18n, document.tab);
        dom::set_title(&title.map_or(tab.to_string(), |title| format!("{title} · {tab}")));
    });
    Effect::new(move || {
        let Some(asked) = document.own.asked.get() else { return };
        match asked.as_str() {
            "link" if document.may_edit() => link_open.set(true),
            "library" => library_open.set(true),
            "image" if document.may_edit() => image_open.set(true),
            "save" => saving_open.set(true),
            "leave" => dom::focus_id("doc-title"),
            _ => {}
        }
        document.own.asked.set(None);
    });
    page::hear(leptos::ev::keydown, move |event| {
        if Shortcut::Areas.is(&event) {
            event.prevent_default();
            dom::focus_next_area(&["doc-head", "tools", "outline", "paper", "library"], event.shift_key());
        } else if Shortcut::Shortcuts.is(&event) {
            event.prevent_default();
            shortcuts_open.set(true);
        }
    });
    view! {
        <div class="doc">
            <Head document outline_open share_open saving_open shortcuts_open/>
            <Toolbar document link_open library_open/>
            <Outline document open=outline_open/>
            // Outside what scrolls: seen wherever in the text one is.
            <Troubles document/>
            <main class="doc-desk" id="main" tabindex="-1">
                <Paper document/>
                <ImageBar document open=image_open/>
            </main>
            <LibraryPanel document open=library_open item/>
            <LinkDialog document open=link_open/>
            <ImageDialog document open=image_open/>
            <ShareDialog document open=share_open/>
            <SavingDialog document open=saving_open/>
            <ShortcutList open=shortcuts_open/>
        </div>
    }
}

/// In a narrow window the outline would lie over the text: it waits until it is asked for.
fn outline_stands() -> bool {
    outline::has_room() && settings::read("outline").as_deref() != Some("shut")
}

#[component]
fn Head(
    document: OpenDocument,
    outline_open: RwSignal<bool>,
    share_open: RwSignal<bool>,
    saving_open: RwSignal<bool>,
    shortcuts_open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let kind = move || document.card.with(|card| card.as_ref().map(|card| kind_name(card.kind)));
    let toggle_outline = move |_| {
        outline_open.update(|open| *open = !*open);
        settings::write("outline", (!outline_open.get_untracked()).then_some("shut"));
    };
    view! {
        <header class="doc-head" id="doc-head">
            <a class="icon-button" href="/documents" aria-label=move || t_string!(i18n, document.back) data-tip=move || t_string!(i18n, document.back)>{icon("left")}</a>
            <div class="grow doc-name">
                <TitleField document/>
                {move || kind().map(|kind| view! { <span class="badge wide-only">{kind}</span> })}
                <SaveState saving=document.saving line=document.line explain=move |()| saving_open.set(true)/>
            </div>
            <People document/>
            <span class="full-only"><LineState line=document.line network=document.network/></span>
            <button class="button wide-only" type="button" disabled=move || document.is_gone() on:click=move |_| share_open.set(true)>{icon("share")}{t!(i18n, share.button)}</button>
            <button class="icon-button" type="button" aria-label=move || t_string!(i18n, document.outline) data-tip=move || t_string!(i18n, document.outline)
                aria-expanded=move || outline_open.get().to_string() aria-controls="outline" on:click=toggle_outline>{icon("outline")}</button>
            <DocumentMenu document share_open shortcuts_open/>
        </header>
    }
}

#[component]
fn DocumentMenu(document: OpenDocument, share_open: RwSignal<bool>, shortcuts_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let leaving: Leaving = expect_context();
    let preferences: Preferences = expect_context();
    let session: Session = expect_context();
    let toasts: Toasts = expect_context();
    let navigate = use_navigate();
    let throw = move |_| {
        let navigate = navigate.clone();
        let id = document.id();
        let title =
            document.card.with_untracked(|card| card.as_ref().map(|card| card.title.clone())).unwrap_or_default();
        leptos::task::spawn_local(async move {
            match move_to_bin(session, &id).await {
                Ok(()) => {
                    let home = navigate.clone();
                    let (words, address) =
                        (t_string!(i18n, documents.binned, title = title).to_string(), document.address());
                    toasts.say_with_undo(words, move || {
                        let (id, address, navigate) = (id.clone(), address.clone(), navigate.clone());
                        leptos::task::spawn_local(async move {
                            if restore(session, &id).await.is_ok() {
                                navigate(&address, Default::default());
                            }
                        });
                    });
                    home("/documents", Default::default());
                }
                Err(failure) => drop(document.failure.try_set(Some(failure))),
            }
        });
    };
    // As it is on the screen: what is not uploaded yet is in it.
    let keep = move |form| {
        if let Some(content) = document.content() {
            keep_as_file(&document.title(), &content, form);
        }
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, document.more).to_string()) busy=leaving.busy face=ViewFn::from(|| icon("more"))>
            <button class="phone-only" role="menuitem" type="button" disabled=move || document.is_gone() on:click=move |_| share_open.set(true)>{icon("share")}{t!(i18n, share.button)}</button>
            <button role="menuitem" type="button" aria-keyshortcuts=Shortcut::Print.aria() on:click=move |_| page::print()>{icon("print")}{t!(i18n, document.print)}<span class="kbd" aria-hidden="true">{Shortcut::Print.keys()}</span></button>
            <button role="menuitem" type="button" on:click=move |_| keep(FileForm::WebPage)>{icon("doc")}{t!(i18n, draft.as_html)}</button>
            <button role="menuitem" type="button" on:click=move |_| keep(FileForm::Markdown)>{icon("doc")}{t!(i18n, draft.as_markdown)}</button>
            {move || document.may_manage().then(|| {
                let href = format!("/library/publish/{}", document.id());
                view! { <a role="menuitem" href=href rel="external">{icon("library")}{t!(i18n, publish.title)}</a> }
            })}
            <button class="wide-only" role="menuitem" type="button" aria-keyshortcuts=Shortcut::Shortcuts.aria() on:click=move |_| shortcuts_open.set(true)>{icon("keys")}{t!(i18n, shortcuts.title)}<span class="kbd" aria-hidden="true">{Shortcut::Shortcuts.keys()}</span></button>
            <button role="menuitem" type="button" on:click=move |_| preferences.toggle_theme()>{icon("theme")}{t!(i18n, shell.theme)}</button>
            {
                let throw = throw.clone();
                move || document.may_manage().then(|| view! {
                    <div role="separator"></div>
                    <button role="menuitem" type="button" data-kind="danger" on:click=throw.clone()>{icon("trash")}{t!(i18n, documents.to_bin)}</button>
                })
            }
            <div role="separator"></div>
            <MyItems/>
        </Menu>
    }
}

/// The paper: what is written. Empty until document and editor are here.
#[component]
fn Paper(document: OpenDocument) -> impl IntoView {
    let i18n = use_i18n();
    let place = mounted(document, Signal::derive(move || document.may_edit()));
    view! {
        {move || (document.stage.get() == Stage::NoView).then(|| view! {
            <div class="doc-note"><Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| document.load_again()>{t!(i18n, common.try_again)}</button> }>
                {t!(i18n, document.no_editor)}
            </Banner></div>
        })}
        <div class="paper" id="paper">
            <PaperHead document/>
            <Show when=move || document.stage.get() == Stage::Opening>
                <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/>
            </Show>
            <div node_ref=place></div>
        </div>
    }
}

/// Title, kind, team and owner, as they stand on the first printed page.
#[component]
fn PaperHead(document: OpenDocument) -> impl IntoView {
    let title = Memo::new(move |_| document.card.with(|card| card.as_ref().map(|card| card.title.clone())));
    let about = Memo::new(move |_| {
        document.card.with(|card| card.as_ref().map(|card| (card.kind, card.team.clone(), card.owner.clone())))
    });
    view! {
        <header class="paper-head">
            {move || title.get().map(|title| view! { <h1 class="doc-title">{title}</h1> })}
            {move || about.get().map(|(kind, team, owner)| view! {
                <p class="doc-by">{kind_name(kind)}" · "{team.map(|team| format!("{} · ", team.name))}{by(&owner)}</p>
            })}
        </header>
    }
}
