use leptos::html;
use leptos::prelude::*;

use super::icon::icon;
use crate::browser::{clipboard, dom};
use crate::i18n::*;

/// A line to take along: it can be read, and copied with one press.
#[component]
pub fn CopyField(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    text: String,
    /// Of the button, for whoever puts the focus on it.
    button: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(None::<bool>);
    let taken = StoredValue::new(text.clone());
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let text = taken.get_value();
            let done = clipboard::copy(&text, &text).await;
            let _ = copied.try_set(Some(done));
            if !done {
                dom::select_all(field);
            }
        });
    };
    let said = move || match copied.get() {
        None => String::new(),
        Some(true) => t_string!(i18n, account.copied).to_string(),
        Some(false) => t_string!(i18n, account.not_copied).to_string(),
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input node_ref=field class="input code" id=id readonly value=text spellcheck="false"/>
        </div>
        <p class="cluster">
            <button class="button" id=button type="button" on:click=copy>{icon("copy")}{t!(i18n, account.copy)}</button>
            <span class="small" role="status">{said}</span>
        </p>
    }
}
