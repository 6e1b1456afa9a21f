//! Voice clips that were said to all in a session, as the server has them.

use leptos::prelude::*;
use shared::api::{ClipCard, ClipList};
use shared::words::{MediaId, TutoringId};

use super::again::{Reader, heard, wait};
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, page};
use crate::state::session::Session;

/// How often a deed is asked for on a line that does not answer.
const TIMES: usize = 4;
/// Within so many milliseconds, by chance, everybody reads what was told to all at once.
const SCATTER_MILLIS: f64 = 600.0;

#[derive(Clone, Copy)]
pub struct Said {
    session: Session,
    id: StoredValue<TutoringId>,
    /// Nothing until they have been read; in the order in which they were said.
    pub clips: RwSignal<Option<Vec<ClipCard>>>,
    /// The one that came last while the page was open.
    pub latest: RwSignal<Option<ClipCard>>,
    reader: Reader,
    tried: StoredValue<usize>,
    is_wanted: StoredValue<bool>,
}

impl Said {
    pub fn new(session: Session, id: TutoringId) -> Self {
        Self {
            session,
            id: StoredValue::new(id),
            clips: RwSignal::new(None),
            latest: RwSignal::new(None),
            reader: Reader::new(),
            tried: StoredValue::new(0),
            is_wanted: StoredValue::new(false),
        }
    }

    /// Somebody looks at them.
    pub fn want(self) {
        if self.is_wanted.try_update_value(|wanted| std::mem::replace(wanted, true)) == Some(false) {
            self.read();
        }
    }

    /// Reads them anew, if somebody looks.
    pub fn read(self) {
        if self.is_wanted.try_get_value() == Some(true) {
            self.reader.read(async move || self.fetch().await);
        }
    }

    /// The same after others had the time to be told as well.
    pub fn read_soon(self) {
        page::later((SCATTER_MILLIS * clock::chance()) as u32, move || self.read());
    }

    async fn fetch(self) {
        let Some(address) = self.address("") else { return };
        match fetch::get::<ClipList>(&address).await {
            Ok(list) => {
                let _ = self.tried.try_set_value(0);
                let _ = self.clips.try_maybe_update(|known| {
                    let new = known.as_ref() != Some(&list.clips);
                    *known = Some(list.clips);
                    (new, ())
                });
            }
            Err(Failure::Unreachable) => {
                let tried = self.tried.try_update_value(|tried| std::mem::replace(tried, *tried + 1));
                if let Some(tried) = tried {
                    page::later(wait(tried + 1), move || self.read());
                }
            }
            Err(failure) => drop(self.session.heed(failure)),
        }
    }

    /// Somebody has spoken to all.
    pub fn hear(self, card: ClipCard) {
        let is_new = self.clips.try_maybe_update(|clips| {
            let Some(clips) = clips else { return (false, false) };
            if clips.iter().any(|known| known.media.id == card.media.id) {
                return (false, false);
            }
            clips.push(card.clone());
            clips.sort_by_key(|clip| (clip.moment, clip.at));
            (true, true)
        });
        if is_new == Some(true) {
            let _ = self.latest.try_set(Some(card));
        }
    }

    /// Takes back one's own, or, as host or helper, one of somebody else.
    pub async fn remove(self, clip: MediaId) -> Result<(), Failure> {
        let address = self.address(&format!("/{clip}")).ok_or(Failure::Unreadable)?;
        let answer = heard(TIMES, async || fetch::bid(Verb::DELETE, &address).await).await;
        match answer.map_err(|failure| self.session.heed(failure)) {
            Err(failure) if failure.status() != Some(404) => Err(failure),
            // Whoever was quicker did the same.
            Ok(()) | Err(_) => {
                let gone = |clips: &mut Option<Vec<ClipCard>>| {
                    clips.iter_mut().for_each(|clips| clips.retain(|known| known.media.id != clip));
                };
                let _ = self.clips.try_update(gone);
                Ok(())
            }
        }
    }

    fn address(self, rest: &str) -> Option<String> {
        self.id.try_get_value().map(|id| format!("/api/tutoring/{id}/clips{rest}"))
    }
}
