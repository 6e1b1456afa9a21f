//! Views that more than one page uses. They take data and callbacks and never fetch.

pub mod banner;
pub mod combobox;
pub mod dialog;
pub mod document_row;
pub mod empty;
pub mod icon;
pub mod menu;
pub mod person;
pub mod save;
pub mod shell;
pub mod skeleton;
pub mod time;
pub mod toasts;
