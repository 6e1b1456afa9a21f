//! What was just done and can be undone.

use leptos::prelude::*;

use crate::browser::page;

/// How long something is said, at least, in milliseconds. What can be undone goes only after that, and not by itself.
const STAYS: u32 = 10_000;
/// More at once would hide the page.
const MOST: usize = 3;

#[derive(Debug, Clone)]
pub struct Toast {
    pub id: u32,
    pub words: String,
    pub undo: Option<Callback<()>>,
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
        let id = self.show(words, None);
        page::later(STAYS, move || self.take_away(id));
    }

    /// Nobody is hurried (WCAG 2.2.1): it stays until it is closed, or something else is done after it was there for long.
    pub fn say_with_undo(self, words: String, undo: impl Fn() + Send + Sync + 'static) {
        let id = self.show(words, Some(Callback::new(move |()| undo())));
        page::later(STAYS, move || self.old.set_value(Some(id)));
    }

    pub fn take_away(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Takes away what has been there for long.
    pub fn tidy(self) {
        let old = self.old.get_value();
        let is_old = |toast: &Toast| toast.undo.is_some() && old.is_some_and(|old| toast.id <= old);
        if self.shown.with_untracked(|shown| shown.iter().any(is_old)) {
            self.shown.update(|shown| shown.retain(|toast| !is_old(toast)));
        }
    }

    /// The newest that can be undone.
    pub fn undoable(self) -> Option<u32> {
        self.shown.with_untracked(|shown| shown.iter().find(|toast| toast.undo.is_some()).map(|toast| toast.id))
    }

    fn show(self, words: String, undo: Option<Callback<()>>) -> u32 {
        self.tidy();
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| {
            shown.insert(0, Toast { id, words, undo });
            shown.truncate(MOST);
        });
        id
    }
}
