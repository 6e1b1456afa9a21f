//! What was just done and can be undone, for ten seconds.

use leptos::prelude::*;

use crate::browser::page;

const STAYS: u32 = 10_000;

#[derive(Debug, Clone)]
pub struct Toast {
    pub id: u32,
    pub words: String,
    pub undo: Option<Callback<()>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    pub shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    pub fn say(self, words: String) {
        self.show(words, None);
    }

    pub fn say_with_undo(self, words: String, undo: impl Fn() + Send + Sync + 'static) {
        self.show(words, Some(Callback::new(move |()| undo())));
    }

    pub fn take_away(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    fn show(self, words: String, undo: Option<Callback<()>>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| shown.push(Toast { id, words, undo }));
        page::later(STAYS, move || self.take_away(id));
    }
}
