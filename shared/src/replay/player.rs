//! Going to any moment of a recording.

use super::Recording;

/// Where a recording is shown: a board, or any other document.
pub trait Stage {
    /// Takes in an update (lib0 v1). What can't be taken in is passed over.
    fn apply(&mut self, update: &[u8]);
    /// All of it, as one update.
    fn snapshot(&self) -> Vec<u8>;
    /// Begins again with nothing.
    fn clear(&mut self);
}

/// Between two of these lie so many updates, which is what going back costs at most.
const BETWEEN_FRAMES: usize = 1_000;

/// What of a recording stands on a stage.
#[derive(Debug, Default)]
pub struct Player {
    /// Updates that are on the stage.
    shown: usize,
    /// The stage after so many updates, every [`BETWEEN_FRAMES`] that were played.
    frames: Vec<(usize, Vec<u8>)>,
}

impl Player {
    /// Shows the document as it was so many milliseconds after the first update, as far as the recording has come.
    ///
    /// On from what is shown it takes each update once; back it begins with the frame before that moment.
    pub fn go(&mut self, recording: &Recording, at: u64, stage: &mut impl Stage) {
        let wanted = recording.entries().partition_point(|entry| entry.at <= at);
        let frame = self.frames.iter().rev().find(|(shown, _)| *shown <= wanted);
        let from_here = self.shown <= wanted && frame.is_none_or(|(shown, _)| *shown <= self.shown);
        if !from_here {
            stage.clear();
            self.shown = 0;
            if let Some((shown, snapshot)) = frame {
                stage.apply(snapshot);
                self.shown = *shown;
            }
        }
        for entry in &recording.entries()[self.shown..wanted] {
            stage.apply(&entry.update);
            self.shown += 1;
            let last = self.frames.last().map_or(0, |(shown, _)| *shown);
            if self.shown >= last + BETWEEN_FRAMES {
                self.frames.push((self.shown, stage.snapshot()));
            }
        }
    }

    /// Updates on the stage.
    pub fn shown(&self) -> usize {
        self.shown
    }
}
