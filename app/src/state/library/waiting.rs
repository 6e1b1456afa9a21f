//! What waits for somebody in the library.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ReadAnswers, WaitingLine, WaitingList};
use shared::words::UnixMillis;

use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct WaitingLines {
    session: Session,
    /// Nothing until the server has answered.
    pub lines: RwSignal<Option<Vec<WaitingLine>>>,
    pub next: RwSignal<Option<String>>,
    /// What is to be done, and what was not read yet.
    pub count: RwSignal<u32>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
}

impl WaitingLines {
    /// Begins to read them.
    pub fn read(session: Session) -> Self {
        let waiting = Self {
            session,
            lines: RwSignal::new(None),
            next: RwSignal::new(None),
            count: RwSignal::new(0),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        waiting.again();
        session.on_return(move || waiting.again());
        waiting
    }

    pub fn again(self) {
        spawn_local(async move {
            match fetch::get::<WaitingList>("/api/library/waiting").await {
                Ok(list) => {
                    let _ = self.failure.try_set(None);
                    let _ = self.count.try_set(list.count);
                    let _ = self.next.try_set(list.next);
                    let _ = self.lines.try_set(Some(list.lines));
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    pub fn more(self) {
        let Some(before) = self.next.get_untracked() else { return };
        self.busy.set(true);
        spawn_local(async move {
            let answer = fetch::get::<WaitingList>(&format!("/api/library/waiting?before={before}")).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(list) => {
                    let _ = self.next.try_set(list.next);
                    let _ = self.lines.try_update(|lines| lines.get_or_insert_default().extend(list.lines));
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// Answers up to this one have been read. That it could not be noted costs nothing but a mark.
    pub fn note_read(self, at: UnixMillis) {
        spawn_local(async move {
            let _ = fetch::tell(Verb::PUT, "/api/library/waiting/read", &ReadAnswers { at }).await;
        });
    }
}
