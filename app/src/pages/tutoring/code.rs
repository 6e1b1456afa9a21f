//! What guests come in by.

use leptos::prelude::*;

use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::copy_field::CopyField;
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;

/// Where the focus goes once there is a code, and once there is none.
const COPY: &str = "room-code-copy";
const MAKE: &str = "room-code-make";

#[component]
pub fn CodeDialog(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let code = Memo::new(move |_| {
        room.view.with(|view| view.as_ref().and_then(|view| view.lead.as_ref()).and_then(|lead| lead.code.clone()))
    });
    let lobby = Memo::new(move |_| room.view.with(|view| view.as_ref().is_some_and(|view| view.lobby)));
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let set = move |on: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = room.set_code(on).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => drop(page::later(0, move || dom::focus_id(if on { COPY } else { MAKE }))),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, room.code).to_string())>
            <div class="body stack">
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                <p>{t!(i18n, room.code_words)}</p>
                <p>{move || if lobby.get() { t_string!(i18n, room.code_lobby) } else { t_string!(i18n, room.code_no_lobby) }}</p>
                {move || code.get().map(|code| {
                    let link = format!("{}/tutoring/join/{code}", page::origin());
                    view! {
                        <CopyField id="room-code" label=Signal::derive(move || t_string!(i18n, room.code_label).to_string()) text=code button=COPY/>
                        <CopyField id="room-link" label=Signal::derive(move || t_string!(i18n, room.link_label).to_string()) text=link button="room-link-copy"/>
                    }
                })}
            </div>
            <footer>
                <button class="button" type="button" on:click=move |_| open.set(false)>{t!(i18n, common.close)}</button>
                {move || if code.with(Option::is_some) {
                    view! {
                        <button class="button" type="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| set(true)>{icon("restore")}{t!(i18n, room.code_other)}</button>
                        <button class="button" data-kind="danger" type="button" on:click=move |_| set(false)>{t!(i18n, room.code_off)}</button>
                    }.into_any()
                } else {
                    view! { <button class="button" data-kind="primary" id=MAKE type="button" autofocus aria-busy=move || busy.get().then_some("true") on:click=move |_| set(true)>{t!(i18n, room.code_on)}</button> }.into_any()
                }}
            </footer>
        </Dialog>
    }
}
