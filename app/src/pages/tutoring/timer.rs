//! How long the session has been going on.

use leptos::prelude::*;
use shared::words::UnixMillis;

use super::words::as_said;
use crate::browser::{clock, page};
use crate::i18n::*;
use crate::state::tutoring::room::Room;
use crate::wording::length;

/// A timer is read out only when somebody asks for it.
#[component]
pub fn Timer(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let now = RwSignal::new(clock::wall());
    page::every(1_000, move || {
        let _ = now.try_set(clock::wall());
    });
    let since = Memo::new(move |_| room.opened());
    let passed = move || since.get().map(|UnixMillis(opened)| (now.get().0 - opened).max(0));
    view! {
        <Show when=move || since.with(Option::is_some)>
            <span class="number small second nowrap" role="timer" aria-label=move || t_string!(i18n, room.running, time = as_said(passed().unwrap_or_default())).to_string()>
                {move || passed().map(|passed| length::clock(passed.unsigned_abs()))}
            </span>
        </Show>
    }
}
