use leptos::prelude::*;
use shared::api::OneTimeSecret;

use crate::browser::page;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, TextField};
use crate::components::icon::icon;
use crate::components::password::PasswordField;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::account::MyAccount;
use crate::state::session::Session;
use crate::state::toasts::Toasts;

/// One-time passwords: a second step when signing in.
#[component]
pub fn OneTimeSection(mine: MyAccount) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let (setting_up, ending) = (RwSignal::new(false), RwSignal::new(false));
    let is_on = move || mine.account.with(|account| account.as_ref().is_some_and(|account| account.one_time));
    let left = move || mine.account.with(|account| account.as_ref().map_or(0, |account| account.recovery_codes));
    let must = move || session.me().is_some_and(|me| me.must_set_up_one_time);
    view! {
        <section aria-labelledby="h-one-time">
            <div class="section-head">
                <h2 id="h-one-time">{t!(i18n, account.one_time)}</h2>
                {move || if is_on() {
                    view! { <button class="button" type="button" on:click=move |_| ending.set(true)>{t!(i18n, account.one_time_end)}</button> }.into_any()
                } else {
                    view! { <button class="button" type="button" on:click=move |_| setting_up.set(true)>{icon("lock")}{t!(i18n, account.one_time_begin)}</button> }.into_any()
                }}
            </div>
            <Show when=must><Banner tone=Tone::Warn picture="lock">{t!(i18n, account.one_time_must)}</Banner></Show>
            <p class="section-words">{move || if is_on() { t_string!(i18n, account.one_time_on, left = left()).to_string() } else { t_string!(i18n, account.one_time_words).to_string() }}</p>
            <Dialog open=setting_up title=Signal::derive(move || t_string!(i18n, account.one_time_begin).to_string())>
                <SetUp mine close=Callback::new(move |()| setting_up.set(false))/>
            </Dialog>
            <Dialog open=ending title=Signal::derive(move || t_string!(i18n, account.one_time_end).to_string())>
                <EndForm mine close=Callback::new(move |()| ending.set(false))/>
            </Dialog>
        </section>
    }
}

/// Password, secret, proof, recovery codes: one after the other.
#[component]
fn SetUp(mine: MyAccount, close: Callback<()>) -> impl IntoView {
    let secret = RwSignal::new(None::<OneTimeSecret>);
    let codes = RwSignal::new(None::<Vec<String>>);
    move || match (codes.get(), secret.get()) {
        (Some(codes), _) => view! { <Recovery codes close/> }.into_any(),
        (None, Some(shown)) => view! { <Prove mine shown codes close/> }.into_any(),
        (None, None) => view! { <Begin mine secret close/> }.into_any(),
    }
}

#[component]
fn Begin(mine: MyAccount, secret: RwSignal<Option<OneTimeSecret>>, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let password = RwSignal::new(String::new());
    // The form stays open when this step is done: the next one takes its place.
    let deed = Callback::new(move |()| -> Option<Deed> {
        let password = password.get_untracked();
        Some(Box::pin(async move {
            let given = mine.begin_one_time(password).await?;
            let _ = secret.try_set(Some(given));
            Ok(())
        }))
    });
    let stay = Callback::new(move |()| {
        if secret.with_untracked(Option::is_none) {
            close.run(());
        }
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, join.go_on).to_string()) words=failure_words deed close=stay>
            <p>{t!(i18n, account.one_time_first)}</p>
            <PasswordField id="one-time-password" autocomplete="current-password" label=Signal::derive(move || t_string!(i18n, signin.password).to_string()) value=password/>
        </DeedForm>
    }
}

#[component]
fn Prove(
    mine: MyAccount,
    shown: OneTimeSecret,
    codes: RwSignal<Option<Vec<String>>>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let OneTimeSecret { secret, uri: _, qr_path, qr_size } = shown;
    let code = RwSignal::new(String::new());
    let deed = Callback::new(move |()| -> Option<Deed> {
        let code = code.get_untracked().trim().to_owned();
        (!code.is_empty()).then(|| {
            Box::pin(async move {
                let given = mine.confirm_one_time(code).await?;
                let _ = codes.try_set(Some(given));
                Ok(())
            }) as Deed
        })
    });
    let stay = Callback::new(move |()| {
        if codes.with_untracked(Option::is_none) {
            close.run(());
        }
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, account.one_time_prove).to_string()) words=failure_words deed close=stay>
            <p>{t!(i18n, account.one_time_scan)}</p>
            <svg class="qr" role="img" aria-label=move || t_string!(i18n, account.one_time_qr) viewBox=format!("0 0 {qr_size} {qr_size}")>
                <path d=qr_path></path>
            </svg>
            <p class="small">{t!(i18n, account.one_time_by_hand)}" "<span class="code anywhere">{secret}</span></p>
            <TextField id="one-time-code" autocomplete="one-time-code" label=Signal::derive(move || t_string!(i18n, signin.one_time).to_string()) value=code/>
        </DeedForm>
    }
}

#[component]
fn Recovery(codes: Vec<String>, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="body">
            <Banner tone=Tone::Calm><strong>{t!(i18n, account.recovery_once)}</strong>{t!(i18n, account.recovery_words)}</Banner>
            <ul class="recovery code">{codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}</ul>
        </div>
        <footer>
            <button class="button" type="button" on:click=|_| page::print()>{icon("print")}{t!(i18n, people.codes_print)}</button>
            <button class="button" data-kind="primary" type="button" on:click=move |_| close.run(())>{t!(i18n, account.token_kept)}</button>
        </footer>
    }
}

#[component]
fn EndForm(mine: MyAccount, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let deed = Callback::new(move |()| -> Option<Deed> {
        let (password, code) = (password.get_untracked(), code.get_untracked().trim().to_owned());
        let said = t_string!(i18n, account.one_time_ended).to_string();
        Some(Box::pin(async move {
            mine.end_one_time(password, code).await?;
            toasts.say(said);
            Ok(())
        }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, account.one_time_end).to_string()) words=failure_words deed close grave=true>
            <PasswordField id="end-password" autocomplete="current-password" label=Signal::derive(move || t_string!(i18n, signin.password).to_string()) value=password/>
            <TextField id="end-code" autocomplete="one-time-code" label=Signal::derive(move || t_string!(i18n, signin.one_time).to_string()) value=code
                hint=Signal::derive(move || Some(t_string!(i18n, signin.one_time_hint).to_string()))/>
        </DeedForm>
    }
}
