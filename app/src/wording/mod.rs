//! How things are said: pure choices of words, tested without a browser.

pub mod coming;
pub mod day;
pub mod length;
pub mod origin;
pub mod person;
pub mod plain;
pub mod saving;
pub mod size;
pub mod time;
pub mod vocabulary;
