//! The power goes while people type, at every moment that can matter: before each sync of a file.
//!
//! The real server runs under `strace`; a teacher types, and the time is noted when each word was called saved. The
//! folder is then rebuilt as a disk may have left it at each of these moments, and opened by the real store.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use disk::{Call, Disk, Syncing, Traced, Unsynced};
use rand::SeedableRng;
use rand::rngs::StdRng;
use server::blobs::Blobs;
use server::check;
use server::database::Database;
use server::store::{Log, SqliteStore, StoreLimits};
use shared::document::new_doc;
use shared::words::DocumentId;
use yrs::updates::decoder::Decode;
use yrs::{GetString, Transact, Update};

use super::{Killable, token};
use crate::packing::segments;
use crate::peer::Peer;

mod disk;

/// Words typed; each is called saved before the next one is.
const WORDS: usize = 400;
/// Words of one visit: then the room leaves memory, and is read back into a snapshot.
const VISIT: usize = 40;
/// One rebuilt folder in so many is checked whole, as `gongbei check` does.
const CHECK_EACH: usize = 40;

struct Typed {
    document: DocumentId,
    /// Each word with the time when its writer knew that it is saved, in microseconds since 1970.
    saved: Vec<(u64, String)>,
    trace: Vec<Traced>,
    before: BTreeMap<String, Vec<u8>>,
    /// With the files that were there before, which nobody touches.
    folder: tempfile::TempDir,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64
}

async fn type_under_strace(words: usize) -> Typed {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().canonicalize().unwrap();
    let data = place.join("data");
    std::fs::create_dir(&data).unwrap();
    let server = Killable::start(&data);
    let (token, document) = token(server.address).await;
    drop(server);
    let store = SqliteStore::open(&data.join("gongbei.db")).await.unwrap();
    store.close().await;
    let before = ["gongbei.db", "lock"].map(|name| (name.to_owned(), std::fs::read(data.join(name)).unwrap())).into();

    let trace = place.join("trace");
    let strace: Vec<&str> = ["strace", "-D"].into_iter().chain(disk::FLAGS).chain([trace.to_str().unwrap()]).collect();
    let server = Killable::start_under(&strace, &data, &["--room-idle", "0", "--compact-after", "64"]);
    let mut saved = Vec::new();
    while saved.len() < words {
        let mut writer = Peer::page_with_token(server.address, &document, &token).await;
        writer.until("caught up", |peer| peer.caught_up).await;
        for _ in 0..VISIT.min(words - saved.len()) {
            // Long ones at first, so that the log beside the database fills up and is moved into it.
            let long = if saved.len() % 8 == 0 && saved.len() < WORDS { "长".repeat(5_000) } else { String::new() };
            let word = format!("<{}{long}>", saved.len());
            writer.write(&word).await;
            writer.until_saved().await;
            saved.push((now(), word));
        }
        assert!(writer.refused.is_empty(), "{:?}", writer.refused);
    }
    drop(server);
    let whole = async {
        while !std::fs::read_to_string(&trace).unwrap().lines().last().is_some_and(|line| line.contains("+++ killed")) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(crate::world::PATIENCE, whole).await.expect("strace writes to the end");
    Typed { document: document.parse().unwrap(), saved, trace: disk::read(&trace, &data), before, folder }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

impl Typed {
    /// Cuts the power before every sync, and tells what was lost: how many cuts there were, and the first words that
    /// were missing or doubled, or why a folder could not be opened.
    async fn cut(&self, syncing: Syncing, whats: &[Unsynced], seed: u64) -> (usize, Vec<String>) {
        // In memory: what is rebuilt thousands of times need not be kept by a disk.
        let place = tempfile::tempdir_in("/dev/shm").unwrap();
        let mut disk = Disk::new(self.before.clone(), syncing);
        let mut chance = StdRng::seed_from_u64(seed);
        let (mut cuts, mut lost) = (0, Vec::new());
        for Traced { at, call } in &self.trace {
            if matches!(call, Call::SyncBegins { .. }) {
                for what in whats {
                    let data = place.path().join(cuts.to_string());
                    std::fs::create_dir(&data).unwrap();
                    for (name, bytes) in disk.after_power_cut(*what, &mut chance) {
                        // Shared memory in a file: nothing of it is meant to last, so let it be anything.
                        let bytes = if name.ends_with("-shm") { vec![0xa5; 32 << 10] } else { bytes };
                        write(&data.join(name), &bytes);
                    }
                    cuts += 1;
                    if let Err(why) = self.find_all(&data, *at, cuts % CHECK_EACH == 0).await {
                        lost.push(format!("cut {cuts} before {call:?}, what was not synced {what:?}: {why}"));
                    }
                    std::fs::remove_dir_all(&data).unwrap();
                }
            }
            disk.take(call);
        }
        (cuts, lost)
    }

    /// How many there are at the end.
    async fn segments(&self) -> i64 {
        let mut disk = Disk::new(self.before.clone(), Syncing::Kept);
        self.trace.iter().for_each(|traced| disk.take(&traced.call));
        let data = tempfile::tempdir().unwrap();
        for (name, bytes) in disk.after_power_cut(Unsynced::Written, &mut StdRng::seed_from_u64(0)) {
            write(&data.path().join(name), &bytes);
        }
        segments(data.path()).await
    }

    /// Every word that was called saved before `at` is in the folder once, and none is twice.
    async fn find_all(&self, data: &Path, at: u64, whole: bool) -> Result<(), String> {
        let database = data.join("gongbei.db");
        let limits = StoreLimits { compact_after: u64::MAX };
        let store = SqliteStore::open_with(&database, limits).await.map_err(|error| error.to_string())?;
        let history = store.history(&self.document).await.map_err(|error| error.to_string());
        let loaded = store.load(&self.document).await.map_err(|error| error.to_string());
        store.close().await;
        let (history, loaded) = (history?, loaded?.ok_or("the document is gone")?);
        if loaded.updates[..] != history[history.len() - loaded.updates.len()..] {
            return Err("what it opens from is not the end of its log".to_owned());
        }
        let doc = new_doc(1);
        let text = doc.get_or_insert_text("text");
        for update in &history {
            let update = Update::decode_v1(&update.bytes).map_err(|error| error.to_string())?;
            doc.transact_mut().apply_update(update).map_err(|error| error.to_string())?;
        }
        let text = text.get_string(&doc.transact());
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        text.split_inclusive('>').for_each(|word| *found.entry(word).or_default() += 1);
        let due = self.saved.iter().take_while(|(saved, _)| *saved < at);
        let missing: Vec<&str> =
            due.filter(|(_, word)| !found.contains_key(word.as_str())).map(|(_, word)| word.as_str()).collect();
        if let Some(word) = missing.first() {
            return Err(format!("{} words were called saved and are gone, the first is {:.6}", missing.len(), word));
        }
        if let Some((word, _)) = found.iter().find(|(_, times)| **times > 1) {
            return Err(format!("{word:.6} is there more than once"));
        }
        if whole {
            let blobs = Blobs::open(self.folder.path().join("data/blobs")).map_err(|error| error.to_string())?;
            let report = check::check_files(&Database::File(database.clone()), &blobs)
                .await
                .map_err(|error| error.to_string())?;
            if !report.problems.is_empty() {
                return Err(report.to_string());
            }
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_what_was_called_saved_survives_a_power_cut_at_every_sync() {
    let words = std::env::var("GONGBEI_POWER_WORDS").map_or(WORDS, |words| words.parse().unwrap());
    let seed = std::env::var("GONGBEI_POWER_SEED").map_or(1, |seed| seed.parse().unwrap());
    let typed = type_under_strace(words).await;
    let all = [Unsynced::Lost, Unsynced::ByChance, Unsynced::Written];
    let (cuts, lost) = typed.cut(Syncing::Kept, &all, seed).await;
    println!("{words} words, {} calls, {cuts} power cuts, {} of them lost something", typed.trace.len(), lost.len());
    assert!(cuts >= words * all.len(), "each word was synced");
    assert!(lost.is_empty(), "{} of {cuts} cuts:\n{}", lost.len(), lost[..lost.len().min(5)].join("\n"));
    let checkpoints = typed.trace.iter().filter(|traced| traced.call == Call::Synced { name: "gongbei.db".to_owned() });
    let (checkpoints, segments) = (checkpoints.count(), typed.segments().await);
    // A short run does not get so far.
    assert!(
        words < WORDS || checkpoints > 0 && segments > 0,
        "{checkpoints} times the database was written, and {segments} segments"
    );
    // That the power cuts are real shows on a disk that does not do what it is told.
    let (_, lost) = typed.cut(Syncing::Ignored, &[Unsynced::Lost], seed).await;
    assert!(!lost.is_empty(), "nothing is lost on a disk that keeps nothing");
}
