//! The tools at the edge of the board: one Tab stop, arrows inside.

use leptos::html;
use leptos::prelude::*;
use shared::board::{Board, Body, Element, ElementId, Place};

use super::keys::remove_chosen;
use super::tools::Tool;
use crate::browser::upload::{self, Picture};
use crate::browser::{clock, dom};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::open_document::OpenDocument;

/// From this width on, in CSS pixels, the tools stand (board.css).
const WIDE: f64 = 768.0;
const PICTURES: &str = "board-pictures";
/// A picture takes so much of what one sees, at most.
const PICTURE_SHARE: f32 = 0.6;

pub fn tool_name(tool: Tool) -> String {
    let i18n = use_i18n();
    match tool {
        Tool::Select => t_string!(i18n, board.select),
        Tool::Pen => t_string!(i18n, board.pen),
        Tool::Highlighter => t_string!(i18n, board.highlighter),
        Tool::Eraser => t_string!(i18n, board.eraser),
        Tool::Shape => t_string!(i18n, board.shape),
        Tool::Text => t_string!(i18n, board.text),
        Tool::Note => t_string!(i18n, board.note),
        Tool::Picture => t_string!(i18n, board.picture),
        Tool::Laser => t_string!(i18n, board.laser),
    }
    .to_string()
}

#[component]
pub fn Toolbar(document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let bar = NodeRef::<html::Div>::new();
    let rove = move |event: leptos::ev::KeyboardEvent| {
        if let Some(bar) = dom::element(bar) {
            // On a phone it lies.
            dom::rove(&bar, &event, dom::width() >= WIDE);
        }
    };
    let tool = move |tool: Tool| {
        let tabindex = (tool != Tool::Select).then_some("-1");
        let pressed = move || (tool != Tool::Picture).then(|| (own.tool.get() == tool).to_string());
        let take = move |_| match tool {
            Tool::Picture => pick_picture(),
            tool => own.tool.set(tool),
        };
        view! {
            <button class="icon-button" type="button" tabindex=tabindex aria-pressed=pressed aria-label=move || tool_name(tool) aria-keyshortcuts=tool.key().to_string()
                data-tip=move || format!("{} {}", tool_name(tool), tool.key()) aria-busy=move || (tool == Tool::Picture && own.uploads.get() > 0).then_some("true") on:click=take>{icon(tool.icon())}</button>
        }
    };
    view! {
        <div class="toolbar board-tools" role="toolbar" aria-orientation="vertical" aria-label=move || t_string!(i18n, board.tools) node_ref=bar on:keydown=rove>
            {Tool::ALL.map(tool)}
            <span role="separator"></span>
            <button class="icon-button" type="button" tabindex="-1" aria-label=move || t_string!(i18n, board.undo) data-tip=move || format!("{} Ctrl Z", t_string!(i18n, board.undo))
                aria-disabled=move || (!document.undo.get().0).to_string() on:click=move |_| document.undo()>{icon("undo")}</button>
            <button class="icon-button wide-only" type="button" tabindex="-1" aria-label=move || t_string!(i18n, board.redo) data-tip=move || format!("{} Ctrl Shift Z", t_string!(i18n, board.redo))
                aria-disabled=move || (!document.undo.get().1).to_string() on:click=move |_| document.redo()>{icon("redo")}</button>
            {move || own.chosen.with(Option::is_some).then(|| view! {
                <button class="icon-button" data-kind="warn" type="button" tabindex="-1" aria-label=move || t_string!(i18n, board.remove) data-tip=move || t_string!(i18n, board.remove) on:click=move |_| remove_chosen(document)>{icon("trash")}</button>
            })}
        </div>
        <PictureField document/>
    }
}

/// The browser's own way to choose pictures.
#[component]
fn PictureField(document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        for picture in Picture::chosen(input) {
            put_picture(document, picture);
        }
    };
    view! {
        <input node_ref=input id=PICTURES type="file" accept="image/png,image/jpeg,image/gif,image/webp" multiple hidden aria-label=move || t_string!(i18n, board.picture) on:change=chosen/>
    }
}

pub fn pick_picture() {
    dom::follow(PICTURES, false);
}

/// Stores a picture with the board, and puts it where one looks.
fn put_picture(document: OpenDocument<Board>, picture: Picture) {
    let own = document.own;
    let owner = Owner::current();
    own.uploads.update(|uploads| *uploads += 1);
    leptos::task::spawn_local(async move {
        let stored = upload::store(&document.id(), picture).await;
        let _ = own.uploads.try_update(|uploads| *uploads -= 1);
        match stored {
            Ok(stored) => {
                let (mut middle, mut room) = ((0.0, 0.0), (600.0, 400.0));
                document.with_view(|view| {
                    let shown = view.shown();
                    (middle, room) = (view.middle(), (shown.width() * PICTURE_SHARE, shown.height() * PICTURE_SHARE));
                });
                let (width, height) = (stored.width.max(1) as f32, stored.height.max(1) as f32);
                let share = (room.0 / width).min(room.1 / height).min(1.0);
                let size = (width * share, height * share);
                let (id, page) = (ElementId::new(clock::fresh_number()), own.page.get_untracked());
                document.draw(|board| {
                    let place = Place::at(middle.0 - size.0 / 2.0, middle.1 - size.1 / 2.0, board.above_all());
                    board.put(&[Element::new(id, page, place, Body::Picture { address: stored.src, size })])
                });
                own.tool.set(Tool::Select);
                crate::browser::page::later(0, move || document.with_view(|view| view.select([id])));
            }
            Err(failure) => {
                let words = owner.map(|owner| owner.with(|| failure_words(&failure)));
                let _ = own.notice.try_set(words);
            }
        }
    });
}
