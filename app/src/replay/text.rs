//! A text as it was.

use leptos::prelude::*;
use shared::document::{Replica, export, shown};
use shared::replay::{Player, Stage};

use super::reel::Reel;
use super::tape::{Loading, Tape};
use crate::i18n::*;

/// The replica that is played on.
struct Played {
    text: Replica,
    is_stale: bool,
}

impl Played {
    fn new() -> Self {
        Self { text: Replica::new(1), is_stale: true }
    }
}

impl Stage for Played {
    fn apply(&mut self, update: &[u8]) {
        // A log holds what the document took in once; if not, the rest of it is still to be read.
        let _ = self.text.apply(update);
        self.is_stale = true;
    }

    fn snapshot(&self) -> Vec<u8> {
        self.text.snapshot()
    }

    fn clear(&mut self) {
        *self = Self::new();
    }
}

/// The text of `tape` at the moment of the reel.
#[component]
pub fn ReplayText(reel: Reel, tape: Tape) -> impl IntoView {
    let i18n = use_i18n();
    let played = StoredValue::new_local((Played::new(), Player::default()));
    // As the server writes its exports: what is in it is words and marks only.
    let html = RwSignal::new(String::new());
    Effect::new(move || {
        tape.come.track();
        let moment = tape.moment(reel.time());
        played.update_value(|(stage, player)| {
            match moment {
                Some(moment) => drop(tape.with(|recording| player.go(recording, moment, stage))),
                None if stage.is_stale => {}
                None => (*stage, *player) = (Played::new(), Player::default()),
            }
            if std::mem::take(&mut stage.is_stale) {
                html.set(export::html(&shown(stage.text.doc())));
            }
        });
    });
    let is_coming = move || tape.loading.get() == Loading::Coming && tape.come.get() == 0;
    view! {
        <Show when=move || !is_coming() fallback=move || view! { <p class="small second">{t!(i18n, common.opening)}</p> }>
            <div class="text replay-text" inner_html=move || html.get()></div>
        </Show>
    }
}
