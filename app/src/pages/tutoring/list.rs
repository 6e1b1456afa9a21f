//! 走网: the sessions to come and those that were, what waits for an answer, and the ways to a new one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::WaitingQuestion;
use shared::pages::session_address;

use super::line::SessionLine;
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::person::{by, seal};
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::session::Session;
use crate::state::tutoring::sessions::{Sessions, When, waiting_questions};

/// Of the questions that wait so many are shown.
const SHOWN_QUESTIONS: usize = 10;

/// What it is narrowed to stands in the address, so that back, reload and bookmarks work.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let query = use_query_map();
    let sessions = Sessions::of(session);
    let when = Memo::new(move |_| {
        query.with(|query| query.get("when")).and_then(|name| When::named(&name)).unwrap_or_default()
    });
    Effect::new(move || sessions.show(when.get()));
    Effect::new(move || dom::set_title(t_string!(i18n, tutoring.tab)));
    let may_plan = Memo::new(move |_| sessions.beside.with(|shelves| !shelves.is_empty()));
    view! {
        <main class="main sessions" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, tutoring.title)}</h1><p>{t!(i18n, tutoring.words)}</p></div>
                <div class="actions">
                    <a class="button" href="/tutoring/wishes">{t!(i18n, tutoring.wishes)}</a>
                    <Show when=move || !may_plan.get()><a class="button" data-kind="primary" href="/tutoring/wishes/new">{icon("plus")}{t!(i18n, tutoring.wish)}</a></Show>
                    <Show when=move || may_plan.get()><a class="button" data-kind="primary" href="/tutoring/new">{icon("plus")}{t!(i18n, tutoring.plan)}</a></Show>
                </div>
            </div>
            <nav class="tabs documents-tabs" aria-label=move || t_string!(i18n, tutoring.when)>
                <a href="/tutoring" aria-current=move || (when.get() == When::Coming).then_some("page")>{t!(i18n, tutoring.coming)}</a>
                <a href="/tutoring?when=past" aria-current=move || (when.get() == When::Past).then_some("page")>{t!(i18n, tutoring.past)}</a>
            </nav>
            <Lines sessions when may_plan/>
            <Show when=move || when.get() == When::Coming><Unanswered/></Show>
        </main>
    }
}

#[component]
fn Lines(sessions: Sessions, when: Memo<When>, may_plan: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let failure = move || {
        sessions.failure.get().map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| sessions.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })
    };
    let lines = move || match sessions.lines.get() {
        None if sessions.failure.with(Option::is_some) => ().into_any(),
        None => {
            view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any()
        }
        Some(lines) if lines.is_empty() => view! { <NoSessions when may_plan/> }.into_any(),
        Some(lines) => {
            view! { <ul class="rows">{lines.into_iter().map(|card| view! { <SessionLine card/> }).collect_view()}</ul> }
                .into_any()
        }
    };
    view! {
        {failure}
        {lines}
        <Pager label=Signal::derive(move || t_string!(i18n, tutoring.more).to_string()) more=Signal::derive(move || sessions.has_more()) busy=sessions.busy go_on=Callback::new(move |()| sessions.more())/>
    }
}

#[component]
fn NoSessions(when: Memo<When>, may_plan: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || match when.get() {
        When::Coming => t_string!(i18n, tutoring.none_coming).to_string(),
        When::Past => t_string!(i18n, tutoring.none_past).to_string(),
    });
    let words = Signal::derive(move || match (when.get(), may_plan.get()) {
        (When::Coming, true) => t_string!(i18n, tutoring.none_plan).to_string(),
        (When::Coming, false) => t_string!(i18n, tutoring.none_wish).to_string(),
        (When::Past, _) => t_string!(i18n, tutoring.none_past_words).to_string(),
    });
    view! { <div class="card"><Empty picture="session" title words/></div> }
}

/// Questions of sessions that one hosts, which nobody has answered yet.
#[component]
fn Unanswered() -> impl IntoView {
    let i18n = use_i18n();
    let waiting = waiting_questions(expect_context());
    move || {
        waiting.get().filter(|waiting| !waiting.questions.is_empty()).map(|waiting| {
            let total = waiting.total;
            let lines = waiting.questions.into_iter().take(SHOWN_QUESTIONS).map(question).collect_view();
            view! {
                <section class="stack waiting-questions" aria-labelledby="h-unanswered">
                    <h2 class="heading" id="h-unanswered">{t!(i18n, tutoring.unanswered)}<small>{move || t_string!(i18n, tutoring.questions_count, count = total).to_string()}</small></h2>
                    <ul class="rows">{lines}</ul>
                </section>
            }
        })
    }
}

fn question(line: WaitingQuestion) -> AnyView {
    let WaitingQuestion { session, title, question } = line;
    let href = format!("{}?question={}", session_address(&session), question.id);
    let at = question.at;
    let who = match (&question.by, &question.school) {
        (Some(asked_by), _) => by(&asked_by.person),
        (None, Some(school)) => seal(school),
        (None, None) => ().into_any(),
    };
    view! {
        <li class="row">
            <div class="grow">
                <a class="title" href=href>{question.text}</a>
                <p class="meta">{who}<span>"《"{title}"》"</span><span class="nowrap">{move || spoken(at)}</span></p>
            </div>
        </li>
    }
    .into_any()
}
