//! The right to see the document went away, and may come back: a bin is emptied out again, a list is set right.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::DocumentCard;
use shared::sync::client::{ClientInput, Line, StopReason};

use super::{Aside, Medium, OpenDocument, Stage};
use crate::browser::{fetch, page};

/// How long is waited before each time of asking, in milliseconds; the last one stays (X3).
const WAITS_MILLIS: [u32; 3] = [5_000, 15_000, 60_000];

impl<M: Medium> OpenDocument<M> {
    /// As long as the document on the screen is not this person's to see, asks now and then whether it is again.
    pub(super) fn ask_while_barred(self) {
        let barred = Memo::new(move |_| {
            self.line.get() == Line::Stopped(StopReason::NoRight) && self.stage.get() == Stage::Ready
        });
        let asked = RwSignal::new(0_usize);
        Effect::new(move || {
            if !barred.get() {
                return asked.update_untracked(|asked| *asked = 0);
            }
            let wait = WAITS_MILLIS[asked.get().min(WAITS_MILLIS.len() - 1)];
            let timer = page::later(wait, move || {
                spawn_local(async move {
                    self.ask_quietly().await;
                    let _ = asked.try_update(|asked| *asked += 1);
                });
            });
            on_cleanup(move || timer.clear());
        });
        page::on_focus(move || {
            if barred.get_untracked() {
                spawn_local(self.ask_quietly());
            }
        });
    }

    /// Nobody has asked for it, so nothing goes that somebody may be reading: with a draft, its author opens anew.
    async fn ask_quietly(self) {
        if self.aside.try_get_untracked() == Some(None) && self.is_there_again().await {
            self.handle(ClientInput::RightIsBack);
        }
    }

    /// Opens the document again if it is there again; otherwise what is on the screen stays. Returns whether it is.
    pub async fn try_again(self) -> bool {
        let back = self.is_there_again().await;
        match self.aside.try_get_untracked().flatten() {
            None if back => self.handle(ClientInput::RightIsBack),
            Some(Aside::Done) if back => page::reload(),
            None | Some(_) => {}
        }
        back
    }

    async fn is_there_again(self) -> bool {
        let Some(id) = self.id.try_get_value() else { return false };
        let answer = fetch::get::<DocumentCard>(&format!("/api/documents/{id}")).await;
        match answer {
            Ok(card) => {
                let _ = self.card.try_set(Some(card));
                true
            }
            Err(failure) => {
                self.session.heed(failure);
                false
            }
        }
    }
}
