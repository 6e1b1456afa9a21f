//! A group of schools on one machine: the real server, real browsers, and a line between them that can be cut.
//!
//! A test is a play on a [`Stage`]: it brings [`Teacher`]s on, lets them write, and says what they must see.
//! Every wait polls a condition and has an end; when a play fails, what each window showed is kept in target/e2e.

mod api;
pub mod engine;
mod family;
pub mod figures;
mod group;
mod keyboard;
mod line;
mod paper;
mod secrets;
mod stage;
pub mod stock;
mod teacher;
mod wait;
mod witness;

pub use api::Api;
pub use group::{Group, target, tool};
pub use line::Line;
pub use paper::{Caret, all_equal};
pub use stage::{Stage, soak};
pub use stock::{Stock, axe};
pub use teacher::{Teacher, Window};
pub use wait::{PATIENCE, until, until_within};
pub use witness::Witness;
