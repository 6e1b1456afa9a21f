//! The pages of the second program, routed in `office.rs`.

pub mod account;
pub mod audit;
mod batch;
mod body_bar;
mod closing;
mod devices;
mod group_forms;
pub mod import;
pub mod join;
mod kept;
mod one_time;
mod open_invitations;
pub mod people;
mod people_list;
pub mod person;
mod person_forms;
mod picture;
mod profile;
mod roster_words;
mod school_forms;
mod seat_forms;
pub mod setup;
pub mod start_codes;
mod team_forms;
mod token_forms;
mod words;
