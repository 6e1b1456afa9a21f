//! Deciding on a request: accepting with a host and a time, declining with a sentence, taking it back.

use leptos::prelude::*;
use shared::api::{DecideWish, InvitedLine, PersonCard, WishCard, WishedTime};
use shared::tutoring::{MAX_MINUTES, MAX_WISH_ANSWER_CHARS, MIN_MINUTES};

use super::find::FindPeople;
use super::plan_fields::When;
use super::times::time_words;
use crate::browser::clock;
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Below, Deed as FormDeed, DeedForm, SelectField};
use crate::components::person::who;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::session::Session;
use crate::state::tutoring::wishes::Wishes;
use crate::wording::coming::{moment, write_time};
use crate::wording::day::write_day;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Accept,
    Decline,
    Withdraw,
}

/// What is to be decided, and about which wish.
pub type Asked = RwSignal<Option<(WishCard, Deed)>>;

#[component]
pub fn DecideDialog(wishes: Wishes, asked: Asked) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(asked);
    let title = move || {
        let deed = asked.with(|asked| asked.as_ref().map(|(_, deed)| *deed));
        deed.map(|deed| match deed {
            Deed::Accept => t_string!(i18n, wish.accept_title).to_string(),
            Deed::Decline => t_string!(i18n, wish.decline_title).to_string(),
            Deed::Withdraw => t_string!(i18n, wish.withdraw_title).to_string(),
        })
        .unwrap_or_default()
    };
    view! {
        <Dialog open title=Signal::derive(title)>
            {move || asked.get_untracked().map(|(card, deed)| match deed {
                Deed::Accept => view! { <Accept wishes card open/> }.into_any(),
                Deed::Decline => view! { <Decline wishes card open/> }.into_any(),
                Deed::Withdraw => view! { <Withdraw wishes card open/> }.into_any(),
            })}
        </Dialog>
    }
}

#[component]
fn Withdraw(wishes: Wishes, card: WishCard, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let id = card.id.to_string();
    let deed = Callback::new(move |()| -> Option<FormDeed> {
        let id = id.clone();
        Some(Box::pin(async move { wishes.decide(id, DecideWish::Withdraw).await }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, wish.withdraw).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false)) grave=true>
            <p>{t!(i18n, wish.withdraw_words)}</p>
        </DeedForm>
    }
}

#[component]
fn Decline(wishes: Wishes, card: WishCard, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let (said, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let id = card.id.to_string();
    let empty = move || said.with(|said| said.trim().is_empty());
    let wrong = Signal::derive(move || (tried.get() && empty()).then(|| t_string!(i18n, wish.no_reason).to_string()));
    let deed = Callback::new(move |()| -> Option<FormDeed> {
        tried.set(true);
        let (id, said) = (id.clone(), said.with_untracked(|said| said.trim().to_owned()));
        (!said.is_empty())
            .then(|| -> FormDeed { Box::pin(async move { wishes.decide(id, DecideWish::Decline { said }).await }) })
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, wish.decline).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p>{t!(i18n, wish.decline_words)}</p>
            <Said said wrong label=Signal::derive(move || t_string!(i18n, wish.reason).to_string())/>
        </DeedForm>
    }
}

#[component]
fn Said(said: RwSignal<String>, wrong: Signal<Option<String>>, label: Signal<String>) -> impl IntoView {
    let below = Below { field: "wish-said", hint: None::<String>.into(), wrong: wrong.into() };
    view! {
        <div class="field">
            <label for="wish-said">{label}</label>
            <textarea class="input" id="wish-said" rows="3" maxlength=MAX_WISH_ANSWER_CHARS.to_string() prop:value=said aria-invalid=move || below.invalid() aria-describedby=move || below.id() on:input=move |event| said.set(event_target_value(&event))></textarea>
            {move || below.shown()}
        </div>
    }
}

#[component]
fn Accept(wishes: Wishes, card: WishCard, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let host = RwSignal::new(session.me().map(|me| me.person));
    let first = card.times.first().copied();
    let chosen = RwSignal::new("0".to_owned());
    let field = || RwSignal::new(String::new());
    let (date, time, minutes, said, tried) = (field(), field(), field(), field(), RwSignal::new(false));
    let take = move |wished: WishedTime| {
        let offset = clock::offset_minutes(wished.begins);
        date.set(write_day(wished.begins, offset));
        time.set(write_time(wished.begins, offset));
        minutes.set(wished.minutes.to_string());
    };
    first.into_iter().for_each(take);
    let times = StoredValue::new(card.times.clone());
    // One of the wished times fills the fields; they can be changed after that.
    Effect::new(move |before: Option<String>| {
        let now = chosen.get();
        let wished = now.parse::<usize>().ok().and_then(|at| times.with_value(|times| times.get(at).copied()));
        if let (true, Some(wished)) = (before.is_some_and(|before| before != now), wished) {
            take(wished);
        }
        now
    });
    let offered = move || {
        let words = |(at, wished): (usize, &WishedTime)| (at.to_string(), time_words(wished.begins, wished.minutes));
        times.with_value(|times| times.iter().enumerate().map(words).collect::<Vec<_>>())
    };
    let begins = move || date.with(|date| time.with(|time| moment(date, time, clock::offset_minutes)));
    let length = move || {
        let minutes = minutes.with(|minutes| minutes.trim().parse::<u32>().ok());
        minutes.filter(|minutes| (MIN_MINUTES..=MAX_MINUTES).contains(minutes))
    };
    let wrong_time = Signal::derive(move || {
        (tried.get() && begins().is_none()).then(|| t_string!(i18n, planning.no_time).to_string())
    });
    let wrong_minutes = Signal::derive(move || {
        (tried.get() && length().is_none()).then(|| t_string!(i18n, planning.wrong_minutes).to_string())
    });
    // Drawn once: sent twice it is one session.
    let drawn = StoredValue::new(clock::fresh_id());
    let id = card.id.to_string();
    let deed = Callback::new(move |()| -> Option<FormDeed> {
        tried.set(true);
        let wish = untrack(|| {
            Some(DecideWish::Accept {
                session: drawn.get_value().parse().ok()?,
                host: host.with(|host| host.as_ref().map(|host| host.id.clone()))?,
                begins: begins()?,
                minutes: length()?,
                said: said.with(|said| said.trim().to_owned()),
            })
        })?;
        let id = id.clone();
        Some(Box::pin(async move { wishes.decide(id, wish).await }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, wish.accept_submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p>{t!(i18n, wish.accept_words)}</p>
            <SelectField id="wish-time" label=Signal::derive(move || t_string!(i18n, wish.times).to_string()) value=chosen options=Signal::derive(offered)/>
            <When date time minutes wrong_time wrong_minutes/>
            <HostField host/>
            <Said said wrong=Signal::derive(|| None) label=Signal::derive(move || t_string!(i18n, wish.said).to_string())/>
        </DeedForm>
    }
}

#[component]
fn HostField(host: RwSignal<Option<PersonCard>>) -> impl IntoView {
    let i18n = use_i18n();
    let take = Callback::new(move |line: InvitedLine| host.set(line.person));
    view! {
        <div class="stack-small">
            {move || host.get().map(|host| view! { <p class="split plan-host"><span class="second">{t!(i18n, planning.host_now)}</span>{who(&host)}</p> })}
            <FindPeople id="wish-host" label=Signal::derive(move || t_string!(i18n, planning.other_host).to_string()) people_only=true take/>
        </div>
    }
}
