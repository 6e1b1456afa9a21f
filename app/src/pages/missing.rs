use leptos::prelude::*;

use crate::browser::dom;
use crate::components::empty::Empty;
use crate::i18n::*;

/// Absent and forbidden look the same.
#[component]
pub fn MissingPage() -> impl IntoView {
    let i18n = use_i18n();
    Effect::new(move || dom::set_title(&t_string!(i18n, missing.tab).to_string()));
    view! {
        <main class="main" id="main" tabindex="-1">
            <Empty picture="lock" title=Signal::derive(move || t_string!(i18n, missing.title).to_string()) words=Signal::derive(move || t_string!(i18n, missing.words).to_string())>
                <a class="button" data-kind="primary" href="/">{t!(i18n, missing.home)}</a>
            </Empty>
        </main>
    }
}
