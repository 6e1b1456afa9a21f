//! Who is at this browser.

use leptos::prelude::*;
use shared::api::{Me, SignIn};
use shared::words::UserId;

use crate::browser::fetch::{self, Failure, Verb};

#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Not known yet.
    Asking,
    Nobody,
    Somebody(Box<Me>),
    /// The server could not be asked.
    Unreachable,
}

#[derive(Debug, Clone, Copy)]
pub struct Session {
    pub who: RwSignal<Who>,
    /// The session ended while somebody was at work: sign in again in place, what is open stays open.
    pub ended: RwSignal<bool>,
    /// The document that is open has edits that no storage holds yet.
    pub in_tab: RwSignal<bool>,
}

impl Session {
    pub fn provide() -> Self {
        let session = Self { who: RwSignal::new(Who::Asking), ended: RwSignal::new(false), in_tab: RwSignal::new(false) };
        provide_context(session);
        leptos::task::spawn_local(session.ask());
        session
    }

    /// Asks the server who this is.
    pub async fn ask(self) {
        let who = match fetch::get::<Option<Me>>("/api/session").await {
            Ok(Some(me)) => Who::Somebody(Box::new(me)),
            Ok(None) => Who::Nobody,
            Err(_) => Who::Unreachable,
        };
        self.who.set(who);
    }

    /// Signs in, at the door or again in place.
    pub async fn sign_in(self, login: String, password: String) -> Result<(), Failure> {
        let before = self.person();
        let me: Me = fetch::send(Verb::POST, "/api/session", &SignIn { login, password }).await?;
        if before.is_some_and(|before| before != me.person.id) {
            // Nothing of one person may stay on the screen of another.
            crate::browser::page::reload();
            return Ok(());
        }
        self.who.set(Who::Somebody(Box::new(me)));
        self.ended.set(false);
        Ok(())
    }

    pub async fn sign_out(self) -> Result<(), Failure> {
        fetch::bid(Verb::DELETE, "/api/session").await?;
        self.who.set(Who::Nobody);
        Ok(())
    }

    /// Takes note of an answer that says the session is over; gives the failure back.
    pub fn heed(self, failure: Failure) -> Failure {
        if failure.status() == Some(401) && self.person().is_some() {
            self.ended.set(true);
        }
        failure
    }

    pub fn me(self) -> Option<Me> {
        self.who.with(|who| match who {
            Who::Somebody(me) => Some((**me).clone()),
            Who::Asking | Who::Nobody | Who::Unreachable => None,
        })
    }

    pub fn person(self) -> Option<UserId> {
        self.who.with_untracked(|who| match who {
            Who::Somebody(me) => Some(me.person.id.clone()),
            Who::Asking | Who::Nobody | Who::Unreachable => None,
        })
    }
}
