//! The pages of the group's library.

mod chain;
mod facets;
pub mod find;
mod forms;
pub mod item;
mod look;
pub mod publish;
pub mod put_in;
mod ratings;
mod rows;
mod take;
mod talk;
mod threads;
mod upload_rows;
pub mod waiting;
pub mod words;
mod words_fields;
