use leptos::prelude::*;
use shared::api::{Account, SetProfile};
use shared::organisation::phone::read;
use shared::words::UnixMillis;

use super::setup::MIN_PASSWORD_CHARS;
use super::words::{date, last_day, no_phone, word};
use crate::browser::clock::Shape;
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, TextField};
use crate::components::password::PasswordField;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::account::MyAccount;
use crate::state::toasts::Toasts;

/// What is known of me, where I belong, and my password.
#[component]
pub fn ProfileSection(mine: MyAccount) -> impl IntoView {
    let i18n = use_i18n();
    let (editing, changing) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <section aria-labelledby="h-profile">
            <div class="section-head">
                <h2 id="h-profile">{t!(i18n, account.profile)}</h2>
                <div class="cluster">
                    <button class="button" type="button" on:click=move |_| changing.set(true)>{t!(i18n, account.password_change)}</button>
                    <button class="button" type="button" on:click=move |_| editing.set(true)>{t!(i18n, people.edit)}</button>
                </div>
            </div>
            {move || mine.account.get().map(|account| view! { <Facts account/> })}
            <Dialog open=editing title=Signal::derive(move || t_string!(i18n, people.edit).to_string())>
                {move || mine.account.get_untracked().map(|account| view! { <ProfileForm mine account close=Callback::new(move |()| editing.set(false))/> })}
            </Dialog>
            <Dialog open=changing title=Signal::derive(move || t_string!(i18n, account.password_change).to_string())>
                <PasswordForm mine close=Callback::new(move |()| changing.set(false))/>
            </Dialog>
        </section>
    }
}

#[component]
fn Facts(account: Account) -> impl IntoView {
    let i18n = use_i18n();
    let person = account.person;
    let said = move |text: Option<String>| {
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| t_string!(i18n, people.unknown).to_string())
    };
    let seats = account.seats.into_iter().map(|(seat, place, post)| {
        let post = post.map(|post| word(i18n, &post)).unwrap_or_default();
        match seat.span.until {
            Some(until) => {
                format!("{place} {post}，{}", t_string!(i18n, people.until_day, day = last_day(i18n, until)))
            }
            None => format!("{place} {post}"),
        }
    });
    let seats: Vec<_> = seats.collect();
    let password = move |set: UnixMillis| {
        t_string!(i18n, account.password_set, day = date(i18n, set, Shape::DayAndYear)).to_string()
    };
    view! {
        <dl class="card facts-list">
            <dt>{t!(i18n, people.name)}</dt><dd>{person.name}</dd>
            <dt>{t!(i18n, people.teaches)}</dt><dd>{said(Some(person.teaches))}</dd>
            <dt>{t!(i18n, people.phone)}</dt><dd>{said(person.phone)}</dd>
            <dt>{t!(i18n, people.email)}</dt><dd>{said(person.email)}</dd>
            <dt>{t!(i18n, people.seats)}</dt><dd>{seats.into_iter().map(|seat| view! { <p>{seat}</p> }).collect_view()}</dd>
            <dt>{t!(i18n, signin.password)}</dt><dd>{account.password_set.map(password)}</dd>
        </dl>
    }
}

#[component]
fn ProfileForm(mine: MyAccount, account: Account, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let person = account.person;
    let teaches = RwSignal::new(person.teaches);
    let before = (person.phone.unwrap_or_default(), person.email.unwrap_or_default());
    let (phone, email) = (RwSignal::new(before.0.clone()), RwSignal::new(before.1.clone()));
    let password = RwSignal::new(String::new());
    let (no_number, kept) = (RwSignal::new(None::<String>), StoredValue::new(before.0.clone()));
    let asks = Memo::new(move |_| phone.get() != before.0 || email.get() != before.1);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let some = |of: RwSignal<String>| Some(of.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        let number = some(phone);
        let is_other = kept.with_value(|kept| number.as_deref().is_some_and(|number| number != kept));
        let bad = number.filter(|_| is_other).and_then(|number| read(&number).err());
        no_number.set(bad.map(|why| no_phone(i18n, why)));
        if bad.is_some() {
            return None;
        }
        let teaches = some(teaches).unwrap_or_default();
        let password = asks.get_untracked().then(|| password.get_untracked());
        let wish = SetProfile { phone: some(phone), email: some(email), teaches, password };
        let said = t_string!(i18n, account.profile_stored).to_string();
        Some(Box::pin(async move {
            mine.set_profile(wish).await?;
            toasts.say(said);
            Ok(())
        }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.store).to_string()) words=failure_words deed close>
            <p>{t!(i18n, account.profile_words)}</p>
            <TextField id="my-teaches" label=Signal::derive(move || t_string!(i18n, people.teaches).to_string()) value=teaches
                hint=Signal::derive(move || Some(t_string!(i18n, people.teaches_hint).to_string()))/>
            <TextField id="my-phone" kind="tel" autocomplete="tel" label=Signal::derive(move || t_string!(i18n, people.phone).to_string()) value=phone wrong=no_number/>
            <TextField id="my-email" kind="email" autocomplete="email" label=Signal::derive(move || t_string!(i18n, people.email).to_string()) value=email/>
            {move || asks.get().then(|| view! {
                <PasswordField id="my-password" autocomplete="current-password" label=Signal::derive(move || t_string!(i18n, account.password_old).to_string()) value=password
                    hint=Signal::derive(move || Some(t_string!(i18n, account.profile_password).to_string()))/>
            })}
        </DeedForm>
    }
}

#[component]
fn PasswordForm(mine: MyAccount, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<String>);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let (old, new) = (old.get_untracked(), new.get_untracked());
        let short = new.chars().count() < MIN_PASSWORD_CHARS;
        wrong.set(short.then(|| t_string!(i18n, join.too_short, least = MIN_PASSWORD_CHARS).to_string()));
        let said = t_string!(i18n, account.password_changed).to_string();
        (!short).then(|| {
            Box::pin(async move {
                mine.change_password(old, new).await?;
                toasts.say(said);
                Ok(())
            }) as Deed
        })
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, account.password_change).to_string()) words=failure_words deed close>
            <p>{t!(i18n, account.password_words)}</p>
            <PasswordField id="old-password" autocomplete="current-password" label=Signal::derive(move || t_string!(i18n, account.password_old).to_string()) value=old/>
            <PasswordField id="new-password" autocomplete="new-password" label=Signal::derive(move || t_string!(i18n, join.password).to_string()) value=new wrong
                hint=Signal::derive(move || Some(t_string!(i18n, join.password_hint, least = MIN_PASSWORD_CHARS).to_string()))/>
        </DeedForm>
    }
}
