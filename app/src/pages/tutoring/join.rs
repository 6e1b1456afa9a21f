//! The door of a session for whoever has its code: with an account straight in, without one by name and school.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared::api::{GuestView, JoinSession, SessionAtDoor, SessionView};
use shared::pages::session_address;
use shared::tutoring::{MAX_GUEST_NAME_CHARS, MAX_GUEST_SCHOOL_CHARS, TutoringState};

use super::at_door::AtDoor;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::form::TextField;
use crate::i18n::*;
use crate::pages::signin::Door;
use crate::pages::words::failure_words;
use crate::state::session::{Session, Who};
use crate::state::way::{Trace, Way, use_way};

/// Where the code leads, as far as it is known.
#[derive(Debug, Clone, Copy)]
struct AtCode {
    code: RwSignal<Option<String>>,
    found: RwSignal<Option<SessionAtDoor>>,
    /// Somebody is signed in, and not invited.
    stranger: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
}

impl AtCode {
    async fn look(self, code: String) {
        self.failure.set(None);
        match fetch::get(&join_address(&code)).await {
            Ok(found) => drop(self.found.try_set(Some(found))),
            Err(reason) => drop(self.failure.try_set(Some(reason))),
        }
    }

    /// Whether somebody who is signed in may go in without the code.
    async fn is_invited(self, id: String) -> bool {
        match fetch::get::<SessionView>(&format!("/api/tutoring/{id}")).await {
            Ok(_) => return true,
            Err(failure) if failure.status() == Some(404) => drop(self.stranger.try_set(true)),
            Err(failure) => drop(self.failure.try_set(Some(failure))),
        }
        false
    }
}

/// A code of a session is no invitation to an account.
fn door_words(failure: &Failure) -> String {
    let i18n = use_i18n();
    match failure.status() {
        Some(404) => t_string!(i18n, guest.no_such_code).to_string(),
        Some(_) | None => failure_words(failure),
    }
}

fn join_address(code: &str) -> String {
    format!("/api/tutoring/join/{}", dom::encode(code.trim()))
}

#[component]
pub fn JoinSessionPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let at = AtCode {
        code: RwSignal::new(use_params_map().with_untracked(|params| params.get("code"))),
        found: RwSignal::new(None),
        stranger: RwSignal::new(false),
        failure: RwSignal::new(None),
    };
    let has_left = use_query_map().with_untracked(|query| query.get("left").is_some());
    Effect::new(move || dom::set_title(t_string!(i18n, guest.tab)));
    Effect::new(move || {
        if let Some(code) = at.code.get() {
            leptos::task::spawn_local(at.look(code));
        }
    });
    go_in_if_known(session, at);
    view! {
        <Door title=Signal::derive(move || t_string!(i18n, guest.title).to_string())>
            <div class="stack">
                {move || (has_left && at.code.with(Option::is_none)).then(|| view! { <Banner tone=Tone::Calm>{t!(i18n, guest.left)}</Banner> })}
                {move || at.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{door_words(&failure)}</Banner> })}
                {move || match (at.found.get(), at.code.with(Option::is_some)) {
                    (Some(found), _) => view! { <Found at found/> }.into_any(),
                    (None, true) if at.failure.with(Option::is_none) => view! { <p role="status">{t!(i18n, common.opening)}</p> }.into_any(),
                    (None, _) => view! { <CodeForm at/> }.into_any(),
                }}
            </div>
        </Door>
    }
}

/// Who is signed in and invited, or has come by this code before, needs no form.
fn go_in_if_known(session: Session, at: AtCode) {
    let way = StoredValue::new_local(use_way());
    let go = move |address: &str| {
        let _ = way.try_with_value(|way| way(address, Trace::Replace));
    };
    Effect::new(move || {
        let Some(found) = at.found.get() else { return };
        let address = session_address(&found.id);
        match session.who.get() {
            Who::Guest(guest) if guest.session.id == found.id && !guest.sent_away => go(&address),
            Who::Somebody(_) => leptos::task::spawn_local(async move {
                if at.is_invited(found.id.to_string()).await {
                    go(&address);
                }
            }),
            Who::Guest(_) | Who::Asking | Who::Nobody | Who::Gone | Who::Unreachable => {}
        }
    });
}

/// The code by hand.
#[component]
fn CodeForm(at: AtCode) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way: Way = expect_context();
    let written = RwSignal::new(at.code.get_untracked().unwrap_or_default());
    let missing = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = written.get_untracked().trim().to_owned();
        missing.set(text.is_empty());
        if text.is_empty() {
            dom::focus_id("session-code");
        } else {
            at.code.set(Some(text));
        }
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <TextField id="session-code" label=Signal::derive(move || t_string!(i18n, guest.code).to_string()) value=written
                hint=Signal::derive(move || Some(t_string!(i18n, guest.code_hint).to_string()))
                wrong=Signal::derive(move || missing.get().then(|| t_string!(i18n, guest.no_code).to_string()))/>
            <button class="button" data-kind="primary" type="submit">{t!(i18n, guest.go_on)}</button>
            {move || session.me().is_none().then(|| view! { <a class="button" data-kind="quiet" href="/signin?to=/tutoring" rel=way.rel("/signin")>{t!(i18n, guest.have_account)}</a> })}
        </form>
    }
}

/// What the code leads to, and the form, unless nobody comes in any more or the form is not needed.
#[component]
fn Found(at: AtCode, found: SessionAtDoor) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let lobby = found.lobby;
    let over = match found.state {
        TutoringState::Planned | TutoringState::Open => None,
        TutoringState::Ended => Some(true),
        TutoringState::Cancelled => Some(false),
    };
    let asks_for_name = move || match session.who.get() {
        Who::Somebody(_) => at.stranger.get(),
        Who::Guest(_) | Who::Nobody => true,
        Who::Asking | Who::Gone | Who::Unreachable => false,
    };
    view! {
        <AtDoor session=found/>
        {match over {
            Some(true) => view! { <p role="status">{t!(i18n, guest.ended)}</p> }.into_any(),
            Some(false) => view! { <p role="status">{t!(i18n, guest.cancelled)}</p> }.into_any(),
            None => view! { <Show when=asks_for_name><NameForm at lobby/></Show> }.into_any(),
        }}
    }
}

#[component]
fn NameForm(at: AtCode, lobby: bool) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way = StoredValue::new_local(use_way());
    let (name, school) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tried, busy, failure) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<Failure>));
    let wrong_name = Signal::derive(move || {
        let chars = name.with(|name| name.trim().chars().count());
        match chars {
            _ if !tried.get() => None,
            0 => Some(t_string!(i18n, guest.no_name).to_string()),
            1..=MAX_GUEST_NAME_CHARS => None,
            _ => Some(t_string!(i18n, guest.long_name, most = MAX_GUEST_NAME_CHARS).to_string()),
        }
    });
    let wrong_school = Signal::derive(move || {
        let chars = school.with(|school| school.trim().chars().count());
        match chars {
            _ if !tried.get() => None,
            0 => Some(t_string!(i18n, guest.no_school).to_string()),
            1..=MAX_GUEST_SCHOOL_CHARS => None,
            _ => Some(t_string!(i18n, guest.long_school, most = MAX_GUEST_SCHOOL_CHARS).to_string()),
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if wrong_name.with_untracked(Option::is_some) || wrong_school.with_untracked(Option::is_some) {
            page::later(0, dom::focus_wrong_anywhere);
            return;
        }
        let Some(code) = at.code.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        failure.set(None);
        let wish = JoinSession {
            name: name.with_untracked(|name| name.trim().to_owned()),
            school: school.with_untracked(|school| school.trim().to_owned()),
        };
        leptos::task::spawn_local(async move {
            let answer = fetch::send::<_, GuestView>(Verb::POST, &join_address(&code), &wish).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(guest) => {
                    let address = session_address(&guest.session.id);
                    session.welcome_guest(guest);
                    let _ = way.try_with_value(|way| way(&address, Trace::Replace));
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let stranger = move || session.me().filter(|_| at.stranger.get()).map(|me| me.person.name);
    view! {
        {move || stranger().map(|me| view! { <Banner tone=Tone::Calm>{t_string!(i18n, guest.not_invited, me = me).to_string()}</Banner> })}
        <form class="stack" on:submit=submit novalidate>
            <p class="second">{t!(i18n, guest.as_guest)}{lobby.then(|| view! { {t!(i18n, guest.lobby)} })}</p>
            <TextField id="guest-name" autocomplete="name" label=Signal::derive(move || t_string!(i18n, guest.name).to_string()) value=name
                hint=Signal::derive(move || Some(t_string!(i18n, guest.name_hint).to_string())) wrong=wrong_name/>
            <TextField id="guest-school" autocomplete="organization" label=Signal::derive(move || t_string!(i18n, guest.school).to_string()) value=school wrong=wrong_school/>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, guest.submit)}</button>
            {move || session.me().is_none().then(|| {
                let door = format!("/signin?to=/tutoring/join/{}", dom::encode(&at.code.get().unwrap_or_default()));
                view! { <a class="button" data-kind="quiet" href=door>{t!(i18n, guest.have_account)}</a> }
            })}
        </form>
    }
}
