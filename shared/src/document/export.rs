//! Documents in other forms: Markdown, HTML and JSON.
//!
//! What stands in a document was written by many hands and programs. So nothing of it reaches the output as
//! markup: text is escaped, addresses and colours pass a gate, unknown things appear as their text.
//! Trees of any depth are taken; below [`MAX_DEPTH`] their form is given up, never their text.

use crate::words::Title;

use super::change::Node;

mod gate;
mod html;
mod json;
mod markdown;
mod runs;

pub use gate::{safe_colour, safe_image, safe_link};

/// How deep blocks are exported as blocks.
pub const MAX_DEPTH: usize = 48;

/// The content as an HTML fragment (UTF-8). Colours and alignments are inline styles.
pub fn html(doc: &Node) -> String {
    html::fragment(doc, &|_| None)
}

/// A whole HTML page that stands for itself: title, content and a style for screen and paper.
///
/// `image` is asked for each image of our own (its path on this server) and may give another address
/// for it, for example a `data:` URL; with `None` the path stays.
pub fn html_page(title: &Title, doc: &Node, image: impl Fn(&str) -> Option<String>) -> String {
    html::page(title.as_str(), &html::fragment(doc, &image))
}

/// The content as GitHub-flavoured Markdown under the title as its first heading.
///
/// What Markdown has no words for becomes inline HTML (underline, highlight) or is left out (colour, alignment,
/// widths). Merged cells keep their text in the first of their places. A table without a header row gets an empty one.
pub fn markdown(title: &Title, doc: &Node) -> String {
    markdown::page(title.as_str(), doc)
}

/// The content in ProseMirror's JSON form, as the editor has it.
pub fn json(doc: &Node) -> String {
    json::write(doc)
}
