use leptos::prelude::*;

use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::account::MyAccount;

/// What is kept about me, and all of it to take along.
#[component]
pub fn KeptSection(mine: MyAccount) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section aria-labelledby="h-kept">
            <div class="section-head">
                <h2 id="h-kept">{t!(i18n, account.kept)}</h2>
                <a class="button" href="/api/account/export" rel="external" download="">{icon("doc")}{t!(i18n, account.export)}</a>
            </div>
            <p class="section-words">{t!(i18n, account.kept_words)}</p>
            {move || mine.kept.get().map(|lines| view! {
                <ul class="card stack tight kept-list">{lines.into_iter().map(|line| view! { <li>{line.sentence}</li> }).collect_view()}</ul>
            })}
        </section>
    }
}
