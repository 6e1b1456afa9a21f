//! The clock of a playback: it goes on with the pictures of the screen, over all documents at once.

use leptos::prelude::*;
use shared::replay::Transport;
use shared::replay::voices::{self, Voice};
use shared::words::UnixMillis;

use super::tape::{Loading, Tape};
use crate::browser::canvas::next_frame;
use crate::browser::clock;

/// The recordings that are played together, and where one is in them.
#[derive(Debug, Clone, Copy)]
pub struct Reel {
    /// When it begins: 0 until that is known.
    from: RwSignal<UnixMillis>,
    tapes: StoredValue<Vec<Tape>>,
    /// What was said by voice meanwhile.
    voices: StoredValue<Vec<Voice>>,
    transport: RwSignal<Transport>,
    /// A picture is asked for already.
    asked: StoredValue<bool>,
}

impl Reel {
    /// What happened between two times of the day.
    pub fn between(from: UnixMillis, until: UnixMillis, tapes: Vec<Tape>) -> Self {
        let length = u64::try_from(until.0 - from.0).unwrap_or(0);
        Self {
            from: RwSignal::new(from),
            tapes: StoredValue::new(tapes),
            voices: StoredValue::new(Vec::new()),
            transport: RwSignal::new(Transport::new(length)),
            asked: StoredValue::new(false),
        }
    }

    /// All that ever happened to a document; it grows while it comes.
    pub fn whole(tape: Tape) -> Self {
        let reel = Self::between(UnixMillis(0), UnixMillis(0), vec![tape]);
        Effect::new(move || {
            tape.come.track();
            let known = tape.with(|recording| Some((recording.begun()?, recording.length()))).flatten();
            if let Some((begun, length)) = known {
                reel.from.set(begun);
                reel.transport.update(|transport| transport.grow(length));
            }
        });
        reel
    }

    /// With what was said by voice: while somebody is heard, there is no pause.
    pub fn with_voices(self, voices: Vec<Voice>) -> Self {
        self.voices.set_value(voices);
        self
    }

    /// The voice that is heard now, and how many milliseconds of it are over.
    pub fn heard(self) -> Option<(usize, u64)> {
        let at = self.at();
        self.voices.with_value(|voices| voices::heard(voices, at))
    }

    /// Milliseconds since its beginning.
    pub fn at(self) -> u64 {
        self.transport.with(Transport::at)
    }

    pub fn length(self) -> u64 {
        self.transport.with(Transport::length)
    }

    /// The time of the day that is shown.
    pub fn time(self) -> UnixMillis {
        UnixMillis(self.from.get().0 + self.at() as i64)
    }

    pub fn from(self) -> UnixMillis {
        self.from.get()
    }

    pub fn until(self) -> UnixMillis {
        UnixMillis(self.from.get().0 + self.length() as i64)
    }

    pub fn is_playing(self) -> bool {
        self.transport.with(Transport::is_playing)
    }

    pub fn speed(self) -> u32 {
        self.transport.with(Transport::speed)
    }

    pub fn skips_pauses(self) -> bool {
        self.transport.with(Transport::skips_pauses)
    }

    /// It plays, and what is to be shown has not come yet.
    pub fn is_waiting(self) -> bool {
        self.hear_all();
        self.is_playing() && self.come() <= self.at() && self.at() < self.length()
    }

    pub fn play_or_pause(self) {
        self.transport.update(|transport| if transport.is_playing() { transport.pause() } else { transport.play() });
        self.run();
    }

    pub fn seek(self, at: u64) {
        self.transport.update(|transport| transport.seek(at));
    }

    pub fn set_speed(self, speed: u32) {
        self.transport.update(|transport| transport.set_speed(speed));
    }

    pub fn skip_pauses(self, skips: bool) {
        self.transport.update(|transport| transport.skip_pauses(skips));
    }

    /// The recordings that have broken off.
    pub fn broken(self) -> Vec<(Tape, crate::browser::fetch::Failure)> {
        let broken = |tape: &Tape| match tape.loading.get() {
            Loading::Broken(failure) => Some((*tape, failure)),
            Loading::Coming | Loading::Whole => None,
        };
        self.tapes.with_value(|tapes| tapes.iter().filter_map(broken).collect())
    }

    /// How far all of them have come, in milliseconds since the beginning. One that broke off holds up nobody.
    pub fn come(self) -> u64 {
        let from = self.from.get_untracked();
        let coming = |tape: &Tape| match tape.loading.get_untracked() {
            Loading::Broken(_) => UnixMillis(i64::MAX),
            Loading::Coming | Loading::Whole => tape.shown_until(),
        };
        let until = self.tapes.with_value(|tapes| tapes.iter().map(coming).min());
        let until = until.map_or(0, |until| u64::try_from(until.0.saturating_sub(from.0)).unwrap_or(0));
        until.min(self.transport.with_untracked(Transport::length))
    }

    /// Hears when more has come.
    pub fn hear_all(self) {
        self.tapes.with_value(|tapes| {
            for tape in tapes {
                tape.come.track();
                tape.loading.track();
            }
        });
    }

    /// How much happens in each of so many equal stretches.
    pub fn density(self, stretches: usize) -> Vec<u32> {
        self.hear_all();
        let (from, until) = (self.from(), self.until());
        self.tapes.with_value(|tapes| {
            tapes.iter().fold(vec![0; stretches], |mut sum, tape| {
                let counts = tape.density(from, until, stretches);
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                sum
            })
        })
    }

    fn run(self) {
        if self.asked.get_value() || !self.transport.with_untracked(Transport::is_playing) {
            return;
        }
        self.asked.set_value(true);
        next_frame(move || {
            // The page may have been left.
            if self.asked.try_set_value(false).is_none() {
                self.go_on();
                self.run();
            }
        });
    }

    fn go_on(self) {
        let (from, come) = (self.from.get_untracked().0, self.come());
        let next = |at: u64| {
            let now = UnixMillis(from + at as i64);
            let next = self.tapes.with_value(|tapes| tapes.iter().filter_map(|tape| tape.next_after(now)).min());
            let spoken = self.voices.with_value(|voices| voices::next_after(voices, at));
            next.map(|next| u64::try_from(next.0 - from).unwrap_or(0)).into_iter().chain(spoken).min()
        };
        self.transport.update(|transport| transport.tick(clock::now(), come, next));
    }
}
