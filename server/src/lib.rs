//! The Gongbei server: one binary, one data folder.

pub mod clock;
pub mod names;
pub mod secret;
pub mod store;
