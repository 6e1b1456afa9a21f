//! The store in one SQLite file.

mod engine;
mod schema;
#[path = "../sql/mod.rs"]
mod sql;
#[cfg(test)]
mod tests;

pub use engine::{cause as cause_of, make_empty};
pub use sql::SqlStore as SqliteStore;
