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

/// As RFC 3339 writes it, to the second, in UTC.
pub fn rfc3339(at: UnixMillis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000)).ok();
    let written = at.and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok());
    written.unwrap_or_default()
}
