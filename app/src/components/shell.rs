use leptos::prelude::*;
use shared::api::Me;

use super::icon::{icon, mark};
use super::menu::Menu;
use super::palette::Palette;
use super::person::avatar;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::state::leaving::Leaving;
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::way::Way;

/// The places, always in the same order, always with words.
#[component]
pub fn Rail(place: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way: Way = expect_context();
    let group = move || session.me().and_then(|me| me.group);
    let current = move |name: &str| match (place, name) {
        ("home", "home")
        | ("documents", "documents")
        | ("library", "library")
        | ("tutoring", "tutoring")
        | ("people", "people") => Some("page"),
        ("class", "tutoring") => Some("true"),
        ("document" | "board", "documents") => Some("true"),
        _ => None,
    };
    view! {
        <nav class="rail" aria-label=move || t_string!(i18n, shell.navigation)>
            <a class="brand" href="/" rel=way.rel("/") aria-label=move || t_string!(i18n, shell.brand_home)>{mark(26)}<span>{t!(i18n, brand)}</span></a>
            <ul class="places">
                <li><a href="/" rel=way.rel("/") aria-current=current("home")>{icon("home")}<span>{t!(i18n, home.title)}</span></a></li>
                <li><a href="/documents" rel=way.rel("/documents") aria-current=current("documents")>{icon("doc")}<span>{t!(i18n, documents.title)}</span></a></li>
                <li><a href="/library" rel=way.rel("/library") aria-current=current("library")>{icon("library")}<span>{t!(i18n, library.title)}</span></a></li>
                <li><a href="/tutoring" rel=way.rel("/tutoring") aria-current=current("tutoring")>{icon("session")}<span>{t!(i18n, tutoring.place)}</span></a></li>
                <li><a href="/people" rel=way.rel("/people") aria-current=current("people")>{icon("people")}<span>{t!(i18n, office.people)}</span></a></li>
            </ul>
            <p class="foot">{group}</p>
        </nav>
    }
}

/// One box over everything, the looks, and me.
#[component]
pub fn Bar() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let finding = RwSignal::new(false);
    page::hear(leptos::ev::keydown, move |event| {
        let is_it = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key();
        if is_it && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            // A dialog that asks something is answered first.
            if finding.get_untracked() || !dom::has_dialog() {
                finding.update(|finding| *finding = !*finding);
            }
        }
    });
    view! {
        <header class="bar">
            <button class="seek" type="button" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" on:click=move |_| finding.set(true)>
                {icon("search")}<span class="truncate">{t!(i18n, shell.seek)}</span><span class="kbd" aria-hidden="true">{if page::has_command_key() { "⌘ K" } else { "Ctrl K" }}</span>
            </button>
            <Palette open=finding/>
            <span class="push"></span>
            <Looks/>
            {move || session.me().map(|me| view! { <MeMenu me/> })}
        </header>
    }
}

/// 大字 and 明暗.
#[component]
fn Looks() -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    view! {
        <button class="icon-button" type="button" data-wide aria-label=move || t_string!(i18n, shell.large) data-tip=move || t_string!(i18n, shell.large)
            aria-pressed=move || preferences.is_large().to_string() on:click=move |_| preferences.toggle_large()>{icon("size")}</button>
        <button class="icon-button" type="button" aria-label=move || t_string!(i18n, shell.theme) data-tip=move || t_string!(i18n, shell.theme)
            on:click=move |_| preferences.toggle_theme()>{icon("theme")}</button>
    }
}

#[component]
fn MeMenu(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    let leaving: Leaving = expect_context();
    let person = me.person.clone();
    let name = spoken_name(&me);
    let label = Signal::derive(move || t_string!(i18n, shell.me, name = name.clone()).to_string());
    view! {
        <Menu label class="me" busy=leaving.busy face_is_name=true face=ViewFn::from(move || view! { <span class="visually-hidden">{move || t_string!(i18n, shell.me, name = "").to_string()}</span>{avatar(&person, None)} })>
            <MyItems/>
        </Menu>
    }
}

/// What every page's menu has of me: who I am, how I read, the way out.
#[component]
pub fn MyItems() -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    let session: Session = expect_context();
    let leaving: Leaving = expect_context();
    let way: Way = expect_context();
    view! {
        {move || session.me().map(|me| view! { <p class="heading">{spoken_name(&me)}</p> })}
        <button role="menuitem" type="button" on:click=move |_| preferences.toggle_large()>{icon("size")}{t!(i18n, shell.large)}</button>
        <button role="menuitem" type="button" on:click=move |_| preferences.toggle_language()>{icon("switch")}{t!(i18n, shell.other_language)}</button>
        // A guest of a tutoring session has no account.
        <Show when=move || session.me().is_some()>
            <a role="menuitem" href="/account" rel=way.rel("/account")>{icon("people")}{t!(i18n, office.account)}</a>
            <div role="separator"></div>
            <button role="menuitem" type="button" on:click=move |_| leaving.begin()>{icon("exit")}{t!(i18n, shell.sign_out)}</button>
        </Show>
    }
}

/// My name with my school's.
fn spoken_name(me: &Me) -> String {
    match &me.person.school {
        Some(school) => format!("{}，{}", me.person.name, school.name),
        None => me.person.name.clone(),
    }
}
