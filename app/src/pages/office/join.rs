use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{Invited, Join};

use super::setup::MIN_PASSWORD_CHARS;
use super::words::{last_day, word};
use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::components::banner::{Banner, Tone};
use crate::components::form::TextField;
use crate::components::password::PasswordField;
use crate::i18n::*;
use crate::pages::signin::{Door, SecondStepForm, SharedComputer};
use crate::pages::words::failure_words;
use crate::state::session::{Entered, Session};
use crate::state::way::{Trace, use_way};

/// With a start code or an open invitation: who is meant, and a first password.
#[component]
pub fn JoinPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let code = RwSignal::new(params.with_untracked(|params| params.get("code")));
    let invited = RwSignal::new(None::<Invited>);
    let failure = RwSignal::new(None::<Failure>);
    Effect::new(move || dom::set_title(t_string!(i18n, join.tab)));
    Effect::new(move || {
        let Some(code) = code.get() else { return };
        failure.set(None);
        leptos::task::spawn_local(async move {
            match fetch::get(&format!("/api/join/{}", dom::encode(code.trim()))).await {
                Ok(answer) => drop(invited.try_set(Some(answer))),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    });
    let title = Signal::derive(move || match invited.get() {
        Some(Invited::Person { name, .. }) => t_string!(i18n, join.hello, name = name).to_string(),
        Some(Invited::Open { name, .. }) => t_string!(i18n, join.into, name = name).to_string(),
        None => t_string!(i18n, join.title).to_string(),
    });
    let session: Session = expect_context();
    let signed_in = move || {
        let me = session.me()?.person.name;
        Some(match invited.get() {
            Some(Invited::Person { name, .. }) => {
                t_string!(i18n, join.signed_in_for_another, me = me, name = name).to_string()
            }
            Some(Invited::Open { .. }) | None => t_string!(i18n, join.signed_in, me = me).to_string(),
        })
    };
    view! {
        <Door title>
            <div class="stack">
            {move || signed_in().map(|words| view! {
                <Banner tone=Tone::Calm deed=move || view! { <a class="button" data-size="small" href="/" rel="external">{t!(i18n, join.stay)}</a> }>{words}</Banner>
            })}
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || match (invited.get(), code.get()) {
                (Some(invited), Some(code)) => view! { <Welcome code invited/> }.into_any(),
                (None, Some(_)) if failure.with(Option::is_none) => ().into_any(),
                (None | Some(_), _) => view! { <CodeForm code/> }.into_any(),
            }}
            </div>
        </Door>
    }
}

/// The code by hand.
#[component]
fn CodeForm(code: RwSignal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let written = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = written.get_untracked().trim().to_owned();
        if !text.is_empty() {
            code.set(Some(text));
        }
    };
    view! {
        <form class="stack" on:submit=submit>
            <TextField id="join-code" label=Signal::derive(move || t_string!(i18n, people.start_code).to_string()) value=written
                hint=Signal::derive(move || Some(t_string!(i18n, join.code_hint).to_string()))/>
            <button class="button" data-kind="primary" type="submit">{t!(i18n, join.go_on)}</button>
            {move || session.me().is_none().then(|| view! { <a class="button" data-kind="quiet" href="/signin">{t!(i18n, join.have_account)}</a> })}
        </form>
    }
}

#[component]
fn Welcome(code: String, invited: Invited) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way = StoredValue::new_local(use_way());
    let code = StoredValue::new(code);
    let ticket = RwSignal::new(None::<String>);
    let field = || RwSignal::new(String::new());
    let (name, login, password) = (field(), field(), field());
    let shared_computer = RwSignal::new(false);
    let missing = RwSignal::new(false);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let is_open = matches!(invited, Invited::Open { .. });
    let begin = move |wish: Join| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = session.enter(&format!("/api/join/{}", dom::encode(code.get_value().trim())), &wish).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(Entered::In) => way.with_value(|way| way("/", Trace::Replace)),
                Ok(Entered::Second(given)) => drop(ticket.try_set(Some(given))),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        missing.set(true);
        let text = |of: RwSignal<String>| of.get_untracked().trim().to_owned();
        let password = password.get_untracked();
        let nameless = is_open && (text(name).is_empty() || text(login).is_empty());
        if password.chars().count() < MIN_PASSWORD_CHARS || nameless {
            return;
        }
        let shared_computer = shared_computer.get_untracked();
        begin(match is_open {
            true => Join::New { name: text(name), login: text(login).to_lowercase(), password, shared_computer },
            false => Join::Start { password, shared_computer },
        });
    };
    // Whoever comes by the second step is in when there is a person.
    Effect::new(move || {
        if ticket.with(Option::is_some) && session.me().is_some() {
            way.with_value(|way| way("/", Trace::Replace));
        }
    });
    let too_short = Signal::derive(move || {
        let is_wrong = missing.get() && password.with(|text| text.chars().count() < MIN_PASSWORD_CHARS);
        is_wrong.then(|| t_string!(i18n, join.too_short, least = MIN_PASSWORD_CHARS).to_string())
    });
    let wrong = move |value: RwSignal<String>| {
        Signal::derive(move || {
            let is_wrong = missing.get() && value.with(|text| text.trim().is_empty());
            is_wrong.then(|| t_string!(i18n, setup.needed).to_string())
        })
    };
    let words = match &invited {
        Invited::Person { school, login, again, expires, name: _ } => {
            let school = school.as_ref().map(|school| school.name.clone()).unwrap_or_default();
            let first = if *again {
                t_string!(i18n, join.again, login = login.clone()).to_string()
            } else {
                t_string!(i18n, join.first, school = school, login = login.clone()).to_string()
            };
            format!("{first} {}", t_string!(i18n, people.code_until, day = last_day(i18n, *expires)))
        }
        Invited::Open { post_name, ends, .. } => {
            t_string!(i18n, join.open, post = word(i18n, post_name), day = last_day(i18n, *ends)).to_string()
        }
    };
    let myself = move || session.me().filter(|_| is_open).map(|me| me.person.name);
    let words = StoredValue::new(words);
    move || {
        match ticket.get() {
        Some(of) => view! { <SecondStepForm of ticket/> }.into_any(),
        None => view! {
            <form class="stack" on:submit=submit novalidate>
                <p>{words.get_value()}</p>
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                {move || myself().map(|name| view! {
                    <button class="button" data-kind="primary" type="button" on:click=move |_| begin(Join::Myself)>{t_string!(i18n, join.as_myself, name = name).to_string()}</button>
                    <p class="or">{t!(i18n, join.or_new)}</p>
                })}
                {is_open.then(|| view! {
                    <TextField id="join-name" autocomplete="name" label=Signal::derive(move || t_string!(i18n, people.name).to_string()) value=name wrong=wrong(name)/>
                    <TextField id="join-login" autocomplete="username" label=Signal::derive(move || t_string!(i18n, people.login).to_string()) value=login wrong=wrong(login)
                        hint=Signal::derive(move || Some(t_string!(i18n, people.login_hint).to_string()))/>
                })}
                <PasswordField id="join-password" autocomplete="new-password" label=Signal::derive(move || t_string!(i18n, join.password).to_string()) value=password wrong=too_short
                    hint=Signal::derive(move || Some(t_string!(i18n, join.password_hint, least = MIN_PASSWORD_CHARS).to_string()))/>
                <SharedComputer value=shared_computer/>
                <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, join.submit)}</button>
            </form>
        }.into_any(),
    }
    }
}
