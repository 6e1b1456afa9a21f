//! How much one address or one person may ask for: buckets that fill again as time goes by. In memory alone.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets kept at a time. Full ones are thrown away first: they say nothing.
const MAX_BUCKETS: usize = 20_000;

/// Buckets of one size, by whom they are for.
pub struct Pace<K> {
    holds: f64,
    per_second: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Hash + Eq> Pace<K> {
    /// `holds` can be had at once, `per_second` again and again.
    pub fn new(holds: u32, per_second: u32) -> Self {
        Self { holds: holds.into(), per_second: per_second.into(), buckets: Mutex::default() }
    }

    /// Takes so much, or says in what time it is there.
    pub fn take(&self, whose: K, cost: u32, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&whose) {
            buckets.retain(|_, bucket| bucket.filled(self.holds, self.per_second, now) < self.holds);
            if buckets.len() >= MAX_BUCKETS {
                // Whoever has so many addresses is not held up by counting them.
                buckets.clear();
            }
        }
        let bucket = buckets.entry(whose).or_insert(Bucket { left: self.holds, at: now });
        let left = bucket.filled(self.holds, self.per_second, now);
        let cost = f64::from(cost);
        *bucket = Bucket { left: if left < cost { left } else { left - cost }, at: now };
        if left < cost { Err(Duration::from_secs_f64((cost - left) / self.per_second)) } else { Ok(()) }
    }
}

impl Bucket {
    fn filled(&self, holds: f64, per_second: f64, now: Instant) -> f64 {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + since * per_second).min(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_at_once_and_then_as_time_goes_by() {
        let pace = Pace::new(3, 2);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(pace.take("a", 1, start), Ok(()));
        }
        assert_eq!(pace.take("a", 1, start), Err(Duration::from_millis(500)));
        assert_eq!(pace.take("b", 1, start), Ok(()), "others have their own");
        assert_eq!(pace.take("a", 1, start + Duration::from_millis(500)), Ok(()));
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.take("a", 3, later), Ok(()), "no more than it holds");
        assert_eq!(pace.take("a", 1, later), Err(Duration::from_millis(500)));
    }

    #[test]
    fn a_crowd_of_addresses_takes_bounded_memory() {
        let pace = Pace::new(3, 2);
        let now = Instant::now();
        for who in 0..MAX_BUCKETS * 2 + 5 {
            pace.take(who, 1, now).unwrap();
        }
        assert!(pace.buckets.lock().unwrap().len() <= MAX_BUCKETS);
    }
}
