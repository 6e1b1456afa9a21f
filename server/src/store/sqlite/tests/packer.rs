//! Packing older parts of the log.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use shared::sync::room::{Room, RoomSeed};
use shared::words::{DocumentId, Seq, UnixMillis};
use tempfile::TempDir;
use tokio::sync::mpsc;
use yrs::{Doc, Text, Transact};

use crate::store::contract::{add_person, new_page, new_person};
use crate::store::{
    Cause, Documents, Log, NewSnapshot, NewUpdate, SqliteStore, StoreError, StoreLimits, StoredDocument, StoredUpdate,
    Upkeep,
};

const PATIENCE: Duration = Duration::from_secs(20);
/// Packs only what it is told to.
const BY_HAND: StoreLimits = StoreLimits { compact_after: u64::MAX };

struct Sample {
    place: TempDir,
    store: SqliteStore,
    document: DocumentId,
    last: Seq,
}

impl Sample {
    async fn new() -> Self {
        Self::with(BY_HAND).await
    }

    async fn with(limits: StoreLimits) -> Self {
        let place = tempfile::tempdir().unwrap();
        let store = SqliteStore::open_with(&place.path().join("test.db"), limits).await.unwrap();
        for name in ["ann", "bob"] {
            add_person(&store, new_person(name)).await.unwrap();
        }
        for name in ["plan", "other"] {
            store.create(new_page(name)).await.unwrap();
        }
        Self { place, store, document: "plan".parse().unwrap(), last: Seq(0) }
    }

    fn file(&self) -> PathBuf {
        self.place.path().join("test.db")
    }

    async fn append(&mut self, said: impl IntoIterator<Item = Said>) {
        let (done, mut answers) = mpsc::unbounded_channel();
        let mut expected = 0;
        for Said { author, at, bytes, binds } in said {
            self.last.0 += 1;
            expected += 1;
            let (document, seq, author) = (self.document.clone(), self.last, author.parse().unwrap());
            let update = NewUpdate { document, seq, author, at: UnixMillis(at), bytes: bytes.into(), binds };
            self.store.append(update, done.clone());
        }
        for _ in 0..expected {
            answers.recv().await.unwrap().outcome.unwrap();
        }
    }

    async fn snapshot(&self, seq: u64) {
        let bytes = Bytes::from(format!("snapshot {seq}"));
        self.store.keep_snapshot(&self.document, NewSnapshot { seq: Seq(seq), bytes }).await.unwrap();
    }

    async fn read(&self) -> (Vec<StoredUpdate>, StoredDocument) {
        read(&self.store, &self.document).await
    }

    /// Changes the file behind the store's back.
    async fn tamper(&self, change: &str) {
        let changed = sqlx::query(sqlx::AssertSqlSafe(change.to_owned())).execute(&self.store.write).await.unwrap();
        assert!(changed.rows_affected() > 0, "{change}");
    }

    async fn count(&self, what: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {what}"));
        sqlx::query_scalar(query).fetch_one(&self.store.read).await.unwrap()
    }
}

async fn read(store: &SqliteStore, document: &DocumentId) -> (Vec<StoredUpdate>, StoredDocument) {
    (store.history(document).await.unwrap(), store.load(document).await.unwrap().unwrap())
}

#[derive(Debug, Clone)]
struct Said {
    author: &'static str,
    at: i64,
    bytes: Vec<u8>,
    binds: Vec<u64>,
}

/// Much like typing: each differs from the one before in a few bytes, now and then somebody else is at it.
fn typing(count: u64) -> impl Iterator<Item = Said> {
    (0..count).map(|n| Said {
        author: if n % 97 < 90 { "ann" } else { "bob" },
        at: 1_700_000_000_000 + (n as i64) * 180,
        bytes: [&b"twenty-one bytes and "[..], &n.to_be_bytes()].concat(),
        binds: if n % 1_000 == 0 { vec![n + 7, n + 8] } else { Vec::new() },
    })
}

fn said() -> impl Strategy<Value = Said> {
    let at = prop_oneof![-1_000i64..1_000, 1_700_000_000_000i64..1_700_000_001_000];
    let author = prop_oneof![Just("ann"), Just("bob")];
    (author, at, vec(any::<u8>(), 0..30)).prop_map(|(author, at, bytes)| Said { author, at, bytes, binds: Vec::new() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn r2_a_packed_log_reads_as_it_did(
        said in vec(said(), 3..60),
        binding in btree_set(0usize..60, 0..6),
        snapshots in vec(any::<prop::sample::Index>(), 2..6),
        least in 1u64..20,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut sample = Sample::new().await;
            let mut said = said;
            for at in binding.into_iter().filter(|at| *at < said.len()).collect::<Vec<_>>() {
                said[at].binds = vec![at as u64 * 2, at as u64 * 2 + 1];
            }
            let count = said.len();
            sample.append(said).await;
            let snapshots: BTreeSet<u64> = snapshots.into_iter().map(|at| at.index(count) as u64 + 1).collect();
            for seq in &snapshots {
                sample.snapshot(*seq).await;
                let before = sample.read().await;
                while sample.store.packer.pack_some(&sample.document, least).await.unwrap().is_some() {}
                assert_eq!(sample.read().await, before);
            }
            let behind = snapshots.iter().rev().nth(1).copied().unwrap_or(0);
            let left = sample.count(&format!("updates WHERE seq <= {behind}")).await;
            assert!((left as u64) < least, "{left} of {behind} are left");
            sample.store.close().await;
        });
    }
}

/// A process that ends does no more than stop calling: so whatever future is dropped anywhere leaves old or new.
#[tokio::test(flavor = "multi_thread")]
async fn d8_packing_that_is_cut_off_anywhere_leaves_old_or_new() {
    let mut sample = Sample::new().await;
    sample.append(typing(3_000)).await;
    sample.snapshot(2_500).await;
    sample.snapshot(2_900).await;
    let before = sample.read().await;
    sample.store.close().await;
    let mut seen = BTreeSet::new();
    for polls in 0.. {
        let copy = sample.place.path().join(format!("{polls}.db"));
        std::fs::copy(sample.file(), &copy).unwrap();
        let store = SqliteStore::open_with(&copy, BY_HAND).await.unwrap();
        let mut left = polls;
        let ended = {
            let mut packing = pin!(store.compact(&sample.document));
            poll_fn(|context| match left {
                0 => Poll::Ready(None),
                _ => {
                    left -= 1;
                    packing.as_mut().poll(context).map(Some)
                }
            })
            .await
        };
        assert_eq!(read(&store, &sample.document).await, before, "after {polls} polls");
        let next = NewUpdate {
            document: sample.document.clone(),
            seq: Seq(3_001),
            author: "bob".parse().unwrap(),
            at: UnixMillis(2),
            bytes: Bytes::from_static(b"goes on"),
            binds: Vec::new(),
        };
        let (done, mut answers) = mpsc::unbounded_channel();
        store.append(next, done);
        answers.recv().await.unwrap().outcome.unwrap();
        store.close().await;
        let again = SqliteStore::open_with(&copy, BY_HAND).await.unwrap();
        assert_eq!(again.history(&sample.document).await.unwrap()[..3_000], before.0, "after {polls} polls");
        let segments: Vec<(i64, i64)> =
            sqlx::query_as("SELECT first, last FROM segments ORDER BY first").fetch_all(&again.read).await.unwrap();
        seen.insert(segments);
        again.close().await;
        if ended.is_some() {
            break;
        }
    }
    assert_eq!(seen, [vec![], vec![(1, 2_048)], vec![(1, 2_048), (2_049, 2_500)]].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_damage_in_a_segment_is_found_and_keeps_nobody_from_opening_what_is_whole() {
    let mut sample = Sample::new().await;
    sample.append(typing(300)).await;
    sample.document = "other".parse().unwrap();
    sample.last = Seq(0);
    sample.append(typing(300)).await;
    for document in ["plan", "other"] {
        sample.document = document.parse().unwrap();
        sample.snapshot(200).await;
        sample.snapshot(250).await;
        sample.store.compact(&sample.document).await.unwrap();
    }
    let before = sample.read().await;
    let size: i64 = sqlx::query_scalar("SELECT length(bytes) FROM segments WHERE document = 'plan'")
        .fetch_one(&sample.store.read)
        .await
        .unwrap();
    let flips = (0..size).step_by(size as usize / 40).map(|at| {
        format!(
            "bytes = cast(substr(bytes, 1, {at}) || cast(char(255 - unicode(substr(bytes, {at} + 1, 1))) AS BLOB) \
             || substr(bytes, {at} + 2) AS BLOB)"
        )
    });
    let columns = ["checksum", "hash"].map(|column| format!("{column} = zeroblob(32)"));
    let others = ["encoding = 2", "last = last + 1", "first = first + 1", "bytes = substr(bytes, 2)"];
    let plan: DocumentId = "plan".parse().unwrap();
    sqlx::query("CREATE TABLE whole AS SELECT * FROM segments").execute(&sample.store.write).await.unwrap();
    for change in flips.chain(columns).chain(others.map(str::to_owned)) {
        sample.tamper(&format!("UPDATE segments SET {change} WHERE document = 'plan'")).await;
        let read = sample.store.history(&plan).await;
        assert!(matches!(read, Err(StoreError { cause: Cause::Damaged(_), .. })), "{change}: {read:?}");
        assert!(read.unwrap_err().to_string().contains("document plan"), "{change}");
        let opened = sample.store.load(&plan).await.unwrap().unwrap();
        assert_eq!(opened.tail(), Seq(300), "it opens from its snapshot");
        assert_eq!(sample.read().await, before, "and the other one is as it was");
        sample.tamper("DELETE FROM segments").await;
        sample.tamper("INSERT INTO segments SELECT * FROM whole").await;
    }
    sample.tamper("DELETE FROM segments WHERE document = 'plan'").await;
    let read = sample.store.history(&plan).await;
    assert!(matches!(read, Err(StoreError { cause: Cause::Damaged(_), .. })), "{read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_without_its_newest_snapshot_a_document_opens_from_the_one_before_and_without_both_from_its_log() {
    let mut sample = Sample::new().await;
    sample.append(typing(300)).await;
    sample.snapshot(200).await;
    sample.snapshot(250).await;
    sample.store.compact(&sample.document).await.unwrap();
    let (history, _) = sample.read().await;
    let loaded = async || sample.store.load(&sample.document).await.unwrap().unwrap();
    let starts = async || {
        let loaded = loaded().await;
        assert_eq!(loaded.updates, history[history.len() - loaded.updates.len()..]);
        loaded.snapshot.map_or(0, |snapshot| snapshot.seq.0)
    };
    assert_eq!(starts().await, 250);
    sample.tamper("UPDATE snapshots SET log_checksum = zeroblob(32) WHERE seq = 250").await;
    assert_eq!(starts().await, 200);
    sample.tamper("UPDATE snapshots SET bytes = x'00' WHERE seq = 250").await;
    assert_eq!(starts().await, 200);
    sample.tamper("UPDATE snapshots SET hash = x'00' WHERE seq = 200").await;
    assert_eq!(starts().await, 0);
    sample.tamper("DELETE FROM snapshots").await;
    assert_eq!(starts().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_opened_from_segments_is_the_one_before_byte_for_byte() {
    let mut sample = Sample::new().await;
    let typed = Doc::with_client_id(77);
    let content = typed.get_or_insert_text("content");
    let keys = "a lesson is prepared together. ".chars().cycle().take(3_000).enumerate().map(|(index, letter)| {
        let mut key = typed.transact_mut();
        match index % 7 {
            6 => content.remove_range(&mut key, index as u32 / 2, 1),
            _ => content.insert(&mut key, index as u32 / 2, letter.encode_utf8(&mut [0; 4])),
        }
        let binds = if index == 0 { vec![77] } else { Vec::new() };
        Said { author: "ann", at: index as i64, bytes: key.encode_update_v1(), binds }
    });
    sample.append(keys.collect::<Vec<_>>()).await;
    sample.snapshot(2_700).await;
    sample.snapshot(2_900).await;
    let room = async || {
        let history = sample.store.history(&sample.document).await.unwrap();
        let StoredDocument { epoch, bindings, .. } = sample.store.load(&sample.document).await.unwrap().unwrap();
        let updates = history.into_iter().map(|update| update.bytes).collect();
        let (document, last) = (sample.document.clone(), sample.last);
        let seed = RoomSeed { document, epoch, snapshot: None, updates, last, authors: bindings };
        Room::open(seed).unwrap().snapshot().unwrap()
    };
    let before = room().await;
    let compacted = sample.store.compact(&sample.document).await.unwrap();
    assert_eq!(compacted.updates, 2_700);
    assert!(compacted.after * 8 < compacted.before, "{compacted:?}");
    assert_eq!(room().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_packed_in_the_background_once_it_is_worth_it() {
    let mut sample = Sample::with(StoreLimits { compact_after: 50 }).await;
    sample.append(typing(49)).await;
    sample.snapshot(49).await;
    sample.append(typing(40).map(|said| Said { binds: Vec::new(), ..said })).await;
    sample.snapshot(89).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(sample.count("segments").await, 0, "49 updates are not worth it");
    sample.append(typing(40).map(|said| Said { binds: Vec::new(), ..said })).await;
    sample.snapshot(129).await;
    let packed = async {
        while sample.count("segments").await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, packed).await.unwrap();
    assert_eq!(sample.count("updates").await, 40);
    assert_eq!(sample.read().await.0.len(), 129);
    sample.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_server_left_is_found() {
    let mut sample = Sample::new().await;
    sample.append(typing(100)).await;
    sample.snapshot(60).await;
    assert_eq!(sample.store.packer.worth_it(1).await.unwrap(), [], "one snapshot only");
    sample.snapshot(90).await;
    assert_eq!(sample.store.packer.worth_it(60).await.unwrap(), [sample.document.clone()]);
    assert_eq!(sample.store.packer.worth_it(61).await.unwrap(), []);
    sample.store.compact(&sample.document).await.unwrap();
    assert_eq!(sample.store.packer.worth_it(1).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_pack_at_once_pack_once() {
    let mut sample = Sample::new().await;
    sample.append(typing(9_000)).await;
    sample.snapshot(8_500).await;
    sample.snapshot(9_000).await;
    let before = sample.read().await;
    let other = SqliteStore::open_with(&sample.file(), BY_HAND).await.unwrap();
    let (here, there) = tokio::join!(sample.store.compact(&sample.document), other.compact(&sample.document));
    assert_eq!(here.unwrap().updates + there.unwrap().updates, 8_500);
    assert_eq!(sample.read().await, before);
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_packing_on_a_full_disk_leaves_all_as_it_was() {
    let mut sample = Sample::new().await;
    // Nothing in them is alike, so that a segment needs room before its rows give theirs.
    sample
        .append(typing(3_000).map(|said| Said { bytes: blake3::hash(&said.bytes).as_bytes().to_vec(), ..said }))
        .await;
    sample.snapshot(2_500).await;
    sample.snapshot(2_900).await;
    let before = sample.read().await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&sample.store.write).await.unwrap();
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(limit).execute(&sample.store.write).await.unwrap();
    let packed = sample.store.compact(&sample.document).await;
    assert!(matches!(packed, Err(StoreError { cause: Cause::Full, .. })), "{packed:?}");
    assert_eq!(sample.read().await, before);
    sample.append(typing(1).map(|said| Said { binds: Vec::new(), ..said })).await;
    // The limit was the connection's, and that was thrown away.
    assert_eq!(sample.store.compact(&sample.document).await.unwrap().updates, 2_500);
    assert_eq!(sample.read().await.0[..3_000], before.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_a_damaged_log_is_not_packed() {
    let mut sample = Sample::new().await;
    sample.append(typing(300)).await;
    sample.snapshot(200).await;
    sample.snapshot(250).await;
    sample.tamper("UPDATE updates SET at = at + 1 WHERE seq = 100").await;
    let packed = sample.store.compact(&sample.document).await;
    assert!(matches!(packed, Err(StoreError { cause: Cause::Damaged(_), .. })), "{packed:?}");
    assert_eq!(sample.count("updates").await, 300, "what can be saved of it is still there");
}
