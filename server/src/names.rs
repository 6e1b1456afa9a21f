//! Chinese names: in which order they stand, and how they are found by what people type.

mod fold;
mod sounds;
mod surnames;

pub use fold::{fold, fold_char};
pub use sounds::{Order, Sounds};

/// The likeliest reading of a name, joined and as initials: `曾明远` gives `zengmingyuan zmy`.
/// Anything that is not Chinese stays, in lower case.
pub fn pinyin_index(name: &str) -> String {
    let (whole, initials) = Sounds::of(name).likeliest();
    if whole.is_empty() { whole } else { format!("{whole} {initials}") }
}
