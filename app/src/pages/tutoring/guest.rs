//! A guest before they may go in, and after they have to go.

use leptos::prelude::*;
use shared::api::GuestView;
use shared::tutoring::TutoringState;

use super::at_door::AtDoor;
use crate::browser::fetch::Failure;
use crate::browser::{clock, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::i18n::*;
use crate::pages::signin::Door;
use crate::pages::words::failure_words;
use crate::state::session::{Session, goes_in};

/// How often it is asked whether they may go in by now, in milliseconds: while the session is open or about to, and before.
const SOON: u32 = 4_000;
const LATER: u32 = 10_000;
/// A session is about to open so long before its time.
const ABOUT: i64 = 10 * 60_000;

/// How things stand with a guest who is not inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The session is not open; whether they still have to be let in then.
    Early {
        lobby: bool,
    },
    Waits,
    /// The door is opening.
    GoesIn,
    SentAway,
    Over,
    Cancelled,
}

impl Standing {
    fn of(guest: &GuestView) -> Self {
        match (guest.session.state, guest.sent_away) {
            (TutoringState::Ended, _) => Standing::Over,
            (TutoringState::Cancelled, _) => Standing::Cancelled,
            (_, true) => Standing::SentAway,
            (TutoringState::Planned, false) => Standing::Early { lobby: !guest.let_in },
            (TutoringState::Open, false) if goes_in(guest) => Standing::GoesIn,
            (TutoringState::Open, false) => Standing::Waits,
        }
    }

    /// Whether it may still change.
    fn waits(self) -> bool {
        match self {
            Standing::Early { .. } | Standing::Waits => true,
            Standing::GoesIn | Standing::SentAway | Standing::Over | Standing::Cancelled => false,
        }
    }
}

/// Waits until the guest may go in, or says why they may not.
#[component]
pub fn GuestWaits() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let online = RwSignal::new(page::is_online());
    page::on_network(move |is| online.set(is));
    let standing = Memo::new(move |_| session.guest().map(|guest| Standing::of(&guest)));
    ask_now_and_then(session, standing);
    let (title, words) = (move || title(standing.get()), move || words(standing.get()));
    Effect::new(move || dom::set_title(t_string!(i18n, guest.tab)));
    let waits = move || standing.get().is_some_and(Standing::waits);
    view! {
        <Door title=Signal::derive(title)>
            <div class="stack">
                {move || session.guest().map(|guest| {
                    let you = t_string!(i18n, guest.you, name = guest.name.clone(), school = guest.school.clone()).to_string();
                    view! { <AtDoor session=guest.session/><p class="second">{you}</p> }
                })}
                <p role="status" class="waits" data-waits=move || waits().then_some("")>
                    <Show when=waits><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></Show>
                    <span>{words}</span>
                </p>
                <Show when=move || waits() && !online.get()>
                    <Banner tone=Tone::Warn picture="offline">{t!(i18n, guest.offline)}</Banner>
                </Show>
                <Leave words=Signal::derive(move || if waits() { t_string!(i18n, guest.leave) } else { t_string!(i18n, guest.out) }.to_string())/>
            </div>
        </Door>
    }
}

/// Asks as long as it can change and somebody looks.
fn ask_now_and_then(session: Session, standing: Memo<Option<Standing>>) {
    let waits = move || standing.get_untracked().is_some_and(Standing::waits);
    let asked = StoredValue::new(clock::wall());
    let ask = move || {
        asked.set_value(clock::wall());
        session.ask_for_guest();
    };
    page::every(SOON, move || {
        let is_about = session.is_about_to_open(clock::wall(), ABOUT);
        let is_time = is_about || clock::wall().0 - asked.get_value().0 >= i64::from(LATER);
        if is_time && waits() && page::is_shown() {
            ask();
        }
    });
    page::on_shown(move || {
        if waits() {
            ask();
        }
    });
}

fn title(standing: Option<Standing>) -> String {
    let i18n = use_i18n();
    match standing {
        Some(Standing::Early { .. }) => t_string!(i18n, guest.early_title),
        Some(Standing::Waits) => t_string!(i18n, guest.waits_title),
        Some(Standing::GoesIn) | None => t_string!(i18n, guest.goes_in),
        Some(Standing::SentAway) => t_string!(i18n, guest.away_title),
        Some(Standing::Over) => t_string!(i18n, guest.over_title),
        Some(Standing::Cancelled) => t_string!(i18n, guest.cancelled_title),
    }
    .to_string()
}

fn words(standing: Option<Standing>) -> String {
    let i18n = use_i18n();
    match standing {
        Some(Standing::Early { lobby: true }) => t_string!(i18n, guest.early_lobby),
        Some(Standing::Early { lobby: false }) => t_string!(i18n, guest.early),
        Some(Standing::Waits) => t_string!(i18n, guest.waits),
        Some(Standing::GoesIn) | None => t_string!(i18n, common.opening),
        Some(Standing::SentAway) => t_string!(i18n, guest.away),
        Some(Standing::Over) => t_string!(i18n, guest.over),
        Some(Standing::Cancelled) => t_string!(i18n, guest.cancelled_words),
    }
    .to_string()
}

#[component]
fn Leave(words: Signal<String>) -> impl IntoView {
    let session: Session = expect_context();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let leave = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let left = session.leave_as_guest().await;
            let _ = busy.try_set(false);
            if let Err(reason) = left {
                let _ = failure.try_set(Some(reason));
            }
        });
    };
    view! {
        {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
        <p><button class="button" data-kind="quiet" data-size="small" type="button" aria-busy=move || busy.get().then_some("true") on:click=leave>{words}</button></p>
    }
}
