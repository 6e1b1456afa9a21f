//! Quick checks beside the board: host and helpers write, open and close them, everybody else answers.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CheckCard, DecideCheck};
use shared::tutoring::{CheckKind, CheckState, Role};
use shared::words::CheckId;

use super::check_answer::AnswerForm;
use super::check_form::{CheckDialog, Writing};
use super::check_results::Results;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::toasts::Toasts;
use crate::state::tutoring::room::Room;

#[component]
pub fn Checks(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let checks = room.checks;
    let leads = Memo::new(move |_| room.leads());
    let writing = RwSignal::new(None::<Writing>);
    // The newest first: that is the one that is spoken of.
    let order = Memo::new(move |_| {
        let ids = checks.cards.with(|cards| cards.iter().flatten().map(|card| card.id.clone()).collect::<Vec<_>>());
        ids.into_iter().rev().collect::<Vec<_>>()
    });
    let nothing = move || checks.cards.with(|cards| cards.as_ref().is_some_and(Vec::is_empty));
    view! {
        {move || checks.failure.get().filter(|_| checks.cards.with(Option::is_none)).map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| checks.read()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })}
        <Show when=move || checks.cards.with(Option::is_none) && checks.failure.with(Option::is_none)>
            <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/>
        </Show>
        <Show when=move || leads.get()>
            <p class="check-new"><button class="button" data-size="small" type="button" on:click=move |_| writing.set(Some(Writing::New))>{icon("plus")}{t!(i18n, check.compose)}</button></p>
        </Show>
        <Show when=nothing>
            <div class="queue-empty">
                {icon("check")}
                <p>{t!(i18n, check.none)}</p>
                <p class="small second">{move || if leads.get() { t_string!(i18n, check.none_lead) } else { t_string!(i18n, check.none_take_part) }}</p>
            </div>
        </Show>
        <ol class="checks" aria-label=move || t_string!(i18n, check.tab)>
            <For each=move || order.get() key=Clone::clone let:id><CheckRow room id writing/></For>
        </ol>
        <CheckDialog room writing/>
    }
}

#[component]
fn CheckRow(room: Room, id: CheckId, writing: RwSignal<Option<Writing>>) -> impl IntoView {
    let i18n = use_i18n();
    let id = StoredValue::new(id);
    let card = Memo::new(move |_| {
        let is_it = |card: &&CheckCard| id.with_value(|id| card.id == *id);
        room.checks.cards.with(|cards| cards.iter().flatten().find(is_it).cloned())
    });
    let of = move |what: fn(&CheckCard) -> bool| card.with(|card| card.as_ref().is_some_and(what));
    let is_open = Memo::new(move |_| of(|card| card.state == CheckState::Open));
    let words = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.words.clone())));
    let answers = Memo::new(move |_| room.role().is_some_and(Role::answers_checks) && is_open.get());
    let has_results =
        Memo::new(move |_| of(|card| card.state != CheckState::Written) && (room.leads() || of(|card| card.shown)));
    view! {
        <li aria-current=move || is_open.get().then_some("true")>
            <div class="check-head">
                <div class="grow">
                    {move || (!answers.get()).then(|| words.get().map(|words| view! { <p class="text strong">{words.text}</p> }))}
                    <p class="meta small second">{move || card.get().map(|card| about(i18n, &card))}</p>
                </div>
                <Show when=move || room.leads()><Deeds room card writing/></Show>
            </div>
            {move || answers.get().then(|| words.get().map(|words| view! { <AnswerForm room id=id.get_value() words card/> }))}
            {move || has_results.get().then(|| view! { <Results room id=id.get_value()/> })}
        </li>
    }
}

/// What kind it is, whether with names, how it stands, how many have answered.
fn about(i18n: leptos_i18n::I18nContext<Locale>, card: &CheckCard) -> String {
    let kind = match card.words.kind {
        CheckKind::One => t_string!(i18n, check.one),
        CheckKind::Several => t_string!(i18n, check.several),
        CheckKind::TrueFalse => t_string!(i18n, check.true_false),
        CheckKind::Short => t_string!(i18n, check.short),
    };
    let named = if card.words.named { t_string!(i18n, check.named) } else { t_string!(i18n, check.nameless) };
    let state = match card.state {
        CheckState::Written => t_string!(i18n, check.written),
        CheckState::Open => t_string!(i18n, check.open),
        CheckState::Closed => t_string!(i18n, check.closed),
    };
    let answered = t_string!(i18n, check.answered, count = card.answered).to_string();
    match card.state {
        CheckState::Written => format!("{kind} · {named} · {state}"),
        CheckState::Open | CheckState::Closed => format!("{kind} · {named} · {state} · {answered}"),
    }
}

/// What host and helpers do with it.
#[component]
fn Deeds(room: Room, card: Memo<Option<CheckCard>>, writing: RwSignal<Option<Writing>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let busy = RwSignal::new(false);
    let state = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.state)));
    let shown = Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.shown)));
    let goes_on = Memo::new(move |_| room.state() == Some(shared::tutoring::TutoringState::Open));
    let decide = move |decision: DecideCheck| {
        let id = card.with_untracked(|card| card.as_ref().map(|card| card.id.clone()));
        let Some(id) = id.filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let done = room.checks.decide(id, decision).await;
            let _ = busy.try_set(false);
            if let Err(failure) = done {
                toasts.say_refused(failure);
            }
        });
    };
    let waits = move || busy.get().then_some("true");
    let change = move |_| writing.set(card.get_untracked().map(|card| Writing::Change(card.id, card.words)));
    let button = move || {
        match (state.get(), goes_on.get()) {
        (Some(CheckState::Written), true) => Some(
            view! { <button class="button" data-kind="primary" data-size="small" type="button" aria-busy=waits on:click=move |_| decide(DecideCheck::Open)>{t!(i18n, check.do_open)}</button> }
                .into_any(),
        ),
        (Some(CheckState::Open), _) => Some(
            view! { <button class="button" data-size="small" type="button" aria-busy=waits on:click=move |_| decide(DecideCheck::Close)>{t!(i18n, check.do_close)}</button> }
                .into_any(),
        ),
        (Some(CheckState::Closed), _) if !shown.get() => Some(
            view! { <button class="button" data-size="small" type="button" aria-busy=waits on:click=move |_| decide(DecideCheck::Show)>{t!(i18n, check.do_show)}</button> }
                .into_any(),
        ),
        (Some(CheckState::Written | CheckState::Closed) | None, _) => None,
    }
    };
    view! {
        <div class="deeds">
            {button}
            <Menu label=Signal::derive(move || t_string!(i18n, check.deeds).to_string()) size="small" face=ViewFn::from(|| icon("more"))>
                {move || (state.get() == Some(CheckState::Written)).then(|| view! {
                    <button role="menuitem" type="button" on:click=change>{icon("pen")}{t!(i18n, check.change)}</button>
                    <button role="menuitem" type="button" data-kind="danger" on:click=move |_| decide(DecideCheck::Discard)>{icon("trash")}{t!(i18n, check.discard)}</button>
                })}
                {move || (state.get() != Some(CheckState::Written)).then(|| {
                    if shown.get() {
                        view! { <button role="menuitem" type="button" on:click=move |_| decide(DecideCheck::Hide)>{icon("eye")}{t!(i18n, check.do_hide)}</button> }.into_any()
                    } else {
                        view! { <button role="menuitem" type="button" on:click=move |_| decide(DecideCheck::Show)>{icon("eye")}{t!(i18n, check.do_show)}</button> }.into_any()
                    }
                })}
                {move || (state.get() == Some(CheckState::Closed) && goes_on.get()).then(|| view! { <button role="menuitem" type="button" on:click=move |_| decide(DecideCheck::Open)>{icon("undo")}{t!(i18n, check.do_open_again)}</button> })}
            </Menu>
        </div>
    }
}
