//! A session in a list.

use leptos::prelude::*;
use shared::api::SessionCard;
use shared::pages::session_address;
use shared::tutoring::{Role, TutoringState};

use super::times::{time_words, until_words};
use super::words::{kind_name, role_name, state_name};
use crate::components::icon::small_icon;
use crate::components::person::by;
use crate::i18n::*;
use crate::state::way::Way;

/// What it is, who hosts it, when, and how it stands; the whole card leads to it.
#[component]
pub fn SessionLine(card: SessionCard) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let SessionCard { id, kind, title, host, shelf, place, begins, minutes, state, role, present, .. } = card;
    let href = session_address(&id);
    let rel = way.rel(&href);
    let open = state == TutoringState::Open;
    let enter = open.then(|| {
        view! { <a class="button" data-kind="primary" data-size="small" href=href.clone() rel=rel tabindex="-1" aria-hidden="true">{t!(i18n, tutoring.enter)}</a> }
    });
    let role = role.filter(|role| !matches!(role, Role::Participant | Role::Guest));
    let stands = move || match state {
        TutoringState::Open if present > 0 => t_string!(i18n, tutoring.open_with, count = present).to_string(),
        TutoringState::Planned => until_words(begins),
        TutoringState::Open | TutoringState::Ended | TutoringState::Cancelled => state_name(state),
    };
    view! {
        <li class="row session-line" data-state=state.as_str()>
            <div class="grow">
                <p class="cluster">
                    <span class="badge" data-kind="accent">{move || kind_name(kind)}</span>
                    {role.map(|role| view! { <span class="badge" data-kind="line">{move || role_name(role)}</span> })}
                </p>
                <a class="title" href=href rel=rel>{title}</a>
                <p class="meta"><span class="nowrap">{small_icon("clock")}{move || time_words(begins, minutes)}</span>{by(&host)}<span>{shelf.name}</span></p>
                {(!place.is_empty()).then(|| view! { <p class="second">{place.join(" › ")}</p> })}
            </div>
            <div class="facts"><span class:accent=open>{stands}</span>{enter}</div>
        </li>
    }
}
