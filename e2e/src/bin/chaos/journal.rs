//! What one writer did, and what the server has said of it: the truth that a restarted server is held against.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

/// One press of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// So many letters at the end of the line: one, or what is pasted.
    Write(usize),
    /// The last letter is gone again.
    TakeBack,
}

/// Kept by the writer's own page, as a browser keeps it on the device. Reading the server's words comes before anything
/// else that is done with them, so what it says is in here before anybody kills it.
#[derive(Default)]
pub struct Journal {
    edits: Vec<(Edit, Instant)>,
    /// The first so many edits were called saved.
    saved: usize,
    /// Of the edits that were not.
    unsaved: VecDeque<Bytes>,
    /// Letters written so far, those that were taken back among them.
    letters: usize,
    /// How long the line is now.
    length: usize,
    /// Update-carrying frames of this connection.
    frames: u64,
    covers: VecDeque<Cover>,
    /// Edit → saved, in microseconds.
    times: Vec<u32>,
}

/// When the frame of that number is saved, the first `upto` edits are.
struct Cover {
    frame: u64,
    upto: usize,
}

/// What became of a line.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Edits that were never called saved and are there all the same: nobody has lost them.
    pub more: usize,
    pub lost: usize,
    pub doubled: usize,
    /// It holds none or not only what was written in it, in an order in which nobody wrote.
    pub disordered: bool,
}

impl Verdict {
    pub fn is_good(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && !self.disordered
    }
}

impl Journal {
    /// The letters that the next [`Edit::Write`] puts there.
    pub fn next_letters(&self, count: usize) -> String {
        (self.letters..self.letters + count).map(letter).collect()
    }

    pub fn can_take_back(&self) -> bool {
        self.length > 0
    }

    pub fn made(&mut self, edit: Edit, update: Bytes) {
        match edit {
            Edit::Write(count) => {
                self.letters += count;
                self.length += count;
            }
            Edit::TakeBack => self.length -= 1,
        }
        self.edits.push((edit, Instant::now()));
        self.unsaved.push_back(update);
    }

    /// One more frame has gone out that carries everything made so far, or what was left of it.
    pub fn sent(&mut self) {
        self.frames += 1;
        self.covers.push_back(Cover { frame: self.frames, upto: self.edits.len() });
    }

    /// The server says that the first so many frames are saved.
    pub fn saved(&mut self, frames: u64) {
        while let Some(Cover { upto, .. }) = self.covers.pop_front_if(|cover| cover.frame <= frames) {
            if upto <= self.saved {
                continue;
            }
            let fresh = &self.edits[self.saved..upto];
            self.times
                .extend(fresh.iter().map(|(_, made)| u32::try_from(made.elapsed().as_micros()).unwrap_or(u32::MAX)));
            self.unsaved.drain(..upto - self.saved);
            self.saved = upto;
        }
    }

    /// Nothing that is on its way counts any more (C8).
    pub fn refused(&mut self) {
        self.covers.clear();
    }

    /// A new connection knows nothing of the old one's frames.
    pub fn disconnected(&mut self) {
        self.covers.clear();
        self.frames = 0;
    }

    /// The updates of what was not called saved, oldest first.
    pub fn unsaved(&self) -> impl Iterator<Item = &Bytes> {
        self.unsaved.iter()
    }

    pub fn count(&self) -> usize {
        self.edits.len()
    }

    pub fn count_saved(&self) -> usize {
        self.saved
    }

    /// How long the oldest edit has waited to be called saved.
    pub fn longest_wait(&self) -> Duration {
        self.edits.get(self.saved).map_or(Duration::ZERO, |(_, made)| made.elapsed())
    }

    pub fn take_times(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.times)
    }

    /// Holds a line against what was done: it must be what stood there after the first so many edits, at least the
    /// `saved` ones that were called so. Each letter is another, so any that is missing, there twice or misplaced shows.
    pub fn judge(&self, saved: usize, line: &str) -> Verdict {
        let stands: Vec<char> = line.chars().collect();
        let (mut written, mut expected) = (0, Vec::new());
        let mut promised = Vec::new();
        for upto in 0..=self.edits.len() {
            if upto == saved {
                promised.clone_from(&expected);
            }
            if upto >= saved && expected == stands {
                return Verdict { more: upto - saved, ..Verdict::default() };
            }
            match self.edits.get(upto) {
                Some((Edit::Write(count), _)) => {
                    expected.extend((written..written + count).map(letter));
                    written += count;
                }
                Some((Edit::TakeBack, _)) => drop(expected.pop()),
                None => {}
            }
        }
        let times = |wanted: &char| stands.iter().filter(|stands| *stands == wanted).count();
        let lost = promised.iter().filter(|promised| times(promised) == 0).count();
        let mut twice: Vec<&char> = stands.iter().filter(|stands| times(stands) > 1).collect();
        twice.sort_unstable();
        twice.dedup();
        Verdict { more: 0, lost, doubled: twice.len(), disordered: lost == 0 && twice.is_empty() }
    }
}

/// The letter of that number: as many different ones as anybody writes in one trial.
fn letter(number: usize) -> char {
    const FIRST: u32 = 0x4e00;
    const DIFFERENT: usize = 20_000;
    char::from_u32(FIRST + (number % DIFFERENT) as u32).expect("all of these are letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(edits: &[Edit], saved: usize) -> Journal {
        let mut journal = Journal::default();
        for edit in edits {
            journal.made(*edit, Bytes::new());
            journal.sent();
        }
        journal.saved(saved as u64);
        journal
    }

    #[test]
    fn what_stands_is_held_against_what_was_called_saved() {
        use Edit::{TakeBack, Write};
        let three = [Write(1), Write(1), Write(1)];
        let backspace = [Write(1), Write(1), TakeBack, Write(1)];
        let good = |more| Verdict { more, ..Verdict::default() };
        let lost = |lost| Verdict { lost, ..Verdict::default() };
        let cases: [(&[Edit], usize, &str, Verdict); 12] = [
            (&[], 0, "", good(0)),
            (&three, 3, "一丁丂", good(0)),
            (&three, 1, "一丁丂", good(2)),
            (&three, 3, "一丁", lost(1)),
            (&three, 3, "", lost(3)),
            (&three, 2, "一丁一", Verdict { doubled: 1, ..Verdict::default() }),
            (&three, 2, "丁一", Verdict { disordered: true, ..Verdict::default() }),
            (&three, 0, "别的", Verdict { disordered: true, ..Verdict::default() }),
            (&backspace, 4, "一丂", good(0)),
            (&backspace, 3, "一", good(0)),
            // A deletion that was called saved is no more to be lost than a letter.
            (&backspace, 3, "一丁", Verdict { disordered: true, ..Verdict::default() }),
            (&[Write(2), Write(2)], 1, "一丁", good(0)),
        ];
        for (edits, saved, line, expected) in cases {
            assert_eq!(wrote(edits, saved).judge(saved, line), expected, "{edits:?}, {saved} saved, {line:?}");
        }
    }

    #[test]
    fn only_frames_that_were_not_refused_count() {
        let mut journal = wrote(&[Edit::Write(1); 4], 1);
        assert_eq!((journal.count(), journal.count_saved(), journal.unsaved().count()), (4, 1, 3));
        journal.refused();
        journal.saved(4);
        assert_eq!(journal.count_saved(), 1);
        // The difference that is sent after it carries all.
        journal.sent();
        journal.saved(5);
        assert_eq!((journal.count_saved(), journal.unsaved().count()), (4, 0));
        journal.disconnected();
        journal.made(Edit::Write(1), Bytes::new());
        journal.sent();
        journal.saved(1);
        assert_eq!((journal.count_saved(), journal.take_times().len()), (5, 5));
    }
}
