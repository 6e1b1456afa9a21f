//! What somebody sees, asked of the judge once for everything that lies in the same place.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use shared::access::{DocumentAccess, Share, right};
use shared::organisation::{Directory, Shelf};
use shared::tutoring::OfSession;
use shared::words::{UnixMillis, UserId};

use super::rows::Rows;

/// What the judge asks of an entry, but for who made it: for everybody else all entries of a place are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub shelf: Shelf,
    pub shares: Vec<Share>,
    pub session: Option<Arc<OfSession>>,
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shelf.hash(state);
        self.shares.iter().for_each(|share| (&share.with, share.right).hash(state));
        self.session.hash(state);
    }
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub person: &'a UserId,
    pub directory: &'a Arc<Directory>,
    pub now: UnixMillis,
}

/// What one person sees as long as the organisation stays as it is.
pub struct Sees {
    person: UserId,
    /// Held, so that no other directory comes to lie at its address.
    directory: Arc<Directory>,
    at: UnixMillis,
    /// A verdict for each place, for what others made and for what the person made.
    of_others: Vec<AtomicU8>,
    own: Vec<AtomicU8>,
}

const UNASKED: u8 = 0;
const UNSEEN: u8 = 1;
const SEEN: u8 = 2;

impl Sees {
    fn of(asker: Asker<'_>, places: usize) -> Self {
        // Room for places that come while the person types.
        let places = places + places / 8 + 64;
        let unasked = || (0..places).map(|_| AtomicU8::new(UNASKED)).collect();
        Self {
            person: asker.person.clone(),
            directory: asker.directory.clone(),
            at: asker.now,
            of_others: unasked(),
            own: unasked(),
        }
    }

    fn holds(&self, asker: Asker<'_>, places: usize) -> bool {
        Arc::ptr_eq(&self.directory, asker.directory)
            && self.at <= asker.now
            && !self.directory.turns(self.at, asker.now)
            && places <= self.own.len()
    }

    /// Whether the person sees what lies at this place and was made by `author`; `person` is their number among
    /// [`Rows::authors`].
    pub fn sees(&self, rows: &Rows, place: u32, author: u32, person: Option<u32>) -> bool {
        let made_it = person == Some(author);
        let verdicts = if made_it { &self.own } else { &self.of_others };
        let Some(verdict) = verdicts.get(place as usize) else { return self.ask(rows, place, author) };
        match verdict.load(Ordering::Relaxed) {
            UNASKED => {
                let sees = self.ask(rows, place, author);
                verdict.store(if sees { SEEN } else { UNSEEN }, Ordering::Relaxed);
                sees
            }
            verdict => verdict == SEEN,
        }
    }

    fn ask(&self, rows: &Rows, place: u32, author: u32) -> bool {
        let Place { shelf, shares, session } = rows.places.get(place).clone();
        let author = rows.authors.get(author).clone();
        let access = DocumentAccess { author, shelf, shares, binned: false, session };
        right(&self.directory, &self.person, &access, self.at).is_some()
    }
}

/// What the last people who asked see, so that the next letter they type needs no judge.
#[derive(Default)]
pub struct Known(Mutex<VecDeque<Arc<Sees>>>);

/// As many type at the same time in a district; each takes two bytes a place.
const MOST_KNOWN: usize = 256;

impl Known {
    pub fn of(&self, asker: Asker<'_>, places: usize) -> Arc<Sees> {
        // What is known is never half written: it may be used after a panic.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|sees| sees.person == *asker.person);
        let before = place.and_then(|place| known.remove(place)).filter(|sees| sees.holds(asker, places));
        let sees = before.unwrap_or_else(|| Arc::new(Sees::of(asker, places)));
        known.truncate(MOST_KNOWN - 1);
        known.push_front(sees.clone());
        sees
    }
}
