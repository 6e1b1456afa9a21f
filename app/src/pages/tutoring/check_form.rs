//! Writing a quick check.

use leptos::prelude::*;
use shared::api::{CheckWords, DecideCheck};
use shared::tutoring::{CheckKind, MAX_CHECK_CHARS, MAX_CHOICE_CHARS, MAX_CHOICES, MIN_CHOICES, TutoringState};
use shared::words::CheckId;

use crate::browser::clock;
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm};
use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writing {
    New,
    Change(CheckId, CheckWords),
}

#[component]
pub fn CheckDialog(room: Room, writing: RwSignal<Option<Writing>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(writing);
    let title = Signal::derive(move || match writing.get() {
        Some(Writing::Change(..)) => t_string!(i18n, check.change).to_string(),
        Some(Writing::New) | None => t_string!(i18n, check.compose).to_string(),
    });
    view! { <Dialog open title>{move || writing.get_untracked().map(|writing| view! { <CheckForm room writing open/> })}</Dialog> }
}

#[component]
fn CheckForm(room: Room, writing: Writing, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let before = match &writing {
        Writing::New => None,
        Writing::Change(id, words) => Some((id.clone(), words.clone())),
    };
    let known = before.as_ref().map(|(_, words)| words.clone());
    let kind = RwSignal::new(known.as_ref().map_or(CheckKind::One, |words| words.kind));
    let text = RwSignal::new(known.as_ref().map(|words| words.text.clone()).unwrap_or_default());
    let named = RwSignal::new(known.as_ref().is_some_and(|words| words.named));
    let mut lines = known.map(|words| words.choices).unwrap_or_default();
    lines.resize(lines.len().max(MIN_CHOICES), String::new());
    let choices = RwSignal::new(lines.into_iter().map(RwSignal::new).collect::<Vec<_>>());
    let tried = RwSignal::new(false);
    let is_poll = move || matches!(kind.get(), CheckKind::One | CheckKind::Several);
    let written = move || -> Vec<String> {
        let all = choices.get().into_iter().map(|one| one.get().trim().to_owned());
        all.filter(|words| !words.is_empty()).collect()
    };
    let text_wrong = move || (tried.get() && text.with(|text| text.trim().is_empty())).then_some("true");
    let unfit = move || {
        let written = written();
        let mut each = written.clone();
        each.sort();
        each.dedup();
        is_poll() && (each.len() < MIN_CHOICES || each.len() < written.len())
    };
    let choices_wrong = move || (tried.get() && unfit()).then_some("true");
    // Drawn once: what is sent again because the answer was lost is the same check.
    let fresh: Option<CheckId> = clock::fresh_id().parse().ok();
    let id = StoredValue::new(before.as_ref().map(|(id, _)| id.clone()).or(fresh));
    let is_new = before.is_none();
    let goes_on = room.state() == Some(TutoringState::Open);
    let deed = Callback::new(move |()| -> Option<Deed> {
        tried.set(true);
        let words = untrack(|| CheckWords {
            kind: kind.get(),
            text: text.with(|text| text.trim().to_owned()),
            choices: if is_poll() { written() } else { Vec::new() },
            named: named.get(),
        });
        if words.text.is_empty() || untrack(unfit) {
            return None;
        }
        let id = id.get_value()?;
        Some(match is_new {
            true => Box::pin(room.checks.write(id, words, goes_on)),
            false => Box::pin(room.checks.decide(id, DecideCheck::Change(words))),
        })
    });
    let submit = Signal::derive(move || match (is_new, goes_on) {
        (true, true) => t_string!(i18n, check.do_open).to_string(),
        (true, false) | (false, _) => t_string!(i18n, check.keep).to_string(),
    });
    let kinds = move |one: CheckKind, words: Signal<String>| {
        view! {
            <label class="check"><input type="radio" name="check-kind" prop:checked=move || kind.get() == one on:change=move |_| kind.set(one)/><span>{words}</span></label>
        }
    };
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, check.$key).to_string())
        };
    }
    let line = move |(place, one): (usize, RwSignal<String>)| {
        let label = move || t_string!(i18n, check.choice, number = place + 1).to_string();
        let may_go = move || choices.with(Vec::len) > MIN_CHOICES;
        view! {
            <li>
                <input class="input" type="text" maxlength=MAX_CHOICE_CHARS.to_string() aria-label=label placeholder=label aria-invalid=choices_wrong prop:value=move || one.get() on:input=move |event| one.set(event_target_value(&event))/>
                <Show when=may_go>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, check.choice_less, number = place + 1).to_string()
                        on:click=move |_| choices.update(|choices| { choices.remove(place); })>{small_icon("close")}</button>
                </Show>
            </li>
        }
    };
    view! {
        <DeedForm submit words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <div class="field">
                <label for="check-text">{t!(i18n, check.text)}</label>
                <textarea class="input" id="check-text" rows="2" maxlength=MAX_CHECK_CHARS.to_string() aria-invalid=text_wrong prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))></textarea>
                {move || text_wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, check.text_empty)}</p> })}
            </div>
            <fieldset class="cluster">
                <legend class="visually-hidden">{t!(i18n, check.kind)}</legend>
                {kinds(CheckKind::One, words!(one))}{kinds(CheckKind::Several, words!(several))}{kinds(CheckKind::TrueFalse, words!(true_false))}{kinds(CheckKind::Short, words!(short))}
            </fieldset>
            <Show when=is_poll>
                <fieldset class="stack tight">
                    <legend>{t!(i18n, check.choices)}</legend>
                    <ol class="check-choices">{move || choices.get().into_iter().enumerate().map(line).collect_view()}</ol>
                    {move || choices_wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, check.choices_wrong)}</p> })}
                    <Show when=move || choices.with(|choices| choices.len() < MAX_CHOICES)>
                        <p><button class="button" data-size="small" type="button" on:click=move |_| choices.update(|choices| choices.push(RwSignal::new(String::new())))>{t!(i18n, check.choice_more)}</button></p>
                    </Show>
                </fieldset>
            </Show>
            <label class="check"><input type="checkbox" prop:checked=move || named.get() on:change=move |event| named.set(event_target_checked(&event))/><span>{t!(i18n, check.with_names)}</span></label>
            <p class="hint">{move || if named.get() { t_string!(i18n, check.hint_named) } else { t_string!(i18n, check.hint_nameless) }}</p>
        </DeedForm>
    }
}
