//! Places on the board that questions are about, and choosing one.

use leptos::html;
use leptos::prelude::*;
use shared::api::BoardPlace;
use shared::board::{Board, PageId};
use shared::words::QuestionId;

use super::side::Side;
use crate::browser::{dom, page};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::tutoring::room::Room;

/// The field in which one asks.
pub const FIELD: &str = "ask";

/// The number of a page as people count, from 1; a page that is not there any more has none.
pub fn number_of(document: OpenDocument<Board>, page: PageId) -> Option<u32> {
    let at = document.own.pages.with(|pages| pages.iter().position(|known| known.id == page))?;
    u32::try_from(at + 1).ok()
}

fn page_of(document: OpenDocument<Board>, number: u32) -> Option<PageId> {
    let at = usize::try_from(number.checked_sub(1)?).ok()?;
    document.own.pages.with(|pages| pages.get(at).map(|page| page.id))
}

/// Brings a place onto the screen.
pub fn go_to(document: OpenDocument<Board>, place: BoardPlace) {
    if let Some(page) = untrack(|| page_of(document, place.page)) {
        document.with_view(|view| view.show_point(page, (place.x as f32, place.y as f32)));
    }
}

/// A pin on the page that one looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pin {
    place: (u32, i64, i64),
    /// `None`: of the question that is being written.
    question: Option<QuestionId>,
}

/// Where the questions stand that wait for an answer. A press on one goes to it in the list.
#[component]
pub fn Pins(room: Room, document: OpenDocument<Board>, side: Side) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let pins = Memo::new(move |_| {
        let Some(here) = number_of(document, own.page.get()) else { return Vec::new() };
        let pin = |place: BoardPlace, question| Pin { place: (place.page, place.x, place.y), question };
        let mut pins: Vec<Pin> = room.queue.cards.with(|cards| {
            let waiting = cards.iter().flatten().filter(|(_, card)| card.state.waits());
            waiting.filter_map(|(id, card)| Some(pin(card.place?, Some(id.clone())))).collect()
        });
        pins.extend(room.asking.draft.with(|draft| draft.place).map(|place| pin(place, None)));
        pins.retain(|pin| pin.place.0 == here);
        pins
    });
    let ready = Memo::new(move |_| document.stage.get() == Stage::Ready);
    let at = move |pin: &Pin| {
        own.moves.track();
        ready.track();
        let mut at = (-100.0, -100.0);
        document.with_view(|view| at = view.to_screen((pin.place.1 as f32, pin.place.2 as f32)));
        at
    };
    let shown = move |pin: Pin| {
        let (x, y) = (pin.clone(), pin.clone());
        let place = move || format!("{:.1}px", at(&x).0);
        let top = move || format!("{:.1}px", at(&y).1);
        match pin.question {
            Some(id) => {
                let (named, asked) = (id.clone(), id.clone());
                let number = move || room.queue.ordinal(&named);
                let taken = room.queue.card(&asked).map(|card| card.text).unwrap_or_default();
                let label = {
                    let number = number.clone();
                    move || t_string!(i18n, room.pin, number = number(), text = taken.clone()).to_string()
                };
                view! {
                    <button class="pin" type="button" style:left=place style:top=top aria-label=label on:click=move |_| side.go_to(&id)>{number}</button>
                }
                .into_any()
            }
            None => view! {
                <span class="pin" data-kind="draft" role="img" style:left=place style:top=top aria-label=move || t_string!(i18n, room.pin_draft)>{icon("pin")}</span>
            }
            .into_any(),
        }
    };
    view! {
        <div class="pins">
            <Show when=move || ready.get()><For each=move || pins.get() key=Clone::clone children=shown/></Show>
        </div>
    }
}

/// Lies over the board while a place is chosen: a press chooses it, Enter the middle, Esc none.
#[component]
pub fn Picking(room: Room, document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let picking = room.asking.picking;
    let cover = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if picking.get() {
            page::later(0, move || {
                if let Some(cover) = cover.get_untracked() {
                    let _ = cover.focus();
                }
            });
        }
    });
    let end = move || {
        picking.set(false);
        page::later(0, || dom::focus_id(FIELD));
    };
    let choose = move |event: leptos::ev::MouseEvent| {
        let by_key = event.detail() == 0;
        let page = untrack(|| number_of(document, own.page.get()));
        let mut at = None;
        document.with_view(|view| {
            at = Some(if by_key {
                view.middle()
            } else {
                view.to_page((event.offset_x() as f32, event.offset_y() as f32))
            });
        });
        if let (Some(page), Some((x, y))) = (page, at) {
            let place = BoardPlace { page, x: x.round() as i64, y: y.round() as i64 };
            room.asking.draft.update(|draft| draft.place = Some(place));
        }
        end();
    };
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            end();
        }
    };
    view! {
        <Show when=move || picking.get()>
            <button class="picking" type="button" node_ref=cover aria-describedby="picking-how" aria-label=move || t_string!(i18n, room.pick) on:click=choose on:keydown=escape></button>
            <p class="picking-how" id="picking-how" role="status">
                {move || if dom::width() < 768.0 { t_string!(i18n, room.pick_how_touch) } else { t_string!(i18n, room.pick_how) }}
                <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| end()>{t!(i18n, common.cancel)}</button>
            </p>
        </Show>
    }
}
