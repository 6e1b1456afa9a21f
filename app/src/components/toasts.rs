use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::icon;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::state::toasts::{Toast, Toasts};

/// What was just done, with a way back: by Alt+Z from wherever the keyboard is.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts: Toasts = expect_context();
    let list = NodeRef::<html::Div>::new();
    // Who came by the key goes back to where they were.
    let before = StoredValue::new_local(None::<dom::Focus>);
    page::hear(ev::keydown, move |event| {
        let undo = toasts.undoable().filter(|_| dom::is_alt_z(&event));
        if let Some(id) = undo {
            event.prevent_default();
            if !dom::element(list).is_some_and(|list| dom::has_focus(&list)) {
                before.set_value(dom::Focus::here());
            }
            dom::focus_id(&undo_id(id));
        }
    });
    page::hear(ev::pointerdown, move |event| {
        if !dom::element(list).is_some_and(|list| dom::is_inside(&event, &list)) {
            toasts.tidy();
        }
    });
    let done = Callback::new(move |id: u32| {
        toasts.take_away(id);
        if let Some(before) = before.try_update_value(Option::take).flatten() {
            before.again();
        }
    });
    view! {
        <div class="toasts" role="status" node_ref=list>
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast><ToastLine toast done/></For>
        </div>
    }
}

#[component]
fn ToastLine(toast: Toast, done: Callback<u32>) -> impl IntoView {
    let i18n = use_i18n();
    let Toast { id, words, undo } = toast;
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            done.run(id);
        }
    };
    view! {
        <div class="toast" on:keydown=escape>
            <p>{words}</p>
            {undo.map(|undo| view! {
                <span class="visually-hidden">{t!(i18n, common.undo_key)}</span>
                <button class="button" id=undo_id(id) type="button" aria-keyshortcuts="Alt+Z" on:click=move |_| { done.run(id); undo.run(()); }>{t!(i18n, common.undo)}</button>
                <kbd aria-hidden="true">"Alt+Z"</kbd>
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| done.run(id)>{icon("close")}</button>
            })}
        </div>
    }
}

fn undo_id(toast: u32) -> String {
    format!("toast-undo-{toast}")
}
