//! Signing out of a computer that others use too: nothing that waits on it is left to chance.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::session::Session;
use crate::browser::fetch::Failure;
use crate::browser::page;
use crate::browser::storage::{self, Refused, WaitingDocument};

/// How long the pages that were open, here and in other tabs, get to put down what they still hold, in milliseconds.
const PUT_DOWN_MILLIS: u32 = 200;

/// What is to become of edits and drafts that only this device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Keep,
    Remove,
}

/// What signing out would leave behind, or lose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Behind {
    pub waiting: Vec<WaitingDocument>,
    /// An open page, here or in another tab, holds letters that no storage has.
    pub in_tab: bool,
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
        let Some(person) = self.session.person() else { return };
        self.failure.set(None);
        spawn_local(async move {
            // A browser that keeps nothing has nothing that waits.
            let waiting = storage::waiting(&person).await.unwrap_or_default();
            let behind = Behind { waiting, in_tab: self.session.holds_edits().await };
            // Without a network, it is said beforehand that it can't be done now.
            if behind == Behind::default() && page::is_online() {
                let fate = if untrack(|| self.session.shares_computer()) { Fate::Remove } else { Fate::Keep };
                self.go(fate, |_| ());
            } else {
                self.asked.set(Some(behind));
            }
        });
    }

    /// Signs out. `not_removed` is called when the device did not let go of what it should; the person is out then.
    pub fn go(self, fate: Fate, not_removed: impl FnOnce(Refused) + 'static) {
        let Some(person) = self.session.person() else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let out = self.session.sign_out().await;
            self.busy.set(false);
            if let Err(failure) = out {
                if self.asked.with_untracked(Option::is_none) {
                    self.asked.set(Some(Behind::default()));
                }
                return self.failure.set(Some(failure));
            }
            self.asked.set(None);
            page::pause(PUT_DOWN_MILLIS).await;
            let cleared = match fate {
                Fate::Keep => storage::tidy(&person).await,
                Fate::Remove => storage::remove_all(&person).await,
            };
            if let Err(refused) = cleared {
                page::log(&format!("cannot take away from this device: {}", refused.0));
                if fate == Fate::Remove {
                    not_removed(refused);
                }
            }
        });
    }
}
