//! A board: its head, the canvas with tools and pages around it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::board::Board;
use shared::words::{DocumentId, DocumentKind};

use crate::board::export::{self, Form};
use crate::board::keys::hear_keys;
use crate::browser::dom;
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::save::{LineState, SaveState};
use crate::components::shell::MyItems;
use crate::editor::people::People;
use crate::editor::title::TitleField;
use crate::i18n::*;
use crate::pages::away::AwayDialog;
use crate::pages::board_desk::BoardDesk;
use crate::pages::draft::Drafts;
use crate::pages::missing::MissingPage;
use crate::pages::saving::SavingDialog;
use crate::pages::share::ShareDialog;
use crate::pages::trouble::Troubles;
use crate::state::documents::move_to_bin;
use crate::state::leaving::Leaving;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::way::{Trace, Way, use_way};

#[component]
pub fn BoardPage() -> impl IntoView {
    let params = use_params_map();
    // Another board is another page: nothing of the first may stay.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<DocumentId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Opened id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

#[component]
fn Opened(id: DocumentId) -> impl IntoView {
    let session: Session = expect_context();
    let document = OpenDocument::<Board>::open(session, id);
    let missing = Memo::new(move |_| document.stage.get() == Stage::Missing);
    let way = use_way();
    Effect::new(move || {
        let kind = document.card.with(|card| card.as_ref().map(|card| card.kind));
        if kind.is_some_and(|kind| kind != DocumentKind::Board) {
            way(&format!("/documents/{}", document.id()), Trace::Replace);
        }
    });
    view! {
        {move || if missing.get() {
            view! { <MissingPage><Drafts document/></MissingPage> }.into_any()
        } else {
            view! { <Class document/> }.into_any()
        }}
        <AwayDialog document/>
    }
}

#[component]
fn Class(document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let (share_open, saving_open, keys_open) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    Effect::new(move || {
        let title = document.card.with(|card| card.as_ref().map(|card| card.title.clone()));
        let tab = t_string!(i18n, document.tab);
        dom::set_title(&title.map_or(tab.to_string(), |title| format!("{title} · {tab}")));
    });
    hear_keys(document, saving_open, keys_open);
    view! {
        <div class="class">
            <Head document share_open saving_open keys_open/>
            <Troubles document/>
            <BoardDesk document/>
            <ShareDialog document open=share_open/>
            <SavingDialog document open=saving_open/>
            <KeyList open=keys_open/>
        </div>
    }
}

#[component]
fn Head(
    document: OpenDocument<Board>,
    share_open: RwSignal<bool>,
    saving_open: RwSignal<bool>,
    keys_open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    view! {
        <header class="doc-head class-head" id="doc-head">
            <a class="icon-button" href="/documents" rel=way.rel("/documents") aria-label=move || t_string!(i18n, document.back) data-tip=move || t_string!(i18n, document.back)>{icon("left")}</a>
            <div class="grow doc-name">
                <TitleField document/>
                <span class="badge wide-only">{t!(i18n, kind.board)}</span>
                <SaveState saving=document.saving line=document.line explain=move |()| saving_open.set(true)/>
            </div>
            <People document/>
            <span class="full-only"><LineState line=document.line network=document.network/></span>
            <button class="button wide-only" type="button" disabled=move || document.is_gone() on:click=move |_| share_open.set(true)>{icon("share")}{t!(i18n, share.button)}</button>
            <BoardMenu document share_open keys_open/>
        </header>
    }
}

#[component]
fn BoardMenu(document: OpenDocument<Board>, share_open: RwSignal<bool>, keys_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let leaving: Leaving = expect_context();
    let preferences: Preferences = expect_context();
    let session: Session = expect_context();
    let way = StoredValue::new_local(use_way());
    let throw = move |_| {
        let id = document.id();
        leptos::task::spawn_local(async move {
            match move_to_bin(session, &id).await {
                Ok(()) => drop(way.try_with_value(|way| way("/documents", Trace::Leave))),
                Err(failure) => drop(document.failure.try_set(Some(failure))),
            }
        });
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, document.more).to_string()) busy=leaving.busy face=ViewFn::from(|| icon("more"))>
            <button class="phone-only" role="menuitem" type="button" disabled=move || document.is_gone() on:click=move |_| share_open.set(true)>{icon("share")}{t!(i18n, share.button)}</button>
            <p class="heading">{t!(i18n, board.keep_page)}</p>
            <button role="menuitem" type="button" on:click=move |_| export::keep(document, Form::Png)>{icon("image")}{t!(i18n, board.as_png)}</button>
            <button role="menuitem" type="button" on:click=move |_| export::keep(document, Form::Svg)>{icon("shape")}{t!(i18n, board.as_svg)}</button>
            <button role="menuitem" type="button" on:click=move |_| export::print(document)>{icon("print")}{t!(i18n, board.as_pdf)}</button>
            <a role="menuitem" href=format!("/boards/{}/replay", document.id())>{icon("play")}{t!(i18n, replay.title)}</a>
            <div role="separator"></div>
            <button class="wide-only" role="menuitem" type="button" on:click=move |_| keys_open.set(true)>{icon("keys")}{t!(i18n, shortcuts.title)}</button>
            <button role="menuitem" type="button" on:click=move |_| preferences.toggle_theme()>{icon("theme")}{t!(i18n, shell.theme)}</button>
            {move || document.may_manage().then(|| view! {
                <div role="separator"></div>
                <button role="menuitem" type="button" data-kind="danger" on:click=throw>{icon("trash")}{t!(i18n, documents.to_bin)}</button>
            })}
            <div role="separator"></div>
            <MyItems/>
        </Menu>
    }
}

/// The keys of the board.
#[component]
pub fn KeyList(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, shortcuts.title).to_string())>
            <div class="body"><dl class="key-list">
                {move || crate::board::keys::list().into_iter().map(|(keys, words)| view! { <div><dt><span class="kbd">{keys}</span></dt><dd>{words}</dd></div> }).collect_view()}
            </dl></div>
            <footer><button class="button" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, common.close)}</button></footer>
        </Dialog>
    }
}
