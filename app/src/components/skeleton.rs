use leptos::prelude::*;

use crate::browser::page;

/// The shape of what comes, only after 300 ms: a quick answer never flickers.
#[component]
pub fn Skeleton(#[prop(into)] label: Signal<String>) -> impl IntoView {
    let shown = RwSignal::new(false);
    let wait = page::later(300, move || {
        // The page may be left by then.
        let _ = shown.try_set(true);
    });
    on_cleanup(move || wait.clear());
    view! {
        <Show when=move || shown.get()>
            <div class="skeleton" role="status" aria-label=move || label.get()><span></span><span></span><span></span><span></span></div>
        </Show>
    }
}
