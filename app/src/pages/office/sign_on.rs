use leptos::prelude::*;
use shared::api::SingleSignOn;

use crate::browser::fetch::{self, Failure};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::account::MyAccount;
use crate::state::toasts::Toasts;

/// The single sign-on, where this server has one: to begin with it, or to part from it.
#[component]
pub fn SignOnSection(mine: MyAccount) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let known = RwSignal::new(None::<SingleSignOn>);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    leptos::task::spawn_local(async move {
        if let Ok(there) = fetch::get::<Option<SingleSignOn>>("/api/oidc").await {
            let _ = known.try_set(there);
        }
    });
    let linked = move || mine.account.with(|account| account.as_ref().is_some_and(|account| account.single_sign_on));
    let part = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let said = t_string!(i18n, account.sign_on_parted).to_string();
        leptos::task::spawn_local(async move {
            let answer = mine.part_from_sign_on().await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => toasts.say(said),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    move || {
        known.get().map(|SingleSignOn { label }| view! {
            <section aria-labelledby="h-sign-on">
                <div class="section-head">
                    <h2 id="h-sign-on">{t!(i18n, account.sign_on)}</h2>
                    {move || if linked() {
                        view! { <button class="button" type="button" aria-busy=move || busy.get().then_some("true") on:click=part>{t!(i18n, account.sign_on_part)}</button> }.into_any()
                    } else {
                        view! { <a class="button" href="/api/oidc/start" rel="external">{icon("lock")}{t!(i18n, account.sign_on_link)}</a> }.into_any()
                    }}
                </div>
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                <p class="section-words">{move || if linked() { t_string!(i18n, account.sign_on_linked, label = label.clone()).to_string() } else { t_string!(i18n, account.sign_on_words, label = label.clone()).to_string() }}</p>
            </section>
        })
    }
}
