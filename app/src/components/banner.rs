use leptos::prelude::*;

use super::icon::icon;

/// What a banner means: accent as long as nothing is wrong, warn when something the person wants is not working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Calm,
    Warn,
}

/// What happened, what is safe, what to do. Stays until it is no longer true.
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(default = "info")] picture: &'static str,
    /// Something to press, at the end.
    #[prop(optional, into)]
    deed: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let warn = tone == Tone::Warn;
    view! {
        <div class="banner" data-kind=warn.then_some("warn") role=if warn { "alert" } else { "status" }>
            {icon(picture)}
            <span class="grow">{children()}</span>
            {deed.map(|deed| deed.run())}
        </div>
    }
}
