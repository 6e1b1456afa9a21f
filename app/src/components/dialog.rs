use leptos::html;
use leptos::prelude::*;

use super::icon::icon;
use crate::browser::dom;
use crate::i18n::*;

/// A dialog: asks one thing, keeps the focus, gives it back on Esc. Its content lives only while it is open.
#[component]
pub fn Dialog(open: RwSignal<bool>, #[prop(into)] title: Signal<String>, children: ChildrenFn) -> impl IntoView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Dialog>::new();
    let id = StoredValue::new(format!("dialog-{}", next_id()));
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            dom::set_open(&dialog, open.get());
        }
    });
    let close_outside = move |event: leptos::ev::MouseEvent| {
        if dom::on_itself(&event) {
            open.set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby=id.get_value() on:close=move |_| open.set(false) on:mousedown=close_outside>
            <Show when=move || open.get()>
                <header>
                    <h2 id=id.get_value()>{title}</h2>
                    <button class="icon-button" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| open.set(false)>
                        {icon("close")}
                    </button>
                </header>
                {children()}
            </Show>
        </dialog>
    }
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
