//! Answering a quick check, and changing the answer as long as it is open.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CheckAnswer, CheckCard, CheckWords};
use shared::tutoring::{CheckKind, MAX_SHORT_CHARS};
use shared::words::CheckId;

use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;

#[component]
pub fn AnswerForm(room: Room, id: CheckId, words: CheckWords, card: Memo<Option<CheckCard>>) -> impl IntoView {
    let i18n = use_i18n();
    let mine = Memo::new(move |_| card.with(|card| card.as_ref().and_then(|card| card.mine.clone())));
    let before = mine.get_untracked().unwrap_or_default();
    let chosen = RwSignal::new(before.choices.iter().copied().collect::<BTreeSet<u8>>());
    let text = RwSignal::new(before.text);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let tried = RwSignal::new(false);
    let kind = words.kind;
    let empty = move || match kind {
        CheckKind::Short => text.with(|text| text.trim().is_empty()),
        CheckKind::One | CheckKind::Several | CheckKind::TrueFalse => chosen.with(BTreeSet::is_empty),
    };
    let wrong = move || (tried.get() && empty()).then_some("true");
    let same = move || {
        mine.with(|mine| {
            mine.as_ref().is_some_and(|mine| {
                chosen.with(|chosen| mine.choices.iter().copied().eq(chosen.iter().copied()))
                    && text.with(|text| mine.text == text.trim())
            })
        })
    };
    let name = StoredValue::new(format!("check-{id}"));
    let id = StoredValue::new(id);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || untrack(empty) {
            return;
        }
        busy.set(true);
        failure.set(None);
        let answer = CheckAnswer {
            choices: chosen.with_untracked(|chosen| chosen.iter().copied().collect()),
            text: text.with_untracked(|text| text.trim().to_owned()),
        };
        spawn_local(async move {
            let sent = room.checks.answer(id.get_value(), answer).await;
            let _ = busy.try_set(false);
            let _ = failure.try_set(sent.err());
        });
    };
    let choose = move |place: u8, on: bool| {
        chosen.update(|chosen| match (kind, on) {
            (CheckKind::Several, false) => drop(chosen.remove(&place)),
            (CheckKind::Several, true) => drop(chosen.insert(place)),
            (CheckKind::One | CheckKind::TrueFalse | CheckKind::Short, _) => *chosen = [place].into(),
        });
    };
    let choice = move |(place, words): (u8, Signal<String>)| {
        let sort = if kind == CheckKind::Several { "checkbox" } else { "radio" };
        view! {
            <label class="check">
                <input type=sort name=name.get_value() prop:checked=move || chosen.with(|chosen| chosen.contains(&place)) on:change=move |event| choose(place, event_target_checked(&event))/>
                <span>{words}</span>
            </label>
        }
    };
    let choices = choices_of(i18n, &words).into_iter().map(choice).collect_view();
    let field = (kind == CheckKind::Short).then(|| {
        view! {
            <textarea class="input" rows="2" maxlength=MAX_SHORT_CHARS.to_string() aria-labelledby=format!("{}-legend", name.get_value()) aria-invalid=wrong prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))></textarea>
        }
    });
    let promise =
        if words.named { t_string!(i18n, check.promise_named) } else { t_string!(i18n, check.promise_nameless) };
    let submit = move || match mine.with(Option::is_some) {
        true => t_string!(i18n, check.answer_again),
        false => t_string!(i18n, check.answer),
    };
    view! {
        <form class="check-answer" novalidate on:submit=send>
            <fieldset class="stack tight" aria-invalid=wrong>
                <legend class="text strong" id=format!("{}-legend", name.get_value())>{words.text}</legend>
                {choices}
                {field}
            </fieldset>
            {move || wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, check.answer_empty)}</p> })}
            {move || failure.get().map(|failure| view! { <p class="error" role="alert">{failure_words(&failure)}</p> })}
            <p class="small second">{promise}</p>
            <p class="cluster">
                <button class="button" data-kind="primary" data-size="small" type="submit" aria-busy=move || busy.get().then_some("true") aria-disabled=move || same().then_some("true")>{submit}</button>
                <span class="small second" role="status">{move || same().then(|| t_string!(i18n, check.kept))}</span>
            </p>
        </form>
    }
}

/// The choices with their places; of right and wrong in the person's language.
pub fn choices_of(i18n: leptos_i18n::I18nContext<Locale>, words: &CheckWords) -> Vec<(u8, Signal<String>)> {
    match words.kind {
        CheckKind::One | CheckKind::Several => {
            (0..).zip(words.choices.iter().map(|choice| Signal::stored(choice.clone()))).collect()
        }
        CheckKind::TrueFalse => vec![
            (0, Signal::derive(move || t_string!(i18n, check.right).to_string())),
            (1, Signal::derive(move || t_string!(i18n, check.wrong).to_string())),
        ],
        CheckKind::Short => Vec::new(),
    }
}
