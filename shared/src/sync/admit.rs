//! What of an update may enter a document: only the sender's own structs, only when all they build on is there, and
//! only what a document can hold.
//!
//! The one door between foreign bytes and yrs (rules E2 to E6, E10 to E14): what passes it, yrs takes without
//! panicking, without recursing deep and without going through long lists again and again.

mod content;
mod inventory;

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::wire::update::{Deleted, Limits, Reach, Section, Skeleton, UpdateError, write_deletes};

pub use content::{MAX_ATTRIBUTES, MAX_ENTRIES, MAX_NESTING, MAX_VALUE_BYTES, ROOTS, Unfit};
pub use inventory::{Additions, Inventory};

/// Up to which clock the document has each client's structs.
pub type Clocks = BTreeMap<u64, u32>;

/// How the update came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// As it was made: it is taken whole or not at all.
    Update,
    /// Answer to a state vector: may carry along what others made, which is left out.
    Step2,
}

/// Whose a client id is, seen from the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Sender,
    SomebodyElse,
    /// Never used in this document: the sender's once that is stored.
    Nobody,
}

/// An update that may be applied.
#[derive(Debug)]
pub struct Admitted {
    /// The bytes as they came, or less.
    pub update: Bytes,
    /// Where its deletions begin.
    deletes_at: usize,
    /// The new clocks it brings.
    pub advances: Vec<(u64, u32)>,
    pub has_deletes: bool,
    /// Something of it was not taken (only with [`Carrier::Step2`]).
    pub left_out: bool,
    /// For the inventory, once the update is applied.
    pub additions: Additions,
}

impl Admitted {
    pub fn is_empty(&self) -> bool {
        self.advances.is_empty() && !self.has_deletes
    }

    /// The update with exactly these deletions in place of its own, which may list every one of the document's life.
    pub fn with_deletes(&self, deletes: &[Deleted]) -> Bytes {
        let (sections, own) = self.update.split_at(self.deletes_at);
        let mut exact = Vec::new();
        write_deletes(&mut exact, deletes);
        if exact == own { self.update.clone() } else { [sections, &exact].concat().into() }
    }
}

/// Why it may not be applied now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not an update: {0}")]
    Malformed(#[from] UpdateError),
    #[error("it builds on something the document does not have")]
    Missing,
    #[error("it carries new structs of client {0}, which belongs to somebody else")]
    NotYours(u64),
    /// These client ids must be bound to the sender first.
    #[error("client ids {0:?} are nobody's yet")]
    Unbound(Vec<u64>),
    #[error("content no document has: {0}")]
    Unfit(#[from] Unfit),
    #[error("it would take too long to place")]
    TooCostly,
}

/// Judges an update against what the document has; touches nothing.
pub fn admit(
    update: &Bytes,
    carrier: Carrier,
    inventory: &Inventory,
    owner: impl Fn(u64) -> Owner,
) -> Result<Admitted, Refusal> {
    let limits = match carrier {
        Carrier::Update => Limits::UPDATE,
        Carrier::Step2 => Limits::of_step2(update.len()),
    };
    let mut skeleton = Skeleton::read(update, limits)?;
    let known = |client: u64| inventory.upto(client);

    let mut unbound = Vec::new();
    let mut foreign = None;
    for section in skeleton.sections.iter().filter(|section| section.end() > known(section.client)) {
        match owner(section.client) {
            Owner::Sender => {}
            Owner::SomebodyElse => foreign = Some(section.client),
            Owner::Nobody => unbound.push(section.client),
        }
    }
    match (carrier, foreign) {
        (Carrier::Update, Some(client)) => return Err(Refusal::NotYours(client)),
        (Carrier::Update | Carrier::Step2, _) => {}
    }
    if unbound.len() > MAX_OWN_SECTIONS {
        return Err(UpdateError::Sections(MAX_OWN_SECTIONS).into());
    }
    if !unbound.is_empty() {
        return Err(Refusal::Unbound(unbound));
    }

    let before = skeleton.sections.iter().map(|section| section.structs.len()).sum::<usize>();
    skeleton.sections.retain(|section| section.end() > known(section.client) && owner(section.client) == Owner::Sender);
    if skeleton.sections.len() > MAX_OWN_SECTIONS {
        return Err(UpdateError::Sections(MAX_OWN_SECTIONS).into());
    }
    let reach = Reach::of(&skeleton.sections, known);
    let upto = |client: u64| reach.upto(client, known);
    let complete = foreign.is_none() && reach.is_complete(&skeleton.sections);
    let deletes_known = skeleton.deletes.iter().all(|range| range.clock + range.len <= upto(range.client));
    let left_out = match carrier {
        Carrier::Update if !complete || !deletes_known => return Err(Refusal::Missing),
        Carrier::Update => false,
        Carrier::Step2 => !complete || !deletes_known,
    };
    // A list of everything that was ever deleted is long, what is new in it is not.
    let known_part = skeleton.deletes.iter().filter_map(|range| range.before(upto(range.client)));
    let deletes: Vec<Deleted> =
        known_part.flat_map(|range| inventory.undeleted(range)).take(MAX_DELETIONS + 1).collect();
    if deletes.len() > MAX_DELETIONS {
        return Err(Refusal::TooCostly);
    }
    let deletes_whole = deletes == skeleton.deletes;
    skeleton.deletes = deletes;

    let additions = judge(&skeleton, &reach, inventory)?;
    for section in &mut skeleton.sections {
        let (have, upto) = (known(section.client), upto(section.client));
        section.structs.retain(|part| part.end() <= upto && part.end() > have);
    }
    skeleton.sections.retain(|section| !section.structs.is_empty());
    let whole = deletes_whole && reach.order.len() == before;
    let (update, deletes_at) = if whole {
        (update.clone(), skeleton.deletes_at)
    } else {
        let mut less = skeleton.write_sections();
        let deletes_at = less.len();
        write_deletes(&mut less, &skeleton.deletes);
        (less.into(), deletes_at)
    };
    Ok(Admitted {
        update,
        deletes_at,
        advances: advances(&skeleton.sections, inventory),
        has_deletes: !skeleton.deletes.is_empty(),
        left_out,
        additions,
    })
}

/// Looks at what is new, in the order in which it can enter.
fn judge(skeleton: &Skeleton<'_>, reach: &Reach, inventory: &Inventory) -> Result<Additions, Refusal> {
    let mut draft = inventory.draft();
    let mut values = 0;
    for (client, clock, details) in reach.entering(skeleton) {
        values += content::judge(&details, draft.holds_address(&details))?;
        draft.enter(client, clock, &details)?;
        if draft.cost > MAX_COST || values > MAX_VALUES {
            return Err(Refusal::TooCostly);
        }
    }
    for range in &skeleton.deletes {
        draft.delete(*range)?;
        if draft.cost > MAX_COST {
            return Err(Refusal::TooCostly);
        }
    }
    Ok(draft.finish())
}

impl Inventory {
    /// Takes in what a document has stored: a snapshot, or an update after it.
    ///
    /// # Errors
    /// If these bytes are no update. What builds on something that is not there is passed over.
    pub fn take_stored(&mut self, update: &[u8]) -> Result<(), UpdateError> {
        let skeleton = Skeleton::read(update, Limits::STORED)?;
        let reach = Reach::of(&skeleton.sections, |client| self.upto(client));
        let mut draft = self.draft();
        for (client, clock, details) in reach.entering(&skeleton) {
            draft.enter_stored(client, clock, &details);
        }
        let additions = draft.finish();
        self.take(additions);
        Ok(())
    }
}

/// A person writes under one client id a page load; so many at once are offline days, more are an attack.
const MAX_OWN_SECTIONS: usize = 256;

/// Nanoseconds that placing one update may cost yrs.
const MAX_COST: u64 = 30_000_000;
/// Ranges that are deleted anew: more of them would cost more than that.
const MAX_DELETIONS: usize = (MAX_COST / inventory::DELETION) as usize;
/// Values in all new structs, nested ones counted.
const MAX_VALUES: usize = 20_000;

fn advances(sections: &[Section], inventory: &Inventory) -> Vec<(u64, u32)> {
    sections
        .iter()
        .map(|section| (section.client, section.end()))
        .filter(|(client, end)| *end > inventory.upto(*client))
        .collect()
}
