//! A collection in its place as a form: order by keyboard, by buttons and by dragging, notes, headings, and a way back.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::CollectionView;
use shared::library::{MAX_COLLECTION_DESCRIPTION_CHARS, MAX_LINE_NOTE_CHARS};
use shared::pages::Program;
use shared::words::Title;

use super::words::{author_names, item_kind_name};
use crate::browser::{carry, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::collections::OpenCollection;
use crate::state::library::curation::{Curation, EditedLine};
use crate::state::way::{Trace, use_way};

#[component]
pub fn EditForm(collection: OpenCollection, editing: RwSignal<bool>) -> impl IntoView {
    let view: Option<CollectionView> = collection.view.get_untracked();
    view.map(|view| view! { <Form curation=Curation::of(collection, &view) editing/> })
}

#[component]
fn Form(curation: Curation, editing: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let said = RwSignal::new(String::new());
    let dragged = RwSignal::new(None::<u32>);
    let leaving = StoredValue::new(false);
    let at_risk = move || !leaving.get_value() && curation.is_changed();
    page::warn_before_leaving(at_risk);
    let close = move |stored: bool| {
        if stored {
            let _ = leaving.try_set_value(true);
            let _ = editing.try_set(false);
        }
    };
    let store = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !curation.busy.get_untracked() {
            spawn_local(async move { close(curation.store().await) });
        }
    };
    let beside = move |_| spawn_local(async move { close(curation.store_beside().await) });
    let cancel = RwSignal::new(None::<String>);
    let give_up = move |_| match curation.is_changed() {
        true => cancel.set(Some(String::new())),
        false => editing.set(false),
    };
    let add_heading = move |_| {
        let key = curation.add_heading(None);
        page::later(0, move || dom::focus_id(&field_id(key)));
    };
    // Undoing a step is by the usual keys, too, unless one writes: there they undo the writing.
    page::hear(ev::keydown, move |event| {
        let keys = (event.ctrl_key() || event.meta_key()) && event.key() == "z" && !event.shift_key();
        if keys && !dom::is_typing() && untrack(|| curation.can_undo()) {
            event.prevent_default();
            curation.undo();
        }
    });
    view! {
        <form class="card collection-edit" on:submit=store>
            <div class="field"><label for="collection-title">{t!(i18n, item_form.title)}</label>
                <input class="input" id="collection-title" required maxlength=Title::MAX_CHARS.to_string() autocomplete="off" prop:value=curation.title on:input=move |event| curation.title.set(event_target_value(&event))/></div>
            <div class="field"><label for="collection-about">{t!(i18n, item_form.description)}</label>
                <textarea class="input" id="collection-about" rows="2" maxlength=MAX_COLLECTION_DESCRIPTION_CHARS.to_string() prop:value=curation.description on:input=move |event| curation.description.set(event_target_value(&event))></textarea></div>
            <p class="small second">{t!(i18n, collection.edit_hint)}</p>
            <ol class="edit-lines"><For each=move || curation.lines.get() key=|line| line.key children=move |line| view! { <Line curation line said dragged/> }/></ol>
            <p class="visually-hidden" role="status">{said}</p>
            <div class="cluster">
                <button class="button" data-size="small" type="button" on:click=add_heading>{icon("plus")}{t!(i18n, collection.add_heading)}</button>
                <button class="button" data-size="small" type="button" disabled=move || !curation.can_undo() on:click=move |_| curation.undo()>{icon("undo")}{t!(i18n, common.undo)}</button>
            </div>
            {move || curation.stale.get().then(|| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=beside>{t!(i18n, collection.store_beside)}</button> }>{t!(i18n, collection.stale)}</Banner>
            })}
            {move || curation.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}" "{t!(i18n, collection.still_here)}</Banner> })}
            <footer class="cluster">
                <button class="button" data-kind="primary" type="submit" aria-busy=move || curation.busy.get().then_some("true")>{t!(i18n, library.store)}</button>
                <button class="button" type="button" on:click=give_up>{t!(i18n, common.cancel)}</button>
            </footer>
        </form>
        <GiveUp asked=cancel leaving at_risk=Signal::derive(at_risk) editing/>
    }
}

/// Asks before changes are let go of: by the button, or by a link to another page.
#[component]
fn GiveUp(
    asked: RwSignal<Option<String>>,
    leaving: StoredValue<bool>,
    at_risk: Signal<bool>,
    editing: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let way = StoredValue::new_local(use_way());
    let open = open_while(asked);
    page::hold_inside(page::address(), move || at_risk.get_untracked(), move |to| asked.set(Some(to)));
    let go = move |_| {
        let to = asked.get_untracked().unwrap_or_default();
        leaving.set_value(true);
        open.set(false);
        match to.is_empty() {
            true => editing.set(false),
            false if Program::at(&to) == Program::Library => way.with_value(|way| way(&to, Trace::Leave)),
            false => page::load(&to),
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, common.unsaved).to_string())>
            <div class="body"><p>{t!(i18n, common.unsaved_words)}</p></div>
            <footer>
                <button class="button" data-kind="danger" type="button" on:click=go>{t!(i18n, common.discard)}</button>
                <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, common.keep_writing)}</button>
            </footer>
        </Dialog>
    }
}

#[component]
fn Line(curation: Curation, line: EditedLine, said: RwSignal<String>, dragged: RwSignal<Option<u32>>) -> impl IntoView {
    let i18n = use_i18n();
    let key = line.key;
    let is_heading = line.item.is_none();
    let row = NodeRef::<html::Li>::new();
    let text = line.text.clone();
    let name = {
        let (title, text) = (line.item.as_ref().map(|item| item.title.clone()), text.clone());
        move || title.clone().unwrap_or_else(|| text.get())
    };
    let shift = {
        let name = name.clone();
        move |steps: isize, button: &'static str| {
            if let Some(place) = curation.shift(key, steps) {
                let count = curation.lines.with_untracked(Vec::len);
                said.set(
                    t_string!(i18n, collection.moved, name = untrack(&name), place = place, count = count).to_string(),
                );
                // A button that is moved with its line loses the focus.
                page::later(0, move || dom::focus_id(&format!("{button}-{key}")));
            }
        }
    };
    let (up, down, by_key) = (shift.clone(), shift.clone(), shift);
    let on_key = move |event: ev::KeyboardEvent| {
        let steps = match event.key().as_str() {
            "ArrowUp" if event.alt_key() => -1,
            "ArrowDown" if event.alt_key() => 1,
            _ => return,
        };
        event.prevent_default();
        by_key(steps, if dom::is_typing() { "text" } else { "up" });
    };
    let remove = {
        let name = name.clone();
        move |_| {
            curation.remove(key);
            said.set(t_string!(i18n, collection.removed, name = untrack(&name)).to_string());
        }
    };
    let drop_here = move |event: ev::DragEvent| {
        if let Some(other) = dragged.get_untracked() {
            event.prevent_default();
            curation.put_in_place_of(other, key);
            dragged.set(None);
        }
    };
    let label = move |words: fn(leptos_i18n::I18nContext<Locale>, String) -> String| {
        let name = name.clone();
        move || words(i18n, name())
    };
    let written = {
        let text = text.clone();
        move |event| text.set(event_target_value(&event))
    };
    let shown = text.clone();
    view! {
        <li class="edit-line" node_ref=row data-heading=is_heading.then_some("") data-dragged=move || (dragged.get() == Some(key)).then_some("") on:keydown=on_key
            on:dragover=move |event: ev::DragEvent| if dragged.with_untracked(Option::is_some) { event.prevent_default(); } on:drop=drop_here>
            <span class="grip wide-only" draggable="true" aria-hidden="true" on:dragstart=move |event: ev::DragEvent| { carry::take_along(&event, row.get_untracked().as_deref()); dragged.set(Some(key)); } on:dragend=move |_| dragged.set(None)>{icon("more")}</span>
            <div class="grow">
                {line.item.as_ref().map(|item| { let (kind, names) = (item.kind, author_names(item)); view! {
                    <p><b>{item.title.clone()}</b>" "<span class="small second">{move || [item_kind_name(kind), names.clone()].join(" · ")}</span></p>
                } })}
                <input class="input" id=field_id(key) maxlength=MAX_LINE_NOTE_CHARS.to_string() autocomplete="off" prop:value=move || shown.get()
                    aria-label=label.clone()(if is_heading { heading_label } else { note_label })
                    placeholder=move || if is_heading { t_string!(i18n, collection.heading) } else { t_string!(i18n, collection.note) } on:input=written/>
            </div>
            <span class="cluster nowrap-line">
                <button class="icon-button up" data-size="small" type="button" id=format!("up-{key}") aria-label=label.clone()(up_label) on:click=move |_| up(-1, "up")>{icon("down")}</button>
                <button class="icon-button" data-size="small" type="button" id=format!("down-{key}") aria-label=label.clone()(down_label) on:click=move |_| down(1, "down")>{icon("down")}</button>
                <button class="icon-button" data-size="small" type="button" aria-label=label(remove_label) on:click=remove>{icon("close")}</button>
            </span>
        </li>
    }
}

fn field_id(key: u32) -> String {
    format!("text-{key}")
}

type I18n = leptos_i18n::I18nContext<Locale>;

fn up_label(i18n: I18n, name: String) -> String {
    t_string!(i18n, collection.up, name = name).to_string()
}

fn down_label(i18n: I18n, name: String) -> String {
    t_string!(i18n, collection.down, name = name).to_string()
}

fn remove_label(i18n: I18n, name: String) -> String {
    t_string!(i18n, collection.remove, name = name).to_string()
}

fn note_label(i18n: I18n, name: String) -> String {
    t_string!(i18n, collection.note_of, name = name).to_string()
}

fn heading_label(i18n: I18n, _: String) -> String {
    t_string!(i18n, collection.heading).to_string()
}
