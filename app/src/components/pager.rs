use leptos::prelude::*;

/// Under a list of which only a part is there: where one is, and a way to see more.
#[component]
pub fn Pager(
    /// Where one is, in words.
    #[prop(optional, into)]
    words: MaybeProp<String>,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// There is more to see.
    #[prop(into)]
    more: Signal<bool>,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] go_on: Callback<()>,
) -> impl IntoView {
    let said = move || words.get().map(|words| view! { <span role="status">{words}</span> });
    let button = move || {
        more.get().then(|| view! {
            <button class="button" data-size="small" type="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| go_on.run(())>{label}</button>
        })
    };
    view! {
        <Show when=move || more.get() || words.with(Option::is_some)>
            <div class="pager">{said}{button}</div>
        </Show>
    }
}
