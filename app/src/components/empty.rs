use leptos::prelude::*;

use super::icon::icon;

/// Says what belongs here and offers the first step.
#[component]
pub fn Empty(
    picture: &'static str,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] words: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon(picture)}
            <p><strong>{title}</strong><br/>{words}</p>
            {children.map(|children| children())}
        </div>
    }
}
