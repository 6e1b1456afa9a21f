use leptos::prelude::*;
use shared::api::SessionLine;

use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::page;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::account::MyAccount;
use crate::state::session::Session;
use crate::state::toasts::Toasts;

/// Where I am signed in.
#[component]
pub fn DevicesSection(mine: MyAccount) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let end_all = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = fetch::bid(Verb::DELETE, "/api/account/sessions").await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => page::load_instead("/signin"),
                Err(reason) => drop(failure.try_set(Some(session.heed(reason)))),
            }
        });
    };
    view! {
        <section aria-labelledby="h-devices">
            <div class="section-head">
                <h2 id="h-devices">{t!(i18n, account.devices)}</h2>
                <button class="button" data-kind="danger" type="button" aria-busy=move || busy.get().then_some("true") on:click=end_all>{t!(i18n, account.end_everywhere)}</button>
            </div>
            <p class="section-words">{t!(i18n, account.devices_words)}</p>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || mine.sessions.get().map(|lines| view! { <ul class="rows">{lines.into_iter().map(|line| view! { <DeviceRow mine line failure/> }).collect_view()}</ul> })}
        </section>
    }
}

#[component]
fn DeviceRow(mine: MyAccount, line: SessionLine, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let SessionLine { id, browser, system, network, created, seen, this, shared_computer } = line;
    let named = [browser, system].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let name = if named.is_empty() { t_string!(i18n, account.device_unknown).to_string() } else { named };
    let second = move || {
        let began = t_string!(i18n, account.device_since, time = spoken(created)).to_string();
        let last = t_string!(i18n, account.device_seen, time = spoken(seen)).to_string();
        let parts = [Some(began), Some(last), network.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    let label = t_string!(i18n, account.device_end_named, name = name.clone()).to_string();
    let end = move |_| {
        let (id, said) = (id.clone(), t_string!(i18n, account.device_ended).to_string());
        leptos::task::spawn_local(async move {
            match mine.end_session(&id).await {
                Ok(()) => toasts.say(said),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <li class="row">
            {icon("slides")}
            <div class="grow"><p><b>{name}</b></p><p class="second">{second}</p></div>
            <span class="facts">
                {shared_computer.then(|| view! { <span class="badge">{t!(i18n, account.device_shared)}</span> })}
                {this.then(|| view! { <span class="badge" data-kind="accent">{t!(i18n, account.device_this)}</span> })}
            </span>
            {(!this).then(|| view! { <button class="button" data-size="small" type="button" aria-label=label on:click=end>{t!(i18n, account.device_end)}</button> })}
        </li>
    }
}
