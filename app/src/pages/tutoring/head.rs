//! The head of the room: what it is, how long it has been going on, how the line is, and what one can do at once.

use leptos::prelude::*;
use shared::api::SessionCard;
use shared::board::Board;
use shared::tutoring::{Sign, TutoringState};

use super::code::CodeDialog;
use super::side::Side;
use super::timer::Timer;
use super::words::kind_name;
use crate::components::dialog::Dialog;
use crate::components::form::DeedForm;
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::person::by;
use crate::components::save::{LineState, SaveState};
use crate::components::shell::MyItems;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::leaving::Leaving;
use crate::state::open_document::OpenDocument;
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::state::tutoring::room::Room;

const LIST: &str = "/tutoring";

#[component]
pub fn Head(
    room: Room,
    document: OpenDocument<Board>,
    side: Side,
    saving_open: RwSignal<bool>,
    keys_open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let card = Memo::new(move |_| room.view.with(|view| view.as_ref().map(|view| view.card.clone())));
    view! {
        <header class="class-head" id="class-head">
            <a class="icon-button" href=LIST aria-label=move || t_string!(i18n, room.back) data-tip=move || t_string!(i18n, room.back)>{icon("left")}</a>
            <div class="grow class-name">{move || card.get().map(name)}</div>
            <Show when=move || document.may_edit()>
                <span class="full-only"><SaveState saving=document.saving line=document.line explain=move |()| saving_open.set(true)/></span>
            </Show>
            <Timer room/>
            <LineState line=document.line network=document.network/>
            <Hand room/>
            <SideToggle room side/>
            <RoomMenu room keys_open/>
            // On a phone the arrow leads there, too.
            <a class="button class-leave" href=LIST aria-label=move || t_string!(i18n, room.leave)>{icon("exit")}{t!(i18n, room.leave_short)}</a>
        </header>
    }
}

fn name(card: SessionCard) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <h1 class="truncate" title=card.title.clone()>{card.title.clone()}</h1>
        <span class="badge" data-kind="accent">{kind_name(card.kind)}</span>
        <span class="small second full-only nowrap">{t!(i18n, room.host)}" "{by(&card.host)}</span>
    }
}

/// Raising and lowering one's own hand.
#[component]
fn Hand(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let asks = Memo::new(move |_| room.asks() && !room.leads());
    let up = Memo::new(move |_| room.i_have(Sign::Hand));
    let busy = RwSignal::new(false);
    let press = move |_| {
        let Some(me) = room.me().filter(|_| !busy.get_untracked()) else { return };
        let was = up.get_untracked();
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = if was { room.take(Sign::Hand, me).await } else { room.give(Sign::Hand, me).await };
            let _ = busy.try_set(false);
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    };
    let words = move || if up.get() { t_string!(i18n, room.hand_down) } else { t_string!(i18n, room.hand_up) };
    view! {
        <Show when=move || asks.get()>
            <button class="button class-hand" type="button" aria-label=words aria-pressed=move || up.get().to_string() aria-busy=move || busy.get().then_some("true") on:click=press>
                {icon("hand")}<span class="wide-only">{words}</span>
            </button>
        </Show>
    }
}

/// Shows and shuts the panel, and says what waits there for whoever leads.
#[component]
fn SideToggle(room: Room, side: Side) -> impl IntoView {
    let i18n = use_i18n();
    let waiting = Memo::new(move |_| room.waiting());
    let label = move || match waiting.get() {
        0 => t_string!(i18n, room.side).to_string(),
        count => t_string!(i18n, room.side_waiting, count = count).to_string(),
    };
    view! {
        <button class="icon-button side-toggle" id="side-toggle" type="button" aria-label=label data-tip=move || t_string!(i18n, room.side) data-tip-side="end"
            aria-expanded=move || side.open.get().to_string() aria-controls="side" on:click=move |_| side.toggle()>
            {icon("panel")}
            {move || Some(waiting.get()).filter(|count| *count > 0).map(|count| view! { <span class="count" aria-hidden="true">{count}</span> })}
        </button>
    }
}

/// What is seldom done: the guests' code, the calendar, the keys, the end.
#[component]
fn RoomMenu(room: Room, keys_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    let leaving: Leaving = expect_context();
    let session: Session = expect_context();
    let (code_open, end_open) = (RwSignal::new(false), RwSignal::new(false));
    let runs = Memo::new(move |_| room.runs());
    let calendar = format!("/api/tutoring/{}/ics", room.id());
    let person = move || session.me().is_some();
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, room.more).to_string()) busy=leaving.busy face=ViewFn::from(|| icon("more"))>
            {move || runs.get().then(|| view! {
                <button role="menuitem" type="button" on:click=move |_| code_open.set(true)>{icon("link")}{t!(i18n, room.code)}</button>
            })}
            {
                let calendar = calendar.clone();
                move || person().then(|| view! { <a role="menuitem" href=calendar.clone() rel="external" download="">{icon("agenda")}{t!(i18n, room.calendar)}</a> })
            }
            <button class="wide-only" role="menuitem" type="button" on:click=move |_| keys_open.set(true)>{icon("keys")}{t!(i18n, shortcuts.title)}</button>
            <button role="menuitem" type="button" on:click=move |_| preferences.toggle_theme()>{icon("theme")}{t!(i18n, shell.theme)}</button>
            {move || runs.get().then(|| view! {
                <div role="separator"></div>
                <button role="menuitem" type="button" data-kind="danger" on:click=move |_| end_open.set(true)>{icon("clock")}{t!(i18n, room.end)}</button>
            })}
            {move || person().then(|| view! { <div role="separator"></div><MyItems/> })}
        </Menu>
        <CodeDialog room open=code_open/>
        <EndDialog room open=end_open/>
    }
}

#[component]
fn EndDialog(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let waiting = Memo::new(move |_| room.queue.waiting());
    let deed =
        Callback::new(move |()| Some(Box::pin(room.go_on(TutoringState::Ended)) as crate::components::form::Deed));
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, room.end_title).to_string())>
            <DeedForm submit=Signal::derive(move || t_string!(i18n, room.end).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false)) grave=true>
                <p>{t!(i18n, room.end_words)}</p>
                {move || Some(waiting.get()).filter(|count| *count > 0).map(|count| view! { <p>{t_string!(i18n, room.end_waiting, count = count).to_string()}</p> })}
            </DeedForm>
        </Dialog>
    }
}
