//! What of an update may enter a document: only the sender's own structs, and only when all they build on is there.
//!
//! The one door between foreign bytes and yrs (rules E2 to E6). A stricter validation of content belongs here.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::wire::update::{Deleted, Limits, Section, Skeleton, UpdateError};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The bytes as they came, or less.
    pub update: Bytes,
    /// The new clocks it brings.
    pub advances: Vec<(u64, u32)>,
    pub has_deletes: bool,
    /// Something of it was not taken (only with [`Carrier::Step2`]).
    pub left_out: bool,
}

impl Admitted {
    pub fn is_empty(&self) -> bool {
        self.advances.is_empty() && !self.has_deletes
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
}

/// Judges an update against what the document has; touches nothing.
pub fn admit(
    update: &Bytes,
    carrier: Carrier,
    clocks: &Clocks,
    owner: impl Fn(u64) -> Owner,
) -> Result<Admitted, Refusal> {
    let limits = match carrier {
        Carrier::Update => Limits::UPDATE,
        Carrier::Step2 => Limits::FIRST_SYNC,
    };
    let mut skeleton = Skeleton::read(update, limits)?;
    let known = |client: u64| known(clocks, client);

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
    let reach = Reach::of(&skeleton.sections, clocks);
    let complete = foreign.is_none() && reach.is_complete(&skeleton.sections);
    let deletes_known =
        skeleton.deletes.iter().all(|range| range.clock + range.len <= reach.upto(range.client, clocks));
    match carrier {
        Carrier::Update if complete && deletes_known => Ok(Admitted {
            update: update.clone(),
            advances: advances(&skeleton.sections, clocks),
            has_deletes: !skeleton.deletes.is_empty(),
            left_out: false,
        }),
        Carrier::Update => Err(Refusal::Missing),
        Carrier::Step2 => {
            for section in &mut skeleton.sections {
                let (have, upto) = (known(section.client), reach.upto(section.client, clocks));
                section.structs.retain(|s| s.end() <= upto && s.end() > have);
            }
            skeleton.sections.retain(|section| !section.structs.is_empty());
            skeleton.deletes = known_part(&skeleton.deletes, |client| reach.upto(client, clocks));
            let after = skeleton.sections.iter().map(|section| section.structs.len()).sum::<usize>();
            let whole = after == before && deletes_known;
            Ok(Admitted {
                update: if whole { update.clone() } else { skeleton.write().into() },
                advances: advances(&skeleton.sections, clocks),
                has_deletes: !skeleton.deletes.is_empty(),
                left_out: !complete || !deletes_known,
            })
        }
    }
}

/// A step 2 with exactly these deletions in place of its own, which may list every deletion of the document's life.
pub fn with_deletes(step2: &Bytes, deletes: Vec<Deleted>) -> Result<Bytes, UpdateError> {
    let mut skeleton = Skeleton::read(step2, Limits::FIRST_SYNC)?;
    skeleton.deletes = deletes;
    Ok(skeleton.write().into())
}

/// A person writes under one client id a page load; so many at once are offline days, more are an attack.
const MAX_OWN_SECTIONS: usize = 256;

fn known(clocks: &Clocks, client: u64) -> u32 {
    clocks.get(&client).copied().unwrap_or(0)
}

fn advances(sections: &[Section], clocks: &Clocks) -> Vec<(u64, u32)> {
    sections
        .iter()
        .map(|section| (section.client, section.end()))
        .filter(|(client, end)| *end > known(clocks, *client))
        .collect()
}

/// How far each section gets when structs enter one by one, each only after all it needs: nothing is left pending.
struct Reach {
    /// Client and clock, in the order of the sections.
    reached: Vec<(u64, u32)>,
    /// The same by client, as places in `reached`.
    by_client: Vec<(u64, usize)>,
}

impl Reach {
    fn of(sections: &[Section], clocks: &Clocks) -> Self {
        let reached: Vec<_> = sections.iter().map(|section| (section.client, known(clocks, section.client))).collect();
        let mut by_client: Vec<_> = sections.iter().enumerate().map(|(at, section)| (section.client, at)).collect();
        by_client.sort_unstable();
        let mut reach = Self { reached, by_client };
        let mut next: Vec<usize> = sections
            .iter()
            .zip(&reach.reached)
            .map(|(section, (_, have))| section.structs.partition_point(|s| s.end() <= *have))
            .collect();
        let mut progress = true;
        while progress {
            progress = false;
            for (at, section) in sections.iter().enumerate() {
                while let Some(candidate) = section.structs.get(next[at]) {
                    let in_turn = !candidate.skip && candidate.clock <= reach.reached[at].1;
                    let mut needs = candidate.needs.iter().flatten();
                    if !in_turn || !needs.all(|need| need.clock < reach.upto(need.client, clocks)) {
                        break;
                    }
                    reach.reached[at].1 = candidate.end();
                    next[at] += 1;
                    progress = true;
                }
            }
        }
        reach
    }

    fn upto(&self, client: u64, clocks: &Clocks) -> u32 {
        match self.by_client.binary_search_by_key(&client, |(client, _)| *client) {
            Ok(found) => self.reached[self.by_client[found].1].1,
            Err(_) => known(clocks, client),
        }
    }

    fn is_complete(&self, sections: &[Section]) -> bool {
        self.reached.iter().zip(sections).all(|((_, upto), section)| *upto == section.end())
    }
}

/// What of the deleted ranges lies in what is there.
fn known_part(deletes: &[Deleted], reached: impl Fn(u64) -> u32) -> Vec<Deleted> {
    deletes
        .iter()
        .filter_map(|range| {
            let end = (range.clock + range.len).min(reached(range.client));
            (end > range.clock).then(|| Deleted { len: end - range.clock, ..*range })
        })
        .collect()
}
