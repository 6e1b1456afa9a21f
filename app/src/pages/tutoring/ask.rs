//! Asking: always one press away.

use leptos::prelude::*;
use shared::board::Board;
use shared::tutoring::MAX_QUESTION_CHARS;
use shared::words::QuestionId;

use super::pins::{FIELD, go_to};
use crate::browser::{dom, page};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::open_document::OpenDocument;
use crate::state::tutoring::asking::{Asking, Unsent};
use crate::state::tutoring::room::Room;

#[component]
pub fn AskForm(room: Room, document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let asking = room.asking;
    let draft = asking.draft;
    let empty = Memo::new(move |_| draft.with(|draft| draft.is_empty()));
    let tried = RwSignal::new(false);
    let wrong = move || (tried.get() && empty.get()).then_some("true");
    let send = move || {
        if empty.get_untracked() {
            tried.set(true);
            dom::focus_id(FIELD);
            return;
        }
        tried.set(false);
        asking.ask();
        dom::focus_id(FIELD);
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        // Enter also ends a composition: then it is the input method's.
        let sends = event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !dom::is_composing(&event);
        if sends {
            event.prevent_default();
            send();
        }
    };
    let place = Memo::new(move |_| draft.with(|draft| draft.place));
    let follows = Memo::new(move |_| {
        let id = draft.with(|draft| draft.follows.clone())?;
        Some(room.queue.card(&id).map(|card| card.text).unwrap_or_default())
    });
    let command = if page::has_command_key() { "⌘" } else { "Ctrl" };
    view! {
        <Show when=move || !asking.unsent.with(Vec::is_empty)>
            <ul class="unsent" aria-label=move || t_string!(i18n, room.unsent)>
                <For each=move || asking.unsent.get() key=|one| (one.wish.id.clone(), one.refused.is_some()) let:one><UnsentRow asking one/></For>
            </ul>
        </Show>
        <form class="ask" novalidate on:submit=move |event| { event.prevent_default(); send(); }>
            {move || follows.get().map(|text| view! {
                <p class="ask-about"><span class="truncate small">{t!(i18n, room.follows)}{text}</span>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, room.follows_not) on:click=move |_| draft.update(|draft| draft.follows = None)>{small_icon("close")}</button></p>
            })}
            {move || place.get().map(|place| view! {
                <p class="ask-about"><button class="link small" type="button" on:click=move |_| go_to(document, place)>{small_icon("pin")}{t_string!(i18n, room.place_draft, page = place.page).to_string()}</button>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, room.place_not) on:click=move |_| draft.update(|draft| draft.place = None)>{small_icon("close")}</button></p>
            })}
            <label class="visually-hidden" for=FIELD>{t!(i18n, room.ask_label)}</label>
            <textarea class="input" id=FIELD rows="2" maxlength=MAX_QUESTION_CHARS.to_string() placeholder=move || t_string!(i18n, room.ask_placeholder) aria-invalid=wrong
                aria-keyshortcuts="Control+Enter Meta+Enter" prop:value=move || draft.with(|draft| draft.text.clone())
                on:input=move |event| draft.update(|draft| draft.text = event_target_value(&event)) on:keydown=keys></textarea>
            {move || wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, room.ask_empty)}</p> })}
            <div class="cluster">
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, room.pick) data-tip=move || t_string!(i18n, room.pick) data-tip-side="top"
                    aria-pressed=move || asking.picking.get().to_string() on:click=move |_| asking.picking.update(|picking| *picking = !*picking)>{icon("pin")}</button>
                <label class="check small">
                    <input type="checkbox" prop:checked=move || draft.with(|draft| draft.anonymous) on:change=move |event| draft.update(|draft| draft.anonymous = event_target_checked(&event))/>
                    <span>{t!(i18n, room.anonymous)}</span>
                </label>
                <button class="button push" data-kind="primary" data-size="small" type="submit" title=format!("{command} Enter")>{t!(i18n, room.ask)}</button>
            </div>
        </form>
    }
}

/// A question that the server does not have yet.
#[component]
fn UnsentRow(asking: Asking, one: Unsent) -> impl IntoView {
    let i18n = use_i18n();
    let id: StoredValue<QuestionId> = StoredValue::new(one.wish.id.clone());
    let refused = one.refused.map(|failure| {
        view! {
            <p class="small warn" role="alert">{t!(i18n, room.not_sent)}{failure_words(&failure)}</p>
            <p class="cluster">
                <button class="button" data-size="small" type="button" on:click=move |_| asking.again(&id.get_value())>{t!(i18n, room.send_again)}</button>
                <button class="button" data-size="small" type="button" on:click=move |_| asking.take_back(&id.get_value())>{t!(i18n, room.change)}</button>
                <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| asking.forget(&id.get_value())>{t!(i18n, room.forget)}</button>
            </p>
        }
        .into_any()
    });
    let on_its_way = refused.is_none();
    view! {
        <li>
                <p class="text">{one.wish.text}</p>
                {on_its_way.then(|| view! { <p class="small second" role="status">{t!(i18n, room.sending)}</p> })}
                {refused}
        </li>
    }
}
