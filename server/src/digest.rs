//! Whether bytes make the same document again (R2): what it has seen, and what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use shared::document::{export, shown};
use shared::sync::room::{Room, RoomSeed, Snapshot};

/// Equal for rooms that hold the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    state_vector: Bytes,
    /// Of a document that is not so long that its room would stand still for it.
    content: Option<blake3::Hash>,
}

/// Bytes of a document's state up to which its content is compared, too.
const COMPARED: usize = 4 << 20;

/// A document read back from what is stored of it.
#[derive(Debug)]
pub struct ReadBack {
    pub digest: Digest,
    /// Bytes of its state, encoded again.
    pub len: usize,
}

/// The document as stored so far, and its digest; `None` while something in it is not stored yet, or if it can't be read.
pub fn snapshot(room: &Room) -> Option<(Snapshot, Digest)> {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let snapshot = room.snapshot()?;
        let is_compared = snapshot.update.len() <= COMPARED;
        let content = is_compared.then(|| room.read(|doc| blake3::hash(export::json(&shown(doc)).as_bytes())));
        let digest = Digest { state_vector: snapshot.state_vector.clone(), content };
        Some((snapshot, digest))
    }));
    read.unwrap_or_else(|_| {
        tracing::error!(document = %room.document(), "document {} can't be read for a snapshot", room.document());
        None
    })
}

/// Opens the document as a room would: on a thread with a large stack, a panic being an answer.
///
/// # Errors
/// In words, when the bytes make no document.
pub async fn read_back(seed: RoomSeed) -> Result<ReadBack, String> {
    let document = seed.document.clone();
    let opened =
        tokio::task::spawn_blocking(|| catch_unwind(AssertUnwindSafe(|| Room::open(seed).map(|room| snapshot(&room)))));
    match opened.await {
        Ok(Ok(Ok(Some((snapshot, digest))))) => Ok(ReadBack { digest, len: snapshot.update.len() }),
        Ok(Ok(Ok(None))) => Err(format!("document {document} can't be read back")),
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(_)) | Err(_) => Err(format!("reading document {document} panicked")),
    }
}

#[cfg(test)]
mod tests {
    use shared::document::{CONTENT, new_doc};
    use shared::words::Seq;
    use yrs::{ReadTxn, StateVector, Transact, XmlElementPrelim, XmlFragment, XmlTextPrelim};

    use super::*;

    async fn read(words: &str) -> ReadBack {
        let doc = new_doc(7);
        let content = doc.get_or_insert_xml_fragment(CONTENT);
        let mut change = doc.transact_mut();
        let paragraph = content.push_back(&mut change, XmlElementPrelim::empty("paragraph"));
        paragraph.push_back(&mut change, XmlTextPrelim::new(words));
        drop(change);
        let update = doc.transact().encode_diff_v1(&StateVector::default());
        let seed = RoomSeed {
            document: "plan".parse().unwrap(),
            epoch: "first".parse().unwrap(),
            snapshot: Some(update.into()),
            updates: Vec::new(),
            last: Seq(1),
            authors: Vec::new(),
        };
        read_back(seed).await.unwrap()
    }

    #[tokio::test]
    async fn r2_two_documents_that_have_seen_as_much_and_show_something_else_are_told_apart() {
        let (one, again, other) = (read("备课").await, read("备课").await, read("课备").await);
        assert_eq!(one.digest, again.digest);
        assert_eq!(one.digest.state_vector, other.digest.state_vector);
        assert_ne!(one.digest, other.digest);
    }
}
