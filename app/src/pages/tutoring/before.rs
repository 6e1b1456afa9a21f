//! A session before it opens: what it is about, when, who comes; or that it does not take place.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{InvitedLine, SessionView};
use shared::pages::document_address;
use shared::tutoring::TutoringState;
use shared::words::DocumentKind;

use super::code::CodeDialog;
use super::times::{time_words, until_words};
use super::words::{kind_name, role_name, state_name};
use crate::browser::fetch::Failure;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm};
use crate::components::icon::icon;
use crate::components::person::who;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;
use crate::state::way::Way;

/// The words for how long it is are found anew so often, in milliseconds.
const TICK: u32 = 20_000;

#[component]
pub fn Before(room: Room) -> impl IntoView {
    let (code_open, cancel_open) = (RwSignal::new(false), RwSignal::new(false));
    let shown = Memo::new(move |_| room.view.get());
    view! {
        <main class="main around" id="main" tabindex="-1">
            {move || shown.get().map(|view| view! { <Head view=view.clone()/><Sheets room view code_open cancel_open/> })}
        </main>
        <CodeDialog room open=code_open/>
        <Cancel room open=cancel_open/>
    }
}

/// The way back, the title, what it is.
#[component]
pub fn Head(view: SessionView) -> impl IntoView {
    let i18n = use_i18n();
    let card = view.card;
    let (kind, state) = (card.kind, card.state);
    view! {
        <div class="lead">
            <div>
                <a class="button" data-kind="quiet" data-size="small" href="/tutoring">{icon("left")}{t!(i18n, tutoring.title)}</a>
                <h1>{card.title}</h1>
                <p class="cluster">
                    <span class="badge" data-kind="accent">{move || kind_name(kind)}</span>
                    <span class="badge" data-kind=if state == TutoringState::Cancelled { "warn" } else { "line" }>{move || state_name(state)}</span>
                    <span class="small second">{card.shelf.name}</span>
                </p>
            </div>
        </div>
    }
}

#[component]
fn Sheets(room: Room, view: SessionView, code_open: RwSignal<bool>, cancel_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let cancelled = view.card.state == TutoringState::Cancelled;
    let (about, invited) = (view.about.clone(), view.invited.clone());
    view! {
        {cancelled.then(|| view! { <Banner tone=Tone::Warn picture="warn">{t!(i18n, around.cancelled)}</Banner> })}
        <div class="around-grid">
            <div class="stack">
                <section class="card stack" aria-labelledby="about-title">
                    <h2 id="about-title">{t!(i18n, around.about)}</h2>
                    {if about.is_empty() {
                        view! { <p class="second">{t!(i18n, around.no_about)}</p> }.into_any()
                    } else {
                        view! { <p class="about">{about}</p> }.into_any()
                    }}
                    <Things view=view.clone()/>
                </section>
                {(!invited.is_empty()).then(|| view! { <InvitedPart invited/> })}
            </div>
            <aside class="stack" aria-label=move || t_string!(i18n, around.when)>
                <Time view=view.clone()/>
                {(!cancelled).then(|| view! { <Deeds room view code_open cancel_open/> })}
            </aside>
        </div>
    }
}

/// What it is about, and what it leaves: plan, resource, board, notes; as far as one may see them.
#[component]
pub fn Things(view: SessionView) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let line = move |picture: &'static str, href: String, kind: Signal<String>, title: Option<String>| {
        let rel = way.rel(&href);
        view! { <li><a href=href rel=rel>{icon(picture)}<span>{title.unwrap_or_default()}</span><span class="second small">{kind}</span></a></li> }
    };
    let ended = view.card.state == TutoringState::Ended;
    let plan = view.plan.map(|plan| {
        let href = document_address(DocumentKind::LessonPlan, &plan.id);
        line("prepare", href, Signal::derive(move || t_string!(i18n, around.plan).to_string()), Some(plan.title))
    });
    let item = view.item.map(|item| {
        let href = format!("/library/items/{}", item.id);
        line("library", href, Signal::derive(move || t_string!(i18n, around.item).to_string()), Some(item.title))
    });
    let board = view.board.map(|id| {
        let href = document_address(DocumentKind::Board, &id);
        line(
            "slides",
            href,
            Signal::derive(move || {
                if ended { t_string!(i18n, around.board) } else { t_string!(i18n, around.board_before) }.to_string()
            }),
            None,
        )
    });
    let notes = view.notes.map(|id| {
        let href = document_address(DocumentKind::Page, &id);
        line(
            "doc",
            href,
            Signal::derive(move || {
                if ended { t_string!(i18n, around.notes) } else { t_string!(i18n, around.notes_before) }.to_string()
            }),
            None,
        )
    });
    view! { <ul class="things">{plan}{item}{board}{notes}</ul> }
}

#[component]
fn InvitedPart(invited: Vec<InvitedLine>) -> impl IntoView {
    let i18n = use_i18n();
    let count = invited.len();
    let row = |line: InvitedLine| {
        let role = line.invitation.role;
        let shown = match &line.person {
            Some(person) => who(person),
            None => view! { <span class="who">{icon("people")}<span class="name">{line.name.clone()}</span></span> }
                .into_any(),
        };
        view! { <li class="split">{shown}<span class="small quiet nowrap">{move || role_name(role)}</span></li> }
    };
    view! {
        <section class="card" aria-labelledby="invited-title">
            <h2 class="heading" id="invited-title">{t!(i18n, around.invited)}<small>{count}</small></h2>
            <ul class="share-lines">{invited.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

/// When it is, how long it is until then, who hosts it.
#[component]
fn Time(view: SessionView) -> impl IntoView {
    let i18n = use_i18n();
    let card = view.card;
    let (begins, minutes, planned) = (card.begins, card.minutes, card.state == TutoringState::Planned);
    let ticks = RwSignal::new(0_u32);
    page::every(TICK, move || ticks.update(|ticks| *ticks = ticks.wrapping_add(1)));
    let until = move || {
        ticks.track();
        until_words(begins)
    };
    let place = card.place.join(" › ");
    view! {
        <section class="card stack tight" aria-labelledby="when-title">
            <h2 id="when-title">{t!(i18n, around.when)}</h2>
            <p class="strong">{move || time_words(begins, minutes)}</p>
            {planned.then(|| view! { <p class="countdown">{until}</p> })}
            <p class="split"><span class="second">{t!(i18n, room.host)}</span>{who(&card.host)}</p>
            {(!place.is_empty()).then(|| view! { <p class="small second">{place}</p> })}
            {planned.then(|| view! { <p><a class="button" data-size="small" href=format!("/api/tutoring/{}/ics", card.id) rel="external" download>{icon("agenda")}{t!(i18n, around.ics)}</a></p> })}
        </section>
    }
}

/// What whoever leads or runs it can do now.
#[component]
fn Deeds(room: Room, view: SessionView, code_open: RwSignal<bool>, cancel_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let (leads, runs) = (view.lead.is_some(), view.card.runs);
    let code = view.lead.and_then(|lead| lead.code);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let open_now = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = room.go_on(TutoringState::Open).await;
            let _ = busy.try_set(false);
            if let Err(reason) = answer {
                let _ = failure.try_set(Some(reason));
            }
        });
    };
    if !leads {
        return view! { <section class="card"><p class="second">{t!(i18n, around.opens_here)}</p></section> }
            .into_any();
    }
    view! {
        <section class="card stack" aria-labelledby="deeds-title">
            <h2 id="deeds-title">{t!(i18n, around.deeds)}</h2>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <p class="small second">{t!(i18n, around.open_words)}</p>
            <button class="button" data-kind="primary" type="button" aria-busy=move || busy.get().then_some("true") on:click=open_now>{icon("session")}{t!(i18n, around.open)}</button>
            {runs.then(|| view! {
                <a class="button" href=format!("/tutoring/{}/edit", view.card.id)>{icon("pen")}{t!(i18n, around.edit)}</a>
                <button class="button" type="button" on:click=move |_| code_open.set(true)>{icon("share")}{t!(i18n, around.code)}</button>
                {code.map(|code| view! { <p class="small second">{t!(i18n, around.code_is)}" "<strong class="code">{code}</strong></p> })}
                <button class="button" data-kind="quiet" type="button" on:click=move |_| cancel_open.set(true)>{t!(i18n, around.cancel)}</button>
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Cancel(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let deed = Callback::new(move |()| -> Option<Deed> {
        Some(Box::pin(async move {
            room.go_on(TutoringState::Cancelled).await?;
            dom::focus_id("main");
            Ok(())
        }))
    });
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, around.cancel_title).to_string())>
            <DeedForm submit=Signal::derive(move || t_string!(i18n, around.cancel).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false)) grave=true>
                <p>{t!(i18n, around.cancel_words)}</p>
            </DeedForm>
        </Dialog>
    }
}
