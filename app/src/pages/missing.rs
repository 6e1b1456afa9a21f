use leptos::prelude::*;

use crate::browser::dom;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::way::Way;

/// Absent and forbidden look the same.
#[component]
pub fn MissingPage(
    /// What is left of it on this device.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    Effect::new(move || dom::set_title(t_string!(i18n, missing.tab)));
    view! {
        <main class="main" id="main" tabindex="-1">
            {children.map(|children| children())}
            <div class="empty">
                {icon("lock")}
                <h1>{t!(i18n, missing.title)}</h1>
                <p>{t!(i18n, missing.words)}</p>
                <a class="button" data-kind="primary" href="/" rel=way.rel("/")>{t!(i18n, missing.home)}</a>
            </div>
        </main>
    }
}
