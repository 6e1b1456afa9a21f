//! What the pages around a document show of it by its medium: the same banners and drafts stand around text and board.

use leptos::prelude::*;

use crate::browser::storage::Draft;
use crate::state::open_document::{Medium, OpenDocument};

pub trait Shown: Medium {
    /// Banners that only this medium has.
    fn notes(document: OpenDocument<Self>) -> AnyView;

    /// Ways to take along what is on the screen.
    fn take(document: OpenDocument<Self>) -> AnyView;

    /// Ways to take a draft along.
    fn take_draft(draft: &Draft) -> AnyView;

    /// A draft, to look at.
    fn look(document: OpenDocument<Self>, draft: &Draft) -> AnyView;

    /// Where a colleague is, in words; `caret` is that of their [`Colleague`](crate::state::open_document::Colleague).
    fn place(document: OpenDocument<Self>, caret: &str) -> Option<String>;

    /// Brings that place onto the screen.
    fn go_to(document: OpenDocument<Self>, caret: &str);
}
