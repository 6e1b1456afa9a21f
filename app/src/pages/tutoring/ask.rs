//! Asking, in words, with a photo or by voice: always one press away.

use leptos::prelude::*;
use shared::board::Board;
use shared::tutoring::MAX_QUESTION_CHARS;

use super::photo::{Choosing, PhotoButtons, PhotoDraft};
use super::pins::{FIELD, go_to};
use super::voice::{VoiceButton, VoiceForm};
use crate::browser::{dom, page};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;
use crate::state::tutoring::room::Room;
use crate::state::tutoring::voice::For;

#[component]
pub fn AskForm(room: Room, document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let asking = room.asking;
    let draft = asking.draft;
    let empty = Memo::new(move |_| asking.is_empty());
    let tried = RwSignal::new(false);
    let photo = Choosing::new(asking);
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
                on:input=move |event| draft.update(|draft| draft.text = event_target_value(&event)) on:keydown=keys on:paste=move |event| photo.pasted(&event)></textarea>
            {move || wrong().map(|_| view! { <p class="error" role="alert">{t!(i18n, room.ask_empty)}</p> })}
            <PhotoDraft asking photo/>
            <VoiceForm asking whom=For::Question/>
            <div class="cluster">
                <VoiceButton asking whom=For::Question/>
                <PhotoButtons photo/>
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
