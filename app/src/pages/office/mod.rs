//! The pages of the second program, routed in `office.rs`.

pub mod account;
pub mod people;
pub mod token_forms;
