//! The store in a database of a Postgres server (ADR 33).

mod address;
mod engine;
mod schema;
#[path = "../sql/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the same statements, compiled once for each engine")]
mod sql;
mod transfer;

pub use address::Address;
pub use sql::SqlStore as PostgresStore;
pub use transfer::is_vacant;
