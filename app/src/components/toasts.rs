use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::icon;
use crate::browser::fetch::Failure;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::state::toasts::{Toast, Toasts, What};

/// What was just done, with a way back: by Alt+Z from wherever the keyboard is.
#[component]
pub fn ToastList(
    /// The words of a failure.
    words: fn(&Failure) -> String,
) -> impl IntoView {
    let toasts: Toasts = expect_context();
    let list = NodeRef::<html::Div>::new();
    // Who came by the key goes back to where they were.
    let before = StoredValue::new_local(None::<dom::Focus>);
    // The focus is drawn there even if the mouse was used last, which a browser goes by.
    let called = RwSignal::new(None::<u32>);
    page::hear(ev::keydown, move |event| {
        let undo = toasts.undoable().filter(|_| dom::is_alt_z(&event));
        if let Some(id) = undo {
            event.prevent_default();
            if !dom::element(list).is_some_and(|list| dom::has_focus(&list)) {
                before.set_value(dom::Focus::here());
            }
            called.set(Some(id));
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
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast><ToastLine toast words called done/></For>
        </div>
    }
}

#[component]
fn ToastLine(
    toast: Toast,
    words: fn(&Failure) -> String,
    called: RwSignal<Option<u32>>,
    done: Callback<u32>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Toast { id, what } = toast;
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            done.run(id);
        }
    };
    let close = move || {
        view! { <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| done.run(id)>{icon("close")}</button> }
    };
    let inside = match what {
        What::Done(said) => view! { <p>{said}</p> }.into_any(),
        What::Refused(failure) => view! {
            {icon("warn")}
            <p role="alert">{words(&failure)}</p>
            {close()}
        }
        .into_any(),
        What::Undoable(said, undo) => view! {
            <p>{said}</p>
            <span class="visually-hidden">{t!(i18n, common.undo_key)}</span>
            <button class="button" id=undo_id(id) type="button" aria-keyshortcuts="Alt+Z" data-called=move || (called.get() == Some(id)).then_some("")
                on:blur=move |_| { let _ = called.try_set(None); } on:click=move |_| { done.run(id); undo.run(()); }>{t!(i18n, common.undo)}</button>
            <kbd aria-hidden="true">"Alt+Z"</kbd>
            {close()}
        }
        .into_any(),
    };
    view! { <div class="toast" on:keydown=escape>{inside}</div> }
}

fn undo_id(toast: u32) -> String {
    format!("toast-undo-{toast}")
}
