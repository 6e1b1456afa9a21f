//! The group's library: what is asked of it, what one item is, what is put into it.

pub mod asked;
pub mod brief;
pub mod collections;
pub mod curation;
pub mod exchange;
pub mod folder;
pub mod item;
pub mod loans;
pub mod news;
pub mod pace;
pub mod publish;
pub mod put_in;
pub mod search;
pub mod talk;
pub mod textbooks;
pub mod uploads;
pub mod vocabulary;
pub mod waiting;
pub mod words;
