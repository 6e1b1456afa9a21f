//! The pages of the board: turning, adding, what lies behind them; how large one sees them, and with whom.

use leptos::prelude::*;
use shared::board::{Background, Board, PageId};

use super::view::BoardView;
use crate::browser::clock;
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// To the page so many further on, if there is one.
pub fn turn(document: OpenDocument<Board>, by: isize) {
    let own = document.own;
    let pages = own.pages.get_untracked();
    let here = pages.iter().position(|page| page.id == own.page.get_untracked()).unwrap_or(0);
    let next = here.checked_add_signed(by).and_then(|at| pages.get(at)).map(|page| page.id);
    if let Some(next) = next {
        own.follows.set(None);
        document.with_view(|view| view.show_page(next));
    }
}

fn add(document: OpenDocument<Board>) {
    let own = document.own;
    let new = PageId::new(clock::fresh_number());
    let here = own.page.get_untracked();
    // A new page looks as the one before it, but for a picture.
    let background = document.with_replica(|board| board.page(here).map(|page| page.background.clone())).flatten();
    let background = background.filter(|background| !matches!(background, Background::Picture { .. }));
    document.draw(|board| board.add_page(new, Some(here), &background.unwrap_or(Background::Plain)));
    document.with_view(|view| view.show_page(new));
}

#[component]
pub fn Pager(
    document: OpenDocument<Board>,
    /// With whom one looks, in place of the choice among all who are here.
    #[prop(optional)]
    follow: Option<ViewFn>,
) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let at = Memo::new(move |_| {
        own.pages.with(|pages| pages.iter().position(|page| page.id == own.page.get())).unwrap_or(0)
    });
    let count = Memo::new(move |_| own.pages.with(Vec::len));
    let percent = Memo::new(move |_| (own.zoom.get() * 100.0).round() as u32);
    view! {
        <nav class="board-pages" aria-label=move || t_string!(i18n, board.pages)>
            <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, board.previous) aria-disabled=move || (at.get() == 0).to_string() on:click=move |_| turn(document, -1)>{icon("left")}</button>
            <span class="number small" role="status">{move || t_string!(i18n, board.page_of, page = at.get() + 1, pages = count.get()).to_string()}</span>
            <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, board.next) aria-disabled=move || (at.get() + 1 >= count.get()).to_string() on:click=move |_| turn(document, 1)>{icon("next")}</button>
            {move || document.may_edit().then(|| view! { <PageMenu document/> })}
            <Menu label=Signal::derive(move || t_string!(i18n, board.zoom).to_string()) class="zoom-choice small number" face_is_name=true face=ViewFn::from(move || view! { <span>{move || format!("{} %", percent.get())}</span> })>
                <button role="menuitem" type="button" on:click=move |_| document.with_view(|view| view.zoom(1.25))>{icon("plus")}{t!(i18n, board.zoom_in)}</button>
                <button role="menuitem" type="button" on:click=move |_| document.with_view(|view| view.zoom(0.8))>{icon("rule")}{t!(i18n, board.zoom_out)}</button>
                <button role="menuitem" type="button" on:click=move |_| document.with_view(BoardView::zoom_to_life)>{icon("size")}{t!(i18n, board.zoom_life)}</button>
                <button role="menuitem" type="button" on:click=move |_| document.with_view(BoardView::show_all)>{icon("eye")}{t!(i18n, board.zoom_all)}</button>
            </Menu>
            {match follow {
                Some(follow) => follow.run(),
                None => view! { <Follow document/> }.into_any(),
            }}
        </nav>
    }
}

#[component]
fn PageMenu(document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let here = move || {
        own.pages.with(|pages| pages.iter().find(|page| page.id == own.page.get()).map(|page| page.background.clone()))
    };
    let set = move |background: Background| {
        let page = own.page.get_untracked();
        document.draw(|board| board.set_background(page, &background));
    };
    let choice = move |background: Background, name: Signal<String>| {
        let (shown, put) = (background.clone(), background);
        view! {
            <button role="menuitemradio" type="button" aria-checked=move || (here().as_ref() == Some(&shown)).to_string() on:click=move |_| set(put.clone())>{name}</button>
        }
    };
    let remove = move |_| {
        let page = own.page.get_untracked();
        turn(
            document,
            if own.pages.with_untracked(|pages| pages.first().is_some_and(|first| first.id == page)) { 1 } else { -1 },
        );
        document.draw(|board| board.remove_page(page));
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, board.page).to_string()) size="small" face=ViewFn::from(|| icon("more"))>
            <button role="menuitem" type="button" on:click=move |_| add(document)>{icon("plus")}{t!(i18n, board.add_page)}</button>
            <p class="heading">{t!(i18n, board.background)}</p>
            {choice(Background::Plain, Signal::derive(move || t_string!(i18n, board.plain).to_string()))}
            {choice(Background::Ruled, Signal::derive(move || t_string!(i18n, board.ruled).to_string()))}
            {choice(Background::Grid, Signal::derive(move || t_string!(i18n, board.grid).to_string()))}
            <div role="separator"></div>
            <button role="menuitem" type="button" data-kind="danger" on:click=remove>{icon("trash")}{move || if own.page.get() == PageId::FIRST { t_string!(i18n, board.empty_page) } else { t_string!(i18n, board.remove_page) }}</button>
        </Menu>
    }
}

/// To look with somebody, or by oneself.
#[component]
fn Follow(document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let with_place = move || {
        document.people.with(|people| {
            let placed = people.iter().filter_map(|colleague| {
                Some((colleague.caret.as_ref()?.parse::<u64>().ok()?, colleague.person.name.clone()))
            });
            placed.collect::<Vec<_>>()
        })
    };
    let some = Memo::new(move |_| !with_place().is_empty());
    let name = move |client: u64| {
        with_place().into_iter().find(|(known, _)| *known == client).map(|(_, name)| name).unwrap_or_default()
    };
    let label = Signal::derive(move || match own.follows.get() {
        Some(client) => t_string!(i18n, board.follows, name = name(client)).to_string(),
        None => t_string!(i18n, board.follow).to_string(),
    });
    let follow = move |client: Option<u64>| {
        own.follows.set(client);
        client.into_iter().for_each(|client| document.with_view(|view| view.look_with(client)));
    };
    view! {
        <Show when=move || some.get()>
            <Menu label class="follow-choice small" face_is_name=true face=ViewFn::from(move || view! { {icon("eye")}<span class="truncate">{label}</span> })>
                <button role="menuitemradio" type="button" aria-checked=move || own.follows.with(Option::is_none).to_string() on:click=move |_| follow(None)>{t!(i18n, board.roam)}</button>
                {move || with_place().into_iter().map(|(client, name)| view! {
                    <button role="menuitemradio" type="button" aria-checked=move || (own.follows.get() == Some(client)).to_string() on:click=move |_| follow(Some(client))>{name}</button>
                }).collect_view()}
            </Menu>
        </Show>
    }
}
