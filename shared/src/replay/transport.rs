//! What a hand does at a scrubber: where in a recording one is, and how it goes on.

use crate::sync::Millis;

/// In a hundredth of real time.
pub const SPEEDS: [u32; 5] = [50, 100, 150, 200, 400];

/// A longer time in which nothing happens is a pause, in milliseconds of the recording.
const PAUSE: u64 = 4_000;
/// So long before the next change a skipped pause ends, in milliseconds of the recording.
const LEAD: u64 = 1_000;
/// More can't have passed between two pictures: the page was hidden, or the machine asleep.
const LONGEST_STEP: u64 = 250;

/// Where one is. All times are milliseconds after the beginning of what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    length: u64,
    at: u64,
    playing: bool,
    speed: u32,
    skips: bool,
    /// When it was told the time last.
    last: Option<Millis>,
}

impl Transport {
    /// At the beginning, and still.
    pub fn new(length: u64) -> Self {
        Self { length, at: 0, playing: false, speed: 100, skips: false, last: None }
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// In a hundredth of real time.
    pub fn speed(&self) -> u32 {
        self.speed
    }

    pub fn skips_pauses(&self) -> bool {
        self.skips
    }

    /// At the end it begins again.
    pub fn play(&mut self) {
        if self.at >= self.length {
            self.at = 0;
        }
        self.playing = self.length > 0;
        self.last = None;
    }

    pub fn pause(&mut self) {
        self.playing = false;
    }

    /// There, or as near as there is something. It goes on playing if it did.
    pub fn seek(&mut self, at: u64) {
        self.at = at.min(self.length);
        self.last = None;
    }

    /// Another speed than one of [`SPEEDS`] is real time.
    pub fn set_speed(&mut self, speed: u32) {
        self.speed = if SPEEDS.contains(&speed) { speed } else { 100 };
    }

    pub fn skip_pauses(&mut self, skips: bool) {
        self.skips = skips;
    }

    /// More of it is known.
    pub fn grow(&mut self, length: u64) {
        self.length = self.length.max(length);
    }

    /// Time has passed. `come` is how far the recording is here, `next` tells the first change after a moment.
    /// It waits where the recording has not come yet, and stops at the end.
    pub fn tick(&mut self, now: Millis, come: u64, next: impl Fn(u64) -> Option<u64>) {
        if !self.playing {
            return;
        }
        let passed = self.last.replace(now).map_or(0, |last| now.since(last).min(LONGEST_STEP));
        let wanted = self.at + passed * u64::from(self.speed) / 100;
        // Where it was told to go it stays, also if that has not come.
        self.at = wanted.min(come.max(self.at)).min(self.length);
        if self.skips {
            self.skip(come, next(self.at));
        }
        if self.at >= self.length {
            self.playing = false;
        }
    }

    fn skip(&mut self, come: u64, next: Option<u64>) {
        // Behind the last change there is nothing, once all has come.
        let goal = match next {
            Some(next) => next,
            None if come >= self.length => self.length + LEAD,
            None => return,
        };
        if goal > self.at + PAUSE {
            self.at = (goal - LEAD).min(self.length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playing(length: u64) -> Transport {
        let mut transport = Transport::new(length);
        transport.play();
        transport.tick(Millis(0), length, |_| None);
        transport
    }

    #[test]
    fn it_goes_at_its_speed_and_stops_at_the_end() {
        let mut transport = playing(1_000);
        transport.tick(Millis(100), 1_000, |_| None);
        assert_eq!(transport.at(), 100);
        transport.set_speed(400);
        transport.tick(Millis(200), 1_000, |_| None);
        assert_eq!(transport.at(), 500);
        transport.set_speed(7);
        assert_eq!(transport.speed(), 100, "no such speed");
        transport.seek(990);
        transport.tick(Millis(300), 1_000, |_| None);
        assert_eq!(transport.at(), 990, "time begins anew where one goes");
        transport.tick(Millis(350), 1_000, |_| None);
        assert_eq!((transport.at(), transport.is_playing()), (1_000, false));
        transport.play();
        assert_eq!((transport.at(), transport.is_playing()), (0, true), "from the beginning");
    }

    #[test]
    fn a_sleeping_machine_skips_nothing() {
        let mut transport = playing(60_000);
        transport.tick(Millis(50_000), 60_000, |_| None);
        assert_eq!(transport.at(), LONGEST_STEP);
    }

    #[test]
    fn it_waits_for_what_has_not_come() {
        let mut transport = playing(10_000);
        transport.tick(Millis(200), 150, |_| None);
        assert_eq!((transport.at(), transport.is_playing()), (150, true));
        transport.seek(5_000);
        transport.tick(Millis(300), 150, |_| None);
        transport.tick(Millis(400), 150, |_| None);
        assert_eq!(transport.at(), 5_000, "where one went, one waits");
        transport.tick(Millis(500), 10_000, |_| None);
        assert_eq!(transport.at(), 5_100);
    }

    #[test]
    fn pauses_are_skipped_up_to_shortly_before_the_next_change() {
        let mut transport = playing(100_000);
        transport.skip_pauses(true);
        let next = |at| [2_000, 60_000].into_iter().find(|change| *change > at);
        transport.tick(Millis(100), 100_000, next);
        assert_eq!(transport.at(), 100, "too short for a pause");
        transport.seek(2_500);
        transport.tick(Millis(200), 100_000, next);
        assert_eq!(transport.at(), 59_000);
        transport.seek(60_500);
        transport.tick(Millis(300), 70_000, next);
        assert_eq!(transport.at(), 60_500, "more may come");
        transport.tick(Millis(400), 100_000, next);
        assert_eq!((transport.at(), transport.is_playing()), (100_000, false), "nothing happens any more");
    }

    #[test]
    fn nothing_is_not_played() {
        let mut transport = Transport::new(0);
        transport.play();
        assert!(!transport.is_playing());
        transport.grow(10);
        transport.play();
        assert!(transport.is_playing());
    }
}
