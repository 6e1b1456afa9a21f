//! Chance that comes out the same every time, so that every server meets the same load.

use std::ops::Range;
use std::time::Duration;

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next of xorshift64*.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 0 to `bound` - 1.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.number() >> 11) % bound.max(1) as u64) as usize
    }

    /// Whether it comes out so, `in_a_hundred` times of a hundred.
    pub fn is_so(&mut self, in_a_hundred: usize) -> bool {
        self.below(100) < in_a_hundred
    }

    /// A time within these bounds.
    pub fn time(&mut self, bounds: Range<Duration>) -> Duration {
        let width = usize::try_from((bounds.end - bounds.start).as_micros()).unwrap_or(usize::MAX);
        bounds.start + Duration::from_micros(self.below(width) as u64)
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.number() as u8).collect()
    }
}
