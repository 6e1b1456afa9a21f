//! A document that is kept but not shown.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact};

use super::DocumentError;
use super::waiting::Waiting;

/// An empty Y document set up as every replica of ours must be.
///
/// Offsets count UTF-16 units, as in JavaScript. Deleted content is collected. Formatting marks that have
/// become invisible are left alone: cleaning them up is a local deletion that would differ between replicas.
pub fn new_doc(client_id: u64) -> Doc {
    let mut options = Options::with_guid_and_client_id("document".into(), ClientID::new(client_id));
    options.offset_kind = OffsetKind::Utf16;
    options.skip_gc = false;
    options.cleanup_formatting = false;
    Doc::with_options(options)
}

/// A replica without a view: takes updates, answers with what another replica lacks.
pub struct Replica {
    doc: Doc,
    waiting: Waiting,
}

impl Replica {
    /// An empty replica. `client_id` (53 bits) names whoever writes through it.
    pub fn new(client_id: u64) -> Self {
        Self { doc: new_doc(client_id), waiting: Waiting::default() }
    }

    /// Takes one update (v1 encoding) in; what of it comes before what it builds on, as soon as that is there.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        self.waiting.enter(&mut self.doc.transact_mut(), update)
    }

    /// Nothing it was given waits for something it lacks.
    pub fn is_whole(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What this replica has seen (v1 encoding).
    pub fn state_vector(&self) -> Vec<u8> {
        state_vector(&self.doc)
    }

    /// What a replica with this state vector (v1 encoding) lacks, as one update; with all that waits.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        Ok(self.waiting.with(diff(&self.doc, state_vector)?))
    }

    /// All of it, as one update; with all that waits.
    pub fn snapshot(&self) -> Vec<u8> {
        self.waiting.with(snapshot(&self.doc))
    }

    pub fn doc(&self) -> &Doc {
        &self.doc
    }
}

pub(crate) fn state_vector(doc: &Doc) -> Vec<u8> {
    doc.transact().state_vector().encode_v1()
}

pub(crate) fn diff(doc: &Doc, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let state_vector = StateVector::decode_v1(state_vector)
        .map_err(|source| DocumentError::Malformed { what: "state vector", reason: source.to_string() })?;
    Ok(doc.transact().encode_state_as_update_v1(&state_vector))
}

pub(crate) fn snapshot(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}
