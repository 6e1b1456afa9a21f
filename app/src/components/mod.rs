//! Views that more than one page uses. They take data and callbacks and never fetch.

pub mod banner;
pub mod chip;
pub mod clip_player;
pub mod combobox;
pub mod copy_field;
pub mod dialog;
pub mod document_row;
pub mod empty;
pub mod form;
pub mod icon;
pub mod menu;
pub mod pager;
pub mod palette;
pub mod password;
pub mod people_table;
pub mod person;
pub mod save;
pub mod school_card;
pub mod shell;
pub mod skeleton;
pub mod team_line;
pub mod time;
pub mod toasts;
