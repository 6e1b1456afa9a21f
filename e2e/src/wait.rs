//! Waiting by looking, never by sleeping for long enough.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long anything may take that people wait for, on a slow and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

const BETWEEN_LOOKS: Duration = Duration::from_millis(30);

/// Looks until `look` gives a value that `is_it` likes, and returns it.
///
/// # Errors
/// After [`PATIENCE`], with what was seen last.
pub async fn until<T: Debug>(
    what: &str,
    look: impl AsyncFnMut() -> Result<T>,
    is_it: impl Fn(&T) -> bool,
) -> Result<T> {
    until_within(PATIENCE, what, look, is_it).await
}

/// As [`until`], for what takes its time by rule.
pub async fn until_within<T: Debug>(
    longest: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T>,
    is_it: impl Fn(&T) -> bool,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let seen = look().await;
        if let Ok(value) = &seen
            && is_it(value)
        {
            return seen;
        }
        if started.elapsed() > longest {
            match seen {
                Ok(value) => bail!("{what}: not within {longest:?}; last seen: {value:#?}"),
                Err(problem) => return Err(problem.context(format!("{what}: not within {longest:?}"))),
            }
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
