//! The pages of the group's library.

mod chain;
mod collect;
pub mod collection;
mod collection_deeds;
mod collection_edit;
pub mod collections;
mod facets;
pub mod find;
mod forms;
mod front;
pub mod item;
mod look;
pub mod publish;
pub mod put_in;
mod ratings;
mod rows;
mod subscribe;
mod take;
mod talk;
mod threads;
pub mod textbooks;
mod upload_rows;
pub mod waiting;
pub mod words;
mod words_fields;
