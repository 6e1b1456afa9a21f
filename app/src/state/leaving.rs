//! Signing out of a computer that others use too: nothing that waits on it is left to chance.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::session::{PUT_DOWN_MILLIS, Session, to_the_door};
use crate::browser::fetch::Failure;
use crate::browser::page;
use crate::browser::storage::{self, WaitingDocument};

/// How long the device gets to say what waits on it, and to let go of it, in milliseconds.
const PATIENCE: u32 = 2_000;
/// What the door says when the device did not let go of what it should.
pub const NOT_REMOVED: &str = "not-removed";

/// What is to become of edits and drafts that only this device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Keep,
    Remove,
    /// Nothing is known to wait, but nothing may stay either.
    Sweep,
}

/// What only this device has.
#[derive(Debug, Clone, PartialEq)]
pub enum Waiting {
    Known(Vec<WaitingDocument>),
    /// The device did not say.
    Unknown,
}

/// What signing out would leave behind, or lose.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    pub waiting: Waiting,
    /// An open page, here or in another tab, holds letters that no storage has.
    pub in_tab: bool,
}

impl Behind {
    const NOTHING: Self = Self { waiting: Waiting::Known(Vec::new()), in_tab: false };
}

#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    session: Session,
    /// The person is to be asked about this, or told that it failed.
    pub asked: RwSignal<Option<Behind>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
}

impl Leaving {
    pub fn provide(session: Session) -> Self {
        let leaving =
            Self { session, asked: RwSignal::new(None), failure: RwSignal::new(None), busy: RwSignal::new(false) };
        provide_context(leaving);
        leaving
    }

    /// Signs out if nothing is left behind by it; asks first otherwise.
    pub fn begin(self) {
        let Some(person) = self.session.person().filter(|_| !self.busy.get_untracked()) else { return };
        self.failure.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let waiting = match page::within(PATIENCE, storage::waiting(&person)).await {
                Some(Ok(waiting)) => Waiting::Known(waiting),
                // A browser that keeps nothing has nothing that waits.
                Some(Err(_)) => Waiting::Known(Vec::new()),
                None => Waiting::Unknown,
            };
            let behind = Behind { waiting, in_tab: self.session.holds_edits().await };
            self.busy.set(false);
            // Without a network, it is said beforehand that it can't be done now.
            if behind == Behind::NOTHING && page::is_online() {
                self.go(if untrack(|| self.session.shares_computer()) { Fate::Sweep } else { Fate::Keep });
            } else {
                self.asked.set(Some(behind));
            }
        });
    }

    /// Signs out, and loads the door.
    pub fn go(self, fate: Fate) {
        let Some(person) = self.session.person().filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let out = self.session.sign_out().await;
            self.busy.set(false);
            if let Err(failure) = out {
                if self.asked.with_untracked(Option::is_none) {
                    self.asked.set(Some(Behind::NOTHING));
                }
                return self.failure.set(Some(failure));
            }
            page::pause(PUT_DOWN_MILLIS).await;
            let cleared = page::within(PATIENCE, async {
                match fate {
                    Fate::Keep => storage::tidy(&person).await,
                    Fate::Remove | Fate::Sweep => storage::remove_all(&person).await,
                }
            });
            let problem = match cleared.await {
                Some(Ok(())) => None,
                Some(Err(_)) | None => Some(NOT_REMOVED).filter(|_| fate == Fate::Remove),
            };
            to_the_door(problem);
        });
    }
}
