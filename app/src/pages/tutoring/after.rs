//! A session after it has ended: the board to be played back, what was asked and answered, who was there.

use leptos::prelude::*;
use shared::api::{QuestionCard, SessionView};
use shared::tutoring::QuestionState;

use super::attendance::Attendance;
use super::before::{Head, Things};
use super::question::Seen;
use super::said::Spoken;
use super::times::moment_words;
use super::words::as_said;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{icon, small_icon};
use crate::components::person::{by, seal, who};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;

#[component]
pub fn After(room: Room) -> impl IntoView {
    let shown = Memo::new(move |_| room.view.get());
    view! {
        <main class="main around" id="main" tabindex="-1">
            {move || shown.get().map(|view| view! { <Head view=view.clone()/><Sheets room view/> })}
        </main>
    }
}

#[component]
fn Sheets(room: Room, view: SessionView) -> impl IntoView {
    let i18n = use_i18n();
    let leads = view.lead.is_some();
    let about = view.about.clone();
    view! {
        <div class="around-grid">
            <div class="stack">
                {(!about.is_empty()).then(|| view! { <section class="card stack" aria-labelledby="about-title"><h2 id="about-title">{t!(i18n, around.about)}</h2><p class="about">{about}</p></section> })}
                <Questions room/>
                <Spoken room/>
                {leads.then(|| view! { <Attendance room/> })}
            </div>
            <aside class="stack" aria-label=move || t_string!(i18n, around.left)>
                <Facts room view=view.clone()/>
                <section class="card stack" aria-labelledby="left-title">
                    <h2 id="left-title">{t!(i18n, around.left)}</h2>
                    <a class="button" data-kind="primary" href=format!("/tutoring/{}/replay", view.card.id)>{icon("restore")}{t!(i18n, around.replay)}</a>
                    <Things view/>
                </section>
            </aside>
        </div>
    }
}

/// When it was, how long it took, what came of it in figures.
#[component]
fn Facts(room: Room, view: SessionView) -> impl IntoView {
    let i18n = use_i18n();
    let began = view.opened.unwrap_or(view.card.begins);
    let length = view.opened.zip(view.ended).map(|(from, to)| to.0 - from.0);
    let questions = Memo::new(move |_| {
        room.queue.cards.with(|cards| {
            let shown: Vec<_> = cards.iter().flat_map(|cards| cards.values()).filter(|card| stands(card)).collect();
            (shown.len(), shown.iter().filter(|card| card.state == QuestionState::Answered).count())
        })
    });
    let host = view.card.host;
    let place = view.card.place.join(" › ");
    view! {
        <section class="card stack tight" aria-labelledby="facts-title">
            <h2 id="facts-title">{t!(i18n, around.facts)}</h2>
            <p class="split"><span class="second">{t!(i18n, room.host)}</span>{who(&host)}</p>
            <p class="split"><span class="second">{t!(i18n, around.began)}</span><span>{move || moment_words(began)}</span></p>
            {length.map(|length| view! { <p class="split"><span class="second">{t!(i18n, around.took)}</span><span>{move || as_said(length)}</span></p> })}
            <p class="split"><span class="second">{t!(i18n, around.asked)}</span><span>{move || { let (all, answered) = questions.get(); t_string!(i18n, around.asked_of, all = all, answered = answered).to_string() }}</span></p>
            {(!place.is_empty()).then(|| view! { <p class="small second">{place}</p> })}
        </section>
    }
}

/// Whether a question is one of its own by now.
fn stands(card: &QuestionCard) -> bool {
    !matches!(card.state, QuestionState::Merged | QuestionState::Withdrawn)
}

/// What was asked, with the answers.
#[component]
fn Questions(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let lines = move || match room.queue.cards.get() {
        None => match room.queue.failure.get() {
            Some(failure) => {
                view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any()
            }
            None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }
                .into_any(),
        },
        Some(cards) => {
            let mut cards: Vec<_> = cards.into_values().filter(stands).collect();
            cards.sort_by_key(|card| card.number);
            match cards.is_empty() {
                true => view! { <p class="second">{t!(i18n, around.no_questions)}</p> }.into_any(),
                false => {
                    view! { <ol class="asked-lines">{cards.into_iter().map(|card| question(room, card)).collect_view()}</ol> }.into_any()
                }
            }
        }
    };
    view! {
        <section class="card stack" aria-labelledby="asked-title">
            <h2 id="asked-title">{t!(i18n, around.questions)}</h2>
            {lines}
        </section>
    }
}

fn question(room: Room, card: QuestionCard) -> AnyView {
    let i18n = use_i18n();
    let QuestionCard { id, text, by: asked_by, school, state, moment, answer, votes, photo, clip, .. } = card;
    let media = (photo.is_some() || clip.is_some()).then(|| view! { <Seen room photo clip/> });
    let asker = match (&asked_by, &school) {
        (Some(asked_by), _) => view! { {by(&asked_by.person)}<span>{asked_by.school.clone()}</span> }.into_any(),
        (None, Some(school)) => view! { {seal(school)}<span>{t!(i18n, room.nameless)}</span> }.into_any(),
        (None, None) => view! { <span>{t!(i18n, room.nameless)}</span> }.into_any(),
    };
    let live = moment.map(|moment| {
        view! { <p class="meta">{small_icon("check")}<span>{move || t_string!(i18n, around.live, time = as_said(moment)).to_string()}</span></p> }
    });
    let open = matches!(state, QuestionState::Asked | QuestionState::Taken);
    view! {
        <li id=format!("question-{id}") tabindex="-1">
            {(!text.is_empty()).then(|| view! { <p class="asked-text">{text}</p> })}
            {media}
            <p class="meta">{asker}{(votes > 1).then(|| view! { <span>{move || t_string!(i18n, around.votes, count = votes).to_string()}</span> })}</p>
            {(!answer.is_empty()).then(|| view! { <p class="inset answer">{answer}</p> })}
            {live}
            {open.then(|| view! { <p><span class="badge" data-kind="warn">{t!(i18n, around.open_question)}</span></p> })}
            {(state == QuestionState::Aside).then(|| view! { <p><span class="badge" data-kind="line">{t!(i18n, around.aside)}</span></p> })}
        </li>
    }
    .into_any()
}
