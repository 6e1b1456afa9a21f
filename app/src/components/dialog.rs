use leptos::html;
use leptos::prelude::*;

use super::icon::icon;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::state::way::{Trace, use_way};

/// What somebody wanted who has a half-filled form in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Close,
    /// An address of this site.
    GoTo(String),
}

/// A dialog: asks one thing, keeps the focus, gives it back on Esc. Its content lives only while it is open. What was
/// typed into a form of it is not lost by Esc, a click beside it or the browser's arrows without a question.
#[component]
pub fn Dialog(open: RwSignal<bool>, #[prop(into)] title: Signal<String>, children: ChildrenFn) -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Dialog>::new();
    let id = StoredValue::new(format!("dialog-{}", next_id()));
    let asked = RwSignal::new(None::<Wish>);
    // The form that was typed into; once it has been sent, and something else stands in its place, nothing is lost.
    let typed = StoredValue::new_local(None::<dom::Form>);
    let holds = move || typed.try_with_value(|form| form.as_ref().is_some_and(dom::Form::is_there)).unwrap_or_default();
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            dom::set_open(&dialog, open.get());
        }
        if !open.get() {
            typed.set_value(None);
            asked.set(None);
        }
    });
    let leave = move || if holds() { asked.set(Some(Wish::Close)) } else { open.set(false) };
    let close_outside = move |event: leptos::ev::MouseEvent| {
        if dom::on_itself(&event) {
            leave();
        }
    };
    // A browser lets Esc be refused only once; not to hear of it is better.
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && !dom::is_composing(&event) && holds() {
            event.prevent_default();
            leave();
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        if dom::on_itself(&event) && holds() {
            event.prevent_default();
            leave();
        }
    };
    let closed = move |_| {
        if let Some(dialog) = node.get_untracked().filter(|_| open.get_untracked() && holds()) {
            dom::set_open(&dialog, true);
        }
        leave();
    };
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby=id.get_value() on:close=closed on:cancel=cancel on:keydown=escape on:mousedown=close_outside
            on:input=move |event| typed.update_value(|typed| *typed = dom::Form::of(&event).or(typed.take()))>
            <Show when=move || open.get()>
                <Held holds asked/>
                <header>
                    <h2 id=id.get_value()>{title}</h2>
                    <button class="icon-button" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| leave()>
                        {icon("close")}
                    </button>
                </header>
                {children()}
            </Show>
        </dialog>
        <Question asked discard=move || { typed.set_value(None); open.set(false); }/>
    }
}

/// Holds whoever goes elsewhere, for as long as the dialog is open.
#[component]
fn Held(holds: impl Fn() -> bool + Copy + 'static, asked: RwSignal<Option<Wish>>) -> impl IntoView {
    page::warn_before_leaving(holds);
    page::hold_inside(page::address(), holds, move |to| asked.set(Some(Wish::GoTo(to))));
}

/// Asks whether what was typed may go.
#[component]
fn Question(asked: RwSignal<Option<Wish>>, discard: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Dialog>::new();
    let id = StoredValue::new(format!("dialog-{}", next_id()));
    let way = StoredValue::new_local(use_way());
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            let asks = asked.with(Option::is_some);
            dom::set_open(&dialog, asks);
            if asks {
                // Its content comes only after this turn.
                page::later(0, move || dom::focus_id(&id.with_value(|id| safe_choice(id))));
            }
        }
    });
    let go = move |_| {
        let wish = asked.try_update(Option::take).flatten();
        discard();
        match wish {
            Some(Wish::GoTo(to)) => way.with_value(|way| way(&to, Trace::Leave)),
            Some(Wish::Close) | None => {}
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby=id.get_value() on:close=move |_| asked.set(None)>
            <Show when=move || asked.with(Option::is_some)>
                <header><h2 id=id.get_value()>{t!(i18n, common.unsaved)}</h2></header>
                <div class="body"><p>{t!(i18n, common.unsaved_words)}</p></div>
                <footer>
                    <button class="button" data-kind="danger" type="button" on:click=go>{t!(i18n, common.discard)}</button>
                    <button class="button" data-kind="primary" type="button" id=id.with_value(|id| safe_choice(id)) on:click=move |_| asked.set(None)>{t!(i18n, common.keep_writing)}</button>
                </footer>
            </Show>
        </dialog>
    }
}

/// The id of the button that loses nothing.
fn safe_choice(dialog: &str) -> String {
    format!("{dialog}-stay")
}

/// Opens a dialog while there is something that it is about; closing it lets go of that.
pub fn open_while<T: Send + Sync + 'static>(about: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(about.with(Option::is_some)));
    Effect::new(move || {
        if !open.get() && about.with_untracked(Option::is_some) {
            about.set(None);
        }
    });
    open
}

fn next_id() -> u32 {
    use std::cell::Cell;
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    NEXT.with(|next| next.replace(next.get() + 1))
}
