//! The demo's library: what teachers of four schools put in, made here, nothing of it from elsewhere.

use shared::api::{Author, Deed};
use shared::library::{FileFacts, ItemKind, Licence, Placing, Tag};
use shared::organisation::Shelf;

mod arithmetic;
mod arts;
mod chinese;
pub mod collections;
mod english;
mod exchange;
mod fractions;
mod idea;
mod kindergarten;
mod making;
mod maths_lower;
mod maths_middle;
mod maths_upper;
mod morality;
mod office;
mod pages;
mod pdf;
mod picture;
mod research;
mod science;
mod sound;
mod taxa;
#[cfg(test)]
mod tests;

pub use taxa::taxonomy;

/// An item of the demo, apart from any store.
#[derive(Debug, Clone)]
pub struct DemoItem {
    /// The same in every run, e.g. `zhezhi-kejian`.
    pub id: String,
    pub kind: ItemKind,
    pub title: String,
    pub description: String,
    /// The login of whoever put it in.
    pub by: &'static str,
    pub authors: Vec<Author>,
    pub shelf: Shelf,
    pub licence: Licence,
    pub source: String,
    pub placing: Placing,
    pub tags: Vec<Tag>,
    pub days_ago: u32,
    /// The oldest first. A thing or a place has one without files.
    pub versions: Vec<DemoVersion>,
    /// The id of the item that it was made from.
    pub adapted_from: Option<String>,
    pub uses: Vec<DemoUse>,
    /// Login, text, days ago.
    pub remarks: Vec<(&'static str, String, u32)>,
}

#[derive(Debug, Clone)]
pub struct DemoVersion {
    pub note: String,
    pub files: Vec<DemoFile>,
}

#[derive(Debug, Clone)]
pub struct DemoFile {
    pub name: String,
    pub bytes: Vec<u8>,
    pub facts: FileFacts,
    /// What can be read in it.
    pub text: String,
    /// A PNG.
    pub thumbnail: Option<Vec<u8>>,
}

/// What somebody did with an item.
#[derive(Debug, Clone)]
pub struct DemoUse {
    pub by: &'static str,
    pub deed: Deed,
    pub days_ago: u32,
    pub quote: String,
}

/// All items, in the order of their subjects.
pub fn items() -> Vec<DemoItem> {
    let mut pictures = making::Pictures::default();
    let ideas = [
        fractions::ideas(),
        maths_lower::ideas(),
        maths_middle::ideas(),
        maths_upper::ideas(),
        chinese::ideas(),
        english::ideas(),
        science::ideas(),
        morality::ideas(),
        arts::ideas(),
        kindergarten::ideas(),
        research::ideas(),
        exchange::ideas(),
    ];
    ideas.iter().flatten().flat_map(|idea| making::items(idea, &mut pictures)).collect()
}
