//! Asking to borrow, and deciding.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::LoanWish;
use shared::library::{LoanState, MAX_WORDS_CHARS};

use super::loans::{Asked, deed_words, state_words, stretch};
use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::loans::{CLOSES, OPENS, OpenLoans};
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::wording::day::write_day;

/// Days ahead that can be asked for.
const AHEAD: i64 = 365 * 24 * 3_600_000;

#[component]
pub fn AskPart(loans: OpenLoans, #[prop(into)] decides: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let (toasts, session): (Toasts, Session) = (expect_context(), expect_context());
    let draft = loans.draft;
    let (busy, tried) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<Failure>);
    session.on_return(move || drop(failure.try_set(None)));
    // Only who manages it has a choice.
    let wish_key = RwSignal::new("ask".to_owned());
    Effect::new(move || {
        draft.wish.set(wish_key.with(|key| match key.as_str() {
            "agree" => LoanWish::Agree,
            "block" => LoanWish::Block,
            _ => LoanWish::Ask,
        }));
    });
    let wishes = move || {
        vec![
            ("ask".to_owned(), t_string!(i18n, loan.wish_ask).to_string()),
            ("agree".to_owned(), t_string!(i18n, loan.wish_agree).to_string()),
            ("block".to_owned(), t_string!(i18n, loan.wish_block).to_string()),
        ]
    };
    let no_time = move || draft.time().is_none();
    let no_purpose = move || draft.purpose.with(|purpose| purpose.trim().is_empty());
    let taken = Memo::new(move |_| {
        let (since, until) = draft.time()?;
        loans.calendar.with(|calendar| {
            let card = calendar
                .iter()
                .flat_map(|calendar| &calendar.loans)
                .find(|card| card.state.takes_time() && card.since < until && card.until > since)?;
            Some((card.state, card.since, card.until))
        })
    });
    let wrong_time =
        Signal::derive(move || (tried.get() && no_time()).then(|| t_string!(i18n, loan.no_time).to_string()));
    let wrong_purpose = move || tried.get() && no_purpose();
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || untrack(|| no_time() || no_purpose()) {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = loans.ask().await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => {
                    let _ = tried.try_set(false);
                    toasts.say(t_string!(i18n, loan.entered).to_string());
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let (first, last) = {
        let (now, offset) = (clock::wall(), clock::offset_minutes(clock::wall()));
        (write_day(now, offset), write_day(shared::words::UnixMillis(now.0 + AHEAD), offset))
    };
    let (min, max) = (StoredValue::new(first), StoredValue::new(last));
    let day = move |id: &'static str, value: RwSignal<String>, label: fn() -> String| {
        view! {
            <div class="field">
                <label for=id>{move || label()}</label>
                <input class="input" type="date" id=id min=min.get_value() max=max.get_value() prop:value=value aria-invalid=move || wrong_time.with(Option::is_some).then_some("true") on:change=move |event| value.set(event_target_value(&event))/>
            </div>
        }
    };
    let times = Signal::derive(half_hours);
    view! {
        <form class="loan-form" novalidate on:submit=ask>
            <h4>{t!(i18n, loan.ask)}</h4>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <div class="fields">
                {day("loan-since-day", draft.since_day, since_words)}
                <SelectField id="loan-since-time" label=Signal::derive(move || t_string!(i18n, loan.since_time).to_string()) value=draft.since_time options=times/>
                {day("loan-until-day", draft.until_day, until_words)}
                <SelectField id="loan-until-time" label=Signal::derive(move || t_string!(i18n, loan.until_time).to_string()) value=draft.until_time options=times wrong=wrong_time/>
            </div>
            {move || taken.get().map(|(state, since, until)| view! {
                <Banner tone=Tone::Warn picture="clock">{t_string!(i18n, loan.taken, state = state_words(state), time = stretch(since, until)).to_string()}</Banner>
            })}
            <div class="field">
                <label for="loan-purpose">{t!(i18n, loan.purpose)}</label>
                <textarea class="input" id="loan-purpose" rows="2" maxlength=MAX_WORDS_CHARS.to_string() aria-invalid=move || wrong_purpose().then_some("true") prop:value=draft.purpose on:input=move |event| draft.purpose.set(event_target_value(&event))></textarea>
                {move || wrong_purpose().then(|| view! { <p class="error" role="alert">{t!(i18n, loan.no_purpose)}</p> })}
            </div>
            <Show when=move || decides.get()>
                <SelectField id="loan-wish" label=Signal::derive(move || t_string!(i18n, loan.wish).to_string()) value=wish_key options=Signal::derive(wishes)/>
            </Show>
            <div><button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, loan.submit)}</button></div>
        </form>
    }
}

fn since_words() -> String {
    let i18n = use_i18n();
    t_string!(i18n, loan.since_day).to_string()
}

fn until_words() -> String {
    let i18n = use_i18n();
    t_string!(i18n, loan.until_day).to_string()
}

/// 6:00 to 22:00.
fn half_hours() -> Vec<(String, String)> {
    (OPENS..=CLOSES).step_by(30).map(|at| (at.to_string(), format!("{}:{:02}", at / 60, at % 60))).collect()
}

#[component]
pub fn DecideDialog(loans: OpenLoans, asked: Asked) -> impl IntoView {
    let open = open_while(asked);
    let title = move || asked.get().map(|(_, to)| deed_words(to)).unwrap_or_default();
    view! { <Dialog open title=Signal::derive(title)>{move || asked.get_untracked().map(|(id, to)| {
        let words = RwSignal::new(String::new());
        let deed = Callback::new(move |()| {
            let (id, words) = (id.clone(), words.get_untracked().trim().to_owned());
            let deed: Deed = Box::pin(async move { loans.decide(id, to, words).await });
            Some(deed)
        });
        view! { <DecideForm to words deed open/> }
    })}</Dialog> }
}

#[component]
fn DecideForm(
    to: LoanState,
    words: RwSignal<String>,
    deed: Callback<(), Option<Deed>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let speaks = matches!(to, LoanState::Agreed | LoanState::Declined | LoanState::Returned);
    let said = match to {
        LoanState::Agreed => t_string!(i18n, loan.agree_words),
        LoanState::Declined => t_string!(i18n, loan.decline_words),
        LoanState::Returned => t_string!(i18n, loan.return_words),
        LoanState::Withdrawn | LoanState::Asked | LoanState::Lapsed | LoanState::Blocked => {
            t_string!(i18n, loan.withdraw_words)
        }
    }
    .to_string();
    view! {
        <DeedForm submit=Signal::derive(move || if to == LoanState::Withdrawn { t_string!(i18n, loan.withdraw_sure).to_string() } else { deed_words(to) }) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p>{said}</p>
            {speaks.then(|| view! { <TextField id="loan-words" label=Signal::derive(move || t_string!(i18n, loan.words).to_string()) value=words/> })}
        </DeedForm>
    }
}
