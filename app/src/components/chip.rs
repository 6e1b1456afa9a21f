use leptos::prelude::*;

/// A filter that is on, or can be, with how many it leaves.
#[component]
pub fn Chip(
    #[prop(into)] words: Signal<String>,
    #[prop(optional, into)] count: MaybeProp<u32>,
    #[prop(into)] pressed: Signal<bool>,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    let number = move || count.get().map(|count| view! { " "<span class="number">{count}</span> });
    view! {
        <button class="chip" type="button" aria-pressed=move || pressed.get().to_string() on:click=move |_| press.run(())>
            {move || words.get()}{number}
        </button>
    }
}
