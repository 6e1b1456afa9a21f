use leptos::prelude::*;
use shared::api::TokenLine;

use super::devices::DevicesSection;
use super::kept::KeptSection;
use super::one_time::OneTimeSection;
use super::profile::ProfileSection;
use super::sign_on::SignOnSection;
use super::token_forms::{EndToken, NewToken};
use crate::browser::clock::{self, Shape};
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::account::MyAccount;
use crate::state::preferences::tag;
use crate::state::session::Session;
use crate::state::tokens::Tokens;

/// A token that ends within so many milliseconds is pointed out.
const SOON_MILLIS: i64 = 3 * 24 * 3600 * 1000;

/// Who I am here, and what may act in my name.
#[component]
pub fn AccountPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let mine = MyAccount::new(session);
    Effect::new(move || dom::set_title(t_string!(i18n, account.tab)));
    let who = move || {
        let me = session.me()?;
        let login = t_string!(i18n, account.login, login = me.login.clone()).to_string();
        let parts = [Some(me.person.name), me.person.school.map(|school| school.name), Some(login)];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    };
    view! {
        <main class="main account" id="main" tabindex="-1">
            <div class="lead"><div><h1>{t!(i18n, office.account)}</h1><p>{who}</p></div></div>
            {move || mine.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| mine.again()>{t!(i18n, common.try_again)}</button> }>
                    {failure_words(&failure)}
                </Banner>
            })}
            <ProfileSection mine/>
            <DevicesSection mine/>
            <OneTimeSection mine/>
            <SignOnSection mine/>
            <KeptSection mine/>
            <TokenSection session/>
        </main>
    }
}

#[component]
fn TokenSection(session: Session) -> impl IntoView {
    let i18n = use_i18n();
    let tokens = Tokens::new(session);
    let creating = RwSignal::new(false);
    let ending = RwSignal::new(None::<TokenLine>);
    view! {
        <section aria-labelledby="h-tokens">
            <div class="section-head">
                <h2 id="h-tokens">{t!(i18n, account.tokens)}</h2>
                <button class="button" data-kind="primary" type="button" on:click=move |_| creating.set(true)>{icon("plus")}{t!(i18n, account.token_make)}</button>
            </div>
            <p class="section-words">{t!(i18n, account.tokens_words)}</p>
            {move || tokens.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| tokens.again()>{t!(i18n, common.try_again)}</button> }>
                    {failure_words(&failure)}
                </Banner>
            })}
            {move || match tokens.lines.get() {
                None if tokens.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(lines) if lines.is_empty() => view! {
                    <div class="card">
                        <Empty picture="lock" title=Signal::derive(move || t_string!(i18n, account.no_tokens).to_string()) words=Signal::derive(move || t_string!(i18n, account.no_tokens_words).to_string())/>
                    </div>
                }.into_any(),
                Some(lines) => view! { <ul class="rows">{lines.into_iter().map(|line| view! { <TokenRow line ending/> }).collect_view()}</ul> }.into_any(),
            }}
            <NewToken tokens open=creating/>
            <EndToken tokens ending/>
        </section>
    }
}

#[component]
fn TokenRow(line: TokenLine, ending: RwSignal<Option<TokenLine>>) -> impl IntoView {
    let i18n = use_i18n();
    let (created, used, expires) = (line.created, line.used, line.expires);
    let second = move || {
        let made = t_string!(i18n, account.token_created, time = spoken(created)).to_string();
        let used = match used {
            Some(used) => t_string!(i18n, account.token_used, time = spoken(used)).to_string(),
            None => t_string!(i18n, account.token_unused).to_string(),
        };
        format!("{made} · {used}")
    };
    let left = expires.0 - clock::wall().0;
    let until = move || {
        let day = clock::write_date(expires, Shape::DayAndYear, tag(i18n.get_locale()));
        match left {
            ..=0 => t_string!(i18n, account.token_over, day = day).to_string(),
            1.. => t_string!(i18n, account.token_until, day = day).to_string(),
        }
    };
    let name = StoredValue::new(line.name.clone());
    let label = move || t_string!(i18n, account.token_end_named, name = name.get_value()).to_string();
    view! {
        <li class="row">
            {icon("lock")}
            <div class="grow">
                <p><b class="anywhere">{line.name.clone()}</b></p>
                <p class="second">{second}</p>
            </div>
            <span class="facts"><span class="badge" data-kind=(left < SOON_MILLIS).then_some("warn")>{until}</span></span>
            <button class="button" data-size="small" data-kind="danger" type="button" aria-label=label on:click=move |_| ending.set(Some(line.clone()))>{t!(i18n, account.token_end)}</button>
        </li>
    }
}
