//! A board on the pages around a document.

use leptos::prelude::*;
use shared::board::{Board, PageId};

use super::export::{self, Form};
use super::figure::Ink;
use super::inks::Inks;
use super::svg::{self, Look};
use crate::browser::storage::Draft;
use crate::browser::{canvas, dom};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::shown::Shown;
use crate::state::open_document::{OpenDocument, drafted};

impl Shown for Board {
    fn notes(document: OpenDocument<Board>) -> AnyView {
        let i18n = use_i18n();
        let own = document.own;
        view! {
            {move || own.notice.get().map(|words| view! {
                <Banner tone=Tone::Warn picture="image" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| own.notice.set(None)>{t!(i18n, common.understood)}</button> }>
                    {words}
                </Banner>
            })}
        }
        .into_any()
    }

    fn take(document: OpenDocument<Board>) -> AnyView {
        let i18n = use_i18n();
        view! {
            <span class="cluster">
                <button class="button" data-size="small" type="button" on:click=move |_| export::keep(document, Form::Png)>{icon("image")}{t!(i18n, board.as_png)}</button>
                <button class="button" data-size="small" type="button" on:click=move |_| export::keep(document, Form::Svg)>{t!(i18n, board.as_svg)}</button>
            </span>
        }
        .into_any()
    }

    fn take_draft(draft: &Draft) -> AnyView {
        let i18n = use_i18n();
        let draft = StoredValue::new(draft.clone());
        let keep = move |_| {
            draft.with_value(|draft| {
                let board = drafted(draft);
                for (at, page) in board.pages().iter().enumerate() {
                    let name = format!("{} {}.svg", draft.title, at + 1);
                    dom::download(&name, "image/svg+xml", &drawn(&board, page.id, &draft.title));
                }
            });
        };
        view! { <button class="button" data-size="small" type="button" on:click=keep>{icon("image")}{t!(i18n, board.as_svg)}</button> }
            .into_any()
    }

    fn look(_: OpenDocument<Board>, draft: &Draft) -> AnyView {
        let board = drafted(draft);
        let pages: Vec<String> = board.pages().iter().map(|page| drawn(&board, page.id, &draft.title)).collect();
        view! { <div class="draft-pages">{pages.into_iter().map(|svg| view! { <DraftPage svg/> }).collect_view()}</div> }
            .into_any()
    }

    fn place(document: OpenDocument<Board>, caret: &str) -> Option<String> {
        let i18n = use_i18n();
        let client = caret.parse().ok()?;
        let mut page = None;
        document.with_view(|view| page = view.guest(client).map(|guest| guest.page));
        let page = page?;
        let at = document.with_replica(|board| board.pages().iter().position(|known| known.id == page)).flatten()?;
        Some(t_string!(i18n, board.on_page, page = at + 1).to_string())
    }

    fn go_to(document: OpenDocument<Board>, caret: &str) {
        if let Ok(client) = caret.parse() {
            document.own.follows.set(None);
            document.with_view(|view| view.look_with(client));
        }
    }
}

/// A page of a draft. Its pictures are not asked for.
fn drawn(board: &Board, page: PageId, title: &str) -> String {
    let inks = Inks::by_day();
    let letters = canvas::Canvas::apart(1, 1);
    let measure = |text: &str, size: f32| {
        letters
            .as_ref()
            .map_or(text.chars().count() as f32 * size, |canvas| canvas.measure(text, &inks.font(size)) as f32)
    };
    let ink = |ink: Ink| inks.of(ink).to_owned();
    let look = Look { measure: &measure, ink: &ink, rule: &inks.rule, family: inks.family(), picture: &|_| None };
    svg::page(board, page, title, &look)
}

#[component]
fn DraftPage(svg: String) -> impl IntoView {
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(place) = place.get() {
            dom::show_svg(&place, &svg);
        }
    });
    view! { <div class="draft-page" node_ref=place></div> }
}
