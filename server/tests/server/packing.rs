//! `kill -9` while old updates are packed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::store::{Log, NewSnapshot, NewUpdate, SqliteStore, StoreLimits};
use shared::words::{DocumentId, Seq, UnixMillis, UserId};
use tokio::sync::mpsc;
use yrs::{Doc, Text, Transact};

use crate::crash::{Killable, gongbei, token};
use crate::peer::Peer;

/// Packs only when it is told to.
const BY_HAND: StoreLimits = StoreLimits { compact_after: u64::MAX };

/// How many segments are in the data folder.
pub async fn segments(data: &Path) -> i64 {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", data.join("gongbei.db").display())).await.unwrap();
    let segments = sqlx::query_scalar("SELECT count(*) FROM segments").fetch_one(&pool).await.unwrap();
    pool.close().await;
    segments
}

/// A hundred keystrokes short of ten segments, the newest hundred of them behind no snapshot.
async fn type_much(store: &SqliteStore, document: &DocumentId, author: &UserId) {
    let typed = Doc::with_client_id(77);
    let text = typed.get_or_insert_text("text");
    let first = store.load(document).await.unwrap().unwrap().tail().0 + 1;
    let count = 20_300;
    let (done, mut answers) = mpsc::unbounded_channel();
    for seq in (first..).take(count) {
        let mut key = typed.transact_mut();
        text.push(&mut key, "a");
        let bytes = key.encode_update_v1().into();
        let binds = if seq == first { vec![77] } else { Vec::new() };
        let update = NewUpdate {
            document: document.clone(),
            seq: Seq(seq),
            author: author.clone(),
            at: UnixMillis(seq as i64),
            bytes,
            binds,
        };
        store.append(update, done.clone());
    }
    for _ in 0..count {
        answers.recv().await.unwrap().outcome.unwrap();
    }
    for before_the_end in [200, 100] {
        let at = Seq(first + count as u64 - before_the_end);
        // What a snapshot says is no matter here: whoever reads history reads the log.
        store.keep_snapshot(document, NewSnapshot { seq: at, bytes: "snapshot".into() }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_compact_killed_at_any_time_leaves_every_log_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let server = Killable::start(data.path());
    let document: DocumentId = token(server.address).await.1.parse().unwrap();
    drop(server);
    let database = data.path().join("gongbei.db");
    let store = SqliteStore::open_with(&database, BY_HAND).await.unwrap();
    type_much(&store, &document, &"zhou".parse().unwrap()).await;
    let before = store.history(&document).await.unwrap();
    store.close().await;
    let mut halfway = 0;
    let mut patience = Duration::from_millis(20);
    for _ in 0..40 {
        let started = Instant::now();
        let mut compact = Command::new(env!("CARGO_BIN_EXE_gongbei"));
        compact.args(["compact", "--data"]).arg(data.path()).stdout(Stdio::null());
        let mut compact = compact.spawn().unwrap();
        let ended = loop {
            if let Some(ended) = compact.try_wait().unwrap() {
                break Some(ended);
            }
            if started.elapsed() > patience {
                compact.kill().unwrap();
                compact.wait().unwrap();
                break None;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let store = SqliteStore::open_with(&database, BY_HAND).await.unwrap();
        assert_eq!(store.history(&document).await.unwrap(), before);
        store.close().await;
        match ended {
            Some(ended) => {
                assert!(ended.success());
                break;
            }
            None => halfway += usize::from(segments(data.path()).await > 0),
        }
        // Late enough that something is done each time, early enough that it never gets far.
        patience += Duration::from_millis(15);
    }
    assert!(halfway > 0, "never was it killed between two segments");
    assert!(segments(data.path()).await >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_what_was_called_saved_survives_kill_9_while_logs_are_packed() {
    let data = tempfile::tempdir().unwrap();
    // A room leaves memory with its last reader, is read back into a snapshot, and packed behind two of those.
    let start = || Killable::start_with(data.path(), &["--room-idle", "0", "--compact-after", "64"]);
    let server = start();
    let (token, document) = token(server.address).await;
    drop(server);
    let mut known_saved = Vec::new();
    for round in 0..6 {
        let server = start();
        for visit in 0..3 {
            let mut writer = Peer::page_with_token(server.address, &document, &token).await;
            writer.until("caught up", |peer| peer.caught_up).await;
            for word in &known_saved {
                assert_eq!(writer.text().matches(word).count(), 1, "{word} is there once in round {round}");
            }
            let words: Vec<String> = (0..70).map(|word| format!("<{round}.{visit}.{word}>")).collect();
            for word in &words {
                writer.write(word).await;
            }
            writer.until_saved().await;
            known_saved.extend(words);
        }
        tokio::time::sleep(Duration::from_millis(round * 12)).await;
        drop(server);
    }
    assert!(segments(data.path()).await > 0, "nothing was packed");
    gongbei("check", data.path());
    let told = gongbei("compact", data.path());
    assert!(told.starts_with("packed "), "{told}");
    gongbei("check", data.path());
    let server = start();
    let mut reader = Peer::page_with_token(server.address, &document, &token).await;
    reader.until("caught up", |peer| peer.caught_up).await;
    for word in &known_saved {
        assert_eq!(reader.text().matches(word).count(), 1, "{word} is there once");
    }
}
