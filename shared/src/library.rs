//! The library of a group: what an item is, what its files are, and how it is found.

mod files;
mod finding;
pub mod guess;
mod items;
mod taxonomy;

pub use files::{FileFacts, FileKind, Unfit, Warning};
pub use finding::{Facet, FacetCount, NotAScope, Piece, Question, Scope, Sort};
pub use items::{InvalidWord, ItemKind, Licence, MAX_DESCRIPTION_CHARS, MAX_TAGS, Placing, Tag};
pub use taxonomy::{NotATaxonomy, Taxon, TaxonSort, Taxonomy};
