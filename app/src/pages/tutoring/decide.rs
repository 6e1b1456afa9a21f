//! Deeds on a question that ask something first.

use leptos::prelude::*;
use shared::api::{DecideQuestion, QuestionCard};
use shared::tutoring::{MAX_ANSWER_CHARS, QuestionState};
use shared::words::QuestionId;

use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::room::Room;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Answer(QuestionId),
    Merge(QuestionId),
    Withdraw(QuestionId),
}

#[component]
pub fn DecideDialogs(room: Room, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(asked);
    let title = Signal::derive(move || {
        asked
            .with(|asked| match asked {
                Some(Asked::Answer(_)) => t_string!(i18n, room.write_answer),
                Some(Asked::Merge(_)) => t_string!(i18n, room.merge_title),
                Some(Asked::Withdraw(_)) => t_string!(i18n, room.withdraw_title),
                None => "",
            })
            .to_string()
    });
    view! {
        <Dialog open title>
            {move || asked.get_untracked().map(|asked| match asked {
                Asked::Answer(id) => view! { <AnswerForm room id open/> }.into_any(),
                Asked::Merge(id) => view! { <MergeForm room id open/> }.into_any(),
                Asked::Withdraw(id) => view! { <WithdrawForm room id open/> }.into_any(),
            })}
        </Dialog>
    }
}

fn deciding(room: Room, id: &QuestionId, decision: DecideQuestion) -> Option<Deed> {
    Some(Box::pin(room.queue.decide(id.clone(), decision)))
}

fn closing(open: RwSignal<bool>) -> Callback<()> {
    Callback::new(move |()| open.set(false))
}

/// An answer in writing: it stands under the question, and the search finds it.
#[component]
fn AnswerForm(room: Room, id: QuestionId, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let card = room.queue.cards.with_untracked(|cards| cards.as_ref().and_then(|cards| cards.get(&id).cloned()));
    let (text, before) = card.map(|card| (card.text, card.answer)).unwrap_or_default();
    let answer = RwSignal::new(before);
    let tried = RwSignal::new(false);
    let wrong = move || (tried.get() && answer.with(|answer| answer.trim().is_empty())).then_some("true");
    let deed = Callback::new(move |()| {
        tried.set(true);
        let answer = answer.with_untracked(|answer| answer.trim().to_owned());
        (!answer.is_empty()).then(|| deciding(room, &id, DecideQuestion::AnswerInWriting { answer })).flatten()
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, room.answer_submit).to_string()) words=failure_words deed close=closing(open)>
            <p class="strong">{text}</p>
            <div class="field">
                <label for="answer-text">{t!(i18n, room.answer_label)}</label>
                <textarea class="input" id="answer-text" rows="6" maxlength=MAX_ANSWER_CHARS.to_string() aria-invalid=wrong prop:value=move || answer.get() on:input=move |event| answer.set(event_target_value(&event))></textarea>
                {move || wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, room.answer_empty)}</p> })}
                <p class="hint">{t!(i18n, room.answer_hint)}</p>
            </div>
        </DeedForm>
    }
}

/// Two questions ask the same: the other one gets the votes.
#[component]
fn MergeForm(room: Room, id: QuestionId, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let own = id.clone();
    let others: Vec<QuestionCard> = room.queue.cards.with_untracked(|cards| {
        let can = |card: &&QuestionCard| match card.state {
            QuestionState::Asked | QuestionState::Taken | QuestionState::Answered => card.id != own,
            QuestionState::Aside | QuestionState::Merged | QuestionState::Withdrawn => false,
        };
        cards.iter().flat_map(|cards| cards.values()).filter(can).cloned().collect()
    });
    let into = RwSignal::new(None::<QuestionId>);
    let tried = RwSignal::new(false);
    let deed = Callback::new(move |()| {
        tried.set(true);
        into.get_untracked().and_then(|into| deciding(room, &id, DecideQuestion::Merge { into }))
    });
    let none = others.is_empty();
    let choice = move |card: QuestionCard| {
        let chosen = card.id.clone();
        view! {
            <label class="check">
                <input type="radio" name="merge-into" on:change=move |_| into.set(Some(chosen.clone()))/>
                <span>{card.text}</span>
            </label>
        }
    };
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, room.merge_submit).to_string()) words=failure_words deed close=closing(open)>
            <p>{if none { t_string!(i18n, room.merge_none) } else { t_string!(i18n, room.merge_words) }}</p>
            <fieldset class="stack tight" aria-invalid=move || (tried.get() && into.with(Option::is_none)).then_some("true")>
                <legend class="visually-hidden">{t!(i18n, room.merge_title)}</legend>
                {others.into_iter().map(choice).collect_view()}
            </fieldset>
            {move || (tried.get() && into.with(Option::is_none) && !none).then(|| view! { <p class="error" role="alert">{t!(i18n, room.merge_choose)}</p> })}
        </DeedForm>
    }
}

#[component]
fn WithdrawForm(room: Room, id: QuestionId, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let deed = Callback::new(move |()| deciding(room, &id, DecideQuestion::Withdraw));
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, room.withdraw).to_string()) words=failure_words deed close=closing(open) grave=true>
            <p>{t!(i18n, room.withdraw_words)}</p>
        </DeedForm>
    }
}
