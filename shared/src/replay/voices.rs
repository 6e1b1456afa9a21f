//! Voices over a playback: which one is heard at a moment, and how far it has come.

/// What was said: from when, in milliseconds after the beginning, and for how many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    pub at: u64,
    pub millis: u64,
}

impl Voice {
    fn is_heard(&self, moment: u64) -> bool {
        self.at <= moment && moment < self.at + self.millis
    }
}

/// Faster than this, in a hundredth of real time, nobody understands a voice: it is seen and not heard.
const FASTEST: u32 = 200;
/// A voice that is further off than this, in milliseconds, is put where it belongs.
const DRIFT: u64 = 400;

/// The place of the voice that is heard at a moment, and how many milliseconds of it are over. Of two it is the one that began
/// later, whoever spoke before.
pub fn heard(voices: &[Voice], moment: u64) -> Option<(usize, u64)> {
    let heard = voices.iter().enumerate().filter(|(_, voice)| voice.is_heard(moment));
    heard.max_by_key(|(place, voice)| (voice.at, *place)).map(|(place, voice)| (place, moment - voice.at))
}

/// When something is said next; a voice that is heard goes on at each moment, so that it is no pause.
pub fn next_after(voices: &[Voice], moment: u64) -> Option<u64> {
    match heard(voices, moment) {
        Some(_) => Some(moment),
        None => voices.iter().map(|voice| voice.at).filter(|at| *at > moment).min(),
    }
}

/// How fast a voice plays, 1 for real time; nothing where it is not to be heard.
pub fn rate(speed: u32) -> Option<f64> {
    (speed <= FASTEST).then(|| f64::from(speed) / 100.0)
}

/// Whether a voice that is at `heard` milliseconds has to be moved to where it belongs.
pub fn has_drifted(heard: u64, belongs: u64, speed: u32) -> bool {
    heard.abs_diff(belongs) > DRIFT * u64::from(speed.max(100)) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOICES: [Voice; 3] =
        [Voice { at: 1_000, millis: 5_000 }, Voice { at: 4_000, millis: 1_000 }, Voice { at: 20_000, millis: 2_000 }];

    #[test]
    fn the_voice_that_began_last_is_heard_from_where_it_is() {
        for (moment, expected) in [
            (0, None),
            (1_000, Some((0, 0))),
            (3_999, Some((0, 2_999))),
            (4_500, Some((1, 500))),
            (5_000, Some((0, 4_000))),
            (6_000, None),
            (21_999, Some((2, 1_999))),
            (22_000, None),
        ] {
            assert_eq!(heard(&VOICES, moment), expected, "{moment}");
        }
        assert_eq!(heard(&[], 5), None);
    }

    #[test]
    fn a_voice_is_no_pause() {
        for (moment, next) in [(0, Some(1_000)), (2_000, Some(2_000)), (7_000, Some(20_000)), (30_000, None)] {
            assert_eq!(next_after(&VOICES, moment), next, "{moment}");
        }
    }

    #[test]
    fn voices_are_heard_up_to_twice_as_fast() {
        assert_eq!([50, 100, 150, 200, 400].map(rate), [Some(0.5), Some(1.0), Some(1.5), Some(2.0), None]);
    }

    #[test]
    fn a_voice_is_moved_only_when_it_is_far_off() {
        for (heard, belongs, speed, moves) in [
            (1_000, 1_300, 100, false),
            (1_000, 1_500, 100, true),
            (1_500, 1_000, 50, true),
            (1_000, 1_700, 200, false),
        ] {
            assert_eq!(has_drifted(heard, belongs, speed), moves, "{heard} {belongs} {speed}");
        }
    }
}
