//! A session as somebody at its door sees it.

use leptos::prelude::*;
use shared::api::SessionAtDoor;
use shared::tutoring::TutoringState;

use super::times::{time_words, until_words};
use super::words::{kind_name, state_name};
use crate::components::icon::small_icon;
use crate::components::person::by;
use crate::i18n::*;

/// What it is, who hosts it, when.
#[component]
pub fn AtDoor(session: SessionAtDoor) -> impl IntoView {
    let i18n = use_i18n();
    let SessionAtDoor { kind, title, host, begins, minutes, state, .. } = session;
    view! {
        <div class="inset session-at-door">
            <p class="cluster">
                <span class="badge" data-kind="accent">{move || kind_name(kind)}</span>
                <span class="badge" data-kind="line">{move || state_name(state)}</span>
            </p>
            <h2>{title}</h2>
            <p class="meta"><span>{t!(i18n, room.host)}</span>{by(&host)}</p>
            <p class="meta">{small_icon("clock")}<span>{move || time_words(begins, minutes)}</span></p>
            {(state == TutoringState::Planned).then(|| view! { <p class="strong">{move || until_words(begins)}</p> })}
        </div>
    }
}
