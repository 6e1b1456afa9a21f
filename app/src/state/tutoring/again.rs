//! Asking again on a weak line. Whatever is asked so may arrive twice and is done once.

use std::cell::Cell;

use leptos::prelude::*;

use crate::browser::fetch::Failure;
use crate::browser::{clock, page};

/// How long is waited after each time without an answer, in milliseconds; the last one stays.
const WAITS_MILLIS: [u32; 5] = [500, 1_500, 4_000, 10_000, 20_000];

/// Asks until there is an answer, at most so many times.
pub async fn heard<T>(times: usize, mut ask: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut tried = 1;
    loop {
        match ask().await {
            Err(Failure::Unreachable) if tried < times => page::pause(wait(tried)).await,
            answer => return answer,
        }
        tried += 1;
    }
}

/// After so many times without an answer: half of it by chance, so that a school does not ask as one.
pub fn wait(tried: usize) -> u32 {
    let most = WAITS_MILLIS[tried.saturating_sub(1).min(WAITS_MILLIS.len() - 1)];
    most / 2 + (f64::from(most / 2) * clock::chance()) as u32
}

/// Reading something again and again: one at a time, and what is wished meanwhile is one more time.
#[derive(Default)]
struct Turns {
    under_way: Cell<bool>,
    again: Cell<bool>,
}

#[derive(Clone, Copy)]
pub struct Reader(StoredValue<Turns, LocalStorage>);

impl Reader {
    pub fn new() -> Self {
        Self(StoredValue::new_local(Turns::default()))
    }

    /// Reads now, or once more after what is under way.
    pub fn read(self, fetch: impl AsyncFn() + 'static) {
        let begins = self.0.try_with_value(|turns| {
            let busy = turns.under_way.replace(true);
            turns.again.set(busy);
            !busy
        });
        if begins != Some(true) {
            return;
        }
        leptos::task::spawn_local(async move {
            loop {
                fetch().await;
                let again = self.0.try_with_value(|turns| {
                    let again = turns.again.replace(false);
                    turns.under_way.set(again);
                    again
                });
                if again != Some(true) {
                    return;
                }
            }
        });
    }
}
