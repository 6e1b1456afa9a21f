//! The page of a tutoring session: what it shows follows from how the session stands.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::board::Board;
use shared::tutoring::TutoringState;
use shared::words::{DocumentId, TutoringId};

use super::after::After;
use super::before::Before;
use super::follow::FollowHost;
use super::head::Head;
use super::holding::Holding;
use super::outside::{NoBoard, Opening, SentAway};
use super::pins::{Picking, Pins};
use super::side::{Side, SidePanel};
use crate::board::keys::hear_keys;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::pages::away::AwayDialog;
use crate::pages::board::KeyList;
use crate::pages::board_desk::BoardDesk;
use crate::pages::missing::MissingPage;
use crate::pages::saving::SavingDialog;
use crate::pages::trouble::Troubles;
use crate::state::open_document::OpenDocument;
use crate::state::session::Session;
use crate::state::tutoring::room::{Room, Standing};

#[component]
pub fn SessionPage() -> impl IntoView {
    let params = use_params_map();
    // Another session is another page: nothing of the first may stay.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<TutoringId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Opened id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

/// What is on the screen.
#[derive(Debug, Clone, PartialEq)]
enum Shows {
    Opening,
    Missing,
    SentAway,
    Before,
    Class(DocumentId),
    /// It goes on, and they see it by its shelf alone.
    NoBoard,
    After,
}

fn shown(room: Room) -> Shows {
    match (room.standing.get(), room.state()) {
        (Standing::Missing, _) => Shows::Missing,
        (Standing::SentAway, _) => Shows::SentAway,
        (Standing::Opening, _) | (Standing::Inside, None) => Shows::Opening,
        (Standing::Inside, Some(TutoringState::Planned | TutoringState::Cancelled)) => Shows::Before,
        (Standing::Inside, Some(TutoringState::Ended)) => Shows::After,
        (Standing::Inside, Some(TutoringState::Open)) => {
            let board = room.view.with(|view| view.as_ref().and_then(|view| view.board.clone()));
            board.map_or(Shows::NoBoard, Shows::Class)
        }
    }
}

#[component]
fn Opened(id: TutoringId) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let room = Room::open(session, id);
    Effect::new(move || {
        let title = room.view.with(|view| view.as_ref().map(|view| view.card.title.clone()));
        let tab = t_string!(i18n, document.tab);
        dom::set_title(&title.map_or(tab.to_string(), |title| format!("{title} · {tab}")));
    });
    let shows = Memo::new(move |_| shown(room));
    move || match shows.get() {
        Shows::Opening => view! { <Opening room/> }.into_any(),
        Shows::Missing => view! { <MissingPage/> }.into_any(),
        Shows::SentAway => view! { <SentAway/> }.into_any(),
        Shows::Before => view! { <Before room/> }.into_any(),
        Shows::NoBoard => view! { <NoBoard room/> }.into_any(),
        Shows::After => view! { <After room/> }.into_any(),
        Shows::Class(board) => view! { <Class room board/> }.into_any(),
    }
}

/// The open session: head, board, side panel.
#[component]
fn Class(room: Room, board: DocumentId) -> impl IntoView {
    let session: Session = expect_context();
    let document = OpenDocument::<Board>::open(session, board);
    room.follow(document);
    let side = Side::new();
    let (saving_open, keys_open) = (RwSignal::new(false), RwSignal::new(false));
    hear_keys(document, saving_open, keys_open);
    page::hear(leptos::ev::keydown, move |event| {
        if event.key() == "F6" && !dom::has_dialog() {
            event.prevent_default();
            dom::focus_next_area(&["class-head", "main", "side"], event.shift_key());
        }
    });
    let follow = ViewFn::from(move || view! { <FollowHost room document/> });
    view! {
        <div class="class">
            <Head room document side saving_open keys_open/>
            <Troubles document in_session=true/>
            <BoardDesk document follow>
                <Pins room document side/>
                <Picking room document/>
                <Holding room/>
            </BoardDesk>
            <SidePanel room document side/>
            <SavingDialog document open=saving_open/>
            <KeyList open=keys_open/>
            <AwayDialog document/>
        </div>
    }
}
