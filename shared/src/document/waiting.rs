//! Updates that came before what they build on: of a page that died, before the document it wrote in.
//!
//! yrs 0.28 keeps such updates too, but of those that wait for one another and for a third it forgets the third, and lets
//! them wait when it has come. So it is given nothing but what can enter.

use yrs::updates::decoder::Decode;
use yrs::{ClientID, ReadTxn, StateVector, TransactionMut, Update, merge_updates_v1};

use super::DocumentError;
use crate::wire::update::{Deleted, Id, Limits, Reach, Section, Skeleton};

#[derive(Default)]
pub(crate) struct Waiting(Vec<Part>);

/// What is left of an update.
struct Part {
    update: Vec<u8>,
    /// Nothing of it can enter before one of these units is there.
    lacks: Vec<Id>,
}

impl Waiting {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in what can enter of an update, and what now can of those that wait.
    ///
    /// # Errors
    /// If the update is none, or yrs fails with it or with one that has waited, which then waits no more.
    pub fn enter(&mut self, txn: &mut TransactionMut<'_>, update: &[u8]) -> Result<(), DocumentError> {
        let mut known = txn.state_vector();
        let mut outcome = self.take(txn, &mut known, update);
        loop {
            let mut got_on = false;
            for part in std::mem::take(&mut self.0) {
                if part.lacks.iter().any(|id| id.clock < known.get(&ClientID::new(id.client))) {
                    got_on = true;
                    outcome = outcome.and(self.take(txn, &mut known, &part.update));
                } else {
                    self.0.push(part);
                }
            }
            if !got_on {
                return outcome;
            }
        }
    }

    fn take(
        &mut self,
        txn: &mut TransactionMut<'_>,
        known: &mut StateVector,
        bytes: &[u8],
    ) -> Result<(), DocumentError> {
        let mut update = Skeleton::read(bytes, Limits::STORED).map_err(malformed)?;
        let have = |client: u64| known.get(&ClientID::new(client));
        let reach = Reach::of(&update.sections, have);
        let upto = |client: u64| reach.upto(client, have);
        let early: Vec<Deleted> = update.deletes.iter().filter_map(|range| range.after(upto(range.client))).collect();
        let mut lacks: Vec<Id> = reach.lacking(&update.sections, have).collect();
        lacks.extend(early.iter().map(|range| Id { client: range.client, clock: range.clock }));
        if lacks.is_empty() {
            apply(txn, bytes)?;
        } else {
            decode(bytes)?;
            let mut rest = update.clone();
            update.sections.iter_mut().for_each(|section| {
                let new = have(section.client)..upto(section.client);
                section.structs.retain(|part| part.end() > new.start && part.end() <= new.end);
            });
            update.sections.retain(|section| !section.structs.is_empty());
            update.deletes = update.deletes.iter().filter_map(|range| range.before(upto(range.client))).collect();
            apply(txn, &update.write())?;
            rest.sections
                .iter_mut()
                .for_each(|section| section.structs.retain(|part| part.end() > upto(section.client)));
            // A gap before nothing is none.
            rest.sections.retain(|section| section.structs.iter().any(|part| !part.skip));
            rest.deletes = early;
            if !rest.is_empty() {
                self.0.push(Part { update: rest.write(), lacks });
            }
        }
        let advances: Vec<_> = update.sections.iter().map(|Section { client, .. }| (*client, upto(*client))).collect();
        advances.into_iter().for_each(|(client, upto)| known.set_max(ClientID::new(client), upto));
        Ok(())
    }

    /// An update, and all that waits.
    pub fn with(&self, update: Vec<u8>) -> Vec<u8> {
        if self.is_empty() {
            return update;
        }
        let all = std::iter::once(&update).chain(self.0.iter().map(|part| &part.update));
        merge_updates_v1(all).expect("yrs has read it, or written it")
    }
}

fn decode(update: &[u8]) -> Result<Update, DocumentError> {
    Update::decode_v1(update).map_err(malformed)
}

fn apply(txn: &mut TransactionMut<'_>, update: &[u8]) -> Result<(), DocumentError> {
    txn.apply_update(decode(update)?).map_err(|source| DocumentError::Apply(source.to_string()))
}

fn malformed(source: impl std::error::Error) -> DocumentError {
    DocumentError::Malformed { what: "update", reason: source.to_string() }
}
