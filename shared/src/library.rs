//! The library of a group: what an item is, what its files are, and how it is found.

mod collections;
mod files;
mod finding;
mod folders;
pub mod guess;
mod items;
pub mod outline;
mod talk;
mod taxonomy;
mod terms;
mod topics;

pub use collections::{
    MAX_COLLECTION_DESCRIPTION_CHARS, MAX_LINE_NOTE_CHARS, MAX_LINES, MAX_LINES_IN_ALL, MAX_SUBSCRIPTIONS, merged,
};
pub use files::{FileFacts, FileKind, Unfit, Warning};
pub use finding::{Facet, FacetCount, NotAScope, Piece, Question, Scope, Sort};
pub use folders::{FolderLine, common_folder, in_folder_order};
pub(crate) use items::named;
pub use items::{InvalidWord, ItemKind, Licence, MAX_DESCRIPTION_CHARS, MAX_TAGS, Placing, Tag};
pub use talk::{
    CorrectionState, HALF_HOUR, LoanState, MAX_AHEAD, MAX_LOAN, MAX_OPEN_REQUESTS, MAX_PASSAGE_CHARS, MAX_REMARK_CHARS,
    MAX_REPLIES, MAX_WORDS_CHARS, RemarkKind, Verdict,
};
pub use taxonomy::{NotATaxonomy, Taxon, TaxonSort, Taxonomy};
pub use terms::{Half, NotATerm, TermName};
pub use topics::{NotATopic, Topic};
