use leptos::prelude::*;

use crate::i18n::*;
use crate::state::toasts::Toasts;

/// What was just done, with a way back.
#[component]
pub fn ToastList() -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    view! {
        <div class="toasts" role="status">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <p class="toast">
                    {toast.words.clone()}
                    {toast.undo.map(|undo| view! {
                        <button class="button" type="button" on:click=move |_| { toasts.take_away(toast.id); undo.run(()); }>
                            {t!(i18n, common.undo)}
                        </button>
                    })}
                </p>
            </For>
        </div>
    }
}
