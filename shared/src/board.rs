//! A board: pages without edges, on which strokes, shapes, texts and pictures lie.
//!
//! A board is a document whose root [`ROOT`] is a map. Each of its values is one entry, written by [`coding`]: a page, an
//! element, or where an element was moved to. Entries are replaced whole, so two people who change the same element at
//! the same time leave one of the two forms; two who draw leave both strokes.

pub mod coding;
pub mod element;
pub mod glance;
pub mod ids;
pub mod ink;
pub mod live;

mod canvas;
mod grid;
mod history;
mod rank;
mod reach;
mod words;

pub use canvas::{Board, Change, Edit};
pub use element::{Background, Body, Colour, Element, Form, Page, Place, Point, Rect, Stroke, StrokeTool};
pub use ids::{ElementId, Key, PageId};
pub use rank::Rank;
pub use words::words;

/// Name of the root map of a board.
pub const ROOT: &str = "board";
