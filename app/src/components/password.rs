use leptos::prelude::*;

use super::form::Below;
use super::icon::icon;
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
    let below = Below { field: id, hint, wrong };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-group">
                <input class="input" id=id name=id autocomplete=autocomplete type=move || if shown.get() { "text" } else { "password" } prop:value=value
                    aria-invalid=move || below.invalid() aria-describedby=move || below.id()
                    on:input=move |event| value.set(event_target_value(&event))/>
                <button class="icon-button" type="button" aria-pressed=move || shown.get().to_string()
                    aria-label=move || t_string!(i18n, signin.show_password) data-tip=move || t_string!(i18n, signin.show_password) data-tip-side="end"
                    on:click=move |_| shown.update(|shown| *shown = !*shown)>{icon("eye")}</button>
            </div>
            {move || below.shown()}
        </div>
    }
}
