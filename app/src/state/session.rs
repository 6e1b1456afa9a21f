//! Who is at this browser.

use std::collections::BTreeSet;

use leptos::prelude::*;
use serde::Serialize;
use shared::api::{GuestView, Me, SecondStep, SecondStepNeeded};
use shared::pages::admits_guests;
use shared::tutoring::TutoringState;
use shared::words::{UnixMillis, UserId};

use crate::browser::fetch::{self, Answer, Failure, Verb};
use crate::browser::tabs::{self, Word};
use crate::browser::{page, storage};

#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Not known yet.
    Asking,
    Nobody,
    Somebody(Box<Me>),
    /// Of one tutoring session, by its code: waiting, inside, or out of it again.
    Guest(Box<GuestView>),
    /// Whoever was here has signed out: nothing is shown until the page is loaded anew, with nothing left in it.
    Gone,
    /// The server could not be asked.
    Unreachable,
}

#[derive(Debug, Clone, Copy)]
pub struct Session {
    pub who: RwSignal<Who>,
    /// The session ended while somebody was at work: sign in again in place, what is open stays open.
    pub ended: RwSignal<bool>,
    /// What of the page that is open has edits that no storage holds yet.
    in_tab: RwSignal<BTreeSet<String>>,
    /// Another tab has said that it has such edits too, since somebody asked.
    another_holds: RwSignal<bool>,
    /// It is being asked how things stand with the guest who is here.
    asking_for_guest: RwSignal<bool>,
}

/// How far somebody has come in.
pub enum Entered {
    In,
    /// Now a one-time password, with this ticket.
    Second(String),
}

/// The pages that nobody's way leads to from a page of somebody else.
const DOOR: &str = "/signin";
const HOME: &str = "/";
/// Where a guest is asked about, and where one comes in.
const GUEST: &str = "/api/tutoring/guest";
const GUEST_DOOR: &str = "/tutoring/join";

/// How long the pages that were open, here and in other tabs, get to put down what they still hold, in milliseconds.
pub const PUT_DOWN_MILLIS: u32 = 200;

/// How long other tabs get to say that they hold edits, in milliseconds.
const ANSWER_MILLIS: u32 = 100;

impl Session {
    pub fn provide() -> Self {
        let session = Self {
            who: RwSignal::new(Who::Asking),
            ended: RwSignal::new(false),
            in_tab: RwSignal::new(BTreeSet::new()),
            another_holds: RwSignal::new(false),
            asking_for_guest: RwSignal::new(false),
        };
        provide_context(session);
        tabs::hear(move |word| session.hear(word));
        page::reopen_on_return(move || session.is_at_risk());
        leptos::task::spawn_local(session.ask());
        session
    }

    /// Asks the server who this is.
    pub async fn ask(self) {
        let before = self.account();
        match (fetch::session::<Option<Me>>().await, before) {
            (Ok(Some(me)), Some(before)) if me.person.id != before => page::load_instead(HOME),
            (Ok(Some(me)), _) => self.set(Who::Somebody(Box::new(me))),
            (Ok(None), None) => self.set(guest_here().await),
            (Ok(None), Some(_)) => self.ended.set(true),
            (Err(_), None) => self.set(Who::Unreachable),
            // Whoever is known to be here stays.
            (Err(_), Some(_)) => {}
        }
    }

    /// Comes in by a request that is answered with a [`Me`]: at the door, again in place, with a code.
    pub async fn enter<B: Serialize>(self, address: &str, wish: &B) -> Result<Entered, Failure> {
        match fetch::send_stepwise(Verb::POST, address, wish).await? {
            Answer::Done(me) => {
                self.welcome(me);
                Ok(Entered::In)
            }
            Answer::Accepted(SecondStepNeeded { ticket }) => Ok(Entered::Second(ticket)),
        }
    }

    /// The second step, with a one-time password or a recovery code.
    pub async fn enter_with(self, ticket: String, code: String) -> Result<Entered, Failure> {
        self.enter("/api/session/second", &SecondStep { ticket, code }).await
    }

    fn welcome(self, me: Me) {
        let before = self.account();
        tabs::say(&Word::In(me.person.id.clone()));
        if before.is_some_and(|before| before != me.person.id) {
            // Nothing of one person may stay with another, neither on the screen nor behind it.
            return page::load_instead(HOME);
        }
        self.set(Who::Somebody(Box::new(me)));
        self.ended.set(false);
    }

    /// Signs out here and in the other tabs. Whose session has ended already is out, too. What is left of this page waits
    /// for [`to_the_door`].
    pub async fn sign_out(self) -> Result<(), Failure> {
        let person = self.account();
        match fetch::bid(Verb::DELETE, "/api/session").await {
            Err(failure) if failure.status() != Some(401) => return Err(failure),
            Ok(()) | Err(_) => {}
        }
        if let Some(person) = person {
            tabs::say(&Word::Out(person));
        }
        self.leave();
        Ok(())
    }

    /// Whether a page of this person, here or in another tab, has edits that no storage holds yet.
    pub async fn holds_edits(self) -> bool {
        let Some(person) = self.account() else { return false };
        self.another_holds.set(false);
        tabs::say(&Word::WhoHolds(person));
        page::pause(ANSWER_MILLIS).await;
        self.is_at_risk() || self.another_holds.get_untracked()
    }

    /// Notes whether `part` of the page, a document or a form, has edits that no storage holds yet.
    pub fn note_risk(self, part: &str, at_risk: bool) {
        self.in_tab.maybe_update(|parts| if at_risk { parts.insert(part.to_owned()) } else { parts.remove(part) });
    }

    fn is_at_risk(self) -> bool {
        self.in_tab.with_untracked(|parts| !parts.is_empty())
    }

    fn hear(self, word: Word) {
        let here = self.account();
        match word {
            // A guest's requests name the guest, whoever signs in beside them.
            Word::In(_) if self.guest_untracked().is_some() => {}
            // Nothing of one person may stay where another is by now. What no storage holds is asked about.
            Word::In(person) => match here {
                Some(here) if here != person => page::load_instead(HOME),
                Some(_) => self.ended.set(false),
                None => leptos::task::spawn_local(self.ask()),
            },
            Word::Out(person) if here == Some(person.clone()) => {
                self.leave();
                leptos::task::spawn_local(self.follow(person));
            }
            Word::WhoHolds(person) if here == Some(person.clone()) && self.is_at_risk() => {
                tabs::say(&Word::IHold(person));
            }
            Word::IHold(person) if here == Some(person.clone()) => self.another_holds.set(true),
            Word::Out(_) | Word::WhoHolds(_) | Word::IHold(_) => {}
        }
    }

    /// What is open goes.
    fn leave(self) {
        self.ended.set(false);
        self.set(Who::Gone);
    }

    /// This person has signed out in another tab.
    async fn follow(self, person: UserId) {
        page::pause(PUT_DOWN_MILLIS).await;
        match fetch::get::<Option<Me>>("/api/session").await {
            // A tab that slept may hear of it late, when the person has come back.
            Ok(Some(me)) if me.person.id == person => self.set(Who::Somebody(Box::new(me))),
            Ok(_) | Err(_) => to_the_door(None),
        }
    }

    fn set(self, who: Who) {
        self.who.set(who);
        fetch::ask_as(self.person());
    }

    /// Takes note of an answer that says the session is over; gives the failure back.
    pub fn heed(self, failure: Failure) -> Failure {
        match failure.status() {
            Some(401) => self.note_end(),
            // What a guest may see ends with the session and with being sent away.
            Some(404) => self.ask_for_guest(),
            Some(_) | None => {}
        }
        failure
    }

    /// Nothing is to be had any more as who is here: somebody signs in again in place, of a guest it is asked why.
    pub fn note_end(self) {
        if self.account().is_some() {
            self.ended.set(true);
        }
        self.ask_for_guest();
    }

    /// Somebody is at the door of a tutoring session, with its code.
    pub fn welcome_guest(self, guest: GuestView) {
        self.set(Who::Guest(Box::new(guest)));
    }

    /// Asks how things stand with the guest who is here, unless that is under way; nothing for anybody else.
    pub fn ask_for_guest(self) {
        let Some(before) = self.guest_untracked() else { return };
        if self.asking_for_guest.get_untracked() {
            return;
        }
        self.asking_for_guest.set(true);
        leptos::task::spawn_local(async move {
            let answer = fetch::get::<GuestView>(GUEST).await;
            self.asking_for_guest.set(false);
            match answer {
                Ok(guest) if guest != before => self.set(Who::Guest(Box::new(guest))),
                Err(failure) if failure.status() == Some(404) => page::load_instead(GUEST_DOOR),
                // Without a line, how it stood is shown until there is one.
                Ok(_) | Err(_) => {}
            }
        });
    }

    /// A guest goes; nothing of them stays in this browser.
    pub async fn leave_as_guest(self) -> Result<(), Failure> {
        let Some(guest) = self.guest_untracked() else { return Ok(()) };
        fetch::bid(Verb::DELETE, GUEST).await?;
        self.leave();
        page::pause(PUT_DOWN_MILLIS).await;
        // A browser that keeps nothing has nothing to remove.
        let _ = storage::remove_all(&guest.id).await;
        page::load_instead(&format!("{GUEST_DOOR}?left"));
        Ok(())
    }

    /// Calls when the session had ended and somebody has signed in again in place: what could not be read then can be now.
    pub fn on_return(self, call: impl Fn() + 'static) {
        Effect::new(move |had_ended: Option<bool>| {
            let has_ended = self.ended.get();
            if had_ended == Some(true) && !has_ended && self.person().is_some() {
                call();
            }
            has_ended
        });
    }

    /// Whether others use this computer, too: then nothing is left behind on it.
    pub fn shares_computer(self) -> bool {
        self.me().is_some_and(|me| me.shared_computer)
    }

    /// Somebody with an account.
    pub fn me(self) -> Option<Me> {
        self.who.with(|who| match who {
            Who::Somebody(me) => Some((**me).clone()),
            Who::Guest(_) | Who::Asking | Who::Nobody | Who::Gone | Who::Unreachable => None,
        })
    }

    pub fn guest(self) -> Option<GuestView> {
        self.who.with(Who::guest)
    }

    /// Whether the session of the guest who is here is open, or begins within so many milliseconds.
    pub fn is_about_to_open(self, now: UnixMillis, within: i64) -> bool {
        self.guest_untracked()
            .is_some_and(|guest| guest.session.state == TutoringState::Open || guest.session.begins.0 - now.0 <= within)
    }

    fn guest_untracked(self) -> Option<GuestView> {
        self.who.with_untracked(Who::guest)
    }

    /// Whose page this is: somebody with an account, or a guest.
    pub fn person(self) -> Option<UserId> {
        self.account().or_else(|| self.guest_untracked().map(|guest| guest.id))
    }

    fn account(self) -> Option<UserId> {
        self.who.with_untracked(|who| match who {
            Who::Somebody(me) => Some(me.person.id.clone()),
            Who::Guest(_) | Who::Asking | Who::Nobody | Who::Gone | Who::Unreachable => None,
        })
    }
}

impl Who {
    fn guest(&self) -> Option<GuestView> {
        match self {
            Who::Guest(guest) => Some((**guest).clone()),
            Who::Somebody(_) | Who::Asking | Who::Nobody | Who::Gone | Who::Unreachable => None,
        }
    }
}

/// Whether a guest may go in by now.
pub fn goes_in(guest: &GuestView) -> bool {
    guest.let_in && !guest.sent_away && guest.session.state == TutoringState::Open
}

/// Nobody is signed in; where guests may be, it may be one.
async fn guest_here() -> Who {
    if !admits_guests(&page::address()) {
        return Who::Nobody;
    }
    match fetch::get(GUEST).await {
        Ok(guest) => Who::Guest(Box::new(guest)),
        Err(failure) if failure.status().is_some() => Who::Nobody,
        Err(_) => Who::Unreachable,
    }
}

/// Loads the door anew after somebody has signed out: whoever comes next finds nothing in this page, nor the way to
/// where the former was. `problem` is said there.
pub fn to_the_door(problem: Option<&str>) {
    let asked = problem.map(|problem| format!("?problem={problem}")).unwrap_or_default();
    page::load_instead(&format!("{DOOR}{asked}"));
}
