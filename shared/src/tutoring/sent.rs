//! What a device does about photos, clips and words that wait on it until the server has them: every try is under the same ids,
//! so that nothing is there twice.

/// What comes after a try that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The same again, after a while.
    Again,
    /// The server has forgotten what was sent before, as it does with loose ones after a day: everything is sent once more.
    Anew,
    /// The clock of this device is ahead: it counts as said when it arrives.
    WithoutMoment,
    /// The person is told, and decides.
    Refused,
}

/// How a try was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered<'a> {
    /// The HTTP status of a refusal; `None` if there was no answer at all.
    pub status: Option<u16>,
    /// The address of the problem, as `/problems/no-such-media`.
    pub problem: &'a str,
    /// Everything was sent anew before.
    pub was_anew: bool,
    /// It said at which moment of the session it was begun.
    pub has_moment: bool,
}

impl Answered<'_> {
    pub fn next(self) -> Next {
        match self.status {
            // No line, or the server asks for patience.
            None | Some(429) => Next::Again,
            Some(404) if self.problem == "/problems/no-such-media" && !self.was_anew => Next::Anew,
            Some(400) if self.has_moment => Next::WithoutMoment,
            Some(_) => Next::Refused,
        }
    }
}

/// What a photo becomes before it is sent: its longer side in pixels, and how well it is kept, 0 to 1. The first whose bytes fit
/// into [`PHOTO_GOAL`] is taken, or else the last.
pub const PHOTO_TRIES: [(u32, f64); 4] = [(1_600, 0.8), (1_600, 0.65), (1_280, 0.6), (1_024, 0.5)];
/// Bytes of a photo, as far as it can be: half a minute on a line of 50 kbit/s.
pub const PHOTO_GOAL: u64 = 200_000;

/// Width and height of a picture whose longer side is `longest` at most; at least one pixel each.
pub fn fitted((width, height): (u32, u32), longest: u32) -> (u32, u32) {
    let longer = width.max(height).max(1);
    if longer <= longest {
        return (width.max(1), height.max(1));
    }
    let scaled =
        |side: u32| u32::try_from(u64::from(side) * u64::from(longest) / u64::from(longer)).unwrap_or(longest).max(1);
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_try() {
        let lost = "/problems/no-such-media";
        let cases = [
            (None, "", false, false, Next::Again),
            (Some(429), "/problems/spoken-too-fast", false, true, Next::Again),
            (Some(404), lost, false, false, Next::Anew),
            (Some(404), lost, true, false, Next::Refused),
            (Some(404), "/problems/no-such-tutoring", false, true, Next::Refused),
            (Some(400), "/problems/bad-request", false, true, Next::WithoutMoment),
            (Some(400), "/problems/bad-request", false, false, Next::Refused),
            (Some(401), "/problems/not-signed-in", false, false, Next::Refused),
            (Some(403), "/problems/without-floor", false, true, Next::Refused),
            (Some(409), "/problems/too-many-media", false, false, Next::Refused),
            (Some(413), "/problems/clip-too-long", false, false, Next::Refused),
        ];
        for (status, problem, was_anew, has_moment, next) in cases {
            assert_eq!(Answered { status, problem, was_anew, has_moment }.next(), next, "{status:?} {problem}");
        }
    }

    #[test]
    fn a_picture_keeps_its_shape_within_the_longest_side() {
        for (size, longest, fits) in [
            ((4_000, 3_000), 1_600, (1_600, 1_200)),
            ((3_000, 4_000), 1_600, (1_200, 1_600)),
            ((800, 600), 1_600, (800, 600)),
            ((1_601, 1), 1_600, (1_600, 1)),
            ((0, 0), 1_600, (1, 1)),
            ((u32::MAX, u32::MAX), 1_024, (1_024, 1_024)),
        ] {
            assert_eq!(fitted(size, longest), fits, "{size:?}");
        }
    }

    #[test]
    fn each_try_makes_a_photo_smaller() {
        assert!(PHOTO_TRIES.windows(2).all(|pair| pair[1].0 <= pair[0].0 && pair[1].1 < pair[0].1));
    }
}
