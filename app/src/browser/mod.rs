//! The only place that knows wasm-bindgen and web-sys. Everything here is thin: no decisions, no words for people.

pub mod canvas;
pub mod carry;
pub mod clipboard;
pub mod clock;
pub mod dom;
pub mod editor;
pub mod fetch;
pub mod files;
pub mod fragment;
pub mod line;
pub mod locks;
pub mod media;
pub mod page;
pub mod photo;
pub mod pointer;
pub mod recorder;
pub mod sending;
pub mod settings;
pub mod socket;
pub mod storage;
pub mod stream;
pub mod tabs;
pub mod upload;
