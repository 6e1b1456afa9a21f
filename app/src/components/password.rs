use leptos::prelude::*;

use super::icon::{icon, small_icon};
use crate::i18n::*;

/// A password that can be looked at while it is chosen.
#[component]
pub fn PasswordField(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<String>,
    /// `new-password` or `current-password`.
    autocomplete: &'static str,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] wrong: MaybeProp<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let shown = RwSignal::new(false);
    let described = format!("{id}-hint");
    let hint_id = described.clone();
    let below = move || match (wrong.get(), hint.get()) {
        (Some(wrong), _) => {
            Some(view! { <p class="error" id=hint_id.clone()>{small_icon("warn")}{wrong}</p> }.into_any())
        }
        (None, Some(hint)) => Some(view! { <p class="hint" id=hint_id.clone()>{hint}</p> }.into_any()),
        (None, None) => None,
    };
    let is_described = move || wrong.with(|wrong| wrong.is_some()) || hint.with(|hint| hint.is_some());
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-group">
                <input class="input" id=id name=id autocomplete=autocomplete type=move || if shown.get() { "text" } else { "password" } prop:value=value
                    aria-invalid=move || wrong.get().is_some().then_some("true") aria-describedby=move || is_described().then(|| described.clone())
                    on:input=move |event| value.set(event_target_value(&event))/>
                <button class="icon-button" type="button" aria-pressed=move || shown.get().to_string()
                    aria-label=move || t_string!(i18n, signin.show_password) data-tip=move || t_string!(i18n, signin.show_password) data-tip-side="end"
                    on:click=move |_| shown.update(|shown| *shown = !*shown)>{icon("eye")}</button>
            </div>
            {below}
        </div>
    }
}
