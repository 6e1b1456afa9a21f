//! What stands in place of the board: before a session opens, after it has ended, and for whoever may not be in it.

use leptos::prelude::*;

use super::words::{day_and_time_of, kind_name, state_name};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;
use crate::state::way::Way;

/// It is being read; what keeps it from being read stands there in words, and it is asked for again.
#[component]
pub fn Opening(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <main class="main" id="main" tabindex="-1">
            {move || room.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="offline" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| room.read()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/>
        </main>
    }
}

/// Whoever was in it and was sent away.
#[component]
pub fn SentAway() -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    view! {
        <main class="main" id="main" tabindex="-1">
            <div class="empty" role="alert">
                {icon("exit")}
                <h1>{t!(i18n, room.sent_away)}</h1>
                <p>{t!(i18n, room.sent_away_words)}</p>
                <a class="button" data-kind="primary" href="/" rel=way.rel("/")>{t!(i18n, missing.home)}</a>
            </div>
        </main>
    }
}

#[component]
pub fn NoBoard(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    view! { <Card room><p>{t!(i18n, room.no_board)}</p></Card> }
}

/// What the session is: title, host, time, state.
#[component]
fn Card(room: Room, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let i18n = use_i18n();
    let facts = move || {
        room.view.get().map(|view| {
            let card = view.card;
            view! {
                <h1>{card.title}</h1>
                <p class="cluster"><span class="badge" data-kind="accent">{kind_name(card.kind)}</span><span class="badge">{state_name(card.state)}</span></p>
                <p class="cluster"><span class="second">{t!(i18n, room.host)}</span>{who(&card.host)}</p>
                <p>{day_and_time_of(card.begins)}"，"{t_string!(i18n, room.minutes, minutes = card.minutes).to_string()}</p>
                {(!view.about.is_empty()).then(|| view! { <p>{view.about.clone()}</p> })}
            }
        })
    };
    view! {
        <main class="main" id="main" tabindex="-1">
            <div class="stack">{facts}{children.map(|children| children())}</div>
        </main>
    }
}
