//! How a voice looks: a row of peaks, as [`crate::api::SendMedia`] says them (ADR 47).

use super::{MAX_PEAK, MAX_PEAKS};

/// What was heard of a voice so far, at even steps of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wave {
    peaks: Vec<u8>,
}

impl Wave {
    /// Takes in the largest swing since the last one, 0 to 1. Quiet speech is a tenth of that, so its root is what is shown.
    pub fn hear(&mut self, swing: f32) {
        let root = if swing.is_finite() { swing.clamp(0.0, 1.0).sqrt() } else { 0.0 };
        self.peaks.push((root * f32::from(MAX_PEAK)).round() as u8);
    }

    /// The last so many, in their order.
    pub fn latest(&self, count: usize) -> &[u8] {
        &self.peaks[self.peaks.len().saturating_sub(count)..]
    }

    /// All of it as [`MAX_PEAKS`] peaks at most, each the loudest of its stretch.
    pub fn peaks(&self) -> Vec<u8> {
        let (heard, shown) = (self.peaks.len(), self.peaks.len().min(MAX_PEAKS));
        let loudest = |at: usize| {
            let stretch = &self.peaks[at * heard / shown..(at + 1) * heard / shown];
            stretch.iter().copied().max().unwrap_or(0)
        };
        (0..shown).map(loudest).collect()
    }
}

/// The row as it stands in an address: numbers with dots between.
pub fn write_peaks(peaks: &[u8]) -> String {
    peaks.iter().map(u8::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(swings: impl IntoIterator<Item = f32>) -> Wave {
        let mut wave = Wave::default();
        swings.into_iter().for_each(|swing| wave.hear(swing));
        wave
    }

    #[test]
    fn a_peak_is_the_root_of_a_swing_and_stays_in_its_bounds() {
        for (swing, peak) in
            [(0.0, 0), (0.01, 3), (0.25, 16), (1.0, 31), (7.0, 31), (-1.0, 0), (f32::NAN, 0), (f32::INFINITY, 0)]
        {
            assert_eq!(heard([swing]).peaks(), [peak], "{swing}");
        }
    }

    #[test]
    fn a_long_voice_keeps_its_loudest_moments_in_so_many_peaks() {
        assert!(heard([]).peaks().is_empty());
        for length in [1, MAX_PEAKS - 1, MAX_PEAKS, MAX_PEAKS + 1, 1_200] {
            let loud = length * 2 / 3;
            let peaks = heard((0..length).map(|at| if at == loud { 1.0 } else { 0.01 })).peaks();
            assert_eq!(peaks.len(), length.min(MAX_PEAKS), "{length}");
            assert_eq!(peaks.iter().filter(|peak| **peak == MAX_PEAK).count(), 1, "{length}");
        }
    }

    #[test]
    fn the_latest_are_those_heard_last() {
        let wave = heard([0.0, 0.25, 1.0]);
        assert_eq!(wave.latest(2), [16, 31]);
        assert_eq!(wave.latest(9).len(), 3);
    }

    #[test]
    fn a_row_is_written_with_dots() {
        assert_eq!(write_peaks(&[0, 7, 31]), "0.7.31");
        assert_eq!(write_peaks(&[]), "");
    }
}
