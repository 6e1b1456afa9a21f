//! Playing back what happened to documents: their recordings, the clock they share, and what shows them.

pub mod bar;
pub mod board;
pub mod reel;
pub mod tape;
pub mod text;
pub mod voices;
