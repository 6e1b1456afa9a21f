//! Who is who: regions, groups, schools, teams, people and their dated seats.
//!
//! Everything is a [`Record`]; whatever happens to the organisation is a list of [`Change`]s, each of which puts or
//! removes one record. So the administration page, a roster, the undo of either and the audit log speak one language.

mod change;
mod directory;
pub mod phone;
mod records;
pub mod roster;
mod unseen;
mod uses;
mod vocabulary;
mod vocabulary_fit;

pub use change::{Change, Misfit, MisfitAt};
pub use directory::{Directory, Warning};
pub use records::{
    Body, BodyKind, Group, Key, Membership, Person, Record, Region, School, SchoolSort, Seat, Shelf, Team, TeamSort,
};
pub use uses::Uses;
pub use vocabulary::{GroupKind, Post, Reach, Sizes, Stage, Term, Vocabulary, Wording};
