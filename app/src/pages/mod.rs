//! One file per route; a page fetches through state and shows through components.

pub mod away;
pub mod board;
pub mod board_desk;
pub mod create;
pub mod document;
pub mod documents;
pub mod draft;
pub mod frame;
pub mod home;
pub mod leaving;
pub mod library;
pub mod missing;
pub mod office;
pub mod replay;
pub mod saving;
pub mod share;
mod share_who;
pub mod shown;
pub mod signin;
pub mod trouble;
pub mod tutoring;
pub mod words;
