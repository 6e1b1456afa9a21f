use leptos::html;
use leptos::prelude::*;

use crate::browser::{dom, page};

/// Which edge of its button a menu hangs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Start,
    End,
}

/// A button with a menu under it: arrows move inside, Esc and a choice close it and give the focus back.
///
/// Children are `role="menuitem"` buttons and separators.
#[component]
pub fn Menu(
    /// Name of the button and of the menu.
    #[prop(into)]
    label: Signal<String>,
    #[prop(default = Side::End)] side: Side,
    /// `data-size` of the button.
    #[prop(optional)]
    size: Option<&'static str>,
    #[prop(default = "icon-button")] class: &'static str,
    /// In a toolbar the button is not a Tab stop of its own.
    #[prop(optional)]
    tabindex: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// What was chosen last is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What the button shows.
    face: ViewFn,
    /// The face says the button's name itself.
    #[prop(optional)]
    face_is_name: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let anchor = NodeRef::<html::Div>::new();
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    Effect::new(move || {
        if open.get() {
            // The menu is in the page after this turn.
            page::later(0, move || {
                if let Some(list) = dom::element(list) {
                    dom::focus_first(&list);
                }
            });
        }
    });
    // What was chosen may have moved the focus to where it works; otherwise it goes back to the button.
    let chosen = move |_| match dom::element(anchor) {
        Some(anchor) if !dom::has_focus(&anchor) => open.set(false),
        _ => close(),
    };
    // A dialog that is opened by it gives the focus back to where it was: the item will be gone by then.
    let choosing = move |_| {
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
        "Tab" => open.set(false),
        _ => {
            event.stop_propagation();
            if let Some(list) = dom::element(list) {
                dom::rove(&list, &event, true);
            }
        }
    };
    let on_button_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "ArrowDown" && !open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            open.set(true);
        }
    };
    let on_leave = move |event: leptos::ev::FocusEvent| {
        if dom::element(anchor).is_some_and(|anchor| !dom::keeps_focus(&anchor, &event)) {
            open.set(false);
        }
    };
    view! {
        <div class="menu-anchor" node_ref=anchor on:focusout=on_leave>
            <button
                node_ref=button class=class type="button" data-size=size tabindex=tabindex
                data-tip=move || label.get() data-tip-side=(side == Side::End).then_some("end")
                aria-label=move || (!face_is_name).then(|| label.get()) aria-haspopup="menu" aria-expanded=move || open.get().to_string()
                disabled=move || disabled.get() aria-busy=move || busy.get().then_some("true")
                // Safari gives no focus to a clicked button; without it `focusout` would not close the menu.
                on:click=move |_| {
                    if open.get_untracked() { close() } else { open.set(true) }
                }
                on:keydown=on_button_key
            >
                {face.run()}
            </button>
            <Show when=move || open.get()>
                <div
                    class="menu" role="menu" data-side=(side == Side::Start).then_some("start") node_ref=list
                    aria-label=move || label.get() on:keydown=on_key on:click:capture=choosing on:click=chosen
                >
                    {children()}
                </div>
            </Show>
        </div>
    }
}
