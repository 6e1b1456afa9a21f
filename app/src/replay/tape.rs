//! The recording of one document, on its way or here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::replay::Recording;
use shared::words::{DocumentId, UnixMillis};

use crate::browser::fetch::Failure;
use crate::browser::stream;
use crate::state::session::Session;

/// How far the recording has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Loading {
    Coming,
    Whole,
    /// The line broke, or the server says no. What has come can be played.
    Broken(Failure),
}

#[derive(Debug, Clone, Copy)]
pub struct Tape {
    session: Session,
    address: StoredValue<String>,
    recording: StoredValue<Recording, LocalStorage>,
    pub loading: RwSignal<Loading>,
    /// Updates that have come.
    pub come: RwSignal<usize>,
}

impl Tape {
    /// Begins to fetch it.
    pub fn of(session: Session, document: &DocumentId) -> Self {
        let tape = Self {
            session,
            address: StoredValue::new(format!("/api/documents/{document}/replay")),
            recording: StoredValue::new_local(Recording::default()),
            loading: RwSignal::new(Loading::Coming),
            come: RwSignal::new(0),
        };
        tape.fetch();
        tape
    }

    /// After the line broke: from the beginning, as a server sends it whole.
    pub fn fetch_again(self) {
        self.recording.set_value(Recording::default());
        self.come.set(0);
        self.loading.set(Loading::Coming);
        self.fetch();
    }

    fn fetch(self) {
        spawn_local(async move {
            let address = self.address.get_value();
            let mut is_readable = true;
            let sent = stream::stream(&address, |bytes| {
                // Whoever has left the page needs no more of it.
                let taken = self.recording.try_update_value(|recording| {
                    is_readable = recording.take(bytes).is_ok();
                    recording.entries().len()
                });
                if let Some(come) = taken {
                    let _ = self.come.try_set(come);
                }
                taken.is_some() && is_readable
            });
            let loading = match sent.await {
                Ok(()) if is_readable => Loading::Whole,
                Ok(()) => Loading::Broken(Failure::Unreadable),
                Err(failure) => Loading::Broken(self.session.heed(failure)),
            };
            drop(self.loading.try_set(loading));
        });
    }

    pub fn with<T>(self, look: impl FnOnce(&Recording) -> T) -> Option<T> {
        self.recording.try_with_value(look)
    }

    /// Milliseconds after its first update, at that time of the day.
    pub fn moment(self, at: UnixMillis) -> Option<u64> {
        let begun = self.with(Recording::begun)??;
        u64::try_from(at.0 - begun.0).ok()
    }

    /// Up to when it can be shown; to the end of time if all of it is here.
    pub fn shown_until(self) -> UnixMillis {
        match self.loading.get_untracked() {
            Loading::Whole => UnixMillis(i64::MAX),
            Loading::Coming | Loading::Broken(_) => self
                .with(|recording| recording.begun().map(|begun| UnixMillis(begun.0 + recording.length() as i64)))
                .flatten()
                .unwrap_or(UnixMillis(0)),
        }
    }

    /// When something happens next.
    pub fn next_after(self, at: UnixMillis) -> Option<UnixMillis> {
        let next = |recording: &Recording| {
            let begun = recording.begun()?;
            let next = match u64::try_from(at.0 - begun.0) {
                Ok(moment) => recording.next_after(moment)?,
                Err(_) => 0,
            };
            Some(UnixMillis(begun.0 + next as i64))
        };
        self.with(next).flatten()
    }

    /// How many updates fall into each of so many stretches of the time between.
    pub fn density(self, from: UnixMillis, until: UnixMillis, stretches: usize) -> Vec<u32> {
        let counts = |recording: &Recording| {
            let begun = recording.begun()?;
            let moment = |at: UnixMillis| u64::try_from(at.0 - begun.0).unwrap_or(0);
            Some(recording.density(moment(from)..=moment(until), stretches))
        };
        self.with(counts).flatten().unwrap_or_else(|| vec![0; stretches])
    }
}
