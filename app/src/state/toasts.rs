//! What was just done and can be undone, and why it was not undone.

use leptos::prelude::*;

use crate::browser::fetch::Failure;
use crate::browser::page;

/// How long something is said, at least, in milliseconds. What can be undone goes only after that, and not by itself.
const STAYS: u32 = 10_000;
/// More at once would hide the page.
const MOST: usize = 3;

#[derive(Debug, Clone)]
pub struct Toast {
    pub id: u32,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    Done(String),
    Undoable(String, Callback<()>),
    /// What was to be undone stays.
    Refused(Failure),
}

impl Toast {
    /// Whether it stays until somebody has seen it.
    fn stays(&self) -> bool {
        match self.what {
            What::Undoable(..) | What::Refused(_) => true,
            What::Done(_) => false,
        }
    }

    fn can_be_undone(&self) -> bool {
        match self.what {
            What::Undoable(..) => true,
            What::Done(_) | What::Refused(_) => false,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    /// The newest first.
    pub shown: RwSignal<Vec<Toast>>,
    /// Those up to this one have been there for long.
    old: StoredValue<Option<u32>>,
    next: StoredValue<u32>,
}

impl Toasts {
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), old: StoredValue::new(None), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    pub fn say(self, words: String) {
        let id = self.show(What::Done(words));
        page::later(STAYS, move || self.take_away(id));
    }

    /// Nobody is hurried (WCAG 2.2.1): it stays until it is closed, or something else is done after it was there for long.
    pub fn say_with_undo(self, words: String, undo: impl Fn() + Send + Sync + 'static) {
        self.show_until_seen(What::Undoable(words, Callback::new(move |()| undo())));
    }

    /// Says why something could not be undone, wherever on the page that was asked for.
    pub fn say_refused(self, failure: Failure) {
        self.show_until_seen(What::Refused(failure));
    }

    fn show_until_seen(self, what: What) {
        let id = self.show(what);
        page::later(STAYS, move || self.old.set_value(Some(id)));
    }

    pub fn take_away(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Takes away what has been there for long.
    pub fn tidy(self) {
        let old = self.old.get_value();
        let is_old = |toast: &Toast| toast.stays() && old.is_some_and(|old| toast.id <= old);
        if self.shown.with_untracked(|shown| shown.iter().any(is_old)) {
            self.shown.update(|shown| shown.retain(|toast| !is_old(toast)));
        }
    }

    /// The newest that can be undone.
    pub fn undoable(self) -> Option<u32> {
        self.shown.with_untracked(|shown| shown.iter().find(|toast| toast.can_be_undone()).map(|toast| toast.id))
    }

    fn show(self, what: What) -> u32 {
        self.tidy();
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| {
            shown.insert(0, Toast { id, what });
            shown.truncate(MOST);
        });
        id
    }
}
