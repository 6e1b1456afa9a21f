//! A whole school office in virtual time: pages, devices, lines, one room, one disk, and everything that goes wrong.

pub mod chance;
mod replica;
mod store;
mod world;

pub use world::{Stats, Story, World};
