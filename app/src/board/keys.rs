//! The keys of the board.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::board::Board;

use super::pager::turn;
use super::toolbar::{pick_picture, tool_name};
use super::tools::Tool;
use super::view::BoardView;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::pages::board_desk::SURFACE;
use crate::state::open_document::OpenDocument;

/// How far an arrow moves what is selected, in board units; with Shift.
const NUDGE: f32 = 1.0;
const NUDGE_FAR: f32 = 20.0;
const ZOOM: f32 = 1.25;

/// Hears the keys for as long as the page is there.
pub fn hear_keys(document: OpenDocument<Board>, saving_open: RwSignal<bool>, keys_open: RwSignal<bool>) {
    page::hear(leptos::ev::keydown, move |event| {
        // Beside a board of a tutoring session stands a panel, which is read and written in by the same keys.
        if event.default_prevented() || dom::has_dialog() || dom::is_composing(&event) || dom::has_focus_within("side")
        {
            return;
        }
        let done = match event.ctrl_key() || event.meta_key() {
            true => with_control(document, &event, saving_open, keys_open),
            false if dom::is_typing() || event.alt_key() => false,
            false => alone(document, &event),
        };
        if done {
            event.prevent_default();
        }
    });
    page::hear(leptos::ev::keyup, move |event| {
        if event.key() == " " {
            document.with_view(|view| view.hold_paper(false));
        }
    });
}

fn with_control(
    document: OpenDocument<Board>,
    event: &KeyboardEvent,
    saving_open: RwSignal<bool>,
    keys_open: RwSignal<bool>,
) -> bool {
    match event.key().to_ascii_lowercase().as_str() {
        "s" => saving_open.set(true),
        "/" => keys_open.set(true),
        // In a field they are the browser's own.
        _ if dom::is_typing() => return false,
        "z" if event.shift_key() => document.redo(),
        "z" => document.undo(),
        "y" => document.redo(),
        "a" => select_all(document),
        _ => return false,
    }
    true
}

fn alone(document: OpenDocument<Board>, event: &KeyboardEvent) -> bool {
    let own = document.own;
    let edits = untrack(|| document.may_edit());
    let key = event.key();
    let typed = key.chars().next().filter(|_| key.chars().count() == 1).map(|c| c.to_ascii_uppercase());
    if let Some(tool) = Tool::ALL.into_iter().find(|tool| edits && Some(tool.key()) == typed) {
        match tool {
            Tool::Picture => pick_picture(),
            tool => own.tool.set(tool),
        }
        return true;
    }
    match key.as_str() {
        "+" | "=" => document.with_view(|view| view.zoom(ZOOM)),
        "-" => document.with_view(|view| view.zoom(1.0 / ZOOM)),
        "0" => document.with_view(BoardView::zoom_to_life),
        "1" => document.with_view(BoardView::show_all),
        "PageDown" => turn(document, 1),
        "PageUp" => turn(document, -1),
        "Escape" => {
            let mut busy = false;
            document.with_view(|view| busy = view.let_go());
            document.with_view(|view| {
                if !busy {
                    view.select([]);
                }
            });
        }
        "Delete" | "Backspace" if edits => remove_chosen(document),
        // A button does what it does by the same keys.
        _ if !dom::is_for(SURFACE) => return false,
        " " => document.with_view(|view| view.hold_paper(true)),
        "ArrowLeft" => arrow(document, event, (-1.0, 0.0)),
        "ArrowRight" => arrow(document, event, (1.0, 0.0)),
        "ArrowUp" => arrow(document, event, (0.0, -1.0)),
        "ArrowDown" => arrow(document, event, (0.0, 1.0)),
        _ => return false,
    }
    true
}

/// Moves what is selected; if nothing is, what one sees.
fn arrow(document: OpenDocument<Board>, event: &KeyboardEvent, (x, y): (f32, f32)) {
    let far = if event.shift_key() { NUDGE_FAR } else { NUDGE };
    let edits = untrack(|| document.may_edit());
    document.with_view(|view| match edits && !view.selection().is_empty() {
        true => view.nudge((x * far, y * far)),
        false => view.step(x, y),
    });
}

fn select_all(document: OpenDocument<Board>) {
    let own = document.own;
    if !untrack(|| document.may_edit()) {
        return;
    }
    let page = own.page.get_untracked();
    own.tool.set(Tool::Select);
    let all = document.with_replica(|board| {
        board.elements().filter(|element| element.page == page).map(|element| element.id).collect::<Vec<_>>()
    });
    // The tool is taken after this turn, and lets go of what was selected.
    page::later(0, move || document.with_view(|view| view.select(all.unwrap_or_default())));
}

pub fn remove_chosen(document: OpenDocument<Board>) {
    let mut chosen = Vec::new();
    document.with_view(|view| chosen = view.selection());
    if !chosen.is_empty() {
        document.draw(|board| board.remove(&chosen));
    }
}

/// Keys and what they do, as they are listed.
pub fn list() -> Vec<(String, String)> {
    let i18n = use_i18n();
    let tools = Tool::ALL.into_iter().map(|tool| (tool.key().to_string(), tool_name(tool)));
    let command = if page::has_command_key() { "⌘" } else { "Ctrl" };
    let rest = [
        (format!("{command} Z"), t_string!(i18n, board.undo).to_string()),
        (format!("{command} Shift Z"), t_string!(i18n, board.redo).to_string()),
        (format!("{command} A"), t_string!(i18n, board.select_all).to_string()),
        ("Delete".to_owned(), t_string!(i18n, board.remove).to_string()),
        ("← ↑ → ↓".to_owned(), t_string!(i18n, board.key_arrows).to_string()),
        ("+ −".to_owned(), t_string!(i18n, board.key_zoom).to_string()),
        ("0".to_owned(), t_string!(i18n, board.zoom_life).to_string()),
        ("1".to_owned(), t_string!(i18n, board.zoom_all).to_string()),
        ("PageUp PageDown".to_owned(), t_string!(i18n, board.key_pages).to_string()),
        (t_string!(i18n, board.key_space_name).to_string(), t_string!(i18n, board.key_space).to_string()),
    ];
    tools.chain(rest).collect()
}
