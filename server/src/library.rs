//! The group's library: files on their way in, what is read out of them, and how all of it is found.

pub mod reading;
pub mod search;
pub mod uploads;
