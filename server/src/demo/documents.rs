//! The documents of the demo group: written for it by us, as its teachers might.

use shared::access::Right;
use shared::document::change::Node;
use shared::words::DocumentKind;

mod fractions;

/// A document with its people, by login.
pub struct Demo {
    pub kind: DocumentKind,
    pub title: &'static str,
    pub owner: &'static str,
    /// Id of the team it belongs to.
    pub team: Option<&'static str>,
    pub shares: &'static [(&'static str, Right)],
    /// Who has had it open, so that it stands among their recent ones.
    pub visited_by: &'static [&'static str],
    pub content: Node,
}

/// All of them, the oldest first.
pub fn all() -> Vec<Demo> {
    vec![fractions::first_lesson()]
}
