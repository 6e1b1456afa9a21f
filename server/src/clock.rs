//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::words::UnixMillis;

pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// `time` moved on by `by`.
pub fn after(time: UnixMillis, by: std::time::Duration) -> UnixMillis {
    UnixMillis(time.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}

/// `time` moved back by `by`.
pub fn before(time: UnixMillis, by: std::time::Duration) -> UnixMillis {
    UnixMillis(time.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}
