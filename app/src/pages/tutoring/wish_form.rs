//! Asking for a session.

use leptos::html;
use leptos::prelude::*;
use shared::access::Grantee;
use shared::api::InvitedLine;
use shared::organisation::Shelf;
use shared::tutoring::{MAX_MINUTES, MIN_MINUTES, TutoringKind};

use super::find::FindPeople;
use super::plan::{Around, kind_hint};
use super::plan_fields::About;
use super::words::kind_name;
use crate::browser::fetch::Failure;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::form::{Below, SelectField, TextField};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::pages::library::words_fields::{FieldIds, PlaceFields};
use crate::pages::words::failure_words;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::state::tutoring::wishes::{TimeFields, Wishing, Wrong};
use crate::state::way::{Trace, use_way};

/// The set of ids of this form's fields.
const FIELDS: u32 = u32::MAX - 2;

#[component]
pub fn NewWishPage() -> impl IntoView {
    let session: Session = expect_context();
    LibraryVocabulary::provide(session).want();
    view! { <Around title=|| t_string!(use_i18n(), wish.begin).to_string()><WishForm form=Wishing::new(session)/></Around> }
}

#[component]
fn WishForm(form: Wishing) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let way = StoredValue::new_local(use_way());
    let node = NodeRef::<html::Form>::new();
    let (tried, busy, typed) = (RwSignal::new(false), RwSignal::new(false), StoredValue::new(false));
    let failure = RwSignal::new(None::<Failure>);
    page::warn_before_leaving(move || typed.try_get_value() == Some(true));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() {
            return;
        }
        if untrack(|| form.wrong()).is_some() {
            page::later(0, move || {
                if let Some(form) = node.get_untracked() {
                    dom::focus_first_wrong(&form);
                }
            });
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = form.send().await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => {
                    typed.set_value(false);
                    toasts.say(t_string!(i18n, wish.sent).to_string());
                    let _ = way.try_with_value(|way| way("/tutoring/wishes", Trace::Replace));
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let wrong = move |wrong: Wrong| (tried.get() && form.wrong() == Some(wrong)).then(|| wrong_words(wrong));
    let kinds =
        move || TutoringKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind_name(*kind))).collect::<Vec<_>>();
    view! {
        <form class="plan-form" node_ref=node novalidate on:submit=submit on:input=move |_| typed.set_value(true)>
            <section class="card stack" aria-labelledby="wish-what">
                <h2 id="wish-what">{t!(i18n, wish.what)}</h2>
                <TextField id="session-title" label=Signal::derive(move || t_string!(i18n, wish.title).to_string()) value=form.words.title wrong=Signal::derive(move || wrong(Wrong::NoTitle))/>
                <SelectField id="session-kind" label=Signal::derive(move || t_string!(i18n, planning.kind).to_string()) value=form.kind options=Signal::derive(kinds)
                    hint=Signal::derive(move || Some(kind_hint(&form.kind.get())))/>
                <About about=form.words.description wrong=Signal::derive(move || wrong(Wrong::LongWords))/>
            </section>
            <section class="card stack" aria-labelledby="wish-of">
                <h2 id="wish-of">{t!(i18n, wish.of)}</h2>
                <OfWhom form wrong=Signal::derive(move || wrong(Wrong::NoShelf))/>
            </section>
            <section class="card stack" aria-labelledby="wish-when">
                <h2 id="wish-when">{t!(i18n, wish.when)}</h2>
                <Times form wrong=Signal::derive(move || wrong(Wrong::NoTime)) wrong_minutes=Signal::derive(move || wrong(Wrong::Minutes))/>
            </section>
            <section class="card stack" aria-labelledby="wish-place">
                <h2 id="wish-place">{t!(i18n, planning.place)}</h2>
                <div class="plan-places"><PlaceFields form=form.words ids=FieldIds::of(FIELDS)/></div>
            </section>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <div class="cluster">
                <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, wish.submit)}</button>
                <a class="button" data-kind="quiet" href="/tutoring">{t!(i18n, common.cancel)}</a>
            </div>
        </form>
    }
}

fn wrong_words(wrong: Wrong) -> String {
    let i18n = use_i18n();
    match wrong {
        Wrong::NoTitle => t_string!(i18n, wish.no_title),
        Wrong::LongWords => t_string!(i18n, planning.long_about),
        Wrong::NoShelf => t_string!(i18n, wish.no_shelf),
        Wrong::NoTime => t_string!(i18n, wish.no_time),
        Wrong::Minutes => t_string!(i18n, planning.wrong_minutes),
    }
    .to_string()
}

/// The studio, team, school or group that is to plan it.
#[component]
fn OfWhom(form: Wishing, wrong: Signal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let below = Below { field: "wish-shelf", hint: None::<String>.into(), wrong: wrong.into() };
    let not_one = RwSignal::new(false);
    let take = Callback::new(move |line: InvitedLine| {
        let shelf = match line.invitation.with {
            Grantee::Team(id) => Some(Shelf::Team(id)),
            Grantee::School(id) => Some(Shelf::School(id)),
            Grantee::Group(id) => Some(Shelf::Group(id)),
            Grantee::Person(_) => None,
        };
        not_one.set(shelf.is_none());
        if let Some(shelf) = shelf {
            form.shelf.set(Some((shelf, line.name)));
        }
    });
    view! {
        <div class="stack-small">
            <FindPeople id="wish-shelf" label=Signal::derive(move || t_string!(i18n, wish.shelf).to_string()) people_only=false take/>
            {move || not_one.get().then(|| view! { <p class="hint" role="status">{t!(i18n, wish.not_a_person)}</p> })}
            {move || below.shown()}
            <div class="cluster">
                {move || form.shelf.get().map(|(_, name)| {
                    let label = t_string!(i18n, wish.without, name = name.clone()).to_string();
                    view! { <button class="chip" type="button" aria-pressed="true" aria-label=label on:click=move |_| { form.shelf.set(None); dom::focus_id("wish-shelf"); }>{name}" "{small_icon("close")}</button> }
                })}
            </div>
        </div>
    }
}

/// Up to five times that would suit, and how long.
#[component]
fn Times(form: Wishing, wrong: Signal<Option<String>>, wrong_minutes: Signal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let of_times = Below { field: "wish-times", hint: None::<String>.into(), wrong: wrong.into() };
    let of_minutes = Below { field: "session-minutes", hint: None::<String>.into(), wrong: wrong_minutes.into() };
    let only_one = move || form.times.with(|times| times.len() < 2);
    let row = move |fields: TimeFields| {
        let number = move || {
            form.times.with(|times| times.iter().position(|time| time.key == fields.key)).unwrap_or_default() + 1
        };
        let off = move |_| {
            form.remove_time(fields.key);
            // The button goes with its line.
            dom::focus_id("wish-add-time");
        };
        view! {
            <li>
                <input class="input" type="date" aria-label=move || t_string!(i18n, wish.date_of, number = number()).to_string() aria-invalid=move || of_times.invalid() prop:value=fields.date on:input=move |event| fields.date.set(event_target_value(&event))/>
                <input class="input" type="time" aria-label=move || t_string!(i18n, wish.time_of, number = number()).to_string() aria-invalid=move || of_times.invalid() prop:value=fields.time on:input=move |event| fields.time.set(event_target_value(&event))/>
                <button class="icon-button" type="button" disabled=only_one aria-label=move || t_string!(i18n, wish.time_off, number = number()).to_string() on:click=off>{icon("close")}</button>
            </li>
        }
    };
    view! {
        <p class="small second">{t!(i18n, wish.times_hint)}</p>
        <ol class="wish-times" id="wish-times"><For each=move || form.times.get() key=|fields| fields.key children=row/></ol>
        {move || of_times.shown()}
        <div class="cluster">
            <button class="button" data-size="small" id="wish-add-time" type="button" disabled=move || !form.may_add_time() on:click=move |_| form.add_time()>{icon("plus")}{t!(i18n, wish.add_time)}</button>
        </div>
        <div class="plan-times">
            <div class="field">
                <label for="session-minutes">{t!(i18n, planning.minutes)}</label>
                <input class="input" id="session-minutes" type="number" inputmode="numeric" min=MIN_MINUTES.to_string() max=MAX_MINUTES.to_string() step="5" prop:value=form.minutes aria-invalid=move || of_minutes.invalid() aria-describedby=move || of_minutes.id() on:input=move |event| form.minutes.set(event_target_value(&event))/>
                {move || of_minutes.shown()}
            </div>
        </div>
    }
}
