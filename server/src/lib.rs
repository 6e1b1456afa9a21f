//! The Gongbei server: one binary, one data folder.

pub mod accounts;
pub mod app;
pub mod archive;
pub mod blobs;
pub mod check;
pub mod clock;
pub mod data_folder;
pub mod demo;
mod digest;
pub mod http;
pub mod images;
pub mod listening;
pub mod metrics;
pub mod names;
pub mod new_document;
pub mod outbox;
pub mod poison;
mod room_task;
pub mod rooms;
pub mod secret;
pub mod sessions;
pub mod sockets;
pub mod store;
pub mod throttle;
pub mod tls;
pub mod upkeep;
pub mod visits;
