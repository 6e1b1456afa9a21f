//! Where somebody looks.

use std::collections::BTreeSet;

use shared::library::{Facet, Scope};
use shared::organisation::{Body, Shelf};
use shared::words::SchoolId;

use super::rows::{Row, Rows};
use super::sees::Asker;

/// A scope as the rows know it.
pub enum Within {
    Everywhere,
    /// The number of a school among the facet values; `None` if nothing comes from it.
    School(Option<u32>),
    /// Whether each place is within the group: its shelf, its schools' now, and those of the teams of either.
    Places(Vec<bool>),
    Mine,
}

impl Within {
    pub fn of(scope: &Scope, rows: &Rows, Asker { directory, now, .. }: Asker<'_>) -> Self {
        match scope {
            Scope::Everywhere => Within::Everywhere,
            Scope::School(school) => Within::School(rows.names.find(&(Facet::School, school.to_string()))),
            Scope::Group(group) => {
                let places = directory.schools_of(group).filter(|place| place.span.holds(now));
                let schools: BTreeSet<&SchoolId> = places.map(|place| &place.school).collect();
                let is_within = |shelf: &Shelf| match shelf {
                    Shelf::Group(id) => id == group,
                    Shelf::School(id) => schools.contains(id),
                    Shelf::Team(id) => match directory.team(id).map(|team| &team.home) {
                        Some(Body::Group(home)) => home == group,
                        Some(Body::School(home)) => schools.contains(home),
                        Some(Body::Team(_)) | None => false,
                    },
                    Shelf::Person(_) => false,
                };
                Within::Places(rows.places.iter().map(|place| is_within(&place.shelf)).collect())
            }
            Scope::Mine => Within::Mine,
        }
    }

    /// Whether the row lies within; `asker` is their number among the authors.
    pub fn has(&self, rows: &Rows, row: &Row, asker: Option<u32>) -> bool {
        match self {
            Within::Everywhere => true,
            Within::School(school) => school.is_some_and(|school| rows.values(row).contains(&school)),
            Within::Places(within) => within[row.place as usize],
            Within::Mine => asker == Some(row.author),
        }
    }
}
