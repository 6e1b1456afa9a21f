//! A new session, and the plan of one changed.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{SessionList, SessionView, ShelfCard};
use shared::tutoring::TutoringKind;

use super::plan_fields::{About, WhatFor, When, Who};
use super::words::kind_name;
use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::form::{SelectField, TextField};
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::library::words_fields::{FieldIds, PlaceFields};
use crate::pages::missing::MissingPage;
use crate::pages::words::failure_words;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::session::Session;
use crate::state::tutoring::planning::{Planning, Wrong};
use crate::state::way::{Trace, use_way};

/// The set of ids of this form's fields; forms of the library have sets of their own.
const FIELDS: u32 = u32::MAX - 1;

/// Refusals that belong to a field; the server's sentence stands there.
const OF_HOST: &str = "/problems/host-unfit";
const OF_TIME: &str = "/problems/tutoring-time-unfit";
const OF_INVITED: &str = "/problems/invited-unfit";

#[component]
pub fn NewSessionPage() -> impl IntoView {
    let session: Session = expect_context();
    LibraryVocabulary::provide(session).want();
    let shelves = RwSignal::new(None::<Result<Vec<ShelfCard>, Failure>>);
    leptos::task::spawn_local(async move {
        let list = fetch::get::<SessionList>("/api/tutoring?when=coming").await;
        let _ = shelves.try_set(Some(list.map(|list| list.may_plan).map_err(|failure| session.heed(failure))));
    });
    view! {
        <Around title=|| t_string!(use_i18n(), planning.begin).to_string()>
            {move || match shelves.get() {
                None => opening(),
                Some(Err(failure)) => view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any(),
                Some(Ok(shelves)) if shelves.is_empty() => view! { <NotYours/> }.into_any(),
                Some(Ok(shelves)) => view! { <PlanForm form=Planning::new(session) shelves/> }.into_any(),
            }}
        </Around>
    }
}

#[component]
pub fn EditSessionPage() -> impl IntoView {
    let session: Session = expect_context();
    let vocabulary = LibraryVocabulary::provide(session);
    vocabulary.want();
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let known = RwSignal::new(None::<Result<SessionView, Failure>>);
    leptos::task::spawn_local(async move {
        let view = fetch::get::<SessionView>(&format!("/api/tutoring/{}", dom::encode(&id))).await;
        let _ = known.try_set(Some(view.map_err(|failure| session.heed(failure))));
    });
    // The textbook's place is found among the words of the library.
    let ready = Memo::new(move |_| vocabulary.view.with(Option::is_some) || vocabulary.failure.with(Option::is_some));
    move || {
        match known.get() {
        Some(Err(failure)) if failure.status() == Some(404) => view! { <MissingPage/> }.into_any(),
        Some(Ok(view)) if !view.card.runs => view! { <MissingPage/> }.into_any(),
        known => view! {
            <Around title=|| t_string!(use_i18n(), planning.edit).to_string()>
                {match known.clone() {
                    Some(Ok(view)) if ready.get() => {
                        let shelves = vec![view.card.shelf.clone()];
                        view! { <PlanForm form=untrack(|| Planning::of(session, &view, vocabulary)) shelves/> }.into_any()
                    }
                    Some(Err(failure)) => view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any(),
                    Some(Ok(_)) | None => opening(),
                }}
            </Around>
        }
        .into_any(),
    }
    }
}

fn opening() -> AnyView {
    let i18n = use_i18n();
    view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any()
}

#[component]
pub fn Around(title: fn() -> String, children: Children) -> impl IntoView {
    let i18n = use_i18n();
    Effect::new(move || dom::set_title(&format!("{} · {}", title(), t_string!(i18n, brand))));
    view! {
        <main class="main planning" id="main" tabindex="-1">
            <div class="lead"><div><a class="button" data-kind="quiet" data-size="small" href="/tutoring">{icon("left")}{t!(i18n, tutoring.title)}</a><h1>{move || title()}</h1></div></div>
            {children()}
        </main>
    }
}

/// Whoever plans nowhere may ask somebody who does.
#[component]
fn NotYours() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="card">
            <Empty picture="lock" title=Signal::derive(move || t_string!(i18n, planning.not_yours).to_string()) words=Signal::derive(move || t_string!(i18n, planning.not_yours_words).to_string())>
                <a class="button" data-kind="primary" href="/tutoring/wishes/new">{t!(i18n, tutoring.wish)}</a>
            </Empty>
        </div>
    }
}

/// What was filled in stays when a line of it is refused, or when somebody else was quicker: pressed again, it counts.
#[component]
pub fn PlanForm(form: Planning, shelves: Vec<ShelfCard>) -> impl IntoView {
    let i18n = use_i18n();
    let way = StoredValue::new_local(use_way());
    let node = NodeRef::<html::Form>::new();
    let (tried, busy, typed) = (RwSignal::new(false), RwSignal::new(false), StoredValue::new(false));
    let failure = RwSignal::new(None::<Failure>);
    page::warn_before_leaving(move || typed.try_get_value() == Some(true));
    let focus_wrong = move || {
        page::later(0, move || {
            if let Some(form) = node.get_untracked() {
                dom::focus_first_wrong(&form);
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() {
            return;
        }
        if untrack(|| form.wrong()).is_some() {
            return focus_wrong();
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = form.store().await;
            let _ = busy.try_set(false);
            match answer {
                Ok(id) => {
                    typed.set_value(false);
                    let _ = way.try_with_value(|way| way(&format!("/tutoring/{id}"), Trace::Replace));
                }
                Err(reason) => {
                    let _ = failure.try_set(Some(reason));
                    focus_wrong();
                }
            }
        });
    };
    let refusal = move |of: &'static str| {
        let said = failure.get().map(|failure| failure_words(&failure));
        form.refused.with(|refused| refused.as_deref() == Some(of)).then_some(said).flatten()
    };
    let wrong = move |wrong: Wrong| (tried.get() && form.wrong() == Some(wrong)).then(|| wrong_words(wrong));
    let of_no_field = move || {
        failure.get().filter(|_| {
            form.refused
                .with(|refused| !refused.as_deref().is_some_and(|of| [OF_HOST, OF_TIME, OF_INVITED].contains(&of)))
        })
    };
    let kinds =
        move || TutoringKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind_name(*kind))).collect::<Vec<_>>();
    let no_title = Signal::derive(move || wrong(Wrong::NoTitle));
    let wrong_about = Signal::derive(move || wrong(Wrong::LongAbout));
    let wrong_host = Signal::derive(move || wrong(Wrong::NoHost).or_else(|| refusal(OF_HOST)));
    let wrong_time = Signal::derive(move || wrong(Wrong::NoTime).or_else(|| refusal(OF_TIME)));
    let wrong_minutes = Signal::derive(move || wrong(Wrong::Minutes));
    let wrong_shelf = Signal::derive(move || wrong(Wrong::NoShelf));
    let wrong_invited = Signal::derive(move || refusal(OF_INVITED));
    let done = if form.is_planned() { "store" } else { "plan" };
    let back = form.planned_id().map_or_else(|| "/tutoring".to_owned(), |id| format!("/tutoring/{id}"));
    view! {
        <form class="plan-form" node_ref=node novalidate on:submit=submit on:input=move |_| typed.set_value(true)>
            <section class="card stack" aria-labelledby="plan-what">
                <h2 id="plan-what">{t!(i18n, planning.what)}</h2>
                <TextField id="session-title" label=Signal::derive(move || t_string!(i18n, planning.title).to_string()) value=form.words.title wrong=no_title/>
                <SelectField id="session-kind" label=Signal::derive(move || t_string!(i18n, planning.kind).to_string()) value=form.kind options=Signal::derive(kinds)
                    hint=Signal::derive(move || Some(kind_hint(&form.kind.get())))/>
                <About about=form.words.description wrong=wrong_about/>
                <WhatFor form/>
            </section>
            <section class="card stack" aria-labelledby="plan-when">
                <h2 id="plan-when">{t!(i18n, planning.when)}</h2>
                <When date=form.date time=form.time minutes=form.minutes wrong_time wrong_minutes/>
            </section>
            <section class="card stack" aria-labelledby="plan-who">
                <h2 id="plan-who">{t!(i18n, planning.who)}</h2>
                <Who form shelves wrong_host wrong_shelf wrong_invited/>
            </section>
            <section class="card stack" aria-labelledby="plan-place">
                <h2 id="plan-place">{t!(i18n, planning.place)}</h2>
                <div class="plan-places"><PlaceFields form=form.words ids=FieldIds::of(FIELDS)/></div>
            </section>
            {move || of_no_field().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <div class="cluster">
                <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{move || if done == "plan" { t_string!(i18n, planning.submit) } else { t_string!(i18n, planning.store) }}</button>
                <a class="button" data-kind="quiet" href=back>{t!(i18n, common.cancel)}</a>
            </div>
        </form>
    }
}

fn wrong_words(wrong: Wrong) -> String {
    let i18n = use_i18n();
    match wrong {
        Wrong::NoTitle => t_string!(i18n, planning.no_title),
        Wrong::LongAbout => t_string!(i18n, planning.long_about),
        Wrong::NoHost => t_string!(i18n, planning.no_host),
        Wrong::NoTime => t_string!(i18n, planning.no_time),
        Wrong::Minutes => t_string!(i18n, planning.wrong_minutes),
        Wrong::NoShelf => t_string!(i18n, planning.no_shelf),
    }
    .to_string()
}

pub fn kind_hint(kind: &str) -> String {
    let i18n = use_i18n();
    match TutoringKind::named(kind) {
        Some(TutoringKind::Diagnosis) => t_string!(i18n, planning.diagnosis_hint),
        Some(TutoringKind::Coaching) => t_string!(i18n, planning.coaching_hint),
        Some(TutoringKind::Questions) | None => t_string!(i18n, planning.questions_hint),
    }
    .to_string()
}
