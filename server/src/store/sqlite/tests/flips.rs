//! Bits that flip on the disk: found, or without any harm, wherever they are.

use std::fs;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use shared::words::{DocumentId, Seq, UnixMillis};
use tokio::sync::mpsc;

use crate::store::contract::{add_person, new_page, new_person};
use crate::store::{Documents, Log, NewSnapshot, NewUpdate, SqliteStore, StoreLimits, StoredUpdate, Upkeep};

const DOCUMENTS: [&str; 2] = ["plan", "other"];
const FLIPS: usize = 300;
const BY_HAND: StoreLimits = StoreLimits { compact_after: u64::MAX };

/// Two documents of segments, rows and two snapshots each.
async fn fill(store: &SqliteStore) {
    add_person(store, new_person("ann")).await.unwrap();
    for name in DOCUMENTS {
        let document: DocumentId = name.parse().unwrap();
        store.create(new_page(name)).await.unwrap();
        let (done, mut answers) = mpsc::unbounded_channel();
        for seq in 1..=120 {
            let update = NewUpdate {
                document: document.clone(),
                seq: Seq(seq),
                author: "ann".parse().unwrap(),
                at: UnixMillis(seq as i64),
                // Long enough that documents take up a good part of the file, whose other tables are empty.
                bytes: Bytes::from(blake3::hash(&seq.to_be_bytes()).as_bytes().repeat(16)),
                binds: if seq % 40 == 1 { vec![seq] } else { Vec::new() },
            };
            store.append(update, done.clone());
        }
        for _ in 1..=120 {
            answers.recv().await.unwrap().outcome.unwrap();
        }
        for seq in [80, 100] {
            // As long as what it stands for.
            let bytes = Bytes::from(blake3::hash(b"snapshot").as_bytes().repeat(seq as usize));
            store.keep_snapshot(&document, NewSnapshot { seq: Seq(seq), bytes }).await.unwrap();
        }
        assert_eq!(store.compact(&document).await.unwrap().updates, 80);
    }
}

/// What somebody reads of a document's content.
type Content = (Vec<StoredUpdate>, Vec<StoredUpdate>, Option<Bytes>);

async fn read(store: &SqliteStore, document: &DocumentId) -> Option<Content> {
    let history = store.history(document).await.ok()?;
    let loaded = store.load(document).await.ok()??;
    Some((history, loaded.updates, loaded.snapshot.map(|snapshot| snapshot.bytes)))
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_a_flipped_bit_anywhere_is_found_or_does_no_harm() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("test.db");
    let store = SqliteStore::open_with(&file, BY_HAND).await.unwrap();
    fill(&store).await;
    let documents = DOCUMENTS.map(|name| name.parse::<DocumentId>().unwrap());
    let history = store.history(&documents[0]).await.unwrap();
    let snapshots = [80, 100].map(|seq| Bytes::from(blake3::hash(b"snapshot").as_bytes().repeat(seq)));
    store.close().await;
    let whole = fs::read(&file).unwrap();
    let mut chance = StdRng::seed_from_u64(7);
    let (mut found, mut one_only) = (0, 0);
    for _ in 0..FLIPS {
        let (at, bit) = (chance.random_range(0..whole.len()), chance.random_range(0..8));
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << bit;
        let copy = place.path().join("copy.db");
        fs::write(&copy, flipped).unwrap();
        let Ok(store) = SqliteStore::open_to_read(&copy).await else {
            found += 1;
            continue;
        };
        let mut damaged = 0;
        for document in &documents {
            let Some((log, behind, snapshot)) = read(&store, document).await else {
                damaged += 1;
                continue;
            };
            let from = snapshot.as_ref().map_or(0, |snapshot| snapshot.len() / 32);
            let is_whole = log == history
                && behind[..] == history[from..]
                && snapshot.is_none_or(|snapshot| snapshots.contains(&snapshot));
            assert!(is_whole, "bit {bit} of byte {at} gives {document} other content");
        }
        store.close().await;
        found += usize::from(damaged > 0);
        one_only += usize::from(damaged == 1);
    }
    assert!(found > FLIPS / 20 && one_only > FLIPS / 40, "{found} of {FLIPS} found, {one_only} in one document only");
}
