//! A document that is kept but not shown.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update, WriteTxn};

use super::DocumentError;

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
}

impl Replica {
    /// An empty replica. `client_id` (53 bits) names whoever writes through it.
    pub fn new(client_id: u64) -> Self {
        Self { doc: new_doc(client_id) }
    }

    /// Takes one update (v1 encoding) in.
    pub fn apply(&mut self, update: &[u8]) -> Result<(), DocumentError> {
        apply(&self.doc, update)
    }

    /// What this replica has seen (v1 encoding).
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// What a replica with this state vector (v1 encoding) lacks, as one update.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        diff(&self.doc, state_vector)
    }

    /// All of it, as one update.
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot(&self.doc)
    }

    pub fn doc(&self) -> &Doc {
        &self.doc
    }
}

pub(super) fn decode(update: &[u8]) -> Result<Update, DocumentError> {
    Update::decode_v1(update).map_err(|source| DocumentError::Malformed { what: "update", reason: source.to_string() })
}

/// Takes an update in, and what can enter after it of what waits.
pub(super) fn apply(doc: &Doc, update: &[u8]) -> Result<(), DocumentError> {
    let update = decode(update)?;
    let mut txn = doc.transact_mut();
    // Of updates that wait for each other and for a third one yrs 0.28 notes only what they want of each other, and lets
    // them wait when the third has come: whatever comes, it has to try them again.
    if let Some(waiting) = txn.store_mut().pending_update_mut() {
        update.state_vector().iter().for_each(|(client, _)| waiting.missing.set_min(*client, 0));
    }
    txn.apply_update(update).map_err(|source| DocumentError::Apply(source.to_string()))
}

pub(super) fn diff(doc: &Doc, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let state_vector = StateVector::decode_v1(state_vector)
        .map_err(|source| DocumentError::Malformed { what: "state vector", reason: source.to_string() })?;
    Ok(doc.transact().encode_state_as_update_v1(&state_vector))
}

pub(super) fn snapshot(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}
